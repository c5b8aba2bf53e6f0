package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"smew/duck"
)

// asking is what the flags of a query say.
type asking struct {
	format string
	output string // a file; "": stdout
	most   int    // rows of a table
	file   string // that holds the query
	params []string
	timing bool
}

func (a *app) queryCmd() *cobra.Command {
	var d database
	var q asking
	cmd := &cobra.Command{
		Use:   "query --db FILE [SQL]",
		Short: "Run a query on the database",
		Long: `Run a query on the database. SQL is the query, or - to read it from stdin; -f
names a file that holds it. The file is opened for reading only, and the query
reaches nothing but the database.

--param gives $name in the query a value. It is a text, and never part of the
query; where that needs another type, say so there: $days::INTEGER.

NULL and '' stay apart: in CSV NULL is nothing and '' is "", in a table
NULL is written out. In a terminal a table goes through $PAGER, or else less.`,
		Example: examples(
			`smew query --db shop.duckdb "SELECT count(*) FROM users"`,
			`smew query --db shop.duckdb "FROM all_events" -o events.parquet`,
			`smew query --db shop.duckdb -f report.sql --param since=2026-01-31 --timing`,
			`smew query --db shop.duckdb --format csv - < report.sql > report.csv`),
		Args: func(cmd *cobra.Command, args []string) error {
			if q.file != "" {
				return arguments(0)(cmd, args)
			}
			return arguments(0, "SQL")(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			statement, err := a.statement(q.file, args)
			if err != nil {
				return err
			}
			if err := a.chooseFormat(&q, cmd.Flags().Changed("format")); err != nil {
				return err
			}
			parameters, err := parameters(q.params)
			if err != nil {
				return err
			}
			options, err := d.options(a.waiting)
			if err != nil {
				return err
			}
			options.Confined = true
			return d.view(cmd.Context(), options, func(tx *duck.Tx) error {
				return advised(a.query(cmd.Context(), tx, statement, parameters, q))
			})
		},
	}
	d.flags(cmd.Flags())
	flags := cmd.Flags()
	flags.StringVar(&q.format, "format", "table", "`format` of the result: "+strings.Join(formats, ", ")+"; that of the name's end if -o is given")
	flags.StringVarP(&q.output, "output", "o", "", "write the result to this `file`, all of it or, if the query fails, nothing")
	flags.StringVarP(&q.file, "file", "f", "", "read the query from this `file`")
	flags.StringArrayVar(&q.params, "param", nil, "`name=value` of a parameter $name, as often as there are")
	flags.IntVar(&q.most, "rows", 1000, "`number` of rows that a table shows at most, 0 for all")
	flags.BoolVar(&q.timing, "timing", false, "say on stderr how long the query took")
	for _, name := range []string{"output", "file", "param"} {
		flags.Lookup(name).Annotations = map[string][]string{callOnly: nil}
	}
	return cmd
}

// statement is the SQL of a file, of an argument or, if that is "-", of stdin.
func (a *app) statement(file string, args []string) (statement string, err error) {
	var raw []byte
	switch {
	case file != "":
		raw, err = os.ReadFile(file)
		statement = string(raw)
	case args[0] == "-":
		raw, err = io.ReadAll(a.stdin)
		statement = string(raw)
	default:
		statement = args[0]
	}
	if err != nil {
		return "", fmt.Errorf("read query: %w", err)
	}
	if strings.TrimSpace(statement) == "" {
		return "", &usageError{"the query is empty", ""}
	}
	return statement, nil
}

// endings are the formats that the ends of files' names stand for.
var endings = map[string]string{
	".csv": "csv", ".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet", ".md": "markdown", ".txt": "table",
}

// chooseFormat settles the format, which may have been given.
func (a *app) chooseFormat(q *asking, given bool) error {
	if !given && !a.json && q.output != "" {
		format, ok := endings[strings.ToLower(filepath.Ext(q.output))]
		if !ok {
			return &usageError{fmt.Sprintf("the name %q does not tell the format of the result", q.output), "add --format: " + strings.Join(formats, ", ")}
		}
		q.format, given = format, true
	}
	if a.json && !given {
		q.format = "json"
	}
	if !slices.Contains(formats, q.format) {
		return &usageError{fmt.Sprintf("--format is %q: none of %s", q.format, strings.Join(formats, ", ")), ""}
	}
	if q.format == "parquet" && q.output == "" && a.isTerminal(a.stdout) {
		return &usageError{"a terminal cannot show Parquet", "write it to a file: -o result.parquet"}
	}
	return nil
}

var parameterName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// parameters are values for those of a query, of texts name=value.
func parameters(texts []string) (map[string]string, error) {
	all := map[string]string{}
	for _, text := range texts {
		name, value, ok := strings.Cut(text, "=")
		if !ok || !parameterName.MatchString(name) {
			return nil, &usageError{fmt.Sprintf("--param is %q", text), "it is name=value, for $name in the query"}
		}
		if _, twice := all[name]; twice {
			return nil, &usageError{fmt.Sprintf("--param gives %s twice", name), ""}
		}
		all[name] = value
	}
	return all, nil
}

func (a *app) query(ctx context.Context, tx *duck.Tx, statement string, parameters map[string]string, q asking) (err error) {
	began := time.Now()
	rows, err := tx.QueryNamed(ctx, statement, parameters)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var n int64
	write := func(w io.Writer) (err error) {
		if q.format == "parquet" {
			n, err = exportParquet(ctx, rows, w)
			return err
		}
		n, err = a.writeRows(w, rows, q)
		return err
	}
	switch {
	case q.output != "":
		err = writeFile(q.output, write)
	case q.format == "table" && a.isTerminal(a.stdout):
		err = a.paged(ctx, write)
	default:
		err = write(a.stdout)
	}
	if err == nil && q.timing {
		fmt.Fprintf(a.stderr, "%s in %.3f s\n", count(n, "row"), time.Since(began).Seconds())
	}
	return err
}

// ofText is said where a query takes a text for a number.
const ofText = "in main all but ids are texts: schema typed has times, and what smew type says; a cast such as amount::DOUBLE does it in the query"

// advised adds to DuckDB's word on a query what smew knows of it.
func advised(err error) error {
	if err == nil {
		return nil
	}
	for _, known := range []struct{ said, hint string }{
		{"exists in the", "a query loads no extensions: use DuckDB's own program for that, on the published copy"},
		{"Function with name", "'SELECT DISTINCT function_name FROM duckdb_functions()' lists what there is; smew ask has the usual questions"},
		{"Catalog Error", "'SHOW ALL TABLES' lists what there is; the README says what the schemas hold"},
		{"Referenced column", "'DESCRIBE users' lists the columns of users"},
		{"No function matches", ofText}, {"explicit cast is required", ofText},
		{"Conversion Error", "ids are whole numbers, and a cast takes only what is one: try_cast(amount AS DOUBLE) makes NULL of the rest"},
		{"Can only delete", "a query only reads: smew erase removes a person, smew load brings in dumps"},
		{"Can only update", "a query only reads: what a feed delivered stays as it was"},
		{"read-only mode", "a query only reads"},
		{"has been locked", "a query changes no settings: smew query --help lists the flags for them"},
		{"Binder Error", "'SHOW ALL TABLES' lists the tables, 'DESCRIBE users' the columns of users"},
		{"Parser Error", "the mark shows where DuckDB stopped understanding"},
		{"file system operations", "a query sees the database and no files: use DuckDB's own program for both, on the published copy"},
	} {
		if strings.Contains(err.Error(), known.said) {
			return &hinted{err, known.hint}
		}
	}
	return err
}

// writeRows writes a result row by row and returns how many rows it has.
func (a *app) writeRows(w io.Writer, rows *duck.Rows, q asking) (n int64, err error) {
	var out rowWriter
	err = readResult(rows, func(names, types []string) (err error) {
		out, err = a.newRows(w, q.format, resultColumns(names, types), q.most)
		return err
	}, func(cells []cell) error {
		n++
		return out.row(cells)
	})
	if err != nil {
		return n, err
	}
	return n, out.end()
}

func resultColumns(names, types []string) []column {
	columns := make([]column, len(names))
	for i, name := range names {
		columns[i] = column{name, numeric(types[i])}
	}
	return columns
}

// errEnough, from each, ends reading a result early.
var errEnough = errors.New("enough")

// readResult hands on the names and DuckDB's types of a result's columns, then its rows; cells are good until the next row.
func readResult(rows *duck.Rows, head func(names, types []string) error, each func([]cell) error) error {
	columns, err := rows.ColumnTypes()
	if err != nil {
		return err
	}
	names, types := make([]string, len(columns)), make([]string, len(columns))
	values, at, cells := make([]any, len(columns)), make([]any, len(columns)), make([]cell, len(columns))
	for i, c := range columns {
		names[i], types[i], at[i] = c.Name(), c.DatabaseTypeName(), &values[i]
	}
	if err := head(names, types); err != nil {
		return err
	}
	for rows.Next() {
		if err := rows.Scan(at...); err != nil {
			return err
		}
		for i, v := range values {
			if cells[i], err = render(v, types[i]); err != nil {
				return err
			}
		}
		if err := each(cells); err != nil {
			if errors.Is(err, errEnough) {
				return nil
			}
			return err
		}
	}
	return rows.Err()
}

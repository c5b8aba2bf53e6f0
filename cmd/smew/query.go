package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"smew/duck"
)

func (a *app) queryCmd() *cobra.Command {
	var d database
	var format string
	var most int
	cmd := &cobra.Command{
		Use:   "query --db FILE SQL",
		Short: "Run a query on the database",
		Long: `Run a query on the database. SQL may be - to read it from stdin. The file is
opened for reading only, and the query reaches nothing but the database.

NULL and '' stay apart: in CSV NULL is nothing and '' is "", in a table
NULL is written out.`,
		Example: examples(
			`smew query --db shop.duckdb "SELECT count(*) FROM users"`,
			`smew query --db shop.duckdb --format csv "FROM all_events" > events.csv`,
			`smew query --db shop.duckdb - < report.sql`),
		Args: arguments(0, "SQL"),
		RunE: func(cmd *cobra.Command, args []string) error {
			statement, err := a.statement(args[0])
			if err != nil {
				return err
			}
			if a.json && !cmd.Flags().Changed("format") {
				format = "json"
			}
			if !slices.Contains(formats, format) {
				return &usageError{fmt.Sprintf("--format is %q: none of %s", format, strings.Join(formats, ", ")), ""}
			}
			options, err := d.options(a.waiting)
			if err != nil {
				return err
			}
			options.Confined = true
			return d.view(cmd.Context(), options, func(tx *duck.Tx) error {
				return a.query(cmd.Context(), tx, statement, format, most)
			})
		},
	}
	d.flags(cmd.Flags())
	cmd.Flags().StringVar(&format, "format", "table", "`format` of the result: "+strings.Join(formats, ", "))
	cmd.Flags().IntVar(&most, "rows", 1000, "`number` of rows that a table shows at most, 0 for all")
	return cmd
}

// statement is the SQL that an argument gives or, if it is "-", stdin.
func (a *app) statement(argument string) (string, error) {
	if argument == "-" {
		raw, err := io.ReadAll(a.stdin)
		if err != nil {
			return "", fmt.Errorf("read query: %w", err)
		}
		argument = string(raw)
	}
	if strings.TrimSpace(argument) == "" {
		return "", &usageError{"the query is empty", ""}
	}
	return argument, nil
}

func (a *app) query(ctx context.Context, tx *duck.Tx, statement, format string, most int) (err error) {
	rows, err := tx.Query(ctx, statement)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var out rowWriter
	err = readResult(rows, func(names, types []string) (err error) {
		columns := make([]column, len(names))
		for i, name := range names {
			columns[i] = column{name, numeric(types[i])}
		}
		out, err = a.newRows(format, columns, most)
		return err
	}, func(cells []cell) error { return out.row(cells) })
	if err != nil {
		return err
	}
	return out.end()
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

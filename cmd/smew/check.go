package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"smew/answer"
	"smew/duck"
)

// checking is what the flags of check say.
type checking struct {
	database
	dir     string
	after   int64
	maps    []string
	options answer.Options
}

// checkMemory is what DuckDB takes, in bytes, where --memory does not say otherwise: what does not fit
// goes to disk.
const checkMemory = 2 << 30

func (a *app) checkCmd() *cobra.Command {
	var c checking
	cmd := &cobra.Command{
		Use:   "check --answer DIR --db FILE",
		Short: "Hold a database against the answer key of a feed",
		Long: `Hold a database against the answer key of a feed: table by table, which rows are
missing, which should not be there, and which differ. The database may come from any
consumer; it is opened for reading only.

Rows are compared as often as they are there, in any order, ids as whole numbers
and all else as text; NULL and '' differ. Names are compared as DuckDB does: whatever
their case. Tables that the feed knows nothing of are told of and do not count.

Exit code 0: the database agrees, 1: it does not.`,
		Example: examples("smew check --answer key --db shop.duckdb",
			"smew check --answer key --db shop.duckdb --after 852 --json",
			"smew check --answer key --db heap.duckdb --schema tap_heap --skip all_events \\\n"+
				"      --map users=heap_users --map users.joindate=join_date --ignore-column '_sdc_*'"),
		Args: arguments(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.check(cmd, &c)
		},
	}
	c.database.flags(cmd.Flags())
	cmd.Flags().StringVar(&c.options.Schema, "schema", "main", "the `schema` of the consumer's tables")
	c.flags(cmd.Flags())
	return cmd
}

// flags adds the flags that say how is judged.
func (c *checking) flags(flags *pflag.FlagSet) {
	flags.StringVar(&c.dir, "answer", "", "the `directory` of the answer key (needed)")
	flags.Int64Var(&c.after, "after", 0, "judge by the state once the manifest of this `dump` had appeared (default: the last state)")
	flags.StringArrayVar(&c.maps, "map", nil, "a table or column that the consumer calls otherwise: `name=other`, such as users=heap_users or users.joindate=join_date (repeatable)")
	flags.StringArrayVar(&c.options.Skip, "skip", nil, "do not judge this `table` (repeatable)")
	flags.StringArrayVar(&c.options.IgnoreColumns, "ignore-column", nil, "a `pattern` of columns of the consumer's own, such as '_sdc_*' (repeatable)")
	onlyInCalls(flags, "map") // load has one that means something else
}

// ready makes sense of the flags.
func (c *checking) ready(flags *pflag.FlagSet) (err error) {
	if flags.Changed("after") {
		c.options.After = &c.after
	}
	if c.dir == "" {
		return &usageError{"--answer is missing", "name the directory of the answer key: --answer DIR"}
	}
	c.options.Map, err = namesOf(c.maps)
	return err
}

func (a *app) check(cmd *cobra.Command, c *checking) error {
	if err := c.ready(cmd.Flags()); err != nil {
		return err
	}
	options, err := c.database.options(a.waiting)
	if err != nil {
		return err
	}
	if err := c.there(); err != nil {
		return err
	}
	options.ReadOnly, options.AtMost = true, checkMemory
	db, err := duck.Open(cmd.Context(), c.path, options)
	if err != nil {
		return err
	}
	return a.judge(cmd, c, db, c.path)
}

// judge holds an open database of some name against the answer key, and closes it.
func (a *app) judge(cmd *cobra.Command, c *checking, db *duck.DB, name string) error {
	report, err := answer.Check(cmd.Context(), c.dir, db, c.options)
	if err := errors.Join(err, db.Close()); err != nil {
		return asUsage(err)
	}
	if a.json {
		err = a.printJSON(report)
	} else {
		a.printReport(report)
	}
	if err != nil || report.Agrees {
		return err
	}
	return differs(name, report)
}

// namesOf takes name=other apart.
func namesOf(maps []string) (map[string]string, error) {
	names := map[string]string{}
	for _, m := range maps {
		name, other, ok := strings.Cut(m, "=")
		if !ok || name == "" || other == "" {
			return nil, &usageError{fmt.Sprintf("--map is %q, not name=other", m), "for example: --map users=heap_users --map users.joindate=join_date"}
		}
		names[name] = other
	}
	return names, nil
}

// asUsage turns an error about what was asked into one of usage.
func asUsage(err error) error {
	var name *answer.NameError
	var state *answer.StateError
	switch {
	case errors.As(err, &name):
		return &usageError{name.Text, name.Advice}
	case errors.As(err, &state):
		return &usageError{state.Error(), ""}
	}
	return err
}

// differs is the error of a database that does not agree.
func differs(path string, r answer.Report) error {
	n := 0
	for _, t := range r.Tables {
		if t.Verdict != answer.Agrees {
			n++
		}
	}
	return fmt.Errorf("%s does not agree with the answer key in %d of %s", path, n, count(len(r.Tables), "table"))
}

func (a *app) printReport(r answer.Report) {
	g := a.list(column{name: "table"}, column{"wanted", true}, column{"got", true}, column{"missing", true},
		column{"extra", true}, column{"differing", true}, column{name: "verdict"})
	for _, t := range r.Tables {
		g.line(t.Table, number(t.Wanted), number(t.Got), number(t.Missing), number(t.Extra), number(t.Differing), string(t.Verdict))
	}
	g.end()
	for _, t := range r.Tables {
		a.printDifferences(t)
	}
	if len(r.Others) > 0 {
		fmt.Fprintf(a.stdout, "\nthe feed knows nothing of: %s\n", printable(strings.Join(r.Others, ", ")))
	}
	if len(r.Faults) == 0 {
		return
	}
	fmt.Fprintln(a.stdout, "\nput into the feed on purpose, and what a right consumer does about it:")
	g = a.list(column{name: "fault"}, column{name: "dump"}, column{name: "object"}, column{name: "must"})
	for _, f := range r.Faults {
		g.line(f.Name, strconv.FormatInt(f.DumpID, 10), f.Object, f.Must)
	}
	g.end()
}

// printDifferences shows what is wrong with a table, with the first few rows.
func (a *app) printDifferences(t answer.TableReport) {
	if t.Verdict == answer.Agrees {
		return
	}
	say := func(format string, args ...any) { fmt.Fprintln(a.stdout, printable(fmt.Sprintf(format, args...))) }
	fmt.Fprintln(a.stdout)
	switch t.Verdict {
	case answer.Missing:
		say("%s: the database has no such table", t.Table)
	case answer.Unwanted:
		say("%s: should not be there: no dump that counts delivers it", t.Table)
	default:
		say("%s:", t.Table)
	}
	if len(t.MissingColumns) > 0 {
		say("  columns missing: %s", strings.Join(t.MissingColumns, ", "))
	}
	if len(t.ExtraColumns) > 0 {
		say("  columns that should not be there: %s", strings.Join(t.ExtraColumns, ", "))
	}
	for _, e := range t.MissingRows {
		say("  missing: %s", exampleText(e))
	}
	for _, e := range t.ExtraRows {
		say("  extra:   %s", exampleText(e))
	}
	if t.Differing > 0 {
		in := make([]string, len(t.DifferingColumns))
		for i, c := range t.DifferingColumns {
			in[i] = fmt.Sprintf("%s (%s)", c.Column, number(c.Rows))
		}
		say("  columns that differ: %s", strings.Join(in, ", "))
	}
	for _, p := range t.DifferingRows {
		changes := make([]string, len(p.Columns))
		for i, c := range p.Columns {
			changes[i] = fmt.Sprintf("%s is %s, not %s", c.Column, valueText(c.Got), valueText(c.Wanted))
		}
		say("  differs: %s: %s%s", rowText(p.Key), cut(strings.Join(changes, "; "), 400), times(p.Times))
	}
}

func exampleText(e answer.Example) string { return rowText(e.Row) + times(e.Times) }

func times(n int64) string {
	if n == 1 {
		return ""
	}
	return " (" + number(n) + " times)"
}

func rowText(row answer.Row) string {
	texts := make([]string, len(row))
	for i, v := range row {
		texts[i] = v.Column + "=" + valueText(v.Value)
	}
	return cut(strings.Join(texts, " "), 400)
}

// valueText writes a value as in SQL, shortened.
func valueText(v any) string {
	switch v := v.(type) {
	case nil:
		return "NULL"
	case string:
		return cut("'"+strings.ReplaceAll(v, "'", "''")+"'", 60)
	}
	return fmt.Sprint(v)
}

// onlyInCalls keeps flags from being set in the environment or the configuration file.
func onlyInCalls(flags *pflag.FlagSet, names ...string) {
	for _, name := range names {
		flags.SetAnnotation(name, callOnly, nil)
	}
}

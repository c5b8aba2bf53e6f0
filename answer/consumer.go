package answer

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"smew/duck"
	"smew/sql"
)

// consumer is what the database holds, and what it calls the key's tables and columns.
type consumer struct {
	catalog string // the database's name: a schema may have the same
	schema  string
	tables  []consumerTable
	names   map[string]string // Options.Map, its keys in lower case
	skip    []string
	ignored []string // patterns of columns, in lower case
}

type consumerTable struct {
	name    string
	columns []consumerColumn
}

type consumerColumn struct{ name, typ string }

// NameError says that an option names something that is not there.
type NameError struct{ Text, Advice string }

func (e *NameError) Error() string { return e.Text }

// Hint says what would be right.
func (e *NameError) Hint() string { return e.Advice }

func newConsumer(ctx context.Context, tx *duck.Tx, l *layout, o Options) (*consumer, error) {
	c := &consumer{schema: o.Schema, names: map[string]string{}, skip: o.Skip}
	if c.schema == "" {
		c.schema = "main"
	}
	for _, pattern := range o.IgnoreColumns {
		if _, err := path.Match(pattern, ""); err != nil {
			return nil, &NameError{fmt.Sprintf("%q is no pattern", pattern), "* stands for any letters, ? for one, [ab] for a or b"}
		}
		c.ignored = append(c.ignored, strings.ToLower(pattern))
	}
	known := l.names()
	for from, to := range o.Map {
		if !known[strings.ToLower(from)] {
			return nil, &NameError{fmt.Sprintf("%q, which is called %q, is no table and no column of the answer key", from, to),
				"write TABLE=NAME or TABLE.COLUMN=NAME, the key's name first"}
		}
		c.names[strings.ToLower(from)] = to
	}
	for _, table := range o.Skip {
		if !known[strings.ToLower(table)] {
			return nil, &NameError{fmt.Sprintf("%q is no table of the answer key", table), ""}
		}
	}
	return c, c.read(ctx, tx)
}

// names are all tables and columns ("table.column") of the key in whatever state, in lower case.
func (l *layout) names() map[string]bool {
	known := map[string]bool{}
	for _, s := range append(l.After, l.Final) {
		for _, t := range s.Tables {
			table := strings.ToLower(t.Name)
			known[table] = true
			for _, c := range t.Columns {
				known[table+"."+strings.ToLower(c)] = true
			}
		}
	}
	return known
}

// tables are the tables of the feed: as it delivers them, and as a right consumer shows them in whatever state.
func (l *layout) tables() (names []string) {
	for _, d := range l.Dumps {
		names = append(names, d.Tables...)
	}
	for _, s := range append(l.After, l.Final) {
		for _, t := range s.Tables {
			names = append(names, t.Name)
		}
	}
	return names
}

func (c *consumer) read(ctx context.Context, tx *duck.Tx) error {
	err := tx.Each(ctx, sql.CheckTables, []any{c.schema}, func(scan func(...any) error) error {
		var table string
		var column consumerColumn
		if err := scan(&c.catalog, &c.schema, &table, &column.name, &column.typ); err != nil {
			return err
		}
		if n := len(c.tables); n == 0 || c.tables[n-1].name != table {
			c.tables = append(c.tables, consumerTable{name: table})
		}
		last := &c.tables[len(c.tables)-1]
		last.columns = append(last.columns, column)
		return nil
	})
	if err != nil {
		return fmt.Errorf("list tables: %w", err)
	}
	return nil
}

// quoted writes a table of the consumer as SQL.
func (c *consumer) quoted(table string) string {
	return duck.Quote(c.catalog) + "." + duck.Quote(c.schema) + "." + duck.Quote(table)
}

// table finds the consumer's table for one of the key's; nil if it has none.
func (c *consumer) table(name string) *consumerTable {
	if to, ok := c.names[strings.ToLower(name)]; ok {
		name = to
	}
	i := find(c.tables, name, func(t consumerTable) string { return t.name })
	if i < 0 {
		return nil
	}
	return &c.tables[i]
}

// columnsOf finds the consumer's columns for those of the key's table, -1 for one that is missing,
// and returns which others there are, apart from those to ignore.
func (c *consumer) columnsOf(t *fileTable, in *consumerTable) (at []int, extra []string) {
	used := make([]bool, len(in.columns))
	for _, name := range t.Columns {
		if to, ok := c.names[strings.ToLower(t.Name+"."+name)]; ok {
			name = to
		}
		i := find(in.columns, name, func(c consumerColumn) string { return c.name })
		if i >= 0 {
			used[i] = true
		}
		at = append(at, i)
	}
	for i, column := range in.columns {
		ignored := slices.ContainsFunc(c.ignored, func(pattern string) bool {
			matches, _ := path.Match(pattern, strings.ToLower(column.name))
			return matches
		})
		if !used[i] && !ignored {
			extra = append(extra, column.name)
		}
	}
	return at, extra
}

// skips says whether the table is not to be judged.
func (c *consumer) skips(name string) bool { return containsFold(c.skip, name) }

func containsFold(names []string, name string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) })
}

// find looks for the name as it is, then as DuckDB looks for it: whatever its case.
func find[T any](all []T, name string, nameOf func(T) string) int {
	if i := slices.IndexFunc(all, func(t T) bool { return nameOf(t) == name }); i >= 0 {
		return i
	}
	return slices.IndexFunc(all, func(t T) bool { return strings.EqualFold(nameOf(t), name) })
}

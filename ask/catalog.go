package ask

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"

	"smew/duck"
)

// Catalog are the tables of schema typed, with their columns, as they are called there.
type Catalog []Table

// Table is a table of schema typed.
type Table struct {
	Name    string
	Columns []string
}

// UnknownError says that a question names what is not there.
type UnknownError struct {
	What string // "table" or "column"
	Name string
	Near []string // names that are like it, the nearest first; where none is, some of those there are
	Like bool     // whether they are like it
}

func (e *UnknownError) Error() string { return fmt.Sprintf("there is no %s %s", e.What, e.Name) }

// Hint names what may have been meant.
func (e *UnknownError) Hint() string {
	switch {
	case len(e.Near) == 0:
		return ""
	case e.Like:
		return "did you mean " + strings.Join(e.Near, " or ") + "?"
	}
	return "there are " + strings.Join(e.Near, ", ")
}

// unknown finds names near to one that is not there.
func unknown(what, name string, there []string) error {
	type near struct {
		name     string
		distance int
	}
	var all []near
	folded := strings.ToLower(name)
	for _, candidate := range there {
		other := strings.ToLower(candidate)
		d := levenshtein.ComputeDistance(folded, other)
		if len(folded) > 2 && strings.Contains(other, folded) {
			d = 1
		}
		if d <= max(1, min(4, len(folded)/3)) {
			all = append(all, near{candidate, d})
		}
	}
	slices.SortFunc(all, func(a, b near) int { return cmp.Or(a.distance-b.distance, cmp.Compare(a.name, b.name)) })
	e := &UnknownError{What: what, Name: name, Like: len(all) > 0}
	for _, n := range all[:min(3, len(all))] {
		e.Near = append(e.Near, n.name)
	}
	if !e.Like {
		sorted := slices.Compact(slices.Sorted(slices.Values(there)))
		e.Near = sorted[:min(12, len(sorted))]
	}
	return e
}

// find is the table of that name, in whatever case (DuckDB does not tell).
func (c Catalog) find(name string) (Table, bool) {
	for _, t := range c {
		if strings.EqualFold(t.Name, name) {
			return t, true
		}
	}
	return Table{}, false
}

// table is a table that has some columns: what has not, is no answer to the question.
func (c Catalog) table(name string, needed ...string) (Table, error) {
	t, ok := c.find(name)
	if !ok || !t.has(needed...) {
		var there []string
		for _, other := range c {
			if other.has(needed...) && !slices.Contains(derived, other.Name) {
				there = append(there, other.Name)
			}
		}
		what := "table"
		if ok {
			what = fmt.Sprintf("table with %s called", strings.Join(needed, ", "))
		}
		return Table{}, unknown(what, name, there)
	}
	return t, nil
}

// derived are no tables to ask for events.
var derived = []string{"all_events", "enhanced_users", "session_facts"}

// event is a table whose rows happened at some time to somebody.
func (c Catalog) event(name string, session bool) (Table, error) {
	needed := []string{"user_id", "time"}
	if session {
		needed = append(needed, "session_id")
	}
	return c.table(name, needed...)
}

func (t Table) column(name string) (string, bool) {
	for _, column := range t.Columns {
		if strings.EqualFold(column, name) {
			return column, true
		}
	}
	return "", false
}

func (t Table) has(names ...string) bool {
	return !slices.ContainsFunc(names, func(name string) bool { _, ok := t.column(name); return !ok })
}

// sql is the table's name in a statement.
func (t Table) sql() string { return "typed." + duck.Quote(t.Name) }

// property is a column that an answer is split by.
type property struct {
	table  Table
	column string
}

// property finds COLUMN or TABLE.COLUMN among tables, of which the first that has it counts.
func (c Catalog) property(name string, tables ...string) (property, error) {
	var there []string
	prefix, rest, dotted := strings.Cut(name, ".")
	for _, of := range tables {
		t, ok := c.find(of)
		if !ok {
			continue
		}
		if column, ok := t.column(name); ok {
			return property{t, column}, nil
		}
		if dotted && strings.EqualFold(prefix, t.Name) {
			if column, ok := t.column(rest); ok {
				return property{t, column}, nil
			}
			return property{}, unknown("column", name, dot(t))
		}
		if dotted {
			there = append(there, dot(t)...)
		} else {
			there = append(there, t.Columns...)
		}
	}
	return property{}, unknown("column", name, slices.Compact(slices.Sorted(slices.Values(there))))
}

// ofSession says that it is a session's, else a person's: who defines properties may call one of users session_id.
func (p property) ofSession() bool { return strings.EqualFold(p.table.Name, "sessions") }

func dot(t Table) []string {
	all := make([]string, len(t.Columns))
	for i, column := range t.Columns {
		all[i] = t.Name + "." + column
	}
	return all
}

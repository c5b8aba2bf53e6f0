package views

import (
	"slices"
	"strings"

	"smew/duck"
	"smew/feed"
	"smew/sql"
)

// Types are the types that a column of typed can be given; Text takes a type back.
const (
	Double    = "DOUBLE"
	BigInt    = "BIGINT"
	Boolean   = "BOOLEAN"
	Timestamp = "TIMESTAMP"
	Date      = "DATE"
	JSON      = "JSON"
	Text      = "VARCHAR"
)

// conversions are what makes a text a value of a type; one that does not fit is NULL.
var conversions = map[string]string{
	Double: "smew.number", BigInt: "smew.whole", Boolean: "smew.truth", Timestamp: "smew.instant", Date: "smew.day", JSON: "smew.document",
}

// Types are all of them.
func Types() []string { return []string{Double, BigInt, Boolean, Timestamp, Date, JSON, Text} }

// times are the columns that hold an instant in whatever table.
var times = []string{"time", "joindate", "last_modified"}

// columnKey is a column by the names as delivered, or a property on a table.
type columnKey struct{ table, column string }

// shownColumn is a column of main.
type shownColumn struct {
	key  columnKey
	as   string // as main shows it
	typ  string // in typed
	base bool   // it has the type in main already
	kept bool   // the relation has its instants
}

// fixed says that no other type can be given: ids are joined by, and smew's own views and questions count on times.
func (c shownColumn) fixed() bool { return c.base && c.typ == BigInt || c.kept }

// typed are the table's columns as main shows them, with their types in typed.
func (t namedTable) typed(s Settings) []shownColumn {
	var all []shownColumn
	for i, name := range t.columns {
		c := shownColumn{key: columnKey{t.Name, ""}, as: name, typ: Text, base: true}
		if i < len(t.Columns) {
			c.key.column = t.Columns[i].Name
			switch {
			case feed.IsID(t.Name, c.key.column):
				c.typ = BigInt
			case slices.Contains(times, c.key.column):
				c.typ, c.base, c.kept = Timestamp, false, t.Columns[i].Physical == "time"
			}
		} else {
			p := t.on[i-len(t.Columns)]
			if c.key.column = p.Name; p.Formula.Number() {
				c.typ, c.base = Double, false
			}
		}
		if typ, ok := s.types[c.key]; ok && !c.fixed() {
			c.typ, c.base = typ, typ == Text
		}
		all = append(all, c)
	}
	return all
}

// instant says that the column's value in typed is kept.
func (c shownColumn) instant() bool { return c.kept && c.typ == Timestamp }

// typed is the column's value in typed.
func (c shownColumn) typed() string {
	switch {
	case c.base:
		return duck.Quote(c.as)
	case c.instant():
		return instant
	}
	return conversions[c.typ] + "(" + duck.Quote(c.as) + ")"
}

func typed(t namedTable, columns []shownColumn) View {
	items := make([]string, len(columns))
	for i, c := range columns {
		if items[i] = c.typed(); !c.base {
			items[i] += " AS " + duck.Quote(c.as)
		}
	}
	return view("typed", t.shown, duck.Fill(sql.ViewsTyped, duck.Names{"columns": strings.Join(items, ", "), "rows": t.untyped(columns...)}))
}

// untyped is the query of the rows that the columns' values in typed are made of.
func (t namedTable) untyped(columns ...shownColumn) string {
	if slices.ContainsFunc(columns, shownColumn.instant) {
		return t.rows(instant)
	}
	return t.rows()
}

// TypedColumn is a column of typed.
type TypedColumn struct {
	Table, Column string // as delivered, or a property's name
	Type          string
	ID            bool // a whole number in main already
	Fixed         bool // it keeps its type

	table namedTable
	shownColumn
}

// TypedColumns are all columns of the tables in typed.
func TypedColumns(tables []Table, s Settings) (all []TypedColumn) {
	for _, t := range named(tables, s) {
		for _, c := range t.typed(s) {
			all = append(all, TypedColumn{Table: c.key.table, Column: c.key.column, Type: c.typ, ID: c.typ == BigInt && c.base, Fixed: c.fixed(), table: t, shownColumn: c})
		}
	}
	return all
}

// Shown is the column as main names it: table.column.
func (c TypedColumn) Shown() string { return c.table.shown + "." + c.as }

// Misfits is the query that counts the values which do not fit the column's type, with one of them.
func (c TypedColumn) Misfits() string {
	return duck.Fill(sql.ViewsMisfits, duck.Names{"column": duck.Quote(c.as), "rows": c.table.untyped(c.shownColumn), "typed": c.typed()})
}

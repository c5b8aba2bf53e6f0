package views

import (
	"slices"

	"smew/define"
	"smew/duck"
	"smew/plan"
)

// Expression is a property as a column of a table.
type Expression struct {
	Table    string   `json:"table"`  // as main shows it
	Column   string   `json:"column"` // as main shows it
	Property string   `json:"property"`
	SQL      string   `json:"sql"`     // over the table's other columns
	Unknown  []string `json:"unknown"` // names in it that the table has not: they are NULL
}

// Expressions are the columns that the definitions in force add to the tables.
func Expressions(tables []Table, s Settings) []Expression {
	all := []Expression{}
	names := make([]string, len(tables))
	for i, t := range tables {
		names[i] = t.Name
	}
	for i, shown := range plan.Names(names, plan.ReservedTables) {
		t := tables[i]
		on := s.Definitions.For(t.Name, t.Kind())
		compiled := t.compiled(t.shown(on))
		levels, unknown := define.Compile(on, compiled, dialect{})
		for j, p := range on {
			e := Expression{Table: shown, Column: compiled.Names[j], Property: p.Name, Unknown: []string{}}
			for _, level := range levels {
				for _, c := range level {
					if c.Name == e.Column {
						e.SQL = c.Expression
					}
				}
			}
			for _, name := range p.Uses() {
				if slices.Contains(unknown, name) {
					e.Unknown = append(e.Unknown, name)
				}
			}
			all = append(all, e)
		}
	}
	return all
}

// String is the expression as an item of a SELECT.
func (e Expression) String() string { return e.SQL + " AS " + duck.Quote(e.Column) }

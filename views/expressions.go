package views

import (
	"slices"

	"smew/define"
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
	for _, t := range named(tables, s) {
		compiled := t.compiled(t.columns)
		levels, unknown := define.Compile(t.on, compiled, dialect{})
		for j, p := range t.on {
			e := Expression{Table: t.shown, Column: compiled.Names[j], Property: p.Name, Unknown: []string{}}
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

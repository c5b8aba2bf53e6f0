package views

import (
	"fmt"
	"strings"

	"smew/define"
	"smew/duck"
	"smew/sql"
)

// dialect is how DuckDB writes what definitions need. The functions of schema smew are the ledger's macros.
type dialect struct{}

func (dialect) Name(name string) string         { return duck.Quote(name) }
func (dialect) Text(text string) string         { return duck.QuoteText(text) }
func (dialect) ID(column string) string         { return "CAST(" + column + " AS VARCHAR)" }
func (dialect) Null() string                    { return "CAST(NULL AS VARCHAR)" }
func (dialect) Divide(a, b string) string       { return a + " / " + b }
func (dialect) Number(text string) string       { return "smew.number(" + text + ")" }
func (dialect) Finite(number string) string     { return "smew.finite(" + number + ")" }
func (dialect) NumberText(number string) string { return "smew.number_text(" + number + ")" }
func (dialect) Contains(text, part string) string {
	return "contains(" + text + ", " + part + ")"
}
func (dialect) Matches(text, pattern string) string {
	return fmt.Sprintf(`(lower(%s) LIKE lower(%s) ESCAPE '\')`, text, pattern)
}
func (dialect) Concat(texts []string) string {
	return "list_aggregate([" + strings.Join(texts, ", ") + "], 'string_agg', '')"
}
func (dialect) Cut(text string, n int) string { return fmt.Sprintf("left(%s, %d)", text, n) }

// Defined is a query with computed columns: those of properties over it, in as many levels as they build on each other.
func Defined(query string, properties []*define.Property, t define.Table) string {
	levels, _ := define.Compile(properties, t, dialect{})
	for _, level := range levels {
		columns := make([]string, len(level))
		for i, c := range level {
			columns[i] = c.Expression + " AS " + duck.Quote(c.Name)
		}
		query = duck.Fill(sql.ViewsDefined, duck.Names{"columns": strings.Join(columns, ", "), "query": query})
	}
	return query
}

package spark

import (
	"fmt"
	"strings"

	"smew/define"
	"smew/sql"
)

// dialect is how Spark writes what definitions need. As Spark has no macros, what needs its argument twice binds it in a lambda.
type dialect struct{}

func (dialect) Name(name string) string   { return Quote(name) }
func (dialect) Text(text string) string   { return QuoteText(text) }
func (dialect) ID(column string) string   { return "CAST(" + column + " AS STRING)" }
func (dialect) Null() string              { return "CAST(NULL AS STRING)" }
func (dialect) Divide(a, b string) string { return "try_divide(" + a + ", " + b + ")" }
func (dialect) Number(text string) string {
	return sql.Fill(sql.SparkDefineNumber, sql.Names{"text": text})
}
func (dialect) Finite(number string) string {
	return sql.Fill(sql.SparkDefineFinite, sql.Names{"number": number})
}
func (dialect) NumberText(number string) string {
	return sql.Fill(sql.SparkDefineNumberText, sql.Names{"number": number})
}
func (dialect) Contains(text, part string) string { return "contains(" + text + ", " + part + ")" }
func (dialect) Matches(text, pattern string) string {
	return fmt.Sprintf(`(lower(%s) LIKE lower(%s) ESCAPE '\\')`, text, pattern)
}
func (dialect) Concat(texts []string) string {
	return sql.Fill(sql.SparkDefineConcat, sql.Names{"texts": strings.Join(texts, ", ")})
}
func (dialect) Cut(text string, n int) string { return fmt.Sprintf("substring(%s, 1, %d)", text, n) }

// defined adds to a query the properties that act on its table, and returns the names that they mention and the table has not.
func defined(query string, properties []*define.Property, t define.Table) (with string, unknown []string) {
	levels, unknown := define.Compile(properties, t, dialect{})
	for _, level := range levels {
		columns := make([]string, len(level))
		for i, c := range level {
			columns[i] = c.Expression + " AS " + Quote(c.Name)
		}
		query = sql.Fill(sql.SparkDefined, sql.Names{"columns": strings.Join(columns, ", "), "query": query})
	}
	return query, unknown
}

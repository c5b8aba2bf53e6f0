package export

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"smew/duck"
)

// Templates of columns (Column.Template) are texts with {{ column }} in them, and filters behind it: {{ email | downcase }}. They
// become an SQL expression, so that rows need not leave DuckDB to be filled in; that is why there is no more of
// Liquid than this. NULL is nothing in a template, as in Liquid.
var (
	output   = regexp.MustCompile(`\{\{(.*?)\}\}`)
	filtered = regexp.MustCompile(`^\s*(\w+)\s*(?::\s*(.*\S)\s*)?$`)
	argument = regexp.MustCompile(`'[^']*'|"[^"]*"|[0-9]+`)
)

// filters and how many arguments they have. %s is what they act on, then the arguments.
var filters = map[string]struct {
	arguments int
	sql       string
}{
	"upcase":   {0, "upper(%s)"},
	"downcase": {0, "lower(%s)"},
	"strip":    {0, "trim(%s)"},
	"append":   {1, "(%s || %s)"},
	"prepend":  {1, "(%[2]s || %[1]s)"},
	"default":  {1, "coalesce(nullif(%s, ''), %s)"},
	"replace":  {2, "replace(%s, %s, %s)"},
	"truncate": {1, "left(%s, %s::BIGINT)"},
	"date":     {1, "strftime(%s::TIMESTAMP, %s)"},
}

// templateSQL is a template as an expression over columns; nil: which there are is not known yet.
func templateSQL(template string, columns []string) (string, error) {
	parts := []string{}
	rest := 0
	for _, at := range output.FindAllStringSubmatchIndex(template, -1) {
		if at[0] > rest {
			parts = append(parts, duck.QuoteText(template[rest:at[0]]))
		}
		value, err := outputSQL(template[at[2]:at[3]], columns)
		if err != nil {
			return "", err
		}
		parts, rest = append(parts, value), at[1]
	}
	if left := template[rest:]; strings.Contains(left, "{{") || strings.Contains(left, "{%") {
		return "", fmt.Errorf("%q is not understood: want {{ column }} or {{ column | filter }}", left)
	} else if left != "" || len(parts) == 0 {
		parts = append(parts, duck.QuoteText(left))
	}
	return "concat(" + strings.Join(parts, ", ") + ")", nil // which takes NULL for nothing
}

func outputSQL(text string, columns []string) (string, error) {
	pieces := splitFilters(text)
	name := strings.TrimSpace(pieces[0])
	if name == "" || columns != nil && !slices.ContainsFunc(columns, func(c string) bool { return strings.EqualFold(c, name) }) {
		return "", fmt.Errorf("there is no column %q", name)
	}
	value := duck.Quote(name) + "::VARCHAR"
	for _, piece := range pieces[1:] {
		m := filtered.FindStringSubmatch(piece)
		if m == nil {
			return "", fmt.Errorf("filter %q is not understood", strings.TrimSpace(piece))
		}
		f, ok := filters[m[1]]
		given := argument.FindAllString(m[2], -1)
		switch {
		case !ok:
			return "", fmt.Errorf("there is no filter %q", m[1])
		case len(given) != f.arguments:
			return "", fmt.Errorf("filter %q takes %d arguments, not %d", m[1], f.arguments, len(given))
		case m[1] == "truncate" && strings.Trim(given[0], "0123456789") != "":
			return "", fmt.Errorf("filter %q takes a number, not %s", m[1], given[0])
		}
		args := []any{value}
		for _, a := range given {
			args = append(args, duck.QuoteText(strings.Trim(a, `'"`)))
		}
		value = fmt.Sprintf(f.sql, args...)
	}
	return value, nil
}

// splitFilters cuts at each | outside of quotes.
func splitFilters(text string) (pieces []string) {
	begin, quote := 0, rune(0)
	for i, c := range text {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == '|':
			pieces, begin = append(pieces, text[begin:i]), i+1
		}
	}
	return append(pieces, text[begin:])
}

package define

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Dialect is how a database writes what definitions need. No function may write its argument more than once, Matches, Contains
// and comparisons apart, which are only given columns: formulas would double with each of their parts.
type Dialect interface {
	Name(name string) string             // a column, quoted
	Text(text string) string             // a literal
	ID(column string) string             // a whole number as a text
	Null() string                        // a text that is NULL
	Number(text string) string           // a text as a finite number of 64 bits, by numberPattern; else NULL
	Divide(a, b string) string           // what is not finite may be NULL already
	Finite(number string) string         // NULL where it is not finite
	NumberText(number string) string     // the shortest text of a number
	Contains(text, part string) string   // both not NULL
	Matches(text, pattern string) string // LIKE, not sensitive to case, "\" before what stands for itself
	Cut(text string, n int) string       // the first n characters
	Concat(texts []string) string        // one after the other without those that are NULL; NULL where all are
}

// Table is what a compilation has to know of a table.
type Table struct {
	Columns []Column // as delivered, with the names they have in the query that the expressions go over
	Names   []string // of the properties, in the order of the list that is compiled
}

// Column is a delivered column.
type Column struct {
	Name string // as delivered
	As   string // in the query
	ID   bool   // a whole number; else a text
}

// Computed is a property as an expression over a query that has the table's columns and the levels below.
type Computed struct {
	Name       string // in the query
	Expression string // a text
}

// Compile renders properties, which are what For gives for the table, level by level: those of a level build on
// columns and on the levels below. unknown are names that are neither a column nor a property there: they are NULL.
func Compile(properties []*Property, t Table, d Dialect) (levels [][]Computed, unknown []string) {
	c := &compiler{d: d, known: map[string]string{}, columns: map[string]bool{}}
	for _, column := range t.Columns {
		name := d.Name(column.As)
		if column.ID {
			name = d.ID(name)
		}
		c.known[column.Name], c.columns[column.Name] = name, true
	}
	level := map[string]int{}
	for i, p := range properties {
		at := 0
		for _, name := range p.Uses() {
			if _, known := c.known[name]; !known && !slices.Contains(unknown, name) {
				unknown = append(unknown, name)
			}
			if below, ok := level[name]; ok && !c.columns[name] {
				at = max(at, below+1)
			}
		}
		for len(levels) <= at {
			levels = append(levels, nil)
		}
		levels[at] = append(levels[at], Computed{t.Names[i], d.Cut(c.property(p), maxText)})
		level[p.Name] = at
		if !c.columns[p.Name] {
			c.known[p.Name] = d.Name(t.Names[i])
		}
	}
	return levels, unknown
}

type compiler struct {
	d       Dialect
	known   map[string]string // columns and properties as texts
	columns map[string]bool   // of known: delivered ones, which come before properties
}

func (c *compiler) property(p *Property) string {
	if p.Formula != nil {
		return c.text(p.Formula)
	}
	if len(p.Cases) == 0 {
		return c.value(p.Default)
	}
	var b strings.Builder
	b.WriteString("CASE")
	for i := range p.Cases {
		fmt.Fprintf(&b, " WHEN %s THEN %s", c.condition(&p.Cases[i].When), c.value(p.Cases[i].Value))
	}
	fmt.Fprintf(&b, " ELSE %s END", c.value(p.Default))
	return b.String()
}

// lookup is a column or a property.
func (c *compiler) lookup(name string) string {
	if known, ok := c.known[name]; ok {
		return known
	}
	return c.d.Null()
}

func (c *compiler) value(v Value) string {
	switch {
	case v.Property != "":
		return c.lookup(v.Property)
	case v.Constant != nil:
		return c.d.Text(*v.Constant)
	}
	return c.d.Null()
}

// condition is true or false, never NULL.
func (c *compiler) condition(when *Condition) string {
	switch {
	case when.All != nil:
		return c.conditions(when.All, " AND ")
	case when.Any != nil:
		return c.conditions(when.Any, " OR ")
	case when.Not != nil:
		return "NOT " + c.condition(when.Not)
	}
	if positive, ok := opposites[when.Operator]; ok {
		return "NOT " + c.comparison(c.lookup(when.Property), positive, when.Values)
	}
	return c.comparison(c.lookup(when.Property), when.Operator, when.Values)
}

func (c *compiler) conditions(all []Condition, between string) string {
	parts := make([]string, len(all))
	for i := range all {
		parts[i] = c.condition(&all[i])
	}
	return "(" + strings.Join(parts, between) + ")"
}

func (c *compiler) comparison(value string, operator Operator, with []string) string {
	literals := make([]string, len(with))
	for i, text := range with {
		literals[i] = c.d.Text(text)
	}
	switch operator {
	case IsDefined:
		return "(" + value + " IS NOT NULL)"
	case In:
		if len(literals) == 0 {
			return "(1 = 0)"
		}
		return ifDefined(value + " IN (" + strings.Join(literals, ", ") + ")")
	case Equals:
		return ifDefined(value + " = " + literals[0])
	case Contains:
		return ifDefined(c.d.Contains(value, literals[0]))
	case WildcardMatches:
		return ifDefined(c.d.Matches(value, c.d.Text(likePattern(with[0]))))
	}
	sign := map[Operator]string{LessThan: " < ", GreaterThan: " > ", AtMost: " <= ", AtLeast: " >= "}[operator]
	texts := value + sign + literals[0]
	if parseNumber(with[0]) == nil {
		return ifDefined(texts)
	}
	number := c.d.Number(value)
	return ifDefined(fmt.Sprintf("CASE WHEN %s IS NULL THEN %s ELSE %s%s%s END", number, texts, number, sign, c.d.Number(literals[0])))
}

func ifDefined(expression string) string { return "coalesce(" + expression + ", 1 = 0)" }

// likePattern is what LIKE calls a wildcard, with "\" before what stands for itself.
func likePattern(wildcard string) string {
	return strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`, "*", "%").Replace(wildcard)
}

func (c *compiler) text(f *Formula) string {
	switch {
	case f.Op == "":
		return c.value(f.Value)
	case f.Number():
		return c.d.NumberText(c.number(f))
	}
	parts := make([]string, len(f.Parts))
	for i := range f.Parts {
		parts[i] = c.text(&f.Parts[i])
	}
	return c.d.Concat(parts)
}

func (c *compiler) number(f *Formula) string {
	if !f.Number() {
		return c.d.Number(c.text(f))
	}
	sign := map[Op]string{Add: " + ", Subtract: " - ", Multiply: " * "}[f.Op]
	result := c.number(&f.Parts[0])
	for i := range f.Parts[1:] {
		next := c.number(&f.Parts[i+1])
		if f.Op == Divide {
			result = c.d.Finite(c.d.Divide(result, next))
		} else {
			result = c.d.Finite(result + sign + next)
		}
	}
	return result
}

// Unknown says of a table which names that its definitions mention it has not, as Compile found (R14).
func Unknown(table string, names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = strconv.Quote(name)
	}
	return fmt.Sprintf("property definitions: table %q has no %s, which is NULL there", table, strings.Join(quoted, ", "))
}

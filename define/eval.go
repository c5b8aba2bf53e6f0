package define

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Eval works out one row: of the columns that the table has, by delivered name, nil where a value is NULL. properties are
// what For gives. It is what the compiled expressions have to agree with.
func Eval(properties []*Property, row map[string]*string) map[string]*string {
	e := evaluation{row: row, done: map[string]*string{}}
	for _, p := range properties {
		e.done[p.Name] = cut(e.property(p))
	}
	return e.done
}

type evaluation struct{ row, done map[string]*string }

func (e *evaluation) property(p *Property) *string {
	if p.Formula != nil {
		return e.text(p.Formula)
	}
	for _, c := range p.Cases {
		if e.holds(&c.When) {
			return e.value(c.Value)
		}
	}
	return e.value(p.Default)
}

// lookup is a column or a property. A delivered column comes before a property of its name.
func (e *evaluation) lookup(name string) *string {
	if value, ok := e.row[name]; ok {
		return value
	}
	return e.done[name]
}

func (e *evaluation) value(v Value) *string {
	if v.Property != "" {
		return e.lookup(v.Property)
	}
	return v.Constant
}

func (e *evaluation) holds(c *Condition) bool {
	not := func(c Condition) bool { return !e.holds(&c) }
	switch {
	case c.All != nil:
		return !slices.ContainsFunc(c.All, not)
	case c.Any != nil:
		return slices.ContainsFunc(c.Any, func(c Condition) bool { return e.holds(&c) })
	case c.Not != nil:
		return !e.holds(c.Not)
	}
	if positive, ok := opposites[c.Operator]; ok {
		return !compare(e.lookup(c.Property), positive, c.Values)
	}
	return compare(e.lookup(c.Property), c.Operator, c.Values)
}

func compare(value *string, operator Operator, with []string) bool {
	if value == nil {
		return false
	}
	switch operator {
	case IsDefined:
		return true
	case In:
		return slices.Contains(with, *value)
	case Equals:
		return *value == with[0]
	case Contains:
		return strings.Contains(*value, with[0])
	case WildcardMatches:
		return wildcard(with[0], *value)
	}
	sign := strings.Compare(*value, with[0])
	if a, b := parseNumber(*value), parseNumber(with[0]); a != nil && b != nil {
		switch sign = 0; {
		case *a < *b:
			sign = -1
		case *a > *b:
			sign = 1
		}
	}
	switch operator {
	case LessThan:
		return sign < 0
	case GreaterThan:
		return sign > 0
	case AtMost:
		return sign <= 0
	default:
		return sign >= 0
	}
}

func wildcard(pattern, value string) bool {
	literals := strings.Split(strings.ToLower(pattern), "*")
	for i, text := range literals {
		literals[i] = regexp.QuoteMeta(text)
	}
	return regexp.MustCompile("(?s)^(?:" + strings.Join(literals, ".*") + ")$").MatchString(strings.ToLower(value))
}

func (e *evaluation) text(f *Formula) *string {
	switch {
	case f.Op == "":
		return e.value(f.Value)
	case f.Number():
		if n := e.number(f); n != nil {
			return ptr(numberText(*n))
		}
		return nil
	}
	var all *string
	for i := range f.Parts {
		if part := e.text(&f.Parts[i]); part != nil {
			if all == nil {
				all = new(string)
			}
			*all += *part
		}
	}
	return all
}

func (e *evaluation) number(f *Formula) *float64 {
	if !f.Number() {
		text := e.text(f)
		if text == nil {
			return nil
		}
		return parseNumber(*text)
	}
	result := e.number(&f.Parts[0])
	for i := range f.Parts[1:] {
		next := e.number(&f.Parts[i+1])
		if result == nil || next == nil {
			return nil
		}
		result = finite(operate(f.Op, *result, *next))
	}
	return result
}

func operate(op Op, a, b float64) float64 {
	switch op {
	case Add:
		return a + b
	case Subtract:
		return a - b
	case Multiply:
		return a * b
	default:
		return a / b
	}
}

func finite(x float64) *float64 {
	if math.IsInf(x, 0) || math.IsNaN(x) {
		return nil
	}
	return &x
}

// numberPattern is what a number looks like: no spaces, no other digits, no names.
const numberPattern = `[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,4})?`

var numeral = regexp.MustCompile("^(?:" + numberPattern + ")$")

func parseNumber(text string) *float64 {
	if !numeral.MatchString(text) {
		return nil
	}
	x, _ := strconv.ParseFloat(text, 64) // out of range it is infinite
	return finite(x)
}

// numberText is the shortest text that stands for just this number.
func numberText(x float64) string {
	if size := math.Abs(x); x != 0 && (size < 1e-4 || size >= 1e16) {
		return strconv.FormatFloat(x, 'e', -1, 64)
	}
	return strconv.FormatFloat(x, 'f', -1, 64)
}

// cut leaves as many characters of a text as count.
func cut(text *string) *string {
	if text == nil || len(*text) <= maxText {
		return text
	}
	n := 0
	for i := range *text {
		if n == maxText {
			return ptr((*text)[:i])
		}
		n++
	}
	return text
}

func ptr[T any](v T) *T { return &v }

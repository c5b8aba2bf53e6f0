// Package define turns the property definitions of a dump into computed columns (R14).
//
// Parse reads a file in smew's format (docs/definitions.md), Compile renders what acts on a table as SQL
// expressions of a Dialect, and Eval works one row out in plain Go. The package does no input or output of
// its own and knows no database.
package define

import (
	"slices"

	"smew/feed"
)

// maxText is how many characters of a text value count, as the vendor cuts them.
const maxText = 1024

// Definitions are the properties of a file, in its order.
type Definitions struct{ Properties []Property }

// Property is a computed column. It has either cases or a formula.
type Property struct {
	Name    string
	User    bool     // it acts on users, else on sessions and event tables
	Tables  []string // … on these of them only, named as delivered; none: all
	Cases   []Case   // the first that holds counts
	Default Value    // where none does
	Formula *Formula
}

// Case is a condition and the value where it holds.
type Case struct {
	When  Condition
	Value Value
}

// Value is a constant, another column or property, or NULL where it is neither.
type Value struct {
	Property string
	Constant *string
}

// Condition is one of: all of, any of, not, or a comparison. It holds or it does not, there is no third;
// a NULL equals nothing, contains nothing, and is in no list.
type Condition struct {
	All, Any []Condition
	Not      *Condition

	Property string
	Operator Operator
	Values   []string // one, but for In and NotIn; none for IsDefined and IsNotDefined
}

// Operator compares a property with constants.
type Operator string

// The operators. Equal text is equal byte for byte. A wildcard match is of the whole value, not sensitive to case,
// and "*" stands for any text. Those of order compare numbers where both sides are, else texts by their bytes.
const (
	Equals          Operator = "equals"
	DoesNotEqual    Operator = "does_not_equal"
	Contains        Operator = "contains"
	DoesNotContain  Operator = "does_not_contain"
	WildcardMatches Operator = "wildcard_matches"
	DoesNotMatch    Operator = "does_not_match"
	IsDefined       Operator = "is_defined"
	IsNotDefined    Operator = "is_not_defined"
	LessThan        Operator = "less_than"
	GreaterThan     Operator = "greater_than"
	AtMost          Operator = "at_most"
	AtLeast         Operator = "at_least"
	In              Operator = "in"
	NotIn           Operator = "not_in"
)

// opposites holds each negated operator with what it negates: it holds just where the other does not.
var opposites = map[Operator]Operator{
	DoesNotEqual: Equals, DoesNotContain: Contains, DoesNotMatch: WildcardMatches, IsNotDefined: IsDefined, NotIn: In,
}

// operators are all there are, in the order in which errors name them.
var operators = []Operator{
	Equals, DoesNotEqual, Contains, DoesNotContain, WildcardMatches, DoesNotMatch, IsDefined, IsNotDefined,
	LessThan, GreaterThan, AtMost, AtLeast, In, NotIn,
}

// Formula is a value, or an operation on formulas from left to right. The arithmetic ones give a number, or NULL
// where a part is none or the result is not finite; Concat joins the parts that are not NULL, and is NULL where all are.
type Formula struct {
	Op    Op // "": Value
	Parts []Formula
	Value Value
}

// Op is an operation of a formula.
type Op string

// The operations.
const (
	Add      Op = "add"
	Subtract Op = "subtract"
	Multiply Op = "multiply"
	Divide   Op = "divide"
	Concat   Op = "concat"
)

var ops = []Op{Add, Subtract, Multiply, Divide, Concat}

// Number says that the values are numbers: each as the shortest text that stands for just that one.
func (f *Formula) Number() bool { return f != nil && f.Op != "" && f.Op != Concat }

// On says whether the property acts on a table.
func (p *Property) On(table string, kind feed.Kind) bool {
	if p.User {
		return kind == feed.Users
	}
	if kind != feed.Sessions && kind != feed.Events {
		return false
	}
	return len(p.Tables) == 0 || slices.Contains(p.Tables, table)
}

// For are the properties that act on a table, each after those it builds on. No definitions have none.
func (d *Definitions) For(table string, kind feed.Kind) []*Property {
	if d == nil {
		return nil
	}
	var on []*Property
	for i := range d.Properties {
		if p := &d.Properties[i]; p.On(table, kind) {
			on = append(on, p)
		}
	}
	order, _ := inOrder(on)
	return order
}

// Uses are the names of the columns and properties that a property is made of, in the order of their first place.
func (p *Property) Uses() []string {
	var names []string
	note := func(name string) {
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, c := range p.Cases {
		c.When.each(note)
		note(c.Value.Property)
	}
	note(p.Default.Property)
	if p.Formula != nil {
		p.Formula.each(note)
	}
	return names
}

func (c *Condition) each(note func(string)) {
	note(c.Property)
	for i := range c.All {
		c.All[i].each(note)
	}
	for i := range c.Any {
		c.Any[i].each(note)
	}
	if c.Not != nil {
		c.Not.each(note)
	}
}

func (f *Formula) each(note func(string)) {
	note(f.Value.Property)
	for i := range f.Parts {
		f.Parts[i].each(note)
	}
}

// inOrder puts each property after those it builds on, else leaves the order as it is. Where some build on each
// other in a ring, it returns the names along it, the first again at its end.
func inOrder(properties []*Property) (order []*Property, ring []string) {
	const begun, done = 1, 2
	state := map[*Property]int{}
	byName := map[string]*Property{}
	for _, p := range properties {
		byName[p.Name] = p
	}
	var path []string
	var visit func(p *Property) bool
	visit = func(p *Property) bool {
		path = append(path, p.Name)
		if state[p] == begun {
			ring = path[slices.Index(path, p.Name):]
			return false
		}
		if state[p] != done {
			state[p] = begun
			for _, name := range p.Uses() {
				if other := byName[name]; other != nil && !visit(other) {
					return false
				}
			}
			state[p] = done
			order = append(order, p)
		}
		path = path[:len(path)-1]
		return true
	}
	for _, p := range properties {
		if !visit(p) {
			return nil, ring
		}
	}
	return order, nil
}

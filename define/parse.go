package define

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// FormatError says that a file is not in smew's format: what it is instead is not known.
type FormatError struct{ Err error }

func (e *FormatError) Error() string { return "not in smew's format of definitions: " + e.Err.Error() }
func (e *FormatError) Unwrap() error { return e.Err }

// Problem is something in a file that makes no sense, and where.
type Problem struct {
	Line   int    `json:"line"`   // from 1
	Column int    `json:"column"` // from 1, in characters
	Path   string `json:"path"`   // such as properties[0].cases[1].when
	Text   string `json:"text"`
}

func (p Problem) String() string {
	return fmt.Sprintf("line %d, column %d: %s: %s", p.Line, p.Column, p.Path, p.Text)
}

// ProblemsError says that a file is in smew's format and wrong.
type ProblemsError struct{ Problems []Problem }

func (e *ProblemsError) Error() string {
	text := e.Problems[0].String()
	if more := len(e.Problems) - 1; more > 0 {
		text += fmt.Sprintf(" (and %d more)", more)
	}
	return text
}

// Hint says what the user can do about it.
func (e *ProblemsError) Hint() string {
	return "smew define check FILE lists all that is wrong; docs/definitions.md describes the format"
}

// Parse reads a definitions file. One that is not in smew's format is a *FormatError; one that is, and in which
// something makes no sense, a *ProblemsError with all of it.
func Parse(body []byte) (*Definitions, error) {
	tree, err := readTree(body)
	if err != nil {
		return nil, &FormatError{Err: err}
	}
	members, ok := tree.value.([]member)
	if !ok {
		return nil, &FormatError{Err: errors.New("it is no object")}
	}
	i := slices.IndexFunc(members, func(m member) bool { return m.name == "version" })
	if i < 0 {
		return nil, &FormatError{Err: errors.New("it has no version")}
	}
	if members[i].value.value != json.Number("1") {
		return nil, &FormatError{Err: fmt.Errorf("its version is %v, not 1", members[i].value.value)}
	}
	p := &parser{body: body}
	d := p.definitions(tree)
	if len(p.problems) > 0 {
		return nil, &ProblemsError{Problems: p.problems}
	}
	return d, nil
}

type parser struct {
	body     []byte
	problems []Problem
}

// wrong notes a problem; its place is counted in the file.
func (p *parser) wrong(n *node, format string, args ...any) {
	line, column := place(p.body, n.offset)
	path := n.path
	if path == "" {
		path = "the file"
	}
	p.problems = append(p.problems, Problem{line, column, path, fmt.Sprintf(format, args...)})
}

// place is the line and the column, in characters, of a byte of a file, both from 1.
func place(body []byte, offset int) (line, column int) {
	before := bytes.TrimPrefix(body[:min(offset, len(body))], byteOrder)
	start := bytes.LastIndexByte(before, '\n') + 1
	return bytes.Count(before, []byte("\n")) + 1, utf8.RuneCount(before[start:]) + 1
}

// object gives an object's members by name, and notes those of other names than the allowed ones.
func (p *parser) object(n *node, allowed ...string) map[string]*node {
	members, ok := n.value.([]member)
	if !ok {
		p.wrong(n, "an object is wanted here")
		return nil
	}
	all := map[string]*node{}
	for _, m := range members {
		switch {
		case !slices.Contains(allowed, m.name):
			p.wrong(m.value, "%q means nothing here; it may have %s", m.name, strings.Join(allowed, ", "))
		case all[m.name] != nil:
			p.wrong(m.value, "%q is there twice", m.name)
		}
		all[m.name] = m.value
	}
	return all
}

func (p *parser) list(n *node) []*node {
	items, ok := n.value.([]*node)
	if !ok {
		p.wrong(n, "a list is wanted here")
	}
	return items
}

func (p *parser) text(n *node) string {
	text, ok := n.value.(string)
	switch {
	case !ok:
		p.wrong(n, "a text is wanted here")
	case text == "":
		p.wrong(n, "it is empty")
	case strings.ContainsRune(text, 0):
		p.wrong(n, "it has a NUL character")
	}
	return text
}

// constant is a text, or what a number or a truth value is as a text; nil is NULL.
func (p *parser) constant(n *node) *string {
	var text string
	switch v := n.value.(type) {
	case nil:
		return nil
	case string:
		if text = v; strings.ContainsRune(text, 0) {
			p.wrong(n, "it has a NUL character")
		}
	case json.Number:
		text = v.String()
	case bool:
		text = fmt.Sprint(v)
	default:
		p.wrong(n, "a text, a number, true, false or null is wanted here")
	}
	return &text
}

func (p *parser) definitions(n *node) *Definitions {
	members := p.object(n, "version", "properties")
	list := members["properties"]
	if list == nil {
		p.wrong(n, "it has no properties")
		return nil
	}
	d := &Definitions{}
	places := map[string]*node{}
	for _, item := range p.list(list) {
		property := p.property(item)
		id := fmt.Sprint(property.User, property.Name)
		if property.Name != "" && places[id] != nil {
			p.wrong(item, "there is another property %q of this type", property.Name)
		}
		places[id] = item
		d.Properties = append(d.Properties, property)
	}
	for _, user := range []bool{true, false} {
		var same []*Property
		for i := range d.Properties {
			if d.Properties[i].User == user {
				same = append(same, &d.Properties[i])
			}
		}
		if _, ring := inOrder(same); ring != nil {
			p.wrong(places[fmt.Sprint(user, ring[0])], "properties build on each other in a ring: %s", strings.Join(ring, " → "))
		}
	}
	return d
}

func (p *parser) property(n *node) (out Property) {
	m := p.object(n, "name", "type", "tables", "cases", "default", "formula")
	if m == nil {
		return out
	}
	if m["name"] == nil {
		p.wrong(n, "it has no name")
	} else {
		out.Name = p.text(m["name"])
	}
	p.kind(n, m, &out)
	switch {
	case m["cases"] != nil && m["formula"] != nil:
		p.wrong(m["formula"], "a property has cases or a formula, not both")
	case m["formula"] != nil && m["default"] != nil:
		p.wrong(m["default"], "a formula has no default")
	case m["formula"] != nil:
		f := p.formula(m["formula"])
		out.Formula = &f
	case m["cases"] == nil && m["default"] == nil:
		p.wrong(n, "it has neither cases nor a formula")
	}
	if m["cases"] != nil {
		for _, item := range p.list(m["cases"]) {
			out.Cases = append(out.Cases, p.oneCase(item))
		}
	}
	if m["default"] != nil && m["formula"] == nil {
		out.Default = p.value(m["default"])
	}
	return out
}

// kind reads whom a property acts on.
func (p *parser) kind(n *node, m map[string]*node, out *Property) {
	switch {
	case m["type"] == nil:
		p.wrong(n, "it has no type: user or event")
	case m["type"].value == "user":
		out.User = true
	case m["type"].value != "event":
		p.wrong(m["type"], "its type is neither user nor event")
	}
	if m["tables"] == nil {
		return
	}
	if out.User {
		p.wrong(m["tables"], "a user property acts on users: it has no tables")
		return
	}
	for _, item := range p.list(m["tables"]) {
		name := p.text(item)
		if name == "users" || name == "user_migrations" {
			p.wrong(item, "an event property acts on sessions and event tables, not on %s", name)
		}
		out.Tables = append(out.Tables, name)
	}
}

func (p *parser) oneCase(n *node) (out Case) {
	m := p.object(n, "when", "value")
	if m == nil {
		return out
	}
	if m["when"] == nil {
		p.wrong(n, "the case has no condition: when")
	} else {
		out.When = p.condition(m["when"])
	}
	if m["value"] == nil {
		p.wrong(n, "the case has no value")
	} else {
		out.Value = p.value(m["value"])
	}
	return out
}

func (p *parser) value(n *node) (out Value) {
	m := p.object(n, "constant", "property")
	switch {
	case m == nil:
	case len(m) != 1:
		p.wrong(n, "it has to be one of: constant, property")
	case m["constant"] != nil:
		out.Constant = p.constant(m["constant"])
	case m["property"] != nil:
		out.Property = p.text(m["property"])
	}
	return out
}

func (p *parser) condition(n *node) (out Condition) {
	m := p.object(n, "all", "any", "not", "property", "operator", "value")
	if m == nil {
		return out
	}
	kinds := 0
	for _, name := range []string{"all", "any", "not", "property"} {
		if m[name] != nil {
			kinds++
		}
	}
	if kinds != 1 {
		p.wrong(n, "a condition is one of: all, any, not, or a property with an operator")
		return out
	}
	if m["property"] == nil && (m["operator"] != nil || m["value"] != nil) {
		p.wrong(n, "an operator or a value goes with a property")
		return out
	}
	switch {
	case m["all"] != nil:
		out.All = p.conditions(m["all"])
	case m["any"] != nil:
		out.Any = p.conditions(m["any"])
	case m["not"] != nil:
		not := p.condition(m["not"])
		out.Not = &not
	default:
		p.comparison(n, m, &out)
	}
	return out
}

func (p *parser) conditions(n *node) (all []Condition) {
	items := p.list(n)
	if items != nil && len(items) == 0 {
		p.wrong(n, "there is no condition in it")
	}
	for _, item := range items {
		all = append(all, p.condition(item))
	}
	return all
}

func (p *parser) comparison(n *node, m map[string]*node, out *Condition) {
	out.Property = p.text(m["property"])
	if m["operator"] == nil {
		p.wrong(n, "the condition has no operator")
		return
	}
	name, _ := m["operator"].value.(string)
	out.Operator = Operator(name)
	value := m["value"]
	switch {
	case !slices.Contains(operators, out.Operator):
		p.wrong(m["operator"], "there is no such operator; there are %s", joined(operators))
	case out.Operator == IsDefined || out.Operator == IsNotDefined:
		if value != nil {
			p.wrong(value, "%s takes no value", out.Operator)
		}
	case value == nil:
		p.wrong(n, "%s needs a value", out.Operator)
	case out.Operator == In || out.Operator == NotIn:
		for _, item := range p.list(value) {
			p.compared(item, out)
		}
	default:
		p.compared(value, out)
	}
}

// compared adds a constant to compare with.
func (p *parser) compared(n *node, out *Condition) {
	text := p.constant(n)
	if text == nil {
		p.wrong(n, "nothing is compared with null: is_defined and is_not_defined tell")
		return
	}
	out.Values = append(out.Values, *text)
}

func (p *parser) formula(n *node) (out Formula) {
	m := p.object(n, "constant", "property", string(Add), string(Subtract), string(Multiply), string(Divide), string(Concat))
	if m == nil {
		return out
	}
	if len(m) != 1 {
		p.wrong(n, "it has to be one of: constant, property, %s", joined(ops))
		return out
	}
	for _, op := range ops {
		list := m[string(op)]
		if list == nil {
			continue
		}
		out.Op = op
		items := p.list(list)
		if len(items) < 2 {
			p.wrong(list, "%s needs two parts or more", op)
		}
		for _, item := range items {
			out.Parts = append(out.Parts, p.formula(item))
		}
		return out
	}
	out.Value = p.value(n)
	return out
}

func joined[T ~string](all []T) string {
	texts := make([]string, len(all))
	for i, one := range all {
		texts[i] = string(one)
	}
	return strings.Join(texts, ", ")
}

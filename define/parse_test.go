package define_test

import (
	"errors"
	"strings"
	"testing"

	"smew/define"
)

// Each problem is told with its place; a file in another format is told apart.
func TestProblems(t *testing.T) {
	file := func(properties string) string {
		return "{\"version\": 1,\n \"properties\": [\n  " + properties + "]}"
	}
	cases := func(when string) string {
		return file(`{"name": "x", "type": "event", "cases": [{"when": ` + when + `, "value": {"constant": "y"}}]}`)
	}
	for _, c := range []struct {
		name, body string
		want       []string // nil: a *FormatError, with the text in format
		format     string
	}{
		{"no JSON", "version: 1", nil, "line 1, column 1: invalid character"},
		{"a comma too much", "{\"version\": 1,\n \"properties\": [{\"name\": \"é\",,}]}", nil, "line 2, column 30: invalid character"},
		{"half a number", "{\"version\": 1,\n \"x\": -a}", nil, "line 2, column 7: invalid character"},
		{"cut off", `{"version": 1, "properties": [`, nil, "unexpected"},
		{"more after the end", "{\"version\": 1, \"properties\": []}\n {}", nil, "line 2, column 2: there is more after the end"},
		{"a comma after the end", `{"version": 1, "properties": []},`, nil, "line 1, column 33: there is more after the end"},
		{"another format", `[]`, nil, "no object"},
		{"no version", `{"properties": []}`, nil, "no version"},
		{"another version", `{"version": 2, "anything": true}`, nil, "version is 2"},
		{"nested without end", strings.Repeat(`{"version":`, 1000), nil, "deep"},
		{"no properties", `{"version": 1}`, []string{"line 1, column 1: the file: it has no properties"}, ""},
		{"a mark of the byte order, which editors do not count", "\ufeff{\"version\": 1, \"properties\": {}}", []string{"line 1, column 30: properties: a list is wanted here"}, ""},
		{"a text for a list of conditions", cases(`{"all": "x"}`), []string{"when.all: a list is wanted here"}, ""},
		{"no list", `{"version": 1, "properties": {}}`, []string{"line 1, column 30: properties: a list is wanted here"}, ""},
		{"no name, no type, nothing", file(`{}`), []string{
			"line 3, column 3: properties[0]: it has no name",
			"line 3, column 3: properties[0]: it has no type: user or event",
			"line 3, column 3: properties[0]: it has neither cases nor a formula"}, ""},
		{"unknown members", file(`{"name": "x", "type": "user", "default": {"constant": 1}, "case": []}`), []string{
			`line 3, column 69: properties[0].case: "case" means nothing here; it may have name, type, tables, cases, default, formula`}, ""},
		{"both", file(`{"name": "x", "type": "user", "cases": [], "default": {"constant": 1}, "formula": {"constant": 1}}`), []string{
			"properties[0].formula: a property has cases or a formula, not both"}, ""},
		{"tables of users", file(`{"name": "x", "type": "user", "tables": ["users"], "default": {"constant": 1}}`), []string{"it has no tables"}, ""},
		{"users as a table of events", file(`{"name": "x", "type": "event", "tables": ["users"], "default": {"constant": 1}}`), []string{"properties[0].tables[0]: an event property acts on"}, ""},
		{"unknown operator", cases(`{"property": "a", "operator": "is", "value": "b"}`), []string{"properties[0].cases[0].when.operator: there is no such operator; there are equals,"}, ""},
		{"no value", cases(`{"property": "a", "operator": "equals"}`), []string{"when: equals needs a value"}, ""},
		{"a value too much", cases(`{"property": "a", "operator": "is_defined", "value": 1}`), []string{"when.value: is_defined takes no value"}, ""},
		{"null", cases(`{"property": "a", "operator": "equals", "value": null}`), []string{"when.value: nothing is compared with null"}, ""},
		{"no list for in", cases(`{"property": "a", "operator": "in", "value": "b"}`), []string{"when.value: a list is wanted"}, ""},
		{"two kinds of condition", cases(`{"all": [], "any": []}`), []string{"when: a condition is one of"}, ""},
		{"an empty all", cases(`{"all": []}`), []string{"when.all: there is no condition in it"}, ""},
		{"an operator without a property", cases(`{"not": {"property": "a", "operator": "is_defined"}, "operator": "in"}`), []string{"an operator or a value goes with a property"}, ""},
		{"NUL", cases(`{"property": "a", "operator": "equals", "value": "\u0000"}`), []string{"NUL"}, ""},
		{"one part", file(`{"name": "x", "type": "user", "formula": {"add": [{"constant": 1}]}}`), []string{"properties[0].formula.add: add needs two parts or more"}, ""},
		{"no formula", file(`{"name": "x", "type": "user", "formula": {}}`), []string{"properties[0].formula: it has to be one of: constant, property, add"}, ""},
		{"twice", file(`{"name": "x", "type": "user", "default": {"constant": 1}},
{"name": "x", "type": "event", "default": {"constant": 1}},
{"name": "x", "type": "user", "default": {"constant": 1}}`), []string{`line 5, column 1: properties[2]: there is another property "x" of this type`}, ""},
		{"a ring", file(`{"name": "a", "type": "event", "default": {"property": "b"}}, {"name": "b", "type": "event", "formula": {"concat": [{"property": "c"}, {"constant": "x"}]}}, {"name": "c", "type": "event", "default": {"property": "a"}}`),
			[]string{"properties build on each other in a ring: a → b → c → a"}, ""},
		{"itself", file(`{"name": "a", "type": "event", "default": {"property": "a"}}`), []string{"in a ring: a → a"}, ""},
		{"a text's place is where it begins", file(`{"name": "x", "type": "other", "default": {"constant": 1}}`), []string{`line 3, column 25: properties[0].type: its type is neither`}, ""},
		{"columns are characters", file(`{"name": "é🦆", "type": "user", "default": {"constant": []}}`), []string{"line 3, column 58: properties[0].default.constant: a text, a number"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, err := define.Parse([]byte(c.body))
			var format *define.FormatError
			var problems *define.ProblemsError
			switch {
			case c.want == nil && (!errors.As(err, &format) || !strings.Contains(err.Error(), c.format)):
				t.Fatalf("got %v, want a FormatError with %q", err, c.format)
			case c.want == nil:
				return
			case !errors.As(err, &problems):
				t.Fatalf("got %+v, %v, want problems", d, err)
			case len(problems.Problems) != len(c.want):
				t.Fatalf("got %v, want %d problems", problems.Problems, len(c.want))
			}
			for i, p := range problems.Problems {
				if !strings.Contains(p.String(), c.want[i]) {
					t.Errorf("problem %q, want %q", p, c.want[i])
				}
			}
		})
	}
}

func FuzzDefinitions(f *testing.F) {
	f.Add([]byte(`{"version": 1, "properties": [{"name": "a", "type": "event", "tables": ["t"], "cases": [{"when": {"all": [{"property": "p", "operator": "in", "value": [1, "x", true]}, {"not": {"any": [{"property": "q", "operator": "is_defined"}]}}]}, "value": {"property": "p"}}], "default": {"constant": null}}]}`))
	f.Add([]byte(`{"version": 1, "properties": [{"name": "a", "type": "user", "formula": {"divide": [{"property": "c"}, {"concat": [{"constant": 1}, {"constant": "0"}]}]}}]}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, body []byte) {
		d, err := define.Parse(body)
		if (d == nil) == (err == nil) {
			t.Fatalf("%v, %v", d, err)
		}
		if err != nil {
			var format *define.FormatError
			var problems *define.ProblemsError
			if !errors.As(err, &format) && !errors.As(err, &problems) {
				t.Fatalf("%T", err)
			}
			return
		}
		one := "1"
		for _, kind := range kinds {
			properties := d.For("t", kind)
			define.Eval(properties, map[string]*string{"p": &one, "q": nil})
		}
	})
}

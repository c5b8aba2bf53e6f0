package main

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"

	"smew/section"
)

// check reads a section into a struct with yaml tags, and tells all that is wrong in it: variables that the environment lacks, keys
// that nothing is read for, values of another type, and what validate finds in the rest.
func (c *config) check(name string, into any, validate func() []section.Problem) []problem {
	wrong := append(c.missing(name), c.unknownKeys(name, c.values[name], reflect.TypeOf(into))...)
	told := map[string]bool{} // a variable that is not set makes no proper value either
	for _, p := range wrong {
		told[p.Path] = true
	}
	mistyped := c.decode(name, into)
	for _, p := range validate() {
		path := strings.TrimSuffix(name+"."+p.Path, ".")
		if !told[path] && !slices.ContainsFunc(mistyped, func(m problem) bool { return below(path, m.Path) || below(m.Path, path) }) {
			wrong = append(wrong, c.at(path, p.Text))
		}
	}
	return ordered(append(wrong, mistyped...))
}

// below tells whether a path is another or below it.
func below(path, above string) bool {
	rest, ok := strings.CutPrefix(path, above)
	return ok && (rest == "" || strings.ContainsAny(rest[:1], ".["))
}

// decode reads a section into a struct with yaml tags, and tells of each value that is of another type, which it leaves out. Keys that
// the struct has no field for are passed over.
func (c *config) decode(name string, into any) []problem {
	node := c.nodes[name]
	if node == nil {
		return nil
	}
	err := yaml.NodeToValue(node, into)
	if err == nil {
		return nil
	}
	all := reflect.ValueOf(into).Elem()
	all.SetZero()
	wrong := c.decodeEach(name, node, all)
	if len(wrong) == 0 || len(ast.Filter(ast.AliasType, node)) > 0 { // an alias cannot be read without what it stands for
		return []problem{c.placed(err, c.at(name, ""))}
	}
	return wrong
}

// decodeEach reads a node value by value.
func (c *config) decodeEach(path string, node ast.Node, into reflect.Value) (wrong []problem) {
	switch n := node.(type) {
	case *ast.AnchorNode:
		return c.decodeEach(path, n.Value, into)
	case *ast.MappingValueNode:
		if into.Kind() == reflect.Struct {
			return c.decodeField(path, n, into)
		}
	case *ast.MappingNode:
		if into.Kind() == reflect.Struct {
			for _, v := range n.Values {
				wrong = append(wrong, c.decodeField(path, v, into)...)
			}
			return wrong
		}
	case *ast.SequenceNode:
		if into.Kind() == reflect.Slice {
			into.Set(reflect.MakeSlice(into.Type(), len(n.Values), len(n.Values)))
			for i, v := range n.Values {
				wrong = append(wrong, c.decodeEach(item(path, i), v, into.Index(i))...)
			}
			return wrong
		}
	}
	value := reflect.New(into.Type())
	if err := yaml.NodeToValue(node, value.Interface()); err != nil {
		return []problem{c.mistyped(path, into.Type(), err)}
	}
	into.Set(value.Elem())
	return nil
}

func (c *config) decodeField(path string, v *ast.MappingValueNode, into reflect.Value) []problem {
	key := v.Key.GetToken().Value
	for i := range into.NumField() {
		if into.Type().Field(i).Tag.Get("yaml") == key {
			return c.decodeEach(path+"."+key, v.Value, into.Field(i))
		}
	}
	return nil // another looks for keys that there are not
}

// mistyped says what was to be at a place. It shows no value, which may be a secret.
func (c *config) mistyped(path string, want reflect.Type, err error) problem {
	if want.Kind() == reflect.Pointer {
		want = want.Elem()
	}
	text := map[reflect.Kind]string{
		reflect.Bool: "true or false", reflect.String: "a text", reflect.Slice: "a list", reflect.Struct: "settings, as in name: value", reflect.Map: "settings, as in name: value",
		reflect.Int: "a whole number", reflect.Int64: "a whole number", reflect.Float64: "a number",
	}[want.Kind()]
	if want == reflect.TypeFor[time.Duration]() {
		text = "a time such as 90s, 10m or 26h"
	}
	if text == "" {
		return c.placed(err, c.at(path, ""))
	}
	return c.at(path, "want "+text)
}

package avro

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// parseSchema reads the JSON of a writer's schema. Names need not be legal Avro names.
func parseSchema(text []byte, l Limits) (*node, error) {
	if !utf8.Valid(text) {
		return nil, errors.New("schema is not valid UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, fmt.Errorf("schema is not JSON: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("schema is followed by something else")
	}
	p := parser{named: map[string]*node{}, limits: l}
	n, err := p.parse(v, "", 0)
	if err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	if n.kind != kindRecord {
		return nil, fmt.Errorf("schema is of type %s, not a record", n.text(0))
	}
	n.measure()
	return n, nil
}

type parser struct {
	named  map[string]*node // by full name
	limits Limits
	fields int
}

// parse turns JSON into a type; space is the enclosing namespace.
func (p *parser) parse(v any, space string, depth int) (*node, error) {
	if depth > p.limits.Depth {
		return nil, &limitError{LimitDepth, fmt.Sprintf("nested deeper than %d", p.limits.Depth)}
	}
	switch v := v.(type) {
	case string:
		return p.reference(v, space)
	case []any:
		return p.union(v, space, depth)
	case map[string]any:
		return p.object(v, space, depth)
	}
	return nil, fmt.Errorf("%s is no type", short(v))
}

func (p *parser) reference(name, space string) (*node, error) {
	if k, ok := primitives[name]; ok {
		return &node{kind: k}, nil
	}
	full, err := fullName(name, space)
	if err != nil {
		return nil, err
	}
	if n := p.named[full]; n != nil {
		return n, nil
	}
	if n := p.named[name]; n != nil { // a name from no namespace, used inside one
		return n, nil
	}
	return nil, fmt.Errorf("type %s is not defined", shown(name))
}

// maxName bounds the names of types and of symbols, not those of fields: a namespace is part of the
// name of every type in it, and a byte of a row stands for a symbol.
const maxName = 1024

func fullName(name, space string) (string, error) {
	if len(name)+len(space) > maxName {
		return "", fmt.Errorf("the name of a type is longer than %d bytes: %s", maxName, shown(name))
	}
	if space == "" || strings.Contains(name, ".") {
		return name, nil
	}
	return space + "." + name, nil
}

// count takes n more fields, branches or symbols into account.
func (p *parser) count(n int) error {
	if p.fields += n; p.fields > p.limits.Fields {
		return &limitError{LimitFields, fmt.Sprintf("more than %d fields, branches and symbols", p.limits.Fields)}
	}
	return nil
}

func (p *parser) union(v []any, space string, depth int) (*node, error) {
	n := &node{kind: kindUnion}
	if err := p.count(len(v)); err != nil {
		return nil, err
	}
	for _, b := range v {
		t, err := p.parse(b, space, depth+1)
		if err != nil {
			return nil, err
		}
		if t.kind == kindUnion {
			return nil, errors.New("a union stands directly in a union")
		}
		n.branches = append(n.branches, t)
	}
	return n, nil
}

func (p *parser) object(o map[string]any, space string, depth int) (*node, error) {
	name, ok := o["type"].(string)
	if !ok {
		if o["type"] == nil {
			return nil, fmt.Errorf("%s has no type", short(o))
		}
		return p.parse(o["type"], space, depth+1) // a type in needless braces
	}
	switch name {
	case "record", "error", "enum", "fixed":
		return p.definition(name, o, space, depth)
	case "array", "map":
		key := map[string]string{"array": "items", "map": "values"}[name]
		items, err := p.parse(o[key], space, depth+1)
		if err != nil {
			return nil, fmt.Errorf("%s of %s: %w", key, name, err)
		}
		return &node{kind: map[string]kind{"array": kindArray, "map": kindMap}[name], items: items}, nil
	}
	n, err := p.reference(name, space)
	if err != nil {
		return nil, err
	}
	if _, primitive := primitives[name]; !primitive {
		return n, nil // shared: attributes beside a reference mean nothing
	}
	return n, n.setLogical(o)
}

// definition reads a named type.
func (p *parser) definition(kind string, o map[string]any, space string, depth int) (*node, error) {
	name, _ := o["name"].(string)
	if s, ok := o["namespace"].(string); ok {
		space = s
	}
	name, err := fullName(name, space)
	if err != nil {
		return nil, err
	}
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		space = name[:i]
	}
	n := &node{label: name}
	if name != "" {
		if p.named[name] != nil {
			return nil, fmt.Errorf("type %s is defined twice", shown(name))
		}
		p.named[name] = n
	}
	switch kind {
	case "enum":
		n.kind = kindEnum
		err = p.setSymbols(n, o["symbols"])
	case "fixed":
		n.kind = kindFixed
		size, ok := wholeNumber(o["size"])
		if !ok || size < 0 {
			return nil, fmt.Errorf("fixed %s: size %s is no size", shown(name), short(o["size"]))
		}
		n.size = size
		err = n.setLogical(o)
	default:
		n.kind = kindRecord
		err = p.setFields(n, o["fields"], space, depth)
	}
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", kind, shown(name), err)
	}
	return n, nil
}

func (p *parser) setSymbols(n *node, v any) error {
	list, ok := v.([]any)
	if !ok {
		return errors.New("no list of symbols")
	}
	if err := p.count(len(list)); err != nil {
		return err
	}
	for _, s := range list {
		text, ok := s.(string)
		if !ok {
			return fmt.Errorf("symbol %s is no string", short(s))
		}
		if len(text) > maxName {
			return fmt.Errorf("a symbol is longer than %d bytes: %s", maxName, shown(text))
		}
		n.symbols = append(n.symbols, text)
	}
	return nil
}

func (p *parser) setFields(n *node, v any, space string, depth int) error {
	list, ok := v.([]any)
	if !ok {
		return errors.New("no list of fields")
	}
	if err := p.count(len(list)); err != nil {
		return err
	}
	seen := make(map[string]bool, len(list))
	n.fields = make([]field, 0, len(list))
	for _, e := range list {
		o, _ := e.(map[string]any)
		name, ok := o["name"].(string)
		if !ok {
			return fmt.Errorf("field %s has no name", short(e))
		}
		if seen[name] {
			return fmt.Errorf("field %s is there twice", shown(name))
		}
		seen[name] = true
		t, err := p.parse(o["type"], space, depth+1)
		if err != nil {
			return fmt.Errorf("field %s: %w", shown(name), err)
		}
		n.fields = append(n.fields, field{name: name, key: append(appendQuoted(nil, []byte(name)), ':'), node: t})
	}
	return nil
}

func wholeNumber(v any) (int64, bool) {
	num, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	n, err := num.Int64()
	return n, err == nil
}

// short is v as JSON, cut to be shown in an error.
func short(v any) string {
	text, err := json.Marshal(v)
	if err != nil || len(text) <= 64 {
		return string(text)
	}
	return excerpt(text) + "…"
}

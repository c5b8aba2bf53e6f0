package avrotest

import (
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"slices"
)

// encoder writes values. It knows named types by their bare names, which is enough for tests.
type encoder struct{ named map[string]map[string]any }

// collect finds the named types.
func (e *encoder) collect(schema any) {
	switch s := schema.(type) {
	case []any:
		for _, b := range s {
			e.collect(b)
		}
	case map[string]any:
		if name, ok := s["name"].(string); ok && (s["fields"] != nil || s["symbols"] != nil || s["size"] != nil) {
			e.named[name] = s
			if space, ok := s["namespace"].(string); ok {
				e.named[space+"."+name] = s
			}
		}
		for _, key := range []string{"type", "items", "values", "fields"} {
			e.collect(s[key])
		}
	}
}

func (e *encoder) row(out []byte, fields []any, row []any) ([]byte, error) {
	if len(row) == 1 && len(fields) != 1 {
		if raw, ok := row[0].(Raw); ok {
			return append(out, raw...), nil
		}
	}
	if len(row) != len(fields) {
		return nil, fmt.Errorf("%d values for %d fields", len(row), len(fields))
	}
	var err error
	for i, f := range fields {
		field := f.(map[string]any)
		if out, err = e.value(out, field["type"], row[i]); err != nil {
			return nil, fmt.Errorf("field %q: %w", field["name"], err)
		}
	}
	return out, nil
}

// resolve returns the name of a type and, unless it is primitive, its definition.
func (e *encoder) resolve(schema any) (string, map[string]any) {
	switch s := schema.(type) {
	case string:
		if def, ok := e.named[s]; ok {
			return e.resolve(def)
		}
		return s, nil
	case map[string]any:
		name, ok := s["type"].(string)
		if !ok || s["fields"] == nil && s["symbols"] == nil && s["size"] == nil && name != "array" && name != "map" {
			return e.resolve(s["type"])
		}
		return name, s
	}
	return "", nil
}

func (e *encoder) value(out []byte, schema, v any) ([]byte, error) {
	if raw, ok := v.(Raw); ok {
		return append(out, raw...), nil
	}
	if union, ok := schema.([]any); ok {
		return e.union(out, union, v)
	}
	name, def := e.resolve(schema)
	switch name {
	case "array", "map", "record", "error":
		return e.nested(out, name, def, v)
	}
	switch x := v.(type) {
	case nil:
		if name == "null" {
			return out, nil
		}
	case bool:
		if name == "boolean" {
			return append(out, map[bool]byte{true: 1}[x]), nil
		}
	case int:
		return number(out, name, int64(x))
	case int32:
		return number(out, name, int64(x))
	case int64:
		return number(out, name, x)
	case float32:
		return float(out, name, float64(x))
	case float64:
		return float(out, name, x)
	case string:
		if name == "enum" {
			return binary.AppendVarint(out, int64(slices.Index(def["symbols"].([]any), any(x)))), nil
		}
		return text(out, name, x)
	case []byte:
		return text(out, name, string(x))
	}
	return nil, fmt.Errorf("%T does not fit %v", v, schema)
}

func number(out []byte, name string, v int64) ([]byte, error) {
	switch name {
	case "int", "long", "enum":
		return binary.AppendVarint(out, v), nil
	}
	return float(out, name, float64(v))
}

func float(out []byte, name string, v float64) ([]byte, error) {
	switch name {
	case "float":
		return binary.LittleEndian.AppendUint32(out, math.Float32bits(float32(v))), nil
	case "double":
		return binary.LittleEndian.AppendUint64(out, math.Float64bits(v)), nil
	}
	return nil, fmt.Errorf("a number does not fit %s", name)
}

func text(out []byte, name, v string) ([]byte, error) {
	switch name {
	case "string", "bytes":
		return appendString(out, v), nil
	case "fixed":
		return append(out, v...), nil
	}
	return nil, fmt.Errorf("text does not fit %s", name)
}

func (e *encoder) union(out []byte, union []any, v any) ([]byte, error) {
	if b, ok := v.(Branch); ok {
		out = binary.AppendVarint(out, int64(b.Index))
		if b.Index < 0 || b.Index >= len(union) {
			return e.value(out, "null", b.Value)
		}
		return e.value(out, union[b.Index], b.Value)
	}
	for i, branch := range union {
		if done, err := e.value(binary.AppendVarint(out, int64(i)), branch, v); err == nil {
			return done, nil
		}
	}
	return nil, fmt.Errorf("%T fits no branch of %v", v, union)
}

func (e *encoder) nested(out []byte, name string, def map[string]any, v any) ([]byte, error) {
	var err error
	switch x := v.(type) {
	case []any:
		if name != "array" {
			break
		}
		if len(x) > 0 {
			out = binary.AppendVarint(out, int64(len(x)))
		}
		for _, item := range x {
			if out, err = e.value(out, def["items"], item); err != nil {
				return nil, err
			}
		}
		return append(out, 0), nil
	case map[string]any:
		if name == "array" {
			break
		}
		if name != "map" {
			var row []any
			for _, f := range def["fields"].([]any) {
				row = append(row, x[f.(map[string]any)["name"].(string)])
			}
			return e.row(out, def["fields"].([]any), row)
		}
		if len(x) > 0 {
			out = binary.AppendVarint(out, int64(len(x)))
		}
		for _, key := range slices.Sorted(maps.Keys(x)) {
			if out, err = e.value(appendString(out, key), def["values"], x[key]); err != nil {
				return nil, err
			}
		}
		return append(out, 0), nil
	}
	return nil, fmt.Errorf("%T does not fit %s", v, name)
}

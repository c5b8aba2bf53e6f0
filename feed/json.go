package feed

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// fault is the common shape of ManifestError and ReportError.
type fault struct {
	Reason string // what is wrong, as a phrase
	Path   string // where, as in `tables[3].files[2]`; empty for the whole document
	Err    error  // the JSON decoder's error, if it was the one to object
}

func (f *fault) text(what string) string {
	s := what
	if f.Path != "" {
		s += ": " + f.Path
	}
	s += ": " + f.Reason
	if f.Err != nil {
		s += ": " + f.Err.Error()
	}
	return s
}

func faultf(path, format string, args ...any) *fault {
	return &fault{Path: path, Reason: fmt.Sprintf(format, args...)}
}

// decodeStrict reads one JSON document into map[string]any, []any, string,
// json.Number, bool and nil. Unlike encoding/json it refuses invalid UTF-8 and
// an object that names a key twice, where one of two values would be lost.
func decodeStrict(data []byte) (any, *fault) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) {
		return nil, faultf("", "not UTF-8")
	}
	// The whole is checked first: torn JSON, trailing data and deep nesting end here.
	var raw json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return nil, &fault{Reason: "not JSON", Err: located(err)}
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	return decodeValue(d)
}

// located adds the place to a syntax error, which itself does not print it.
func located(err error) error {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return fmt.Errorf("byte %d: %w", syntax.Offset, err)
	}
	return err
}

func decodeValue(d *json.Decoder) (any, *fault) {
	token, err := d.Token()
	if err != nil {
		return nil, &fault{Reason: "not JSON", Err: err}
	}
	switch token {
	case json.Delim('{'):
		return decodeObject(d)
	case json.Delim('['):
		list := []any{}
		for d.More() {
			v, f := decodeValue(d)
			if f != nil {
				return nil, f.in(fmt.Sprintf("[%d]", len(list)))
			}
			list = append(list, v)
		}
		return list, closing(d)
	}
	return token, nil
}

func decodeObject(d *json.Decoder) (any, *fault) {
	object := map[string]any{}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return nil, &fault{Reason: "not JSON", Err: err}
		}
		key := token.(string) // the document is valid: a key is a string
		if _, twice := object[key]; twice {
			return nil, faultf("", "key %q is given twice", shown(key))
		}
		v, f := decodeValue(d)
		if f != nil {
			return nil, f.in(key)
		}
		object[key] = v
	}
	return object, closing(d)
}

func closing(d *json.Decoder) *fault {
	if _, err := d.Token(); err != nil {
		return &fault{Reason: "not JSON", Err: err}
	}
	return nil
}

// longestShown bounds a path, and a text from outside that an error names, in bytes.
const longestShown = 1024

// in adds the outer part of a path. It is done on an error's way out, and a path that is long
// enough grows no more: kept at every level of a deep document it would cost its square in memory.
func (f *fault) in(outer string) *fault {
	if len(f.Path) < longestShown {
		f.Path = join(shown(outer), f.Path)
	}
	return f
}

// shown cuts a text from outside to what an error may show, not inside a character.
func shown(s string) string {
	if len(s) <= longestShown {
		return s
	}
	n := longestShown
	for n > longestShown-utf8.UTFMax && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}

func join(outer, inner string) string {
	if outer == "" || inner == "" || inner[0] == '[' {
		return outer + inner
	}
	return outer + "." + inner
}

// extra takes the fields that are not known, in canonical form, so that equal
// content has equal bytes; nil if there are none.
func extra(object map[string]any, known []string) (map[string]json.RawMessage, *fault) {
	var rest map[string]json.RawMessage
	for key, v := range object {
		if slices.Contains(known, key) {
			continue
		}
		raw, err := marshal(v)
		if err != nil {
			return nil, &fault{Reason: "not JSON", Path: key, Err: err}
		}
		if rest == nil {
			rest = map[string]json.RawMessage{}
		}
		rest[key] = raw
	}
	return rest, nil
}

// field is one member of an object to be written.
type field struct {
	name  string
	value any
}

// object writes the known fields in the given order, then the extra ones by
// name, in canonical form: one content, one text.
func object(known []field, extra map[string]json.RawMessage) (json.RawMessage, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, f := range known {
		if _, twice := extra[f.name]; twice {
			return nil, fmt.Errorf("extra field %q has the name of a known one", f.name)
		}
		if i > 0 {
			b.WriteByte(',')
		}
		if err := member(&b, f.name, f.value); err != nil {
			return nil, err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(extra)) {
		v, f := decodeStrict(extra[name])
		if f != nil {
			return nil, errors.New(f.text(fmt.Sprintf("extra field %q", name)))
		}
		b.WriteByte(',')
		if err := member(&b, name, v); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func member(b *bytes.Buffer, name string, value any) error {
	if !utf8.ValidString(name) {
		return fmt.Errorf("name %q is not UTF-8", name)
	}
	key, err := marshal(name)
	if err != nil {
		return err
	}
	raw, err := marshal(value)
	if err != nil {
		return fmt.Errorf("field %q: %w", name, err)
	}
	b.Write(key)
	b.WriteByte(':')
	b.Write(raw)
	return nil
}

// marshal writes compact JSON with sorted keys and without HTML escapes.
func marshal(v any) (json.RawMessage, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// caseVariant returns the known name that key differs from by case alone.
func caseVariant(key string, known []string) (string, bool) {
	for _, name := range known {
		if key != name && strings.EqualFold(key, name) {
			return name, true
		}
	}
	return "", false
}

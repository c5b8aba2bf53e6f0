package feed

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"unicode/utf8"
)

// Manifest lists what one dump delivers.
type Manifest struct {
	DumpID              int64
	Tables              []Table
	PropertyDefinitions string                     // s3:// path of the definitions; "" is absent or null
	Extra               map[string]json.RawMessage // fields this package does not know, nil if none
}

// Table is one table of a dump.
type Table struct {
	Name        string
	Files       []string // s3:// paths as given, see [ParseRef]
	Columns     []string // each once, in the order of the manifest
	Incremental bool     // false: a full resync, all rows of lower dump ids are invalid (R5)
	Extra       map[string]json.RawMessage
}

// ManifestError says why a manifest is refused.
type ManifestError fault

func (e *ManifestError) Error() string { return (*fault)(e).text("manifest") }
func (e *ManifestError) Unwrap() error { return e.Err }

var (
	manifestFields = []string{"dump_id", "tables", "property_definitions"}
	tableFields    = []string{"name", "files", "columns", "incremental"}
)

// ParseManifest reads a manifest, or returns a *ManifestError. It is strict
// where a lenient reading could lose or misplace data: keys count by their
// exact names and once, and nothing has a default except columns and
// property_definitions. Paths of files are kept as they stand, see [ParseRef].
func ParseManifest(data []byte) (*Manifest, error) {
	doc, f := decodeStrict(data)
	if f != nil {
		return nil, (*ManifestError)(f)
	}
	m, f := manifest(doc)
	if f != nil {
		return nil, (*ManifestError)(f)
	}
	return m, nil
}

func manifest(doc any) (*Manifest, *fault) {
	object, f := objectOf(doc, manifestFields)
	if f != nil {
		return nil, f
	}
	m := &Manifest{}
	if m.DumpID, f = dumpID(object["dump_id"]); f != nil {
		return nil, f
	}
	switch v := object["property_definitions"].(type) {
	case nil:
	case string:
		m.PropertyDefinitions = v
	default:
		return nil, faultf("property_definitions", "not a string or null")
	}
	list, ok := object["tables"].([]any)
	if !ok {
		return nil, faultf("tables", "not a list")
	}
	places := map[string]int{}
	for i, v := range list {
		t, f := table(v)
		if f != nil {
			return nil, f.in(fmt.Sprintf("tables[%d]", i))
		}
		if first, twice := places[t.Name]; twice {
			return nil, faultf(fmt.Sprintf("tables[%d]", i), "table %q is already tables[%d]", shown(t.Name), first)
		}
		places[t.Name] = i
		m.Tables = append(m.Tables, t)
	}
	m.Extra, f = extra(object, manifestFields)
	return m, f
}

func dumpID(v any) (int64, *fault) {
	number, ok := v.(json.Number)
	if !ok {
		return 0, faultf("dump_id", "not a number")
	}
	id, err := strconv.ParseInt(number.String(), 10, 64)
	if err != nil || id < 0 {
		return 0, faultf("dump_id", "%s is not a whole number from 0 to 2^63-1", shown(number.String()))
	}
	return id, nil
}

func table(v any) (Table, *fault) {
	object, f := objectOf(v, tableFields)
	if f != nil {
		return Table{}, f
	}
	t := Table{}
	var ok bool
	if t.Name, ok = object["name"].(string); !ok || t.Name == "" {
		return Table{}, faultf("name", "not a name")
	}
	if t.Incremental, ok = object["incremental"].(bool); !ok {
		return Table{}, faultf("incremental", "not true or false")
	}
	if object["files"] == nil {
		return Table{}, faultf("files", "not a list")
	}
	if t.Files, f = names(object["files"]); f != nil {
		return Table{}, f.in("files")
	}
	columns, f := names(object["columns"])
	if f != nil {
		return Table{}, f.in("columns")
	}
	t.Columns = once(columns)
	t.Extra, f = extra(object, tableFields)
	return t, f
}

// objectOf returns v as an object none of whose keys is a known name in another
// case, which a lenient reader would take for the known one.
func objectOf(v any, known []string) (map[string]any, *fault) {
	object, ok := v.(map[string]any)
	if !ok {
		return nil, faultf("", "not an object")
	}
	for _, key := range slices.Sorted(maps.Keys(object)) {
		if name, variant := caseVariant(key, known); variant {
			return nil, faultf(key, "differs from %q only by case", name)
		}
	}
	return object, nil
}

// names returns a list of non-empty strings; none for null.
func names(v any) ([]string, *fault) {
	if v == nil {
		return nil, nil
	}
	list, ok := v.([]any)
	if !ok {
		return nil, faultf("", "not a list")
	}
	var out []string
	for i, v := range list {
		s, ok := v.(string)
		if !ok {
			return nil, faultf(fmt.Sprintf("[%d]", i), "not a string")
		}
		if s == "" {
			return nil, faultf(fmt.Sprintf("[%d]", i), "empty")
		}
		out = append(out, s)
	}
	return out, nil
}

// once keeps the first of each name.
func once(names []string) []string {
	seen := make(map[string]bool, len(names))
	return slices.DeleteFunc(names, func(s string) bool {
		twice := seen[s]
		seen[s] = true
		return twice
	})
}

// Encode writes the manifest as indented JSON that [ParseManifest] reads back
// equal, unknown fields included; it refuses a manifest for which that does not
// hold.
func (m *Manifest) Encode() ([]byte, error) {
	raw, err := m.canonical()
	if err != nil {
		return nil, fmt.Errorf("encode manifest %d: %w", m.DumpID, err)
	}
	back, err := ParseManifest(raw)
	if err != nil {
		return nil, fmt.Errorf("encode manifest %d: %w", m.DumpID, err)
	}
	if again, err := back.canonical(); err != nil || !bytes.Equal(again, raw) {
		return nil, fmt.Errorf("encode manifest %d: it would not read back equal", m.DumpID)
	}
	var b bytes.Buffer
	if err := json.Indent(&b, raw, "", "  "); err != nil {
		return nil, fmt.Errorf("encode manifest %d: %w", m.DumpID, err)
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

// Digest returns the SHA-256, in hex, of what the manifest says: the order of
// keys and white space do not count, the order of tables, files and columns and
// the unknown fields do (R1). It is empty for a manifest that cannot be encoded,
// which none is that was parsed.
func (m *Manifest) Digest() string {
	raw, err := m.canonical()
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

func (m *Manifest) canonical() (json.RawMessage, error) {
	tables := make([]json.RawMessage, len(m.Tables))
	for i, t := range m.Tables {
		if err := encodable(t.Name, t.Files, t.Columns); err != nil {
			return nil, fmt.Errorf("tables[%d]: %w", i, err)
		}
		raw, err := object([]field{
			{"name", t.Name},
			{"files", notNil(t.Files)},
			{"columns", notNil(t.Columns)},
			{"incremental", t.Incremental},
		}, t.Extra)
		if err != nil {
			return nil, fmt.Errorf("tables[%d]: %w", i, err)
		}
		tables[i] = raw
	}
	if err := encodable(m.PropertyDefinitions); err != nil {
		return nil, fmt.Errorf("property_definitions: %w", err)
	}
	var definitions any
	if m.PropertyDefinitions != "" {
		definitions = m.PropertyDefinitions
	}
	return object([]field{
		{"dump_id", m.DumpID},
		{"tables", tables},
		{"property_definitions", definitions},
	}, m.Extra)
}

// encodable refuses text that JSON would not carry unchanged.
func encodable(s string, lists ...[]string) error {
	for _, s := range slices.Concat([]string{s}, slices.Concat(lists...)) {
		if !utf8.ValidString(s) {
			return fmt.Errorf("%q is not UTF-8", s)
		}
	}
	return nil
}

func notNil(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

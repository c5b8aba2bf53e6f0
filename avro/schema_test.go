package avro

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"smew/avro/avrotest"
)

// Names that no Avro library takes are columns like others, and are told apart by case.
func TestOddNames(t *testing.T) {
	names := []string{"a b", "a.b", "a", "A", "", "ünï\u2028", `"quoted"`, "line\nbreak", "null", "1st", "\U0001f986", strings.Repeat("x", 5000)}
	var fields []map[string]string
	var columns []Column
	var row []any
	var want []string
	for i, name := range names {
		fields = append(fields, map[string]string{"name": name, "type": "string"})
		columns = append(columns, Column{Name: name})
		row, want = append(row, fmt.Sprint(i)), append(want, fmt.Sprint(i))
	}
	schema, err := json.Marshal(map[string]any{"type": "record", "name": "top level.Record 1", "namespace": "x y", "fields": fields})
	if err != nil {
		t.Fatal(err)
	}
	got, err := readAs(part(t, string(schema), avrotest.Options{}, row), Limits{}, 10, columns)
	if err != nil {
		t.Fatal(err)
	}
	sameRows(t, got, [][]string{want})
}

// Thousands of columns, of which a few are wanted in another order.
func TestManyFields(t *testing.T) {
	var fields, row, text = []string{}, []any{}, []string{}
	for i := range 6000 {
		fields = append(fields, fmt.Sprintf(`{"name":"c%d","type":["null","string"]}`, i))
		row, text = append(row, fmt.Sprint(i)), append(text, fmt.Sprint(i))
	}
	p := part(t, `{"type":"record","name":"r","fields":[`+strings.Join(fields, ",")+`]}`, avrotest.Options{}, row, row, row)
	got, err := readAs(p, Limits{}, 2, nil)
	if err != nil {
		t.Fatal(err)
	}
	sameRows(t, got, [][]string{text, text, text})
	if got, err = readAs(p, Limits{}, 2, []Column{{Name: "c5999"}, {"c17", Long}, {Name: "c0"}}); err != nil {
		t.Fatal(err)
	}
	few := []string{"5999", "17", "0"}
	sameRows(t, got, [][]string{few, few, few})
}

// Full names follow the specification.
func TestNamespaces(t *testing.T) {
	enum := func(name, symbol string) string {
		return fmt.Sprintf(`{"type":"enum","name":%q,"symbols":[%q]}`, name, symbol)
	}
	schema := `{"type":"record","name":"r","namespace":"top","fields":[
		{"name":"a","type":` + enum("e", "in top") + `},
		{"name":"b","type":{"type":"record","name":"in","namespace":"sub","fields":[
			{"name":"x","type":` + enum("e", "in sub") + `},{"name":"y","type":"e"},{"name":"z","type":"top.e"}]}},
		{"name":"c","type":"e"},
		{"name":"d","type":"sub.e"},
		{"name":"e","type":{"type":"record","name":"other.rec","fields":[
			{"name":"x","type":` + enum("e", "in other") + `},{"name":"y","type":"e"}]}},
		{"name":"f","type":{"type":"record","name":"none","namespace":"","fields":[{"name":"x","type":` + enum("e", "in none") + `}]}},
		{"name":"g","type":["null","other.rec"]},
		{"name":"h","type":{"type":"sub.in"}}]}`
	data := avrotest.Raw{0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0}
	p := avrotest.AppendBlock(part(t, schema, avrotest.Options{Sync: testSync}), 1, data, testSync)
	got, err := readAs(p, Limits{}, 10, nil)
	if err != nil {
		t.Fatal(err)
	}
	sub := `{"x":"in sub","y":"in sub","z":"in top"}`
	sameRows(t, got, [][]string{{"in top", sub, "in top", "in sub", `{"x":"in other","y":"in other"}`, `{"x":"in none"}`, `{"x":"in other","y":"in other"}`, sub}})
}

func TestSchemaForPeople(t *testing.T) {
	fields := []struct{ schema, want string }{
		{`"long"`, "long"}, {`["null","string"]`, "string?"}, {`["string","null"]`, "string?"},
		{`["null","string","long"]`, "null|string|long"}, {`[]`, "union"}, {`["string"]`, "string"}, {`"null"`, "null"},
		{logicalType("long", "timestamp-micros", ""), "timestamp-micros"},
		{`["null",` + logicalType("int", "date", "") + `]`, "date?"},
		{logicalType("bytes", "decimal", `,"precision":10,"scale":2`), "decimal(10,2)"},
		{logicalType("string", "odd", ""), "string"},
		{`{"type":"array","items":["null","string"]}`, "array<string?>"},
		{`{"type":"map","values":"double"}`, "map<double>"},
		{`{"type":"fixed","name":"f16","size":16}`, "fixed(16)"},
		{`{"type":"enum","name":"e","symbols":[]}`, "enum"},
		{`{"type":"record","name":"in","fields":[]}`, "record"},
		{`{"type":{"type":"string"}}`, "string"},
	}
	var list, want []string
	for i, f := range fields {
		list = append(list, fmt.Sprintf(`{"name":"c%d","type":%s,"doc":"d","default":null,"order":"ignore","aliases":["z"]}`, i, f.schema))
		want = append(want, f.want)
	}
	schema := `{"type":"record","name":"n","namespace":"a.b","fields":[` + strings.Join(list, ",") + `]}`
	p := part(t, schema, avrotest.Options{Codec: "zstandard"})
	f, err := Open(bytes.NewReader(p), int64(len(p)), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i, field := range f.Schema().Fields {
		if field.Name != fmt.Sprintf("c%d", i) {
			t.Errorf("field %d is named %q", i, field.Name)
		}
		got = append(got, field.Type)
	}
	if !slices.Equal(got, want) {
		t.Errorf("got types %q, want %q", got, want)
	}
	if s := f.Schema(); s.Name != "a.b.n" || s.Codec != "zstandard" || f.Codec() != "zstandard" || s.JSON != schema {
		t.Errorf("got %q, %q, %q", s.Name, s.Codec, s.JSON)
	}
}

func TestBadSchemas(t *testing.T) {
	record := func(fields string) string { return `{"type":"record","name":"r","fields":[` + fields + `]}` }
	deep := `"int"`
	for range 70 {
		deep = `{"type":"array","items":` + deep + `}`
	}
	tests := []struct{ schema, want string }{
		{``, "schema is not JSON"},
		{`{`, "schema is not JSON"},
		{`"long"`, "schema is of type long, not a record"},
		{`["null",` + record(``) + `]`, "schema is of type record?, not a record"},
		{`{"type":"array","items":"int"}`, "schema is of type array<int>, not a record"},
		{record(``) + `}`, "schema is followed by something else"},
		{record("{\"name\":\"\xff\",\"type\":\"int\"}"), "schema is not valid UTF-8"},
		{`{"type":"record","name":"r"}`, `schema: record "r": no list of fields`},
		{`7`, "schema: 7 is no type"},
		{record(`{"name":"a","type":"int"},{"name":"a","type":"int"}`), `schema: record "r": field "a" is there twice`},
		{record(`{"name":"a"}`), `schema: record "r": field "a": null is no type`},
		{record(`{"type":"int"}`), `schema: record "r": field {"type":"int"} has no name`},
		{record(`{"name":"a","type":"strnig"}`), `schema: record "r": field "a": type "strnig" is not defined`},
		{record(`{"name":"a","type":["null",["int"]]}`), `schema: record "r": field "a": a union stands directly in a union`},
		{record(`{"name":"a","type":{"type":"fixed","name":"f","size":-1}}`), `schema: record "r": field "a": fixed "f": size -1 is no size`},
		{record(`{"name":"a","type":{"type":"enum","name":"f","symbols":[1]}}`), `schema: record "r": field "a": enum "f": symbol 1 is no string`},
		{record(`{"name":"a","type":{"type":"enum","name":"r","symbols":[]}}`), `schema: record "r": field "a": type "r" is defined twice`},
		{record(`{"name":"a","type":{"type":"array"}}`), `schema: record "r": field "a": items of array: null is no type`},
		{record(`{"name":"a","type":{}}`), `schema: record "r": field "a": {} has no type`},
		{record(`{"name":"a","type":` + logicalType("bytes", "decimal", `,"precision":100000`) + `}`), `schema: record "r": field "a": a decimal's precision`},
		{record(`{"name":"a","type":` + deep + `}`), `schema: record "r": field "a": items of array: `},
		{strings.Repeat("[", 1000) + strings.Repeat("]", 1000), "schema: nested deeper than 64"},
	}
	for _, test := range tests {
		p := part(t, record(``), avrotest.Options{Meta: map[string]string{"avro.schema": test.schema}})
		_, err := Open(bytes.NewReader(p), int64(len(p)), Limits{})
		wantDamage(t, err, "header at byte 0: "+test.want)
	}
}

func TestBadHeaders(t *testing.T) {
	schema := `{"type":"record","name":"r","fields":[]}`
	good := part(t, schema, avrotest.Options{})
	entry := func(count, size int64, rest string) []byte {
		return append(append([]byte("Obj\x01"), longs(count, size)...), rest...)
	}
	padded := part(t, schema, avrotest.Options{Meta: map[string]string{"pad": strings.Repeat("x", 1<<20)}})
	tests := []struct {
		name   string
		file   []byte
		limits Limits
		want   string
	}{
		{"nothing", nil, Limits{}, "header at byte 0: the file ends in it"},
		{"another format", []byte("PAR1 and more"), Limits{}, `header at byte 0: it begins with "PAR1": not an Avro`},
		{"another version", append([]byte("Obj\x02"), good[4:]...), Limits{}, `header at byte 0: it begins with "Obj\x02"`},
		{"no metadata", append([]byte("Obj\x01\x00"), testSync[:]...), Limits{}, "header at byte 0: there is no schema"},
		{"count too large", entry(1<<60, 0, ""), Limits{}, "header at byte 13: metadata: a count of items"},
		{"least count", entry(math.MinInt64, 0, "\x00"), Limits{}, "header at byte 15: metadata: a count of items"},
		{"length too large", entry(1, 1<<50, "xx"), Limits{}, "header at byte 13: metadata: a length is out of range"},
		{"negative length", entry(1, -1, "xx"), Limits{}, "header at byte 6: metadata: a length is out of range"},
		{"key not UTF-8", entry(1, 1, "\xff\x00\x00"), Limits{}, "header at byte 7: metadata: a string is not valid"},
		{"number too long", append([]byte("Obj\x01"), bytes.Repeat([]byte{0xff}, 20)...), Limits{}, "header at byte 14: metadata: a number takes more"},
		{"size of entries wrong", entry(-1, 9, "\x02a\x02b\x00rest of it"), Limits{}, "header at byte 10: metadata: the items do not fill"},
		{"larger than the limit", padded, Limits{HeaderBytes: 1 << 19}, "header at byte 66: it is longer than the limit of 524288 bytes"},
		{"codec", part(t, schema, avrotest.Options{Meta: map[string]string{"avro.codec": "lzo"}}), Limits{}, `header at byte 0: codec "lzo" is not known`},
		{"too many fields", part(t, `{"type":"record","name":"r","fields":[{"name":"a","type":"int"},{"name":"b","type":"int"}]}`, avrotest.Options{}), Limits{Fields: 1}, `header at byte 0: schema: record "r": more than 1 fields, branches and symbols`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Open(bytes.NewReader(test.file), int64(len(test.file)), test.limits)
			wantDamage(t, err, test.want)
			if test.name == "codec" && !errors.Is(err, ErrCodec) {
				t.Error("the error is not ErrCodec")
			}
		})
	}
	if _, err := Open(bytes.NewReader(padded), int64(len(padded)), Limits{}); err != nil {
		t.Error(err)
	}
	// Metadata may come in stretches, with their sizes given.
	body := slices.Concat(longs(11), []byte("avro.schema"), longs(int64(len(schema))), []byte(schema))
	p := slices.Concat([]byte("Obj\x01"), binary.AppendVarint(nil, -1), binary.AppendVarint(nil, int64(len(body))), body,
		[]byte("\x02\x02k\x02v\x00"), testSync[:])
	if _, err := Open(bytes.NewReader(p), int64(len(p)), Limits{}); err != nil {
		t.Error(err)
	}
}

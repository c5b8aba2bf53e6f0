package feed_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"smew/feed"
)

const vendorManifest = `{
  "dump_id": 1234,
  "tables": [
    {
      "name": "users",
      "files": [
        "s3://customer/sync_1234/_heap_table_name=users/part-00000-a97432cba49732.avro",
        "s3://customer/sync_1234/_heap_table_name=users/part-00001-584cdba3973c32.avro"
      ],
      "columns": ["user_id", "last_modified"],
      "incremental": true
    },
    {
      "name": "user_migrations",
      "files": ["s3://customer/sync_1234/user_migrations/part-00000-2a345bc452456c-c000.avro"],
      "columns": ["from_user_id", "to_user_id", "time"],
      "incremental": false
    }
  ],
  "property_definitions": "s3://customer/sync_1234/property_definitions.json"
}`

// one wraps a table's text into a manifest.
func one(table string) string { return `{"dump_id": 7, "tables": [` + table + `]}` }

func TestParseManifest(t *testing.T) {
	table := feed.Table{Name: "users", Files: []string{"s3://b/x"}, Columns: []string{"user_id"}, Incremental: true}
	const text = `{"name":"users","files":["s3://b/x"],"columns":["user_id"],"incremental":true}`
	with := func(change func(*feed.Table)) feed.Table {
		t := table
		change(&t)
		return t
	}
	tests := map[string]struct {
		in   string
		want feed.Manifest
	}{
		"the vendor's example": {vendorManifest, feed.Manifest{
			DumpID: 1234,
			Tables: []feed.Table{{
				Name: "users",
				Files: []string{
					"s3://customer/sync_1234/_heap_table_name=users/part-00000-a97432cba49732.avro",
					"s3://customer/sync_1234/_heap_table_name=users/part-00001-584cdba3973c32.avro",
				},
				Columns:     []string{"user_id", "last_modified"},
				Incremental: true,
			}, {
				Name:    "user_migrations",
				Files:   []string{"s3://customer/sync_1234/user_migrations/part-00000-2a345bc452456c-c000.avro"},
				Columns: []string{"from_user_id", "to_user_id", "time"},
			}},
			PropertyDefinitions: "s3://customer/sync_1234/property_definitions.json",
		}},
		"no tables":               {`{"dump_id":7,"tables":[]}`, feed.Manifest{DumpID: 7}},
		"byte order mark":         {"\ufeff" + `{"dump_id":7,"tables":[]}`, feed.Manifest{DumpID: 7}},
		"white space around":      {" \r\n\t{\"dump_id\":7,\"tables\":[]}\n\n", feed.Manifest{DumpID: 7}},
		"dump 0":                  {`{"dump_id":0,"tables":[]}`, feed.Manifest{}},
		"largest dump":            {`{"dump_id":9223372036854775807,"tables":[]}`, feed.Manifest{DumpID: 9223372036854775807}},
		"no definitions":          {one(text), feed.Manifest{DumpID: 7, Tables: []feed.Table{table}}},
		"null definitions":        {`{"dump_id":7,"tables":[],"property_definitions":null}`, feed.Manifest{DumpID: 7}},
		"columns absent":          {one(`{"name":"users","files":["s3://b/x"],"incremental":true}`), feed.Manifest{DumpID: 7, Tables: []feed.Table{with(func(t *feed.Table) { t.Columns = nil })}}},
		"columns null":            {one(`{"name":"users","files":["s3://b/x"],"columns":null,"incremental":true}`), feed.Manifest{DumpID: 7, Tables: []feed.Table{with(func(t *feed.Table) { t.Columns = nil })}}},
		"no files":                {one(`{"name":"users","files":[],"columns":["user_id"],"incremental":true}`), feed.Manifest{DumpID: 7, Tables: []feed.Table{with(func(t *feed.Table) { t.Files = nil })}}},
		"a column twice":          {one(`{"name":"users","files":["s3://b/x"],"columns":["a","b","a","c","b"],"incremental":true}`), feed.Manifest{DumpID: 7, Tables: []feed.Table{with(func(t *feed.Table) { t.Columns = []string{"a", "b", "c"} })}}},
		"columns differ by case":  {one(`{"name":"users","files":["s3://b/x"],"columns":["a","A"],"incremental":true}`), feed.Manifest{DumpID: 7, Tables: []feed.Table{with(func(t *feed.Table) { t.Columns = []string{"a", "A"} })}}},
		"awkward names":           {one(`{"name":"a/\"b\"\n\u0000ü","files":["s3://b/x"],"columns":["user_id"],"incremental":true}`), feed.Manifest{DumpID: 7, Tables: []feed.Table{with(func(t *feed.Table) { t.Name = "a/\"b\"\n\x00ü" })}}},
		"a lone surrogate":        {one(`{"name":"a\ud800","files":["s3://b/x"],"columns":["user_id"],"incremental":true}`), feed.Manifest{DumpID: 7, Tables: []feed.Table{with(func(t *feed.Table) { t.Name = "a\ufffd" })}}},
		"an event metadata table": {one(`{"name":"_event_metadata","files":["s3://b/x"],"columns":["user_id"],"incremental":true}`), feed.Manifest{DumpID: 7, Tables: []feed.Table{with(func(t *feed.Table) { t.Name = "_event_metadata" })}}},
		"tables differ by case": {one(text + `,{"name":"Users","files":["s3://b/x"],"columns":["user_id"],"incremental":true}`),
			feed.Manifest{DumpID: 7, Tables: []feed.Table{table, with(func(t *feed.Table) { t.Name = "Users" })}}},
		"unknown fields": {`{"z":{"b":1.50,"a":"<&>"},"dump_id":7,"tables":[{"name":"users","files":["s3://b/x"],"rows":12345678901234567890,"columns":["user_id"],"incremental":true}]}`,
			feed.Manifest{
				DumpID: 7,
				Tables: []feed.Table{with(func(t *feed.Table) {
					t.Extra = map[string]json.RawMessage{"rows": json.RawMessage("12345678901234567890")}
				})},
				Extra: map[string]json.RawMessage{"z": json.RawMessage(`{"a":"<&>","b":1.50}`)},
			}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m, err := feed.ParseManifest([]byte(tt.in))
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(*m, tt.want) {
				t.Fatalf("got  %#v\nwant %#v", *m, tt.want)
			}
			raw, err := m.Encode()
			if err != nil {
				t.Fatal(err)
			}
			back, err := feed.ParseManifest(raw)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(m, back) {
				t.Fatalf("encoded and parsed back:\ngot  %#v\nwant %#v", back, m)
			}
		})
	}
}

func TestParseManifestRefuses(t *testing.T) {
	deep := strings.Repeat("[", 20000) + strings.Repeat("]", 20000)
	tests := map[string]struct{ in, path, reason string }{
		"nothing":                {"", "", "not JSON"},
		"torn":                   {vendorManifest[:400], "", "not JSON"},
		"comments":               {`{"dump_id": 7, // the dump` + "\n" + `"tables":[]}`, "", "not JSON"},
		"trailing data":          {`{"dump_id":7,"tables":[]}{}`, "", "not JSON"},
		"trailing comma":         {`{"dump_id":7,"tables":[],}`, "", "not JSON"},
		"endless nesting":        {`{"dump_id":7,"tables":[],"x":` + deep + `}`, "", "not JSON"},
		"invalid UTF-8":          {"{\"dump_id\":7,\"tables\":[],\"x\":\"\xff\"}", "", "not UTF-8"},
		"UTF-16":                 {"\xff\xfe{\x00", "", "not UTF-8"},
		"a list":                 {`[]`, "", "not an object"},
		"null":                   {`null`, "", "not an object"},
		"a key twice":            {`{"dump_id":7,"tables":[],"dump_id":8}`, "", `key "dump_id" is given twice`},
		"a key twice, escaped":   {`{"dump_id":7,"tables":[],"dump\u005fid":8}`, "", `key "dump_id" is given twice`},
		"a key twice, deep":      {`{"dump_id":7,"tables":[],"x":[{"y":{"q":1,"q":1}}]}`, "x[0].y", `key "q" is given twice`},
		"a key twice in a table": {one(`{"name":"a","files":[],"files":[],"incremental":true}`), "tables[0]", `key "files" is given twice`},
		"a key in other case":    {`{"dump_id":7,"tables":[],"Property_Definitions":"s3://b/x"}`, "Property_Definitions", "only by case"},
		"files in other case":    {one(`{"name":"a","files":[],"Files":["s3://b/x"],"incremental":true}`), "tables[0].Files", "only by case"},
		"no dump_id":             {`{"tables":[]}`, "dump_id", "not a number"},
		"null dump_id":           {`{"dump_id":null,"tables":[]}`, "dump_id", "not a number"},
		"text dump_id":           {`{"dump_id":"7","tables":[]}`, "dump_id", "not a number"},
		"negative dump_id":       {`{"dump_id":-7,"tables":[]}`, "dump_id", "not a whole number"},
		"broken dump_id":         {`{"dump_id":7.5,"tables":[]}`, "dump_id", "not a whole number"},
		"huge dump_id":           {`{"dump_id":9223372036854775808,"tables":[]}`, "dump_id", "not a whole number"},
		"no tables":              {`{"dump_id":7}`, "tables", "not a list"},
		"tables an object":       {`{"dump_id":7,"tables":{}}`, "tables", "not a list"},
		"a table not an object":  {one(`"users"`), "tables[0]", "not an object"},
		"no name":                {one(`{"files":[],"incremental":true}`), "tables[0].name", "not a name"},
		"an empty name":          {one(`{"name":"","files":[],"incremental":true}`), "tables[0].name", "not a name"},
		"a number for a name":    {one(`{"name":1,"files":[],"incremental":true}`), "tables[0].name", "not a name"},
		"a table twice":          {one(`{"name":"a","files":[],"incremental":true},{"name":"b","files":[],"incremental":true},{"name":"a","files":[],"incremental":true}`), "tables[2]", `table "a" is already tables[0]`},
		"no files":               {one(`{"name":"a","incremental":true}`), "tables[0].files", "not a list"},
		"null files":             {one(`{"name":"a","files":null,"incremental":true}`), "tables[0].files", "not a list"},
		"text for files":         {one(`{"name":"a","files":"s3://b/x","incremental":true}`), "tables[0].files", "not a list"},
		"a file not text":        {one(`{"name":"a","files":[],"incremental":true},{"name":"b","files":["s3://b/x","s3://b/y",3],"incremental":true}`), "tables[1].files[2]", "not a string"},
		"an empty file":          {one(`{"name":"a","files":[""],"incremental":true}`), "tables[0].files[0]", "empty"},
		"no incremental":         {one(`{"name":"a","files":[]}`), "tables[0].incremental", "not true or false"},
		"text incremental":       {one(`{"name":"a","files":[],"incremental":"false"}`), "tables[0].incremental", "not true or false"},
		"a number incremental":   {one(`{"name":"a","files":[],"incremental":0}`), "tables[0].incremental", "not true or false"},
		"a column not text":      {one(`{"name":"a","files":[],"columns":["x",null],"incremental":true}`), "tables[0].columns[1]", "not a string"},
		"an empty column":        {one(`{"name":"a","files":[],"columns":[""],"incremental":true}`), "tables[0].columns[0]", "empty"},
		"columns an object":      {one(`{"name":"a","files":[],"columns":{},"incremental":true}`), "tables[0].columns", "not a list"},
		"definitions not text":   {`{"dump_id":7,"tables":[],"property_definitions":[]}`, "property_definitions", "not a string"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m, err := feed.ParseManifest([]byte(tt.in))
			var refused *feed.ManifestError
			if !errors.As(err, &refused) || m != nil {
				t.Fatalf("got %v, %v; want no manifest and a ManifestError", m, err)
			}
			if refused.Path != tt.path || !strings.Contains(refused.Reason, tt.reason) {
				t.Errorf("got %q at %q, want %q at %q", refused.Reason, refused.Path, tt.reason, tt.path)
			}
		})
	}
}

func TestManifestErrorText(t *testing.T) {
	_, err := feed.ParseManifest([]byte(one(`{"name":"a","files":[1],"incremental":true}`)))
	if got, want := fmt.Sprint(err), "manifest: tables[0].files[0]: not a string"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	_, err = feed.ParseManifest([]byte(`{"dump_id":`))
	var syntax *json.SyntaxError
	if !errors.As(err, &syntax) {
		t.Errorf("%v does not wrap the decoder's error", err)
	}
	if got, want := fmt.Sprint(err), "manifest: not JSON: byte 11: unexpected end of JSON input"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestManifestDigest changes one thing at a time.
func TestManifestDigest(t *testing.T) {
	const base = `{"dump_id":7,"tables":[{"name":"a","files":["s3://b/1","s3://b/2"],"columns":["x","y"],"incremental":true,"n":[1,{"p":1,"q":2}]},{"name":"b","files":[],"incremental":false}],"v":"\u00e9"}`
	digest := func(in string) string {
		t.Helper()
		m, err := feed.ParseManifest([]byte(in))
		if err != nil {
			t.Fatal(err)
		}
		return m.Digest()
	}
	want := digest(base)
	if len(want) != 64 {
		t.Fatalf("digest %q is not 64 hex digits", want)
	}
	same := map[string]string{
		"white space": strings.ReplaceAll(base, ",", " ,\n\t"),
		"order of keys": `{"v":"é","tables":[{"n":[1,{"q":2,"p":1}],"incremental":true,"columns":["x","y"],"files":["s3://b/1","s3://b/2"],"name":"a"},` +
			`{"incremental":false,"files":[],"name":"b"}],"dump_id":7}`,
		"null for absent": strings.Replace(strings.Replace(base, `"name":"b"`, `"name":"b","columns":null`, 1), `"v":`, `"property_definitions":null,"v":`, 1),
		"a column again":  strings.Replace(base, `["x","y"]`, `["x","y","x"]`, 1),
	}
	for name, in := range same {
		if digest(in) != want {
			t.Errorf("%s changes the digest", name)
		}
	}
	for name, change := range map[string][2]string{
		"dump_id":            {`"dump_id":7`, `"dump_id":8`},
		"order of files":     {`"s3://b/1","s3://b/2"`, `"s3://b/2","s3://b/1"`},
		"order of columns":   {`"x","y"`, `"y","x"`},
		"incremental":        {`"incremental":false`, `"incremental":true`},
		"a table's name":     {`"name":"b"`, `"name":"c"`},
		"a file fewer":       {`"s3://b/1","s3://b/2"`, `"s3://b/1"`},
		"an unknown field":   {`"v":"\u00e9"`, `"v":"e"`},
		"a table's unknown":  {`"q":2`, `"q":3`},
		"definitions":        {`"v":`, `"property_definitions":"s3://b/d","v":`},
		"names run together": {`"x","y"`, `"x,y"`},
	} {
		in := strings.Replace(base, change[0], change[1], 1)
		if in == base {
			t.Fatalf("%s: nothing to replace", name)
		}
		if digest(in) == want {
			t.Errorf("%s does not change the digest", name)
		}
	}
	swapped := `{"dump_id":7,"tables":[{"name":"b","files":[],"incremental":false},{"name":"a","files":[],"incremental":true}]}`
	straight := `{"dump_id":7,"tables":[{"name":"a","files":[],"incremental":true},{"name":"b","files":[],"incremental":false}]}`
	if digest(swapped) == digest(straight) {
		t.Error("the order of tables does not change the digest")
	}
}

func TestManifestEncodeRefuses(t *testing.T) {
	table := feed.Table{Name: "a", Files: []string{"s3://b/x"}, Incremental: true}
	for name, m := range map[string]feed.Manifest{
		"a negative dump":      {DumpID: -1},
		"a table twice":        {Tables: []feed.Table{table, table}},
		"no name":              {Tables: []feed.Table{{Files: []string{"s3://b/x"}}}},
		"a name not UTF-8":     {Tables: []feed.Table{{Name: "\xff"}}},
		"a column not UTF-8":   {Tables: []feed.Table{{Name: "a", Columns: []string{"\xff"}}}},
		"a column twice":       {Tables: []feed.Table{{Name: "a", Columns: []string{"x", "x"}}}},
		"a known field again":  {Extra: map[string]json.RawMessage{"dump_id": json.RawMessage("8")}},
		"an extra not JSON":    {Extra: map[string]json.RawMessage{"x": json.RawMessage("{")}},
		"an extra near a name": {Extra: map[string]json.RawMessage{"Tables": json.RawMessage("[]")}},
	} {
		if raw, err := m.Encode(); err == nil {
			t.Errorf("%s: encoded as %s", name, raw)
		}
	}
}

func TestLargeManifest(t *testing.T) {
	m := &feed.Manifest{DumpID: 1, Tables: []feed.Table{{Name: "pageviews", Incremental: true}}}
	for i := range 100_000 {
		m.Tables[0].Files = append(m.Tables[0].Files, "s3://b/"+feed.PartKey(feed.Hive, 1, "pageviews", i, "45d3eb01-f863-460b-a4ec-c6ab45d00000"))
	}
	for i := range 10_000 {
		m.Tables[0].Columns = append(m.Tables[0].Columns, fmt.Sprintf("column_%d", i))
	}
	start := time.Now()
	raw, err := m.Encode()
	if err != nil {
		t.Fatal(err)
	}
	back, err := feed.ParseManifest(raw)
	if err != nil {
		t.Fatal(err)
	}
	if back.Digest() != m.Digest() || len(back.Tables[0].Files) != 100_000 {
		t.Error("a large manifest does not read back equal")
	}
	t.Logf("%d bytes in %v", len(raw), time.Since(start)) // quadratic work would run into the test's time limit
}

// Names of megabytes, and a fault far down among them, make no error of megabytes.
func TestErrorsAreShort(t *testing.T) {
	long := strings.Repeat("ü", 1<<20)
	deep := strings.Repeat(`{"`+strings.Repeat("k", 500)+`":`, 5000) + `{"a":1,"a":2}` + strings.Repeat("}", 5000)
	for _, text := range []string{
		`{"` + long + `":1,"` + long + `":2}`,
		`{"dump_id":1` + strings.Repeat("0", 1<<20) + `}`,
		`{"dump_id":1,"tables":[{"name":"` + long + `","files":[],"incremental":true},{"name":"` + long + `","files":[],"incremental":true}]}`,
		`{"dump_id":1,"tables":[],"x":` + deep + `}`,
	} {
		before := allocated()
		_, err := feed.ParseManifest([]byte(text))
		modest(t, before, []byte(text))
		var refused *feed.ManifestError
		if !errors.As(err, &refused) || len(err.Error()) > longestError {
			t.Errorf("%.100s: an error of %d bytes", text, len(err.Error()))
		}
	}
	if _, err := feed.ParseRef("s3:/" + long); err == nil || len(err.Error()) > longestError {
		t.Error("a reference that is long is shown in full")
	}
}

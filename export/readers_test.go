package export

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"smew/bucket"
)

// python finds an interpreter with the packages of testdata/readers.txt.
func python(t *testing.T) string {
	t.Helper()
	path := os.Getenv("SMEW_TEST_PYTHON")
	if path == "" {
		path, _ = filepath.Abs("../.tools/readers/bin/python")
	}
	if _, err := os.Stat(path); err == nil {
		return path
	}
	const get = "no Python with pandas, pyarrow and duckdb: `make tools` makes one, or set SMEW_TEST_PYTHON"
	if os.Getenv("CI") != "" {
		t.Fatal(get)
	}
	t.Skip(get)
	return ""
}

// found is what a reader found in a file.
type found struct {
	Columns []string `json:"columns"`
	Types   []string `json:"types"`
	Rows    [][]any  `json:"rows"`
}

// readBy has another program read a file.
func readBy(t *testing.T, python, reader, path string, options map[string]any) (f found) {
	t.Helper()
	o, err := json.Marshal(options)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python, "testdata/read.py", reader, path, string(o))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v", reader, err)
	}
	if err := json.Unmarshal(out, &f); err != nil {
		t.Fatalf("%s: %v\n%s", reader, err, out)
	}
	return f
}

// values is a model with texts that formats stumble over, and values of many types.
var values = Job{
	Model{ID: "v", SQL: `SELECT * FROM (VALUES
		(1, '', 1.5::DOUBLE, true, 12.30::DECIMAL(10, 2), DATE '2026-01-02', TIMESTAMP '2026-01-02 03:04:05.678', 9007199254740993::HUGEINT, [1, 2], {'a': 'x', 'b': NULL}),
		(2, NULL, 'nan'::DOUBLE, false, NULL, NULL, NULL, -1, NULL, NULL),
		(3, 'a,b;c|d~e' || chr(9) || '"q"' || chr(10) || 'ä😀', 'inf'::DOUBLE, NULL, -0.01, DATE '1969-12-31', TIMESTAMP '1969-12-31 23:59:59', 0, [], {'a': '"', 'b': 2})
	) AS t(id, "a text", x, yes, price, day, "at", big, list, obj) ORDER BY id`},
	Sync{ID: "v", Model: "v"},
}

var (
	columnsOf = []string{"id", "a text", "x", "yes", "price", "day", "at", "big", "list", "obj"}
	nastyText = "a,b;c|d~e\t\"q\"\nä😀"
	textRows  = func(null any) [][]any {
		return [][]any{
			{"1", "", "1.5", "true", "12.30", "2026-01-02", "2026-01-02 03:04:05.678", "9007199254740993", "[1,2]", `{"a":"x","b":null}`},
			{"2", null, "nan", "false", null, null, null, "-1", null, null},
			{"3", nastyText, "inf", null, "-0.01", "1969-12-31", "1969-12-31 23:59:59", "0", "[]", `{"a":"\"","b":2}`},
		}
	}
	jsonRows = [][]any{
		{1.0, "", 1.5, true, 12.3, "2026-01-02", "2026-01-02 03:04:05.678", 9007199254740993.0, []any{1.0, 2.0}, map[string]any{"a": "x", "b": nil}},
		{2.0, nil, nil, false, nil, nil, nil, -1.0, nil, nil},
		{3.0, nastyText, nil, nil, -0.01, "1969-12-31", "1969-12-31 23:59:59", 0.0, []any{}, map[string]any{"a": `"`, "b": 2.0}},
	}
)

// Other programs read the files as they are meant.
func TestReaders(t *testing.T) {
	interpreter := python(t)
	dir := t.TempDir()
	p := newPlace(t)
	to, err := bucket.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	p.to = to
	type options = map[string]any
	for _, test := range []struct {
		name    string
		sync    Sync
		options options
		readers []string
		want    [][]any
	}{
		{"plain.csv", Sync{}, options{}, []string{"arrow_csv"}, textRows(nil)},
		{"plain2.csv", Sync{}, options{}, []string{"pandas_csv"}, textRows("")},
		{"semicolon.csv", Sync{CSV: CSVOptions{Delimiter: ";", BOM: true, LineEnd: "crlf"}}, options{"delimiter": ";", "bom": true}, []string{"arrow_csv"}, textRows(nil)},
		{"pipe.csv", Sync{CSV: CSVOptions{Delimiter: "|", Quote: "text", BOM: true}}, options{"delimiter": "|", "bom": true}, []string{"pandas_csv"}, textRows("")},
		{"tilde.csv.gz", Sync{CSV: CSVOptions{Delimiter: "~", Null: `\N`}, Compression: "gzip"}, options{"delimiter": "~", "null": `\N`, "compression": "gzip"}, []string{"arrow_csv"}, textRows(nil)},
		{"tab.csv.zst", Sync{CSV: CSVOptions{Delimiter: "tab"}, Compression: "zstd"}, options{"delimiter": "\t", "compression": "zstd"}, []string{"arrow_csv"}, textRows(nil)},
		{"array.json", Sync{Format: JSON}, options{}, []string{"strict_json"}, jsonRows},
		{"array.json.gz", Sync{Format: JSON, Compression: "gzip"}, options{"compression": "gzip"}, []string{"strict_json"}, jsonRows},
		{"lines.jsonl", Sync{Format: JSONLines}, options{}, []string{"json_lines"}, jsonRows},
	} {
		j := values
		test.sync.ID, test.sync.Model, test.sync.File = j.Sync.ID, j.Sync.Model, test.name
		j.Sync = test.sync
		p.mustSend(j)
		for _, reader := range test.readers {
			got := readBy(t, interpreter, reader, filepath.Join(dir, "out", test.name), test.options)
			if diff := cmp.Diff(columnsOf, got.Columns); diff != "" {
				t.Errorf("%s by %s: columns %s", test.name, reader, diff)
			}
			if diff := cmp.Diff(test.want, got.Rows); diff != "" {
				t.Errorf("%s by %s: %s", test.name, reader, diff)
			}
		}
	}
}

// Parquet keeps types, also when there is no row.
func TestParquetReaders(t *testing.T) {
	interpreter := python(t)
	dir := t.TempDir()
	to, err := bucket.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	p := newPlace(t)
	p.to = to
	types := map[string][]string{
		"arrow_parquet": {"int32", "string", "double", "bool", "decimal128(10, 2)", "date32[day]", "timestamp[us]", "decimal128(38, 0)",
			"list<element: int32>", "struct<a: string, b: int32>"},
		"duckdb_parquet": {"INTEGER", "VARCHAR", "DOUBLE", "BOOLEAN", "DECIMAL(10,2)", "DATE", "TIMESTAMP", "DECIMAL(38,0)", "INTEGER[]", "STRUCT(a VARCHAR, b INTEGER)"},
	}
	for _, compression := range []string{"", "zstd", "gzip", "brotli", "lz4_raw", "uncompressed"} {
		for _, empty := range []bool{false, true} {
			j := values
			j.Sync.Format, j.Sync.Empty, j.Sync.File = Parquet, "write", "p.parquet"
			j.Sync.Parquet = ParquetOption{compression, 2048}
			if empty {
				j.Model.SQL = "FROM (" + j.Model.SQL + ") WHERE false"
			}
			p.mustSend(j)
			for reader, want := range types {
				got := readBy(t, interpreter, reader, filepath.Join(dir, "out", "p.parquet"), nil)
				if diff := cmp.Diff(want, got.Types); diff != "" {
					t.Errorf("%s by %s: types %s", compression, reader, diff)
				}
				if empty != (len(got.Rows) == 0) || !empty && (got.Rows[0][1] != "" || got.Rows[1][1] != nil || got.Rows[2][1] != nastyText || got.Rows[0][7] != "9007199254740993") {
					t.Errorf("%s by %s: %v", compression, reader, got.Rows)
				}
			}
			if compression != "" {
				break // the types are those of all
			}
		}
	}
}

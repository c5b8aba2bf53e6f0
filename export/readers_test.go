package export

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

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

// toRead is a file that another program is to read, and what it is to find.
type toRead struct {
	Reader  string         `json:"reader"`
	Path    string         `json:"path"`
	Options map[string]any `json:"options"`
	columns []string       // nil: no matter
	types   []string       // nil: no matter
	rows    [][]any
}

// readBy has other programs read files, and holds what they find against what is to be found.
func readBy(t *testing.T, files []toRead) {
	t.Helper()
	input, err := json.Marshal(files)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python(t), "testdata/read.py")
	cmd.Stdin, cmd.Stderr = bytes.NewReader(input), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var found []struct {
		Error   string   `json:"error"`
		Columns []string `json:"columns"`
		Types   []string `json:"types"`
		Rows    [][]any  `json:"rows"`
	}
	if err := json.Unmarshal(out, &found); err != nil || len(found) != len(files) {
		t.Fatalf("%v\n%s", err, out)
	}
	for i, f := range files {
		name := filepath.Base(f.Path) + " by " + f.Reader
		if found[i].Error != "" {
			t.Errorf("%s: %s", name, found[i].Error)
			continue
		}
		if diff := cmp.Diff(f.columns, found[i].Columns); f.columns != nil && diff != "" {
			t.Errorf("%s: columns %s", name, diff)
		}
		if diff := cmp.Diff(f.types, found[i].Types); f.types != nil && diff != "" {
			t.Errorf("%s: types %s", name, diff)
		}
		if diff := cmp.Diff(f.rows, found[i].Rows, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// inDirectory is a place whose files other programs can read.
func inDirectory(t *testing.T) (p *place, at func(name string) string) {
	t.Helper()
	python(t)
	dir := t.TempDir()
	to, err := bucket.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	p = newPlace(t)
	p.to = to
	return p, func(name string) string { return filepath.Join(dir, "out", name) }
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

// csvFiles are syncs of CSV that have each delimiter with each way to quote, and the other settings in turns.
func csvFiles() (all []Sync) {
	no := false
	for i, delimiter := range []string{",", ";", "|", "~", "tab"} {
		for j, quote := range []string{"needed", "text", "all"} {
			s := Sync{Format: CSV, CSV: CSVOptions{Delimiter: delimiter, Quote: quote, BOM: (i+j)%2 == 0}}
			s.Compression = []string{"", "gzip", "zstd"}[(i+j)%3]
			if (i+2*j)%3 == 0 {
				s.CSV.LineEnd = "crlf"
			}
			if (i+j)%3 == 1 {
				s.CSV.Null = `\N`
			}
			if (3*i+j)%5 == 4 {
				s.CSV.Header = &no
			}
			s.File = fmt.Sprintf("%d%d.csv", i, j)
			all = append(all, s)
		}
	}
	return all
}

// options are what a reader has to be told of a sync's files.
func (s Sync) options() map[string]any {
	o := map[string]any{"columns": columnsOf}
	if s.Compression != "" {
		o["compression"] = s.Compression
	}
	if s.format() == CSV {
		o["delimiter"], o["null"], o["header"] = s.CSV.delimiter(), s.CSV.Null, s.CSV.header()
	}
	return o
}

// Other programs read the files as they are meant: each delimiter, quoting, byte order mark, line end, NULL and ”, compressed or not.
func TestReaders(t *testing.T) {
	t.Parallel()
	p, at := inDirectory(t)
	var files []toRead
	send := func(s Sync, readers map[string][][]any) {
		j := values
		s.ID, s.Model = j.Sync.ID, j.Sync.Model
		j.Sync = s
		p.mustSend(j)
		for reader, rows := range readers {
			files = append(files, toRead{reader, at(s.File), s.options(), columnsOf, nil, rows})
		}
	}
	for _, s := range csvFiles() {
		send(s, map[string][][]any{"arrow_csv": textRows(nil), "duckdb_csv": textRows(nil), "pandas_csv": textRows(s.CSV.Null)})
	}
	for _, compression := range []string{"", "gzip", "zstd"} {
		send(Sync{Format: JSON, Compression: compression, File: "array.json" + compression}, map[string][][]any{"strict_json": jsonRows})
		send(Sync{Format: JSONLines, Compression: compression, File: "lines.jsonl" + compression}, map[string][][]any{"json_lines": jsonRows})
	}
	readBy(t, files)
}

// The three files of a Diff are read like any other, also those without rows.
func TestDiffReaders(t *testing.T) {
	t.Parallel()
	p, at := inDirectory(t)
	readers := map[Format][]string{CSV: {"arrow_csv", "duckdb_csv"}, JSON: {"strict_json"}, JSONLines: {"json_lines"}, Parquet: {"arrow_parquet", "duckdb_parquet"}}
	const steps = 3
	models := [steps]string{
		"CREATE OR REPLACE TABLE m AS FROM (VALUES (1, ''), (2, NULL), (3, 'c')) AS t(id, v)",
		"CREATE OR REPLACE TABLE m AS FROM (VALUES (2, ''), (3, NULL), (4, 'd')) AS t(id, v)",
		"SELECT 1",
	}
	want := func(f Format) [steps]map[string][][]any {
		n := func(i int) any { // CSV has texts alone
			if f == CSV {
				return fmt.Sprint(i)
			}
			return float64(i)
		}
		return [steps]map[string][][]any{
			{added: {{n(1), ""}, {n(2), nil}, {n(3), "c"}}, changed: {}, removed: {}},
			{added: {{n(4), "d"}}, changed: {{n(2), ""}, {n(3), nil}}, removed: {{n(1), ""}}},
			{added: {}, changed: {}, removed: {}},
		}
	}
	var files []toRead
	for step := range steps {
		p.sql(models[step])
		for format, by := range readers {
			j := Job{Model{ID: "m", Table: "m", PrimaryKey: []string{"id"}}, Sync{ID: string(format), Model: "m", Mode: Diff, Format: format, Empty: "write",
				File: fmt.Sprintf("{sync.id}%d{mode}", step)}}
			p.mustSend(j)
			for kind, rows := range want(format)[step] {
				for _, reader := range by {
					f := toRead{Reader: reader, Path: at(fmt.Sprintf("%s%d%s", format, step, kind)), Options: map[string]any{"columns": []string{"id", "v"}}, rows: rows}
					if format == CSV || format == Parquet {
						f.columns = []string{"id", "v"} // JSON without rows has none
					}
					files = append(files, f)
				}
			}
		}
	}
	readBy(t, files)
}

// Parquet keeps types, also when there is no row, by whatever it is compressed.
func TestParquetReaders(t *testing.T) {
	t.Parallel()
	p, at := inDirectory(t)
	types := map[string][]string{
		"arrow_parquet": {"int32", "string", "double", "bool", "decimal128(10, 2)", "date32[day]", "timestamp[us]", "decimal128(38, 0)",
			"list<element: int32>", "struct<a: string, b: int32>"},
		"duckdb_parquet": {"INTEGER", "VARCHAR", "DOUBLE", "BOOLEAN", "DECIMAL(10,2)", "DATE", "TIMESTAMP", "DECIMAL(38,0)", "INTEGER[]", "STRUCT(a VARCHAR, b INTEGER)"},
	}
	// Decimals, dates and times come as texts out of Python.
	const then = "2026-01-02 03:04:05.678000"
	var files []toRead
	for _, compression := range []string{"", "zstd", "gzip", "brotli", "lz4_raw", "uncompressed"} {
		for _, empty := range []bool{false, true} {
			j := values
			j.Sync.Format, j.Sync.Empty, j.Sync.File = Parquet, "write", fmt.Sprintf("%s%v.parquet", compression, empty)
			j.Sync.Parquet = ParquetOption{compression, 2048}
			if empty {
				j.Model.SQL = "FROM (" + j.Model.SQL + ") WHERE false"
			}
			p.mustSend(j)
			for reader, types := range types {
				rows := [][]any{
					{1.0, "", 1.5, true, "12.30", "2026-01-02", then, "9007199254740993", []any{1.0, 2.0}, map[string]any{"a": "x", "b": nil}},
					{2.0, nil, "nan", false, nil, nil, nil, "-1", nil, nil},
					{3.0, nastyText, "inf", nil, "-0.01", "1969-12-31", "1969-12-31 23:59:59", "0", []any{}, map[string]any{"a": `"`, "b": 2.0}},
				}
				if empty {
					rows = nil
				}
				files = append(files, toRead{reader, at(j.Sync.File), nil, columnsOf, types, rows})
			}
		}
	}
	readBy(t, files)
}

// Arrays of a fixed length are lists in Parquet: as such any reader takes them, NULL among them too.
func TestArraysInParquet(t *testing.T) {
	t.Parallel()
	p, at := inDirectory(t)
	const rows = `FROM (VALUES (1, ['a', NULL]::VARCHAR[2], {'[2]': [[1, 2]]::INTEGER[2][1]}), (2, NULL, {'[2]': NULL})) AS t(id, pair, deep) ORDER BY id`
	p.mustSend(Job{Model{ID: "m", SQL: rows}, Sync{ID: "s", Model: "m", File: "x.parquet", Format: Parquet}})
	want := [][]any{{1.0, []any{"a", nil}, map[string]any{"[2]": []any{[]any{1.0, 2.0}}}}, {2.0, nil, map[string]any{"[2]": nil}}}
	var files []toRead
	for _, reader := range []string{"arrow_parquet", "duckdb_parquet"} {
		files = append(files, toRead{reader, at("x.parquet"), nil, []string{"id", "pair", "deep"}, nil, want})
	}
	readBy(t, files)
}

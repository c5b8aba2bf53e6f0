package loader_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"smew/avro/avrotest"
	"smew/bucket"
	"smew/duck"
	"smew/feed"
	"smew/loader"
	"smew/loader/oracle"
	"smew/sample"
)

var update = flag.Bool("update", false, "write the expected tables of testdata/feeds anew")

const feedsFolder = "../testdata/feeds"

// description is a feed in readable form, as testdata/feeds has it in feed.json.
type description struct {
	Rule  string
	Dumps []dumpSpec
}

type dumpSpec struct {
	ID          int64
	Tables      []tableSpec
	Definitions string // content of the definitions file; "": the manifest names none
}

// tableSpec is a table of a dump. Rows is short for one part with them; fields of a part that
// names none are the columns.
type tableSpec struct {
	Name    string
	Full    bool
	Columns []string
	Unread  bool `json:"no_columns"` // the manifest lists no columns
	Rows    [][]any
	Parts   []partSpec
}

type partSpec struct {
	Fields []string
	Types  map[string]any // Avro types of fields; ids are nullable longs otherwise, all else nullable strings
	Rows   [][]any
}

func readDescription(t *testing.T, path string) description {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.UseNumber()
	decoder.DisallowUnknownFields()
	var d description
	if err := decoder.Decode(&d); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return d
}

// writer writes described dumps as a feed.
type writer struct {
	t      *testing.T
	bucket bucket.Bucket
	avro   avrotest.Options
}

const feedBucket = "csq-rs3-test"

func (w writer) create(key string, content []byte) {
	w.t.Helper()
	if err := w.bucket.Create(context.Background(), key, bytes.NewReader(content), bucket.Options{}); err != nil {
		w.t.Fatal(err)
	}
}

func (w writer) dump(d dumpSpec) {
	w.t.Helper()
	m := &feed.Manifest{DumpID: d.ID}
	for _, table := range d.Tables {
		parts := table.Parts
		if table.Rows != nil {
			parts = append([]partSpec{{Rows: table.Rows}}, parts...)
		}
		listed := feed.Table{Name: table.Name, Columns: table.Columns, Incremental: !table.Full}
		for i, part := range parts {
			if part.Fields == nil {
				part.Fields = table.Columns
			}
			key := feed.PartKey(feed.Hive, d.ID, table.Name, i, "uuid")
			w.create(key, w.part(table.Name, part))
			listed.Files = append(listed.Files, feed.Ref{Bucket: feedBucket, Key: key}.String())
		}
		if table.Unread {
			listed.Columns = nil
		}
		m.Tables = append(m.Tables, listed)
	}
	if d.Definitions != "" {
		key := feed.DefinitionsKey(d.ID)
		w.create(key, []byte(d.Definitions))
		m.PropertyDefinitions = feed.Ref{Bucket: feedBucket, Key: key}.String()
	}
	text, err := m.Encode()
	if err != nil {
		w.t.Fatal(err)
	}
	w.create(feed.ManifestKey(d.ID), text)
}

func (w writer) part(table string, p partSpec) []byte {
	w.t.Helper()
	fields := make([]map[string]any, len(p.Fields))
	for i, name := range p.Fields {
		kind, ok := p.Types[name]
		if !ok {
			kind = []string{"null", "string"}
			if feed.IsID(table, name) {
				kind = []string{"null", "long"}
			}
		}
		fields[i] = map[string]any{"name": name, "type": kind}
	}
	schema, err := json.Marshal(map[string]any{"type": "record", "name": "topLevelRecord", "fields": fields})
	if err != nil {
		w.t.Fatal(err)
	}
	rows := make([][]any, len(p.Rows))
	for i, row := range p.Rows {
		rows[i] = value(row).([]any)
	}
	var b bytes.Buffer
	if err := avrotest.Write(&b, string(schema), w.avro, rows...); err != nil {
		w.t.Fatal(err)
	}
	return b.Bytes()
}

// value makes numbers of JSON's numbers.
func value(v any) any {
	switch v := v.(type) {
	case json.Number:
		if n, err := strconv.ParseInt(v.String(), 10, 64); err == nil {
			return n
		}
		f, _ := v.Float64()
		return f
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = value(v[i])
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for key := range v {
			out[key] = value(v[key])
		}
		return out
	}
	return v
}

// loadWhole loads what the bucket holds; nothing may fail.
func loadWhole(t *testing.T, b bucket.Bucket, db string) loader.Summary {
	t.Helper()
	s := loadSome(t, b, db)
	if len(s.Failed) > 0 {
		t.Fatalf("failed: %+v", s.Failed)
	}
	return s
}

func loadSome(t *testing.T, b bucket.Bucket, db string) loader.Summary {
	t.Helper()
	s, err := loader.Run(context.Background(), loader.Feed{Name: "the feed", Bucket: b}, loader.Config{DB: db})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// tablesOf reads every view of a schema, but those that tell when something was loaded.
func tablesOf(t *testing.T, path, schema string) map[string]*oracle.Table {
	t.Helper()
	tables := map[string]*oracle.Table{}
	view(t, path, func(ctx context.Context, tx *duck.Tx) error {
		var names []string
		err := tx.Each(ctx, "SELECT view_name FROM duckdb_views() WHERE schema_name = $1 AND NOT internal AND NOT starts_with(view_name, '_sync_')", []any{schema}, func(scan func(...any) error) error {
			var name string
			err := scan(&name)
			names = append(names, name)
			return err
		})
		if err != nil {
			return err
		}
		for _, name := range names {
			if tables[name], err = readTable(ctx, tx, schema, name); err != nil {
				return fmt.Errorf("read %s.%s: %w", schema, name, err)
			}
		}
		return nil
	})
	return tables
}

// shown renders main and delivered as JSON: a line a row, in a fixed order.
func shown(t *testing.T, db string) string {
	t.Helper()
	var b strings.Builder
	for _, schema := range []string{"main", "delivered"} {
		tables := tablesOf(t, db, schema)
		for _, name := range slices.Sorted(maps.Keys(tables)) {
			fmt.Fprintf(&b, "%s %s\n  %s\n", schema, line(t, name), line(t, tables[name].Columns))
			rows := make([]string, len(tables[name].Rows))
			for i, row := range tables[name].Rows {
				for j, v := range row {
					if at, ok := v.(time.Time); ok { // JSON has no years beyond 9999
						row[j] = at.Format(time.RFC3339Nano)
					}
				}
				rows[i] = "  " + line(t, row) + "\n"
			}
			slices.Sort(rows)
			b.WriteString(strings.Join(rows, ""))
		}
	}
	return b.String()
}

func line(t *testing.T, v any) string {
	t.Helper()
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func sameText(t *testing.T, what, want, got string) {
	t.Helper()
	if want == got {
		return
	}
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range max(len(w), len(g)) {
		if i >= len(w) || i >= len(g) || w[i] != g[i] {
			from := max(0, i-3)
			t.Fatalf("%s: line %d differs.\nwant …\n%s\ngot …\n%s", what, i+1, strings.Join(w[from:min(len(w), i+6)], "\n"), strings.Join(g[from:min(len(g), i+6)], "\n"))
		}
	}
}

func TestR4Kinds(t *testing.T)      { feedsOf(t, "R4") }
func TestR5FullResync(t *testing.T) { feedsOf(t, "R5") }
func TestR6Absence(t *testing.T)    { feedsOf(t, "R6") }
func TestR7Duplicates(t *testing.T) { feedsOf(t, "R7") }
func TestR8Identities(t *testing.T) { feedsOf(t, "R8") }
func TestR9Users(t *testing.T)      { feedsOf(t, "R9") }
func TestR10Columns(t *testing.T)   { feedsOf(t, "R10") }
func TestR11Values(t *testing.T)    { feedsOf(t, "R11") }

// feedsOf loads the feeds of testdata/feeds that a rule is the first of.
func feedsOf(t *testing.T, rule string) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(feedsFolder, "*", "feed.json"))
	if err != nil || len(paths) < 15 {
		t.Fatal("feeds are missing", paths, err)
	}
	found := 0
	for _, path := range paths {
		d := readDescription(t, path)
		first, _, _ := strings.Cut(d.Rule, ":")
		first, _, _ = strings.Cut(first, ",")
		if first != rule {
			if n, err := strconv.Atoi(strings.TrimPrefix(first, "R")); err != nil || n < 4 || n > 11 {
				t.Errorf("%s: nothing loads feeds of rule %q", path, first)
			}
			continue
		}
		found++
		t.Run(filepath.Base(filepath.Dir(path)), func(t *testing.T) {
			t.Parallel()
			loadDescribed(t, path, d)
		})
	}
	if found == 0 {
		t.Errorf("no feed is of %s", rule)
	}
}

// loadDescribed loads a feed of testdata/feeds: all dumps at once from a directory, and one by one
// in the day's of three orders (make soak has all), from a bucket whose parts are fetched and inserted one by one too. The tables are those
// of the case's want.txt each time. Run it with -update to write them anew,
// and then read what has changed: the files are right because someone looked.
func loadDescribed(t *testing.T, path string, d description) {
	t.Helper()
	dir, err := bucket.OpenDir(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, dump := range d.Dumps {
		writer{t, dir, avrotest.Options{}}.dump(dump)
	}
	db := filepath.Join(t.TempDir(), "once.duckdb")
	loadWhole(t, dir, db)
	got := shown(t, db)
	wantPath := filepath.Join(filepath.Dir(path), "want.txt")
	if *update {
		if err := os.WriteFile(wantPath, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(wantPath)
	if err != nil {
		t.Fatal(err)
	}
	sameText(t, "all at once", string(want), got)

	backwards := slices.Clone(d.Dumps)
	slices.Reverse(backwards)
	between := slices.Clone(d.Dumps) // the first, the last, then those between
	if len(between) > 2 {
		between = slices.Concat(between[:1], between[len(between)-1:], between[1:len(between)-1])
	}
	ways := []struct {
		name  string
		dumps []dumpSpec
	}{{"forwards", d.Dumps}, {"backwards", backwards}, {"between", between}}
	for _, n := range sample.Seeds(t, sample.Worlds, 1, len(ways)) {
		way := ways[n%len(ways)]
		memory, db := bucket.NewMemory(), filepath.Join(t.TempDir(), way.name+".duckdb")
		for _, dump := range way.dumps {
			writer{t, memory, avrotest.Options{Codec: "snappy", BlockRows: 2}}.dump(dump)
			loadInBatches(t, memory, db, 1)
		}
		sameText(t, way.name, string(want), shown(t, db))
	}
}

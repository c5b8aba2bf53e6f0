package produce_test

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/linkedin/goavro/v2"

	"smew/bucket"
	"smew/feed"
	"smew/produce"
)

// options of a world that is small and has everything in it.
func options() produce.Options {
	return produce.Options{Seed: 1, Users: 60, Dumps: 5, Events: 1200, PartRows: 100, UUID: counter("u")}
}

func scenario(t *testing.T, name string) *produce.Scenario {
	t.Helper()
	s, err := produce.ScenarioNamed(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func counter(prefix string) func() string {
	n := 0
	return func() string { n++; return fmt.Sprintf("%s%06d", prefix, n) }
}

func mustFeed(t *testing.T, b bucket.Bucket, o produce.Options) produce.Summary {
	t.Helper()
	s, err := produce.Feed(t.Context(), b, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// delivered is what a manifest says and its parts hold, read by goavro.
type delivered struct {
	manifest *feed.Manifest
	parts    map[string][][]map[string]any // by table; NULL is nil, ids are int64, the rest string
}

func (d delivered) rows(table string) []map[string]any { return slices.Concat(d.parts[table]...) }

// read returns the dumps of a feed, lowest dump_id first.
func read(t *testing.T, b bucket.Bucket, prefix string) []delivered {
	t.Helper()
	var dumps []delivered
	for key, text := range contents(t, b, prefix+feed.ManifestsPrefix) {
		m, err := feed.ParseManifest(text)
		if err != nil {
			t.Fatalf("%s: %v", key, err)
		}
		d := delivered{m, map[string][][]map[string]any{}}
		for _, table := range m.Tables {
			for _, file := range table.Files {
				d.parts[table.Name] = append(d.parts[table.Name], readPart(t, b, file, table))
			}
		}
		dumps = append(dumps, d)
	}
	slices.SortFunc(dumps, func(a, b delivered) int { return int(a.manifest.DumpID - b.manifest.DumpID) })
	return dumps
}

func readPart(t *testing.T, b bucket.Bucket, file string, table feed.Table) []map[string]any {
	t.Helper()
	ref, err := feed.ParseRef(file)
	if err != nil {
		t.Fatal(err)
	}
	text, ok := contents(t, b, ref.Key)[ref.Key]
	if !ok {
		t.Fatalf("the manifest lists %s, which is not there", file)
	}
	r, err := goavro.NewOCFReader(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(r.Codec().Schema(), `"name":"topLevelRecord"`) {
		t.Errorf("schema of %s: %s", file, r.Codec().Schema())
	}
	var rows []map[string]any
	for r.Scan() {
		native, err := r.Read()
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, plain(t, native.(map[string]any), table))
	}
	if err := r.Err(); err != nil {
		t.Fatal(err)
	}
	return rows
}

// plain takes values out of their unions, holding them against R11's types.
func plain(t *testing.T, record map[string]any, table feed.Table) map[string]any {
	t.Helper()
	if len(record) != len(table.Columns) {
		t.Fatalf("%s: a record of %d fields, the manifest lists %d columns", table.Name, len(record), len(table.Columns))
	}
	row := map[string]any{}
	for _, column := range table.Columns {
		value, ok := record[column]
		if !ok {
			t.Fatalf("%s: no column %q", table.Name, column)
		}
		union, ok := value.(map[string]any)
		if !ok {
			row[column] = nil
			continue
		}
		name := "string"
		if feed.IsID(table.Name, column) {
			name = "long"
		}
		if row[column], ok = union[name]; !ok {
			t.Fatalf("%s.%s is %v, want a %s", table.Name, column, union, name)
		}
	}
	return row
}

func contents(t *testing.T, b bucket.Bucket, prefix string) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	for o, err := range b.List(t.Context(), prefix) {
		if err != nil {
			t.Fatal(err)
		}
		text, err := bucket.ReadAll(t.Context(), b, o, 1<<30)
		if err != nil {
			t.Fatal(err)
		}
		out[o.Key] = text
	}
	return out
}

func TestSameSeedSameRows(t *testing.T) {
	t.Parallel()
	first, second, other := bucket.NewMemory(), bucket.NewMemory(), bucket.NewMemory()
	o := options()
	one := mustFeed(t, first, o)
	o.UUID = counter("another")
	two := mustFeed(t, second, o)
	o.Seed = 2
	mustFeed(t, other, o)

	if one.Planted != two.Planted || one.People != two.People {
		t.Errorf("summaries differ:\n%+v\n%+v", one, two)
	}
	a, b, c := read(t, first, ""), read(t, second, ""), read(t, other, "")
	for i := range a {
		if !reflect.DeepEqual(a[i].parts, b[i].parts) {
			t.Errorf("dump %d: the same seed gives other rows", a[i].manifest.DumpID)
		}
		if reflect.DeepEqual(a[i].parts, c[i].parts) {
			t.Errorf("dump %d: another seed gives the same rows", a[i].manifest.DumpID)
		}
		if slices.Equal(a[i].manifest.Tables[0].Files, b[i].manifest.Tables[0].Files) {
			t.Errorf("dump %d: parts have equal names", a[i].manifest.DumpID)
		}
	}
}

// TestContinued writes a feed in one go and in three; the rows must be equal,
// and nothing that is there may be written again.
func TestContinued(t *testing.T) {
	t.Parallel()
	whole, pieces := bucket.NewMemory(), bucket.NewMemory()
	o := options()
	mustFeed(t, whole, o)
	var wrote []int64
	for _, n := range []int{2, 1, 2} {
		o.Dumps = n
		before := contents(t, pieces, "")
		for _, d := range mustFeed(t, pieces, o).Dumps {
			wrote = append(wrote, d.DumpID)
		}
		after := contents(t, pieces, "")
		for key, text := range before {
			if !bytes.Equal(after[key], text) {
				t.Errorf("%s was changed", key)
			}
		}
	}
	if want := []int64{852, 853, 854, 855, 856}; !slices.Equal(wrote, want) {
		t.Fatalf("wrote dumps %v, want %v", wrote, want)
	}
	a, b := read(t, whole, ""), read(t, pieces, "")
	for i := range a {
		if !reflect.DeepEqual(a[i].parts, b[i].parts) {
			t.Errorf("dump %d: continued, it has other rows", a[i].manifest.DumpID)
		}
	}
}

// A feed that somebody else began, with ids far beyond one's own, is refused rather than caught up with for ever.
func TestContinuedByAnother(t *testing.T) {
	t.Parallel()
	b := bucket.NewMemory()
	o := options()
	o.FirstDump = 2_000_000_000
	mustFeed(t, b, o)
	o.FirstDump = 10
	var stranger *produce.StrangerError
	if _, err := produce.Feed(t.Context(), b, o); !errors.As(err, &stranger) || stranger.Highest < 2_000_000_000 || stranger.Hint() == "" {
		t.Errorf("got %v, want a StrangerError", err)
	}
}

func TestLayoutsAndCodecs(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		layout feed.Layout
		codec  string
		part   string
	}{
		{feed.Hive, "null", "shop/eu/sync_5/_heap_table_name=users/part-00000-"},
		{feed.Plain, "deflate", "shop/eu/sync_5/users/part-00000-"},
		{feed.Plain, "snappy", "shop/eu/sync_5/users/part-00000-"},
	} {
		o := options()
		o.Dumps, o.FirstDump, o.Bucket, o.Prefix = 1, 5, "csq-rs3-test", "shop/eu"
		o.Layout, o.Codec = tt.layout, tt.codec
		b := bucket.NewMemory()
		s := mustFeed(t, b, o)
		dump := read(t, b, "shop/eu/")[0]
		if got := dump.manifest.Tables[0].Files[0]; !strings.HasPrefix(got, "s3://csq-rs3-test/"+tt.part) {
			t.Errorf("part is called %s", got)
		}
		for key, text := range contents(t, b, "") {
			if !strings.HasPrefix(key, "shop/eu/") {
				t.Errorf("%s is not below the prefix", key)
			}
			if strings.HasSuffix(key, ".avro") && !bytes.Contains(text, []byte("avro.codec"+string(rune(2*len(tt.codec)))+tt.codec)) {
				t.Errorf("%s does not have codec %s", key, tt.codec)
			}
		}
		for _, table := range s.Dumps[0].Tables {
			if rows := dump.rows(table.Name); len(rows) != table.Rows || len(dump.parts[table.Name]) != table.Parts {
				t.Errorf("%s: summary has %d rows in %d parts, the feed %d in %d", table.Name, table.Rows, table.Parts, len(rows), len(dump.parts[table.Name]))
			}
		}
	}
}

func TestOptionsRefused(t *testing.T) {
	t.Parallel()
	for _, o := range []produce.Options{{Codec: "zip"}, {Users: -1}, {Dumps: -1}, {Events: -1}, {History: -1}, {PartRows: -1}, {FirstDump: -1}, {FirstDump: math.MaxInt64 - 1000}, {Workers: -1}} {
		b := bucket.NewMemory()
		if _, err := produce.Feed(t.Context(), b, o); err == nil {
			t.Errorf("%+v is accepted", o)
		}
		if n := len(contents(t, b, "")); n != 0 {
			t.Errorf("%+v: %d objects written", o, n)
		}
	}
}

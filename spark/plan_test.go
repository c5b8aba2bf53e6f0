package spark

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"smew/avro"
	"smew/manifests"
	"smew/plan"
)

// Plain names stand for themselves; others, and names that would meet one of smew's own, get a number. What a name was stored as never changes.
func TestStoredNames(t *testing.T) {
	s := newState("")
	table := s.add(7, &Delivery{Name: "events", Place: 1, Read: true}, List{Listed: []string{"event_id", "plan", "Plan", "c1", "smew_row", "a b", "plan`", "_file", "_email"}})
	want := map[string]string{"user_id": "user_id", "event_id": "event_id", "session_id": "session_id", "time": "time",
		"plan": "plan", "Plan": "c1", "c1": "c2", "smew_row": "c3", "a b": "c4", "plan`": "c5", "_file": "c6", "_email": "_email"}
	if diff := cmp.Diff(want, table.Columns); diff != "" {
		t.Error(diff)
	}
	s.add(3, &Delivery{Name: "events", Place: 2, Read: true}, List{Listed: []string{"Plan", "x"}})
	if table.Columns["Plan"] != "c1" || table.Columns["x"] != "x" || table.FirstDump != 3 || table.FirstPlace != 2 {
		t.Errorf("after a lower dump: %+v", table)
	}
	for _, name := range []string{"Events", "t1", "events ", "order"} {
		s.add(8, &Delivery{Name: name, Read: true}, List{})
	}
	taken := map[string]bool{}
	for name, table := range s.Tables {
		if taken[table.Stored] || !plain.MatchString(table.Stored) {
			t.Errorf("table %q is stored as %q", name, table.Stored)
		}
		taken[table.Stored] = true
	}
	if s.Tables["order"].Stored != "order" {
		t.Errorf("a reserved word is stored as %q", s.Tables["order"].Stored)
	}
}

// A part is read as it lies only where nothing of it can be read otherwise.
func TestReadable(t *testing.T) {
	const path = "s3a://b/sync_1/_heap_table_name=users/part-00000-aa.avro"
	schema := func(fields string) *avro.Schema {
		s := &avro.Schema{Codec: "snappy", JSON: `{"type":"record","name":"topLevelRecord","fields":[` + fields + `]}`}
		for _, f := range strings.Split(fields, `"name":"`)[1:] {
			name, _, _ := strings.Cut(f, `"`)
			s.Fields = append(s.Fields, avro.Field{Name: name})
		}
		return s
	}
	const good = `{"name":"user_id","type":["long","null"]},{"name":"Plan","type":["null","string"]},{"name":"n","type":"int","doc":"x"}`
	if types, ok := readable(schema(good), path); !ok || types != "long string int " {
		t.Errorf("a plain part: %q, %v", types, ok)
	}
	for name, fields := range map[string]string{
		"a float":           `{"name":"a","type":"double"}`,
		"a logical type":    `{"name":"a","type":{"type":"long","logicalType":"timestamp-millis"}}`,
		"three branches":    `{"name":"a","type":["null","string","long"]}`,
		"two, none NULL":    `{"name":"a","type":["string","long"]}`,
		"only NULL":         `{"name":"a","type":"null"}`,
		"an illegal name":   `{"name":"a b","type":"string"}`,
		"clashing names":    `{"name":"a","type":"string"},{"name":"A","type":"string"}`,
		"one of smew's":     `{"name":"smew_row","type":"string"}`,
		"a default":         `{"name":"a","type":"string","default":1}`,
		"a nested record":   `{"name":"a","type":{"type":"record","name":"b","fields":[]}}`,
		"no fields":         ``,
		"aliases, an extra": `{"name":"a","type":"string","aliases":["b"]}`,
	} {
		if _, ok := readable(schema(fields), path); ok {
			t.Errorf("%s would be read as it lies", name)
		}
	}
	for _, odd := range []string{"s3a://b/a b.avro", "s3a://b/a%20b.avro", "s3a://b/{a}.avro", "s3a://b/*.avro", "s3a://b/_a.avro", "s3a://b/.a.avro", "hdfs://b/a.avro", "file:///ä.avro", "s3a://b//a.avro"} {
		if _, ok := readable(schema(good), odd); ok {
			t.Errorf("%s would be read as it lies", odd)
		}
	}
	other := schema(good)
	other.Codec = "xz"
	if _, ok := readable(other, path); ok {
		t.Error("a codec that Spark may not have would be read as it lies")
	}
}

// Texts in statements: whatever stands in them, they end where they end.
func TestQuotes(t *testing.T) {
	if got := QuoteText(`it's \n`); got != `'it\'s \\n'` {
		t.Errorf("a text: %s", got)
	}
	if got := Quote("a`b"); got != "`a``b`" {
		t.Errorf("a name: %s", got)
	}
}

// A column may come without a row. Readers of a tag see only columns of its snapshot, so there has to be one that has it.
func TestColumnAlone(t *testing.T) {
	before := newState("f")
	table := before.add(1, &Delivery{Name: "pageviews", Read: true}, List{Listed: []string{"path"}})
	before.Published[published(table)] = Snapshot{ID: "1", Tag: "v1"}
	before.Dumps[1] = &Dump{Manifests: []manifests.ID{{Key: "m"}}}
	for columns, want := range map[string]bool{"path": false, "order": true} {
		p := planDump(Place{}, before, plan.Dump{ID: 2, Tables: []plan.Table{{Name: "pageviews", Columns: []string{columns}}}}, nil)
		var added, written bool
		for _, s := range append(p.arrive(), p.settle(0, 0)...) {
			added = added || s.Add != nil && cmp.Equal(s.Add.Columns, []string{"order"})
			for _, statement := range s.SQL {
				written = written || strings.Contains(statement, "INSERT INTO heap.main.`pageviews`.branch_load") && strings.Contains(statement, "`order`")
			}
		}
		if added != want || written != want {
			t.Errorf("column %q of no row: added %v, in a snapshot %v, want %v", columns, added, written, want)
		}
	}
}

// What a dump has written: whole tables where all rows count anew, changes elsewhere, and nothing of what it cannot change.
func TestSettle(t *testing.T) {
	before := newState("f")
	for _, name := range []string{"users", "sessions", "pageviews", "user_migrations"} {
		table := before.add(1, &Delivery{Name: name, Read: true, Full: name == plan.Migrations}, List{})
		before.Published[published(table)] = Snapshot{ID: "1", Tag: "v1"}
	}
	before.Published[identities] = Snapshot{ID: "1", Tag: "v1"}
	before.Dumps[1] = &Dump{Manifests: []manifests.ID{{Key: "m"}}}
	written := func(moved, parted int64, tables ...plan.Table) map[string]string {
		t.Helper()
		parts := map[string][]part{}
		for i := range tables {
			tables[i].Parts = []plan.Part{{Place: 1, Key: "p"}}
			parts[tables[i].Name] = []part{{table: tables[i].Name, place: 1, sifted: sifted{rows: 1}}}
		}
		p := planDump(Place{}, before, plan.Dump{ID: 2, Tables: tables}, parts)
		p.arrive()
		all := map[string]string{}
		for _, s := range p.settle(moved, parted) {
			text := strings.Join(s.SQL, "\n")
			how := "nothing"
			switch {
			case strings.Contains(text, "INSERT OVERWRITE"):
				how = "whole"
			case strings.Contains(text, "All rows of people that are parted"):
				how = "parted"
			case strings.Contains(text, "The rows of people of whom"):
				how = "touched"
			case strings.Contains(text, "The rows of people that are joined"):
				how = "joined"
			case strings.Contains(text, "MERGE INTO"):
				how = "rows"
			}
			all[s.Name] = how
		}
		for _, name := range p.written {
			if name == identities {
				all[identities] = "published"
			}
		}
		return all
	}
	migrations := plan.Table{Name: plan.Migrations, Full: true}
	for _, test := range []struct {
		name          string
		moved, parted int64
		tables        []plan.Table
		want          map[string]string
	}{
		{"rows only", 0, 0, []plan.Table{{Name: "pageviews"}}, map[string]string{"write pageviews": "rows"}},
		{"a resync", 0, 0, []plan.Table{{Name: "pageviews", Full: true}}, map[string]string{"write pageviews": "whole"}},
		{"people", 0, 0, []plan.Table{{Name: "users"}}, map[string]string{"write users": "touched"}},
		{"all people", 0, 0, []plan.Table{{Name: "users", Full: true}}, map[string]string{"write users": "whole"}},
		{"a new table", 0, 0, []plan.Table{{Name: "clicks"}}, map[string]string{"write clicks": "whole"}},
		{"the same mapping", 0, 0, []plan.Table{migrations}, map[string]string{"write user_migrations": "whole"}},
		{"people joined", 2, 0, []plan.Table{migrations, {Name: "pageviews"}}, map[string]string{"write user_migrations": "whole", "write users": "touched",
			"write sessions": "joined", "write pageviews": "joined", identities: "published"}},
		{"people parted", 2, 1, []plan.Table{migrations}, map[string]string{"write user_migrations": "whole", "write users": "touched",
			"write sessions": "parted", "write pageviews": "parted", identities: "published"}},
	} {
		if diff := cmp.Diff(test.want, written(test.moved, test.parted, test.tables...)); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
	}
}

// Whoever reads by an old head that is kept finds the tags that it names, however long before it they were made.
func TestOutdatedTags(t *testing.T) {
	for oldest, want := range map[int64][]int64{0: nil, 2: nil, 3: {2}, 6: {2}, 7: {2, 3}, 100: {2, 3}} {
		if got := outdated([]int64{7, 2, 3}, 7, 100, oldest); !slices.Equal(got, want) {
			t.Errorf("of v2, v3 and v7 those before head %d are %v, want %v", oldest, got, want)
		}
	}
	// A loader died between its tag v9 and its commit, and the dump was never loaded: the table is at v5 still. v30 is another loader's, who is ahead.
	for oldest, want := range map[int64][]int64{0: {9}, 5: {9, 3}, 9: {9, 3}, 12: {9, 3}} {
		if got := outdated([]int64{3, 5, 9, 30}, 5, 20, oldest); !slices.Equal(got, want) {
			t.Errorf("of v3, v5 and a stray v9 those before head %d are %v, want %v", oldest, got, want)
		}
	}
}

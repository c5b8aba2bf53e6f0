package verify_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"smew/avro/avrotest"
	"smew/bucket"
	"smew/duck"
	"smew/feed"
	"smew/verify"
)

// delivery is a table of a dump of the test's feed; each part is a list of rows.
type delivery struct {
	table   string
	full    bool
	columns []string
	parts   [][][]any
}

func id(n int64) any { return n }

// shop is a feed in which rows give way to newer ones, are hidden by a mapping and replaced by a full resync.
var shop = map[int64][]delivery{
	1: {
		{"user_migrations", true, []string{"from_user_id", "to_user_id"}, [][][]any{{{id(2), id(1)}}}},
		{"users", false, []string{"user_id", "joindate", "plan"}, [][][]any{
			{{id(1), "2020-01-01", "a"}, {id(2), "2020-02-01", "b"}}, {{id(3), "2020-03-01", "c"}}}},
		{"clicks", false, []string{"event_id", "user_id", "time"}, [][][]any{
			{{id(10), id(1), "t"}, {id(11), id(2), "t"}, {id(12), id(3), "t"}, {id(13), id(3), "t"}}, {{id(14), id(1), "t"}}}},
		{"orders", false, []string{"event_id", "user_id"}, [][][]any{{{id(1), id(1)}, {id(2), id(1)}}}},
		{"notes", false, []string{"text"}, [][][]any{{{"x"}, {"y"}}}},
	},
	2: {
		{"user_migrations", true, []string{"from_user_id", "to_user_id"}, [][][]any{{{id(2), id(1)}, {id(5), id(4)}, {id(4), id(6)}}}},
		{"users", false, []string{"user_id", "joindate", "plan"}, [][][]any{{{id(3), "2020-03-01", "d"}}}},
		{"clicks", false, []string{"event_id", "user_id", "time"}, [][][]any{{{id(11), id(1), "t"}, {id(12), id(3), "u"}, {id(15), id(5), "t"}}}},
		{"orders", true, []string{"event_id", "user_id"}, [][][]any{{{id(3), id(1)}}}},
	},
	3: {{"clicks", false, []string{"event_id", "user_id", "time"}, [][][]any{{{id(16), id(1), "1767225600000"}}}}},
}

const bucketName = "csq-rs3-test"

func write(t *testing.T, b bucket.Bucket, key string, content []byte) {
	t.Helper()
	if err := b.Create(context.Background(), key, bytes.NewReader(content), bucket.Options{Overwrite: true}); err != nil {
		t.Fatal(err)
	}
}

// writeDump writes a dump of the shop: sync_1/clicks/1.avro is the first part of clicks in dump 1.
func writeDump(t *testing.T, b bucket.Bucket, dump int64) {
	t.Helper()
	m := &feed.Manifest{DumpID: dump}
	for _, d := range shop[dump] {
		listed := feed.Table{Name: d.table, Columns: d.columns, Incremental: !d.full}
		for i, rows := range d.parts {
			key := partKey(dump, d.table, i+1)
			write(t, b, key, encode(t, d, rows))
			listed.Files = append(listed.Files, feed.Ref{Bucket: bucketName, Key: key}.String())
		}
		m.Tables = append(m.Tables, listed)
	}
	text, err := m.Encode()
	if err != nil {
		t.Fatal(err)
	}
	write(t, b, feed.ManifestKey(dump), text)
}

func partKey(dump int64, table string, place int) string {
	return "sync_" + string(rune('0'+dump)) + "/" + table + "/" + string(rune('0'+place)) + ".avro"
}

func encode(t *testing.T, d delivery, rows [][]any) []byte {
	t.Helper()
	var fields []map[string]any
	for _, name := range d.columns {
		kind := "string"
		if feed.IsID(d.table, name) {
			kind = "long"
		}
		fields = append(fields, map[string]any{"name": name, "type": []string{"null", kind}})
	}
	schema, err := json.Marshal(map[string]any{"type": "record", "name": "topLevelRecord", "fields": fields})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := avrotest.Write(&b, string(schema), avrotest.Options{}, rows...); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// plant is a difference put into the database, by statements in which {clicks} is that table's relation, or
// into the bucket.
type plant struct {
	name       string
	statements []string
	bucket     func(t *testing.T, b *bucket.Memory)
	deep       bool
	want       []string // differences, as check: line
	waiting    []string // what is not loaded
	notes      []string
}

// same makes the ledger know the object of a key as it is, so that nothing but its content tells.
func same(key string) string {
	return "UPDATE smew.parts SET size = {size " + key + "}, etag = '{etag " + key + "}' WHERE key = '" + key + "'"
}

var plants = []plant{
	{name: "nothing", deep: true},
	{name: "a manifest is gone",
		bucket: func(_ *testing.T, b *bucket.Memory) { b.Remove("manifests/sync_1.json") },
		want:   []string{`manifest-missing: dump 1: manifests/sync_1.json: the manifest is not in the bucket any more`}},
	{name: "a manifest says something else",
		bucket: func(t *testing.T, b *bucket.Memory) {
			write(t, b, "manifests/sync_2.json", []byte(`{"dump_id": 2, "tables": []}`))
		},
		want: []string{`manifest-changed: dump 2: manifests/sync_2.json: dump 2: the manifest changed after its dump was loaded`}},
	{name: "a manifest is torn",
		bucket: func(t *testing.T, b *bucket.Memory) { write(t, b, "manifests/sync_2.json", []byte(`{"dump`)) },
		want:   []string{`manifest-changed: dump 2: manifests/sync_2.json: it cannot be read any more: manifest: not JSON: …`}},
	{name: "a manifest is written again",
		bucket: func(t *testing.T, b *bucket.Memory) {
			for o := range b.List(context.Background(), "manifests/sync_3.json") {
				text, err := bucket.ReadAll(context.Background(), b, o, 1<<20)
				if err != nil {
					t.Fatal(err)
				}
				write(t, b, o.Key, append([]byte(" "), text...))
			}
		}},
	{name: "other manifests",
		bucket: func(t *testing.T, b *bucket.Memory) {
			writeDump(t, b, 4)
			write(t, b, "manifests/other.json", []byte(`{"dump_id": 3, "tables": []}`))
			write(t, b, "manifests/torn.json", []byte(`{`))
		},
		waiting: []string{
			`not-loaded: manifests/torn.json: manifest: not JSON: …`,
			`not-loaded: dump 3: manifests/other.json: dump 3: another manifest has the same dump_id and other content (it was loaded from manifests/sync_3.json)`,
			`not-loaded: dump 4: manifests/sync_4.json: it waits to be loaded`}},
	{name: "a part is gone",
		bucket: func(_ *testing.T, b *bucket.Memory) {
			b.Remove("sync_1/clicks/2.avro")
			b.Remove("sync_1/orders/1.avro")
		},
		deep:  true,
		want:  []string{`part-missing: dump 1: table "clicks": sync_1/clicks/2.avro: it is not in the bucket any more`},
		notes: []string{`part-missing: dump 1: table "orders": sync_1/orders/1.avro: it is not in the bucket any more; a full resync has replaced its rows`}},
	{name: "a part is another",
		bucket: func(t *testing.T, b *bucket.Memory) { write(t, b, "sync_1/users/2.avro", []byte("Obj")) },
		want:   []string{`part-changed: dump 1: table "users": sync_1/users/2.avro: it has 3 bytes, where … were read`}},
	{name: "a part nobody lists",
		bucket: func(t *testing.T, b *bucket.Memory) {
			write(t, b, "sync_9/clicks/1.avro", nil)
			write(t, b, "sync_reports/sync_9.json", nil)
			write(t, b, "sync_9/", nil)
		},
		notes: []string{`part-unlisted: sync_9/clicks/1.avro: no manifest lists it`}},

	{name: "a row is gone", statements: []string{"DELETE FROM {notes} WHERE smew_row = 2"}, deep: true,
		want: []string{
			`unaccounted: dump 1: table "notes": sync_1/notes/1.avro: row 2: rows are missing: 2 read ≠ 1 held + 0 superseded + 0 invalidated + 0 quarantined + 0 erased`,
			`row-lost: dump 1: table "notes": sync_1/notes/1.avro: row 2: it is not held, and no newer row of its key is`}},
	{name: "a row of a table with losses is gone", statements: []string{"DELETE FROM {clicks} WHERE event_id = 13"}, deep: true,
		want: []string{
			`unaccounted: dump 1: table "clicks": sync_1/clicks/1.avro: rows are missing: 5 read ≠ 3 held + 1 superseded + 0 invalidated + 0 quarantined + 0 erased`,
			`row-lost: dump 1: table "clicks": sync_1/clicks/1.avro: row 4 (event_id=13 user_id=3): it is not held, and no newer row of its key is`}},
	{name: "one row for another", deep: true,
		statements: []string{"UPDATE {clicks} SET smew_row = 3 WHERE event_id = 13"}, // the place of a row that gave way
		want: []string{
			`row-changed: dump 1: table "clicks": sync_1/clicks/1.avro: row 3 (event_id=12 user_id=3): it is held with other values than it has in the part`,
			`row-lost: dump 1: table "clicks": sync_1/clicks/1.avro: row 4 (event_id=13 user_id=3): it is not held, and no newer row of its key is`}},
	{name: "a row of no dump", statements: []string{"INSERT INTO {clicks} BY NAME SELECT 7 AS smew_dump_id, 1 AS smew_part, 5 AS smew_row, 1 AS smew_user_id, false AS smew_hidden, 70 AS event_id, 1 AS user_id"},
		want: []string{`unknown-dump: dump 7: table "clicks": row 5 (event_id=70 user_id=1): the ledger knows of no such dump that brought the table rows`}},
	{name: "the ledger loses a dump", statements: []string{"DELETE FROM smew.dumps WHERE dump_id = 3"},
		want:    []string{`unknown-dump: dump 3: table "clicks": sync_3/clicks/1.avro: row 1 (event_id=16 user_id=1): the ledger knows of no such dump that brought the table rows`},
		waiting: []string{`not-loaded: dump 3: manifests/sync_3.json: it waits to be loaded`}},
	{name: "a row beyond its part", statements: []string{"UPDATE {clicks} SET smew_row = 9 WHERE event_id = 14"},
		want: []string{`unknown-place: dump 1: table "clicks": sync_1/clicks/2.avro: row 9 (event_id=14 user_id=1): the part has rows 1 to 1`}},
	{name: "a row of a part there is not", statements: []string{"UPDATE {clicks} SET smew_part = 3 WHERE event_id = 14"},
		want: []string{`unknown-place: dump 1: table "clicks": row 1 (event_id=14 user_id=1): the dump brought the table no part 3`}},
	{name: "a row without key twice", statements: []string{"INSERT INTO {notes} SELECT * FROM {notes} WHERE smew_row = 2"},
		want: []string{
			`unknown-place: dump 1: table "notes": sync_1/notes/1.avro: 3 rows are held of a part of 2`,
			`unaccounted: dump 1: table "notes": sync_1/notes/1.avro: row 2: rows too many: 2 read ≠ 3 held + 0 superseded + 0 invalidated + 0 quarantined + 0 erased`}},
	{name: "a superseded row is back",
		statements: []string{"INSERT INTO {clicks} BY NAME SELECT 1 AS smew_dump_id, 1 AS smew_part, 3 AS smew_row, 3 AS smew_user_id, false AS smew_hidden, 12 AS event_id, 3 AS user_id"},
		want: []string{
			`unaccounted: dump 1: table "clicks": rows too many: 5 read ≠ 5 held + 1 superseded + 0 invalidated + 0 quarantined + 0 erased`,
			`duplicate: dump 1: table "clicks": sync_1/clicks/1.avro: row 3 (event_id=12 user_id=3): a newer row of the same key is held`}},
	{name: "an invalid row is back",
		statements: []string{"INSERT INTO {orders} BY NAME SELECT 1 AS smew_dump_id, 1 AS smew_part, 2 AS smew_row, 1 AS smew_user_id, false AS smew_hidden, 2 AS event_id, 1 AS user_id"},
		want: []string{
			`invalid: dump 1: table "orders": sync_1/orders/1.avro: row 2 (event_id=2 user_id=1): the full resync of dump 2 has replaced it`,
			`unaccounted: dump 1: table "orders": rows too many: 2 read ≠ 1 held + 0 superseded + 2 invalidated + 0 quarantined + 0 erased`}},
	{name: "a resync is forgotten", statements: []string{"UPDATE smew.held SET resync = NULL WHERE name = 'orders'"},
		want: []string{`wrong-resync: dump 2: table "orders": the highest full resync is that of dump 2, and NULL is noted`}},
	{name: "the ledger miscounts", statements: []string{"UPDATE smew.tables SET rows_read = 4, own_invalidated = 1 WHERE dump_id = 2 AND name = 'clicks'"},
		want: []string{`unaccounted: dump 2: table "clicks": the ledger counts 4 rows read, and 3 by part`}},

	{name: "a hidden row shows", statements: []string{"UPDATE {clicks} SET smew_hidden = false WHERE event_id = 11 AND user_id = 2"},
		want: []string{`wrong-mark: dump 1: table "clicks": sync_1/clicks/1.avro: row 2 (event_id=11 user_id=2): it shows, and a newer row of the same resolved key should hide it`}},
	{name: "a row is hidden", statements: []string{"UPDATE {clicks} SET smew_hidden = true WHERE event_id = 10"},
		want: []string{`wrong-mark: dump 1: table "clicks": sync_1/clicks/1.avro: row 1 (event_id=10 user_id=1): it is hidden, and no newer row has its resolved key`}},
	{name: "an identity is another", statements: []string{"UPDATE smew.identities SET canonical_id = 4 WHERE user_id = 5"},
		want: []string{`wrong-identity: dump 2: table "user_migrations": sync_2/user_migrations/1.avro: row 2 (from_user_id=5): the id stands for 6, and is kept as standing for 4`}},
	{name: "a first step is another", statements: []string{"UPDATE smew.identities SET target = 9 WHERE user_id = 4"},
		want: []string{`wrong-identity: dump 2: table "user_migrations": sync_2/user_migrations/1.avro: row 3 (from_user_id=4): the id stands for 6, by a first step to 9 that its mapping does not say`}},
	{name: "identities are lost and made up", statements: []string{"UPDATE smew.identities SET user_id = 100, canonical_id = 1 WHERE user_id = 4"},
		want: []string{
			`wrong-identity: dump 2: table "user_migrations": sync_2/user_migrations/1.avro: row 3 (from_user_id=4): the id stands for 6, and is kept as standing for itself`,
			`wrong-identity: table "user_migrations": from_user_id=100: the id stands for 100, and is kept as standing for 1`}},
	{name: "a mapped-away id is left", statements: []string{"UPDATE {clicks} SET smew_user_id = 5 WHERE event_id = 15"},
		want: []string{`wrong-person: dump 2: table "clicks": sync_2/clicks/1.avro: row 3 (event_id=15 user_id=5): its user stands for 6, and it is noted with 5`}},
	{name: "instants are others",
		statements: []string{"UPDATE {clicks} SET smew_time = '2026-01-01' WHERE event_id IN (13, 14)", "UPDATE {clicks} SET smew_time = NULL WHERE event_id = 16"},
		want: []string{
			`wrong-time: dump 1: table "clicks": sync_1/clicks/1.avro: row 4 (event_id=13 user_id=3): it is kept with another instant than its time stands for`,
			`wrong-time: dump 1: table "clicks": sync_1/clicks/2.avro: row 1 (event_id=14 user_id=1): it is kept with another instant than its time stands for`,
			`wrong-time: dump 3: table "clicks": sync_3/clicks/1.avro: row 1 (event_id=16 user_id=1): it is kept with another instant than its time stands for`}},
	{name: "a person is not merged", statements: []string{"INSERT INTO smew.people (user_id, joindate) VALUES (2, '2020-02-01')"},
		want: []string{`wrong-merge: table "users": user_id=2: main.users has this person too often, or should not at all`}},
	{name: "a person is lost", statements: []string{"DELETE FROM smew.people WHERE user_id = 1"},
		want: []string{`wrong-merge: dump 1: table "users": sync_1/users/1.avro: row 2 (user_id=1): main.users lacks this person`}},
	{name: "a person is twice there", statements: []string{"INSERT INTO smew.people SELECT * FROM smew.people WHERE user_id = 3"},
		want: []string{`wrong-merge: dump 2: table "users": sync_2/users/1.avro: row 1 (user_id=3): main.users has this person too often, or should not at all`}},
	{name: "a person is merged wrongly", statements: []string{"UPDATE smew.people SET joindate = '2020-02-01' WHERE user_id = 1"},
		want: []string{`wrong-merge: dump 1: table "users": sync_1/users/1.avro: row 2 (user_id=1): main.users has other values than the person's records merge to`}},
	{name: "views are not smew's", statements: []string{
		`CREATE OR REPLACE VIEW main.clicks AS SELECT event_id, user_id, "time" FROM {clicks} WHERE NOT smew_hidden`,
		`DROP VIEW delivered.notes`, "UPDATE smew.views SET statement = 'x' WHERE schema_name = 'main' AND view_name = 'all_events'", "INSERT INTO smew.views VALUES ('main', 'gone', 'x')"},
		want: []string{
			`wrong-view: view "main"."clicks": it is not the view that smew makes`,
			`wrong-view: view "delivered"."notes": it is not there`,
			`wrong-view: view "main"."all_events": the ledger keeps another text of it`,
			`wrong-view: view "main"."gone": the ledger keeps a view that no table calls for`}},
	{name: "a table is gone", statements: []string{"DROP VIEW main.notes", "DROP VIEW delivered.notes", "DROP TABLE {notes}"},
		want: []string{`no-relation: table "notes": its rows are gone: there is no relation smew.…`}},

	{name: "a value is another", statements: []string{`UPDATE {clicks} SET "time" = 'T' WHERE event_id IN (13, 14, 10)`}, deep: true,
		want: []string{
			`row-changed: dump 1: table "clicks": sync_1/clicks/1.avro: row 1 (event_id=10 user_id=1): and 1 more: it is held with other values than it has in the part`,
			`row-changed: dump 1: table "clicks": sync_1/clicks/2.avro: row 1 (event_id=14 user_id=1): it is held with other values than it has in the part`}},
	{name: "parts are damaged that look as they did", deep: true,
		bucket: func(t *testing.T, b *bucket.Memory) {
			write(t, b, "sync_1/clicks/2.avro", []byte("Obj"))
			write(t, b, "sync_1/users/2.avro", encode(t, shop[1][1], [][]any{{id(3), "2020-03-01", "c"}, {id(9), nil, nil}}))
		},
		statements: []string{same("sync_1/clicks/2.avro"), same("sync_1/users/2.avro")},
		want: []string{
			`part-rows: dump 1: table "users": sync_1/users/2.avro: it has 2 rows, and 1 were read`,
			`part-damaged: dump 1: table "clicks": sync_1/clicks/2.avro: …`,
			`row-lost: dump 1: table "users": sync_1/users/2.avro: row 2 (user_id=9): it is not held, and no newer row of its key is`}},
	{name: "rows were erased", statements: []string{
		"DELETE FROM {notes} WHERE smew_row = 2", "UPDATE smew.tables SET own_erased = 1 WHERE name = 'notes'"}, deep: true},
}

// TestPlanted puts one difference after the other into a database and its bucket: each is named, with table,
// dump, part and an example, and nothing else is.
func TestPlanted(t *testing.T) {
	t.Parallel()
	whole := filepath.Join(t.TempDir(), "whole.duckdb")
	memory := bucket.NewMemory()
	for dump := int64(1); dump <= 3; dump++ {
		writeDump(t, memory, dump)
		load(t, memory, whole)
	}
	file, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range plants {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			db := filepath.Join(t.TempDir(), "x.duckdb")
			if err := os.WriteFile(db, file, 0o600); err != nil {
				t.Fatal(err)
			}
			b := bucket.NewMemory()
			for dump := int64(1); dump <= 3; dump++ {
				writeDump(t, b, dump)
			}
			if p.bucket != nil {
				p.bucket(t, b)
			}
			p.into(t, b, db)
			r := audit(t, b, db, verify.Options{Deep: p.deep})
			agree(t, "differences", r.Differences, p.want)
			agree(t, "not loaded", r.NotLoaded, p.waiting)
			agree(t, "notes", r.Notes, p.notes)
			if r.Agrees != (len(p.want) == 0) {
				t.Errorf("agrees: %v", r.Agrees)
			}
		})
	}
}

// into runs the plant's statements.
func (p plant) into(t *testing.T, b bucket.Bucket, path string) {
	t.Helper()
	ctx := context.Background()
	db, err := duck.Open(ctx, path, duck.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.Update(ctx, func(tx *duck.Tx) error {
		var names []string
		err := tx.Each(ctx, "SELECT name, relation FROM smew.held", nil, func(scan func(...any) error) error {
			var name, relation string
			err := scan(&name, &relation)
			names = append(names, "{"+name+"}", "smew."+relation)
			return err
		})
		if err != nil {
			return err
		}
		for o := range b.List(ctx, "") {
			size, _ := json.Marshal(o.Size)
			names = append(names, "{size "+o.Key+"}", string(size), "{etag "+o.Key+"}", o.ETag)
		}
		for _, s := range p.statements {
			if n, err := tx.Exec(ctx, strings.NewReplacer(names...).Replace(s)); err != nil {
				return err
			} else if n == 0 && !strings.Contains(s, "VIEW") && !strings.Contains(s, "DROP") {
				t.Errorf("changes nothing: %s", s)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// agree holds differences against the wanted lines, in any order; … in a line stands for anything.
func agree(t *testing.T, what string, got []verify.Difference, want []string) {
	t.Helper()
	left := slices.Clone(want)
	for _, d := range got {
		line := string(d.Check) + ": " + d.String()
		i := slices.IndexFunc(left, func(w string) bool {
			before, after, open := strings.Cut(w, "…")
			return line == w || open && strings.HasPrefix(line, before) && strings.HasSuffix(line, after)
		})
		if i < 0 {
			t.Errorf("%s: unexpected: %s", what, line)
			continue
		}
		left = slices.Delete(left, i, i+1)
	}
	for _, w := range left {
		t.Errorf("%s: not named: %s", what, w)
	}
}

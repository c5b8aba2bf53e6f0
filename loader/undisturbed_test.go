package loader_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"smew/avro/avrotest"
	"smew/bucket"
	"smew/duck"
	"smew/feed"
	"smew/loader"
	"smew/plan"
)

// row makes ids of ints.
func row(values ...any) []any {
	for i, v := range values {
		if n, ok := v.(int); ok {
			values[i] = int64(n)
		}
	}
	return values
}

// fiveDumps have of everything a little: full resyncs, mappings that change and go, duplicates within
// dumps, between them and by mapping, columns and tables that come later, a table without a key, an
// empty one, several parts, definitions.
func fiveDumps() []dumpSpec {
	click, session := []string{"event_id", "user_id", "href"}, []string{"session_id", "user_id", "event_id", "time"}
	user := []string{"user_id", "joindate", "last_modified", "email"}
	mappings := func(full bool, rows ...[]any) tableSpec {
		return tableSpec{Name: plan.Migrations, Full: full, Columns: []string{"from_user_id", "to_user_id"}, Rows: append([][]any{}, rows...)}
	}
	return []dumpSpec{
		{ID: 1, Tables: []tableSpec{
			{Name: "users", Full: true, Columns: user, Rows: [][]any{row(1, "1700000001", "1700000009", "a@x"), row(2, "1700000002", "1700000008", nil), row(3, nil, nil, "c@x")}},
			mappings(true, row(1, 10)),
			{Name: "clicks", Columns: click, Parts: []partSpec{{Rows: [][]any{row(1, 1, "a"), row(2, 1, "b")}}, {Rows: [][]any{row(2, 1, "c"), row(3, 2, "d")}}}},
			{Name: "sessions", Columns: session, Rows: [][]any{row(1, 1, 1, "1700000001"), row(2, 2, 3, "1700000002")}},
		}},
		{ID: 2, Definitions: `{"version": 1, "properties": []}`, Tables: []tableSpec{
			mappings(true, row(1, 20), row(2, 20)),
			{Name: "clicks", Columns: append(slices.Clone(click), "new"), Rows: [][]any{row(4, 1, "e", "n"), row(3, 1, "f", "n")}},
			{Name: "users", Columns: user, Rows: [][]any{row(2, "1600000002", "1800000008", "b@x")}},
		}},
		{ID: 3, Tables: []tableSpec{
			{Name: "clicks", Full: true, Columns: append(slices.Clone(click), "newer"), Rows: [][]any{row(1, 2, "g", "n"), row(9, 3, "h", nil)}},
			{Name: "_event_metadata", Columns: []string{"name", "text"}, Rows: [][]any{row("clicks", "x"), row("clicks", "x")}},
		}},
		{ID: 4, Definitions: `{"version": 1, "properties": [{"name": "where", "type": "event", "default": {"property": "user_id"}}]}`, Tables: []tableSpec{
			mappings(true),
			{Name: "sessions", Columns: session, Parts: []partSpec{{Rows: [][]any{row(2, 2, 4, "1700000003")}}, {Rows: [][]any{row(7, 3, 4, "1700000004")}}}},
			{Name: "empty", Columns: click, Rows: [][]any{}},
		}},
		{ID: 5, Tables: []tableSpec{
			{Name: "users", Full: true, Columns: append(slices.Clone(user), "plan"), Rows: [][]any{row(1, "1700000001", "1900000009", "a@y", "p"), row(30, "Invalid date", nil, nil, "q")}},
			mappings(true, row(2, 30), row(30, 40)),
			{Name: "clicks", Columns: click, Rows: [][]any{row(9, 3, "i"), row(5, 2, "j"), row(5, 30, "k")}},
		}},
	}
}

// firstVisit is up to which dump the feed's first visit finds manifests; the second finds all.
const firstVisit = 2

func writeFive(t *testing.T, b bucket.Bucket) {
	t.Helper()
	w := writer{t, b, avrotest.Options{}}
	for _, d := range fiveDumps() {
		w.dump(d)
	}
	w.create("sync_reports/1.json", []byte(`{"status": "succeeded", "next_sync_at": 1767312000000}`))
	w.create("sync_reports/2.json", []byte(`{torn`))
}

// visible shows only some dumps' manifests.
type visible struct {
	bucket.Bucket
	dumps []int64
}

func (v visible) List(ctx context.Context, prefix string) iter.Seq2[bucket.Object, error] {
	return func(yield func(bucket.Object, error) bool) {
		for o, err := range v.Bucket.List(ctx, prefix) {
			shown := !strings.HasPrefix(o.Key, feed.ManifestsPrefix) || slices.ContainsFunc(v.dumps, func(id int64) bool { return o.Key == feed.ManifestKey(id) })
			if (shown || err != nil) && !yield(o, err) {
				return
			}
		}
	}
}

// clock ticks a second at each look.
func clock() func() time.Time {
	var mu sync.Mutex
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	return func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(time.Second)
		return now
	}
}

// visits loads the five dumps in two visits, whatever comes of the first, and tells what went wrong.
func visits(b bucket.Bucket, db string, now func() time.Time, before func(string) error) error {
	var wrong []error
	for _, dumps := range [][]int64{{1, firstVisit}, {1, firstVisit, 3, 4, 5}} {
		wrong = append(wrong, visit(visible{b, dumps}, db, now, before))
	}
	return errors.Join(wrong...)
}

func visit(b bucket.Bucket, db string, now func() time.Time, before func(string) error) error {
	s, err := loader.Run(context.Background(), loader.Feed{Name: "the feed", Bucket: b},
		loader.Config{DB: db, Now: now, Duck: duck.Options{Threads: 2, Before: before}})
	for _, f := range s.Failed {
		err = errors.Join(err, f.Err)
	}
	for _, w := range s.Warnings {
		if !strings.Contains(w, "decode") && !strings.Contains(w, "invalid character") { // the torn report's
			err = errors.Join(err, errors.New(w))
		}
	}
	return err
}

// ledgerApart are what may differ from one load to the other: times, and what failed on the way.
var ledgerApart = map[string][]string{"attempts": nil, "dumps": {"loaded_at", "seconds"}, "definitions": {"counted_from", "counted_to"}}

// everything renders main, delivered, and all that smew keeps but ledgerApart; and the order in which
// the dumps came in.
func everything(t *testing.T, db string) (text string, order []int64) {
	t.Helper()
	var b strings.Builder
	view(t, db, func(ctx context.Context, tx *duck.Tx) error {
		names := map[string][]string{}
		err := tx.Each(ctx, "SELECT table_schema, table_name FROM information_schema.tables", nil, func(scan func(...any) error) error {
			var schema, name string
			err := scan(&schema, &name)
			names[schema] = append(names[schema], name)
			return err
		})
		if err != nil {
			return err
		}
		if len(names) != 4 || len(names["smew"]) < 12 {
			t.Errorf("the schemas are %v", names)
		}
		for _, schema := range slices.Sorted(maps.Keys(names)) {
			slices.Sort(names[schema])
			for _, name := range names[schema] {
				apart, some := ledgerApart[name]
				if schema == "smew" && some && apart == nil || schema == "main" && strings.HasPrefix(name, "_sync_") { // times
					continue
				}
				table, err := readTable(ctx, tx, schema, name)
				if err != nil {
					return err
				}
				rows := make([]string, len(table.Rows))
				for i, row := range table.Rows {
					for c, column := range table.Columns {
						if schema == "smew" && slices.Contains(apart, column) {
							row[c] = "-"
						}
					}
					rows[i] = "  " + line(t, row) + "\n"
				}
				slices.Sort(rows)
				fmt.Fprintf(&b, "%s %s\n  %s\n%s", schema, name, line(t, table.Columns), strings.Join(rows, ""))
			}
		}
		return tx.Each(ctx, "SELECT dump_id FROM smew.dumps ORDER BY rowid", nil, func(scan func(...any) error) error {
			var id int64
			err := scan(&id)
			order = append(order, id)
			return err
		})
	})
	return b.String(), order
}

// undisturbed gives what an undisturbed load of a bucket leaves, by the order in which dumps go in: the ledger
// tells who superseded whom.
type undisturbed struct {
	bucket bucket.Bucket
	holds  string // all keys and ETags
	mu     sync.Mutex
	seen   map[string]bool // orders
}

// calm is an undisturbed load.
type calm struct {
	mu    sync.Mutex
	text  string // "": it was not made yet
	order []int64
}

// calms are the undisturbed loads that were made, by what the bucket holds and the order of the dumps. Tests share them.
var calms sync.Map

func newUndisturbed(t *testing.T, b bucket.Bucket) *undisturbed {
	u := &undisturbed{bucket: b, seen: map[string]bool{}}
	for o, err := range b.List(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		u.holds += fmt.Sprintln(o.Key, o.ETag)
	}
	twice := u.once(t, "two visits", func(db string) {
		if err := visits(u.bucket, db, clock(), nil); err != nil {
			t.Fatal(err)
		}
	})
	sameText(t, fmt.Sprintf("dumps %v in two visits and one by one", twice.order), u.inOrder(t, twice.order), twice.text)
	return u
}

func (u *undisturbed) inOrder(t *testing.T, order []int64) string {
	t.Helper()
	u.mu.Lock()
	u.seen[fmt.Sprint(order)] = true
	u.mu.Unlock()
	return u.once(t, fmt.Sprint(order), func(db string) {
		now := clock()
		for i := range order {
			if err := visit(visible{u.bucket, order[:i+1]}, db, now, nil); err != nil {
				t.Fatal(err)
			}
		}
	}).text
}

// once has load fill a database, unless one was filled in that way before.
func (u *undisturbed) once(t *testing.T, way string, load func(db string)) *calm {
	t.Helper()
	made, _ := calms.LoadOrStore(u.holds+way, &calm{})
	c := made.(*calm)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.text == "" {
		db := filepath.Join(t.TempDir(), "undisturbed.duckdb")
		load(db)
		c.text, c.order = everything(t, db)
	}
	return c
}

// same holds all tables of a database against an undisturbed load in which the dumps went in alike.
func (u *undisturbed) same(t *testing.T, what, db string) {
	t.Helper()
	text, order := everything(t, db)
	if sorted := slices.Sorted(slices.Values(order)); !slices.Equal(sorted, []int64{1, 2, 3, 4, 5}) {
		t.Fatalf("%s: the dumps are %v", what, order)
	}
	sameText(t, fmt.Sprintf("%s, dumps in order %v", what, order), u.inOrder(t, order), text)
}

// orders is in how many orders the dumps went in.
func (u *undisturbed) orders() int {
	u.mu.Lock()
	defer u.mu.Unlock()
	return len(u.seen)
}

// afterwards holds a disturbed database against the rules: whole dumps only, nothing lost in silence, and
// after another load all is as if nothing had been.
func (u *undisturbed) afterwards(t *testing.T, what, db string, now func() time.Time, disturbance error) {
	t.Helper()
	wholeDumps(t, db)
	if disturbance == nil {
		u.same(t, what+", which nobody was told of", db)
	}
	if err := visit(u.bucket, db, now, nil); err != nil {
		t.Fatalf("%s: the load afterwards: %v", what, err)
	}
	u.same(t, what, db)
}

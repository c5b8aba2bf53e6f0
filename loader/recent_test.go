package loader_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"smew/bucket"
	"smew/duck"
	"smew/loader"
)

// TestReadRecent holds what is told of the last dumps: rows, changed columns, rows set aside, definitions and
// since when something fails.
func TestReadRecent(t *testing.T) {
	t.Parallel()
	b := bucket.NewMemory()
	w := writer{t: t, bucket: b}
	users := func(id int64, columns ...string) dumpSpec {
		row := []any{1}
		for range columns {
			row = append(row, "x")
		}
		all := append([]string{"user_id"}, columns...)
		return dumpSpec{ID: id, Tables: []tableSpec{{Name: "users", Columns: all, Rows: [][]any{row}}}}
	}
	w.dump(users(1, "a", "b"))
	w.dump(users(2, "b", "a")) // another order is no change
	third := users(3, "b", "c")
	third.Definitions = "[]"
	third.Tables = append(third.Tables, tableSpec{Name: "plans", Columns: []string{"name"}, Full: true, Rows: [][]any{{"x"}, {"y"}}})
	w.dump(third)
	w.dump(dumpSpec{ID: 4, Tables: []tableSpec{{Name: "plans", Columns: []string{"name"}}}}) // users are as they were
	w.dump(users(5, "b", "c", "d"))
	w.dump(textIDs(6, false, []any{"1", "1", "1"}, []any{"x", "1", "1"}))
	w.create("manifests/torn.json", []byte("{"))
	db := filepath.Join(t.TempDir(), "recent.duckdb")
	began := time.Now().Add(-time.Minute)
	if s, err := loader.Run(t.Context(), loader.Feed{Name: "the feed", Bucket: b}, loader.Config{DB: db, Quarantine: true}); err != nil || len(s.Loaded) != 6 {
		t.Fatalf("%+v, %v", s, err)
	}
	got := recent(t, db, 4)
	since := got.Failing["manifests/torn.json"]
	if len(got.Failing) != 1 || since.Before(began) || since.After(time.Now()) {
		t.Errorf("failing: %v", got.Failing)
	}
	got.Failing = nil
	problem := "not in smew's format of definitions: it is no object"
	want := loader.Recent{
		Dumps: []loader.RecentDump{
			{DumpID: 6, Tables: []loader.RecentTable{{Name: "clicks", Rows: 2}}},
			{DumpID: 5, Tables: []loader.RecentTable{{Name: "users", Rows: 1}}},
			{DumpID: 4, Tables: []loader.RecentTable{{Name: "plans"}}},
			{DumpID: 3, Tables: []loader.RecentTable{{Name: "users", Rows: 1}, {Name: "plans", Full: true, Rows: 2}}},
		},
		Changes: []loader.Change{
			{DumpID: 6, Table: "clicks", New: true, Added: []string{"event_id", "user_id", "session_id"}, Gone: []string{}},
			{DumpID: 5, Table: "users", Added: []string{"d"}, Gone: []string{}},
			{DumpID: 3, Table: "users", Added: []string{"c"}, Gone: []string{"a"}},
			{DumpID: 3, Table: "plans", New: true, Added: []string{"name"}, Gone: []string{}},
		},
		Quarantined: []loader.SetAside{{DumpID: 6, Table: "clicks", Rows: 1}},
		Definitions: &loader.KeptDefinitions{DumpID: 3, Key: "s3://csq-rs3-test/sync_3/property_definitions.json", Problem: &problem},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := recent(t, db, 1); len(got.Dumps) != 1 || len(got.Changes) != 1 || len(got.Quarantined) != 1 {
		t.Errorf("of the last dump: %+v", got)
	}
}

func TestReadRecentOfNothing(t *testing.T) {
	t.Parallel()
	db, err := duck.Open(t.Context(), "", duck.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.View(t.Context(), func(tx *duck.Tx) error {
		_, err := loader.ReadRecent(t.Context(), tx, 1)
		return err
	})
	if !errors.Is(err, loader.ErrNoLedger) {
		t.Errorf("got %v, want ErrNoLedger", err)
	}
}

func recent(t *testing.T, path string, most int) (r loader.Recent) {
	t.Helper()
	view(t, path, func(ctx context.Context, tx *duck.Tx) (err error) {
		r, err = loader.ReadRecent(ctx, tx, most)
		return err
	})
	return r
}

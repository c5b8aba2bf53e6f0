package loader_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"smew/avro/avrotest"
	"smew/bucket"
	"smew/bucket/buckettest"
	"smew/duck"
	"smew/erase"
	"smew/export"
)

// exporting sends what a model has to a bucket, as one process does.
func exporting(t *testing.T, path string, to bucket.Bucket, id, query string) (export.Run, error) {
	t.Helper()
	db, err := duck.Open(context.Background(), path, duck.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	return export.Send(context.Background(), db, export.Job{
		Model: export.Model{ID: "m", SQL: query, PrimaryKey: []string{"event_id"}},
		Sync:  export.Sync{ID: id, Model: "m", File: id + "{sync.run.id}.csv", Mode: export.Diff},
	}, export.Options{Now: time.Now, Open: func(context.Context, string, export.S3) (bucket.Bucket, string, error) { return to, "", nil }})
}

// What was sent outlives a rebuild, a run that did not come to its end with what it had found, and reports whose objects are gone.
func TestRebuildKeepsWhatWasSent(t *testing.T) {
	t.Parallel()
	b, db := bucket.NewMemory(), filepath.Join(t.TempDir(), "x.duckdb")
	w := writer{t, b, avrotest.Options{}}
	w.dump(clicks(1, []any{int64(1), int64(1)}, []any{int64(2), int64(1)}))
	w.create("sync_reports/old.json", []byte(`{"status": "failed", "finish_time": 1767225600000}`))
	w.create("sync_reports/new.json", []byte(`{"status": "succeeded", "finish_time": 1767312000000}`))
	loadSome(t, b, db)
	const query = "SELECT event_id, user_id FROM clicks"
	to := bucket.NewMemory()
	if r, err := exporting(t, db, to, "whole", query); err != nil || r.Added != 2 {
		t.Fatalf("%+v, %v", r, err)
	}
	failed, err := exporting(t, db, buckettest.FailAt(to, 0, buckettest.Fail), "broken", query)
	if !errors.Is(err, buckettest.ErrFault) {
		t.Fatal(err)
	}
	w.dump(clicks(2, []any{int64(3), int64(2)}))
	b.Remove("sync_reports/old.json")
	if _, err := rebuild(b, db); err != nil {
		t.Fatal(err)
	}
	besides(t, db)
	if got := line(t, selected(t, db, "SELECT key, status FROM smew.sync_reports ORDER BY ALL").Rows); got != `[["sync_reports/new.json","succeeded"],["sync_reports/old.json","failed"]]` {
		t.Errorf("reports %s", got)
	}
	if r, err := exporting(t, db, to, "whole", query); err != nil || r.ID != 3 || r.Added != 1 || r.Changed != 0 || r.Removed != 0 {
		t.Errorf("%+v, %v", r, err)
	}
	if r, err := exporting(t, db, to, "broken", query); err != nil || r.ID != failed.ID || !r.Began.Equal(failed.Began) || !r.Repeated || r.Added != 2 {
		t.Errorf("%+v, %v", r, err)
	}
	if got := line(t, selected(t, db, "SELECT count(*) FROM duckdb_columns() WHERE table_name = 'export_runs' AND NOT is_nullable").Rows); got == "[[0]]" {
		t.Error("the tables are not those that exports make")
	}

	// A rebuild into which nobody exported makes no tables of exports.
	plain := filepath.Join(t.TempDir(), "plain.duckdb")
	loadSome(t, b, plain)
	if _, err := rebuild(b, plain); err != nil {
		t.Fatal(err)
	}
	if got := line(t, selected(t, plain, "SELECT count(*) FROM duckdb_tables() WHERE table_name LIKE 'export%'").Rows); got != "[[0]]" {
		t.Errorf("%s tables of exports", got)
	}
}

// Who turns out in a load, or in a rebuild, to be an erased person goes from what exports remember too, and the file is
// to be rewritten.
func TestErasureThatSpreadsReachesExports(t *testing.T) {
	t.Parallel()
	for name, load := range map[string]func(t *testing.T, b bucket.Bucket, db string){
		"load": func(t *testing.T, b bucket.Bucket, db string) { loadSome(t, b, db) },
		"rebuild": func(t *testing.T, b bucket.Bucket, db string) {
			if _, err := rebuild(b, db); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			b, db := bucket.NewMemory(), filepath.Join(t.TempDir(), "x.duckdb")
			w := writer{t, b, avrotest.Options{}}
			w.dump(clicks(1, []any{int64(11), int64(777001)}, []any{int64(12), int64(777002)}, []any{int64(13), int64(3)}))
			loadSome(t, b, db)
			to := bucket.NewMemory()
			const query = "SELECT event_id, user_id::VARCHAR AS who, user_id FROM clicks"
			if _, err := exporting(t, db, to, "whole", query); err != nil {
				t.Fatal(err)
			}
			if _, err := exporting(t, db, buckettest.FailAt(to, 0, buckettest.Fail), "broken", query); err == nil {
				t.Fatal("nothing failed")
			}
			erased(t, db, erase.Who{UserID: 777001})
			const kept = "SELECT list(c2 ORDER BY c2) FROM smew.export_state_1 WHERE c2 IS NOT NULL"
			if got := line(t, selected(t, db, kept).Rows); got != `[[["3","777002"]]]` {
				t.Fatalf("after erasing: %s", got)
			}
			inDatabase(t, db, erase.Rewritten)
			w.dump(dumpSpec{ID: 2, Tables: []tableSpec{{Name: "user_migrations", Full: true, Columns: []string{"from_user_id", "to_user_id"}, Rows: [][]any{{int64(777002), int64(777001)}}}}})
			load(t, b, db)
			if got := line(t, selected(t, db, kept).Rows); got != `[[["3"]]]` {
				t.Errorf("what was sent still has %s", got)
			}
			if got := line(t, selected(t, db, "SELECT count(*) FROM duckdb_tables() WHERE table_name LIKE 'export_pending%'").Rows); got != "[[0]]" {
				t.Errorf("%s runs have rows to send", got)
			}
			if got := line(t, selected(t, db, "SELECT count(*) FROM smew.export_files WHERE first IS NOT NULL").Rows); got != "[[0]]" {
				t.Errorf("%s files have first lines", got)
			}
			view(t, db, func(ctx context.Context, tx *duck.Tx) error {
				if due, err := erase.Due(ctx, tx); err != nil || !due {
					t.Errorf("the file is not to be rewritten: %v", err)
				}
				return nil
			})
			if r, err := exporting(t, db, to, "whole", query); err != nil || r.Removed != 2 || r.Added+r.Changed != 0 {
				t.Errorf("%+v, %v", r, err)
			}
		})
	}
}

package loader_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"smew/avro/avrotest"
	"smew/bucket"
	"smew/duck"
	"smew/loader"
)

func rebuild(b bucket.Bucket, db string) (loader.Summary, error) {
	return loader.Rebuild(context.Background(), loader.Feed{Name: "the feed", Bucket: b}, loader.Config{DB: db})
}

// besides fails if anything but the database is in its folder.
func besides(t *testing.T, db string) {
	t.Helper()
	if found, _ := filepath.Glob(filepath.Join(filepath.Dir(db), "*")); len(found) != 1 {
		t.Errorf("beside the database lies %v", found)
	}
}

func lostAndLoaded(t *testing.T) (*bucket.Memory, string) {
	t.Helper()
	b := bucket.NewMemory()
	w := writer{t, b, avrotest.Options{}}
	for id := range int64(4) {
		w.dump(clicks(id, []any{id, int64(1)}))
	}
	b.Remove("sync_2/_heap_table_name=clicks/part-00000-uuid.avro")
	db := filepath.Join(t.TempDir(), "x.duckdb")
	loadSome(t, b, db)
	if _, err := only(b, db, 2, "gone"); err != nil {
		t.Fatal(err)
	}
	return b, db
}

// A rebuild gives what a first load gives, and keeps what was accepted; what was done to the tables by
// hand is gone, and so are what a killed rebuild left and the space of removed rows.
func TestRebuild(t *testing.T) {
	t.Parallel()
	b, db := lostAndLoaded(t)
	want := shown(t, db)
	inDatabase(t, db, func(ctx context.Context, tx *duck.Tx) error {
		relation := ""
		if _, err := tx.Row(ctx, "SELECT relation FROM smew.held WHERE name = 'clicks'", nil, &relation); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "DELETE FROM smew."+duck.Quote(relation))
		return err
	})
	if shown(t, db) == want {
		t.Fatal("nothing was spoilt")
	}
	left := db + ".compact-77"
	for _, file := range []string{"x.duckdb", "x.duckdb.wal", "x.duckdb.tmp/duckdb_temp_storage_S32K-0.tmp", "x.duckdb.new-1/x.duckdb"} {
		path := filepath.Join(left, file)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte("left"), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(db, 0o640); err != nil {
		t.Fatal(err)
	}
	s, err := rebuild(b, db)
	if err != nil || len(s.Loaded) != 3 || len(s.Failed) != 0 || len(s.Accepted) != 1 {
		t.Fatalf("%+v, %v", s, err)
	}
	sameText(t, "rebuilt", want, shown(t, db))
	besides(t, db)
	if info, err := os.Stat(db); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("%v, %v", info, err)
	}
	if s := status(t, db); s.Feed != "the feed" || len(s.Accepted) != 1 || s.Accepted[0].Reason != "gone" {
		t.Errorf("%+v", s)
	}
}

// A rebuild that would lose something, fails or is interrupted leaves the file as it was, to the byte.
func TestRebuildLosesNothing(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	for _, c := range []struct {
		name  string
		spoil func(t *testing.T, b *bucket.Memory, db string)
		run   func(b bucket.Bucket, db string) error
		want  string
	}{
		{"a part is gone", func(_ *testing.T, b *bucket.Memory, _ string) {
			b.Remove("sync_1/_heap_table_name=clicks/part-00000-uuid.avro")
		},
			nil, "dump 1 is in the database, and cannot be loaded anew: dump 1: fetch part"},
		{"a manifest is gone", func(_ *testing.T, b *bucket.Memory, _ string) { b.Remove("manifests/sync_3.json") },
			nil, "dump 3 is in the database, and its manifest is not in the feed any more"},
		{"tables of somebody else's", func(t *testing.T, _ *bucket.Memory, db string) {
			inDatabase(t, db, func(ctx context.Context, tx *duck.Tx) error {
				for _, s := range []string{"CREATE TABLE mine (a INT)", "CREATE VIEW my_view AS SELECT 1", "CREATE SEQUENCE numbers", "CREATE MACRO twice(x) AS 2 * x"} {
					if _, err := tx.Exec(ctx, s); err != nil {
						return err
					}
				}
				return nil
			})
		}, nil, "the database holds what is not smew's and would be lost: main.mine, main.my_view, main.numbers, main.twice"},
		{"another feed", nil, func(b bucket.Bucket, db string) error {
			_, err := loader.Rebuild(ctx, loader.Feed{Name: "another", Bucket: b}, loader.Config{DB: db})
			return err
		}, "the database was loaded from the feed, not from another"},
		{"interrupted", nil, func(b bucket.Bucket, db string) error {
			_, err := loader.Rebuild(ctx, loader.Feed{Name: "the feed", Bucket: b}, loader.Config{DB: db, Progress: func(e loader.Event) {
				if e.Kind == loader.Reading {
					cancel()
				}
			}})
			return err
		}, "context canceled"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, db := lostAndLoaded(t)
			if c.spoil != nil {
				c.spoil(t, b, db)
			}
			before, err := os.ReadFile(db)
			if err != nil {
				t.Fatal(err)
			}
			if c.run == nil {
				c.run = func(b bucket.Bucket, db string) error {
					_, err := rebuild(b, db)
					return err
				}
			}
			if err := c.run(b, db); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %s", err, c.want)
			}
			if after, err := os.ReadFile(db); err != nil || string(after) != string(before) {
				t.Errorf("the file has changed: %d bytes, %d before; %v", len(after), len(before), err)
			}
			besides(t, db)
		})
	}
	if _, err := rebuild(bucket.NewMemory(), filepath.Join(t.TempDir(), "none.duckdb")); !errors.Is(err, os.ErrNotExist) {
		t.Error(fmt.Errorf("no database: %w", err))
	}
}

package loader_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"smew/avro/avrotest"
	"smew/bucket"
	"smew/loader"
)

// only tries one dump, and has it accepted as lost if a reason is given.
func only(b bucket.Bucket, db string, id int64, reason string) (loader.Summary, error) {
	return loader.Run(context.Background(), loader.Feed{Name: "the feed", Bucket: b}, loader.Config{DB: db, Only: &id, Accept: reason})
}

// A dump whose part is missing or damaged can be accepted as lost: it is no failure any more, until the
// part is there or another one, or the manifest is.
func TestAcceptLost(t *testing.T) {
	t.Parallel()
	const part = "sync_2/_heap_table_name=clicks/part-00000-uuid.avro"
	for _, c := range []struct {
		name    string
		spoil   func(b *bucket.Memory, w writer, whole []byte)
		returns func(b *bucket.Memory, w writer, whole []byte)
		again   string // what the load says after the return; "": the dump is loaded
	}{
		{"missing", func(b *bucket.Memory, _ writer, _ []byte) { b.Remove(part) },
			func(_ *bucket.Memory, w writer, whole []byte) { w.create(part, whole) }, ""},
		{"damaged", func(b *bucket.Memory, w writer, whole []byte) { b.Remove(part); w.create(part, whole[:len(whole)-5]) },
			func(b *bucket.Memory, w writer, whole []byte) { b.Remove(part); w.create(part, whole) }, ""},
		{"damaged otherwise", func(b *bucket.Memory, w writer, whole []byte) { b.Remove(part); w.create(part, whole[:len(whole)-5]) },
			func(b *bucket.Memory, w writer, whole []byte) { b.Remove(part); w.create(part, whole[:len(whole)-6]) }, "block"},
		{"gone after damage", func(b *bucket.Memory, w writer, whole []byte) { b.Remove(part); w.create(part, whole[:len(whole)-5]) },
			func(b *bucket.Memory, _ writer, _ []byte) { b.Remove(part) }, "not in the bucket"},
		{"another manifest", func(b *bucket.Memory, _ writer, _ []byte) { b.Remove(part) },
			func(b *bucket.Memory, w writer, _ []byte) {
				b.Remove("manifests/sync_2.json")
				w.create("manifests/sync_2.json", []byte(`{"dump_id": 2, "tables": []}`))
			}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := bucket.NewMemory()
			w := writer{t, b, avrotest.Options{}}
			for id := range int64(4) {
				w.dump(clicks(id, []any{id, int64(1)}))
			}
			whole := read(t, b, part)
			c.spoil(b, w, whole)
			db := filepath.Join(t.TempDir(), "x.duckdb")
			if s := loadSome(t, b, db); len(s.Failed) != 1 || len(s.Loaded) != 3 {
				t.Fatalf("%+v", s)
			}
			s, err := only(b, db, 2, "the disk is gone")
			if err != nil || len(s.Failed) != 0 || len(s.Accepted) != 1 || s.Accepted[0].Part != part {
				t.Fatalf("%+v, %v", s, err)
			}
			for range 2 {
				if s := loadSome(t, b, db); len(s.Failed)+len(s.Loaded) > 0 || len(s.Accepted) != 1 || s.Accepted[0].Reason != "the disk is gone" {
					t.Fatalf("a load after: %+v", s)
				}
			}
			if s := status(t, db); len(s.Failures) != 0 || len(s.Accepted) != 1 || !strings.Contains(s.Accepted[0].Error, part) {
				t.Errorf("status: %+v, %+v", s.Failures, s.Accepted)
			}
			c.returns(b, w, whole)
			s = loadSome(t, b, db)
			if c.again == "" && (len(s.Loaded) != 1 || len(s.Failed) != 0) || c.again != "" && (len(s.Failed) != 1 || !strings.Contains(s.Failed[0].Reason, c.again)) || len(s.Accepted) != 0 {
				t.Errorf("after the return: %+v", s)
			}
			if got := fmt.Sprint(selected(t, db, "SELECT count(*) FROM smew.accepted").Rows); got != "[[0]]" {
				t.Errorf("%s acceptances are left", got)
			}
		})
	}
}

// What is not accepted: a dump that can be loaded is, one that is loaded or not there is an error, and
// so is one that fails for another reason. A retry leaves all else alone.
func TestTryOneDump(t *testing.T) {
	t.Parallel()
	b := bucket.NewMemory()
	w := writer{t, b, avrotest.Options{}}
	for id := range int64(4) {
		w.dump(clicks(id, []any{id, int64(1)}))
	}
	w.dump(textIDs(4, false, []any{"x", "1", "1"}))
	w.create("manifests/torn.json", []byte("{"))
	db := filepath.Join(t.TempDir(), "x.duckdb")
	if s, err := only(b, db, 2, ""); err != nil || len(s.Loaded) != 1 || s.Loaded[0].DumpID != 2 || len(s.Failed) != 0 {
		t.Errorf("a retry: %+v, %v", s, err)
	}
	if s, err := only(b, db, 1, "gone"); err != nil || len(s.Loaded) != 1 || len(s.Accepted) != 0 {
		t.Errorf("a dump that is not lost: %+v, %v", s, err)
	}
	var waiting *loader.NotWaitingError
	if _, err := only(b, db, 2, ""); !errors.As(err, &waiting) || !waiting.Loaded || waiting.Hint() == "" {
		t.Errorf("a loaded dump: %v", err)
	}
	if _, err := only(b, db, 9, "gone"); !errors.As(err, &waiting) || waiting.Loaded {
		t.Errorf("a dump that is not there: %v", err)
	}
	var lost *loader.NotLostError
	if _, err := only(b, db, 4, "gone"); !errors.As(err, &lost) || lost.Hint() == "" {
		t.Errorf("a row error: %v", err)
	}
	if s := loadSome(t, b, db); len(s.Loaded) != 2 || len(s.Failed) != 2 || len(s.Accepted) != 0 {
		t.Errorf("in the end: %+v", s)
	}
}

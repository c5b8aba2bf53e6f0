package loader_test

import (
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"smew/bucket"
	"smew/bucket/buckettest"
	"smew/loader"
)

// jumping is a clock that is set forwards and back by years at every look.
func jumping() func() time.Time {
	var mu sync.Mutex
	years, i := []int{2026, 2041, 1999, 2027, 1971, 2500}, 0
	return func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		i++
		return time.Date(years[i%len(years)], 1, 1, 0, 0, i, 0, time.UTC)
	}
}

// A clock that jumps changes nothing but times: dumps that fail, are mended and fail again because their
// manifest changed are told of in the order in which that happened.
func TestClockJumps(t *testing.T) {
	t.Parallel()
	memory := bucket.NewMemory()
	writeFive(t, memory)
	u := newUndisturbed(t, memory)
	now, db := jumping(), filepath.Join(t.TempDir(), "x.duckdb")
	const key = "sync_1/_heap_table_name=sessions/part-00000-uuid.avro" // no resync spares it
	for range 7 {                                                       // tries at all times of this clock
		b := buckettest.NewFaulty(memory, func(o buckettest.Operation) buckettest.Fault {
			if o.Kind == "open" && o.Key == key {
				return buckettest.Fail
			}
			return buckettest.None
		})
		if err := visits(b, db, now, nil); !errors.Is(err, buckettest.ErrFault) {
			t.Fatal(err)
		}
	}
	if err := visits(memory, db, now, nil); err != nil {
		t.Fatal(err)
	}
	u.same(t, "a clock that jumps", db)
	if s := status(t, db); len(s.Failures) != 0 {
		t.Errorf("failures of what is loaded: %+v", s.Failures)
	}
	if got := selected(t, db, "SELECT count(*) FROM smew.dumps WHERE seconds < 0"); got.Rows[0][0] != int64(0) {
		t.Error("a load took less than no time")
	}
	changed := strings.Replace(string(read(t, memory, "manifests/sync_1.json")), `"href"`, `"renamed"`, 1)
	for i := range 7 {
		overwrite(t, memory, "manifests/sync_1.json", changed+strings.Repeat(" ", i))
		if err := visit(memory, db, now, nil); err == nil {
			t.Fatal("the change was not noticed")
		}
		if s := status(t, db); len(s.Failures) != 1 || !strings.Contains(s.Failures[0].Error, "changed") {
			t.Fatalf("after change %d: %+v", i, s.Failures)
		}
	}
}

// What a manifest's last try said is noted once, though an earlier try's time is later.
func TestClockJumpsBetweenTries(t *testing.T) {
	t.Parallel()
	memory := bucket.NewMemory()
	w := writer{t: t, bucket: memory}
	w.create("manifests/torn.json", []byte("{"))
	db := filepath.Join(t.TempDir(), "x.duckdb")
	year := 2040
	now := func() time.Time { year--; return time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC) }
	if err := visit(buckettest.NewFaulty(memory, func(o buckettest.Operation) buckettest.Fault {
		if o.Kind == "open" {
			return buckettest.Fail
		}
		return buckettest.None
	}), db, now, nil); !errors.Is(err, buckettest.ErrFault) {
		t.Fatal(err)
	}
	for range 3 {
		if err := visit(memory, db, now, nil); err == nil || errors.Is(err, buckettest.ErrFault) {
			t.Fatal(err)
		}
	}
	if got := selected(t, db, "SELECT count(*) FROM smew.attempts"); got.Rows[0][0] != int64(2) {
		t.Errorf("%v tries noted, want 2", got.Rows)
	}
	if s := status(t, db); len(s.Failures) != 1 || strings.Contains(s.Failures[0].Error, buckettest.ErrFault.Error()) {
		t.Errorf("%+v", s.Failures)
	}
}

// A report may name any instant; the load goes on, and what is shown of it is no nonsense.
func TestAbsurdReports(t *testing.T) {
	t.Parallel()
	memory := bucket.NewMemory()
	w := writer{t: t, bucket: memory}
	w.dump(clicks(1, []any{int64(1), int64(1)}))
	for name, next := range map[string]string{"a": "9223372036854775807", "b": "-9223372036854775808", "c": "253402300800000", "d": "-1"} {
		w.create("sync_reports/"+name+".json", []byte(`{"status": "succeeded", "finish_time": 1767225660123, "next_sync_at": `+next+`}`))
	}
	db := filepath.Join(t.TempDir(), "x.duckdb")
	s, err := loader.Run(t.Context(), loader.Feed{Name: "the feed", Bucket: memory}, loader.Config{DB: db})
	if err != nil || len(s.Loaded) != 1 {
		t.Fatalf("%+v, %v", s, err)
	}
	if late := status(t, db).Report.Late(time.Now()); late < 0 {
		t.Errorf("late by %v", late)
	}
}

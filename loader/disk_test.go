package loader_test

import (
	"context"
	"errors"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"smew/bucket"
	"smew/duck"
	"smew/loader"
	"smew/sample"
)

// limited loads in two visits; in the second no file may grow beyond so many bytes.
func limited(b bucket.Bucket, db string, bytes int64) (told trouble) {
	b = struct{ bucket.Bucket }{b} // not read in place
	now := clock()
	if err := visit(visible{b, []int64{1, firstVisit}}, db, now, nil); err != nil {
		told.Error = "first visit: " + err.Error()
		return told
	}
	if err := limitFiles(bytes); err != nil {
		return trouble{Error: err.Error()}
	}
	return runInto(b, db)
}

// runInto makes one visit and tells how it ended.
func runInto(b bucket.Bucket, db string) (told trouble) {
	s, err := loader.Run(context.Background(), loader.Feed{Name: "the feed", Bucket: b}, loader.Config{DB: db, Now: clock(), Duck: duck.Options{Threads: 2}})
	for _, f := range s.Failed {
		told.Unsettled = true
		err = errors.Join(err, f.Err)
	}
	if err != nil {
		told.Error, told.Hints = err.Error(), hintsOf(err)
	}
	return told
}

// hintsOf collects the advice of an error and all that it wraps.
func hintsOf(err error) (all []string) {
	if h, ok := err.(interface{ Hint() string }); ok {
		all = append(all, h.Hint())
	}
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		if e.Unwrap() != nil {
			all = append(all, hintsOf(e.Unwrap())...)
		}
	case interface{ Unwrap() []error }:
		for _, inner := range e.Unwrap() {
			all = append(all, hintsOf(inner)...)
		}
	}
	return all
}

// TestDiskFull gives a loading process little room, then more and more until it comes through: a limit on the
// size of files, and, where one can be had, a small disk for all it writes. It ends with an error that says so
// and what to do; with room again the load is completed.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	dir, u := fiveInDir(t)
	all := sample.Count(t, sample.Steps, 0, 1) > 0
	for _, c := range []struct {
		kind       string
		few, rooms []int64  // usually, and by make soak
		places     []string // where room is missing, at least once each
		says       string
	}{
		{"limit", []int64{100, 8 << 10, 1 << 20, 16 << 20}, []int64{0, 100, 1 << 10, 8 << 10, 32 << 10, 1 << 20, 16 << 20}, []string{"temporary file", ".wal"}, "file too large"},
		{"tmpfs", []int64{16 << 10, 40 << 10, 64 << 20}, []int64{4 << 10, 16 << 10, 24 << 10, 40 << 10, 256 << 10, 64 << 20}, []string{"x.duckdb"}, "no space left on device"},
	} {
		if !all {
			c.rooms = c.few
		}
		t.Run(c.kind, func(t *testing.T) {
			if why := noTrouble(t, c.kind); why != "" {
				t.Logf("%s: not to be had here: %s", c.kind, why)
				return
			}
			met, small := map[string]int{}, 0
			for _, room := range c.rooms {
				db := filepath.Join(t.TempDir(), "x.duckdb")
				what := c.kind + " " + strconv.FormatInt(room, 10)
				told, killed := inTrouble(t, dir, db, what)
				if killed || told.Unsettled {
					t.Fatalf("%s: killed %v, %+v", what, killed, told)
				}
				t.Logf("%s: %s", what, told.Error)
				var disturbance error
				if told.Error != "" {
					small++
					disturbance = errors.New(told.Error)
					if !strings.Contains(strings.ToLower(told.Error), c.says) || len(told.Hints) == 0 || !strings.Contains(told.Hints[0], "make room") {
						t.Errorf("%s: %+v", what, told)
					}
				}
				for _, place := range c.places {
					if strings.Contains(told.Error, place) {
						met[place]++
					}
				}
				u.afterwards(t, what, db, clock(), disturbance)
			}
			t.Logf("%d of %d rooms were too small: %v", small, len(c.rooms), met)
			if small == 0 || small == len(c.rooms) || len(met) != len(c.places) {
				t.Errorf("%d of %d rooms were too small, room was missing at %v", small, len(c.rooms), met)
			}
		})
	}
}

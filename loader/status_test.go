package loader_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"smew/bucket"
	"smew/duck"
	"smew/loader"
	"smew/produce"
)

// TestStatusAddsUp holds that what is shown of a table is what was delivered less what gave way,
// whether a feed is loaded at once, resyncs first, or day by day.
func TestStatusAddsUp(t *testing.T) {
	t.Parallel()
	for name, days := range map[string]int{"at once": 1, "day by day": 6} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			b, err := bucket.OpenDir(dir)
			if err != nil {
				t.Fatal(err)
			}
			db := filepath.Join(t.TempDir(), "status.duckdb")
			for range days {
				if _, err := produce.Feed(t.Context(), b, produce.Options{Seed: 7, Users: 30, Events: 100, Dumps: 6 / days}); err != nil {
					t.Fatal(err)
				}
				load(t, dir, db)
			}
			s := status(t, db)
			if s.Dumps != 6 || s.LastDump == nil || s.LastDump.DumpID != 857 || len(s.Failures) != 0 || len(s.Tables) != 8 {
				t.Errorf("status is %+v, want 6 dumps up to 857 with 8 tables and nothing failed", s)
			}
			if s.Merged.IDs == 0 || s.Merged.Persons == 0 || s.Merged.Persons > s.Merged.IDs {
				t.Errorf("%d ids are mapped to %d people", s.Merged.IDs, s.Merged.Persons)
			}
			for _, table := range s.Tables {
				left := table.Delivered - table.Superseded - table.Invalidated - table.Hidden
				if table.Kind == "users" { // of which several make one person
					if left < table.Rows || table.Rows == 0 {
						t.Errorf("users: %d people of %d records", table.Rows, left)
					}
				} else if left != table.Rows || table.Rows == 0 {
					t.Errorf("%s: %d rows are shown, %d are left of what was delivered: %+v", table.Name, table.Rows, left, table)
				}
				if resync := table.Resync; table.Name == "order_completed" && (resync == nil || *resync != 855) {
					t.Errorf("order_completed: last full resync is %v, want 855", resync)
				}
			}
		})
	}
}

// TestStatusOfNothing reads a file that nothing was loaded into.
func TestStatusOfNothing(t *testing.T) {
	t.Parallel()
	db, err := duck.Open(t.Context(), "", duck.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.View(t.Context(), func(tx *duck.Tx) error {
		_, err := loader.ReadStatus(t.Context(), tx)
		return err
	})
	if !errors.Is(err, loader.ErrNoLedger) {
		t.Errorf("got %v, want ErrNoLedger", err)
	}
}

func TestLate(t *testing.T) {
	t.Parallel()
	due := time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		report *loader.ReportStatus
		now    time.Time
		want   time.Duration
	}{
		{nil, due, 0},
		{&loader.ReportStatus{}, due, 0},
		{&loader.ReportStatus{NextSyncAt: &due}, due.Add(-time.Hour), 0},
		{&loader.ReportStatus{NextSyncAt: &due}, due.Add(time.Hour), time.Hour},
	} {
		if got := test.report.Late(test.now); got != test.want {
			t.Errorf("late by %v at %v, want %v", got, test.now, test.want)
		}
	}
}

func status(t *testing.T, path string) (s loader.Status) {
	t.Helper()
	view(t, path, func(ctx context.Context, tx *duck.Tx) (err error) {
		s, err = loader.ReadStatus(ctx, tx)
		return err
	})
	return s
}

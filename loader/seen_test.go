package loader_test

import (
	"context"
	"errors"
	"io"
	"iter"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"smew/bucket"
	"smew/duck"
	"smew/loader"
	"smew/plan"
	"smew/produce"
)

// counted is a bucket that counts what is asked of it.
type counted struct {
	bucket.Bucket
	opened, listed atomic.Int64 // by several goroutines
}

func (c *counted) Open(ctx context.Context, o bucket.Object) (io.ReadCloser, error) {
	c.opened.Add(1)
	return c.Bucket.Open(ctx, o)
}

func (c *counted) List(ctx context.Context, prefix string) iter.Seq2[bucket.Object, error] {
	c.listed.Add(1)
	return c.Bucket.List(ctx, prefix)
}

// looker looks again and again at a made-up feed in a directory, and tells what each look cost.
type looker struct {
	t      *testing.T
	dir    string
	bucket *counted
	config loader.Config
	opens  int
}

func newLooker(t *testing.T) *looker {
	t.Helper()
	l := &looker{t: t, dir: t.TempDir()}
	b, err := bucket.OpenDir(l.dir)
	if err != nil {
		t.Fatal(err)
	}
	l.bucket = &counted{Bucket: b}
	l.config = loader.Config{DB: filepath.Join(t.TempDir(), "seen.duckdb"), Seen: &loader.Seen{}}
	l.config.Duck.Before = func(operation string) error {
		if operation == "open" {
			l.opens++
		}
		return nil
	}
	return l
}

func (l *looker) produce() {
	l.t.Helper()
	if _, err := produce.Feed(l.t.Context(), l.bucket.Bucket, produce.Options{Seed: 7, Users: 20, Events: 50, Dumps: 1}); err != nil {
		l.t.Fatal(err)
	}
}

func (l *looker) look(untried bool) (s loader.Summary, opens, reads int) {
	l.t.Helper()
	l.opens, l.config.Untried = 0, untried
	l.bucket.opened.Store(0)
	s, err := loader.Run(l.t.Context(), loader.Feed{Name: l.dir, Bucket: l.bucket, Source: plan.Source{}}, l.config)
	if err != nil {
		l.t.Fatal(err)
	}
	return s, l.opens, int(l.bucket.opened.Load())
}

// TestSeen leaves the database alone while nothing is new, and never longer.
func TestSeen(t *testing.T) {
	t.Parallel()
	l := newLooker(t)
	l.produce()
	if s, _, _ := l.look(true); len(s.Loaded) != 1 || s.Report == nil || s.Report.NextSyncAt == nil {
		t.Fatalf("the first look: %+v", s)
	}
	if _, opens, reads := l.look(true); opens == 0 || reads != 0 {
		t.Errorf("the look after a load opens the database %d times and reads %d objects: it has to know what it left", opens, reads)
	}
	for _, untried := range []bool{true, false} {
		s, opens, reads := l.look(untried)
		if opens != 0 || reads != 0 || s.Before != 1 || s.Report == nil || len(s.Loaded)+len(s.Failed) != 0 {
			t.Errorf("an idle look opens the database %d times, reads %d objects and gives %+v", opens, reads, s)
		}
	}
	l.produce()
	if s, _, _ := l.look(true); len(s.Loaded) != 1 || s.Before != 1 || !s.Report.NextSyncAt.After(time.Time{}) {
		t.Errorf("a new dump: %+v", s)
	}
	l.look(true)
	if err := os.Remove(l.config.DB); err != nil {
		t.Fatal(err)
	}
	if s, _, _ := l.look(true); len(s.Loaded) != 2 {
		t.Errorf("the database was removed: %+v", s)
	}
	l.look(true)
	l.look(true)
	forget(t, l.config.DB, "DELETE FROM smew.dumps; DELETE FROM smew.manifests")
	if s, opens, _ := l.look(true); opens == 0 || len(s.Loaded) != 2 {
		t.Errorf("another process wrote into the database, and nobody looked: %+v", s)
	}
}

// forget writes into a database as another process would, between two looks.
func forget(t *testing.T, path, statement string) {
	t.Helper()
	db, err := duck.Open(t.Context(), path, duck.Options{})
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(t.Context(), func(tx *duck.Tx) error {
		_, err := tx.Exec(t.Context(), statement)
		return err
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

// TestUntried lets what failed rest, still names it, and takes in the rest; a mended manifest is new.
func TestUntried(t *testing.T) {
	t.Parallel()
	l := newLooker(t)
	l.produce()
	l.look(true)
	l.produce()
	broken := filepath.Join(l.dir, "sync_853")
	if err := os.Rename(broken, broken+" away"); err != nil {
		t.Fatal(err)
	}
	first, _, reads := l.look(true)
	if len(first.Failed) != 1 || first.Failed[0].DumpID != 853 {
		t.Fatalf("it is tried once: %+v", first)
	}
	l.produce()
	if s, _, _ := l.look(true); len(s.Loaded) != 1 || s.Loaded[0].DumpID != 854 || len(s.Failed) != 1 || s.Failed[0].Reason != first.Failed[0].Reason {
		t.Errorf("another dump: %+v", s)
	}
	for i := range 2 {
		s, opens, r := l.look(true)
		if r != 1-i || (opens == 0) != (i > 0) || len(s.Failed) != 1 { // the manifest is read once more
			t.Errorf("it rests: %d opens, %d reads, %+v", opens, r, s)
		}
	}
	if s, _, r := l.look(false); r < reads-1 || len(s.Failed) != 1 || len(s.Waiting) != 1 {
		t.Errorf("it is tried again: %d reads, %+v", r, s)
	}
	if err := os.Rename(broken+" away", broken); err != nil {
		t.Fatal(err)
	}
	if s, _, _ := l.look(true); len(s.Loaded) != 0 || len(s.Failed) != 1 {
		t.Errorf("a part was mended, and it rests: %+v", s)
	}
	if s, _, _ := l.look(false); len(s.Loaded) != 1 || len(s.Failed) != 0 {
		t.Errorf("it is mended: %+v", s)
	}
}

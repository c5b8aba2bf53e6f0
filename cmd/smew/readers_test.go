package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"smew/bucket"
	"smew/duck"
	"smew/produce"
	"smew/sample"
)

// drip writes one more dump of a small feed.
func drip(t *testing.T, b bucket.Bucket) {
	t.Helper()
	if _, err := produce.Feed(t.Context(), b, produce.Options{Seed: 7, Users: 8, Events: 30, Dumps: 1}); err != nil {
		t.Fatal(err)
	}
}

// seen is what a reader finds: the dumps of the ledger, and those that two tables have rows of.
type seen struct {
	dumps                      int
	ledger, sessions, pageview string
}

func readSeen(ctx context.Context, path string, o duck.Options) (s seen, err error) {
	o.ReadOnly = true
	db, err := duck.Open(ctx, path, o)
	if err != nil {
		return s, err
	}
	err = db.View(ctx, func(tx *duck.Tx) error {
		const ids = "(SELECT string_agg(DISTINCT %s, ' ' ORDER BY %[1]s) FROM %s)"
		_, err := tx.Row(ctx, "SELECT (SELECT count(*) FROM smew.dumps), "+fmt.Sprintf(ids, "dump_id::VARCHAR", "smew.dumps")+", "+
			fmt.Sprintf(ids, "smew_dump_id::VARCHAR", "delivered.sessions")+", "+fmt.Sprintf(ids, "smew_dump_id::VARCHAR", "delivered.pageviews"), nil,
			&s.dumps, &s.ledger, &s.sessions, &s.pageview)
		return err
	})
	return s, errors.Join(err, db.Close())
}

// TestReaders has four readers in a loop on the published copy while dumps are loaded: none of them is
// ever refused, sees some of a dump's tables without the others, or goes back.
func TestReaders(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	feed, db, copied := filepath.Join(dir, "feed"), filepath.Join(dir, "shop.duckdb"), filepath.Join(dir, "copy.duckdb")
	b, err := makeDir(feed)
	if err != nil {
		t.Fatal(err)
	}
	drip(t, b)
	poller := start(t, "smew", "poll", feed, "--db", db, "--publish", copied)
	// The copy comes into its place whole, so the first that is there can be read.
	waitFor(t, func() bool {
		s, err := readSeen(t.Context(), copied, duck.Options{Apart: true})
		return err == nil && s.dumps == 1
	})

	ctx, stop := context.WithCancel(t.Context())
	var readers sync.WaitGroup
	var reads, most atomic.Int64
	for range 4 {
		readers.Go(func() {
			last := 0
			for ctx.Err() == nil {
				s, err := readSeen(t.Context(), copied, duck.Options{Apart: true, Threads: 1})
				if err != nil {
					t.Errorf("a reader was refused: %v", err)
					return
				}
				if s.ledger != s.sessions || s.ledger != s.pageview || s.dumps != len(strings.Fields(s.ledger)) || s.dumps < last {
					t.Errorf("a reader saw %d dumps before, and then %+v", last, s)
					return
				}
				last = s.dumps
				reads.Add(1)
				most.Store(max(most.Load(), int64(last)))
				time.Sleep(100 * time.Millisecond) // the loads need a core too
			}
		})
	}
	dumps := sample.Count(t, sample.Worlds, 8, 20)
	for n := range int64(dumps) {
		drip(t, b)
		waitFor(t, func() bool { return most.Load() >= n+2 || t.Failed() })
	}
	stop()
	readers.Wait()
	t.Logf("%d reads", reads.Load())

	// A reader of the working file delays a load, and nothing is lost by it.
	reader, err := duck.Open(t.Context(), db, duck.Options{ReadOnly: true, Wait: -1})
	if err != nil {
		t.Fatal(err)
	}
	drip(t, b)
	output := poller.Stderr.(*lockedBuffer)
	waitFor(t, func() bool { return strings.Contains(output.String(), "waiting for the database") })
	if s, err := readSeen(t.Context(), copied, duck.Options{Apart: true}); err != nil || s.dumps != dumps+1 {
		t.Errorf("while the load waits, the copy has %d dumps, %v", s.dumps, err)
	}
	if err := reader.Close(); err != nil {
		t.Fatal(err)
	}
	waitFor(t, func() bool {
		s, err := readSeen(t.Context(), copied, duck.Options{Apart: true})
		return err == nil && s.dumps == dumps+2
	})
}

func makeDir(path string) (*bucket.Dir, error) {
	if err := os.MkdirAll(path, 0o755); err != nil {
		return nil, err
	}
	return bucket.OpenDir(path)
}

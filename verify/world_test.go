package verify_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"smew/bucket"
	"smew/duck"
	"smew/loader"
	"smew/loader/oracle"
	"smew/sample"
	"smew/verify"
)

func openDir(t *testing.T, dir string) bucket.Bucket {
	t.Helper()
	b, err := bucket.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func load(t *testing.T, b bucket.Bucket, db string) loader.Summary {
	t.Helper()
	s, err := loader.Run(context.Background(), loader.Feed{Name: "the feed", Bucket: b}, loader.Config{DB: db})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// audit verifies a database opened for reading only.
func audit(t *testing.T, b bucket.Bucket, path string, o verify.Options) verify.Report {
	t.Helper()
	ctx := context.Background()
	db, err := duck.Open(ctx, path, duck.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	err = db.View(ctx, func(tx *duck.Tx) error { return loader.Current(ctx, tx) })
	if err != nil {
		t.Fatal(errors.Join(err, db.Close()))
	}
	r, err := verify.Run(ctx, db, verify.Feed{Bucket: b}, o)
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	return r
}

func clean(t *testing.T, when string, r verify.Report) {
	t.Helper()
	if !r.Agrees {
		t.Errorf("%s: does not agree", when)
	}
	for _, d := range r.Differences {
		t.Errorf("%s: %s: %v", when, d.Check, d)
	}
}

// TestWorlds audits databases into which random adversarial feeds were loaded in any order, with broken
// dumps: there is nothing to find, and what could not be loaded is named.
func TestWorlds(t *testing.T) {
	t.Parallel()
	for _, seed := range sample.Seeds(t, sample.Worlds, 1, 200) {
		t.Run(strconv.Itoa(seed), func(t *testing.T) {
			t.Parallel()
			dir, staged, db := t.TempDir(), t.TempDir(), filepath.Join(t.TempDir(), "x.duckdb")
			w, err := oracle.NewWorld(uint64(seed)+100, dir, oracle.WorldOptions{OddNames: seed%2 == 0})
			if err != nil {
				t.Fatal(err)
			}
			b := openDir(t, staged)
			rng := rand.New(rand.NewPCG(uint64(seed), 3))
			order := slices.Clone(w.DumpIDs)
			rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
			for len(order) > 0 {
				n := 1 + rng.IntN(len(order))
				if err := w.Stage(staged, order[:n]...); err != nil {
					t.Fatal(err)
				}
				order = order[n:]
				load(t, b, db)
			}
			r := audit(t, b, db, verify.Options{Deep: true})
			clean(t, "with broken dumps", r)
			var waiting []int64
			for _, d := range r.NotLoaded {
				waiting = append(waiting, *d.Dump)
			}
			if slices.Sort(waiting); !slices.Equal(slices.Compact(waiting), w.Broken) {
				t.Errorf("not loaded: %v, want %v", r.NotLoaded, w.Broken)
			}
			if err := w.Heal(staged); err != nil {
				t.Fatal(err)
			}
			load(t, b, db)
			r = audit(t, b, db, verify.Options{Deep: true})
			clean(t, "mended", r)
			if len(r.NotLoaded) > 0 || r.Rows == 0 || r.Read < r.Rows || r.Parts == 0 {
				t.Errorf("mended: %+v", r)
			}
		})
	}
}

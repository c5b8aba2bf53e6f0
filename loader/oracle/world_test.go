package oracle

import (
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
)

func newWorld(t *testing.T, seed uint64, o WorldOptions) World {
	t.Helper()
	w, err := NewWorld(seed, filepath.Join(t.TempDir(), "feed"), o)
	if err != nil {
		t.Fatalf("world %d: %v", seed, err)
	}
	return w
}

func tables(t *testing.T, dir string, o Options) map[string]*Table {
	t.Helper()
	got, err := Tables(os.DirFS(dir), o)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func equalTables(t *testing.T, seed uint64, want, got map[string]*Table) {
	t.Helper()
	for name := range want {
		if err := Compare(want[name], got[name]); err != nil {
			t.Errorf("world %d: table %q: %v", seed, name, err)
		}
	}
	if len(want) != len(got) {
		t.Errorf("world %d: %d tables, want %d", seed, len(got), len(want))
	}
}

// TestWorld: exactly the broken dumps cannot be read, they can once healed, and
// dumps staged in any order make the same feed.
func TestWorld(t *testing.T) {
	for seed := range uint64(60) {
		w := newWorld(t, seed, WorldOptions{OddNames: seed%4 == 3})
		if !slices.IsSorted(w.DumpIDs) || len(w.DumpIDs) < 5 || len(w.DumpIDs) > 9 {
			t.Fatalf("world %d: dumps %d", seed, w.DumpIDs)
		}
		staged := t.TempDir()
		order := rand.New(rand.NewPCG(seed, 1)).Perm(len(w.DumpIDs))
		for _, i := range order {
			if err := w.Stage(staged, w.DumpIDs[i]); err != nil {
				t.Fatal(err)
			}
		}
		unbroken := func(id int64) bool { return !slices.Contains(w.Broken, id) }
		equalTables(t, seed, tables(t, w.Dir, Options{Loaded: unbroken}), tables(t, staged, Options{}))
		for _, id := range w.Broken {
			if _, err := Tables(os.DirFS(w.Dir), Options{Loaded: func(d int64) bool { return unbroken(d) || d == id }}); err == nil {
				t.Errorf("world %d: broken dump %d can be read", seed, id)
			}
		}
		if err := w.Heal(staged); err != nil {
			t.Fatal(err)
		}
		whole := newWorld(t, seed, WorldOptions{OddNames: seed%4 == 3, Whole: true})
		equalTables(t, seed, tables(t, whole.Dir, Options{Loaded: func(int64) bool { return true }}), tables(t, staged, Options{}))
	}
}

// TestStageKeepsObjects: staging a dump again rewrites nothing.
func TestStageKeepsObjects(t *testing.T) {
	w := newWorld(t, 1, WorldOptions{Whole: true})
	dst := t.TempDir()
	times := func() map[string]any {
		m := map[string]any{}
		err := filepath.WalkDir(dst, func(path string, d fs.DirEntry, err error) error {
			info, statErr := os.Stat(path)
			if err != nil || statErr != nil || d.IsDir() {
				return err
			}
			m[path] = info.ModTime()
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	if err := w.Stage(dst, w.DumpIDs...); err != nil {
		t.Fatal(err)
	}
	before := times()
	if err := w.Stage(dst, w.DumpIDs...); err != nil {
		t.Fatal(err)
	}
	if after := times(); len(before) == 0 || !reflect.DeepEqual(before, after) {
		t.Errorf("objects changed: %v, then %v", before, after)
	}
}

package oracle

import (
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"smew/answer"
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
	for seed := range uint64(12) {
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

// TestWorldsAreNasty: what the rules speak about happens in some of 30 worlds,
// each thing in at least the given number of them.
func TestWorldsAreNasty(t *testing.T) {
	seen := map[string]int{}
	for seed := range uint64(30) {
		w := newWorld(t, seed, WorldOptions{Whole: seed%2 == 0})
		for trait := range traits(t, w) {
			seen[trait]++
		}
	}
	least := map[string]int{
		"broken: missing": 1, "broken: truncated": 1, "dump without tables": 5, "table absent": 25, "two manifests": 3,
		"resync with rows": 20, "resync with an empty part": 10, "resync without files": 10, "incremental user_migrations": 8,
		"column listed, in no part": 20, "column in a part only": 20, "column in some parts": 20, "part order not name order": 25,
		"old layout": 25, "new layout": 25, "ids as text": 20,
		"column renamed for case": 20, "column renamed for a reserved name": 20, "column made-up name taken": 5,
		"table renamed for case": 10, "table renamed for a reserved name": 5, "key shown under another name": 3,
		"event table without its key": 3, "NULL in an event's key": 20,
		"duplicates as delivered": 25, "duplicates once resolved": 15, "people of several records": 12, "tied last_modified": 4,
		"unreadable last_modified": 8, "chain": 15, "ring": 5, "into a ring": 3, "self map": 6, "NULL side": 8,
		"from repeated": 15, "map taken back or retargeted": 20,
	}
	for trait, n := range least {
		if seen[trait] < n {
			t.Errorf("%s: in %d worlds, want %d", trait, seen[trait], n)
		}
		delete(seen, trait)
	}
	if len(seen) > 0 {
		t.Errorf("traits that nothing is asked of: %v", seen)
	}
}

// traits names what happens in the world.
func traits(t *testing.T, w World) map[string]bool {
	t.Helper()
	fsys := os.DirFS(w.Dir)
	has := map[string]bool{}
	for _, id := range w.Broken {
		for path := range w.whole[id] {
			_, err := os.Stat(filepath.Join(w.Dir, path))
			has["broken: missing"] = has["broken: missing"] || err != nil
			has["broken: truncated"] = has["broken: truncated"] || err == nil
		}
	}
	again, _ := fs.Glob(fsys, "manifests/again/*.json")
	set := func(trait string, yes bool) {
		if yes {
			has[trait] = true
		}
	}
	set("two manifests", len(again) > 0)
	if err := w.Heal(w.Dir); err != nil {
		t.Fatal(err)
	}
	manifests, err := readManifests(fsys)
	if err != nil {
		t.Fatal(err)
	}
	parts := &partReader{fsys: fsys, read: map[string]*part{}}
	deliveryTraits(t, manifests, parts, set)
	key := &answer.Key{}
	for _, m := range manifests {
		key.Add(m.dump(parts))
	}
	shown, err := key.Tables(nil)
	if err != nil {
		t.Fatal(err)
	}
	live := map[string]*liveTable{}
	mapping := map[int64]int64{}
	for name, s := range shown {
		if s.Delivered == "" {
			continue
		}
		l := newLiveTable(t, s.Delivered, manifests, parts)
		live[name] = l
		if s.Delivered == "user_migrations" {
			mapping = mappingTraits(l.rows, set)
		}
	}
	for name, l := range live {
		tableTraits(name, shown[name], l, mapping, set)
	}
	for trait, yes := range has {
		if !yes {
			delete(has, trait)
		}
	}
	return has
}

func deliveryTraits(t *testing.T, manifests []*manifest, parts *partReader, set func(string, bool)) {
	t.Helper()
	maps := map[int64]map[any]bool{} // targets of a from_user_id over all dumps
	named := map[string]bool{}       // by an earlier dump
	for _, m := range manifests {
		set("dump without tables", len(m.Tables) == 0)
		for name := range named {
			_, again := m.table(name)
			set("table absent", len(m.Tables) > 0 && !again)
		}
		for _, d := range m.Tables {
			named[d.Name] = true
			set("incremental user_migrations", d.Name == "user_migrations" && !d.full())
			set("resync without files", d.full() && len(d.Files) == 0)
			set("part order not name order", !slices.IsSorted(d.Files))
			in := map[string]int{}
			rows := 0
			for _, f := range d.Files {
				p, err := parts.part(d.Name, f)
				if err != nil {
					t.Fatal(err)
				}
				rows += len(p.rows)
				for _, c := range p.fields {
					in[c]++
					set("column in a part only", !slices.Contains(d.Columns, c))
				}
				set("new layout", strings.Contains(f, "/_heap_table_name="))
				set("old layout", strings.HasSuffix(f, "-c000.avro"))
				for _, r := range p.rows {
					if from, ok := r["from_user_id"].(int64); ok && d.Name == "user_migrations" {
						if maps[from] == nil {
							maps[from] = map[any]bool{}
						}
						maps[from][r["to_user_id"]] = true
						set("map taken back or retargeted", len(maps[from]) > 1)
					}
				}
				_, key, _ := splitFile(f)
				data, _ := fs.ReadFile(parts.fsys, key)
				text := `user_id","type":["null","string"]`
				set("ids as text", strings.Contains(string(data), text))
			}
			for _, c := range d.Columns {
				set("column listed, in no part", len(d.Files) > 0 && in[c] == 0)
				set("column in some parts", in[c] > 0 && in[c] < len(d.Files))
			}
			set("resync with rows", d.full() && rows > 0)
			set("resync with an empty part", d.full() && len(d.Files) > 0 && rows == 0)
		}
	}
}

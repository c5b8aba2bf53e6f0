package plan

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"smew/feed"
)

// spec writes a table of a manifest in short: "users" is incremental, "users!" a full resync,
// "users!0" one without files.
func table(spec string, dump int64) feed.Table {
	name, rest, full := strings.Cut(spec, "!")
	t := feed.Table{Name: name, Columns: []string{"user_id"}, Incremental: !full}
	if rest != "0" {
		t.Files = []string{fmt.Sprintf("s3://b/sync_%d/%s/part-0.avro", dump, name)}
	}
	return t
}

func manifest(dump int64, tables ...string) *feed.Manifest {
	m := &feed.Manifest{DumpID: dump}
	for _, spec := range tables {
		m.Tables = append(m.Tables, table(spec, dump))
	}
	return m
}

func found(m *feed.Manifest) Found {
	key := feed.ManifestKey(m.DumpID)
	return Found{Key: key, ETag: "etag of " + key, Manifest: m}
}

func ids(dumps []Dump) []int64 {
	out := []int64{}
	for _, d := range dumps {
		out = append(out, d.ID)
	}
	return out
}

func TestOrderOfDumps(t *testing.T) {
	none := Ledger{}
	for _, c := range []struct {
		name   string
		found  []*feed.Manifest
		ledger Ledger
		want   []int64
	}{
		{"by number, not as text", []*feed.Manifest{manifest(1000, "a"), manifest(852, "a"), manifest(99, "a")}, none, []int64{99, 852, 1000}},
		{"nothing is spared by the lowest resync", []*feed.Manifest{manifest(1, "a!"), manifest(2, "a")}, none, []int64{1, 2}},
		{"a resync that spares goes first", []*feed.Manifest{manifest(1, "a"), manifest(2, "a"), manifest(3, "a!"), manifest(4, "a")}, none, []int64{3, 1, 2, 4}},
		{"of several resyncs of a table only the highest goes first", []*feed.Manifest{manifest(1, "a"), manifest(2, "a!"), manifest(3, "a!")}, none, []int64{3, 1, 2}},
		{"resyncs of several tables, highest first", []*feed.Manifest{manifest(1, "a", "b"), manifest(2, "a!"), manifest(3, "b!")}, none, []int64{3, 2, 1}},
		{"a resync of another table spares nothing", []*feed.Manifest{manifest(1, "a"), manifest(2, "b!")}, none, []int64{1, 2}},
		{"a resync without rows spares too", []*feed.Manifest{manifest(1, "a"), manifest(2, "a!0")}, none, []int64{2, 1}},
		{"user_migrations is always full", []*feed.Manifest{manifest(1, Migrations), manifest(2, Migrations)}, none, []int64{2, 1}},
		{"below the ledger's resync there is nothing more to spare",
			[]*feed.Manifest{manifest(1, "a"), manifest(2, "a!")}, Ledger{Resyncs: map[string]int64{"a": 5}}, []int64{1, 2}},
		{"a resync above the ledger's spares",
			[]*feed.Manifest{manifest(6, "a"), manifest(7, "a!")}, Ledger{Resyncs: map[string]int64{"a": 5}}, []int64{7, 6}},
		{"dump 0 and the highest number", []*feed.Manifest{manifest(1<<63-1, "a"), manifest(0, "a")}, none, []int64{0, 1<<63 - 1}},
		{"nothing", nil, none, []int64{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var all []Found
			for _, m := range c.found {
				all = append(all, found(m))
			}
			p := New(all, c.ledger, Source{})
			if got := ids(p.Dumps); !slices.Equal(got, c.want) {
				t.Errorf("order %v, want %v", got, c.want)
			}
			if len(p.Problems) > 0 {
				t.Errorf("problems: %v", p.Problems)
			}
		})
	}
}

// A dump's tables stand as in the manifest, but user_migrations first, and know their places.
func TestTablesOfADump(t *testing.T) {
	m := &feed.Manifest{DumpID: 7, PropertyDefinitions: "s3://b/sync_7/property_definitions.json", Tables: []feed.Table{
		{Name: "users", Columns: []string{"user_id", "Email"}, Incremental: true, Files: []string{"s3://b/x/2.avro", "s3://b/x/1.avro"}},
		{Name: "gone", Incremental: false},
		{Name: Migrations, Incremental: true, Files: []string{"s3://b/m.avro"}},
	}}
	p := New([]Found{found(m)}, Ledger{}, Source{Bucket: "b"})
	want := []Table{
		{Name: Migrations, Place: 3, Full: true, Parts: []Part{{1, "m.avro"}}},
		{Name: "users", Place: 1, Columns: []string{"user_id", "Email"}, Parts: []Part{{1, "x/2.avro"}, {2, "x/1.avro"}}},
		{Name: "gone", Place: 2, Full: true},
	}
	if len(p.Dumps) != 1 || !reflect.DeepEqual(p.Dumps[0].Tables, want) {
		t.Fatalf("got %+v", p)
	}
	d := p.Dumps[0]
	if d.Definitions != m.PropertyDefinitions || d.Digest != m.Digest() || d.Key != "manifests/sync_7.json" || d.ETag != "etag of manifests/sync_7.json" {
		t.Errorf("got %+v", d)
	}
}

// R1: which of several manifests with one dump_id counts.
func TestR1ManifestsOfOneDump(t *testing.T) {
	one, other := manifest(5, "a"), manifest(5, "a", "b")
	swapped := manifest(5, "a")
	swapped.Tables[0].Files = append(swapped.Tables[0].Files, "s3://b/y")
	swappedBack := manifest(5, "a")
	swappedBack.Tables[0].Files = []string{"s3://b/y", swapped.Tables[0].Files[0]}
	at := func(key string, m *feed.Manifest) Found { return Found{Key: key, ETag: "e-" + key, Manifest: m} }
	loaded := Ledger{Dumps: map[int64]Loaded{5: {Key: "k1", Digest: one.Digest()}}}

	for _, c := range []struct {
		name     string
		found    []Found
		ledger   Ledger
		dumps    []int64
		copies   []string
		problems map[string]error
		known    []string
	}{
		{name: "equal copies are one dump", found: []Found{at("k2", manifest(5, "a")), at("k1", one), at("k3", manifest(5, "a"))}, dumps: []int64{5}, copies: []string{"k2", "k3"}},
		{name: "two that differ load neither", found: []Found{at("k1", one), at("k2", other)},
			problems: map[string]error{"k1": ErrConflict, "k2": ErrConflict}},
		{name: "a third does not decide", found: []Found{at("k1", one), at("k2", manifest(5, "a")), at("k3", other)},
			problems: map[string]error{"k1": ErrConflict, "k2": ErrConflict, "k3": ErrConflict}},
		{name: "the order of files counts", found: []Found{at("k1", swapped), at("k2", swappedBack)},
			problems: map[string]error{"k1": ErrConflict, "k2": ErrConflict}},
		{name: "the one loaded first stays", found: []Found{at("k2", other)}, ledger: loaded, problems: map[string]error{"k2": ErrConflict}},
		{name: "a copy of a loaded one is known", found: []Found{at("k2", manifest(5, "a"))}, ledger: loaded, known: []string{"k2"}},
		{name: "rewritten with equal content", found: []Found{at("k1", manifest(5, "a"))}, ledger: loaded, known: []string{"k1"}},
		{name: "changed after it was loaded", found: []Found{at("k1", other)}, ledger: loaded, problems: map[string]error{"k1": ErrChanged}},
		{name: "all at once", found: []Found{at("k3", other), at("k1", other), at("k2", one)}, ledger: loaded,
			problems: map[string]error{"k1": ErrChanged, "k3": ErrConflict}, known: []string{"k2"}},
		{name: "a conflict holds up no other dump", found: []Found{at("k1", one), at("k2", other), at("k3", manifest(6, "a"))}, dumps: []int64{6},
			problems: map[string]error{"k1": ErrConflict, "k2": ErrConflict}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := New(c.found, c.ledger, Source{})
			if !slices.Equal(ids(p.Dumps), append([]int64{}, c.dumps...)) {
				t.Errorf("dumps %v, want %v", ids(p.Dumps), c.dumps)
			}
			var copies, known []string
			for _, d := range p.Dumps {
				for _, f := range d.Copies {
					copies = append(copies, f.Key)
				}
			}
			for _, f := range p.Known {
				known = append(known, f.Key)
			}
			if !slices.Equal(copies, c.copies) || !slices.Equal(known, c.known) {
				t.Errorf("copies %v, known %v; want %v, %v", copies, known, c.copies, c.known)
			}
			if len(p.Problems) != len(c.problems) {
				t.Fatalf("problems %v, want %v", p.Problems, c.problems)
			}
			for _, problem := range p.Problems {
				want := c.problems[problem.Key]
				if want == nil || !errors.Is(problem.Err, want) || problem.DumpID != 5 || problem.ETag != "e-"+problem.Key {
					t.Errorf("problem %+v, want %v", problem, want)
				}
				if !strings.Contains(problem.Error(), "dump 5") || !strings.HasPrefix(problem.Error(), problem.Key+": ") {
					t.Errorf("the text names neither manifest nor dump: %s", problem.Error())
				}
			}
		})
	}
}

func TestR5Spared(t *testing.T) {
	ledger := Ledger{Resyncs: map[string]int64{"a": 5, "b": 0}}
	for _, c := range []struct {
		table string
		dump  int64
		want  bool
	}{{"a", 4, true}, {"a", 5, false}, {"a", 6, false}, {"A", 4, false}, {"c", 0, false}, {"b", 0, false}} {
		if got := ledger.Spared(Dump{ID: c.dump}, Table{Name: c.table}); got != c.want {
			t.Errorf("table %s of dump %d: %v", c.table, c.dump, got)
		}
	}
}

func TestAgain(t *testing.T) {
	dump := func(id int64, tables ...string) Dump {
		p := New([]Found{found(manifest(id, tables...))}, Ledger{}, Source{})
		return p.Dumps[0]
	}
	failed := []Dump{dump(1, "a"), dump(2, "b"), dump(3, "a!0"), dump(9, "a"), dump(4, "b", "a")}
	at := func(a int64) Ledger { return Ledger{Resyncs: map[string]int64{"a": a}} }
	for _, c := range []struct {
		name          string
		before, after Ledger
		want          []int64
	}{
		{"no resync was loaded since", Ledger{}, Ledger{}, []int64{}},
		{"what it makes invalid is worth a try", Ledger{}, at(8), []int64{1, 4}},
		{"not what was spared before already", at(3), at(8), []int64{4}},
		{"not a second time", at(8), at(8), []int64{}},
	} {
		if got := ids(Again(failed, c.before, c.after)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	if len(failed) != 5 || failed[1].ID != 2 {
		t.Error("Again changed what it was given")
	}
}

// TestR2NewIgnoresArrival plans random feeds: whatever order the manifests are found in, the plan
// is the same; every dump is planned, known or a problem; a resync goes before what it spares.
func TestR2NewIgnoresArrival(t *testing.T) {
	names := []string{"a", "b", "users", Migrations}
	spared := 0
	for seed := range uint64(300) {
		rng := rand.New(rand.NewPCG(seed, 1))
		ledger := Ledger{Dumps: map[int64]Loaded{}, Resyncs: map[string]int64{}}
		var all []Found
		for id := range int64(1 + rng.IntN(8)) {
			var specs []string
			for _, name := range names {
				if rng.IntN(2) == 0 {
					specs = append(specs, name+[]string{"", "", "!", "!0"}[rng.IntN(4)])
				}
			}
			rng.Shuffle(len(specs), func(i, j int) { specs[i], specs[j] = specs[j], specs[i] })
			m := manifest(id, specs...)
			all = append(all, found(m))
			switch rng.IntN(8) {
			case 0: // a copy
				all = append(all, Found{Key: fmt.Sprintf("manifests/copy/%d.json", id), Manifest: m})
			case 1: // another
				all = append(all, Found{Key: fmt.Sprintf("manifests/%d.json", id), Manifest: manifest(id, append(specs, "more")...)})
			case 2: // outside
				m.Tables = append(m.Tables, feed.Table{Name: "out", Files: []string{"s3://else/x"}})
			case 3:
				ledger.Dumps[id] = Loaded{Key: feed.ManifestKey(id), Digest: m.Digest()}
			}
			if rng.IntN(6) == 0 {
				ledger.Resyncs[names[rng.IntN(len(names))]] = id
			}
		}
		want := New(all, ledger, Source{Bucket: "b"})
		for range 3 {
			rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
			got := New(all, ledger, Source{Bucket: "b"})
			if diff := differ(want, got); diff != "" {
				t.Fatalf("seed %d: %s", seed, diff)
			}
		}
		spared += checkOrder(t, seed, want, ledger)
	}
	if spared < 100 {
		t.Errorf("only %d tables were spared: the feeds are too tame", spared)
	}
}

func differ(a, b Plan) string {
	if !reflect.DeepEqual(a.Dumps, b.Dumps) {
		return fmt.Sprintf("dumps differ: %v and %v", ids(a.Dumps), ids(b.Dumps))
	}
	if !reflect.DeepEqual(a.Known, b.Known) {
		return fmt.Sprintf("known differ: %v and %v", a.Known, b.Known)
	}
	if fmt.Sprint(a.Problems) != fmt.Sprint(b.Problems) {
		return fmt.Sprintf("problems differ: %v and %v", a.Problems, b.Problems)
	}
	return ""
}

// checkOrder plays the plan through: a dump whose rows a planned resync makes invalid goes after
// it, unless the dump is itself a resync that others wait for. It returns how many tables were spared.
func checkOrder(t *testing.T, seed uint64, p Plan, ledger Ledger) (spared int) {
	t.Helper()
	highest := map[string]int64{}
	for _, d := range p.Dumps {
		for _, table := range d.Tables {
			if table.Full {
				highest[table.Name] = max(highest[table.Name], d.ID)
			}
		}
	}
	now := Ledger{Resyncs: map[string]int64{}}
	for name, id := range ledger.Resyncs {
		now.Resyncs[name] = id
	}
	for _, d := range p.Dumps {
		for _, table := range d.Tables {
			if now.Spared(d, table) {
				spared++
			} else if d.ID < highest[table.Name] && !resyncs(d, highest) {
				t.Fatalf("seed %d: dump %d goes before dump %d, which makes its %s invalid: %v", seed, d.ID, highest[table.Name], table.Name, ids(p.Dumps))
			}
		}
		for _, table := range d.Tables {
			if table.Full && d.ID > now.mark(table.Name) {
				now.Resyncs[table.Name] = d.ID
			}
		}
	}
	return spared
}

// resyncs says whether the dump itself is some table's highest resync.
func resyncs(d Dump, highest map[string]int64) bool {
	return slices.ContainsFunc(d.Tables, func(t Table) bool { return t.Full && highest[t.Name] == d.ID })
}

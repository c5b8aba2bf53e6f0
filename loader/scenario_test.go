package loader_test

import (
	"io/fs"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"smew/answer"
	"smew/bucket"
	"smew/feed"
	"smew/loader"
	"smew/loader/oracle"
	"smew/produce"
	"smew/produce/producetest"
	"smew/sample"
)

// TestScenarios produces random feeds and loads them after every dump, in the order in which the
// manifests appear and in a shuffled one: main always is what the answer key says, and what is
// reported is what is wrong on purpose.
func TestScenarios(t *testing.T) {
	t.Parallel()
	for _, seed := range sample.Seeds(t, sample.Scenarios, 1, 100) {
		t.Run(strconv.Itoa(seed), func(t *testing.T) {
			t.Parallel()
			d := producetest.Dice{Rand: rand.New(rand.NewPCG(uint64(seed), 5))}
			s := d.Scenario()
			checkScenario(t, s, d)
			if t.Failed() {
				t.Logf("the scenario: %+v", *s)
			}
		})
	}
}

func checkScenario(t *testing.T, s *produce.Scenario, d producetest.Dice) {
	dir, db, key := t.TempDir(), filepath.Join(t.TempDir(), "followed.duckdb"), &answer.Key{}
	b, err := bucket.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	p, err := produce.New(t.Context(), b, produce.Options{Seed: d.Uint64(), Users: 30, Events: 150, PartRows: 40, Scenario: s,
		Codec: d.Of("null", "deflate", "snappy"), Answer: key})
	if err != nil {
		t.Fatal(err)
	}
	var ids []int64
	var wrong []fault
	for range producetest.Days + 1 {
		dump, err := p.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, dump.DumpID)
		for _, f := range dump.Faults {
			wrong = append(wrong, fault{f.Name, dump.DumpID, len(ids)})
		}
		reported(t, load(t, dir, db), wrong, len(ids))
		if t.Failed() {
			return
		}
		matches(t, key, nil, db)
	}
	if t.Failed() {
		return
	}
	staged, db := t.TempDir(), filepath.Join(t.TempDir(), "shuffled.duckdb")
	stageParts(t, dir, staged)
	d.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
	for n, id := range ids {
		stageManifests(t, dir, staged, id)
		load(t, staged, db)
		matches(t, key, func(id int64) bool { return slices.Contains(ids[:n+1], id) }, db)
		if t.Failed() {
			t.Logf("arrived: %v", ids[:n+1])
			return
		}
	}
	for i := range wrong {
		if wrong[i].name == "changed-manifest" {
			wrong[i].name = "" // only the new manifest was ever seen
		}
	}
	reported(t, load(t, staged, db), wrong, len(ids))
}

// fault is something wrong with a dump that appeared as the n-th, from 1.
type fault struct {
	name string
	dump int64
	nth  int
}

// reported holds what a load left out against what was wrong when so many dumps had appeared.
func reported(t *testing.T, s loader.Summary, wrong []fault, appeared int) {
	t.Helper()
	var want, got []string
	for _, f := range wrong {
		switch {
		case f.name == "" || f.name == "changed-manifest" && f.nth == appeared:
		case f.name == "duplicate-dump-id":
			want = append(want, feed.ManifestKey(f.dump), strings.TrimSuffix(feed.ManifestKey(f.dump), ".json")+"-2.json")
		default:
			want = append(want, feed.ManifestKey(f.dump))
		}
	}
	for _, f := range s.Failed {
		got = append(got, f.Key)
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(slices.Compact(got), slices.Compact(want)) {
		t.Errorf("not loaded: %q, want %q; wrong on purpose: %+v; %+v", got, want, wrong, s.Failed)
	}
}

// matches holds main against the answer key.
func matches(t *testing.T, key *answer.Key, arrived func(int64) bool, db string) {
	t.Helper()
	want, err := key.Tables(arrived)
	if err != nil {
		t.Fatal(err)
	}
	if counted, err := key.Counted(arrived); err != nil {
		t.Fatal(err)
	} else if len(counted) == 0 {
		want = nil // views, all_events among them, are made with the first dump
	}
	got := mainTables(t, db)
	delete(got, "enhanced_users")
	for name, table := range got {
		if want[name] == nil {
			t.Errorf("main.%s is there and should not be: %v", name, table.Columns)
		}
	}
	for name, shown := range want {
		table := &oracle.Table{Columns: shown.Columns}
		for row := range shown.Rows() {
			table.Rows = append(table.Rows, slices.Clone(row))
		}
		if err := oracle.Compare(table, got[name]); err != nil {
			t.Errorf("main.%s: %v", name, err)
		}
	}
}

// stageParts links all of a feed but its manifests.
func stageParts(t *testing.T, from, to string) {
	t.Helper()
	err := fs.WalkDir(os.DirFS(from), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || strings.HasPrefix(name, feed.ManifestsPrefix) {
			return err
		}
		return link(from, to, name)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// stageManifests links what has a dump's id.
func stageManifests(t *testing.T, from, to string, id int64) {
	t.Helper()
	stem := strings.TrimSuffix(path.Base(feed.ManifestKey(id)), ".json")
	for _, name := range []string{stem + ".json", stem + "-2.json"} {
		if err := link(from, to, feed.ManifestsPrefix+name); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
}

func link(from, to, name string) error {
	target := filepath.Join(to, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return err
	}
	return os.Link(filepath.Join(from, filepath.FromSlash(name)), target)
}

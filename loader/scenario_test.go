package loader_test

import (
	"fmt"
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
)

// scenarios is how many random scenarios the tests produce and load: few by default, many in make soak.
func scenarios() int {
	n, err := strconv.Atoi(os.Getenv("SMEW_TEST_SCENARIOS"))
	if err != nil {
		return 5
	}
	return n
}

// dice draws what a random scenario has.
type dice struct{ *rand.Rand }

func (d dice) share(most float64) float64 {
	if d.IntN(3) == 0 {
		return 0
	}
	return d.Float64() * most
}

func (d dice) of(names ...string) string { return names[d.IntN(len(names))] }

func (d dice) day() int { return 1 + d.IntN(scenarioDays) }

func (d dice) days() produce.Days {
	from := d.day()
	return produce.Days(d.of(fmt.Sprint(from), fmt.Sprintf("%d-%d", from, from+d.IntN(3)), fmt.Sprintf("%d/%d", from, 2+d.IntN(4))))
}

const scenarioDays = 6

var (
	scenarioTables  = []string{"users", "sessions", "pageviews", "product_viewed", "cart_updated", "checkout_started", "order_completed", "_event_metadata"}
	scenarioColumns = [][2]string{{"users", "plan"}, {"users", "joindate"}, {"users", "email"}, {"sessions", "time"}, {"sessions", "carrier"},
		{"pageviews", "title"}, {"order_completed", "amount"}, {"user_migrations", "time"}, {"cart_updated", "cart_total"}, {"_event_metadata", "event_name"}}
)

// randomScenario is one with everything a feed may do, each switched on or off at random.
func randomScenario(d dice) *produce.Scenario {
	s := &produce.Scenario{
		Duplicates:     produce.Duplicates{InPart: d.share(0.05), InDump: d.share(0.05), Later: d.share(0.1)},
		SecondIDs:      d.share(0.8),
		SharedEvents:   d.share(0.8),
		LateEvents:     d.share(0.2),
		InvalidDates:   d.share(0.3),
		Merges:         d.share(1),
		Corrections:    d.share(0.05),
		SharedIdentity: produce.SharedIdentity{Days: d.days(), IDs: d.IntN(40), Back: d.IntN(3)},
		Times:          produce.Times{Users: d.of("", "ms", "us", "text", "mixed"), Events: d.of("", "ms", "us", "text", "mixed")},
		FailedSyncs:    d.days(),
		Strays:         d.days(),
		EventMetadata:  d.IntN(3) > 0,
		Layout:         d.of("", "hive", "plain", "mixed"),
		PartName:       d.of("", "{uuid}.avro", "{table}-{number}.{uuid}.avro"),
	}
	for range d.IntN(4) {
		s.Columns = append(s.Columns, columnDays(d))
	}
	for range d.IntN(4) {
		s.Tables = append(s.Tables, produce.TableDays{Table: d.of(append(scenarioTables, "user_migrations")...), Off: d.days(), PartRows: d.IntN(30)})
	}
	for range d.IntN(5) {
		s.Resyncs = append(s.Resyncs, produce.Resync{Table: d.of(scenarioTables...), Days: d.days(), Rows: d.of("", "all", "some", "none", "empty-part")})
	}
	for range d.IntN(3) {
		s.Late = append(s.Late, produce.Late{Days: d.days(), By: 1 + d.IntN(3)})
	}
	for range d.IntN(2) {
		s.Jumps = append(s.Jumps, produce.Jump{Day: d.day(), To: 1_008_461_850})
	}
	for range d.IntN(3) {
		s.Definitions = append(s.Definitions, produce.Definitions{Days: d.days(), File: d.of(produce.DefinitionsNames()...)})
	}
	names := produce.FaultNames()
	d.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	s.Faults = names[:d.IntN(4)]
	return s
}

func columnDays(d dice) produce.ColumnDays {
	c := scenarioColumns[d.IntN(len(scenarioColumns))]
	return produce.ColumnDays{Table: c[0], Column: c[1], Missing: d.days()}
}

// TestScenarios produces random feeds and loads them after every dump, in the order in which the
// manifests appear and in a shuffled one: main always is what the answer key says, and what is
// reported is what is wrong on purpose.
func TestScenarios(t *testing.T) {
	for seed := range scenarios() {
		t.Run(strconv.Itoa(seed), func(t *testing.T) {
			t.Parallel()
			d := dice{rand.New(rand.NewPCG(uint64(seed), 5))}
			s := randomScenario(d)
			checkScenario(t, s, d)
			if t.Failed() {
				t.Logf("the scenario: %+v", *s)
			}
		})
	}
}

func checkScenario(t *testing.T, s *produce.Scenario, d dice) {
	dir, db, key := t.TempDir(), filepath.Join(t.TempDir(), "followed.duckdb"), &answer.Key{}
	b, err := bucket.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	p, err := produce.New(t.Context(), b, produce.Options{Seed: d.Uint64(), Users: 30, Events: 150, PartRows: 40, Scenario: s,
		Codec: d.of("null", "deflate", "snappy"), Answer: key})
	if err != nil {
		t.Fatal(err)
	}
	var ids []int64
	var wrong []fault
	for range scenarioDays + 1 {
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

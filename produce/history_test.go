package produce_test

import (
	"reflect"
	"testing"
	"time"

	"smew/bucket"
	"smew/feed"
	"smew/produce"
)

// events counts the rows of sessions and the tables of events.
func events(s produce.DumpSummary) int {
	n := 0
	for _, t := range s.Tables {
		if t.Name != "users" && t.Name != "user_migrations" {
			n += t.Rows
		}
	}
	return n
}

// TestHistory: the first dump is large and reaches months back, and leaves the
// others as large as they are without it.
func TestHistory(t *testing.T) {
	t.Parallel()
	o := options()
	o.Users, o.Dumps, o.Events, o.History, o.PartRows = 2000, 3, 600, 20_000, 1000
	o.Start = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	b := bucket.NewMemory()
	s := mustFeed(t, b, o)
	for i, want := range []int{20_000, 600, 600} {
		if got := events(s.Dumps[i]); got < want*7/10 || got > want*14/10 {
			t.Errorf("dump %d has %d events, want about %d", s.Dumps[i].DumpID, got, want)
		}
	}
	dumps := read(t, b, "")
	times := map[bool]int{} // by whether it is of the first day
	for _, row := range dumps[0].rows("pageviews") {
		at, err := time.Parse("2006-01-02 15:04:05.000", row["time"].(string))
		if err != nil {
			t.Fatal(err)
		}
		age := o.Start.Sub(at)
		if age > 90*24*time.Hour || age < -24*time.Hour {
			t.Fatalf("a pageview of %v", at)
		}
		times[age <= 0]++
	}
	if times[true] < 200 || times[false] < 8000 {
		t.Errorf("pageviews of the first day, and before: %v", times)
	}
	next := mappings(t, dumps[0])
	chains := 0
	for _, to := range next {
		if _, on := next[to]; on {
			chains++
		}
	}
	if len(next) < 500 || chains == 0 {
		t.Errorf("the first dump has %d mappings, %d of them lead on", len(next), chains)
	}
	checkIdentities(t, world{b, s, dumps})
	checkSecondIDs(t, world{b, s, dumps})
}

// TestHistoryContinued: with a history, too, a feed can be written in pieces.
func TestHistoryContinued(t *testing.T) {
	t.Parallel()
	whole, pieces := bucket.NewMemory(), bucket.NewMemory()
	o := options()
	o.Dumps, o.Events, o.History = 3, 300, 3000
	mustFeed(t, whole, o)
	for o.Dumps = 1; len(contents(t, pieces, feed.ManifestsPrefix)) < 3; {
		mustFeed(t, pieces, o)
	}
	sameFeed(t, whole, pieces)
}

// TestWorkers: what a part holds, and which is the next, is the same however
// many are written at once.
func TestWorkers(t *testing.T) {
	t.Parallel()
	for _, o := range []produce.Options{options(), everything(t)} {
		want := bucket.NewMemory()
		o.Workers = 1
		mustFeed(t, want, o)
		for _, o.Workers = range []int{2, 3, 64} {
			got := bucket.NewMemory()
			o.UUID = counter("u")
			mustFeed(t, got, o)
			if !reflect.DeepEqual(contents(t, got, ""), contents(t, want, "")) {
				t.Errorf("%d workers write other objects than one", o.Workers)
			}
		}
	}
}

func sameFeed(t *testing.T, one, other bucket.Bucket) {
	t.Helper()
	a, b := read(t, one, ""), read(t, other, "")
	if len(a) != len(b) {
		t.Fatalf("%d dumps and %d", len(a), len(b))
	}
	for i := range a {
		if !reflect.DeepEqual(a[i].parts, b[i].parts) {
			t.Errorf("dump %d has other rows", a[i].manifest.DumpID)
		}
	}
}

// TestCorrections: they grow with the traffic, and no id comes twice.
func TestCorrections(t *testing.T) {
	t.Parallel()
	o := options()
	o.Users, o.Dumps, o.Events, o.PartRows = 5000, 4, 6000, 10_000
	o.Scenario = scenario(t, produce.DefaultScenario)
	o.Scenario.SharedEvents = 0
	b := bucket.NewMemory()
	s := mustFeed(t, b, o)
	if p := s.Planted; p.TakenBack != 20 || p.Retargeted < 15 || p.Retargeted > 20 || p.MergedIdentities < p.AnonymousToMember/8 {
		t.Errorf("in two days of 6000 events: %+v", p)
	}
	dumps := read(t, b, "")
	checkIdentities(t, world{b, s, dumps})
	seen := map[any]string{}
	for _, d := range dumps {
		for _, table := range append([]string{"sessions"}, eventTables...) {
			for _, row := range d.rows(table) {
				id := row["event_id"]
				if id.(int64) <= 0 || id.(int64) >= 1<<53 {
					t.Fatalf("event_id %v", id)
				}
				if event := table + row["time"].(string); seen[id] == "" {
					seen[id] = event
				} else if seen[id] != event {
					t.Fatalf("event_id %v is that of %s and of %s", id, seen[id], event)
				}
			}
		}
	}
}

package produce_test

import (
	"testing"

	"smew/answer"
	"smew/bucket"
	"smew/feed"
	"smew/produce"
)

// TestKilledBetweenManifests: a dump of which only the extra manifest is there is written by the next call.
func TestKilledBetweenManifests(t *testing.T) {
	b := bucket.NewMemory()
	o := options()
	o.Users, o.Events, o.Dumps = 40, 60, 2
	o.Scenario = &produce.Scenario{Faults: []string{"duplicate-dump-id@853"}}
	mustFeed(t, b, o)
	for range 2 { // killed twice at the same place
		b.Remove(feed.ManifestKey(853))
		o.Dumps, o.Answer = 1, &answer.Key{}
		s := mustFeed(t, b, o)
		if len(s.Dumps) != 1 || s.Dumps[0].DumpID != 853 || len(s.Dumps[0].Faults) != 1 {
			t.Fatalf("wrote %+v, want dump 853", s.Dumps)
		}
	}
	if text := contents(t, b, feed.ManifestKey(853)); len(text) != 1 {
		t.Error("dump 853 has no manifest")
	}
	o.Answer = nil
	if got := mustFeed(t, b, o).Dumps[0].DumpID; got != 854 {
		t.Errorf("then came dump %d, want 854", got)
	}
}

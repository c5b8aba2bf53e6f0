package produce_test

import (
	"slices"
	"strings"
	"testing"

	"smew/answer"
	"smew/bucket"
	"smew/produce"
)

// faulted writes four dumps with faults and returns which dump got which.
func faulted(t *testing.T, s *produce.Scenario) (map[int64]string, *produce.Producer, error) {
	t.Helper()
	o := options()
	o.Events, o.Scenario, o.Answer = 200, s, &answer.Key{}
	p, err := produce.New(t.Context(), bucket.NewMemory(), o)
	if err != nil {
		t.Fatal(err)
	}
	out := map[int64]string{}
	for range 4 {
		d, err := p.Next(t.Context())
		if err != nil {
			return out, p, err
		}
		for _, f := range d.Faults {
			if f.DumpID != d.DumpID || f.Object == "" || f.Must == "" {
				t.Errorf("dump %d: %+v", d.DumpID, f)
			}
			out[d.DumpID] += f.Name
		}
	}
	return out, p, nil
}

// TestFaultsPlaced: each fault gets a dump of its own, from the second on, or the one it is for.
func TestFaultsPlaced(t *testing.T) {
	t.Parallel()
	got, p, err := faulted(t, &produce.Scenario{Faults: []string{"torn-manifest", "bad-id", "missing-part@853", "flipped-bit@1000"}})
	if err != nil || got[852] != "" || got[853] != "torn-manifest" && got[853] != "missing-part" || len(got) != 2 && len(got) != 3 {
		t.Fatalf("%v, %v", got, err)
	}
	if got, _, _ := faulted(t, &produce.Scenario{Faults: []string{"bad-id@852"}}); got[852] != "bad-id" {
		t.Errorf("the first dump is asked for: %v", got)
	}
	if missed := p.Missed(); !slices.Contains(missed, "flipped-bit@1000") {
		t.Errorf("missed: %v", missed)
	}
}

// TestFaultsHarmless: no fault goes into a part that a later full resync makes invalid.
func TestFaultsHarmless(t *testing.T) {
	t.Parallel()
	s := &produce.Scenario{Faults: []string{"truncated-part"}}
	for _, table := range append([]string{"users", "sessions"}, eventTables...) {
		s.Resyncs = append(s.Resyncs, produce.Resync{Table: table, Days: "3"})
	}
	if got, _, err := faulted(t, s); err != nil || got[854] != "truncated-part" {
		t.Errorf("%v, %v; want it after the last resync has come", got, err)
	}
	s.Faults = []string{"truncated-part@853"}
	if _, _, err := faulted(t, s); err == nil || !strings.Contains(err.Error(), "produce dump 853: fault truncated-part@853: every part") {
		t.Errorf("a fault that could not matter: %v", err)
	}
}

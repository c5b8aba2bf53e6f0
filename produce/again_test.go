package produce_test

import (
	"errors"
	"strings"
	"testing"

	"smew/bucket"
	"smew/feed"
	"smew/produce"
)

// A producer whose dump is there, and only its report could not be written, goes on with the next dump.
func TestGoesOnAfterALostReport(t *testing.T) {
	t.Parallel()
	o := options()
	o.Dumps, o.Events = 2, 150
	clean := bucket.NewMemory()
	mustFeed(t, clean, o)
	creates := 0
	for key := range contents(t, clean, "") {
		if strings.Contains(key, "852") {
			creates++
		}
	}
	b := &faulty{Memory: bucket.NewMemory(), fail: creates - 1} // the report is the last
	p, err := produce.New(t.Context(), b, o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Next(t.Context()); !errors.Is(err, errInjected) || !strings.Contains(err.Error(), feed.ReportKey(852)) {
		t.Fatalf("the report was to fail: %v", err)
	}
	d, err := p.Next(t.Context())
	if err != nil || d.DumpID != 853 {
		t.Errorf("dump %d, %v", d.DumpID, err)
	}
}

// What a failed sync leaves is counted among the strays.
func TestStraysOfFailedSyncs(t *testing.T) {
	t.Parallel()
	o := options()
	o.Dumps, o.Events, o.Scenario = 2, 150, &produce.Scenario{FailedSyncs: "2"}
	b := bucket.NewMemory()
	s := mustFeed(t, b, o)
	strays := 0
	for key := range contents(t, b, "sync_") {
		if strings.HasSuffix(key, "/_SUCCESS") || strings.HasPrefix(key, "sync_853/") {
			strays++
		}
	}
	if strays < 6 || s.Planted.Strays != strays {
		t.Errorf("%d strays, told of %d", strays, s.Planted.Strays)
	}
}

// A fault goes into another table where the first one has no rows.
func TestFaultPassesOverEmptyParts(t *testing.T) {
	t.Parallel()
	o := options()
	o.Dumps, o.Events = 2, 150
	o.Scenario = &produce.Scenario{Faults: []string{"flipped-bit@853"}, Resyncs: []produce.Resync{{Table: "pageviews", Days: "2", Rows: "empty-part"}}}
	s := mustFeed(t, bucket.NewMemory(), o)
	if f := s.Dumps[1].Faults; len(f) != 1 || !strings.Contains(f[0].Object, "sessions") {
		t.Errorf("faults: %+v", f)
	}
}

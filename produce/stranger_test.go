package produce_test

import (
	"errors"
	"testing"
	"time"

	"smew/bucket"
	"smew/produce"
)

// TestContinuedOtherwise: what a feed was begun with is what it is continued with.
func TestContinuedOtherwise(t *testing.T) {
	t.Parallel()
	resynced := &produce.Scenario{Resyncs: []produce.Resync{{Table: "users", Days: "2"}}}
	for _, tt := range []struct {
		name   string
		change func(*produce.Options)
		wrong  bool
	}{
		{"nothing", func(o *produce.Options) {}, false},
		{"the size of parts and the codec", func(o *produce.Options) { o.PartRows, o.Codec = 7, "null" }, false},
		{"the seed", func(o *produce.Options) { o.Seed = 4 }, true},
		{"the people", func(o *produce.Options) { o.Users = 80 }, true},
		{"the events", func(o *produce.Options) { o.Events = 90 }, true},
		{"the history", func(o *produce.Options) { o.History = 500 }, true},
		{"the start", func(o *produce.Options) { o.Start = time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC) }, true},
		{"the first dump", func(o *produce.Options) { o.FirstDump = 851 }, true},
		{"the scenario", func(o *produce.Options) { o.Scenario = resynced }, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := bucket.NewMemory()
			o := options()
			o.Seed, o.Users, o.Events, o.Dumps, o.Scenario = 3, 40, 60, 2, &produce.Scenario{}
			mustFeed(t, b, o)
			before := len(contents(t, b, ""))
			o.Dumps = 1
			tt.change(&o)
			_, err := produce.Feed(t.Context(), b, o)
			var stranger *produce.StrangerError
			if errors.As(err, &stranger) != tt.wrong || err != nil && !tt.wrong {
				t.Fatalf("continued with another value, it says %v", err)
			}
			if tt.wrong && (stranger.Highest != 853 || stranger.Reason == "" || len(contents(t, b, "")) != before) {
				t.Errorf("%+v, %d objects, before %d", stranger, len(contents(t, b, "")), before)
			}
		})
	}
}

// TestContinuedUnreadable: what cannot be compared, as parts were removed, holds nobody up.
func TestContinuedUnreadable(t *testing.T) {
	t.Parallel()
	b := bucket.NewMemory()
	o := options()
	o.Users, o.Events, o.Dumps = 40, 60, 2
	mustFeed(t, b, o)
	for key := range contents(t, b, "sync_") {
		b.Remove(key)
	}
	o.Dumps = 1
	if got := mustFeed(t, b, o).Dumps[0].DumpID; got != 854 {
		t.Errorf("wrote dump %d, want 854", got)
	}
}

package produce_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"strings"
	"testing"

	"smew/answer"
	"smew/bucket"
	"smew/feed"
	"smew/produce"
)

// TestKilledBetweenManifests: a dump of which only the extra manifest is there is written by the next call.
func TestKilledBetweenManifests(t *testing.T) {
	t.Parallel()
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

// noChange fails to replace an object.
type noChange struct{ *bucket.Memory }

func (n noChange) Create(ctx context.Context, key string, r io.Reader, o bucket.Options) error {
	if o.Overwrite {
		return errInjected
	}
	return n.Memory.Create(ctx, key, r, o)
}

// TestKilledBeforeChange: a manifest that should have changed is changed by the next call, once.
func TestKilledBeforeChange(t *testing.T) {
	t.Parallel()
	b := bucket.NewMemory()
	o := options()
	o.Users, o.Events, o.Dumps = 40, 60, 3
	o.Scenario = &produce.Scenario{Faults: []string{"changed-manifest@853"}}
	if _, err := produce.Feed(t.Context(), noChange{b}, o); !errors.Is(err, errInjected) {
		t.Fatal(err)
	}
	changed := func() bool {
		return strings.Contains(string(contents(t, b, "")[feed.ManifestKey(853)]), `"rewritten": true`)
	}
	if changed() {
		t.Fatal("it was changed all the same")
	}
	o.Dumps = 1
	if got := mustFeed(t, b, o).Dumps[0].DumpID; got != 855 || !changed() {
		t.Errorf("the next call wrote dump %d and changed the manifest: %v", got, changed())
	}
	if _, err := produce.Feed(t.Context(), noChange{b}, o); err != nil {
		t.Errorf("it is changed again and again: %v", err)
	}
}

// TestChangeTriedAgain: a producer that could not change a manifest goes on where it was.
func TestChangeTriedAgain(t *testing.T) {
	t.Parallel()
	b := &faulty{Memory: bucket.NewMemory(), fail: -1} // it refuses to overwrite
	o := options()
	o.Users, o.Events = 40, 60
	o.Scenario = &produce.Scenario{Faults: []string{"changed-manifest@853"}}
	p, err := produce.New(t.Context(), b, o)
	if err != nil {
		t.Fatal(err)
	}
	for n := range 4 {
		if _, err := p.Next(t.Context()); (err != nil) != (n > 1) || errors.Is(err, fs.ErrExist) {
			t.Fatalf("dump %d: %v", n, err)
		}
	}
}

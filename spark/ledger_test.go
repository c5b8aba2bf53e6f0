package spark

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"smew/verify"
)

// Since when a manifest fails survives tries; what rests was not tried.
func TestAttempts(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 3, n, 0, 0, 0, 0, time.UTC) }
	before := map[string]Attempt{
		"a": {DumpID: 1, ETag: "x", Since: day(1), TriedAt: day(2), Error: "torn"},
		"b": {DumpID: 2, ETag: "x", Since: day(1), TriedAt: day(2), Error: "cut"},
		"c": {DumpID: -1, ETag: "x", Since: day(1), TriedAt: day(2), Error: "no JSON"},
		"d": {DumpID: 4, Since: day(1), TriedAt: day(2)},
	}
	got := attempts(before, []Failure{
		{DumpID: 1, Key: "a", etag: "y", Reason: "torn still, by ada"},
		{DumpID: 2, Key: "b", etag: "x", Reason: "cut", rests: true},
		{DumpID: -1, Key: "c", etag: "x", Reason: "no JSON"},
		{DumpID: 5, Key: "e", etag: "x", Reason: "new"},
	}, day(9), func(s string) string { return strings.ReplaceAll(s, "ada", "(erased)") })
	want := map[string]Attempt{
		"a": {DumpID: 1, ETag: "y", Since: day(1), TriedAt: day(9), Error: "torn still, by (erased)"},
		"b": before["b"], "c": before["c"],
		"e": {DumpID: 5, ETag: "x", Since: day(9), TriedAt: day(9), Error: "new"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Chains end where they end, rings and what leads into them stand for the least id of the ring.
func TestCanonical(t *testing.T) {
	next := map[int64]int64{1: 2, 2: 3, 9: 3, 7: 6, 6: 5, 5: 6, 8: 7, 4: 40, 40: 4}
	want := map[int64]int64{1: 3, 2: 3, 9: 3, 7: 5, 6: 5, 8: 5, 40: 4}
	for range 20 { // the order of a map's keys is another one each time
		if got := verify.Canonical(next); !maps.Equal(got, want) {
			t.Fatalf("%v, want %v", got, want)
		}
	}
	if found := mistaken(want, want); found != nil {
		t.Errorf("where nothing is wrong: %v", found)
	}
	kept := maps.Clone(want)
	kept[6], kept[77] = 6, 78
	delete(kept, 40)
	found := mistaken(want, kept)
	if len(found) != 1 || found[0].Rows != 3 || *found[0].Key["user_id"] != 6 || found[0].Check != verify.WrongIdentity {
		t.Errorf("three mistakes: %v", found)
	}
}

// Rows are counted for by dump: those that were replaced may be there still or be gone.
func TestCounted(t *testing.T) {
	s := newState("f")
	for id, rows := range map[int64]int64{1: 5, 2: 6, 3: 10} {
		d := Delivery{Name: "pageviews", Read: true, Rows: rows, Full: id == 2}
		if id == 3 {
			d.Quarantined, d.Erased = 1, 2
		}
		s.add(id, &d, List{})
		s.Dumps[id] = &Dump{Tables: []Delivery{d}}
	}
	check := func(held map[int64]int64) (all []string) {
		for _, d := range counted(s, s.Tables, map[string]map[int64]int64{"pageviews": held}, func(string) bool { return true }) {
			all = append(all, d.String())
		}
		return all
	}
	for _, held := range []map[int64]int64{{1: 5, 2: 6, 3: 7}, {2: 6, 3: 7}} {
		if all := check(held); all != nil {
			t.Errorf("%v: %q", held, all)
		}
	}
	want := []string{`dump 1: table "pageviews": 4 rows are held: of 5 that were read 0 went to quarantine and 0 were erased`,
		`dump 3: table "pageviews": 10 rows are held: of 10 that were read 1 went to quarantine and 2 were erased`,
		`dump 4: table "pageviews": and 2 more: rows of a dump that is not loaded`}
	if diff := cmp.Diff(want, check(map[int64]int64{1: 4, 2: 6, 3: 10, 4: 3})); diff != "" {
		t.Error(diff)
	}
}

// What verify works out anew is what a load writes.
func TestFollows(t *testing.T) {
	s := newState("f")
	for _, name := range []string{"users", "user_migrations", "sessions", "a b"} {
		s.add(1, &Delivery{Name: name, Read: true}, List{Listed: []string{"plan", "x y"}})
		columns, query := follows(Place{}, s, name)
		if !strings.Contains(columns, "`plan`") || strings.Contains(query, "INSERT") || !strings.Contains(query, "`c1`") {
			t.Errorf("%s: %s\n%s", name, columns, query)
		}
	}
}

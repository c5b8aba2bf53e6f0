package main

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"smew/bucket"
	"smew/loader"
	"smew/web"
)

// What the page shows of a load follows it: nothing before and after, each dump meanwhile.
func TestLoadingShown(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	smewIn(t, dir, exitDone, "produce", "feed", "--dumps", "3", "--users", "20", "--events", "50", "--quiet")
	b, err := bucket.OpenDir(filepath.Join(dir, "feed"))
	if err != nil {
		t.Fatal(err)
	}
	w := &loading{now: time.Now}
	if w.shown() != nil {
		t.Error("a load is shown before there is any")
	}
	var seen []web.Loading
	config := loader.Config{DB: filepath.Join(dir, "x.duckdb"), Progress: func(e loader.Event) {
		w.event(e)
		if l := w.shown(); l != nil {
			seen = append(seen, *l)
		}
	}}
	config.Stage.Progress = w.fetched
	for range 2 { // the second has nothing to do
		if _, err := loader.Run(t.Context(), loader.Feed{Name: "feed", Bucket: b}, config); err != nil {
			t.Fatal(err)
		}
		w.ended()
		if w.shown() != nil {
			t.Error("a load is shown that is over")
		}
	}
	var dumps []int64
	for i, l := range seen {
		if l.Dumps != 3 || l.Parts > l.Of || i > 0 && l.Done < seen[i-1].Done {
			t.Errorf("%+v", l)
		}
		if l.DumpID != 0 && !slices.Contains(dumps, l.DumpID) {
			dumps = append(dumps, l.DumpID)
		}
	}
	slices.Sort(dumps)
	if !slices.Equal(dumps, []int64{852, 853, 854}) || seen[len(seen)-1].Done != 3 {
		t.Errorf("dumps %v, at last %+v", dumps, seen[len(seen)-1])
	}
}

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"smew/poll"
	"smew/spark"
	"smew/web"
)

// stateOfShop is what a head remembers of three dumps, of which the second brought a resync, and of one that failed.
const stateOfShop = `{"feed": "s3://shop", "choice": {"include": null, "exclude": ["clicks"]}, "published": {},
"dumps": {
 "851": {"manifests": [{"Key": "manifests/sync_851.json", "ETag": "a"}], "loaded_at": "2026-03-01T00:00:00Z", "tables": [
  {"name": "pageviews", "place": 1, "read": true, "files": 1, "rows": 10, "list": 0}, {"name": "clicks", "place": 2}]},
 "852": {"manifests": [{"Key": "manifests/sync_852.json", "ETag": "a"}], "loaded_at": "2026-03-02T00:00:00Z", "tables": [
  {"name": "pageviews", "place": 1, "full": true, "read": true, "files": 1, "rows": 20, "list": 1, "quarantined": 2, "erased": 3}],
  "definitions": "s3://shop/definitions.json", "definitions_problem": "no JSON"},
 "853": {"manifests": [{"Key": "manifests/sync_853.json", "ETag": "a"}], "loaded_at": "2026-03-03T00:00:00Z", "tables": [
  {"name": "pageviews", "place": 1, "read": true, "files": 1, "rows": 5, "list": 1}, {"name": "users", "place": 2, "read": true, "rows": 1}]}},
"tables": {
 "pageviews": {"stored": "pageviews", "first_dump": 851, "first_place": 1, "resync": 852, "columns": {"event_id": "event_id", "user_id": "user_id"},
  "lists": [{"listed": ["event_id", "user_id", "old"]}, {"listed": ["event_id", "user_id", "new"]}]},
 "users": {"stored": "users", "first_dump": 853, "first_place": 2, "resync": -1, "columns": {}, "lists": [{"listed": ["user_id"]}]}},
"attempts": {"manifests/sync_854.json": {"dump_id": 854, "since": "2026-03-04T00:00:00Z", "tried_at": "2026-03-05T00:00:00Z", "error": "cut"},
 "manifests/x.json": {"dump_id": -1, "since": "2026-03-04T00:00:00Z", "tried_at": "2026-03-04T00:00:00Z", "error": "torn"}},
"sync_reports": {"sync_reports/sync_853.json": {"status": "succeeded", "finished_at": "2026-03-03T00:00:00Z", "next_sync_at": "2026-03-04T00:00:00Z"},
 "sync_reports/sync_854.json": {"status": "failed", "error": "{\"code\":7}", "finished_at": "2026-03-04T00:00:00Z", "next_sync_at": "2026-03-05T00:00:00Z"},
 "sync_reports/odd.json": {"problem": "no JSON"}},
"erased": {"people": [["a", "b"]]}, "unwiped": true}`

// What a head remembers is told, and alerted of, as what a database's ledger says.
func TestSparkFacts(t *testing.T) {
	state := &spark.State{}
	if err := json.Unmarshal([]byte(stateOfShop), state); err != nil {
		t.Fatal(err)
	}
	status := sparkStatus(spark.Status{State: state, Rows: map[string]int64{"pageviews": 18, "users": 1}, IDs: 2, Persons: 1})
	got := told(status.Dumps, status.LastDump.DumpID, status.Unwanted, len(status.Failures), status.Report.Key, status.Report.Failed(), status.Erased)
	if want := "3 853 [clicks] 2 sync_reports/sync_854.json true {2 1 3 true}"; got != want {
		t.Errorf("status: %s, want %s", got, want)
	}
	pageviews := status.Tables[0]
	got = told(pageviews.Kind, pageviews.Rows, pageviews.Delivered, pageviews.Invalidated, pageviews.Quarantined, pageviews.Superseded, *pageviews.Resync)
	if want := "events 18 35 10 2 2 852"; got != want {
		t.Errorf("pageviews: %s, want %s", got, want)
	}
	recent := sparkRecent(state, 2)
	got = told(len(recent.Dumps), recent.Dumps[0].DumpID, recent.Changes, recent.Quarantined, recent.Definitions.Key, *recent.Definitions.Problem)
	if want := "2 853 [{853 users true [user_id] []} {852 pageviews false [new] [old]}] [{852 pageviews 2}] s3://shop/definitions.json no JSON"; got != want {
		t.Errorf("recent: %s, want %s", got, want)
	}
	ledger := alertLedger(status, recent)
	if len(ledger.Failures) != 2 || !ledger.Failures[0].Since.Equal(time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC)) || ledger.Highest != 854 {
		t.Errorf("for alerts: %+v", ledger)
	}
	reports := sparkReports(state)
	if reports.Failures != 1 || len(reports.All) != 3 || reports.All[0].Key != "sync_reports/sync_854.json" || reports.All[0].NoManifest {
		t.Errorf("reports: %+v", reports)
	}
	if diff := cmp.Diff([]int64{851, 852}, reports.Unreported); diff != "" {
		t.Error(diff)
	}
	if past := sparkHistory(state, 2); len(past.Dumps) != 2 || past.Dumps[0].DumpID != 853 || past.Dumps[1].Tables[0].Quarantined != 2 {
		t.Errorf("history: %+v", past)
	}
}

func told(values ...any) string { return strings.TrimSuffix(fmt.Sprintln(values...), "\n") }

// The page of a feed that goes into a cluster tells how it stands as of the last look, and says at once that there is nothing to ask.
func TestPageOfCluster(t *testing.T) {
	state := &spark.State{}
	if err := json.Unmarshal([]byte(stateOfShop), state); err != nil {
		t.Fatal(err)
	}
	target := sparkTarget{cluster: cluster{connect: "sc://host:15002/;token=s3cret"}}
	target.place.Catalog = "heap"
	p, err := poll.New(poll.Options{Every: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	w := &follower{name: "shop", clustered: &clustered{target: &target}, poller: p, loading: &loading{now: time.Now}}
	w.ledger = &ledger{at: time.Now(), recent: sparkRecent(state, 5), stored: stored{status: sparkStatus(spark.Status{State: state}),
		history: sparkHistory(state, 5), reports: sparkReports(state)}}
	page := (&listening{}).followed(w)
	shown, err := page.state(t.Context())
	if err != nil || shown.Database != "catalog heap at sc://host:15002" || shown.Dumps != 3 || len(shown.Failures) != 2 || len(shown.History) != 3 || len(shown.Tables) != 2 {
		t.Errorf("%v, %+v", err, shown)
	}
	var busy *web.BusyError
	if _, err := page.query(t.Context(), "SELECT 1", 1); !errors.As(err, &busy) || !strings.Contains(busy.Text, "Spark cluster") {
		t.Errorf("a query: %v", err)
	}
	if _, err := page.schema(t.Context()); !errors.As(err, &busy) {
		t.Errorf("the schema: %v", err)
	}
	if f := w.alertFeed(); f.Name != "shop" || f.Ledger == nil || len(f.Ledger.Failures) != 2 {
		t.Errorf("for alerts: %+v", f)
	}
}

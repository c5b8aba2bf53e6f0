package produce_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"smew/bucket"
	"smew/feed"
)

func checkEvents(t *testing.T, w world) {
	s, dumps := w.summary, w.dumps
	late, campaigns := 0, map[any]bool{}
	seen := map[string]bool{}
	users := map[any]bool{}
	for i, d := range dumps {
		for _, row := range d.rows("users") {
			users[row["user_id"]] = true
		}
		day := time.Date(2026, 1, 1+i, 0, 0, 0, 0, time.UTC)
		for _, table := range append([]string{"sessions"}, eventTables...) {
			for _, row := range d.rows(table) {
				at, err := time.Parse("2006-01-02 15:04:05.000", row["time"].(string))
				if err != nil {
					t.Fatal(err)
				}
				if !users[row["user_id"]] {
					t.Errorf("no users row for %v", row["user_id"])
				}
				if at.Before(day) && !seen[fmt.Sprint(table, row["event_id"])] {
					late++
				}
				seen[fmt.Sprint(table, row["event_id"])] = true
				campaigns[row["utm_campaign"]] = true
				if row["landing_page_hash"] != "" {
					t.Errorf("landing_page_hash is %v, want an empty text", row["landing_page_hash"])
				}
			}
		}
		for _, row := range d.rows("order_completed") {
			if amount, err := strconv.ParseFloat(row["amount"].(string), 64); err != nil || amount <= 0 {
				t.Errorf("amount %v", row["amount"])
			}
		}
	}
	if late == 0 || s.Planted.Late == 0 {
		t.Errorf("%d late events, the summary says %d", late, s.Planted.Late)
	}
	if len(campaigns) < 4 {
		t.Errorf("campaigns: %v", campaigns)
	}
}

// TestSize: the number of events a dump is asked for is about what it holds.
func TestSize(t *testing.T) {
	t.Parallel()
	o := options()
	o.Dumps, o.Events = 2, 5000
	b := bucket.NewMemory()
	mustFeed(t, b, o)
	for _, d := range read(t, b, "") {
		n := len(d.rows("sessions"))
		for _, table := range eventTables {
			n += len(d.rows(table))
		}
		if n < 3500 || n > 6500 {
			t.Errorf("dump %d has %d events, want about 5000", d.manifest.DumpID, n)
		}
	}
}

// checkStrays: some objects of sync folders are in no manifest, and their rows
// are nowhere else.
func checkStrays(t *testing.T, w world) {
	s, dumps := w.summary, w.dumps
	listed, events := map[string]bool{}, map[any]bool{}
	for _, d := range dumps {
		definitions, err := feed.ParseRef(d.manifest.PropertyDefinitions)
		if err != nil {
			t.Fatal(err)
		}
		listed[definitions.Key] = true
		for _, table := range d.manifest.Tables {
			for _, file := range table.Files {
				ref, err := feed.ParseRef(file)
				if err != nil {
					t.Fatal(err)
				}
				listed[ref.Key] = true
			}
		}
		for _, row := range d.rows("pageviews") {
			events[row["event_id"]] = true
		}
	}
	strays, parts := 0, 0
	for key := range contents(t, w.bucket, "sync_") {
		if listed[key] || strings.HasPrefix(key, feed.ReportsPrefix) {
			continue
		}
		strays++
		if !strings.HasSuffix(key, ".avro") {
			continue
		}
		parts++
		for _, row := range readPart(t, w.bucket, "s3://b/"+key, dumps[0].manifest.Tables[2]) {
			if events[row["event_id"]] {
				t.Errorf("the stray part %s holds an event that is delivered", key)
			}
		}
	}
	if parts == 0 {
		t.Error("no stray part")
	}
	equal(t, "strays", strays, s.Planted.Strays)
}

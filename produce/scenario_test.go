package produce_test

import (
	"fmt"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"smew/bucket"
	"smew/feed"
	"smew/produce"
)

// everything are options of a feed of 14 dumps in which everything happens.
func everything(t *testing.T) produce.Options {
	o := options()
	o.Dumps, o.Events, o.Scenario = 14, 600, scenario(t, "everything")
	return o
}

// story is a feed as it came about: its dumps in the order in which their manifests appeared.
type story struct {
	world
	byID map[int64]delivered
}

func newStory(t *testing.T, o produce.Options) story {
	s := story{world{bucket: bucket.NewMemory()}, map[int64]delivered{}}
	s.summary = mustFeed(t, s.bucket, o)
	for _, d := range read(t, s.bucket, o.Prefix) {
		s.byID[d.manifest.DumpID] = d
	}
	for _, d := range s.summary.Dumps {
		s.dumps = append(s.dumps, s.byID[d.DumpID])
	}
	return s
}

// table returns what a dump's manifest says of a table, nil if nothing.
func (d delivered) table(name string) *feed.Table {
	for i := range d.manifest.Tables {
		if d.manifest.Tables[i].Name == name {
			return &d.manifest.Tables[i]
		}
	}
	return nil
}

func (d delivered) ids(table string) map[any]bool {
	out := map[any]bool{}
	for _, row := range d.rows(table) {
		out[row["event_id"]] = true
	}
	return out
}

// The dump_ids of the scenario "everything", by day: the second day is 853, on the third they
// jump, on the fifth and ninth a sync fails.
const jumped = int64(1_008_461_850)

func TestEverything(t *testing.T) {
	t.Parallel()
	s := newStory(t, everything(t))
	for name, check := range map[string]func(*testing.T, story){
		"appearance":   checkAppearance,
		"toggled":      checkToggled,
		"resyncs":      checkResyncs,
		"failed syncs": checkFailedSyncs,
		"columns":      checkMissingColumns,
		"times":        checkTimes,
		"keys":         checkKeys,
		"definitions":  checkDefinitions,
		"shared":       checkShared,
		"metadata":     checkMetadata,
	} {
		t.Run(name, func(t *testing.T) { check(t, s) })
	}
}

func checkAppearance(t *testing.T, s story) {
	var ids []int64
	for _, d := range s.summary.Dumps {
		id := d.DumpID
		if id >= jumped {
			id -= jumped - 1000
		}
		ids = append(ids, id)
		if d.Late != (id == 1002) {
			t.Errorf("dump %d: late is %v", d.DumpID, d.Late)
		}
	}
	want := []int64{852, 853, 1000, 1001, 1004, 1005, 1002, 1006, 1007, 1008, 1010, 1011, 1012, 1013}
	if !slices.Equal(ids, want) {
		t.Errorf("manifests appear in the order %v, want %v", ids, want)
	}
}

// checkToggled: a table that is off is in no manifest, and is on again with all its rows.
func checkToggled(t *testing.T, s story) {
	for _, tt := range []struct {
		table    string
		off      []int64
		on, next int64 // the initial sync, and the daily dump after it
	}{
		{"cart_updated", []int64{852, 853}, jumped, jumped + 1},
		{"checkout_started", []int64{jumped + 2, jumped + 4}, jumped + 5, jumped + 6},
	} {
		before := map[any]bool{}
		for _, id := range tt.off {
			if s.byID[id].table(tt.table) != nil {
				t.Errorf("dump %d has %s", id, tt.table)
			}
		}
		for id, d := range s.byID {
			if id < tt.off[0] {
				for event := range d.ids(tt.table) {
					before[event] = true
				}
			}
		}
		initial := s.byID[tt.on]
		if n := len(initial.manifest.Tables); n != 1 || initial.manifest.Tables[0].Incremental {
			t.Errorf("dump %d has %d tables: %+v", tt.on, n, initial.manifest.Tables)
		}
		all := initial.ids(tt.table)
		for event := range before {
			if !all[event] {
				t.Errorf("the initial sync of %s lacks event %v", tt.table, event)
			}
		}
		if len(all) <= len(before) {
			t.Errorf("the initial sync of %s has %d events, before it was off there were %d", tt.table, len(all), len(before))
		}
		if next := s.byID[tt.next].table(tt.table); next == nil || !next.Incremental {
			t.Errorf("dump %d: %s is %+v", tt.next, tt.table, next)
		}
	}
}

func checkResyncs(t *testing.T, s story) {
	events := map[any]bool{}
	for _, id := range []int64{852, 853, jumped + 1} {
		for event := range s.byID[id].ids("order_completed") {
			events[event] = true
		}
	}
	some, kept := s.byID[jumped+2].ids("order_completed"), 0
	for event := range events {
		if some[event] {
			kept++
		}
	}
	if kept == 0 || kept == len(events) {
		t.Errorf("%d of %d orders are left of a resync of some", kept, len(events))
	}
	users := map[any]bool{}
	for id, d := range s.byID {
		if id < jumped+6 {
			for _, row := range d.rows("users") {
				users[row["user_id"]] = true
			}
		}
	}
	all := map[any]bool{}
	for _, row := range s.byID[jumped+6].rows("users") {
		all[row["user_id"]] = true
	}
	for id := range users {
		if !all[id] {
			t.Errorf("the resync of all users lacks %v", id)
		}
	}
	for _, tt := range []struct {
		dump         int64
		table        string
		parts, least int
	}{{jumped + 2, "order_completed", 1, 1}, {jumped + 6, "users", 1, 1}, {jumped + 7, "product_viewed", 0, 0}, {jumped + 10, "checkout_started", 1, 0}} {
		d := s.byID[tt.dump]
		if table := d.table(tt.table); table.Incremental || len(table.Files) < tt.parts || len(d.rows(tt.table)) < tt.least ||
			tt.least == 0 && len(d.rows(tt.table))+len(table.Files) > tt.parts {
			t.Errorf("dump %d: %+v, %d rows", tt.dump, table, len(d.rows(tt.table)))
		}
	}
}

// checkFailedSyncs: a failed sync has parts and a report, no manifest, and its rows come with the
// next dump_id.
func checkFailedSyncs(t *testing.T, s story) {
	objects, failed := contents(t, s.bucket, ""), 0
	for _, d := range s.summary.Dumps {
		report, err := feed.ParseReport(objects[feed.ReportKey(d.DumpID)])
		if err != nil || report.Status != "succeeded" {
			t.Errorf("report of dump %d: %+v, %v", d.DumpID, report, err)
		}
		if d.FailedSync == 0 {
			continue
		}
		failed++
		report, err = feed.ParseReport(objects[feed.ReportKey(d.FailedSync)])
		if err != nil || report.Status != "failed" || report.Error == nil || report.NextSyncAt <= report.FinishTime {
			t.Errorf("report of the failed sync %d: %+v, %v", d.FailedSync, report, err)
		}
		if s.byID[d.FailedSync].manifest != nil || d.FailedSync >= d.DumpID {
			t.Errorf("sync %d failed and has a manifest", d.FailedSync)
		}
		for key := range objects {
			if strings.HasPrefix(key, fmt.Sprintf("sync_%d/", d.FailedSync)) && strings.Contains(key, "users/") {
				rows := readPart(t, s.bucket, "s3://b/"+key, *s.byID[d.DumpID].table("users"))
				if !reflect.DeepEqual(rows, s.byID[d.DumpID].parts["users"][0]) {
					t.Errorf("%s does not hold the rows of dump %d", key, d.DumpID)
				}
				failed += 10
			}
		}
	}
	if failed != 22 {
		t.Errorf("failed syncs with parts: %d, want 22", failed)
	}
}

func checkMissingColumns(t *testing.T, s story) {
	for _, tt := range []struct {
		table, column string
		has           string // by day
	}{
		{"users", "loyalty_tier", "-xxxx"},
		{"users", "newsletter", "xx-xx"},
		{"sessions", "carrier", "xxx--"},
		{"pageviews", "view_controller", "xxxx-"},
		{"order_completed", "coupon", "--xxx"},
	} {
		got := ""
		for _, id := range []int64{852, 853, jumped + 1, jumped + 2, jumped + 4} {
			if slices.Contains(s.byID[id].table(tt.table).Columns, tt.column) {
				got += "x"
			} else {
				got += "-"
			}
		}
		if got != tt.has {
			t.Errorf("%s.%s is there in %s, want %s", tt.table, tt.column, got, tt.has)
		}
	}
}

var ways = map[string]*regexp.Regexp{
	"text":    regexp.MustCompile(`^2026-\d\d-\d\d \d\d:\d\d:\d\d\.\d\d\d$`),
	"ms":      regexp.MustCompile(`^17\d{11}$`),
	"us":      regexp.MustCompile(`^17\d{14}$`),
	"invalid": regexp.MustCompile(`^Invalid date$`),
}

// waysOf counts how a column's times are written.
func waysOf(t *testing.T, s story, table, column string) map[string]int {
	found := map[string]int{}
	for _, d := range s.dumps {
		for _, row := range d.rows(table) {
			text, is := row[column].(string), "none"
			for way, like := range ways {
				if like.MatchString(text) {
					is = way
				}
			}
			found[is]++
		}
	}
	return found
}

func checkTimes(t *testing.T, s story) {
	for _, c := range []string{"users.joindate", "users.last_modified", "sessions.time", "pageviews.session_time", "pageviews.time", "user_migrations.time"} {
		table, column, _ := strings.Cut(c, ".")
		found := waysOf(t, s, table, column)
		if found["text"] == 0 || found["ms"] == 0 || found["us"] == 0 || found["none"] > 0 || (found["invalid"] > 0) != (table == "users") {
			t.Errorf("%s is written %v", c, found)
		}
	}
}

var partName = regexp.MustCompile(`^export-\d{5}-u\d{6}\.avro$`)

func checkKeys(t *testing.T, s story) {
	layouts := map[string]int{}
	for _, d := range s.dumps {
		for _, table := range d.manifest.Tables {
			for _, file := range table.Files {
				if !partName.MatchString(path.Base(file)) {
					t.Fatalf("a part is called %s", file)
				}
				layouts[strings.TrimSuffix(path.Base(path.Dir(file)), table.Name)]++
			}
		}
		if n := len(d.parts["sessions"]); n > 0 && n < len(d.rows("sessions"))/13 {
			t.Errorf("dump %d has sessions in %d parts", d.manifest.DumpID, n)
		}
	}
	if len(layouts) != 2 || layouts[""] == 0 || layouts["_heap_table_name="] == 0 {
		t.Errorf("folders begin with %v", layouts)
	}
}

func checkDefinitions(t *testing.T, s story) {
	for id, want := range map[int64]string{852: `"properties": []`, 853: `Paid search`, jumped + 2: "[]\n", jumped + 4: "amount_cents", jumped + 8: ""} {
		ref := s.byID[id].manifest.PropertyDefinitions
		if want == "" {
			if ref != "" {
				t.Errorf("dump %d names %s", id, ref)
			}
			continue
		}
		at, err := feed.ParseRef(ref)
		if err != nil {
			t.Fatal(err)
		}
		if text := string(contents(t, s.bucket, at.Key)[at.Key]); !strings.Contains(text, want) {
			t.Errorf("definitions of dump %d: %s", id, text)
		}
	}
}

// checkShared: one raw event in two tables; and a wrong identity that swallows many, and lets some go.
func checkShared(t *testing.T, s story) {
	shared := 0
	for _, d := range s.dumps {
		views := d.ids("pageviews")
		for _, row := range d.rows("product_viewed") {
			if views[row["event_id"]] {
				shared++
			}
		}
	}
	if shared < 20 || s.summary.Planted.SharedEvents < shared/2 {
		t.Errorf("%d events in two tables, the summary says %d", shared, s.summary.Planted.SharedEvents)
	}
	most := map[int64]int{}
	for _, id := range []int64{jumped + 1, jumped + 4} {
		fanIn := map[int64]int{}
		for _, to := range mappings(t, s.byID[id]) {
			fanIn[to]++
			most[id] = max(most[id], fanIn[to])
		}
	}
	if most[jumped+1] < 200 || most[jumped+4] > 150 || most[jumped+4] < 50 {
		t.Errorf("ids that lead to one, when it came up and two days later: %v", most)
	}
}

func checkMetadata(t *testing.T, s story) {
	for _, d := range s.dumps {
		table := d.table("_event_metadata")
		if table == nil {
			if len(d.manifest.Tables) > 1 {
				t.Errorf("dump %d has no _event_metadata", d.manifest.DumpID)
			}
			continue
		}
		if feed.KindOf(table.Name, table.Columns) != feed.Keyless || len(d.rows(table.Name)) < 5 {
			t.Errorf("dump %d: %+v with %d rows", d.manifest.DumpID, table, len(d.rows(table.Name)))
		}
	}
}

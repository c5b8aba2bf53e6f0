package produce_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"smew/answer"
	"smew/bucket"
	"smew/feed"
	"smew/produce"
)

// TestTimes: each way alone.
func TestTimes(t *testing.T) {
	t.Parallel()
	for _, way := range []string{"text", "ms", "us"} {
		o := options()
		o.Dumps, o.Scenario = 1, &produce.Scenario{Times: produce.Times{Users: way, Events: way}}
		s := newStory(t, o)
		for _, c := range []string{"users.joindate", "sessions.time"} {
			table, column, _ := strings.Cut(c, ".")
			if found := waysOf(t, s, table, column); len(found) != 1 || found[way] == 0 {
				t.Errorf("%s is to be written as %s: %v", c, way, found)
			}
		}
	}
}

// TestEverythingContinued: dumps that are late, apart or after a failed sync come the same when
// each is written by a call of its own, and so does the answer key.
func TestEverythingContinued(t *testing.T) {
	t.Parallel()
	o := everything(t)
	whole, pieces := bucket.NewMemory(), bucket.NewMemory()
	o.Answer = &answer.Key{}
	mustFeed(t, whole, o)
	wholeKey := o.Answer
	var ids []int64
	for range o.Dumps {
		o.Answer = &answer.Key{}
		one := o
		one.Dumps = 1
		ids = append(ids, mustFeed(t, pieces, one).Dumps[0].DumpID)
	}
	sameFeed(t, whole, pieces)
	if ids[5] != jumped+5 || ids[6] != jumped+2 {
		t.Errorf("dumps appeared in the order %v", ids)
	}
	for n := range ids {
		arrived := func(id int64) bool { return slices.Contains(ids[:n+1], id) }
		want, err := wholeKey.Counted(arrived)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := o.Answer.Counted(arrived); err != nil || !slices.Equal(got, want) {
			t.Errorf("after %d dumps the key counts %v, %v; want %v", n+1, got, err, want)
		}
	}
}

// TestPlain: nothing comes twice, nothing leads on.
func TestPlain(t *testing.T) {
	t.Parallel()
	o := options()
	o.Scenario = scenario(t, "plain")
	s := newStory(t, o)
	p := s.summary.Planted
	if p.DuplicatesInPart+p.DuplicatesInDump+p.DuplicatesLater+p.SecondIDs+p.InvalidDates+p.Retargeted+p.TakenBack+p.Invalidated+p.MergedIdentities+p.Shared+p.SharedEvents+p.ColumnsComeAndGo > 0 {
		t.Errorf("planted: %+v", p)
	}
	seen := map[string]bool{}
	for _, d := range s.dumps {
		for _, table := range append([]string{"sessions"}, eventTables...) {
			for _, row := range d.rows(table) {
				if k := fmt.Sprint(row["event_id"]); seen[k] {
					t.Fatalf("event %s comes twice", k)
				} else {
					seen[k] = true
				}
			}
		}
	}
}

// TestManyParts: a table may have more parts than five digits number.
func TestManyParts(t *testing.T) {
	t.Parallel()
	o := options()
	o.Dumps, o.Events, o.PartRows = 1, 20_000, 20_000
	o.Scenario = &produce.Scenario{Tables: []produce.TableDays{{Table: "pageviews", PartRows: 1}}}
	b := bucket.NewMemory()
	mustFeed(t, b, o)
	m, err := feed.ParseManifest(contents(t, b, feed.ManifestsPrefix)[feed.ManifestKey(852)])
	if err != nil {
		t.Fatal(err)
	}
	if files := m.Tables[2].Files; len(files) <= 10_000 || !strings.Contains(files[10_000], "part-10000-") {
		t.Errorf("pageviews has %d parts", len(files))
	}
	if n := len(m.Tables[1].Files); n != 1 {
		t.Errorf("sessions has %d parts", n)
	}
}

// TestEnvironments: several feeds in one bucket share nothing.
func TestEnvironments(t *testing.T) {
	t.Parallel()
	o := options()
	o.Dumps, o.Prefix = 2, "shop"
	o.Scenario = &produce.Scenario{Environments: []string{"production", "staging"}}
	b := bucket.NewMemory()
	if _, err := produce.Feed(t.Context(), b, o); err == nil {
		t.Error("two environments are written as one feed")
	}
	names, each, err := o.Environments()
	if err != nil || !slices.Equal(names, o.Scenario.Environments) {
		t.Fatal(names, err)
	}
	people := map[any]string{}
	for i, o := range each {
		mustFeed(t, b, o)
		dumps := read(t, b, "shop/"+names[i]+"/")
		if len(dumps) != 2 {
			t.Fatalf("%s has %d dumps", names[i], len(dumps))
		}
		for _, d := range dumps {
			for _, row := range d.rows("users") {
				if other, ok := people[row["user_id"]]; ok && other != names[i] {
					t.Errorf("user %v is in both", row["user_id"])
				}
				people[row["user_id"]] = names[i]
			}
		}
	}
}

// TestSkew: few products, pages and people have a large share.
func TestSkew(t *testing.T) {
	t.Parallel()
	o := options()
	o.Users, o.Dumps, o.Events, o.PartRows = 500, 1, 8000, 10_000
	s := newStory(t, o)
	for column, table := range map[string]string{"product_id": "product_viewed", "ip": "sessions"} {
		counts := map[any]int{}
		for _, row := range s.dumps[0].rows(table) {
			counts[row[column]]++
		}
		var each []int
		total := 0
		for _, n := range counts {
			each, total = append(each, n), total+n
		}
		slices.Sort(each)
		top := 0
		for _, n := range each[len(each)*9/10:] {
			top += n
		}
		if top*100 < total*20 || len(each) < 40 {
			t.Errorf("of %d values of %s the first tenth has %d of %d rows", len(each), column, top, total)
		}
	}
}

// TestColumnsOfEvents: tables of events have the columns that the vendor documents.
func TestColumnsOfEvents(t *testing.T) {
	t.Parallel()
	o := options()
	o.Dumps = 1
	s := newStory(t, o)
	page := []string{"event_id", "user_id", "session_id", "session_time", "time", "library", "path", "query", "hash", "title", "domain", "heap_previous_page", "view_controller", "screen_a11y_id", "screen_a11y_label"}
	act := []string{"type", "href", "target_text", "action_method", "target_view_class", "target_view_name", "target_a11y_id", "target_a11y_label"}
	for _, table := range eventTables {
		want := page
		if table != "pageviews" {
			want = slices.Concat(page, act)
		}
		filled := map[string]bool{}
		for _, row := range s.dumps[0].rows(table) {
			for column, v := range row {
				filled[column] = filled[column] || v != nil
			}
		}
		for _, column := range want {
			if !slices.Contains(s.dumps[0].table(table).Columns, column) || !filled[column] && column != "href" && column != "query" {
				t.Errorf("%s.%s is not there, or always NULL", table, column)
			}
		}
	}
}

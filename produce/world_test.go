package produce_test

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"smew/bucket"
	"smew/feed"
	"smew/produce"
)

var eventTables = []string{"pageviews", "product_viewed", "order_completed"}

// worlds runs fn on the feeds of a few seeds.
func worlds(t *testing.T, fn func(t *testing.T, b bucket.Bucket, s produce.Summary, dumps []delivered)) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			o := options()
			o.Seed = seed
			b := bucket.NewMemory()
			s := mustFeed(t, b, o)
			fn(t, b, s, read(t, b, ""))
		})
	}
}

// same names a row by its key and its whole content.
func same(row map[string]any) string { return fmt.Sprint(row) }

func key(table string, columns []string, row map[string]any) string {
	var k []any
	for _, column := range feed.KindOf(table, columns).Key() {
		k = append(k, row[column])
	}
	return fmt.Sprint(k...)
}

func equal(t *testing.T, what string, got, want int) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %d in the feed, %d in the summary", what, got, want)
	}
	if got == 0 {
		t.Errorf("%s: none", what)
	}
}

func TestDuplicates(t *testing.T) {
	worlds(t, func(t *testing.T, _ bucket.Bucket, s produce.Summary, dumps []delivered) {
		inPart, inDump, later := 0, 0, 0
		before := map[string]bool{}
		for _, d := range dumps {
			for _, table := range d.manifest.Tables {
				if table.Name == "user_migrations" {
					continue
				}
				seen := map[string]bool{}
				for _, part := range d.parts[table.Name] {
					here := map[string]bool{}
					for _, row := range part {
						k := table.Name + key(table.Name, table.Columns, row)
						switch {
						case here[k]:
							inPart++
						case seen[k]:
							inDump++
						case before[k] && table.Incremental && table.Name != "users":
							later++
						}
						here[k] = true
					}
					maps.Copy(seen, here)
				}
				maps.Copy(before, seen)
			}
		}
		// A repetition of a repetition may count as either.
		equal(t, "duplicates in a dump", inPart+inDump, s.Planted.DuplicatesInPart+s.Planted.DuplicatesInDump)
		if inPart == 0 || inDump == 0 || later == 0 {
			t.Errorf("%d duplicates in parts, %d in dumps, %d later", inPart, inDump, later)
		}
		// Those that a full resync delivers again anyway are not told apart.
		if later > s.Planted.DuplicatesLater || s.Planted.DuplicatesLater == 0 {
			t.Errorf("%d rows come again in a later dump, the summary says %d", later, s.Planted.DuplicatesLater)
		}
	})
}

func TestIdentities(t *testing.T) {
	worlds(t, func(t *testing.T, _ bucket.Bucket, s produce.Summary, dumps []delivered) {
		retargeted, takenBack := 0, 0
		var former map[int64]int64
		for _, d := range dumps {
			table := d.manifest.Tables[len(d.manifest.Tables)-1]
			if table.Name != "user_migrations" || table.Incremental {
				t.Fatalf("user_migrations: %+v", table)
			}
			next := mappings(t, d)
			for from, to := range former {
				now, ok := next[from]
				if !ok {
					takenBack++
				} else if now != to {
					retargeted++
				}
			}
			former = next
		}
		equal(t, "mappings taken back", takenBack, s.Planted.TakenBack)
		equal(t, "retargeted mappings", retargeted, s.Planted.Retargeted)
		equal(t, "mappings", len(former), s.MergedIDs)

		fanIn, chains := map[int64]int{}, 0
		for _, to := range former {
			fanIn[to]++
			if _, on := former[to]; on {
				chains++
			}
		}
		if most := slices.Max(slices.Collect(maps.Values(fanIn))); most < 3 {
			t.Errorf("at most %d ids lead to one", most)
		}
		if chains == 0 {
			t.Error("no chains")
		}
		people := map[int64]bool{}
		for _, d := range dumps {
			for _, row := range d.rows("users") {
				people[canonical(t, former, row["user_id"].(int64))] = true
			}
		}
		equal(t, "people", len(people), s.People)
	})
}

func mappings(t *testing.T, d delivered) map[int64]int64 {
	out := map[int64]int64{}
	for _, row := range d.rows("user_migrations") {
		from := row["from_user_id"].(int64)
		if _, twice := out[from]; twice {
			t.Errorf("two mappings of %d", from)
		}
		out[from] = row["to_user_id"].(int64)
	}
	return out
}

func canonical(t *testing.T, next map[int64]int64, id int64) int64 {
	for range len(next) + 1 {
		to, ok := next[id]
		if !ok {
			return id
		}
		id = to
	}
	t.Fatalf("a ring at %d", id)
	return 0
}

// TestSecondIDs: the same event comes under the anonymous id and under another
// that it is mapped to in that dump.
func TestSecondIDs(t *testing.T) {
	worlds(t, func(t *testing.T, _ bucket.Bucket, s produce.Summary, dumps []delivered) {
		type event struct {
			table string
			id    any
		}
		users := map[event]map[any]bool{}
		for _, d := range dumps {
			for _, table := range append([]string{"sessions"}, eventTables...) {
				for _, row := range d.rows(table) {
					e := event{table, row["event_id"]}
					if users[e] == nil {
						users[e] = map[any]bool{}
					}
					users[e][row["user_id"]] = true
				}
			}
		}
		twice := map[string]int{}
		for e, ids := range users {
			if len(ids) > 1 {
				twice[e.table]++
			}
		}
		if twice["sessions"] == 0 || twice["pageviews"] == 0 || s.Planted.SecondIDs == 0 {
			t.Errorf("events under two ids: %v; the summary says %d", twice, s.Planted.SecondIDs)
		}
	})
}

func TestResync(t *testing.T) {
	worlds(t, func(t *testing.T, _ bucket.Bucket, s produce.Summary, dumps []delivered) {
		invalidated, full := 0, 0
		former := map[any]bool{}
		for i, d := range dumps {
			for _, table := range d.manifest.Tables {
				if table.Name != "order_completed" && !table.Incremental && table.Name != "user_migrations" {
					t.Errorf("dump %d: %s is not incremental", d.manifest.DumpID, table.Name)
				}
				if table.Name != "order_completed" || table.Incremental {
					continue
				}
				full++
				for _, e := range dumps[:i] {
					invalidated += len(e.rows("order_completed"))
				}
				now := map[any]bool{}
				for _, row := range d.rows("order_completed") {
					now[row["event_id"]] = true
				}
				kept := 0
				for id := range former {
					if now[id] {
						kept++
					}
				}
				if kept == 0 || kept == len(former) || len(now) <= kept {
					t.Errorf("of %d former orders %d are delivered again, of %d in all", len(former), kept, len(now))
				}
			}
			for _, row := range d.rows("order_completed") {
				former[row["event_id"]] = true
			}
		}
		if full != 1 {
			t.Errorf("%d full resyncs of the orders, want 1", full)
		}
		equal(t, "rows made invalid", invalidated, s.Planted.Invalidated)
	})
}

func TestColumns(t *testing.T) {
	worlds(t, func(t *testing.T, _ bucket.Bucket, s produce.Summary, dumps []delivered) {
		has := func(table, column string) string {
			out := ""
			for _, d := range dumps {
				i := slices.IndexFunc(d.manifest.Tables, func(t feed.Table) bool { return t.Name == table })
				if slices.Contains(d.manifest.Tables[i].Columns, column) {
					out += "x"
				} else {
					out += "-"
				}
			}
			return out
		}
		for _, tt := range []struct{ table, column, want string }{
			{"users", "email", "xxxxx"},
			{"users", "loyalty_tier", "-xxxx"},
			{"users", "newsletter", "xx-xx"},
			{"order_completed", "coupon", "--xxx"},
		} {
			if got := has(tt.table, tt.column); got != tt.want {
				t.Errorf("%s.%s is there in %s, want %s", tt.table, tt.column, got, tt.want)
			}
			filled := 0
			for _, d := range dumps {
				for _, row := range d.rows(tt.table) {
					if row[tt.column] != nil {
						filled++
					}
				}
			}
			if filled == 0 {
				t.Errorf("%s.%s is always NULL", tt.table, tt.column)
			}
		}
		equal(t, "columns that come and go", 4, s.Planted.ColumnsComeAndGo)
	})
}

func TestUsers(t *testing.T) {
	worlds(t, func(t *testing.T, _ bucket.Bucket, s produce.Summary, dumps []delivered) {
		changed, invalid := 0, 0
		last := map[any]string{}
		distinct := map[string]bool{}
		for _, d := range dumps {
			now := map[any]string{}
			for _, row := range d.rows("users") {
				now[row["user_id"]] = same(row)
				if distinct[same(row)] {
					continue // a planted duplicate
				}
				distinct[same(row)] = true
				for _, column := range []string{"joindate", "last_modified"} {
					text := row[column].(string)
					if text == "Invalid date" {
						invalid++
					} else if ms, err := strconv.ParseInt(text, 10, 64); err != nil || time.UnixMilli(ms).Year() != 2026 {
						t.Errorf("%s is %q", column, text)
					}
				}
			}
			for id, row := range now {
				if former, ok := last[id]; ok && former != row {
					changed++
				}
			}
			maps.Copy(last, now)
		}
		equal(t, "changed users", changed, s.Planted.ChangedUsers)
		equal(t, "invalid dates", invalid, s.Planted.InvalidDates)
	})
}

func TestEvents(t *testing.T) {
	worlds(t, func(t *testing.T, _ bucket.Bucket, s produce.Summary, dumps []delivered) {
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
	})
}

// TestSize: the number of events a dump is asked for is about what it holds.
func TestSize(t *testing.T) {
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

// TestStrays: some objects of sync folders are in no manifest, and their rows
// are nowhere else.
func TestStrays(t *testing.T) {
	worlds(t, func(t *testing.T, b bucket.Bucket, s produce.Summary, dumps []delivered) {
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
		for key := range contents(t, b, "sync_") {
			if listed[key] || strings.HasPrefix(key, feed.ReportsPrefix) {
				continue
			}
			strays++
			if !strings.HasSuffix(key, ".avro") {
				continue
			}
			parts++
			for _, row := range readPart(t, b, "s3://b/"+key, dumps[0].manifest.Tables[2]) {
				if events[row["event_id"]] {
					t.Errorf("the stray part %s holds an event that is delivered", key)
				}
			}
		}
		if parts == 0 {
			t.Error("no stray part")
		}
		equal(t, "strays", strays, s.Planted.Strays)
	})
}

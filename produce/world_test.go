package produce_test

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"testing"
	"time"

	"smew/bucket"
	"smew/feed"
	"smew/produce"
)

var eventTables = []string{"pageviews", "product_viewed", "cart_updated", "checkout_started", "order_completed"}

// TestPlanted looks for everything that is planted in the feeds of a few seeds.
func TestPlanted(t *testing.T) {
	t.Parallel()
	checks := []struct {
		name  string
		check func(t *testing.T, w world)
	}{
		{"duplicates", checkDuplicates},
		{"identities", checkIdentities},
		{"second ids", checkSecondIDs},
		{"resync", checkResync},
		{"columns", checkColumns},
		{"users", checkUsers},
		{"events", checkEvents},
		{"strays", checkStrays},
	}
	for seed := range uint64(4) {
		o := options()
		o.Seed = seed
		w := world{bucket: bucket.NewMemory()}
		w.summary = mustFeed(t, w.bucket, o)
		w.dumps = read(t, w.bucket, "")
		for _, c := range checks {
			t.Run(fmt.Sprintf("seed %d/%s", seed, c.name), func(t *testing.T) { c.check(t, w) })
		}
	}
}

// world is a feed of five dumps, as written and as summed up.
type world struct {
	bucket  bucket.Bucket
	summary produce.Summary
	dumps   []delivered
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

func checkDuplicates(t *testing.T, w world) {
	s, dumps := w.summary, w.dumps
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
}

func checkIdentities(t *testing.T, w world) {
	s, dumps := w.summary, w.dumps
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

// checkSecondIDs: the same event comes under the anonymous id and under another
// that it is mapped to in that dump.
func checkSecondIDs(t *testing.T, w world) {
	s, dumps := w.summary, w.dumps
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
}

func checkResync(t *testing.T, w world) {
	s, dumps := w.summary, w.dumps
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
}

func checkColumns(t *testing.T, w world) {
	s, dumps := w.summary, w.dumps
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
}

func checkUsers(t *testing.T, w world) {
	s, dumps := w.summary, w.dumps
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
}

package loader_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"smew/avro/avrotest"
	"smew/bucket"
	"smew/erase"
	"smew/loader"
	"smew/plan"
	"smew/produce"
)

// aShop is the feed of a made-up shop. A mapping that is taken back leaves an id erased that would not be if the
// erasure had come later, so there are none.
func aShop(t *testing.T, dumps int) *bucket.Memory {
	t.Helper()
	b := bucket.NewMemory()
	scenario, err := produce.ScenarioNamed(produce.DefaultScenario)
	if err != nil {
		t.Fatal(err)
	}
	scenario.Corrections, scenario.SharedIdentity.Back = 0, 0
	if _, err := produce.Feed(context.Background(), b, produce.Options{Seed: 3, Scenario: scenario, Users: 25, Dumps: dumps, Events: 150, FirstDump: 1}); err != nil {
		t.Fatal(err)
	}
	return b
}

// mostMapped is the person with most ids.
func mostMapped(t *testing.T, db string) erase.Who {
	t.Helper()
	most := selected(t, db, "SELECT min(user_id) FROM smew.identities GROUP BY canonical_id ORDER BY count(*) DESC, canonical_id LIMIT 1")
	return erase.Who{UserID: most.Rows[0][0].(int64)}
}

// Reading dumps again, tables that are wanted again, or all of the feed, does not bring a person back: everything is as it was after the
// erasure, and adds up.
func TestErasedStayOut(t *testing.T) {
	t.Parallel()
	const dumps = 2
	b, db := aShop(t, dumps), filepath.Join(t.TempDir(), "x.duckdb")
	loadWhole(t, b, db)
	who := mostMapped(t, db)
	found := erased(t, db, who)
	if len(found.IDs) < 2 || len(found.Tables) < 4 {
		t.Fatalf("there is too little to erase: %+v", found)
	}
	want := shown(t, db)
	audited(t, b, db)
	var left int64
	for id := range int64(dumps) {
		rec := reload(t, loader.Feed{Name: "the feed", Bucket: b}, db, id+1)
		for _, table := range rec.Tables {
			left += table.Erased
		}
		sameText(t, fmt.Sprintf("dump %d read again", id+1), want, shown(t, db))
		audited(t, b, db)
	}
	if left < found.Rows() {
		t.Errorf("%d rows were erased, and %d left out since", found.Rows(), left)
	}
	mustChoose(t, b, db, &plan.Choice{Exclude: []string{"pageviews", "users"}})
	mustChoose(t, b, db, &plan.Choice{})
	sameText(t, "all tables wanted again", want, shown(t, db))
	audited(t, b, db)
	before := status(t, db).Erased
	for _, feed := range []string{"the feed", "where it is now"} {
		_, err := loader.Rebuild(context.Background(), loader.Feed{Name: feed, Bucket: b}, loader.Config{DB: db, OtherFeed: true})
		if err != nil {
			t.Fatal(err)
		}
		sameText(t, "rebuilt", want, shown(t, db))
		audited(t, b, db)
		now := status(t, db).Erased
		if now.IDs != before.IDs || now.People != 1 || now.Rows < found.Rows() || now.Due {
			t.Errorf("rebuilt from %s: %+v, before %+v", feed, now, before)
		}
	}
	reload(t, loader.Feed{Name: "where it is now", Bucket: b}, db, 2)
	sameText(t, "read again after rebuilding", want, shown(t, db))
}

// A reload whose mappings make somebody one person with an erased id removes them as a load does, also from tables
// that it does not read.
func TestReloadSpreadsErasure(t *testing.T) {
	t.Parallel()
	b := bucket.NewMemory()
	w, db := writer{t, b, avrotest.Options{}}, filepath.Join(t.TempDir(), "x.duckdb")
	f := loader.Feed{Name: "the feed", Bucket: b}
	mappings := func(rows ...[]any) dumpSpec {
		return dumpSpec{ID: 2, Tables: []tableSpec{{Name: "user_migrations", Full: true, Columns: []string{"from_user_id", "to_user_id"}, Rows: append([][]any{}, rows...)}}}
	}
	w.dump(clicks(1, []any{int64(1), int64(1)}, []any{int64(1), int64(2)}, []any{int64(1), int64(3)}))
	w.dump(mappings([]any{int64(3), int64(2)}))
	loadWhole(t, b, db)
	erased(t, db, erase.Who{UserID: 1})
	b.Remove("manifests/sync_2.json")
	b.Remove("sync_2/_heap_table_name=user_migrations/part-00000-uuid.avro")
	w.dump(mappings([]any{int64(2), int64(1)}, []any{int64(3), int64(4)}))
	rec := reload(t, f, db, 2)
	if got := fmt.Sprint(selected(t, db, "SELECT user_id FROM main.clicks").Rows, selected(t, db, "FROM main.user_migrations").Rows); got != "[[4]] [[3 4]]" {
		t.Errorf("left: %s", got)
	}
	if len(rec.Warnings) != 1 || !strings.Contains(rec.Warnings[0], "1 more ids") || rec.Tables[0].Erased != 1 {
		t.Errorf("%+v", rec)
	}
	audited(t, b, db)
}

// asideName is longer than what messages quote of it.
const asideName = `ada "the first" <ada@example.com>, or by any other name she may have`

// asideFeed has rows without a readable id: of a person with the ids 1 and 2, told by an id or by a name, and of others.
func asideFeed() []dumpSpec {
	text := func(columns []string, rows ...[]any) []partSpec {
		types := map[string]any{}
		for _, c := range columns {
			types[c] = []string{"null", "string"}
		}
		return []partSpec{{Rows: rows, Types: types}}
	}
	mappings, people, events := []string{"from_user_id", "to_user_id"}, []string{"user_id", "identity", "email", "handle"}, []string{"event_id", "user_id"}
	return []dumpSpec{
		{ID: 1, Tables: []tableSpec{
			{Name: "user_migrations", Full: true, Columns: mappings, Parts: text(mappings,
				[]any{"2", "1"}, []any{"1", "none"}, []any{"2.0", "9"}, []any{"10", "ten"})},
			{Name: "users", Columns: people, Parts: text(people,
				[]any{"1", asideName, "a@x", nil}, []any{"2", nil, "second@x", "ada"}, []any{"7", "bob", "b@x", ""},
				[]any{"x", asideName, nil, nil}, []any{"y", nil, "second@x", nil}, []any{"z", nil, nil, "ada"}, []any{"w", "eve", "e@x", ""})},
		}},
		{ID: 2, Tables: []tableSpec{
			{Name: "clicks", Columns: events, Parts: text(events,
				[]any{"1", "1"}, []any{"2", "7"}, []any{asideName, "7"}, []any{"none", "2"}, []any{"3", "1.0"}, []any{"4", "2e0"}, []any{"5", " 1x"}, []any{"6", "1.5"}, []any{"7", asideName})},
			{Name: "theirs", Columns: events, Parts: text(events, []any{"1", "7"}, []any{"none", "1"})},
		}},
	}
}

// TestEraseInQuarantine erases a person after some dumps that set rows aside, and then loads the rest and reads all again: no
// row of theirs is in quarantine, nor does a message quote a value of theirs; all others are, and the ledger adds up.
func TestEraseInQuarantine(t *testing.T) {
	t.Parallel()
	const known = `[user_migrations 4 "ten" is not a whole 64-bit number] [users 7 "w" is not a whole 64-bit number]]`
	const clicks = `[clicks 7 " 1x" is not a whole 64-bit number] [clicks 8 "1.5" is not a whole 64-bit number] `
	unknown := strconv.Quote(asideName[:64])
	for after, want := range []string{
		// Of whom no record is there yet, nothing but the id is known.
		fmt.Sprintf("[[clicks 3 %s is not a whole 64-bit number] ", unknown) + clicks + fmt.Sprintf("[clicks 9 %s is not a whole 64-bit number] ", unknown) + strings.Replace(known, "[users 7",
			`[users 4 "x" is not a whole 64-bit number] [users 5 "y" is not a whole 64-bit number] [users 6 "z" is not a whole 64-bit number] [users 7`, 1),
		"[" + clicks + known,
		"[" + clicks + known,
	} {
		t.Run(strconv.Itoa(after), func(t *testing.T) {
			t.Parallel()
			b := bucket.NewMemory()
			w, db := writer{t, b, avrotest.Options{}}, filepath.Join(t.TempDir(), "x.duckdb")
			holds := func(when string) {
				t.Helper()
				rows := selected(t, db, `SELECT table_name, "row", reason FROM smew.quarantine ORDER BY ALL`).Rows
				if got := fmt.Sprint(rows); got != want {
					t.Errorf("%s:\n%s, want\n%s", when, got, want)
				}
				if counted := selected(t, db, "SELECT sum(own_quarantined)::BIGINT FROM smew.tables").Rows[0][0]; counted != int64(len(rows)) {
					t.Errorf("%s: the ledger counts %v rows, there are %d", when, counted, len(rows))
				}
				audited(t, b, db)
			}
			erasing := func() {
				found := erased(t, db, erase.Who{UserID: 1})
				if n := found.Rows(); n != int64([]int{0, 8, 15}[after]) {
					t.Errorf("%d rows were erased: %+v", n, found)
				}
			}
			if after == 0 {
				erasing()
			}
			for i, d := range asideFeed() {
				w.dump(d)
				if s := loadSome(t, b, db); len(s.Failed) != 1 {
					t.Fatalf("a load that fails: %+v", s)
				}
				loadQuarantining(t, b, db)
				if after == i+1 {
					erasing()
				}
			}
			holds("loaded")
			for id := range int64(2) {
				_, err := loader.Reload(context.Background(), loader.Feed{Name: "the feed", Bucket: b}, loader.Config{DB: db, Quarantine: true}, id+1, nil)
				if err != nil {
					t.Fatal(err)
				}
				holds(fmt.Sprintf("dump %d read again", id+1))
			}
			if after == 0 {
				return
			}
			said := fmt.Sprint(selected(t, db, "SELECT error FROM smew.attempts ORDER BY dump_id").Rows)
			if strings.Contains(said, "ada") || !strings.Contains(said, `row 3: column "event_id": (erased) is not a whole 64-bit number`) || !strings.Contains(said, `"none" is not`) {
				t.Errorf("messages: %s", said)
			}
		})
	}
}

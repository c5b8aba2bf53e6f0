package loader_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"smew/avro/avrotest"
	"smew/bucket"
	"smew/loader"
)

// channel is a definitions file with one property, whose value is a constant where href is "a".
func channel(name, constant string) string {
	return fmt.Sprintf(`{"version": 1, "properties": [{"name": %q, "type": "event",
		"cases": [{"when": {"property": "href", "operator": "equals", "value": "a"}, "value": {"constant": %q}}], "default": {"property": "nobodys"}}]}`, name, constant)
}

// TestR14DefinitionsInForce: those of the highest dump whose file makes sense act on the rows of all dumps, whatever the
// order of arrival, and what cannot be understood leaves the former in force (R14).
func TestR14DefinitionsInForce(t *testing.T) {
	t.Parallel()
	texts := map[int64]string{
		1: channel("early", "x"), 2: channel("kind", "first"), 3: `[]`, 4: channel("kind", "second"), 5: "no JSON", 6: `{"version": 1, "properties": [{"name": "wrong"}]}`,
	}
	for _, order := range [][]int64{{1, 2, 3, 4, 5, 6}, {4, 1, 6, 2, 5, 3}, {6, 5, 4, 3, 2, 1}} {
		t.Run(fmt.Sprint(order), func(t *testing.T) {
			t.Parallel()
			b := bucket.NewMemory()
			w := writer{t, b, avrotest.Options{}}
			db := filepath.Join(t.TempDir(), "x.duckdb")
			now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
			load := func(given *string) loader.Summary {
				now = now.Add(time.Hour)
				s, err := loader.Run(context.Background(), loader.Feed{Name: "the feed", Bucket: b},
					loader.Config{DB: db, Definitions: given, Now: func() time.Time { return now }})
				if err != nil || len(s.Failed) > 0 {
					t.Fatal(err, s.Failed)
				}
				return s
			}
			best, arrived := int64(0), 0
			for _, id := range order {
				d := clicks(id, []any{id, int64(1), "a"})
				d.Tables[0].Columns = []string{"event_id", "user_id", "href"}
				d.Definitions = texts[id]
				w.dump(d)
				s := load(nil)
				arrived++
				if good := strings.Contains(texts[id], "default"); good {
					best = max(best, id)
				} else if len(s.Warnings) != 1 || !strings.Contains(s.Warnings[0], fmt.Sprintf("dump %d: property definitions", id)) {
					t.Errorf("warnings of dump %d: %q", id, s.Warnings)
				}
				if best == 0 {
					continue
				}
				constant := map[int64]string{1: "x", 2: "first", 4: "second"}[best]
				got := fmt.Sprint(selected(t, db, "SELECT DISTINCT COLUMNS(* EXCLUDE (event_id, user_id, href)), count(*) FROM clicks GROUP BY ALL").Rows)
				if want := fmt.Sprintf("[[%s %d]]", constant, arrived); got != want {
					t.Errorf("after dump %d: %s, want %s", id, got, want)
				}
			}
			counting := selected(t, db, "SELECT dump_id FROM smew.definitions WHERE counted_from IS NOT NULL AND counted_to IS NULL").Rows
			if fmt.Sprint(counting) != "[[4]]" {
				t.Errorf("in force are %v", counting)
			}
			if order[0] == 1 {
				spans := fmt.Sprint(selected(t, db, "SELECT dump_id, hour(counted_from), hour(counted_to) FROM smew.definitions WHERE counted_from IS NOT NULL ORDER BY ALL").Rows)
				if spans != "[[1 1 2] [2 2 4] [4 4 <nil>]]" {
					t.Errorf("they counted %s", spans)
				}
			}
			audited(t, b, db)

			// Given ones come before the feed's, also after later dumps, until they are taken back.
			given := channel("by hand", "mine")
			if s := load(&given); !slices.Contains(s.Warnings, `property definitions: table "clicks" has no "nobodys", which is NULL there`) {
				t.Errorf("warnings %q", s.Warnings)
			}
			d := clicks(9, []any{int64(9), int64(1), "b"})
			d.Tables[0].Columns = []string{"event_id", "user_id", "href"}
			d.Definitions = channel("kind", "third")
			w.dump(d)
			load(nil)
			if got := fmt.Sprint(selected(t, db, `SELECT DISTINCT "by hand" FROM clicks ORDER BY ALL`).Rows); got != "[[mine] [<nil>]]" {
				t.Errorf("given: %s", got)
			}
			if s := status(t, db); !s.Defined.Given || s.Defined.Properties != 1 || s.Defined.From != nil {
				t.Errorf("status tells of %+v", s.Defined)
			}
			audited(t, b, db)
			if _, err := rebuild(b, db); err != nil {
				t.Fatal(err)
			}
			if got := fmt.Sprint(selected(t, db, `SELECT DISTINCT "by hand" FROM clicks ORDER BY ALL`).Rows); got != "[[mine] [<nil>]]" {
				t.Errorf("given, rebuilt: %s", got)
			}
			none := ""
			load(&none)
			if got := fmt.Sprint(selected(t, db, `SELECT DISTINCT kind FROM clicks ORDER BY ALL`).Rows); got != "[[third] [<nil>]]" {
				t.Errorf("taken back: %s", got)
			}
			if s := status(t, db); s.Defined.Given || s.Defined.From == nil || *s.Defined.From != 9 {
				t.Errorf("status tells of %+v", s.Defined)
			}
			wrong := "{}"
			if _, err := loader.Run(context.Background(), loader.Feed{Name: "the feed", Bucket: b}, loader.Config{DB: db, Definitions: &wrong}); err == nil {
				t.Error("definitions that make no sense were taken")
			}
		})
	}
}

// Other definitions change what all rows show and rewrite none of them.
func TestDefinitionsRewriteNothing(t *testing.T) {
	t.Parallel()
	b := bucket.NewMemory()
	w := writer{t, b, avrotest.Options{}}
	d := clicks(1)
	d.Tables[0].Columns = []string{"event_id", "user_id", "href"}
	for i := range 50_000 {
		d.Tables[0].Rows = append(d.Tables[0].Rows, []any{int64(i), int64(i), fmt.Sprintf("%x", i*i*7919)})
	}
	d.Definitions = channel("kind", "first")
	w.dump(d)
	db := filepath.Join(t.TempDir(), "x.duckdb")
	loadWhole(t, b, db)
	w.dump(dumpSpec{ID: 2}) // what any dump takes beside its rows
	loadWhole(t, b, db)
	before, err := os.Stat(db)
	if err != nil {
		t.Fatal(err)
	}
	next := dumpSpec{ID: 3, Definitions: strings.Replace(channel("kind", "first"), `{"property": "nobodys"}`, `{"constant": "other"}`, 1)}
	w.dump(next)
	loadWhole(t, b, db)
	after, err := os.Stat(db)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(selected(t, db, "SELECT kind, count(*) FROM clicks GROUP BY ALL").Rows); got != "[[other 50000]]" {
		t.Errorf("values %s", got)
	}
	if grown := after.Size() - before.Size(); grown > 1<<20 {
		t.Errorf("the file grew by %d bytes", grown)
	}
}

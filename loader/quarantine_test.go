package loader_test

import (
	"context"
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"smew/avro/avrotest"
	"smew/bucket"
	"smew/loader"
)

func loadQuarantining(t *testing.T, b bucket.Bucket, db string) loader.Summary {
	t.Helper()
	s, err := loader.Run(context.Background(), loader.Feed{Name: "the feed", Bucket: b}, loader.Config{DB: db, Quarantine: true})
	if err != nil || len(s.Failed) > 0 {
		t.Fatalf("%v, failed %+v", err, s.Failed)
	}
	return s
}

// textIDs is a table of a dump whose ids come as text.
func textIDs(id int64, full bool, rows ...[]any) dumpSpec {
	columns := []string{"event_id", "user_id", "session_id"}
	return dumpSpec{ID: id, Tables: []tableSpec{{Name: "clicks", Full: full, Columns: columns, Parts: []partSpec{{
		Rows: rows, Types: map[string]any{"event_id": "string", "user_id": "string", "session_id": "string"},
	}}}}}
}

// Rows whose id is no whole number go to smew.quarantine, whole, with their place and the reason, and
// beat no other row; the rest is loaded, and the ledger counts both. A full resync takes them with it (R11).
func TestR11Quarantine(t *testing.T) {
	t.Parallel()
	b := bucket.NewMemory()
	w := writer{t, b, avrotest.Options{BlockRows: 2}}
	w.dump(textIDs(1, false, []any{"1", "1", "1"}, []any{"2", "1", "1"}))
	w.dump(textIDs(2, false, []any{"3", "1", "1"}, []any{"2", "1", "none"}, []any{"x", "1", "9"}, []any{"", "1", "1"}, []any{"4", "1", "1"}))
	db := filepath.Join(t.TempDir(), "x.duckdb")

	s := loadSome(t, b, db)
	if len(s.Failed) != 1 || !strings.Contains(s.Failed[0].Reason, `row 3: column "event_id": "x" is not a whole 64-bit number`) {
		t.Fatalf("without --quarantine: %+v", s.Failed)
	}
	s = loadQuarantining(t, b, db)
	if rec := s.Loaded[0].Tables[0]; rec.Rows != 5 || rec.Quarantined != 3 || rec.Superseded != 0 {
		t.Errorf("%+v", rec)
	}
	const wantWarning = `dump 2: table "clicks": rows went to smew.quarantine, such as row 2 of ` +
		`sync_2/_heap_table_name=clicks/part-00000-uuid.avro: column "session_id": "none" is not a whole 64-bit number`
	if len(s.Warnings) != 1 || s.Warnings[0] != wantWarning {
		t.Errorf("warnings %q", s.Warnings)
	}
	got := fmt.Sprint(selected(t, db, `SELECT dump_id, table_name, part, "row", column_name, reason, content FROM smew.quarantine ORDER BY "row"`).Rows)
	if want := `[[2 clicks 1 2 session_id "none" is not a whole 64-bit number {"event_id":"2","user_id":"1","session_id":"none"}]` +
		` [2 clicks 1 3 event_id "x" is not a whole 64-bit number {"event_id":"x","user_id":"1","session_id":"9"}]` +
		` [2 clicks 1 4 event_id "" is not a whole 64-bit number {"event_id":"","user_id":"1","session_id":"1"}]]`; got != want {
		t.Errorf("quarantine\n%s, want\n%s", got, want)
	}
	got = fmt.Sprint(selected(t, db, "SELECT event_id, smew_dump_id, smew_row FROM delivered.clicks ORDER BY event_id").Rows)
	if want := "[[1 1 1] [2 1 2] [3 2 1] [4 2 5]]"; got != want {
		t.Errorf("clicks %s, want %s", got, want)
	}
	const counts = "SELECT dump_id, rows_read, own_superseded, own_invalidated, own_quarantined FROM smew.tables ORDER BY dump_id"
	if got := fmt.Sprint(selected(t, db, counts).Rows); got != "[[1 2 0 0 0] [2 5 0 0 3]]" {
		t.Errorf("ledger %s", got)
	}

	w.dump(textIDs(3, true, []any{"7", "1", "1"}))
	loadQuarantining(t, b, db)
	if rows := selected(t, db, "FROM smew.quarantine").Rows; len(rows) != 0 {
		t.Errorf("after a full resync: %v", rows)
	}
	if got := fmt.Sprint(selected(t, db, counts).Rows); got != "[[1 2 0 2 0] [2 5 0 5 0] [3 1 0 0 0]]" {
		t.Errorf("ledger after a full resync %s", got)
	}
}

// Many bad rows between good ones, over many blocks and parts and several threads: each is set aside
// once, and every other row arrives with its number.
func TestQuarantineOfManyRows(t *testing.T) {
	t.Parallel()
	b := bucket.NewMemory()
	w := writer{t, b, avrotest.Options{BlockRows: 700}}
	var parts []partSpec
	for p := range 4 {
		var rows [][]any
		for i := range 5000 {
			id := fmt.Sprint(p*5000 + i)
			if i%3 == 1 {
				id = "no number"
			}
			rows = append(rows, []any{id, int64(1)})
		}
		parts = append(parts, partSpec{Rows: rows, Types: map[string]any{"event_id": "string"}})
	}
	w.dump(dumpSpec{ID: 1, Tables: []tableSpec{{Name: "clicks", Columns: []string{"event_id", "user_id"}, Parts: parts}}})
	db := filepath.Join(t.TempDir(), "x.duckdb")
	loadQuarantining(t, b, db)
	got := selected(t, db, `SELECT count(*), count(DISTINCT (part, "row")) FROM smew.quarantine WHERE "row" % 3 = 2`).Rows[0]
	if want := []any{int64(4 * 1667), int64(4 * 1667)}; !reflect.DeepEqual(got, want) {
		t.Errorf("quarantined %v, want %v", got, want)
	}
	got = selected(t, db, "SELECT count(*), count(*) FILTER (event_id = (smew_part - 1) * 5000 + smew_row - 1) FROM delivered.clicks").Rows[0]
	if want := []any{int64(4 * 3333), int64(4 * 3333)}; !reflect.DeepEqual(got, want) {
		t.Errorf("loaded %v, want %v", got, want)
	}
}

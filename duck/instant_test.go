package duck

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"smew/avro/avrotest"
	"smew/sql"
)

// Whatever the scan reads as an instant is what smew.instant reads: of texts like instants with some characters changed, left out or
// put in, of all that DuckDB writes of instants, and of whole numbers of any length. What is usual, it reads.
func TestInstants(t *testing.T) {
	r := rand.New(rand.NewPCG(20, 26))
	whole := []string{
		"2026-01-02 04:13:52.223", "2026-01-02 04:13:52", "2026-12-31 23:59:59.999999", "0001-01-01 00:00:00", "2026-01-02T04:13:52.220Z",
		"2026-01-02 04:13:52+02", "2026-01-02 04:13:52.1 UTC", "2024-02-29 24:00:00", "0000-01-02 04:00:00.000", "12026-01-01 00:00:00",
		"2026-01-02 04:13:52.1234567", "2100-02-29 00:00:00", "2026-04-31 00:00:00", "2026-01-02", "2026-01-02 04:13", "2026-01-02 04:13:52Z",
		"1767327212941", "1767327212", "1767327212941123", "99999999999", "100000000000", "99999999999999", "100000000000000",
		"99999999999999999", "100000000000000000", "-1", "000000000000000001", "infinity", "2026-01-02 (BC) 00:00:00", "Invalid date", "",
	}
	const letters = "0123456789-: .TZ+UC"
	var rows [][]any
	for range 60_000 {
		text := []byte(whole[r.IntN(len(whole))])
		for n := r.IntN(3); n > 0 && len(text) > 0; n-- {
			i, c := r.IntN(len(text)), letters[r.IntN(len(letters))]
			switch r.IntN(3) {
			case 0:
				text[i] = c
			case 1:
				text = append(text[:i], text[i+1:]...)
			default:
				text = append(text[:i], append([]byte{c}, text[i:]...)...)
			}
		}
		rows = append(rows, []any{string(text), "changed"})
	}
	for i := range 4 * 13 * 33 { // days that there are and are not
		rows = append(rows, []any{fmt.Sprintf("%d-%02d-%02d 00:00:00", []int{1900, 2000, 2024, 2026}[i%4], i/4%13, i/52), "changed"})
	}
	first, last := time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC).Unix(), time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	for i := range 30_000 {
		at := time.Unix(first+r.Int64N(last-first), r.Int64N(1e9)).UTC()
		layout := []string{"2006-01-02 15:04:05", "2006-01-02 15:04:05.999999", "2006-01-02 15:04:05.000", "2006-01-02T15:04:05.000Z", "2006-01-02 15:04:05.000000 UTC"}[i%5]
		rows = append(rows, []any{at.Format(layout), "usual"}, []any{fmt.Sprint(r.Uint64() >> (8 + r.IntN(56)) % 1e17), "usual"}, []any{nil, "none"})
	}
	db := memory(t, Options{})
	update(t, db, "CREATE SCHEMA smew", sql.LedgerMacros)
	scan := Scan{Columns: []Column{{Delivered: "t", As: "t"}, {Delivered: "of", As: "of"}}, Time: "t"}
	scan.Parts = []Part{part(t, 1, avrotest.Options{BlockRows: 700}, []partField{{"t", maybeText}, {"of", maybeText}}, rows...)}
	if _, err := insert(db, intoT, scan); err != nil {
		t.Fatal(err)
	}
	equalRows(t, query(t, db, `SELECT DISTINCT t, smew_time::VARCHAR, smew.instant(t)::VARCHAR FROM t
		WHERE smew_time IS NOT NULL AND smew_time IS DISTINCT FROM smew.instant(t) OR smew_time IS NULL AND "of" = 'usual' LIMIT 20`), nil)
	// Of what was changed, some is read, and some by the macro alone.
	equalRows(t, query(t, db, `SELECT count(smew_time) > 10000, count(smew.instant(t)) - count(smew_time) > 1000 FROM t WHERE "of" = 'changed'`), [][]any{{true, true}})
}

// Every day there is.
func TestDays(t *testing.T) {
	for at := time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC); at.Year() < 10000; at = at.AddDate(0, 0, 1) {
		if got, ok := instant([]byte(at.Format("2006-01-02") + " 00:00:00")); !ok || got != at.UnixMicro() {
			t.Fatalf("%s: %d %v, want %d", at, got, ok, at.UnixMicro())
		}
	}
}

// A row that loses takes its instant with it, whatever else the scan is asked for; and a scan that lacks the column is an error.
func TestInstantsOfSome(t *testing.T) {
	db := memory(t, Options{})
	var rows, want [][]any
	v := &Verdict{}
	for i := range 300 {
		at := any(fmt.Sprintf("2026-01-02 03:04:05.%03d", i))
		read := at
		switch {
		case i%3 == 0:
			v.Mark(1, int64(i+1), true)
		case i%5 == 0:
			at, read = nil, nil
		case i%7 == 0:
			at, read = "Invalid date", nil
		}
		if i%3 != 0 {
			want = append(want, []any{int64(i), read})
		}
		rows = append(rows, []any{int64(i), at})
	}
	scan := Scan{Columns: append(IDs("user_id"), Column{Delivered: "time", As: "time"}), Time: "time", Verdict: v}
	scan.Parts = []Part{part(t, 1, avrotest.Options{BlockRows: 64}, []partField{{"user_id", maybeLong}, {"time", maybeText}}, rows...)}
	if _, err := insert(db, "CREATE TABLE t AS SELECT user_id, strftime(smew_time, '%Y-%m-%d %H:%M:%S.%g') AS read FROM smew_parts()", scan); err != nil {
		t.Fatal(err)
	}
	equalRows(t, query(t, db, "FROM t ORDER BY user_id"), want)
	scan.Time = "user_id"
	if _, err := insert(db, intoT, scan); err == nil {
		t.Error("ids were read as instants")
	}
}

func BenchmarkInstant(b *testing.B) {
	for _, text := range []string{"2026-01-02 04:13:52.223", "1767327212941"} {
		b.Run(text, func(b *testing.B) {
			t := []byte(text)
			for b.Loop() {
				instant(t)
			}
		})
	}
}

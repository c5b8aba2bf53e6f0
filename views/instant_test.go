package views

import (
	"context"
	"math/rand/v2"
	"strings"
	"testing"

	"smew/duck"
	"smew/sql"
)

// The short way of reading an instant gives what the long one gives, whatever the text: texts like instants, with some
// characters changed, left out or put in.
func TestInstantShortWay(t *testing.T) {
	ctx := context.Background()
	db := database(t)
	_, rest, _ := strings.Cut(sql.LedgerMacros, "MACRO smew.instant(t) AS CASE")
	body, _, ok := strings.Cut(rest, "END;")
	head, long, cut := strings.Cut(body, "WHEN regexp_full_match(t, '-?")
	if !ok || !cut || strings.Count(head, "WHEN") != 1 {
		t.Fatal("smew.instant is not what the test takes it to be")
	}
	var all []string
	r := rand.New(rand.NewPCG(8, 8))
	whole := []string{
		"2026-01-02 04:13:52.223", "2026-01-02 04:13:52", "2026-12-31 23:59:59.999999", "0001-01-01 00:00:00", "2026-01-02T04:13:52.220Z",
		"2026-01-02 04:13:52+02", "2026-01-02 04:13:52.1 UTC", "2024-02-29 24:00:00", "0000-01-02 04:00:00.000", "12026-01-01 00:00:00",
		"2026-01-02 04:13:52.+00", "2026-01-02 04:13:52.   ", "1767327212941", "-1", "infinity", "2026-01-02 (BC) 00:00:00", "",
	}
	const letters = "0123456789-: .TZ+UC"
	for range 20_000 {
		text := []byte(whole[r.IntN(len(whole))])
		for n := r.IntN(4); n > 0 && len(text) > 0; n-- {
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
		all = append(all, duck.QuoteText(string(text)))
	}
	err := db.Update(ctx, func(tx *duck.Tx) error {
		if _, err := tx.Exec(ctx, "CREATE MACRO smew.long_way(t) AS CASE WHEN regexp_full_match(t, '-?"+long+"END"); err != nil {
			return err
		}
		var read, short int
		var differing string
		_, err := tx.Row(ctx, `SELECT count(smew.instant(t)), count(*) FILTER (t LIKE '____-__-__ __:__:__%' AND CAST(try_cast(t AS TIMESTAMP) AS VARCHAR) = t),
			coalesce(string_agg(t, '|') FILTER (smew.instant(t) IS DISTINCT FROM smew.long_way(t)), '')
			FROM (SELECT unnest([`+strings.Join(all, ", ")+`]) AS t)`, nil, &read, &short, &differing)
		if differing != "" || read < 1000 || short < 1000 {
			t.Errorf("%d texts read, %d the short way; otherwise the long way: %s", read, short, differing)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

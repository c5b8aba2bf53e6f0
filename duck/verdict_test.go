package duck

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"smew/avro"
	"smew/avro/avrotest"
)

// A judged scan leaves out the rows that lost, whole blocks and parts of them if need be, keeps the
// others' numbers, marks the hidden and knows whom each id stands for.
func TestVerdict(t *testing.T) {
	fields := []partField{{"user_id", maybeLong}, {"short", maybeText}, {"long", maybeText}}
	columns := []Column{{"user_id", "user_id", avro.Long}, {"short", "short", avro.Text}, {"long", "long", avro.Text}}
	db := memory(t, Options{})
	for seed := range uint64(40) {
		rng := rand.New(rand.NewPCG(seed, 11))
		verdict := &Verdict{Canonical: map[int64]int64{1: 100, 2: 100, 3: -1}}
		scan := Scan{Columns: columns, Verdict: verdict}
		lose := []int{0, 1, 50, 100}[rng.IntN(4)] // of a hundred rows
		var want [][]any
		var counts []int64
		for place := 1; place <= 3; place++ {
			rows := make([][]any, rng.IntN([]int{4, 200, 5000}[rng.IntN(3)]))
			from, to := rng.IntN(len(rows)+1), rng.IntN(len(rows)+1) // a stretch that loses as a whole
			for i := range rows {
				row, canonical := []any{nil, fmt.Sprint(i), fmt.Sprintf("a text of more than twelve bytes, %d", i)}, any(nil)
				if rng.IntN(5) > 0 {
					id := rng.Int64N(6)
					row[0], canonical = id, id
					if to, ok := verdict.Canonical[id]; ok {
						canonical = to
					}
				}
				if rng.IntN(4) == 0 {
					row[1] = nil
				}
				rows[i] = row
				number := int64(i + 1)
				if from <= i && i < to || rng.IntN(100) < lose {
					verdict.Mark(place, number, true)
					continue
				}
				hidden := rng.IntN(30) == 0
				if hidden {
					verdict.Mark(place, number, false)
				}
				want = append(want, append(slices.Clone(row), int64(place), number, canonical, hidden))
			}
			scan.Parts = append(scan.Parts, part(t, place, avrotest.Options{BlockRows: []int{0, 1, 7, 300}[rng.IntN(4)]}, fields, rows...))
			counts = append(counts, int64(len(rows)))
		}
		read, err := insert(db, intoT, scan)
		if err != nil || !slices.Equal(read, counts) {
			t.Fatalf("seed %d: %v rows read, want %v: %v", seed, read, counts, err)
		}
		equalRows(t, query(t, db, "SELECT * FROM t ORDER BY smew_part, smew_row"), want)
	}
}

// A verdict is about users: a scan without them is a mistake in smew.
func TestVerdictWithoutUsers(t *testing.T) {
	db := memory(t, Options{})
	if _, err := insert(db, intoT, Scan{Columns: IDs("event_id"), Verdict: &Verdict{}}); err == nil {
		t.Error("a verdict on rows without user_id was taken")
	}
}

package avro

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// What is left after Drop are the other rows, as they were.
func TestDrop(t *testing.T) {
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 5))
		rows := 1 + rng.IntN(300)
		b := Batch{Cols: make([]Vector, 2)}
		words := (rows + 63) / 64
		b.Cols[0] = Vector{Valid: make([]uint64, words), Longs: make([]int64, rows)}
		b.Cols[1] = Vector{Valid: make([]uint64, words), Spans: make([]Span, rows)}
		for i := range rows {
			if rng.IntN(3) > 0 {
				b.Cols[0].Longs[i] = int64(i) + 1
				b.Cols[0].Valid[i>>6] |= 1 << (i & 63)
			}
			if rng.IntN(3) > 0 {
				b.Cols[1].Spans[i] = Span{uint32(i), 1}
				b.Cols[1].Valid[i>>6] |= 1 << (i & 63)
			}
		}
		b.finish(rows)
		said := func(i int) string {
			return fmt.Sprint(b.Cols[0].Longs[i], b.Cols[0].Null(i), b.Cols[1].Spans[i], b.Cols[1].Null(i))
		}
		var lost []int
		var want []string
		for i := range rows {
			if rng.IntN(4) == 0 {
				lost = append(lost, i)
			} else {
				want = append(want, said(i))
			}
		}
		b.Drop(lost)
		var got []string
		for i := range b.Rows {
			got = append(got, said(i))
		}
		if !slices.Equal(got, want) {
			t.Fatalf("seed %d: %v, want %v", seed, got, want)
		}
		for c := range b.Cols {
			checkVector(t, &b.Cols[c], b.Rows)
		}
	}
}

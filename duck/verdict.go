package duck

import (
	"cmp"
	"slices"

	"smew/avro"
)

// Verdict is what was found out about the rows of a scan before they are read for good. A join
// would say the same, but DuckDB cuts chunks in two at a join, and then books and samples more of them.
// With a verdict the scan has two more columns: smew_user_id (BIGINT), the canonical id of the column
// user_id, and smew_hidden (BOOLEAN); and it leaves out the rows that lost.
type Verdict struct {
	Canonical map[int64]int64 // of ids that stand for another
	marks     map[int][]mark  // by part, in the order of rows
}

// mark is a row that lost, or else is hidden.
type mark struct {
	row  int64
	lost bool
}

// Mark notes a row of the part at that place: one that lost, or one that is hidden. The rows of a
// part come in order.
func (v *Verdict) Mark(place int, row int64, lost bool) {
	if v.marks == nil {
		v.marks = map[int][]mark{}
	}
	v.marks[place] = append(v.marks[place], mark{row, lost})
}

// of returns the marks of n rows of a part from first on.
func (v *Verdict) of(place int, first int64, n int) []mark {
	byRow := func(m mark, row int64) int { return cmp.Compare(m.row, row) }
	all := v.marks[place]
	from, _ := slices.BinarySearchFunc(all, first, byRow)
	to, _ := slices.BinarySearchFunc(all, first+int64(n), byRow)
	return all[from:to]
}

// judged is a batch without the rows that lost: the numbers of those that are left, nil while
// they follow each other, and their places in the batch that are hidden.
type judged struct {
	numbers []int64
	hidden  []int
}

// judge drops the rows that lost from a batch of a part.
func (v *Verdict) judge(place int, batch *avro.Batch) (j judged) {
	first := batch.FirstRow + 1
	marks := v.of(place, first, batch.Rows)
	if len(marks) == 0 {
		return j
	}
	var lost []int
	for _, m := range marks {
		at := int(m.row - first)
		if m.lost {
			lost = append(lost, at)
		} else {
			j.hidden = append(j.hidden, at-len(lost))
		}
	}
	if len(lost) == 0 {
		return j
	}
	j.numbers = make([]int64, 0, batch.Rows-len(lost))
	gone := lost
	for i := range batch.Rows {
		if len(gone) > 0 && gone[0] == i {
			gone = gone[1:]
			continue
		}
		j.numbers = append(j.numbers, first+int64(i))
	}
	batch.Drop(lost)
	return j
}

// canonical writes what the ids of a column stand for.
func (t *target) canonical(ids *avro.Vector, of map[int64]int64, row, rows int) {
	if ids.Nulls > 0 {
		t.nulls(ids.Valid, row, rows)
	}
	out := t.longs(row, rows)
	copy(out, ids.Longs[:rows])
	if len(of) == 0 {
		return
	}
	for i, id := range out {
		if to, ok := of[id]; ok {
			out[i] = to
		}
	}
}

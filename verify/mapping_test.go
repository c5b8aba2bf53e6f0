package verify

import (
	"maps"
	"testing"
)

// TestMapping resolves chains, rings, what leads into them, and mappings that are none (R8).
func TestMapping(t *testing.T) {
	t.Parallel()
	none := int64(-99) // stands for NULL
	for name, c := range map[string]struct {
		rows [][2]int64 // ids in order
		want map[int64]int64
	}{
		"a chain, from its end and its beginning": {[][2]int64{{1, 2}, {2, 3}, {7, 6}, {6, 5}}, map[int64]int64{1: 3, 2: 3, 7: 5, 6: 5}},
		"the last row counts":                     {[][2]int64{{1, 2}, {1, 3}}, map[int64]int64{1: 3}},
		"to itself, to nobody":                    {[][2]int64{{1, 1}, {2, none}, {3, 1}, {4, 5}, {4, none}}, map[int64]int64{1: 1, 2: 2, 3: 1, 4: 4}},
		"a ring and a way into it":                {[][2]int64{{-5, 3}, {1, 9}, {3, 8}, {8, -5}, {9, 8}}, map[int64]int64{-5: -5, 1: -5, 3: -5, 8: -5, 9: -5}},
	} {
		// The order in which ids are walked must not matter, so the rows come as they would by id.
		var m mapping
		byID := map[int64][]int64{}
		for _, r := range c.rows {
			byID[r[0]] = append(byID[r[0]], r[1])
		}
		for id := int64(-10); id <= 10; id++ {
			for _, to := range byID[id] {
				if to == none {
					m.add(id, nil)
				} else {
					m.add(id, &to)
				}
			}
		}
		m.resolve()
		got := map[int64]int64{}
		for _, id := range m.from {
			got[id] = m.of(id)
		}
		if !maps.Equal(got, c.want) || m.of(100) != 100 {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

package loader

import (
	"testing"

	"smew/plan"
)

func TestMemoryFor(t *testing.T) {
	for _, c := range []struct {
		threads, columns int
		want             int64 // MB
	}{{2, 40, 640}, {1, 40, 640}, {8, 500, 2560}, {2, 3000, 5640}} {
		if got := memoryFor(c.threads, c.columns) / 1_000_000; got != c.want {
			t.Errorf("%d threads, %d columns: %d MB, want %d", c.threads, c.columns, got, c.want)
		}
	}
}

func TestWidest(t *testing.T) {
	dumps := []plan.Dump{{Tables: []plan.Table{{Columns: make([]string, 7)}, {Columns: make([]string, 3)}}}}
	if widest(5, dumps) != 7 || widest(9, dumps) != 9 {
		t.Error(widest(5, dumps), widest(9, dumps))
	}
}

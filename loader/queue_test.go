package loader

import (
	"errors"
	"testing"

	"smew/stage"
)

// TestSmall looks ahead in parts of given sizes (-1: it cannot be fetched): whoever looks ahead loses no part,
// keeps the order, and meets the error where it stands.
func TestSmall(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	for name, c := range map[string]struct {
		sizes []int64
		small bool
	}{
		"none":        {nil, true},
		"small":       {[]int64{1, smallBytes - 1}, true},
		"large":       {[]int64{1, smallBytes, 5}, false},
		"large, last": {[]int64{smallBytes + 1}, false},
		"many":        {make([]int64, smallParts+2), false},
		"broken":      {[]int64{7, -1}, false},
	} {
		at := 0
		q := &queue{next: func() (*stage.Part, error, bool) {
			if at == len(c.sizes) {
				return nil, nil, false
			}
			at++
			if c.sizes[at-1] < 0 {
				return nil, broken, true
			}
			return &stage.Part{Want: stage.Want{Table: "t", Place: at - 1}, Size: c.sizes[at-1]}, nil, true
		}}
		if got := q.small(); got != c.small {
			t.Errorf("%s: small is %v", name, got)
		}
		for i, size := range c.sizes {
			part, err := q.take("t")
			if size < 0 {
				if !errors.Is(err, broken) {
					t.Errorf("%s: part %d: %v", name, i, err)
				}
				break
			}
			if err != nil || part.Place != i {
				t.Fatalf("%s: part %d: %v, %v", name, i, part, err)
			}
		}
	}
}

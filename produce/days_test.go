package produce_test

import (
	"fmt"
	"slices"
	"testing"

	"smew/produce"
)

func TestDays(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		days produce.Days
		want []int // up to 12
	}{
		{"", nil},
		{"4", []int{4}},
		{"2-5", []int{2, 3, 4, 5}},
		{"9-", []int{9, 10, 11, 12}},
		{"4/8", []int{4, 12}},
		{"3/4, 1,10-11", []int{1, 3, 7, 10, 11}},
	} {
		var got []int
		for day := range 12 {
			if tt.days.Has(day + 1) {
				got = append(got, day+1)
			}
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%q: %v, want %v", tt.days, got, tt.want)
		}
	}
	for _, days := range []produce.Days{"0", "-1", "5-2", "a", "4/0", "1,,2", "1/2/3", "3.5"} {
		_, err := produce.ParseScenario(fmt.Appendf(nil, "strays: %q\n", string(days)))
		if err == nil {
			t.Errorf("%q is accepted", days)
		}
	}
}

package produce_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"smew/bucket"
	"smew/produce"
)

// TestAllLate: dumps that are late wait for those after them, though these may be late as well.
func TestAllLate(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		late []produce.Late
		want []int64
	}{
		{"all but the first", []produce.Late{{Days: "2-", By: 1}}, []int64{852, 853, 854, 855}},
		{"all, by many", []produce.Late{{Days: "1-", By: 30}}, []int64{852, 853, 854, 855}},
		{"every other", []produce.Late{{Days: "1/2", By: 1}}, []int64{853, 852, 855, 854}},
		{"two in a row", []produce.Late{{Days: "2-3", By: 2}}, []int64{852, 855, 853, 856, 854}},
		{"each for longer than the next", []produce.Late{{Days: "2", By: 3}, {Days: "3", By: 1}}, []int64{852, 855, 854, 856, 853}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			o := options()
			o.Users, o.Events, o.Dumps, o.Scenario = 5, 10, len(tt.want), &produce.Scenario{Late: tt.late}
			s, err := produce.Feed(ctx, bucket.NewMemory(), o)
			var got []int64
			for _, d := range s.Dumps {
				got = append(got, d.DumpID)
			}
			if err != nil || !slices.Equal(got, tt.want) {
				t.Errorf("manifests appear in the order %v, %v; want %v", got, err, tt.want)
			}
		})
	}
	if _, err := produce.ParseScenario([]byte("late_manifests: [{days: 2, by: 1001}]")); err == nil || !strings.Contains(err.Error(), "1001 is more than 1000") {
		t.Errorf("a dump that waits for 1001 others: %v", err)
	}
}

// TestLateCancelled: days that pass without a dump can be stopped.
func TestLateCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	o := options()
	o.Dumps, o.Events, o.Scenario = 3, 1000, &produce.Scenario{Late: []produce.Late{{Days: "2-", By: 1000}}}
	p, err := produce.New(ctx, bucket.NewMemory(), o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Next(ctx); err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(20*time.Millisecond, cancel)
	if d, err := p.Next(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped, it gave dump %d and %v", d.DumpID, err)
	}
}

package plan_test

import (
	"slices"
	"testing"

	"smew/plan"
)

// The columns of a table are in the order of dump, then of the manifest's list, then of what only parts bring (R10), whatever came first.
func TestFirstAppearances(t *testing.T) {
	var all []plan.Column
	all = append(all, plan.Appearances(9, []string{"d", "b"}, []string{"z"})...)
	all = append(all, plan.Appearances(3, []string{"c", "a"}, []string{"x", "b"})...)
	all = append(all, plan.Appearances(5, []string{"x", "e", "e"}, nil)...)
	first := plan.FirstAppearances(all)
	var names []string
	for _, c := range first {
		names = append(names, c.Name)
	}
	if want := []string{"c", "a", "x", "b", "e", "d", "z"}; !slices.Equal(names, want) {
		t.Errorf("got %q, want %q", names, want)
	}
	if want := (plan.Column{Name: "b", FirstDump: 3, Place: 2}); first[3] != want {
		t.Errorf("got %+v, want %+v", first[3], want)
	}
	slices.Reverse(all)
	if !slices.Equal(plan.FirstAppearances(all), first) {
		t.Error("the order in which dumps are told of counts")
	}
}

package answer

import (
	"slices"
	"strings"
	"testing"
)

func TestShowNames(t *testing.T) {
	tests := []struct{ delivered, want string }{
		{"a b c", "a b c"},
		{"Plan plan PLAN", "Plan plan_2 PLAN_3"},
		{"plan_2 Plan plan", "plan_2 Plan plan_3"},
		{"Plan plan plan_2", "Plan plan_3 plan_2"}, // a first spelling goes before what is made up
		{"Plan plan PLAN_2 plan_2", "Plan plan_3 PLAN_2 plan_2_2"},
		{"a A a_2 A_2 a_2_2", "a A_3 a_2 A_2_3 a_2_2"},
		{"res Res", "res_2 Res_3"},
		{"Res res_2 res", "Res_3 res_2 res_4"},
		{"Größe GRÖSSE größe", "Größe GRÖSSE größe_2"},
		{"a\x00b a\uFFFDb A\x00B", "a\uFFFDb a\uFFFDb_2 A\uFFFDB_3"},
		{"_", "_"},
	}
	for _, test := range tests {
		got := showNames(strings.Split(test.delivered, " "), "res")
		if want := strings.Split(test.want, " "); !slices.Equal(got, want) {
			t.Errorf("showNames(%q) = %q, want %q", test.delivered, got, want)
		}
	}
	if got := showNames([]string{"_", ""}); !slices.Equal(got, []string{"_", "__2"}) {
		t.Errorf("the empty name is shown as %q", got)
	}
}

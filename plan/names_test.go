package plan

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// R10: the names that delivered names are shown under.
func TestR10Names(t *testing.T) {
	for _, c := range []struct {
		name                      string
		delivered, reserved, want []string
	}{
		{"as they are", []string{"user_id", "Select", "a \"b\"\n", "ü"}, nil, []string{"user_id", "Select", "a \"b\"\n", "ü"}},
		{"other case", []string{"Name", "name", "NAME", "nAme"}, nil, []string{"Name", "name_2", "NAME_3", "nAme_4"}},
		{"the first spelling keeps its name", []string{"b", "A", "a"}, nil, []string{"b", "A", "a_2"}},
		{"_2 is taken before", []string{"a_2", "A", "a"}, nil, []string{"a_2", "A", "a_3"}},
		{"_2 is delivered later", []string{"A", "a", "a_2"}, nil, []string{"A", "a_3", "a_2"}},
		{"_2 is delivered later in another case", []string{"A", "a", "A_2"}, nil, []string{"A", "a_3", "A_2"}},
		{"a clash of what stands aside", []string{"A", "a", "A_2", "a_2"}, nil, []string{"A", "a_3", "A_2", "a_2_2"}},
		{"reserved", []string{"all_events", "x", "ALL_EVENTS"}, ReservedTables, []string{"all_events_2", "x", "ALL_EVENTS_3"}},
		{"reserved and its _2 delivered", []string{"all_events", "all_events_2"}, ReservedTables, []string{"all_events_3", "all_events_2"}},
		{"columns of our own", []string{"SMEW_Row", "smew_parts"}, ReservedColumns, []string{"SMEW_Row_2", "smew_parts"}},
		{"empty", []string{"", "_", ""}, nil, []string{"_", "__2", "__3"}},
		{"NUL", []string{"a\x00b", "a\x00B"}, nil, []string{"a\ufffdb", "a\ufffdB_2"}},
		{"beyond ASCII", []string{"Ärger", "ärger", "İ", "i̇", "ß", "ẞ"}, nil, nil},
		{"none", nil, ReservedTables, []string{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Names(c.delivered, c.reserved)
			if c.want != nil && !slices.Equal(got, c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
			checkNames(t, c.delivered, c.reserved, got)
		})
	}
}

// TestNamesProperties tries random names from a small alphabet that clashes a lot.
func TestNamesProperties(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	pieces := []string{"a", "A", "b", "_2", "_3", "", "\x00", "ü", "Ü", "smew_row"}
	for range 2000 {
		seen := map[string]bool{}
		var delivered []string
		for range rng.IntN(12) {
			name := pieces[rng.IntN(len(pieces))] + pieces[rng.IntN(len(pieces))]
			if !seen[name] {
				seen[name] = true
				delivered = append(delivered, name)
			}
		}
		checkNames(t, delivered, ReservedColumns, Names(delivered, ReservedColumns))
		if t.Failed() {
			t.Fatalf("names %q", delivered)
		}
	}
}

// checkNames: one name each, all different for DuckDB, none reserved, and the first spelling
// of each name is kept.
func checkNames(t *testing.T, delivered, reserved, shown []string) {
	t.Helper()
	if len(shown) != len(delivered) {
		t.Fatalf("%d names for %d", len(shown), len(delivered))
	}
	taken := map[string]bool{}
	for _, name := range reserved {
		taken[strings.ToLower(name)] = true
	}
	first := map[string]bool{}
	for _, name := range reserved {
		first[strings.ToLower(name)] = true
	}
	for i, name := range shown {
		if taken[strings.ToLower(name)] || name == "" || strings.Contains(name, "\x00") {
			t.Errorf("%q is shown as %q, which is taken or no name", delivered[i], name)
		}
		taken[strings.ToLower(name)] = true
		plain := strings.ReplaceAll(delivered[i], "\x00", "\ufffd")
		if plain == "" {
			plain = "_"
		}
		if !first[strings.ToLower(plain)] && name != plain {
			t.Errorf("%q is the first of its spelling and is shown as %q", delivered[i], name)
		}
		first[strings.ToLower(plain)] = true
	}
}

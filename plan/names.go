package plan

import (
	"strconv"
	"strings"
)

// Reserved names: smew's own views win over delivered tables of their name, and
// smew's own columns over delivered columns (R10).
var (
	ReservedTables  = []string{"all_events", "enhanced_users", "session_facts", "_sync_info", "_sync_history"}
	ReservedColumns = []string{"smew_dump_id", "smew_part", "smew_row", "smew_user_id", "smew_hidden", "smew_time"}
)

// Names gives every delivered name, in the order of appearance, the name it is shown
// under (R10). Names are compared without case, as DuckDB does. The first
// spelling keeps its name, the others get the least free _2, _3 …
// As DuckDB takes neither the empty name nor NUL, they are shown as _ and U+FFFD.
func Names(delivered, reserved []string) []string {
	shown := make([]string, len(delivered))
	taken := make(map[string]bool, len(delivered)+len(reserved))
	for _, name := range reserved {
		taken[fold(name)] = true
	}
	var others []int
	for i, name := range delivered {
		name = writable(name)
		if taken[fold(name)] {
			others = append(others, i)
			continue
		}
		taken[fold(name)] = true
		shown[i] = name
	}
	for _, i := range others {
		name := writable(delivered[i])
		for n := 2; shown[i] == ""; n++ {
			if candidate := name + "_" + strconv.Itoa(n); !taken[fold(candidate)] {
				taken[fold(candidate)] = true
				shown[i] = candidate
			}
		}
	}
	return shown
}

func fold(name string) string { return strings.ToLower(name) }

func writable(name string) string {
	if name == "" {
		return "_"
	}
	return strings.ReplaceAll(name, "\x00", "�")
}

package answer

import (
	"strconv"
	"strings"
)

// showNames returns the names under which delivered ones are shown, in the
// same order (R10): names that differ only in case fall together; the first
// keeps its spelling unless it is reserved; every other one gets the least of
// _2, _3 … that is free.
func showNames(names []string, reserved ...string) []string {
	shown := make([]string, len(names))
	taken := map[string]bool{}
	for _, n := range reserved {
		taken[n] = true
	}
	for i, n := range names {
		if n = cleanName(n); !taken[strings.ToLower(n)] {
			taken[strings.ToLower(n)] = true
			shown[i] = n
		}
	}
	for i, n := range names {
		for k := 2; shown[i] == ""; k++ {
			try := cleanName(n) + "_" + strconv.Itoa(k)
			if !taken[strings.ToLower(try)] {
				taken[strings.ToLower(try)] = true
				shown[i] = try
			}
		}
	}
	return shown
}

func cleanName(name string) string {
	if name == "" {
		return "_"
	}
	return strings.ReplaceAll(name, "\x00", "\uFFFD")
}

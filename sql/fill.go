package sql

import (
	"sort"
	"strings"
)

// Names are the identifiers (or lists of them) that a statement leaves open as {{key}}.
type Names map[string]string

// Fill puts names, which must already be quoted, into a statement of this package.
// A placeholder without a name, or a name without placeholder, is a mistake in smew: it panics.
func Fill(statement string, names Names) string {
	keys := make([]string, 0, len(names))
	for key := range names {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	pairs := make([]string, 0, 2*len(keys))
	for _, key := range keys {
		if !strings.Contains(statement, "{{"+key+"}}") {
			panic("sql: statement has no {{" + key + "}}: " + statement)
		}
		pairs = append(pairs, "{{"+key+"}}", names[key])
	}
	// The check looks at the template: a delivered name may itself hold braces.
	rest := strings.NewReplacer(blank(pairs)...).Replace(statement)
	if i := strings.Index(rest, "{{"); i >= 0 {
		panic("sql: name missing in statement at " + rest[i:])
	}
	return strings.NewReplacer(pairs...).Replace(statement)
}

func blank(pairs []string) []string {
	out := make([]string, len(pairs))
	for i := 0; i < len(pairs); i += 2 {
		out[i] = pairs[i]
	}
	return out
}

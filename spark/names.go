package spark

import (
	"regexp"
	"strconv"
	"strings"

	"smew/feed"
)

// Quote writes any name as an identifier of Spark SQL. Iceberg's own statements know no other quotes.
func Quote(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }

// QuoteText writes a text as a literal of Spark SQL.
func QuoteText(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(text) + "'"
}

const (
	users    = "users"
	sessions = "sessions"
)

// keyOf is the column that makes a row unique beside the user. A table of no special name counts by event_id: where it
// has none, no row has a rival.
func keyOf(table string) string {
	if table == sessions {
		return "session_id"
	}
	return "event_id"
}

func typeOf(table, column string) string {
	if feed.IsID(table, column) {
		return "BIGINT"
	}
	return "STRING"
}

// plain names stand for themselves in storage, whatever reads them: no catalog changes their case, no engine has them quoted.
var (
	plain    = regexp.MustCompile(`^[a-z_][a-z0-9_]{0,99}$`)
	numbered = regexp.MustCompile(`^(c|t)[0-9]+$`)
	// What Iceberg tells of each row is called so: a table with such a column cannot be read.
	reserved = regexp.MustCompile(`^_(file|pos|deleted|spec_id|partition|row_id|last_updated_sequence_number|change_type|change_ordinal|commit_snapshot_id)$`)
)

// storedName is the name under which a delivered one is stored, given those that are taken: itself if it is plain, else the
// prefix and a number. It never changes, so what decides between names that clash decides about views only (R10).
func storedName(delivered, prefix string, taken map[string]bool) string {
	if plain.MatchString(delivered) && !numbered.MatchString(delivered) && !reserved.MatchString(delivered) && !strings.HasPrefix(delivered, "smew_") && !taken[delivered] {
		return delivered
	}
	for n := 1; ; n++ {
		if name := prefix + strconv.Itoa(n); !taken[name] {
			return name
		}
	}
}

// list quotes names and joins them.
func list(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = Quote(name)
	}
	return strings.Join(quoted, ", ")
}

// typed are columns with their types.
func typed(table string, columns []string) string {
	all := make([]string, len(columns))
	for i, name := range columns {
		all[i] = Quote(name) + " " + typeOf(table, name)
	}
	return strings.Join(all, ", ")
}

package plan

import (
	"slices"
	"testing"
)

// What is stored under these names lies in databases and clusters that exist.
func TestBuiltIn(t *testing.T) {
	for table, want := range map[string][]string{
		"users":           {"user_id", "joindate", "last_modified", "identity", "handle", "email"},
		"user_migrations": {"from_user_id", "to_user_id"},
		"sessions":        {"user_id", "event_id", "session_id", "time"},
		"pageviews":       {"user_id", "event_id", "session_id", "time"},
	} {
		if got := BuiltIn(table); !slices.Equal(got, want) {
			t.Errorf("%s: %q", table, got)
		}
	}
}

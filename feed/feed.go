// Package feed is the Data Connect format, both ways: where a feed's objects
// lie, what a manifest and a sync report say, and which kind of table is which.
//
// [ParseManifest] and [ParseReport] read, [Manifest.Encode] and
// [Report.Encode] write; what is written reads back equal. The package does no
// input or output of its own.
package feed

import "slices"

// Kind says how the rows of a table are told apart (R4).
type Kind int

const (
	Users          Kind = iota + 1 // one row per user_id
	Sessions                       // one row per (session_id, user_id)
	UserMigrations                 // from_user_id to to_user_id, kept as delivered
	Events                         // one row per (event_id, user_id)
	Keyless                        // no key: every row is kept as delivered
)

// KindOf returns the kind of the table with the given name and live columns
// (R4). Both are compared exactly: a table "Users" is not users.
func KindOf(table string, columns []string) Kind {
	switch table {
	case "users":
		return Users
	case "sessions":
		return Sessions
	case "user_migrations":
		return UserMigrations
	}
	if slices.Contains(columns, "event_id") && slices.Contains(columns, "user_id") {
		return Events
	}
	return Keyless
}

// String returns "users", "sessions", "user_migrations", "events" or "keyless".
func (k Kind) String() string {
	switch k {
	case Users:
		return "users"
	case Sessions:
		return "sessions"
	case UserMigrations:
		return "user_migrations"
	case Events:
		return "events"
	case Keyless:
		return "keyless"
	}
	return "unknown"
}

// Key returns the columns that make a row unique, nil where rows are kept as
// delivered. The caller may change the slice.
func (k Kind) Key() []string {
	switch k {
	case Users:
		return []string{"user_id"}
	case Sessions:
		return []string{"session_id", "user_id"}
	case Events:
		return []string{"event_id", "user_id"}
	}
	return nil
}

// IsID reports whether the column holds 64-bit ids; every other column is text
// (R11).
func IsID(table, column string) bool {
	switch column {
	case "user_id", "event_id", "session_id":
		return true
	case "from_user_id", "to_user_id":
		return table == "user_migrations"
	}
	return false
}

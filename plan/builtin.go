package plan

import "smew/feed"

// BuiltIn are the columns that a table is stored with from the first; they hold the delivered column of the same name.
func BuiltIn(table string) []string {
	switch feed.KindOf(table, nil) {
	case feed.Users:
		return []string{"user_id", "joindate", "last_modified", "identity", "handle", "email"}
	case feed.UserMigrations:
		return []string{"from_user_id", "to_user_id"}
	}
	return []string{"user_id", "event_id", "session_id", "time"}
}

package answer_test

import (
	"strings"
	"testing"
)

// TestRules holds tiny feeds against tables worked out by hand.
func TestRules(t *testing.T) {
	tests := []struct {
		name string
		feed func(handFeed) handFeed
		want map[string]string
	}{
		{"R7: the newest row per key: dump, then place of the part, then row", func(f handFeed) handFeed {
			return f.
				dump(10, inc("clicks", "=", "event_id|user_id|v\n1|1|late")).
				dump(9, inc("clicks", "=",
					"event_id|user_id|v\n1|1|early\n2|1|first part\n3|1|row 0\n3|1|row 1",
					"event_id|user_id|v\n2|1|second part"))
		}, map[string]string{
			"clicks":     "event_id|user_id|v\n1|1|late\n2|1|second part\n3|1|row 1",
			"all_events": "event_table_name|event_id|user_id|session_id|time\nclicks|1|1|-|-\nclicks|2|1|-|-\nclicks|3|1|-|-",
		}},
		{"R4: NULL in a key is never a duplicate; the key of sessions; no key", func(f handFeed) handFeed {
			return f.dump(1,
				inc("clicks", "=", "event_id|user_id\n1|-\n1|-\n-|-\n-|-\n1|1\n1|1\n1|0"),
				inc("sessions", "=", "event_id|session_id|user_id\n1|5|1\n2|5|1\n1|5|2\n1|-|1\n1|-|1"),
				inc("_event_metadata", "=", "event_id|x\n1|a\n1|a", "x\n''\n-"))
		}, map[string]string{
			"clicks":          "event_id|user_id\n1|-\n1|-\n-|-\n-|-\n1|1\n1|0",
			"all_events":      "event_table_name|event_id|user_id|session_id|time\nclicks|1|-|-|-\nclicks|1|-|-|-\nclicks|-|-|-|-\nclicks|-|-|-|-\nclicks|1|1|-|-\nclicks|1|0|-|-",
			"sessions":        "event_id|session_id|user_id\n2|5|1\n1|5|2\n1|-|1\n1|-|1",
			"_event_metadata": "event_id|x\n1|a\n1|a\n-|''\n-|-",
		}},
		{"R4: a key column that only one part brings", func(f handFeed) handFeed {
			return f.
				dump(1, inc("clicks", "=", "event_id|x\n1|a\n1|a")).
				dump(2, inc("clicks", "event_id", "event_id\n1\n1", "event_id|user_id\n1|7\n1|7"))
		}, map[string]string{"clicks": "event_id|x|user_id\n1|a|-\n1|a|-\n1|-|-\n1|-|-\n1|-|7"}},
		{"R5: a full resync makes rows of lower dumps invalid, and only those", func(f handFeed) handFeed {
			return f.
				dump(8, inc("clicks", "=", "event_id|user_id|old\n1|1|a\n2|1|a")).
				dump(9, full("clicks", "=", "event_id|user_id\n3|1")).
				dump(10, inc("clicks", "=", "event_id|user_id\n4|1"))
		}, map[string]string{"clicks": "event_id|user_id\n3|1\n4|1"}},
		{"R5: a full resync without files or rows empties the table", func(f handFeed) handFeed {
			return f.
				dump(8, inc("a", "=", "event_id|user_id|old\n1|1|a"), inc("b", "=", "x\nold")).
				dump(9, full("a", "event_id|user_id"), full("b", "y", "x|z"))
		}, map[string]string{"a": "event_id|user_id", "b": "y|x|z"}},
		{"R6: absence says nothing", func(f handFeed) handFeed {
			return f.dump(8, inc("a", "=", "x\n1")).dump(9)
		}, map[string]string{"a": "x\n'1'"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.feed(newHandFeed(t)).check(nil, test.want)
		})
	}
}

func TestIdentities(t *testing.T) {
	const users = "user_id\n1\n2\n3\n4\n5\n6"
	tests := []struct {
		name, migrations, want string
	}{
		{"no mapping", "from_user_id|to_user_id", "1 2 3 4 5 6"},
		{"one", "from_user_id|to_user_id\n1|2", "2 3 4 5 6"},
		{"a chain to its end, from high to low and back", "from_user_id|to_user_id\n3|1\n1|6\n6|2", "2 4 5"},
		{"to a user never delivered", "from_user_id|to_user_id\n1|99\n2|99", "3 4 5 6 99"},
		{"a ring stands for its least id", "from_user_id|to_user_id\n6|5\n5|4\n4|6", "1 2 3 4"},
		{"what leads into a ring follows it", "from_user_id|to_user_id\n6|5\n5|6\n1|2\n2|5", "3 4 5"},
		{"the last row per from counts", "from_user_id|to_user_id\n1|2\n3|4\n1|5", "2 4 5 6"},
		{"a last row to itself takes the mapping back", "from_user_id|to_user_id\n1|2\n1|1", "1 2 3 4 5 6"},
		{"a last row to NULL takes the mapping back", "from_user_id|to_user_id\n1|2\n1|-", "1 2 3 4 5 6"},
		{"a row from NULL is nothing", "from_user_id|to_user_id\n-|2\n1|3\n-|-", "2 3 4 5 6"},
		{"a column that is missing", "from_user_id\n1", "1 2 3 4 5 6"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			newHandFeed(t).
				dump(1, inc("users", "=", users), full("user_migrations", "=", test.migrations)).
				check(nil, map[string]string{"users": "user_id\n" + strings.ReplaceAll(test.want, " ", "\n")})
		})
	}
}

// TestMigrationsOverDumps has the same event under ids that merge, part again
// and merge elsewhere.
func TestMigrationsOverDumps(t *testing.T) {
	mappings := []struct {
		name, migrations, clicks, sessions string
		migrationsShown                    string
	}{
		{"apart", "from_user_id|to_user_id", "7|1|a\n7|2|b\n7|3|c", "5|1|a\n5|2|b", "from_user_id|to_user_id"},
		{"merged: the newest of both rows", "from_user_id|to_user_id\n1|2", "7|2|b\n7|3|c", "5|2|b", "from_user_id|to_user_id\n1|2"},
		{"the other way: the newest all the same", "from_user_id|to_user_id\n2|1\n2|1", "7|1|b\n7|3|c", "5|1|b", "from_user_id|to_user_id\n2|1\n2|1"},
		{"retargeted", "from_user_id|to_user_id\n1|3", "7|3|c\n7|2|b", "5|3|a\n5|2|b", "from_user_id|to_user_id\n1|3"},
	}
	f := newHandFeed(t).
		dump(9, inc("clicks", "=", "event_id|user_id|v\n7|1|a"), inc("sessions", "=", "session_id|user_id|v\n5|1|a")).
		dump(10, inc("clicks", "=", "event_id|user_id|v\n7|2|b"), inc("sessions", "=", "session_id|user_id|v\n5|2|b")).
		dump(11, inc("clicks", "=", "event_id|user_id|v\n7|3|c"), inc("meta", "=", "user_id\n1\n1"))
	for i, m := range mappings {
		// incremental is of no account for user_migrations
		f.dump(20+int64(i), delivery{"user_migrations", i%2 == 0, "=", []string{m.migrations}})
		t.Run(m.name, func(t *testing.T) {
			f.t = t
			meta := map[int]string{0: "1\n1", 1: "2\n2", 2: "1\n1", 3: "3\n3"}[i]
			f.check(nil, map[string]string{
				"clicks":          "event_id|user_id|v\n" + m.clicks,
				"sessions":        "session_id|user_id|v\n" + m.sessions,
				"meta":            "user_id\n" + meta,
				"user_migrations": m.migrationsShown,
			})
		})
	}
}

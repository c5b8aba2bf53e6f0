package answer_test

import "testing"

// TestSchema is about which columns and tables there are, and their names (R10).
func TestSchema(t *testing.T) {
	tests := []struct {
		name string
		feed func(handFeed) handFeed
		want map[string]string
	}{
		{"columns by dump, listed ones first, then those only parts bring, part by part", func(f handFeed) handFeed {
			return f.
				dump(10, inc("a", "c2|c1|c9", "c9\n9")).
				dump(9, inc("a", "c3|c2", "x|c2|c3\nx|2|3", "c1|y|x\n1|y|x"))
		}, map[string]string{"a": "c3|c2|x|c1|y|c9\n'3'|'2'|x|-|-|-\n-|-|x|'1'|y|-\n-|-|-|-|-|'9'"}},
		{"a part without rows brings columns", func(f handFeed) handFeed {
			return f.dump(9, inc("a", "c1", "c1|x", "y"))
		}, map[string]string{"a": "c1|x|y"}},
		{"a full resync begins anew", func(f handFeed) handFeed {
			return f.dump(9, inc("a", "old|x", "old|x|y\n1|2|3")).dump(10, full("a", "y|x", "x|y|z\n1|2|3"))
		}, map[string]string{"a": "y|x|z\n'2'|'1'|'3'"}},
		{"columns that differ only in case, and reserved ones", func(f handFeed) handFeed {
			return f.
				dump(1, inc("a", "=", "plan|smew_row|Plan\n1|2|3")).
				dump(2, inc("a", "=", "PLAN|plan|plan_2|Smew_Hidden|select\n4|5|6|7|8"))
		}, map[string]string{"a": "plan|smew_row_2|Plan_3|PLAN_4|plan_2|Smew_Hidden_2|select\n'1'|'2'|'3'|-|-|-|-\n'5'|-|-|'4'|'6'|'7'|'8'"}},
		{"a key counts by its delivered name, whatever it is shown as", func(f handFeed) handFeed {
			return f.
				dump(1, inc("a", "=", "User_ID|event_id|user_id\nx|1|1\ny|1|1"), full("user_migrations", "=", "from_user_id|to_user_id\n1|2"))
		}, map[string]string{"a": "User_ID|event_id|user_id_2\ny|1|2",
			"all_events": "event_table_name|event_id|user_id|session_id|time\na|1|2|-|-"}},
		{"Event_ID is no key", func(f handFeed) handFeed {
			return f.dump(1, inc("a", "=", "Event_ID|user_id\n1|1\n1|1"))
		}, map[string]string{"a": "Event_ID|user_id\n'1'|1\n'1'|1", "all_events": "event_table_name|event_id|user_id|session_id|time"}},
		{"tables that differ only in case, and reserved ones: by first naming", func(f handFeed) handFeed {
			return f.
				dump(10, inc("users", "=", "user_id\n1"), inc("Clicks", "=", "x\nin 10")).
				dump(9, inc("Users", "=", "user_id|event_id|time\n1|1|t"), inc("clicks", "=", "x\nin 9"),
					inc("all_events", "=", "event_id|user_id|session_id\n1|1|5\n1|1|6"), inc("Enhanced_Users", "x"))
		}, map[string]string{
			"Users": "user_id|event_id|time\n1|1|t", "users_2": "user_id\n1", "users": "", "clicks": "x\nin 9", "Clicks_2": "x\nin 10",
			"all_events_2": "event_id|user_id|session_id\n1|1|6", "Enhanced_Users_2": "x",
			"all_events": "event_table_name|event_id|user_id|session_id|time\nUsers|1|1|-|t\nall_events_2|1|1|6|-",
		}},
		{"a table keeps its name and turn after a full resync", func(f handFeed) handFeed {
			return f.dump(8, inc("A", "x")).dump(9, inc("a", "=", "x\n1")).dump(10, full("A", "y"))
		}, map[string]string{"A": "y", "a_2": "x\n'1'"}},
		{"a table that loses its key", func(f handFeed) handFeed {
			return f.
				dump(8, inc("a", "=", "event_id|user_id\n1|1")).
				dump(9, full("a", "=", "event_id|x\n1|a\n1|a"))
		}, map[string]string{"a": "event_id|x\n1|a\n1|a", "all_events": "event_table_name|event_id|user_id|session_id|time"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.feed(newHandFeed(t)).check(nil, test.want)
		})
	}
}

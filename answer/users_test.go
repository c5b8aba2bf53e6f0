package answer_test

import "testing"

// TestMergeUsers merges users 1 and 2 into 3 and leaves 4 alone (R9).
func TestMergeUsers(t *testing.T) {
	const mapping = "from_user_id|to_user_id\n1|3\n2|3"
	tests := []struct {
		name   string
		header string
		dumps  []string // rows of dump 9, 10, 11
		want   string
	}{
		{"the newer record of an id replaces the older, NULLs and all", "user_id|email|plan",
			[]string{"1|old@x|gold\n4|old@x|gold", "1|-|-\n4|-|-"},
			"3|-|-\n4|-|-"},
		{"identity, handle and email are the greatest bytewise", "user_id|identity|handle|email",
			[]string{"1|a|''|-\n2|Z|-|é@x\n3|-|-|z@x"},
			"3|a|''|é@x"},
		{"joindate least, last_modified greatest, by instant and as delivered", "user_id|joindate|last_modified",
			[]string{"1|2026-01-02|100000000000\n2|1767225600|2026-01-01T00:00:00+05:30\n3|1767225600001|2026-01-01"},
			"3|'1767225600'|2026-01-01"},
		{"numbers are not compared as text", "user_id|joindate|last_modified",
			[]string{"1|9|9\n2|10|10"},
			"3|'9'|'10'"},
		{"a tie goes to the newest delivered", "user_id|joindate|last_modified",
			[]string{"1|2026-01-01|2026-01-01\n2|2026-01-01 00:00|2026-01-01 00:00", "3|1767225600|1767225600000"},
			"3|'1767225600'|'1767225600000'"},
		{"a tie within a dump, below the microsecond", "user_id|joindate|last_modified",
			[]string{"2|2026-01-01 00:00:00.0000014|2026-01-01 00:00:00.0000014\n1|2026-01-01 00:00:00.0000019|2026-01-01 00:00:00.0000010"},
			"3|2026-01-01 00:00:00.0000019|2026-01-01 00:00:00.0000010"},
		{"what cannot be read ranks last", "user_id|joindate|last_modified",
			[]string{"1|2026-01-01|2026-01-01", "2|-|Invalid date", "3|''|-"},
			"3|2026-01-01|2026-01-01"},
		{"what cannot be read ranks last, older or newer", "user_id|joindate|last_modified",
			[]string{"1|Invalid date|''", "2|2026-01-01|2026-01-01", "3|-|-"},
			"3|2026-01-01|2026-01-01"},
		{"where nothing can be read the newest delivered counts: NULL", "user_id|joindate|last_modified",
			[]string{"1|Invalid date|Invalid date", "2|-|-"},
			"3|-|-"},
		{"where nothing can be read the newest delivered counts: text", "user_id|joindate|last_modified",
			[]string{"1|-|-", "2|Invalid date|''"},
			"3|Invalid date|''"},
		{"other columns: by last_modified, then newest delivered, first that is not NULL", "user_id|last_modified|a|b|c|d|session_id",
			[]string{"1|30|-|-|-|-|-", "2|20|a2|-|''|-|5", "3|20|-|b3|c3|-|6"},
			"3|'30'|a2|b3|c3|-|6"},
		{"other columns: the latest modified before the newest delivered", "user_id|last_modified|a",
			[]string{"1|30|a1", "2|20|a2"},
			"3|'30'|a1"},
		{"other columns: unreadable last_modified comes last", "user_id|last_modified|a",
			[]string{"1|20|a1", "2|Invalid date|a2", "3|-|a3"},
			"3|'20'|a1"},
		{"other columns: among unreadable ones the newest delivered", "user_id|last_modified|a",
			[]string{"1|-|a1", "2|Invalid date|a2"},
			"3|Invalid date|a2"},
		{"rows without an id are kept one by one", "user_id|email",
			[]string{"-|a@x\n-|a@x\n1|b@x"},
			"-|a@x\n-|a@x\n3|b@x"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := newHandFeed(t).dump(1, full("user_migrations", "=", mapping))
			for i, rows := range test.dumps {
				f.dump(9+int64(i), inc("users", "=", test.header+"\n"+rows))
			}
			f.check(nil, map[string]string{"users": test.header + "\n" + test.want})
		})
	}
}

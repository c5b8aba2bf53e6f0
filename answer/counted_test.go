package answer_test

import (
	"slices"
	"testing"

	"smew/answer"
)

// lateFeed has a full resync in the middle; parts named are broken.
func lateFeed(t *testing.T, broken ...string) handFeed {
	part := func(name, text string) string {
		if slices.Contains(broken, name) {
			return "BROKEN"
		}
		return text
	}
	return newHandFeed(t).
		dump(10, inc("a", "x", "x\n10"), inc("users", "user_id", "user_id\n1")).
		dump(8, inc("a", "x|old", part("8a", "x|old\n8|o")), inc("b", "x", "x\n8"),
			full("user_migrations", "from_user_id|to_user_id", part("8m", "from_user_id|to_user_id\n1|2"))).
		dump(9, full("a", "x", part("9a", "x\n9")), inc("b", "x", "x\n9"),
			inc("user_migrations", "from_user_id|to_user_id", "from_user_id|to_user_id\n1|3"))
}

// TestCounted: dumps that have not arrived or cannot be loaded are as if they did not exist, their
// full resyncs too; and it does not matter when they come (R2, R5).
func TestCounted(t *testing.T) {
	tests := []struct {
		name    string
		feed    handFeed
		arrived []int64 // nil: all
		counted []int64
		want    map[string]string
	}{
		{"none", lateFeed(t), []int64{}, nil, map[string]string{"a": "", "users": ""}},
		{"without the resync", lateFeed(t), []int64{8, 10}, []int64{8, 10},
			map[string]string{"a": "x|old\n'8'|o\n'10'|-", "b": "x\n'8'", "users": "user_id\n2"}},
		{"all", lateFeed(t), nil, []int64{8, 9, 10},
			map[string]string{"a": "x\n'9'\n'10'", "b": "x\n'8'\n'9'", "users": "user_id\n3"}},
		{"the last alone", lateFeed(t), []int64{10}, []int64{10},
			map[string]string{"a": "x\n'10'", "b": "", "user_migrations": "", "users": "user_id\n1"}},
		{"a broken part that is needed", lateFeed(t, "9a"), nil, []int64{8, 10},
			map[string]string{"a": "x|old\n'8'|o\n'10'|-", "b": "x\n'8'", "users": "user_id\n2"}},
		{"broken parts made invalid by a later dump", lateFeed(t, "8a", "8m"), nil, []int64{8, 9, 10},
			map[string]string{"a": "x\n'9'\n'10'", "b": "x\n'8'\n'9'"}},
		{"a broken part, before the later dump has arrived", lateFeed(t, "8a"), []int64{8, 10}, []int64{10},
			map[string]string{"a": "x\n'10'", "b": ""}},
		{"a broken part made invalid by a dump that is broken itself", lateFeed(t, "8a", "9a"), nil, []int64{10},
			map[string]string{"a": "x\n'10'", "b": ""}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.feed.t = t
			var arrived func(int64) bool
			if test.arrived != nil {
				arrived = func(id int64) bool { return slices.Contains(test.arrived, id) }
			}
			counted, err := test.feed.key.Counted(arrived)
			if err != nil || !slices.Equal(counted, test.counted) {
				t.Errorf("dumps %v count, want %v: %v", counted, test.counted, err)
			}
			test.feed.check(arrived, test.want)
		})
	}
}

func TestRefused(t *testing.T) {
	f := lateFeed(t)
	refused := handDump(t, 9, full("a", "=", "y\n1"))
	refused.Refused = true
	f.key.Add(refused)
	refused.ID = 11
	f.key.Add(refused)
	f.check(nil, map[string]string{"a": "x\n'9'\n'10'"})
	f.dump(9)
	if _, err := f.key.Tables(nil); err == nil {
		t.Error("two dumps of one id that both count: no error")
	}
}

func TestNoDumps(t *testing.T) {
	(handFeed{t, &answer.Key{}}).check(nil, map[string]string{"all_events": "event_table_name|event_id|user_id|session_id|time"})
}

package oracle

import (
	"strings"
	"testing"
)

// manifestOf is a manifest of one empty table.
func manifestOf(id, table string) string {
	return `{"dump_id": ` + id + `, "tables": [{"name": "` + table + `", "files": [], "columns": ["x"], "incremental": true}]}`
}

// TestManifests: what counts as a dump (R1, R3).
func TestManifests(t *testing.T) {
	part := string(handPart(t, "x"))
	newHandFeed(t).
		file("x", part).
		file("y", part).
		file("manifests/", "").
		file("manifests/notes.txt", manifestOf("1", "a_note")).
		file("manifests/sync_77.json", manifestOf("1", "named_from_within")).
		file("manifests/deep/er.json", manifestOf("2", "deep")).
		file("manifests_old/sync_3.json", manifestOf("3", "old")).
		file("manifests/torn.json", manifestOf("4", "torn")[:30]).
		file("manifests/no_id.json", strings.Replace(manifestOf("5", "no_id"), "dump_id", "id", 1)).
		file("manifests/equal_1.json", manifestOf("6", "equal")).
		file("manifests/equal_2.json", strings.ReplaceAll(manifestOf("6", "equal"), " ", "\n")).
		file("manifests/differ_1.json", manifestOf("7", "differ")).
		file("manifests/differ_2.json", manifestOf("7", "different")).
		file("manifests/differ_3.json", manifestOf("7", "differ")).
		file("manifests/twice.json", `{"dump_id": 8, "tables": [
			{"name": "twice", "files": [], "columns": ["x"], "incremental": true},
			{"name": "twice", "files": [], "columns": ["x"], "incremental": true}]}`).
		file("manifests/buckets.json", `{"dump_id": 9, "tables": [{"name": "buckets", "files": ["s3://a/x", "s3://b/y"], "columns": ["x"], "incremental": true}]}`).
		file("manifests/bucket.json", `{"dump_id": 10, "tables": [{"name": "bucket", "files": ["s3://a/x", "s3://a/y"], "columns": ["x"], "incremental": true}]}`).
		check(Options{}, map[string]string{
			"bucket": "x", "named_from_within": "x", "deep": "x", "equal": "x",
			"a_note": "", "old": "", "torn": "", "no_id": "", "differ": "", "different": "", "twice": "", "buckets": "",
		})
}

func TestNoFeed(t *testing.T) {
	newHandFeed(t).check(Options{}, map[string]string{"all_events": "event_table_name|event_id|user_id|session_id|time"})
}

// lateFeed has a full resync in the middle.
func lateFeed(t *testing.T) handFeed {
	return newHandFeed(t).
		dump(8, inc("a", "=", "x|old\n8|o"), inc("b", "=", "x\n8"), full("user_migrations", "=", "from_user_id|to_user_id\n1|2")).
		dump(9, full("a", "=", "x\n9"), inc("b", "=", "x\n9"), inc("user_migrations", "=", "from_user_id|to_user_id\n1|3")).
		dump(10, inc("a", "=", "x\n10"), inc("users", "=", "user_id\n1"))
}

// TestLoaded: dumps that are not loaded are as if they did not exist, their
// full resyncs too; and it does not matter when they come (R2, R5).
func TestLoaded(t *testing.T) {
	tests := []struct {
		name string
		ids  []int64
		want map[string]string
	}{
		{"none", nil, map[string]string{"a": "", "users": ""}},
		{"without the resync", []int64{8, 10}, map[string]string{"a": "x|old\n'8'|o\n'10'|-", "b": "x\n'8'", "users": "user_id\n2"}},
		{"all", []int64{8, 9, 10}, map[string]string{"a": "x\n'9'\n'10'", "b": "x\n'8'\n'9'", "users": "user_id\n3"}},
		{"the last alone", []int64{10}, map[string]string{"a": "x\n'10'", "b": "", "user_migrations": "", "users": "user_id\n1"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			lateFeed(t).check(Options{Loaded: func(id int64) bool {
				for _, d := range test.ids {
					if d == id {
						return true
					}
				}
				return false
			}}, test.want)
		})
	}
}

// TestUnreadable: a dump with a damaged part does not count by itself, unless
// no one needs the part any more.
func TestUnreadable(t *testing.T) {
	const part8a, part8m, part9a = "sync_8/0/part-00099.avro", "sync_8/2/part-00099.avro", "sync_9/0/part-00099.avro"
	t.Run("needed", func(t *testing.T) {
		f := lateFeed(t)
		delete(f.fs, part9a)
		f.check(Options{}, map[string]string{"a": "x|old\n'8'|o\n'10'|-", "b": "x\n'8'", "users": "user_id\n2"})
	})
	t.Run("truncated", func(t *testing.T) {
		f := lateFeed(t)
		f.fs[part9a].Data = f.fs[part9a].Data[:len(f.fs[part9a].Data)-1]
		f.check(Options{}, map[string]string{"b": "x\n'8'"})
	})
	t.Run("an id that is none", func(t *testing.T) {
		lateFeed(t).dump(11, inc("users", "=", "user_id:string\n1.5")).check(Options{}, map[string]string{"users": "user_id\n3"})
	})
	t.Run("made invalid by later dumps", func(t *testing.T) {
		f := lateFeed(t)
		delete(f.fs, part8a)
		delete(f.fs, part8m)
		f.check(Options{}, map[string]string{"a": "x\n'9'\n'10'", "b": "x\n'8'\n'9'"})
	})
	t.Run("made invalid by a dump that is damaged itself", func(t *testing.T) {
		f := lateFeed(t)
		delete(f.fs, part8a)
		delete(f.fs, part9a)
		f.check(Options{}, map[string]string{"a": "x\n'10'", "b": ""})
	})
	t.Run("said to be loaded", func(t *testing.T) {
		f := lateFeed(t)
		delete(f.fs, part9a)
		if _, err := Tables(f.fs, Options{Loaded: func(int64) bool { return true }}); err == nil {
			t.Error("no error")
		}
	})
}

func TestCompare(t *testing.T) {
	want := &Table{Columns: []string{"id", "v"}, Rows: [][]any{{int64(1), "a"}, {int64(1), "a"}, {int64(2), nil}}}
	tests := []struct {
		name string
		got  *Table
		says []string // nil for equal
	}{
		{"equal in another order", &Table{[]string{"id", "v"}, [][]any{{int64(2), nil}, {int64(1), "a"}, {int64(1), "a"}}}, nil},
		{"no table", nil, []string{"does not exist"}},
		{"columns in another order", &Table{[]string{"v", "id"}, nil}, []string{`want ["id" "v"]`, `got  ["v" "id"]`}},
		{"once instead of twice", &Table{[]string{"id", "v"}, [][]any{{int64(2), nil}, {int64(1), "a"}}}, []string{`missing: (1, "a")`, "3 wanted, 2 got"}},
		{"NULL is not ''", &Table{[]string{"id", "v"}, [][]any{{int64(2), ""}, {int64(1), "a"}, {int64(1), "a"}}}, []string{`missing: (2, NULL)`, `not wanted: (2, "")`}},
		{"an id is not text", &Table{[]string{"id", "v"}, [][]any{{"2", nil}, {int64(1), "a"}, {int64(1), "a"}}}, []string{`missing: (2, NULL)`, `not wanted: ("2", NULL)`}},
		{"a type that is none of ours", &Table{[]string{"id", "v"}, [][]any{{int32(2), nil}, {int64(1), "a"}, {int64(1), "a"}}}, []string{`int32(2)`}},
		{"NULL is not the text NULL", &Table{[]string{"id", "v"}, [][]any{{int64(2), "NULL"}, {int64(1), "a"}, {int64(1), "a"}}}, []string{`not wanted: (2, "NULL")`}},
	}
	for _, test := range tests {
		err := Compare(want, test.got)
		if (err == nil) != (test.says == nil) {
			t.Errorf("%s: %v", test.name, err)
		}
		for _, s := range test.says {
			if err != nil && !strings.Contains(err.Error(), s) {
				t.Errorf("%s: the error does not say %s: %v", test.name, s, err)
			}
		}
	}
	many := &Table{Columns: want.Columns}
	for i := range int64(20) {
		many.Rows = append(many.Rows, []any{i, nil})
	}
	if err := Compare(want, many); err == nil || !strings.Contains(err.Error(), "and 14 more not wanted") {
		t.Errorf("many differences: %v", err)
	}
	if err := Compare(nil, want); err == nil || Compare(nil, nil) != nil {
		t.Error("a table that should not exist")
	}
}

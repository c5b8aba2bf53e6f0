package answer_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"smew/answer"
	"smew/duck"
)

// keyJSON is what the tests look at of key.json.
type keyJSON struct {
	Version int
	Feed    string
	Dumps   []struct {
		ID              int64 `json:"dump_id"`
		Tables, Full    []string
		Counts, Refused bool
	}
	Faults []map[string]any
	Final  stateJSON
	After  []stateJSON
}

type stateJSON struct {
	After  *int64 `json:"dump_id"`
	Dumps  []int64
	Tables []struct {
		Table, Delivered, File string
		Columns, IDs, Key      []string
		Rows                   int64
	}
}

func readKey(t *testing.T, dir string) keyJSON {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "key.json"))
	if err != nil {
		t.Fatal(err)
	}
	var key keyJSON
	if err := json.Unmarshal(text, &key); err != nil {
		t.Fatal(err)
	}
	return key
}

// TestWrite reads the files back as any tool would.
func TestWrite(t *testing.T) {
	dir := writeKey(t)
	key := readKey(t, dir)
	if key.Version != 1 || key.Feed != "by hand" || len(key.Faults) != 1 || key.Faults[0]["must"] != "load nothing of it" {
		t.Errorf("key.json: %+v", key)
	}
	var dumps []string
	for _, d := range key.Dumps {
		dumps = append(dumps, fmt.Sprintf("%d %v %v %v %v", d.ID, d.Tables, d.Full, d.Counts, d.Refused))
	}
	want := []string{"1 [users clicks _event_metadata user_migrations] [user_migrations] true false",
		"2 [carts] [] false true", "3 [clicks orders] [] true false"}
	if !slices.Equal(dumps, want) {
		t.Errorf("dumps %q, want %q", dumps, want)
	}
	var states []string
	for _, s := range append(key.After, key.Final) {
		line := fmt.Sprint(s.Dumps)
		for _, table := range s.Tables {
			line += fmt.Sprintf(" %s:%d", table.Table, table.Rows)
		}
		states = append(states, line)
	}
	first := "[1] _event_metadata:3 all_events:3 clicks:3 user_migrations:1 users:2"
	want = []string{first, first, "[1 3] _event_metadata:3 all_events:4 clicks:3 orders:1 user_migrations:1 users:2",
		"[1 3] _event_metadata:3 all_events:4 clicks:3 orders:1 user_migrations:1 users:2"}
	if !slices.Equal(states, want) {
		t.Errorf("states:\n%s\nwant\n%s", strings.Join(states, "\n"), strings.Join(want, "\n"))
	}
	if _, err := os.Stat(filepath.Join(dir, "README.md")); err != nil {
		t.Error(err)
	}
	if got := parquet(t, filepath.Join(dir, "final", "users.parquet")); got != "user_id BIGINT|email VARCHAR|plan VARCHAR\n1|a@x|''\n2|c@x|gold" {
		t.Errorf("users: %s", got)
	}
	if got := parquet(t, filepath.Join(dir, "after", "1", "clicks.parquet")); got != "event_id BIGINT|user_id BIGINT|time VARCHAR|href VARCHAR\n10|1|t1|/\n11|2|t2|/a\n12|2|t3|-" {
		t.Errorf("clicks after dump 1: %s", got)
	}
}

// parquet reads a file: columns with their types, then rows.
func parquet(t *testing.T, file string) string {
	t.Helper()
	ctx := context.Background()
	db, err := duck.Open(ctx, "", duck.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var lines []string
	err = db.View(ctx, func(tx *duck.Tx) error {
		rows, err := tx.Query(ctx, "SELECT * FROM read_parquet(?) ORDER BY ALL", file)
		if err != nil {
			return err
		}
		defer rows.Close()
		types, err := rows.ColumnTypes()
		if err != nil {
			return err
		}
		header := make([]string, len(types))
		values, at := make([]any, len(types)), make([]any, len(types))
		for i, column := range types {
			header[i] = column.Name() + " " + column.DatabaseTypeName()
			at[i] = &values[i]
		}
		lines = append(lines, strings.Join(header, "|"))
		for rows.Next() {
			if err := rows.Scan(at...); err != nil {
				return err
			}
			line := make([]string, len(values))
			for i, v := range values {
				switch {
				case v == nil:
					line[i] = "-"
				case v == "":
					line[i] = "''"
				default:
					line[i] = fmt.Sprint(v)
				}
			}
			lines = append(lines, strings.Join(line, "|"))
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}

// TestWriteNames: any name of a table becomes a file of its own, and key.json says which.
func TestWriteNames(t *testing.T) {
	long := strings.Repeat("ü", 200)
	f := newHandFeed(t).dump(1, inc("a/b", "=", "x\n1"), inc("a:b", "=", "x\n2"), inc("A_B", "=", "x\n3"),
		inc("..", "=", "x\n4"), inc(long, "=", "x\n5"), inc(long+"!", "=", "x\n6"), inc("no columns", ""))
	f.key.FinalOnly = true
	dir := filepath.Join(t.TempDir(), "a [odd] * dir?")
	if err := f.key.Write(context.Background(), dir); err == nil || !strings.Contains(err.Error(), "not supported") {
		t.Errorf("a directory that DuckDB cannot open a file in: %v", err)
	}
	dir = filepath.Join(t.TempDir(), "a [odd] * 'dir'")
	if err := f.key.Write(context.Background(), dir); err != nil {
		t.Fatal(err)
	}
	key := readKey(t, dir)
	files := map[string]bool{}
	for _, table := range key.Final.Tables {
		name, ok := strings.CutPrefix(table.File, "final/")
		if lower := strings.ToLower(name); !ok || strings.ContainsAny(name, "/:") || len(name) > 120 || files[lower] {
			t.Errorf("table %q is in %q", table.Table, table.File)
		}
		files[strings.ToLower(name)] = true
		if table.Table == "a:b" {
			if got := parquet(t, filepath.Join(dir, table.File)); got != "x VARCHAR\n2" {
				t.Errorf("a:b holds %s", got)
			}
		}
	}
	if len(files) != 7 || len(key.After) != 0 {
		t.Errorf("files %v, %d states after dumps", files, len(key.After))
	}
}

// TestWriteReplaces: an old key gives way to the new one whole; nothing else does.
func TestWriteReplaces(t *testing.T) {
	ctx := context.Background()
	dir := writeKey(t)
	parent := filepath.Dir(dir)
	f := newHandFeed(t).dump(7, inc("a", "=", "x\n1"))
	if err := f.key.Write(ctx, dir); err != nil {
		t.Fatal(err)
	}
	if key := readKey(t, dir); len(key.Dumps) != 1 || key.Dumps[0].ID != 7 {
		t.Errorf("the key was not replaced: %+v", key)
	}
	if _, err := os.Stat(filepath.Join(dir, "final", "users.parquet")); err == nil {
		t.Error("a file of the old key is left")
	}

	canceled, cancel := context.WithCancel(ctx)
	cancel()
	if err := newHandFeed(t).dump(8, inc("a", "=", "x\n1")).key.Write(canceled, dir); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
	f.dump(7)
	if err := f.key.Write(ctx, dir); err == nil {
		t.Error("two dumps of one id: no error")
	}
	if key := readKey(t, dir); key.Dumps[0].ID != 7 {
		t.Errorf("a key that could not be written replaced the old one: %+v", key)
	}

	other := filepath.Join(parent, "other")
	if err := os.MkdirAll(filepath.Join(other, "precious"), 0o755); err != nil {
		t.Fatal(err)
	}
	var occupied *answer.OccupiedError
	if err := f.key.Write(ctx, other); !errors.As(err, &occupied) {
		t.Errorf("a directory with other things: %v", err)
	}
	// A file of the key's name is not yet a key, and a key beside other things is not all there is.
	if err := os.WriteFile(filepath.Join(other, "key.json"), []byte(`{"type": "service_account"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := f.key.Write(ctx, other); !errors.As(err, &occupied) {
		t.Errorf("a directory with another key.json: %v", err)
	}
	mine := filepath.Join(dir, "notes.txt")
	if err := os.WriteFile(mine, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	fresh := newHandFeed(t).dump(9, inc("a", "=", "x\n1"))
	if err := fresh.key.Write(ctx, dir); !errors.As(err, &occupied) {
		t.Errorf("a key with other things: %v", err)
	}
	for _, path := range []string{mine, filepath.Join(other, "precious"), filepath.Join(other, "key.json")} {
		if _, err := os.Stat(path); err != nil {
			t.Error(err)
		}
	}
	left, err := os.ReadDir(parent)
	if err != nil || len(left) != 2 {
		t.Errorf("left beside the key: %v %v", left, err)
	}
}

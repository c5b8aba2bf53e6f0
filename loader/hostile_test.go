package loader_test

import (
	"context"
	"path/filepath"
	"slices"
	"testing"

	"smew/avro/avrotest"
	"smew/bucket"
	"smew/duck"
	"smew/erase"
	"smew/loader"
)

// hostile are names and values that are SQL, placeholders, ends of quotes and of comments.
var hostile = []string{
	`x"; DROP TABLE main.canary; --`, `x'; DROP TABLE main.canary; --`, `'); DELETE FROM smew.dumps; --`, `*/ DROP TABLE main.canary /*`,
	`{{relation}}`, `{{columns}} FROM smew.settings`, `$1`, `?`, `"`, `""`, `'`, `\'`, `a.b`, `smew.dumps`, `users" UNION SELECT value FROM smew.settings --`,
	`SELECT`, `%s %d`, "line\nbreak", "\x1b[2J", "tab\t;", `smew_user_id`, `held_1`, `c1`, `ünïcode "` + "\u202e", `/* */`, `;`, `--`, `e'\x00'`, `$$; DROP TABLE main.canary; $$`,
}

// TestHostileNames has SQL in the names of tables and columns and in values of all columns: all of it
// arrives as it is, is carried through a full resync, a new column and an erasure, and nothing else changes.
func TestHostileNames(t *testing.T) {
	t.Parallel()
	memory, path := bucket.NewMemory(), filepath.Join(t.TempDir(), "x.duckdb")
	inDatabase(t, path, func(ctx context.Context, tx *duck.Tx) error {
		_, err := tx.Exec(ctx, "CREATE TABLE main.canary AS SELECT 42 AS alive")
		return err
	})
	w := writer{t, memory, avrotest.Options{}}
	columns := append([]string{"event_id", "user_id"}, hostile...)
	row := func(event, user int64) []any {
		values := []any{event, user}
		for i := range hostile {
			values = append(values, hostile[(i+int(event))%len(hostile)])
		}
		return values
	}
	for dump := range int64(3) {
		d := dumpSpec{ID: dump, Definitions: hostile[0]}
		for _, name := range hostile {
			table := tableSpec{Name: name, Full: dump == 1, Columns: columns, Rows: [][]any{row(1, 1), row(2, 2), row(2, 2)}}
			if dump == 2 {
				table.Columns, table.Rows = append(slices.Clone(columns), "late'"), [][]any{append(row(3, 1), "late\"")}
			}
			d.Tables = append(d.Tables, table)
		}
		d.Tables = append(d.Tables, tableSpec{Name: "users", Columns: []string{"user_id", "identity"}, Rows: [][]any{{int64(1), hostile[0]}, {int64(2), hostile[1]}}})
		w.dump(d)
	}
	loadWhole(t, memory, path)
	found := erased(t, path, erase.Who{Identity: hostile[1]})
	if found.Rows() != int64(len(hostile))+1 || !slices.Equal(found.Foreign, []string{"main.canary"}) {
		t.Errorf("erased %d rows; foreign tables %q", found.Rows(), found.Foreign)
	}
	if got := selected(t, path, "SELECT alive, (SELECT count(*) FROM smew.dumps) FROM main.canary"); line(t, got.Rows[0]) != "[42,3]" {
		t.Errorf("canary: %v", got.Rows)
	}
	view(t, path, func(ctx context.Context, tx *duck.Tx) error {
		s, err := loader.ReadStatus(ctx, tx)
		if err != nil {
			return err
		}
		for _, status := range s.Tables {
			if status.Name == "users" {
				continue
			}
			table, err := readTable(ctx, tx, "main", status.Shown)
			if err != nil {
				return err
			}
			got := map[int64][]any{}
			for _, values := range table.Rows {
				got[values[0].(int64)] = values[:len(columns)]
			}
			if len(got) != 2 || !slices.Equal(got[1], row(1, 1)) || !slices.Equal(got[3], row(3, 1)) {
				t.Errorf("table %q holds %v", status.Name, got)
			}
		}
		if len(s.Tables) != len(hostile)+1 {
			t.Errorf("%d tables", len(s.Tables))
		}
		return nil
	})
	if done, err := duck.Compact(context.Background(), path, duck.CompactOptions{}); err != nil {
		t.Errorf("compact: %+v, %v", done, err)
	}
	if _, kept := tablesOf(t, path, "main")[hostile[0]]; !kept {
		t.Error("a table has lost its name")
	}
}

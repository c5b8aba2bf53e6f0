package loader_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"smew/avro/avrotest"
	"smew/bucket"
	"smew/duck"
	"smew/loader"
)

// fate is what became of the rows a dump brought to a table.
type fate struct{ Dump, Read, Held, Superseded, Invalidated int64 }

func fates(t *testing.T, path, table string) (all []fate) {
	t.Helper()
	view(t, path, func(ctx context.Context, tx *duck.Tx) error {
		var relation string
		if _, err := tx.Row(ctx, "SELECT relation FROM smew.held WHERE name = $1", []any{table}, &relation); err != nil {
			return err
		}
		const statement = `SELECT dump_id, rows_read, (SELECT count(*) FROM smew.{{relation}} WHERE smew_dump_id = dump_id), own_superseded, own_invalidated
			FROM smew.tables WHERE name = $1 ORDER BY dump_id`
		return tx.Each(ctx, duck.Fill(statement, duck.Names{"relation": relation}), []any{table}, func(scan func(...any) error) error {
			var f fate
			err := scan(&f.Dump, &f.Read, &f.Held, &f.Superseded, &f.Invalidated)
			all = append(all, f)
			return err
		})
	})
	return all
}

// TestFates loads dumps whose rows give way to rows of the same dump, of a later one and of an earlier
// loaded one, and to full resyncs with and without later rows, and has a file of an older smew counted anew.
func TestFates(t *testing.T) {
	t.Parallel()
	memory := bucket.NewMemory()
	w := writer{t, memory, avrotest.Options{}}
	db := filepath.Join(t.TempDir(), "x.duckdb")
	row := func(events ...int64) (rows [][]any) {
		for _, id := range events {
			rows = append(rows, []any{id, int64(1)})
		}
		return rows
	}
	for _, step := range []struct {
		dump   int64
		full   bool
		events []int64
		want   []fate
	}{
		{1, false, []int64{1, 2, 2, 3}, []fate{{1, 4, 3, 1, 0}}},
		{4, false, []int64{2, 9}, []fate{{1, 4, 2, 2, 0}, {4, 2, 2, 0, 0}}},
		{3, false, []int64{9, 3, 5}, []fate{{1, 4, 1, 3, 0}, {3, 3, 2, 1, 0}, {4, 2, 2, 0, 0}}},
		{2, true, []int64{2, 3, 7}, []fate{{1, 4, 0, 3, 1}, {2, 3, 1, 2, 0}, {3, 3, 2, 1, 0}, {4, 2, 2, 0, 0}}},
	} {
		d := clicks(step.dump, row(step.events...)...)
		d.Tables[0].Full = step.full
		w.dump(d)
		loadWhole(t, memory, db)
		if got := fates(t, db, "clicks"); !slices.Equal(got, step.want) {
			t.Fatalf("after dump %d: %v, want %v", step.dump, got, step.want)
		}
	}
	aged := []fate{{1, 4, 0, 0, 4}, {2, 3, 1, 2, 0}, {3, 3, 2, 1, 0}, {4, 2, 2, 0, 0}} // of dump 1 nobody knows any more
	ageDatabase(t, db)
	view(t, db, func(ctx context.Context, tx *duck.Tx) error {
		var older *loader.OlderError
		if err := loader.Current(ctx, tx); !errors.As(err, &older) || older.Hint() == "" {
			t.Errorf("an older database: %v", err)
		}
		s, err := loader.ReadStatus(ctx, tx)
		if len(s.Tables) != 1 {
			t.Errorf("status of an older database: %+v", s)
		}
		return err
	})
	loadWhole(t, memory, db) // nothing waits
	if got := fates(t, db, "clicks"); !slices.Equal(got, aged) {
		t.Errorf("brought up: %v, want %v", got, aged)
	}
	d := clicks(5, row(2, 2)...)
	d.Tables[0].Full = true
	w.dump(d)
	loadWhole(t, memory, db)
	want := []fate{{1, 4, 0, 0, 4}, {2, 3, 0, 2, 1}, {3, 3, 0, 1, 2}, {4, 2, 0, 0, 2}, {5, 2, 1, 1, 0}}
	if got := fates(t, db, "clicks"); !slices.Equal(got, want) {
		t.Errorf("after a full resync of everything: %v, want %v", got, want)
	}
}

// TestInstantsOfOlder has a file of version 3 brought up, in which no row had its instant: typed shows what it showed.
func TestInstantsOfOlder(t *testing.T) {
	t.Parallel()
	memory := bucket.NewMemory()
	w := writer{t, memory, avrotest.Options{}}
	times := []any{"2026-01-02 03:04:05.5", "1767323045500", "2026-01-02 05:04:05+02", "Invalid date", nil}
	var events, users [][]any
	for i, at := range times {
		events = append(events, []any{int64(i), int64(1), at, "x"})
		users = append(users, []any{int64(i), at, at})
	}
	w.dump(dumpSpec{ID: 1, Tables: []tableSpec{
		{Name: "clicks", Columns: []string{"event_id", "user_id", "time", "text"}, Rows: events},
		{Name: "users", Columns: []string{"user_id", "joindate", "time"}, Rows: users},
		{Name: "user_migrations", Columns: []string{"from_user_id", "to_user_id", "time"}, Rows: [][]any{{int64(8), int64(9), times[0]}}},
		{Name: "notes", Columns: []string{"text"}, Rows: [][]any{{"x"}}},
	}})
	db := filepath.Join(t.TempDir(), "x.duckdb")
	loadWhole(t, memory, db)
	shown := func() (all string) {
		for _, table := range []string{"typed.clicks", "typed.all_events", "typed.users", "typed.user_migrations", "typed.notes"} {
			all += fmt.Sprintln(selected(t, db, "FROM "+table+" ORDER BY ALL").Rows)
		}
		return all
	}
	before := shown()
	inDatabase(t, db, func(ctx context.Context, tx *duck.Tx) error {
		if err := toVersion3(ctx, tx); err != nil {
			return err
		}
		for _, statement := range []string{
			`CREATE OR REPLACE VIEW typed.clicks AS SELECT event_id, user_id, smew.instant("time") AS "time", "text" FROM main.clicks`,
			"UPDATE smew.views SET statement = 'an older one' WHERE schema_name = 'typed'",
			"UPDATE smew.settings SET value = '3' WHERE name = 'schema_version'",
		} {
			if _, err := tx.Exec(ctx, statement); err != nil {
				return err
			}
		}
		return nil
	})
	loadWhole(t, memory, db) // nothing waits
	if after := shown(); after != before || strings.Count(after, "2026-01-02 03:04:05") < 10 {
		t.Errorf("brought up:\n%s\nbefore:\n%s", after, before)
	}
	made := fmt.Sprint(selected(t, db, "SELECT sql LIKE '%smew_time%' FROM duckdb_views() WHERE schema_name = 'typed' AND view_name = 'clicks'").Rows)
	if made != "[[true]]" {
		t.Errorf("typed.clicks shows the kept instants: %s", made)
	}
	w.dump(dumpSpec{ID: 2, Tables: []tableSpec{{Name: "clicks", Columns: []string{"event_id", "user_id", "time"}, Rows: [][]any{{int64(7), int64(1), times[0]}}}}})
	loadWhole(t, memory, db)
	if got := fmt.Sprint(selected(t, db, `SELECT "time"::VARCHAR FROM typed.clicks WHERE event_id = 7`).Rows); got != "[[2026-01-02 03:04:05.5]]" {
		t.Errorf("loaded afterwards: %s", got)
	}
}

// toVersion3 makes the tables those of version 3.
func toVersion3(ctx context.Context, tx *duck.Tx) error {
	var relations []string
	err := tx.Each(ctx, "SELECT table_name FROM duckdb_columns() WHERE schema_name = 'smew' AND column_name = 'smew_time' AND table_name LIKE 'held%'", nil, func(scan func(...any) error) error {
		var relation string
		err := scan(&relation)
		relations = append(relations, relation)
		return err
	})
	if err != nil {
		return err
	}
	for _, relation := range relations {
		if _, err := tx.Exec(ctx, "ALTER TABLE smew."+relation+" DROP COLUMN smew_time"); err != nil {
			return err
		}
	}
	_, err = tx.Exec(ctx, "ALTER TABLE smew.identities DROP COLUMN target")
	return err
}

// ageDatabase makes the file one of a smew whose ledger had version 1.
func ageDatabase(t *testing.T, path string) {
	t.Helper()
	inDatabase(t, path, func(ctx context.Context, tx *duck.Tx) error {
		for _, column := range []string{"own_superseded", "own_invalidated", "own_quarantined", "own_erased"} {
			if _, err := tx.Exec(ctx, "ALTER TABLE smew.tables DROP COLUMN "+column); err != nil {
				return err
			}
		}
		if err := toVersion3(ctx, tx); err != nil {
			return err
		}
		for _, column := range []string{"counted_from", "counted_to"} {
			if _, err := tx.Exec(ctx, "ALTER TABLE smew.definitions DROP COLUMN "+column); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, "DELETE FROM smew.views WHERE schema_name = 'typed' OR view_name IN ('_sync_info', '_sync_history'); DROP SCHEMA typed CASCADE; DROP VIEW main._sync_info; DROP VIEW main._sync_history; DROP TABLE smew.types"); err != nil {
			return err
		}
		for _, table := range []string{"quarantine", "accepted", "erased", "erased_names"} {
			if _, err := tx.Exec(ctx, "DROP TABLE smew."+table); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, "UPDATE smew.settings SET value = '1' WHERE name = 'schema_version'")
		return err
	})
}

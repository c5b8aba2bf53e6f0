package duck

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"smew/avro/avrotest"
)

// holdEnv makes the test binary another process that holds a database open.
const holdEnv = "SMEW_TEST_HOLD"

// holdReading makes that process open it for reading only.
const holdReading = "SMEW_TEST_HOLD_READING"

func TestMain(m *testing.M) {
	if path := os.Getenv(holdEnv); path != "" {
		hold(path)
		return
	}
	if path := os.Getenv(compactEnv); path != "" {
		compactElsewhere(path)
	}
	if path := os.Getenv(publishEnv); path != "" {
		publishElsewhere(path)
	}
	os.Exit(m.Run())
}

// hold opens the database, says so, and closes it when its input ends.
func hold(path string) {
	db, err := Open(context.Background(), path, Options{ReadOnly: os.Getenv(holdReading) != ""})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("open")
	io.Copy(io.Discard, os.Stdin)
	db.Close()
}

func memory(t testing.TB, o Options) *DB {
	t.Helper()
	return opened(t, "", o)
}

func opened(t testing.TB, path string, o Options) *DB {
	t.Helper()
	db, err := Open(context.Background(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func tempPath(t testing.TB) string { return filepath.Join(t.TempDir(), "x.duckdb") }

// update runs statements in one transaction.
func update(t testing.TB, db *DB, statements ...string) {
	t.Helper()
	err := db.Update(context.Background(), func(tx *Tx) error {
		for _, s := range statements {
			if _, err := tx.Exec(context.Background(), s); err != nil {
				return fmt.Errorf("%s: %w", s, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// query reads all rows of a query, values as text, NULL as nil.
func query(t testing.TB, db *DB, statement string) [][]any {
	t.Helper()
	var all [][]any
	err := db.View(context.Background(), func(tx *Tx) (err error) {
		all, err = rowsOf(tx, statement)
		return err
	})
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	return all
}

func rowsOf(tx *Tx, statement string) ([][]any, error) {
	rows, err := tx.Query(context.Background(), statement)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	var all [][]any
	for rows.Next() {
		row, at := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			at[i] = &row[i]
		}
		if err := rows.Scan(at...); err != nil {
			return nil, err
		}
		all = append(all, row)
	}
	return all, rows.Err()
}

// partField is a column of a part: its name and its Avro type as JSON.
type partField struct{ name, kind string }

const (
	maybeText = `["null","string"]`
	maybeLong = `["null","long"]`
)

func schema(fields []partField) string {
	parts := make([]string, len(fields))
	for i, f := range fields {
		name, _ := json.Marshal(f.name)
		parts[i] = fmt.Sprintf(`{"name":%s,"type":%s}`, name, f.kind)
	}
	return `{"type":"record","name":"r","fields":[` + strings.Join(parts, ",") + `]}`
}

// part writes a part with the rows.
func part(t testing.TB, place int, o avrotest.Options, fields []partField, rows ...[]any) Part {
	t.Helper()
	var b bytes.Buffer
	if err := avrotest.Write(&b, schema(fields), o, rows...); err != nil {
		t.Fatal(err)
	}
	return partOf(place, b.Bytes())
}

func partOf(place int, data []byte) Part {
	return Part{Name: fmt.Sprintf("part-%d", place), Place: place, Bytes: bytes.NewReader(data), Size: int64(len(data))}
}

// insert reads a scan into a new table t of the database and returns how many rows each part held.
func insert(db *DB, statement string, scan Scan) (rows []int64, err error) {
	ctx := context.Background()
	err = db.Update(ctx, func(tx *Tx) error {
		rows, err = tx.Insert(ctx, statement, scan)
		return err
	})
	return rows, err
}

const intoT = "CREATE OR REPLACE TABLE t AS SELECT * FROM smew_parts()"

func equalRows(t testing.TB, got, want [][]any) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d rows, want %d", len(got), len(want))
	}
	for i := range want {
		if !slices.Equal(got[i], want[i]) {
			t.Fatalf("row %d: %s, want %s", i, short(got[i]), short(want[i]))
		}
	}
}

func short(row []any) string {
	s := fmt.Sprintf("%#v", row)
	if len(s) > 400 {
		return s[:400] + "…"
	}
	return s
}

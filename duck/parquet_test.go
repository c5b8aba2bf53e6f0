package duck

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var parquetColumns = []ParquetColumn{{"id", true}, {`odd "name"`, false}}

// TestWriteParquet: the rows are there, ” is not NULL, file names are taken as they are, and the
// database is as it was.
func TestWriteParquet(t *testing.T) {
	ctx := context.Background()
	db, err := Open(ctx, filepath.Join(t.TempDir(), "scratch.duckdb"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	dir := filepath.Join(t.TempDir(), "a[1] * ? 'b' {i}")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "t[2].parquet")
	for range 2 {
		n, err := db.WriteParquet(ctx, file, parquetColumns, slices.Values([][]any{{int64(-1), "ü"}, {nil, ""}, {int64(1) << 62, nil}}))
		if n != 3 || err != nil {
			t.Fatal(n, err)
		}
	}
	err = db.View(ctx, func(tx *Tx) error {
		var rows, relations string
		_, err := tx.Row(ctx, `SELECT string_agg(coalesce(id::VARCHAR, '-') || coalesce("odd ""name""", 'NULL') || typeof(id), ' ' ORDER BY id) FROM read_parquet(?)`, []any{file}, &rows)
		if want := "-1üBIGINT 4611686018427387904NULLBIGINT -BIGINT"; rows != want {
			t.Errorf("read back %q, want %q", rows, want)
		}
		if err != nil {
			return err
		}
		_, err = tx.Row(ctx, "SELECT count(*)::VARCHAR FROM duckdb_tables()", nil, &relations)
		if relations != "0" {
			t.Errorf("%s tables are left", relations)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestWriteParquetFails(t *testing.T) {
	ctx := context.Background()
	db, err := Open(ctx, filepath.Join(t.TempDir(), "scratch.duckdb"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	file := filepath.Join(t.TempDir(), "t.parquet")
	_, err = db.WriteParquet(ctx, file, parquetColumns, slices.Values([][]any{{int64(1), "a"}, {"no id", "b"}}))
	if err == nil || !strings.Contains(err.Error(), "append row 2") {
		t.Errorf("a text for an id: %v", err)
	}
	canceled, cancel := context.WithCancel(ctx)
	endless := func(yield func([]any) bool) {
		for yield([]any{int64(1), "a"}) {
			cancel()
		}
	}
	if _, err := db.WriteParquet(canceled, file, parquetColumns, endless); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
	if n, err := db.WriteParquet(ctx, file, parquetColumns, slices.Values([][]any{})); n != 0 || err != nil {
		t.Errorf("no rows: %d, %v", n, err)
	}
}

// TestHashesTellNullFromEmpty: Check compares rows by their hashes first.
func TestHashesTellNullFromEmpty(t *testing.T) {
	ctx := context.Background()
	db, err := Open(ctx, "", Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.View(ctx, func(tx *Tx) error {
		var n int
		_, err := tx.Row(ctx, `SELECT count(DISTINCT hash(a, b)) FROM (VALUES ('', NULL), (NULL, ''), ('', ''), (NULL, NULL), ('a', ''), ('', 'a'), ('NULL', NULL)) AS v(a, b)`, nil, &n)
		if n != 7 {
			t.Errorf("%d different hashes of 7 rows", n)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestBinaryCollation: a text that is cast keeps its column's collation, COLLATE "binary" ends it.
func TestBinaryCollation(t *testing.T) {
	ctx := context.Background()
	db, err := Open(ctx, "", Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.Update(ctx, func(tx *Tx) error {
		if _, err := tx.Exec(ctx, "CREATE TABLE t AS SELECT unnest(['A', 'a']) COLLATE NOCASE AS v"); err != nil {
			return err
		}
		var n int
		_, err := tx.Row(ctx, `SELECT count(*) FROM (SELECT CAST(v AS VARCHAR) COLLATE "binary" AS v FROM t GROUP BY ALL)`, nil, &n)
		if n != 2 {
			t.Errorf("%d groups of 2 texts", n)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

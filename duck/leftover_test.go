package duck_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"smew/duck"
)

// What killed processes left beside a database goes when the next one opens it for writing, and nothing else
// does; what does not fit into memory is for this user only, and gone afterwards.
func TestLeftovers(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	path := filepath.Join(dir, "x.duckdb")
	db, err := duck.Open(ctx, path, duck.Options{})
	if err != nil {
		t.Fatal(err)
	}
	db.Close()
	make := func(name string) {
		t.Helper()
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte("left"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	gone := []string{"x.duckdb.compact-12/x.duckdb", "x.duckdb.compact-12/x.duckdb.wal", "x.duckdb.new-7/x.duckdb", "x.duckdb.tmp/duckdb_temp_storage_DEFAULT-0.tmp"}
	stays := []string{"x.duckdb.compact-12a/x.duckdb", "x.duckdb.new-7.duckdb", "y.duckdb.new-7/y.duckdb", "x.duckdb.compact-13/mine", "other"}
	for _, name := range append(gone, stays...) {
		make(name)
	}
	reader, err := duck.Open(ctx, path, duck.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, gone[0])); err != nil {
		t.Error("a reader removed what a writer may be using")
	}
	reader.Close()
	db, err = duck.Open(ctx, path, duck.Options{Memory: "20MB", Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range gone {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			t.Errorf("%s is still there", name)
		}
	}
	for _, name := range stays {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
	err = db.Update(ctx, func(tx *duck.Tx) error {
		if _, err := tx.Exec(ctx, "CREATE TEMP TABLE big AS SELECT range AS a, hash(range) AS b, range::VARCHAR || 'x' AS c FROM range(1000000)"); err != nil {
			return err
		}
		private(t, path+".tmp")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	db.Close()
	if _, err := os.Stat(path + ".tmp"); err == nil {
		t.Error("the temporary folder is still there")
	}
}

func private(t *testing.T, dir string) {
	t.Helper()
	info, err := os.Stat(dir)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", info, err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) == 0 {
		t.Errorf("nothing was put aside: %v", err)
	}
}

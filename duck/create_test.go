package duck

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// A new file is a database from the first moment it is there: a process that is killed while
// it creates one leaves no file that nobody can open.
func TestCreatedWhole(t *testing.T) {
	for range 10 {
		path := tempPath(t)
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), holdEnv+"="+path)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		for limit := time.Now().Add(time.Minute); ; {
			if info, err := os.Stat(path); err == nil {
				cmd.Process.Kill()
				if info.Size() < 3*4096 { // DuckDB's three headers
					t.Errorf("the file was seen with %d bytes", info.Size())
				}
				break
			}
			if time.Now().After(limit) {
				t.Fatal("the other process created no file")
			}
		}
		cmd.Wait()
		opened(t, path, Options{}).Close()
	}
}

func TestCreateLeavesNothingBeside(t *testing.T) {
	path := tempPath(t)
	opened(t, path, Options{}).Close()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("%v, %v", entries, err)
	}
}

// Whoever comes second takes the file of the one who came first.
func TestCreateTogether(t *testing.T) {
	path := tempPath(t)
	var all sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		all.Go(func() { errs[i] = create(context.Background(), path) })
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	update(t, opened(t, path, Options{}), "CREATE TABLE t (a INT)")
}

// A folder that is not there is said, not made.
func TestCreateWithoutFolder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "missing", "x.duckdb")
	if _, err := Open(context.Background(), path, Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

// The log of a database that somebody removed is nothing to the one that takes its name.
func TestCreateBesideLog(t *testing.T) {
	path := tempPath(t)
	crashed(t, path, "CREATE TABLE secret AS SELECT 7 AS a")
	if info, err := os.Stat(path + ".wal"); err != nil || info.Size() == 0 {
		t.Fatal("the crash left no log", err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	db := opened(t, path, Options{})
	equalRows(t, query(t, db, "SELECT table_name FROM duckdb_tables()"), nil)
}

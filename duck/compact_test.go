package duck

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func compact(t testing.TB, path string) Compacted {
	t.Helper()
	done, err := Compact(context.Background(), path, CompactOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return done
}

// made makes a database with statements, and closes it.
func made(t testing.TB, path string, statements ...string) {
	t.Helper()
	db := opened(t, path, Options{})
	update(t, db, statements...)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// mostlyRemoved makes a database most of whose rows were removed.
func mostlyRemoved(t testing.TB, path string) {
	t.Helper()
	made(t, path, "CREATE TABLE t AS SELECT i, md5(i::VARCHAR) AS text FROM range(300000) r(i)", "CREATE VIEW v AS FROM t")
	made(t, path, "DELETE FROM t WHERE i % 10 > 0")
}

// in reads all of a query in a database that is opened for it.
func in(t testing.TB, path, statement string) string {
	t.Helper()
	db := opened(t, path, Options{})
	defer db.Close()
	return fmt.Sprint(query(t, db, statement))
}

// alone holds that the folder has nothing but the named files.
func alone(t testing.TB, path string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if !slices.Equal(got, names) {
		t.Errorf("the folder has %q, want %q", got, names)
	}
}

// Removed rows take space until the file is compacted; the others stay, in their order.
func TestCompact(t *testing.T) {
	path := tempPath(t)
	mostlyRemoved(t, path)
	const all = "SELECT list(i ORDER BY place), list(text ORDER BY place), bool_and(increasing) FROM (SELECT *, rowid AS place, rowid = 0 OR i > lag(i) OVER (ORDER BY rowid) AS increasing FROM t)"
	want := in(t, path, all)
	if !strings.HasSuffix(want, " true]]") {
		t.Fatal("the rows have no order to keep")
	}
	before, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	var steps []Step
	done, err := Compact(context.Background(), path, CompactOptions{Progress: func(s Step) { steps = append(steps, s) }})
	if err != nil {
		t.Fatal(err)
	}
	after, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if want := (Compacted{Tables: 1, Rows: 30000, Before: before.Size(), After: after.Size()}); done != want {
		t.Errorf("%+v, want %+v", done, want)
	}
	if after.Size() > before.Size()/4 {
		t.Errorf("%d bytes of %d", after.Size(), before.Size())
	}
	if len(steps) != 2 || steps[0].Table != "main.t" || steps[0].Checking || !steps[1].Checking || steps[1].Of != 2*steps[1].Done || steps[1].Done == 0 {
		t.Errorf("steps %+v", steps)
	}
	if got := in(t, path, all); got != want {
		t.Error("the rows or their order differ")
	}
	alone(t, path, "x.duckdb")
	// DuckDB's threads fill its blocks of 256 KiB now so, now so: a few more or less are no growth.
	if again := compact(t, path); again.After > after.Size()+4*256<<10 || again.After > before.Size()/4 {
		t.Errorf("again: %d bytes, after the first %d, before it %d", again.After, after.Size(), before.Size())
	}
}

// A step that fails leaves the old file as it was, and nothing beside.
func TestCompactFails(t *testing.T) {
	path := tempPath(t)
	mostlyRemoved(t, path)
	// DuckDB checks a reference to the table itself row by row, so that such rows cannot be inserted at once.
	made(t, path, "CREATE TABLE tree (id INT PRIMARY KEY, parent INT REFERENCES tree (id))", "INSERT INTO tree VALUES (1, NULL)")
	made(t, path, "INSERT INTO tree VALUES (2, 1)")
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = Compact(context.Background(), path, CompactOptions{})
	if err == nil || !strings.Contains(err.Error(), "copy table main.tree: ") {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	_, err = Compact(ctx, path, CompactOptions{Progress: func(Step) { cancel() }})
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	after, err := os.ReadFile(path)
	if err != nil || !slices.Equal(before, after) {
		t.Errorf("the old file was changed: %v", err)
	}
	alone(t, path, "x.duckdb")
	if _, err := Compact(context.Background(), path+"2", CompactOptions{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
	alone(t, path, "x.duckdb")
}

// A file that somebody put into the database's place stays.
func TestCompactReplaced(t *testing.T) {
	path := tempPath(t)
	mostlyRemoved(t, path)
	other := tempPath(t)
	made(t, other, "CREATE TABLE other (a INT)")
	_, err := Compact(context.Background(), path, CompactOptions{Progress: func(s Step) {
		if s.Checking {
			os.Rename(other, path)
		}
	}})
	if !errors.Is(err, ErrReplaced) {
		t.Error(err)
	}
	in(t, path, "FROM other")
	alone(t, path, "x.duckdb")
}

// While a file is compacted nobody else has it, and who has it keeps it from being compacted.
func TestCompactLocked(t *testing.T) {
	path := tempPath(t)
	other := holdElsewhere(t, path)
	_, err := Compact(context.Background(), path, CompactOptions{})
	var locked *LockedError
	if !errors.As(err, &locked) || locked.PID != other.cmd.Process.Pid {
		t.Fatal(err)
	}
	other.release()
	other.cmd.Wait()
	mostlyRemoved(t, path)
	shut := 0
	_, err = Compact(context.Background(), path, CompactOptions{Progress: func(Step) {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), holdEnv+"="+path)
		if said, _ := cmd.Output(); strings.Contains(string(said), "has the database open") {
			shut++
		}
	}})
	if err != nil || shut != 2 {
		t.Errorf("another process was shut out %d times: %v", shut, err)
	}
	if db, err := Open(context.Background(), path, Options{}); err != nil {
		t.Error(err)
	} else {
		db.Close()
	}
}

// Who opened the old file in the moment before it gave way has the new one in the end.
func TestOpenReplaced(t *testing.T) {
	path, other := tempPath(t), tempPath(t)
	made(t, path, "CREATE TABLE old (a INT)")
	made(t, other, "CREATE TABLE fresh (a INT)")
	before, err := os.Stat(path)
	if err != nil || replaced(path, before) {
		t.Fatal(err)
	}
	stale := opened(t, path, Options{})
	if err := os.Rename(other, path); err != nil {
		t.Fatal(err)
	}
	if !replaced(path, before) {
		t.Fatal("not noticed")
	}
	db, err := again(context.Background(), stale, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	query(t, db, "FROM fresh")
}

// Closing a database that was not written leaves alone what lies beside its path by then: it may be
// the log of the file that took the place.
func TestCloseLeavesOtherLog(t *testing.T) {
	path, other := tempPath(t), tempPath(t)
	mostlyRemoved(t, path)
	made(t, other, "CREATE TABLE fresh (a INT)")
	db := opened(t, path, Options{})
	if _, err := db.newCopy(context.Background(), nil); err != nil { // which ends with a CHECKPOINT
		t.Fatal(err)
	}
	if err := errors.Join(os.Rename(other, path), os.WriteFile(path+".wal", []byte("somebody's"), 0o600)); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(path + ".wal"); string(data) != "somebody's" {
		t.Errorf("%q, %v", data, err)
	}
}

func TestCompactRemovesLeftovers(t *testing.T) {
	path := tempPath(t)
	mostlyRemoved(t, path)
	for _, file := range []string{".compact-123/x.duckdb", ".compact-123/x.duckdb.wal", ".compact-45/mine.txt", ".compact-old/x.duckdb"} {
		file = path + file
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o700), os.WriteFile(file, []byte("x"), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	compact(t, path)
	alone(t, path, "x.duckdb", "x.duckdb.compact-45", "x.duckdb.compact-old") // which are not compact's
}

func TestSpaceError(t *testing.T) {
	err := &SpaceError{Dir: "d", Need: 3_200_000, Free: 2_900_000}
	if err.Error() != "copy database: d has 2 MB free, the copy may need 4 MB" || err.Hint() == "" {
		t.Error(err)
	}
	if free, ok := FreeSpace(t.TempDir()); !ok || free <= 0 {
		t.Errorf("%d bytes free, %v", free, ok)
	}
}

package duck

import (
	"bufio"
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// holder is another process that has a database open.
type holderProcess struct {
	cmd     *exec.Cmd
	release func()
}

func holdElsewhere(t *testing.T, path string, env ...string) holderProcess {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(append(os.Environ(), holdEnv+"="+path), env...)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close(); cmd.Wait() })
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "open\n" {
		t.Fatalf("the other process: %q, %v", line, err)
	}
	return holderProcess{cmd, func() { in.Close() }}
}

// While another process has the file, opening it names that process, for reading too.
func TestLocked(t *testing.T) {
	path := tempPath(t)
	other := holdElsewhere(t, path)
	for _, o := range []Options{{}, {ReadOnly: true}, {Confined: true, ReadOnly: true}, {Apart: true, ReadOnly: true}, {Wait: 60 * time.Millisecond}} {
		_, err := Open(context.Background(), path, o)
		var locked *LockedError
		if !errors.As(err, &locked) {
			t.Fatalf("%+v: %v", o, err)
		}
		if locked.PID != other.cmd.Process.Pid || locked.Path != path || !strings.Contains(err.Error(), path) || locked.Hint() == "" {
			t.Errorf("%+v, want process %d", locked, other.cmd.Process.Pid)
		}
	}
}

// Waiting tells of it once and goes on when the file is given free.
func TestWait(t *testing.T) {
	path := tempPath(t)
	other := holdElsewhere(t, path)
	told := 0
	db, err := Open(context.Background(), path, Options{Wait: -1, Waiting: func(e *LockedError) {
		told++
		time.AfterFunc(200*time.Millisecond, other.release) // let it try a few times
		if e.PID != other.cmd.Process.Pid {
			t.Errorf("told of %+v", e)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if told != 1 {
		t.Errorf("told %d times", told)
	}
	update(t, db, "CREATE TABLE t (a INT)")
}

func TestWaitEndsWithContext(t *testing.T) {
	path := tempPath(t)
	holdElsewhere(t, path)
	ctx, cancel := context.WithCancel(context.Background())
	_, err := Open(ctx, path, Options{Wait: -1, Waiting: func(*LockedError) { cancel() }})
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
}

// Whoever was stopped begins no opening, which DuckDB could not be called off from.
func TestOpenAfterTheEnd(t *testing.T) {
	path := tempPath(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, wait := range []time.Duration{0, -1} {
		if _, err := Open(ctx, path, Options{Wait: wait}); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file was made: %v", err)
	}
}

// Waiting is for locks only: what is no database is said at once.
func TestWaitIsForLocks(t *testing.T) {
	path := tempPath(t)
	if err := os.WriteFile(path, []byte(strings.Repeat("this is no database", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	_, err := Open(ctx, path, Options{Wait: -1})
	if err == nil || ctx.Err() != nil || !strings.Contains(err.Error(), path) {
		t.Fatal(err)
	}
}

// A process that was killed holds nothing.
func TestLockOfTheKilled(t *testing.T) {
	path := tempPath(t)
	other := holdElsewhere(t, path)
	if err := other.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	other.cmd.Wait()
	update(t, opened(t, path, Options{}), "CREATE TABLE t (a INT)")
}

func TestReadOnly(t *testing.T) {
	path := tempPath(t)
	if _, err := Open(context.Background(), path, Options{ReadOnly: true}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
	db := opened(t, path, Options{})
	update(t, db, "CREATE TABLE t AS SELECT 1 AS a")
	db.Close()
	reader, second := opened(t, path, Options{ReadOnly: true}), opened(t, path, Options{ReadOnly: true})
	equalRows(t, query(t, reader, "FROM t"), [][]any{{int32(1)}})
	equalRows(t, query(t, second, "FROM t"), [][]any{{int32(1)}})
	err := reader.Update(context.Background(), func(tx *Tx) error {
		_, err := tx.Exec(context.Background(), "INSERT INTO t VALUES (2)")
		return err
	})
	if err == nil {
		t.Error("a read-only database was written")
	}
}

// DuckDB reads options from behind a '?' of the path, so such a path would open another file.
func TestPaths(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a?access_mode=READ_ONLY", "a%20b", "a\x00b"} {
		if db, err := Open(context.Background(), filepath.Join(dir, name), Options{}); err == nil {
			db.Close()
			t.Errorf("%q was opened", name)
		}
	}
	for _, name := range []string{"with space.duckdb", "ü#&=+'\".duckdb", "no_extension"} {
		path := filepath.Join(dir, name)
		db, err := Open(context.Background(), path, Options{})
		if err != nil {
			t.Errorf("%q: %v", name, err)
			continue
		}
		update(t, db, "CREATE TABLE t (a INT)")
		if db.Path() != path {
			t.Errorf("path %q, want %q", db.Path(), path)
		}
		db.Close()
		if _, err := os.Stat(path); err != nil {
			t.Error(err)
		}
	}
	if _, err := Open(context.Background(), filepath.Join(dir, "no", "such", "folder"), Options{}); err == nil {
		t.Error("a file in a missing folder was opened")
	}
}

// DuckDB names a database after its file up to the first point, whatever its case, and then finds
// "smew.dumps" ambiguous: such a name is refused before there is a file.
func TestNameOfSchema(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"smew.duckdb", "SMEW", "delivered.2026.db", "typed.duckdb"} {
		_, err := Open(context.Background(), filepath.Join(dir, name), Options{})
		var clash *NameError
		if !errors.As(err, &clash) || clash.Hint() == "" {
			t.Errorf("%q: %v", name, err)
		}
	}
	if entries, _ := os.ReadDir(dir); len(entries) > 0 {
		t.Errorf("left behind: %v", entries)
	}
	opened(t, filepath.Join(dir, "smew-feed.duckdb"), Options{})
}

func TestSettings(t *testing.T) {
	path := tempPath(t)
	db := opened(t, path, Options{Threads: 3, Memory: "300MiB"})
	equalRows(t, query(t, db, `SELECT current_setting('threads'), current_setting('memory_limit'), current_setting('temp_directory'),
		current_setting('autoload_known_extensions'), current_setting('autoinstall_known_extensions'),
		current_setting('allocator_bulk_deallocation_flush_threshold')`),
		[][]any{{int64(3), "300.0 MiB", path + ".tmp", false, false, "3.8 MiB"}})
}

// A confined database reads and writes nothing but itself, and stays so.
func TestConfined(t *testing.T) {
	for name, o := range map[string]Options{"alone": {Confined: true, ReadOnly: true}, "apart": {Confined: true, ReadOnly: true, Apart: true}} {
		t.Run(name, func(t *testing.T) { confinedTo(t, o) })
	}
}

func confinedTo(t *testing.T, o Options) {
	ctx := context.Background()
	path, dir := tempPath(t), t.TempDir()
	db := opened(t, path, Options{})
	update(t, db, "CREATE TABLE t AS SELECT 1 AS a")
	db.Close()
	file := filepath.Join(dir, "x.csv")
	if err := os.WriteFile(file, []byte("a\n1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			t.Error("a confined database came through to the network")
			c.Close()
		}
	}()

	confined := opened(t, path, o)
	equalRows(t, query(t, confined, "FROM t"), [][]any{{int32(1)}})
	for _, statement := range []string{
		"FROM read_csv('" + file + "')", "FROM '" + file + "'", "FROM read_text('/etc/passwd')",
		"FROM glob('" + dir + "/*')", "FROM parquet_metadata('" + file + "')",
		"COPY t TO '" + path + "'", "COPY t TO '" + path + ".tmp'",
		"COPY t TO '" + dir + "/out.csv'", "COPY t FROM '" + file + "'", "EXPORT DATABASE '" + dir + "/export'", "IMPORT DATABASE '" + dir + "/export'",
		"ATTACH '" + dir + "/other.duckdb'", "ATTACH ':memory:' AS m; ATTACH '" + dir + "/o2.duckdb'",
		"INSTALL httpfs", "LOAD httpfs", "LOAD '" + dir + "/x.duckdb_extension'",
		"FROM 'http://" + listener.Addr().String() + "/x.csv'", "FROM read_csv('http://" + listener.Addr().String() + "/x.csv')",
		"CREATE SECRET s (TYPE s3)",
		"SET enable_external_access = true", "SET lock_configuration = false", "RESET lock_configuration", "SET threads = 1", "SET memory_limit = '1TB'",
		"SET temp_directory = '" + dir + "'", "PRAGMA threads = 1", "SET GLOBAL autoload_known_extensions = true", "SET access_mode = 'READ_WRITE'",
		"CREATE TABLE u (a INT)", "INSERT INTO t VALUES (2)", "FROM smew_parts()",
	} {
		err := confined.View(ctx, func(tx *Tx) error {
			rows, err := rowsOf(tx, statement)
			if err == nil {
				t.Errorf("%s gave %v", statement, rows)
			}
			return err
		})
		if err == nil {
			t.Errorf("%s was done", statement)
		}
	}
	// What DuckDB leaves open is the database's own file: it can be read as bytes.
	if got := query(t, confined, "SELECT count(*) FROM read_blob('"+path+"')"); got[0][0] != int64(1) {
		t.Errorf("the own file: %v", got)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("the folder holds %v, %v", entries, err)
	}
}

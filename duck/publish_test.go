package duck

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"smew/sample"
)

func publishTo(t testing.TB, path, target string) Publication {
	t.Helper()
	done, err := Publish(context.Background(), path, target, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return done
}

// copied reads all of a query in a published copy, as a reader does.
func copied(t testing.TB, target, statement string) string {
	t.Helper()
	db := opened(t, target, Options{ReadOnly: true, Apart: true})
	defer db.Close()
	return fmt.Sprint(query(t, db, statement))
}

// Who has a copy open keeps it, who opens one gets the newest, and nobody writes to it by mistake.
func TestPublish(t *testing.T) {
	path, target := tempPath(t), filepath.Join(t.TempDir(), "copy.duckdb")
	made(t, path, "CREATE TABLE t AS SELECT 1 AS a")
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if Published(path, target) {
		t.Error("nothing was published yet")
	}
	done := publishTo(t, path, target)
	info, err := os.Stat(target)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o440 || info.Size() != done.Bytes || !Published(path, target) {
		t.Errorf("the copy is %v with %d bytes, of %+v", info.Mode(), info.Size(), done)
	}
	early := opened(t, target, Options{ReadOnly: true})
	made(t, path, "INSERT INTO t VALUES (2)")
	if Published(path, target) {
		t.Error("the database was written to")
	}
	if err := os.Chmod(target, 0o400); err != nil { // and so it stays
		t.Fatal(err)
	}
	publishTo(t, path, target)
	if old := fmt.Sprint(query(t, early, "SELECT sum(a) FROM t")); old != "[[1]]" {
		t.Errorf("a reader of the former copy sees %s", old)
	}
	if fresh := copied(t, target, "SELECT sum(a)::INT FROM t"); fresh != "[[3]]" || !Published(path, target) {
		t.Errorf("a new reader sees %s", fresh)
	}
	if info, _ := os.Stat(target); info.Mode().Perm() != 0o400 {
		t.Errorf("the second copy is %v", info.Mode())
	}
	alone(t, target, "copy.duckdb")
	alone(t, path, "x.duckdb")
}

// Looking at a database that has nothing new leaves it published.
func TestPublishedStaysSo(t *testing.T) {
	path, target := tempPath(t), filepath.Join(t.TempDir(), "copy.duckdb")
	made(t, path, "CREATE TABLE t AS SELECT 1 AS a")
	publishTo(t, path, target)
	for _, o := range []Options{{}, {ReadOnly: true}} {
		db := opened(t, path, o)
		query(t, db, "FROM t")
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if !Published(path, target) {
		t.Error("reading has changed the database's file")
	}
}

// What a process that was killed left in the log is in the copy.
func TestPublishTakesLogIn(t *testing.T) {
	path, target := tempPath(t), filepath.Join(t.TempDir(), "copy.duckdb")
	crashed(t, path, "CREATE TABLE t AS SELECT 7 AS a")
	publishTo(t, path, target)
	if got := copied(t, target, "FROM t"); got != "[[7]]" {
		t.Error(got)
	}
	alone(t, target, "copy.duckdb")
}

// Both may be links: the log lies beside the file itself, and a link to the copy stays one.
func TestPublishByLinks(t *testing.T) {
	path, target := tempPath(t), filepath.Join(t.TempDir(), "copy.duckdb")
	crashed(t, path, "CREATE TABLE t AS SELECT 7 AS a")
	links := t.TempDir()
	for name, to := range map[string]string{"from.duckdb": path, "to.duckdb": target} {
		if err := os.Symlink(to, filepath.Join(links, name)); err != nil {
			t.Fatal(err)
		}
	}
	publishTo(t, path, target) // else the second link leads nowhere
	made(t, path, "INSERT INTO t VALUES (8)")
	publishTo(t, filepath.Join(links, "from.duckdb"), filepath.Join(links, "to.duckdb"))
	if got := copied(t, target, "SELECT sum(a)::INT FROM t"); got != "[[15]]" {
		t.Error(got)
	}
	if info, err := os.Lstat(filepath.Join(links, "to.duckdb")); err != nil || info.Mode().Type() != fs.ModeSymlink {
		t.Errorf("the link is %v, %v", info, err)
	}
}

func TestPublishRefuses(t *testing.T) {
	path := tempPath(t)
	made(t, path, "CREATE TABLE t AS SELECT 1 AS a")
	dir := t.TempDir()
	link := filepath.Join(dir, "link.duckdb")
	logged := filepath.Join(dir, "logged.duckdb")
	hard, notes, old, other := filepath.Join(dir, "hard.duckdb"), filepath.Join(dir, "notes"), filepath.Join(dir, "old notes"), filepath.Join(dir, "other.duckdb")
	if err := errors.Join(os.Symlink(path, link), os.WriteFile(logged+".wal", nil, 0o600), os.Link(path, hard), os.WriteFile(notes, []byte("mine"), 0o600),
		os.WriteFile(old, []byte("mine, too"), 0o400)); err != nil {
		t.Fatal(err)
	}
	made(t, other, "CREATE TABLE t AS SELECT 2 AS a")
	foreign := func(err error) bool { var e *TargetError; return errors.As(err, &e) && e.Hint() != "" }
	for _, test := range []struct {
		name, path, target string
		is                 func(error) bool
	}{
		{"itself", path, path, func(err error) bool { var e *SelfError; return errors.As(err, &e) && e.Hint() != "" }},
		{"itself by a link", path, link, func(err error) bool { var e *SelfError; return errors.As(err, &e) }},
		{"itself by a hard link", path, hard, func(err error) bool { var e *SelfError; return errors.As(err, &e) }},
		{"a text", path, notes, foreign},
		{"a text that nobody can write to", path, old, foreign},
		{"another database", path, other, foreign},
		{"a folder", path, dir, foreign},
		{"somebody writes to the copy", path, logged, func(err error) bool { var e *LogError; return errors.As(err, &e) && e.Path == logged+".wal" }},
		{"no database", filepath.Join(dir, "none.duckdb"), filepath.Join(dir, "x.duckdb"), func(err error) bool { return errors.Is(err, fs.ErrNotExist) }},
		{"no folder", path, filepath.Join(dir, "none", "x.duckdb"), func(err error) bool { return errors.Is(err, fs.ErrNotExist) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := Publish(context.Background(), test.path, test.target, Options{}); !test.is(err) {
				t.Errorf("got %v", err)
			}
		})
	}
	alone(t, link, "hard.duckdb", "link.duckdb", "logged.duckdb.wal", "notes", "old notes", "other.duckdb")
}

// A process that writes is waited for and named; one that reads is not in the way.
func TestPublishBesideOthers(t *testing.T) {
	path, target := tempPath(t), filepath.Join(t.TempDir(), "copy.duckdb")
	made(t, path, "CREATE TABLE t AS SELECT 1 AS a")
	other := holdElsewhere(t, path)
	for _, wait := range []time.Duration{0, 60 * time.Millisecond} {
		_, err := Publish(context.Background(), path, target, Options{Wait: wait})
		var locked *LockedError
		if !errors.As(err, &locked) || locked.PID != other.cmd.Process.Pid {
			t.Errorf("got %v, want process %d", err, other.cmd.Process.Pid)
		}
	}
	time.AfterFunc(100*time.Millisecond, other.release)
	if _, err := Publish(context.Background(), path, target, Options{Wait: -1}); err != nil {
		t.Error(err)
	}
	other.cmd.Wait()
	made(t, path, "INSERT INTO t VALUES (2)")
	reader := holdElsewhere(t, path, holdReading+"=1")
	publishTo(t, path, target)
	reader.release()
	if got := copied(t, target, "SELECT sum(a)::INT FROM t"); got != "[[3]]" {
		t.Error(got)
	}
}

// While a copy is made, no other process can write to the database.
func TestPublishShutsWritersOut(t *testing.T) {
	path := tempPath(t)
	made(t, path, "CREATE TABLE t AS SELECT 1 AS a")
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := shareLock(f, path); err != nil {
		t.Fatal(err)
	}
	writer := exec.Command(os.Args[0])
	writer.Env = append(os.Environ(), holdEnv+"="+path)
	said, err := writer.Output()
	if want := fmt.Sprintf("process %d has the database open", os.Getpid()); err == nil || !strings.Contains(string(said), want) {
		t.Errorf("a writer said %q, %v, want %q", said, err, want)
	}
}

// A copy that is given up leaves the former one, and nothing beside it.
func TestPublishInterrupted(t *testing.T) {
	path, target := tempPath(t), filepath.Join(t.TempDir(), "copy.duckdb")
	made(t, path, "CREATE TABLE t AS SELECT 1 AS a")
	publishTo(t, path, target)
	made(t, path, "INSERT INTO t VALUES (2)")
	stop := errors.New("stop")
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(stop)
	if done, err := Publish(ctx, path, target, Options{}); !errors.Is(err, stop) && !done.Reflink {
		t.Errorf("%+v, %v", done, err)
	}
	if got := copied(t, target, "FROM t"); got != "[[1]]" {
		t.Error(got)
	}
	alone(t, target, "copy.duckdb")
}

// publishEnv makes the test binary a process that publishes a database, to a copy beside it.
const publishEnv = "SMEW_TEST_PUBLISH"

func publishElsewhere(path string) {
	if _, err := Publish(context.Background(), path, path+".copy", Options{}); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	os.Exit(0)
}

// TestPublishKilled kills publishing processes at random moments with a signal that cannot be caught: the
// copy is the former one or the new one, whole, and the next Publish leaves nothing else.
func TestPublishKilled(t *testing.T) {
	before, after := tempPath(t), tempPath(t)
	made(t, before, "CREATE TABLE t AS SELECT i, md5(i::VARCHAR) AS text FROM range(300000) r(i)")
	publishTo(t, before, after)
	if err := os.Chmod(after, 0o600); err != nil {
		t.Fatal(err)
	}
	made(t, after, "INSERT INTO t SELECT i, md5(i::VARCHAR) FROM range(400000) r(i)")
	const all = "SELECT count(*), sum(hash(i, text)) FROM t"
	old, fresh := in(t, before, all), in(t, after, all)
	start := func(path string) *exec.Cmd {
		publishTo(t, before, path+".copy")
		for from, to := range map[string]string{after: path} {
			data, err := os.ReadFile(from)
			if err == nil {
				err = os.WriteFile(to, data, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), publishEnv+"="+path)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		return cmd
	}
	began := time.Now()
	if err := start(tempPath(t)).Wait(); err != nil {
		t.Fatal(err)
	}
	took := time.Since(began)
	rng := rand.New(rand.NewPCG(3, 5))
	kills, killed, during, swapped := sample.Count(t, sample.Kills, 4, 1000), 0, 0, 0
	for i := range kills {
		path := tempPath(t)
		cmd := start(path)
		time.Sleep(time.Duration((float64(i) + rng.Float64()) / float64(kills) * float64(took)))
		cmd.Process.Kill()
		if cmd.Wait() != nil {
			killed++
		}
		if begun, _ := filepath.Glob(path + ".copy" + publishMark + "*"); len(begun) > 0 {
			during++
		}
		switch got := copied(t, path+".copy", all); got {
		case fresh:
			swapped++
		case old:
		default:
			t.Errorf("the copy is %s, neither %s nor %s", got, old, fresh)
		}
		publishTo(t, path, path+".copy")
		if got := copied(t, path+".copy", all); got != fresh {
			t.Errorf("published again: %s, want %s", got, fresh)
		}
		alone(t, path, "x.duckdb", "x.duckdb.copy")
	}
	t.Logf("it takes %v; %d of %d were killed, %d while copying, %d after the swap", took, killed, kills, during, swapped)
	if during == 0 && kills > 4 {
		t.Log("no kill came while copying: make soak has more") // when they come is up to the machine
	}
}

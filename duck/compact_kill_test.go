package duck

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"smew/sample"
)

// compactEnv makes the test binary a process that compacts a database.
const compactEnv = "SMEW_TEST_COMPACT"

func compactElsewhere(path string) {
	if _, err := Compact(context.Background(), path, CompactOptions{}); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	os.Exit(0)
}

// TestCompactKilled kills compacting processes at random moments with a signal that cannot be caught:
// the file is the old one or the new one, whole, and the next Compact leaves nothing else.
func TestCompactKilled(t *testing.T) {
	original := tempPath(t)
	mostlyRemoved(t, original)
	data, err := os.ReadFile(original)
	if err != nil {
		t.Fatal(err)
	}
	start := func(path string) *exec.Cmd {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), compactEnv+"="+path)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		return cmd
	}
	const all = "SELECT count(*), sum(hash(i, text)) FROM v"
	want := in(t, original, all)
	path := tempPath(t)
	began := time.Now()
	if err := start(path).Wait(); err != nil {
		t.Fatal(err)
	}
	took := time.Since(began)
	rng := rand.New(rand.NewPCG(3, 5))
	killed, during, swapped := 0, 0, 0
	kills := sample.Count(t, sample.Kills, 6, 1000)
	for i := range kills {
		path := tempPath(t)
		cmd := start(path)
		time.Sleep(time.Duration((float64(i) + rng.Float64()) / float64(kills) * float64(took)))
		cmd.Process.Kill()
		if cmd.Wait() != nil {
			killed++
		}
		if info, err := os.Stat(path); err != nil {
			t.Fatal(err)
		} else if info.Size() < int64(len(data)) {
			swapped++
		}
		if entries, _ := filepath.Glob(path + besideMark + "*"); len(entries) > 0 {
			during++
		}
		if got := in(t, path, all); got != want {
			t.Errorf("%s, want %s", got, want)
		}
		compact(t, path)
		if got := in(t, path, all); got != want {
			t.Errorf("compacted again: %s, want %s", got, want)
		}
		alone(t, path, "x.duckdb")
	}
	t.Logf("it takes %v; %d of %d were killed, %d while copying, %d after the swap", took, killed, kills, during, swapped)
	if during == 0 && kills > 4 {
		t.Error("no kill came while copying")
	}
}

// What others write between and around compactions is never lost, also if they wait at the door.
func TestCompactLosesNoWrite(t *testing.T) {
	path := tempPath(t)
	made(t, path, "CREATE TABLE t (a INT)")
	stop, stopped := make(chan bool), make(chan int)
	go func() {
		for n := 0; ; n++ {
			select {
			case <-stop:
				stopped <- n
				return
			default:
			}
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), compactEnv+"="+path)
			cmd.Run() // it fails when the writer has the file
		}
	}()
	rows := sample.Count(t, sample.Kills, 10, 1000)
	for i := range rows {
		db, err := Open(context.Background(), path, Options{Wait: -1})
		if err != nil {
			t.Fatal(err)
		}
		update(t, db, fmt.Sprintf("INSERT INTO t VALUES (%d)", i))
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Millisecond) // let the other one in
	}
	close(stop)
	n := <-stopped
	if got := in(t, path, "SELECT count(DISTINCT a), count(*) FROM t"); got != fmt.Sprintf("[[%d %d]]", rows, rows) {
		t.Errorf("of %d rows there are %s after %d compactions", rows, got, n)
	}
	t.Logf("%d rows written, %d times compacted or tried to", rows, n)
	alone(t, path, "x.duckdb")
}

// What a process that was killed left in the log is in the new file, and the log is gone.
func TestCompactTakesLogIn(t *testing.T) {
	path := tempPath(t)
	crashed(t, path, "CREATE TABLE t AS SELECT 7 AS a")
	compact(t, path)
	alone(t, path, "x.duckdb")
	if got := in(t, path, "FROM t"); got != "[[7]]" {
		t.Error(got)
	}
}

// crashed leaves a database as a process does that is killed after a commit: with a log.
func crashed(t *testing.T, path string, statement string) {
	t.Helper()
	other := tempPath(t)
	db := opened(t, other, Options{})
	update(t, db, statement)
	for _, ending := range []string{"", ".wal"} {
		data, err := os.ReadFile(other + ending)
		if err == nil {
			err = os.WriteFile(path+ending, data, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	db.Close()
}

// DuckDB keeps the log beside the file also when it is opened by a link.
func TestCompactTakesLogInByLink(t *testing.T) {
	path, link := tempPath(t), filepath.Join(t.TempDir(), "link.duckdb")
	crashed(t, path, "CREATE TABLE t AS SELECT 7 AS a")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	compact(t, link)
	alone(t, path, "x.duckdb")
	alone(t, link, "link.duckdb")
	if got := in(t, path, "FROM t"); got != "[[7]]" {
		t.Error(got)
	}
}

// A log that is still there could be taken for the new file's: nothing is done then.
func TestCompactBesideLog(t *testing.T) {
	for _, ending := range logs()[1:] { // the first is taken in
		path := tempPath(t)
		mostlyRemoved(t, path)
		if err := os.WriteFile(path+ending, []byte("some"), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Compact(context.Background(), path, CompactOptions{})
		var log *LogError
		if !errors.As(err, &log) || log.Path != path+ending || log.Hint() == "" {
			t.Error(err)
		}
		if _, err := os.Stat(path + ending); err != nil {
			t.Error(err)
		}
	}
}

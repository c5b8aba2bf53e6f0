package export

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"smew/bucket"
	"smew/duck"
	"smew/sample"
)

// killEnv makes the test binary a process that exports a database and kills itself at a step: "DB DIR MODE STEP".
const killEnv = "SMEW_TEST_EXPORT_KILL"

func TestMain(m *testing.M) {
	if args := strings.Fields(os.Getenv(killEnv)); len(args) == 4 {
		step, err := strconv.Atoi(args[3])
		if err == nil {
			err = exportKilled(args[0], args[1], Mode(args[2]), step)
		}
		fmt.Println(err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func killedJob(mode Mode) Job {
	return Job{Model{ID: "people", Table: "people", PrimaryKey: []string{"id"}},
		Sync{ID: "crm", Model: "people", File: "{x}/{sync.run.id}/{mode}.csv", Mode: mode, Batch: Batch{Rows: 400}, Manifest: true}}
}

// exportKilled exports, and kills the process before the operation of that number; it tells how many there were.
func exportKilled(path, dir string, mode Mode, step int) error {
	done := 0
	kill := func(string) error {
		if done++; done-1 != step {
			return nil
		}
		self, err := os.FindProcess(os.Getpid())
		if err == nil {
			err = self.Kill()
		}
		fmt.Println(err)
		select {}
	}
	to, err := bucket.OpenDir(dir)
	if err != nil {
		return err
	}
	db, err := duck.Open(context.Background(), path, duck.Options{Before: kill})
	if err != nil {
		return err
	}
	o := Options{Now: func() time.Time { return time.Now() }, Open: func(context.Context, string, S3) (bucket.Bucket, string, error) { return to, "out/", nil }}
	if _, err := Send(context.Background(), db, killedJob(mode), o); err != nil {
		return err
	}
	if err := db.Close(); err != nil {
		return err
	}
	fmt.Println(done)
	os.Exit(0)
	return nil
}

// A run that was killed at any step is repeated under its id to the same files, and to no others.
func TestKilled(t *testing.T) {
	t.Parallel()
	kills := sample.Count(t, sample.Kills, 2, 1000)
	for _, mode := range []Mode{Diff, Insert, All} {
		t.Run(string(mode), func(t *testing.T) {
			file := killable(t, mode)
			steps := 0
			if _, err := fmt.Sscan(killAt(t, file, t.TempDir(), mode, -1), &steps); err != nil || steps < 20 {
				t.Fatalf("%d steps, %v", steps, err)
			}
			random := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 1))
			for i := range kills {
				step := i
				if kills < steps {
					step = 1 + random.IntN(steps-1) // the first is the opening
				}
				if step < steps {
					killedAndRepeated(t, file, mode, step)
				}
			}
		})
	}
}

// killable is a database file that has sent once, and changed since.
func killable(t *testing.T, mode Mode) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.duckdb")
	db, err := duck.Open(context.Background(), path, duck.Options{})
	if err != nil {
		t.Fatal(err)
	}
	p := &place{t: t, db: db, to: bucket.NewMemory(), now: time.Now()}
	p.sql("CREATE SCHEMA smew", "CREATE TABLE people AS SELECT i AS id, i % 7 AS n FROM range(1000) AS t(i)")
	p.mustSend(killedJob(mode))
	p.sql("UPDATE people SET n = 9 WHERE id % 2 = 0", "DELETE FROM people WHERE id > 900", "INSERT INTO people SELECT i, 1 FROM range(2000, 2900) AS t(i)")
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// killAt exports a copy of the database in another process, which is killed before a step.
func killAt(t *testing.T, file []byte, dir string, mode Mode, step int) string {
	t.Helper()
	path := filepath.Join(dir, "x.duckdb")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(dir, "out")
	if err := os.Mkdir(to, 0o700); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s %s %s %d", killEnv, path, to, mode, step))
	out, err := cmd.CombinedOutput()
	if (err == nil) != (step < 0) || err != nil && cmd.ProcessState.Exited() {
		t.Fatalf("step %d: %v\n%s", step, err, out)
	}
	return string(out)
}

func killedAndRepeated(t *testing.T, file []byte, mode Mode, step int) {
	t.Helper()
	dir := t.TempDir()
	killAt(t, file, dir, mode, step)
	to, err := bucket.OpenDir(filepath.Join(dir, "out"))
	if err != nil {
		t.Fatal(err)
	}
	db, err := duck.Open(context.Background(), filepath.Join(dir, "x.duckdb"), duck.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	p := &place{t: t, db: db, to: to, now: time.Now().Add(time.Hour)}
	var before []Run
	read := func(tx *duck.Tx) (err error) {
		before, err = Log(t.Context(), tx, "", 10)
		return err
	}
	if err := db.View(t.Context(), read); err != nil {
		t.Fatal(err)
	}
	r := p.mustSend(killedJob(mode))
	if last := before[0]; last.Status == Running && (r.ID != last.ID || !r.Began.Equal(last.Began)) || last.Status == done && last.ID == 2 && r.ID != 3 {
		t.Fatalf("step %d: run %d at %v, after %+v", step, r.ID, r.Began, last)
	}
	if r.ID == 2 && mode != All && (mode == Diff && (r.Added != 900 || r.Changed != 451 || r.Removed != 99) || mode == Insert && r.Added != 900) {
		t.Fatalf("step %d: %+v", step, r)
	}
	want := map[string]bool{}
	for _, f := range r.Files {
		want[f.Key] = true
	}
	for o, err := range to.List(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		if r.ID == 2 && !want[strings.TrimPrefix(o.Key, "out/")] && !strings.HasSuffix(o.Key, "_manifest.json") {
			t.Errorf("step %d: %s belongs to no run", step, o.Key)
		}
	}
	if n := p.mustSend(killedJob(mode)); mode != All && n.Rows() != 0 {
		t.Fatalf("step %d: %d rows are sent again", step, n.Rows())
	}
}

package loader_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"smew/bucket"
	"smew/duck"
	"smew/loader"
	"smew/produce"
	"smew/sample"
)

// childEnv makes the test binary a process that loads the feed of one directory into a database.
const childEnv, childFeed = "SMEW_TEST_LOAD_INTO", "SMEW_TEST_LOAD_FROM"

func TestMain(m *testing.M) {
	if db := os.Getenv(childEnv); db != "" {
		if how := os.Getenv(childTrouble); how != "" {
			troubled(os.Getenv(childFeed), db, how)
		}
		child(os.Getenv(childFeed), db)
	}
	os.Exit(m.Run())
}

// child says when it begins and when it is done.
func child(feed, db string) {
	b, err := bucket.OpenDir(feed)
	if err == nil {
		fmt.Println("begin")
		_, err = loader.Run(context.Background(), loader.Feed{Name: "the feed", Bucket: b}, loader.Config{DB: db})
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("done")
	os.Exit(0)
}

// loadElsewhere starts a load in another process and waits for its beginning. done reads what else it says.
func loadElsewhere(t *testing.T, feed, db string) (cmd *exec.Cmd, done func() string) {
	t.Helper()
	cmd = exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+db, childFeed+"="+feed)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	if line, err := lines.ReadString('\n'); line != "begin\n" {
		cmd.Process.Kill()
		t.Fatalf("the other process: %q, %v", line, err)
	}
	return cmd, func() string {
		rest, _ := io.ReadAll(lines)
		cmd.Wait()
		return string(rest)
	}
}

// TestKill kills a loading process at random moments with a signal it cannot catch. Whatever it
// leaves, the file opens, holds whole dumps only, and after another load main and delivered are
// those of an undisturbed one: every dump is in exactly once.
func TestKill(t *testing.T) {
	t.Parallel()
	const dumps = 3
	feed := t.TempDir()
	b, err := bucket.OpenDir(feed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := produce.Feed(context.Background(), b, produce.Options{Seed: 7, Users: 80, Dumps: dumps, Events: 500, PartRows: 150}); err != nil {
		t.Fatal(err)
	}
	undisturbed := filepath.Join(t.TempDir(), "undisturbed.duckdb")
	_, done := loadElsewhere(t, feed, undisturbed)
	began := time.Now()
	if said := done(); said != "done\n" {
		t.Fatal(said)
	}
	took := time.Since(began)
	want := shown(t, undisturbed)

	rng := rand.New(rand.NewPCG(1, 9))
	kills, inside, between := sample.Count(t, sample.Kills, 3, 1000), 0, 0
	for i := range kills {
		db := filepath.Join(t.TempDir(), "killed.duckdb")
		// One moment in each stretch of the run, so that no part of it is left out by chance.
		n := float64(kills)
		delay := time.Duration((float64(i) + rng.Float64()) / n * 0.9 * float64(took))
		cmd, done := loadElsewhere(t, feed, db)
		time.Sleep(delay)
		cmd.Process.Kill()
		if said := done(); said == "" {
			inside++
		} else if said != "done\n" {
			t.Fatal(said)
		}
		audited(t, b, db)
		if loaded := wholeDumps(t, db); loaded > 0 && loaded < dumps {
			between++
		}
		s := loadWhole(t, b, db)
		if s.Before+len(s.Loaded) != dumps {
			t.Fatalf("after a kill at %v: %d dumps before, %d loaded", delay, s.Before, len(s.Loaded))
		}
		sameText(t, fmt.Sprintf("after a kill at %v of %v", delay, took), want, shown(t, db))
	}
	t.Logf("an undisturbed load took %v; %d of %d kills hit a running load, %d with some of the dumps in", took, inside, kills, between)
	if 2*inside < kills {
		t.Errorf("only %d of %d kills hit a running load", inside, kills)
	}
}

// wholeDumps holds the rows of a file that a killed process left against its ledger, and returns how many dumps are in.
func wholeDumps(t *testing.T, path string) (dumps int) {
	t.Helper()
	if _, err := os.Stat(path); err != nil {
		return 0 // killed before there was a file
	}
	inDatabase(t, path, func(ctx context.Context, tx *duck.Tx) error {
		var ledger bool
		if _, err := tx.Row(ctx, "SELECT count(*) > 0 FROM information_schema.tables WHERE table_schema = 'smew'", nil, &ledger); err != nil || !ledger {
			return err
		}
		if _, err := tx.Row(ctx, "SELECT count(*) FROM smew.dumps", nil, &dumps); err != nil {
			return err
		}
		var relations []string
		err := tx.Each(ctx, "SELECT relation FROM smew.held", nil, func(scan func(...any) error) error {
			var name string
			err := scan(&name)
			relations = append(relations, name)
			return err
		})
		for _, name := range relations {
			var strangers int
			if _, err := tx.Row(ctx, "SELECT count(*) FROM smew."+duck.Quote(name)+" WHERE smew_dump_id NOT IN (SELECT dump_id FROM smew.dumps)", nil, &strangers); err != nil {
				return err
			}
			if strangers > 0 {
				t.Errorf("%s has %d rows of dumps that are not in the ledger", name, strangers)
			}
		}
		return err
	})
	return dumps
}

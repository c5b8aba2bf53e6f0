package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"smew/bucket"
	"smew/duck"
	"smew/erase"
	"smew/loader"
	"smew/produce"
	"smew/sample"
	"smew/stage"
)

// erasing erases who has the identity of its second argument from the database of its first, and kills itself before the
// operation on the database whose number is its third; it tells how many there were, in all and until the removal was
// committed.
func erasing() {
	killed, err := strconv.Atoi(os.Args[3])
	done, committed := 0, 0
	step := func(operation string) error {
		if operation == "committed" && committed == 0 {
			committed = done
		}
		if done++; done-1 != killed {
			return nil
		}
		self, err := os.FindProcess(os.Getpid())
		if err == nil {
			err = self.Kill()
		}
		fmt.Println(err)
		select {}
	}
	if err == nil {
		a := &app{stdout: io.Discard, stderr: os.Stderr, quiet: true}
		var r eraseResult
		err = a.erasePerson(context.Background(), os.Args[1], duck.Options{Uncompressed: true, Before: step}, erase.Who{Identity: os.Args[2]}, stage.Cache{}, "", &r)
	}
	var unknown *erase.UnknownError
	if err != nil && !errors.As(err, &unknown) { // who was erased and whose file was rewritten is nobody's any more
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(done, committed)
}

// victim is a database, and somebody in it.
type victim struct {
	file            []byte
	identity        string
	needles         []string
	before, without map[string]string // what all tables hold, with the person and without
}

// newVictim loads a small shop, without compression, and chooses whom to erase.
func newVictim(t *testing.T) (v victim) {
	t.Helper()
	ctx, b, db := context.Background(), bucket.NewMemory(), filepath.Join(t.TempDir(), "x.duckdb")
	if _, err := produce.Feed(ctx, b, produce.Options{Seed: 5, Users: 30, Dumps: 2, Events: 200}); err != nil {
		t.Fatal(err)
	}
	s, err := loader.Run(ctx, loader.Feed{Name: "the feed", Bucket: b}, loader.Config{DB: db, Duck: duck.Options{Uncompressed: true}})
	if err != nil || len(s.Failed) > 0 {
		t.Fatal(s.Failed, err)
	}
	var email string
	var id int64
	inside(t, db, func(tx *duck.Tx) error {
		_, err := tx.Row(ctx, "SELECT identity, email, user_id FROM main.users WHERE length(identity) > 8 AND length(email) > 8 ORDER BY ALL LIMIT 1", nil, &v.identity, &email, &id)
		return err
	})
	v.needles = []string{v.identity, email, string(binary.LittleEndian.AppendUint64(nil, uint64(id)))}
	v.before = checksums(t, db)
	if v.file, err = os.ReadFile(db); err != nil {
		t.Fatal(err)
	}
	for _, needle := range v.needles {
		if len(needle) < 8 || !bytes.Contains(v.file, []byte(needle)) {
			t.Fatalf("%q is not found before", needle)
		}
	}
	return v
}

// inside runs fn in a database.
func inside(t *testing.T, path string, fn func(tx *duck.Tx) error) {
	t.Helper()
	db, err := duck.Open(context.Background(), path, duck.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(db.View(context.Background(), fn), db.Close()); err != nil {
		t.Fatal(err)
	}
}

// checksums sums up what each table of main and delivered holds.
func checksums(t *testing.T, path string) map[string]string {
	t.Helper()
	sums := map[string]string{}
	inside(t, path, func(tx *duck.Tx) error {
		ctx := context.Background()
		const tables = "SELECT table_schema, table_name FROM information_schema.tables WHERE table_schema IN ('main', 'delivered')"
		var names []string
		err := tx.Each(ctx, tables, nil, func(scan func(...any) error) error {
			var schema, name string
			err := scan(&schema, &name)
			names = append(names, duck.Quote(schema)+"."+duck.Quote(name))
			return err
		})
		for _, name := range names {
			var sum string
			if _, err := tx.Row(ctx, "SELECT count(*) || ' ' || coalesce(sum(hash(t)), 0) FROM "+name+" AS t", nil, &sum); err != nil {
				return err
			}
			sums[name] = sum
		}
		return err
	})
	return sums
}

// elsewhere erases in another process until it ends, or is killed after a time.
func (v *victim) elsewhere(t *testing.T, db string, step int, after time.Duration) (all, committed int, killed bool) {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if after > 0 {
		time.AfterFunc(after, cancel)
	}
	cmd := exec.CommandContext(ctx, binary, db, v.identity, strconv.Itoa(step))
	cmd.Args[0] = "erasing"
	out, err := cmd.Output()
	if cmd.ProcessState.ExitCode() == -1 {
		return 0, 0, true
	}
	if err != nil && !cmd.ProcessState.Success() { // it may have come through just before it was to be killed
		t.Fatalf("erase: %v: %s", err, out)
	}
	if _, err := fmt.Sscan(string(out), &all, &committed); err != nil {
		t.Fatalf("erase said %q: %v", out, err)
	}
	return all, committed, false
}

// TestEraseKilled kills erasing processes before each operation on the database, and at random moments, so also while the
// file is copied and swapped. What is left holds the person in whole or not at all, and everybody else; the same
// command again leaves no byte of the person.
func TestEraseKilled(t *testing.T) {
	t.Parallel()
	v := newVictim(t)
	fresh := func() string {
		db := filepath.Join(t.TempDir(), "x.duckdb")
		if err := os.WriteFile(db, v.file, 0o600); err != nil {
			t.Fatal(err)
		}
		return db
	}
	db := fresh()
	began := time.Now()
	all, committed, _ := v.elsewhere(t, db, -1, 0)
	took := time.Since(began)
	v.without = checksums(t, db)
	v.nowhere(t, "undisturbed", filepath.Dir(db))
	if fmt.Sprint(v.without) == fmt.Sprint(v.before) || all < 40 {
		t.Fatalf("%d operations, and left is %v", all, v.without)
	}
	removed, kills := 0, 0
	try := func(what string, step int, after time.Duration) {
		db := fresh()
		_, _, killed := v.elsewhere(t, db, step, after)
		if !killed && after == 0 {
			t.Errorf("%s: it came through", what)
		}
		if killed {
			kills++
		}
		switch left := fmt.Sprint(checksums(t, db)); left {
		case fmt.Sprint(v.before):
		case fmt.Sprint(v.without):
			removed++
		default:
			t.Errorf("%s: left is %v", what, left)
		}
		v.elsewhere(t, db, -1, 0)
		if left := fmt.Sprint(checksums(t, db)); left != fmt.Sprint(v.without) {
			t.Errorf("%s, and again: left is %v", what, left)
		}
		v.nowhere(t, what, filepath.Dir(db))
	}
	for _, span := range [][2]int{{0, committed}, {committed, all}} {
		size := span[1] - span[0]
		for i, n := 0, sample.Count(t, sample.Steps, 2, size); i < n; i++ {
			step := span[0] + (i+1)*size/n - 1
			try(fmt.Sprintf("kill %d of %d", step, all), step, 0)
		}
	}
	rng := rand.New(rand.NewPCG(3, 5))
	n := sample.Count(t, sample.Kills, 3, 1000)
	for i := range n { // most after the transaction, where no step is
		moment := 0.3 + 0.7*(float64(i)+rng.Float64())/float64(n)
		try(fmt.Sprintf("kill at %.0f%% of the time", 100*moment), -1, time.Duration(moment*float64(took)))
	}
	t.Logf("%d operations in %v, the removal is committed by %d; %d kills, %d of them after it", all, took, committed, kills, removed)
	if removed == 0 || removed == kills {
		t.Error("no kill came before, or none after the removal")
	}
}

// nowhere fails if a file of the folder holds anything of the person.
func (v *victim) nowhere(t *testing.T, when, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		for _, needle := range v.needles {
			if bytes.Contains(content, []byte(needle)) {
				t.Errorf("%s: %s still holds %q", when, path, needle)
			}
		}
		if path != filepath.Join(dir, "x.duckdb") {
			t.Errorf("%s: beside the database lies %s", when, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

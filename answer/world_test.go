package answer_test

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"smew/answer"
	"smew/bucket"
	"smew/duck"
	"smew/loader"
	"smew/loader/oracle"
)

// TestWorlds loads random feeds, dump by dump in a shuffled order, and holds the database against
// the key after each: reader and key agree.
func TestWorlds(t *testing.T) {
	for seed := range 3 {
		t.Run(strconv.Itoa(seed), func(t *testing.T) {
			t.Parallel()
			testWorld(t, uint64(seed))
		})
	}
}

func testWorld(t *testing.T, seed uint64) {
	w, err := oracle.NewWorld(seed, t.TempDir(), oracle.WorldOptions{OddNames: seed%2 == 0})
	if err != nil {
		t.Fatal(err)
	}
	dumps, err := oracle.Dumps(os.DirFS(w.Dir))
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(seed, 3))
	rng.Shuffle(len(dumps), func(i, j int) { dumps[i], dumps[j] = dumps[j], dumps[i] })
	key := &answer.Key{Feed: "a world"}
	for _, d := range dumps {
		key.Add(d)
	}
	dir := filepath.Join(t.TempDir(), "key")
	if err := key.Write(context.Background(), dir); err != nil {
		t.Fatal(err)
	}
	staged, path := t.TempDir(), filepath.Join(t.TempDir(), "world.duckdb")
	feed, err := bucket.OpenDir(staged)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range dumps {
		if err := w.Stage(staged, d.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := loader.Run(context.Background(), loader.Feed{Name: "world", Bucket: feed}, loader.Config{DB: path}); err != nil {
			t.Fatal(err)
		}
		agrees(t, check(t, dir, path, answer.Options{After: &d.ID}))
	}
	agrees(t, check(t, dir, path, answer.Options{}))
}

func check(t *testing.T, dir, path string, o answer.Options) answer.Report {
	t.Helper()
	r, err := tryCheck(dir, path, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func tryCheck(dir, path string, o answer.Options) (answer.Report, error) {
	ctx := context.Background()
	db, err := duck.Open(ctx, path, duck.Options{ReadOnly: true})
	if err != nil {
		return answer.Report{}, err
	}
	defer db.Close()
	return answer.Check(ctx, dir, db, o)
}

func agrees(t *testing.T, r answer.Report) {
	t.Helper()
	for _, table := range r.Tables {
		if table.Verdict != answer.Agrees {
			t.Errorf("table %q: %+v", table.Table, table)
		}
	}
	if !r.Agrees && !t.Failed() || len(r.Tables) == 0 {
		t.Errorf("no table differs, but: %+v", r)
	}
	others := slices.DeleteFunc(r.Others, func(name string) bool {
		return slices.Contains([]string{"enhanced_users", "session_facts", "_sync_info", "_sync_history"}, name)
	})
	if len(others) > 0 {
		t.Errorf("tables that the feed knows nothing of: %q", others)
	}
}

package loader_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"smew/bucket"
	"smew/duck"
	"smew/loader"
	"smew/loader/oracle"
	"smew/sample"
)

func dirFeed(t *testing.T, dir string) loader.Feed {
	t.Helper()
	b, err := bucket.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	return loader.Feed{Name: "the feed", Bucket: b}
}

func load(t *testing.T, dir, db string) loader.Summary {
	t.Helper()
	s, err := loader.Run(context.Background(), dirFeed(t, dir), loader.Config{DB: db})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// mainTables reads every view of schema main, but those that are for analysis.
func mainTables(t *testing.T, path string) map[string]*oracle.Table {
	t.Helper()
	tables := map[string]*oracle.Table{}
	view(t, path, func(ctx context.Context, tx *duck.Tx) error {
		var names []string
		err := tx.Each(ctx, "SELECT table_name FROM information_schema.tables WHERE table_schema = 'main' AND table_name NOT IN ('enhanced_users', 'session_facts', '_sync_info', '_sync_history')", nil, func(scan func(...any) error) error {
			var name string
			err := scan(&name)
			names = append(names, name)
			return err
		})
		if err != nil {
			return err
		}
		for _, name := range names {
			if tables[name], err = readTable(ctx, tx, "main", name); err != nil {
				return fmt.Errorf("read main.%s: %w", name, err)
			}
		}
		return nil
	})
	return tables
}

func view(t *testing.T, path string, fn func(context.Context, *duck.Tx) error) {
	t.Helper()
	ctx := context.Background()
	db, err := duck.Open(ctx, path, duck.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.View(ctx, func(tx *duck.Tx) error { return fn(ctx, tx) }); err != nil {
		t.Fatal(err)
	}
}

func readTable(ctx context.Context, tx *duck.Tx, schema, name string) (*oracle.Table, error) {
	rows, err := tx.Query(ctx, "SELECT * FROM "+duck.Quote(schema)+"."+duck.Quote(name))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	table := &oracle.Table{Columns: columns}
	for rows.Next() {
		row := make([]any, len(columns))
		at := make([]any, len(columns))
		for i := range row {
			at[i] = &row[i]
		}
		if err := rows.Scan(at...); err != nil {
			return nil, err
		}
		table.Rows = append(table.Rows, row)
	}
	return table, rows.Err()
}

// agree holds main of the database against the oracle's reading of the feed.
func agree(t *testing.T, dir, db string, options oracle.Options) {
	t.Helper()
	want, err := oracle.Tables(os.DirFS(dir), options)
	if err != nil {
		t.Fatal(err)
	}
	got := mainTables(t, db)
	for name := range want {
		if len(want[name].Columns) == 0 {
			delete(want, name) // a table without columns has no view
		}
	}
	for name, table := range got {
		if want[name] == nil {
			t.Errorf("main.%s is there and should not be: %v", name, table.Columns)
		}
	}
	for name, table := range want {
		if err := oracle.Compare(table, got[name]); err != nil {
			t.Errorf("main.%s: %v", name, err)
		}
	}
}

func failedIDs(s loader.Summary) []int64 {
	var ids []int64
	for _, f := range s.Failed {
		ids = append(ids, f.DumpID)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// TestWorlds loads random adversarial feeds all at once, one by one in a shuffled order, and
// in shuffled stages, with broken dumps that are mended in the end: main always is what
// the oracle reads from the feed.
func TestWorlds(t *testing.T) {
	t.Parallel()
	for _, seed := range sample.Seeds(t, sample.Worlds, 2, 200) {
		t.Run(strconv.Itoa(seed), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			w, err := oracle.NewWorld(uint64(seed), dir, oracle.WorldOptions{OddNames: seed%3 == 0})
			if err != nil {
				t.Fatal(err)
			}
			rng := rand.New(rand.NewPCG(uint64(seed), 7))
			broken := func(id int64) bool { return !slices.Contains(w.Broken, id) }

			once := filepath.Join(t.TempDir(), "once.duckdb")
			s := load(t, dir, once)
			if !slices.Equal(failedIDs(s), w.Broken) {
				t.Fatalf("failed: %v, want %v: %+v", failedIDs(s), w.Broken, s.Failed)
			}
			agree(t, dir, once, oracle.Options{Loaded: broken})

			staged, db := t.TempDir(), filepath.Join(t.TempDir(), "staged.duckdb")
			order := slices.Clone(w.DumpIDs)
			rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
			for len(order) > 0 {
				n := 1
				if seed%2 == 1 {
					n = 1 + rng.IntN(len(order))
				}
				if err := w.Stage(staged, order[:n]...); err != nil {
					t.Fatal(err)
				}
				order = order[n:]
				load(t, staged, db)
			}
			agree(t, dir, db, oracle.Options{Loaded: broken})

			if len(w.Broken) > 0 {
				if err := w.Heal(staged); err != nil {
					t.Fatal(err)
				}
				if s := load(t, staged, db); len(s.Failed) > 0 || len(s.Loaded) != len(w.Broken) {
					t.Fatalf("after mending: failed %v, loaded %d, want %d", s.Failed, len(s.Loaded), len(w.Broken))
				}
				agree(t, staged, db, oracle.Options{})
			}
			if s := load(t, staged, db); len(s.Loaded)+len(s.Failed) > 0 {
				t.Fatalf("a second load did something: %+v", s)
			}
		})
	}
}

package loader_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"smew/avro/avrotest"
	"smew/bucket"
	"smew/loader"
	"smew/loader/oracle"
	"smew/plan"
	"smew/sample"
)

func choose(b bucket.Bucket, db string, c *plan.Choice) (loader.Summary, error) {
	return loader.Run(context.Background(), loader.Feed{Name: "the feed", Bucket: b}, loader.Config{DB: db, Choice: c})
}

func mustChoose(t *testing.T, b bucket.Bucket, db string, c *plan.Choice) loader.Summary {
	t.Helper()
	s, err := choose(b, db, c)
	if err != nil || len(s.Failed) > 0 {
		t.Fatalf("choice %+v: %v, %+v", c, err, s.Failed)
	}
	return s
}

// TestChoiceWorlds: whatever was chosen before, and whichever dumps came in meanwhile, the database is what a
// first load with the last choice makes it.
func TestChoiceWorlds(t *testing.T) {
	t.Parallel()
	for _, seed := range sample.Seeds(t, sample.Worlds, 1, 40) {
		t.Run(strconv.Itoa(seed), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			_, err := oracle.NewWorld(uint64(seed)+900, dir, oracle.WorldOptions{OddNames: seed%3 == 0, Whole: true})
			if err != nil {
				t.Fatal(err)
			}
			b := dirFeed(t, dir).Bucket
			whole := filepath.Join(t.TempDir(), "whole.duckdb")
			mustChoose(t, b, whole, nil)
			var names []string
			for _, row := range selected(t, whole, "SELECT DISTINCT name FROM smew.tables ORDER BY ALL").Rows {
				names = append(names, fmt.Sprint(row[0]))
			}
			rng := rand.New(rand.NewPCG(uint64(seed), 11))
			db := filepath.Join(t.TempDir(), "chosen.duckdb")
			show := hideManifests(t, dir)
			var c plan.Choice
			for i := range 4 {
				show(func() bool { return i == 3 || rng.IntN(2) == 0 })
				for { // what would leave nothing, or names what is not there yet, is refused and changes nothing
					c = anyChoice(rng, names)
					s, err := choose(b, db, &c)
					var refused *plan.ChoiceError
					if err == nil && len(s.Failed) == 0 {
						break
					}
					if !errors.As(err, &refused) {
						t.Fatalf("choice %+v: %v, %+v", c, err, s.Failed)
					}
				}
				audited(t, b, db)
			}
			show(func() bool { return true })
			mustChoose(t, b, db, nil) // as remembered
			fresh := filepath.Join(t.TempDir(), "fresh.duckdb")
			mustChoose(t, b, fresh, &c)
			sameText(t, fmt.Sprintf("choice %+v", c), shown(t, fresh), shown(t, db))
			mustChoose(t, b, db, &plan.Choice{})
			audited(t, b, db)
			sameText(t, "all tables again", shown(t, whole), shown(t, db))
		})
	}
}

// hideManifests takes a feed's manifests away; what it returns brings those back that are asked for.
func hideManifests(t *testing.T, dir string) (show func(wanted func() bool)) {
	t.Helper()
	aside := t.TempDir()
	var hidden []string
	err := filepath.WalkDir(filepath.Join(dir, "manifests"), func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			hidden = append(hidden, path)
			err = os.Rename(path, filepath.Join(aside, strconv.Itoa(len(hidden)-1)))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return func(wanted func() bool) {
		for i, path := range hidden {
			if path == "" || !wanted() {
				continue
			}
			if err := os.Rename(filepath.Join(aside, strconv.Itoa(i)), path); err != nil {
				t.Fatal(err)
			}
			hidden[i] = ""
		}
	}
}

func anyChoice(rng *rand.Rand, names []string) (c plan.Choice) {
	some := func() (list []string) {
		for _, name := range names {
			if name != plan.Migrations && name != "" && !strings.Contains(name, "*") && rng.IntN(3) == 0 {
				list = append(list, name)
			}
		}
		return list
	}
	switch rng.IntN(3) {
	case 0:
		c.Include = some()
	case 1:
		c.Exclude = some()
	default:
		c.Include, c.Exclude = append(some(), "*s*"), some()
	}
	return c
}

// A table that is not wanted holds up nothing: its damaged part is not read. To have it again needs all of its parts,
// or the choice stays as it was.
func TestChoiceAndDamage(t *testing.T) {
	t.Parallel()
	b := bucket.NewMemory()
	w := writer{t, b, avrotest.Options{}}
	views := func(id int64) tableSpec {
		return tableSpec{Name: "views", Columns: []string{"event_id", "user_id"}, Rows: [][]any{{id, int64(1)}}}
	}
	for id := range int64(3) {
		d := clicks(id, []any{id, int64(1)})
		d.Tables = append(d.Tables, views(id))
		w.dump(d)
	}
	const part = "sync_1/_heap_table_name=views/part-00000-uuid.avro"
	content := read(t, b, part)
	b.Remove(part)
	db := filepath.Join(t.TempDir(), "x.duckdb")
	s := loadSome(t, b, db)
	if len(s.Failed) != 1 || s.Failed[0].DumpID != 1 {
		t.Fatalf("failed %+v", s.Failed)
	}
	s = mustChoose(t, b, db, &plan.Choice{Exclude: []string{"vie*"}})
	if want := (loader.ReloadedTable{Name: "views"}); len(s.Loaded) != 1 || len(s.Chosen) != 1 || s.Chosen[0] != want {
		t.Errorf("loaded %+v, chosen %+v", s.Loaded, s.Chosen)
	}
	audited(t, b, db)
	if got := fmt.Sprint(selected(t, db, "SELECT table_name FROM information_schema.tables WHERE table_schema = 'main' AND table_name IN ('clicks', 'views')").Rows); got != "[[clicks]]" {
		t.Errorf("tables %s", got)
	}
	before := shown(t, db) + ledger(t, db)
	if _, err := choose(b, db, &plan.Choice{}); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), part) {
		t.Fatalf("a table one of whose parts is gone: %v", err)
	}
	sameText(t, "after a choice that failed", before, shown(t, db)+ledger(t, db))
	var refused *plan.ChoiceError
	if _, err := choose(b, db, &plan.Choice{Include: []string{"Clicks"}}); !errors.As(err, &refused) || refused.Like != "clicks" || refused.Hint() == "" {
		t.Errorf("a name of nobody: %v", err)
	}
	if _, err := choose(b, db, &plan.Choice{Exclude: []string{"*"}}); !errors.As(err, &refused) || !refused.Nothing {
		t.Errorf("no table at all: %v", err)
	}
	sameText(t, "after choices that were refused", before, shown(t, db)+ledger(t, db))
	if s := mustChoose(t, b, db, nil); len(s.Chosen)+len(s.Loaded) > 0 {
		t.Errorf("a load without a choice: %+v", s)
	}
	if _, err := choose(b, filepath.Join(t.TempDir(), "none.duckdb"), &plan.Choice{Include: []string{"Clicks"}}); !errors.As(err, &refused) {
		t.Errorf("a name of nobody, at first: %v", err)
	}
	w.create(part, content)
	s = mustChoose(t, b, db, &plan.Choice{})
	if want := (loader.ReloadedTable{Name: "views", Dumps: 3, Parts: 3, Rows: 3}); len(s.Chosen) != 1 || s.Chosen[0] != want {
		t.Errorf("chosen %+v, want %+v", s.Chosen, want)
	}
	fresh := filepath.Join(t.TempDir(), "fresh.duckdb")
	loadWhole(t, b, fresh)
	sameText(t, "all tables again", shown(t, fresh), shown(t, db))
}

// A rebuild keeps the choice, a dry run does not make it, and what makes no sense is refused.
func TestChoiceIsKept(t *testing.T) {
	t.Parallel()
	b := bucket.NewMemory()
	w := writer{t, b, avrotest.Options{}}
	d := clicks(1, []any{int64(1), int64(1)})
	d.Tables = append(d.Tables, tableSpec{Name: "views", Columns: []string{"event_id", "user_id"}, Rows: [][]any{{int64(1), int64(1)}}})
	w.dump(d)
	db := filepath.Join(t.TempDir(), "x.duckdb")
	mustChoose(t, b, db, &plan.Choice{Include: []string{"views"}})
	want := shown(t, db)
	if _, err := rebuild(b, db); err != nil {
		t.Fatal(err)
	}
	sameText(t, "rebuilt", want, shown(t, db))
	dry := loader.Config{DB: db, Choice: &plan.Choice{Include: []string{"clicks"}}, DryRun: true}
	if _, err := loader.Run(context.Background(), loader.Feed{Name: "the feed", Bucket: b}, dry); err != nil {
		t.Fatal(err)
	}
	var refused *plan.ChoiceError
	if _, err := choose(b, db, &plan.Choice{Exclude: []string{plan.Migrations}}); !errors.As(err, &refused) {
		t.Errorf("no mappings: %v", err)
	}
	s := status(t, db)
	if !slices.Equal(s.Choice.Include, []string{"views"}) || !slices.Equal(s.Unwanted, []string{"clicks"}) {
		t.Errorf("status tells of %+v without %v", s.Choice, s.Unwanted)
	}
}

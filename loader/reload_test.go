package loader_test

import (
	"context"
	"encoding/json"
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

func reload(t *testing.T, f loader.Feed, db string, id int64, only ...string) loader.ReloadRecord {
	t.Helper()
	rec, err := loader.Reload(context.Background(), f, loader.Config{DB: db}, id, only)
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

// ledger is what the ledger says that does not depend on which load did what, and when.
func ledger(t *testing.T, db string) string {
	t.Helper()
	var b strings.Builder
	for _, statement := range []string{
		"SELECT dump_id, manifest_key, manifest_etag, digest, property_definitions, bytes FROM smew.dumps ORDER BY ALL",
		"FROM smew.manifests ORDER BY ALL",
		"SELECT * EXCLUDE (rows_superseded, rows_invalidated, listed, unlisted), listed::VARCHAR, unlisted::VARCHAR FROM smew.tables ORDER BY ALL",
		"SELECT name, sum(rows_superseded), sum(rows_invalidated) FROM smew.tables GROUP BY name ORDER BY ALL",
		"FROM smew.parts ORDER BY ALL",
		"SELECT * EXCLUDE (relation) FROM smew.held ORDER BY ALL",
		"SELECT * EXCLUDE (physical) FROM smew.columns ORDER BY ALL",
		"FROM smew.quarantine ORDER BY ALL",
		"SELECT dump_id, key, body, problem FROM smew.definitions ORDER BY ALL",
		"FROM smew.identities ORDER BY ALL",
		"SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'smew'",
		"SELECT schema_name, view_name FROM smew.views ORDER BY ALL",
	} {
		fmt.Fprintln(&b, statement)
		for _, row := range selected(t, db, statement).Rows {
			fmt.Fprintf(&b, "  %v\n", row)
		}
	}
	return b.String()
}

// mutate changes a dump's manifests, all copies of it alike.
func mutate(t *testing.T, dir string, id int64, change func(tables []any) []any) {
	t.Helper()
	err := filepath.WalkDir(filepath.Join(dir, "manifests"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".json") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var m map[string]any
		if json.Unmarshal(text, &m) != nil || m["dump_id"] != float64(id) {
			return nil
		}
		tables, _ := m["tables"].([]any)
		m["tables"] = change(tables)
		if text, err = json.Marshal(m); err != nil {
			return err
		}
		return os.WriteFile(path, text, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// anyChange is one of what can become of a manifest's tables.
func anyChange(seed uint64) func([]any) []any {
	return func(tables []any) []any {
		rng := rand.New(rand.NewPCG(seed, 11)) // each copy is changed alike
		if len(tables) == 0 {
			return tables
		}
		at := rng.IntN(len(tables))
		table := tables[at].(map[string]any)
		files, _ := table["files"].([]any)
		columns, _ := table["columns"].([]any)
		switch what := rng.IntN(6); {
		case what == 0:
			return slices.Delete(tables, at, at+1)
		case what == 1:
			slices.Reverse(tables)
		case what == 2 && len(files) > 0:
			table["files"] = slices.Delete(files, 0, 1)
		case what == 3 && len(files) > 1:
			slices.Reverse(files)
		case what == 4 && len(columns) > 0:
			table["columns"] = columns[:len(columns)-1]
		default:
			table["incremental"] = table["incremental"] == false
		}
		return tables
	}
}

func dryRun(t *testing.T, dir, db string) loader.Summary {
	t.Helper()
	s, err := loader.Run(context.Background(), dirFeed(t, dir), loader.Config{DB: db, DryRun: true})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestReloadWorlds changes manifests of loaded dumps, and reads those dumps again: the tables and the
// ledger are what a load from scratch makes of the feed as it is then.
func TestReloadWorlds(t *testing.T) {
	t.Parallel()
	for _, seed := range sample.Seeds(t, sample.Worlds, 1, 40) {
		t.Run(strconv.Itoa(seed), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			w, err := oracle.NewWorld(uint64(seed)+500, dir, oracle.WorldOptions{OddNames: seed%3 == 0, Whole: true})
			if err != nil {
				t.Fatal(err)
			}
			rng := rand.New(rand.NewPCG(uint64(seed), 7))
			db := filepath.Join(t.TempDir(), "reloaded.duckdb")
			load(t, dir, db)
			for round := range 1 + sample.Count(t, sample.Worlds, 0, 200)/50 {
				for range 3 {
					id := w.DumpIDs[rng.IntN(len(w.DumpIDs))]
					mutate(t, dir, id, anyChange(rng.Uint64()))
					if s := dryRun(t, dir, db); len(failedIDs(s)) > 1 || len(s.Failed) > 0 && (s.Failed[0].DumpID != id || !errors.Is(s.Failed[0].Err, plan.ErrChanged)) {
						t.Fatalf("a changed manifest of dump %d: %+v", id, s.Failed)
					}
					reload(t, dirFeed(t, dir), db, id)
				}
				if s := load(t, dir, db); len(s.Failed)+len(s.Loaded) > 0 {
					t.Fatalf("a load after reloading: %+v", s)
				}
				agree(t, dir, db, oracle.Options{})
				fresh := filepath.Join(t.TempDir(), "fresh.duckdb")
				load(t, dir, fresh)
				sameText(t, fmt.Sprintf("round %d", round), shown(t, fresh), shown(t, db))
				sameText(t, fmt.Sprintf("ledger, round %d", round), ledger(t, fresh), ledger(t, db))
			}
		})
	}
}

// A part that is gone from the bucket is named, of whichever dump it is, and leaves the database as it
// was; parts that were passed over at first are read when they count again.
func TestReloadNeedsEveryPart(t *testing.T) {
	t.Parallel()
	b := bucket.NewMemory()
	w := writer{t, b, avrotest.Options{}}
	w.dump(clicks(1, []any{int64(1), int64(1)}))
	resync := clicks(2, []any{int64(2), int64(1)})
	resync.Tables[0].Full = true
	w.dump(resync)
	w.dump(clicks(3, []any{int64(3), int64(1)}))
	f := loader.Feed{Name: "the feed", Bucket: b}
	db := filepath.Join(t.TempDir(), "x.duckdb")
	loadWhole(t, b, db)
	before := shown(t, db) + ledger(t, db)

	resync.Tables[0].Full = false
	b.Remove("manifests/sync_2.json")
	b.Remove("sync_2/_heap_table_name=clicks/part-00000-uuid.avro")
	w.dump(resync)
	const part = "sync_1/_heap_table_name=clicks/part-00000-uuid.avro"
	content := read(t, b, part)
	b.Remove(part)
	_, err := loader.Reload(context.Background(), f, loader.Config{DB: db}, 2, nil)
	if err == nil || !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), `reload dump 2: dump 1: fetch part "`+part+`"`) {
		t.Fatalf("a part that is gone: %v", err)
	}
	sameText(t, "after a reload that failed", before, shown(t, db)+ledger(t, db))

	w.create(part, content)
	rec := reload(t, f, db, 2)
	if want := (loader.ReloadedTable{Name: "clicks", Dumps: 3, Parts: 3, Rows: 3}); len(rec.Tables) != 1 || rec.Tables[0] != want {
		t.Errorf("%+v, want %+v", rec.Tables, want)
	}
	if got := fmt.Sprint(selected(t, db, "SELECT event_id FROM clicks ORDER BY ALL").Rows); got != "[[1] [2] [3]]" {
		t.Errorf("clicks %s", got)
	}
}

// Rows of tables that are not read again are shown, hidden and given to people by the mappings as they are now.
func TestReloadOfMappings(t *testing.T) {
	t.Parallel()
	b := bucket.NewMemory()
	w := writer{t, b, avrotest.Options{}}
	mapped := func(to int64) {
		b.Remove("manifests/sync_2.json")
		b.Remove("sync_2/_heap_table_name=user_migrations/part-00000-uuid.avro")
		w.dump(dumpSpec{ID: 2, Tables: []tableSpec{{Name: "user_migrations", Full: true, Columns: []string{"from_user_id", "to_user_id"}, Rows: [][]any{{int64(1), to}}}}})
	}
	w.dump(clicks(1, []any{int64(7), int64(1)}, []any{int64(7), int64(2)}))
	mapped(3)
	db := filepath.Join(t.TempDir(), "x.duckdb")
	loadWhole(t, b, db)
	for _, step := range []struct {
		to    int64
		shown string
	}{{2, "[[2]]"}, {4, "[[2] [4]]"}} {
		mapped(step.to)
		reload(t, loader.Feed{Name: "the feed", Bucket: b}, db, 2)
		if got := fmt.Sprint(selected(t, db, "SELECT user_id FROM main.clicks ORDER BY ALL").Rows); got != step.shown {
			t.Errorf("clicks when 1 is %d: of people %s, want %s", step.to, got, step.shown)
		}
	}
}

// What a reload refuses: a dump that is not loaded, one without a manifest, one table where more has
// changed, a table that the dump has not.
func TestReloadRefusals(t *testing.T) {
	t.Parallel()
	b := bucket.NewMemory()
	w := writer{t, b, avrotest.Options{}}
	for id := range int64(3) {
		w.dump(clicks(id, []any{id, int64(1)}))
	}
	f := loader.Feed{Name: "the feed", Bucket: b}
	db := filepath.Join(t.TempDir(), "x.duckdb")
	if _, err := loader.Reload(context.Background(), f, loader.Config{DB: db}, 1, nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no database: %v", err)
	}
	loadWhole(t, b, db)
	b.Remove("manifests/sync_1.json")
	b.Remove("manifests/sync_2.json")
	w.create("manifests/sync_2.json", []byte(`{"dump_id": 2, "tables": []}`))
	for _, c := range []struct {
		id   int64
		only []string
		want string
	}{
		{9, nil, "dump 9: it is not loaded"},
		{1, nil, "dump 1: there is no manifest of it in the feed"},
		{2, []string{"clicks"}, "reload dump 2: its manifest has changed, so that a part of it would not do"},
		{0, []string{"views"}, `reload dump 0: it has no table "views"`},
	} {
		if _, err := loader.Reload(context.Background(), f, loader.Config{DB: db}, c.id, c.only); err == nil || err.Error() != c.want {
			t.Errorf("dump %d, only %q: %v, want %s", c.id, c.only, err, c.want)
		}
	}
	if rec := reload(t, f, db, 2); len(rec.Tables) != 1 || rec.Tables[0].Dumps != 2 {
		t.Errorf("%+v", rec)
	}
	if rec := reload(t, f, db, 0, "clicks"); len(rec.Tables) != 1 || rec.Tables[0].Rows != 2 {
		t.Errorf("%+v", rec)
	}
}

// A reload is how rows come back that were set aside, once their part is mended.
func TestReloadOfQuarantine(t *testing.T) {
	t.Parallel()
	b := bucket.NewMemory()
	w := writer{t, b, avrotest.Options{}}
	w.dump(textIDs(1, false, []any{"1", "1", "1"}, []any{"x", "1", "1"}))
	db := filepath.Join(t.TempDir(), "x.duckdb")
	loadQuarantining(t, b, db)
	f := loader.Feed{Name: "the feed", Bucket: b}
	_, err := loader.Reload(context.Background(), f, loader.Config{DB: db}, 1, nil)
	if err == nil || !strings.Contains(err.Error(), "whole 64-bit number") || len(selected(t, db, "FROM smew.quarantine").Rows) != 1 {
		t.Fatal(err)
	}
	const part = "sync_1/_heap_table_name=clicks/part-00000-uuid.avro"
	b.Remove(part)
	w.create(part, w.part("clicks", textIDs(1, false, []any{"1", "1", "1"}, []any{"2", "1", "1"}).Tables[0].Parts[0].with("event_id", "user_id", "session_id")))
	reload(t, f, db, 1)
	if got := fmt.Sprint(selected(t, db, "SELECT count(*), (SELECT count(*) FROM smew.quarantine), (SELECT sum(own_quarantined) FROM smew.tables)::BIGINT FROM clicks").Rows); got != "[[2 0 0]]" {
		t.Error(got)
	}
}

func (p partSpec) with(fields ...string) partSpec {
	p.Fields = fields
	return p
}

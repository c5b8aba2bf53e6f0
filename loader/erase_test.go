package loader_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"smew/avro/avrotest"
	"smew/bucket"
	"smew/duck"
	"smew/erase"
	"smew/loader"
	"smew/sample"
)

func erased(t *testing.T, path string, who erase.Who) (found erase.Found) {
	t.Helper()
	inDatabase(t, path, func(ctx context.Context, tx *duck.Tx) (err error) {
		if err := loader.Migrate(ctx, tx); err != nil {
			return err
		}
		found, err = erase.Erase(ctx, tx, who, time.Now(), rand.Reader)
		return err
	})
	return found
}

// accounted holds that of every dump's rows it is known what became of them.
func accounted(t *testing.T, path string) {
	t.Helper()
	for name := range tablesOf(t, path, "delivered") {
		got := selected(t, path, `SELECT (SELECT count(*) FROM delivered.`+duck.Quote(name)+`) - sum(rows_read - own_superseded - own_invalidated - own_erased)::BIGINT
			FROM smew.tables WHERE name = '`+name+`'`)
		if got.Rows[0][0] != int64(0) {
			t.Errorf("%s: %v rows unaccounted for", name, got.Rows[0][0])
		}
	}
}

// TestEraseInAnyOrder erases the person with most ids before anything, between and after the dumps of a
// shop, whatever their order: the tables are the same each time, and everything else is as without.
func TestEraseInAnyOrder(t *testing.T) {
	t.Parallel()
	const dumps = 3
	whole := aShop(t, dumps)
	all := filepath.Join(t.TempDir(), "all.duckdb")
	loadWhole(t, whole, all)
	before := shown(t, all)
	most := selected(t, all, "SELECT canonical_id, min(user_id) FROM smew.identities GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1").Rows[0]
	canonical, mapped := most[0].(int64), most[1].(int64)
	found := erased(t, all, erase.Who{UserID: mapped})
	if len(found.IDs) < 2 || len(found.Tables) < 4 || found.Rows() == 0 {
		t.Fatalf("there is too little to erase: %+v", found)
	}
	want := shown(t, all)
	for _, id := range found.IDs {
		if strings.Contains(want, line(t, id)) && len(line(t, id)) > 6 {
			t.Errorf("id %d is still shown", id)
		}
	}
	gone := len(strings.Split(before, "\n")) - len(strings.Split(want, "\n"))
	if gone < int(found.Rows()) {
		t.Errorf("%d lines fewer for %d rows", gone, found.Rows())
	}
	accounted(t, all)

	orders := [][]int64{{1, 2, 3}, {3, 1, 2}}
	for _, n := range sample.Places(t, 2, len(orders)*dumps) {
		order, k := orders[n/dumps], n%dumps
		b, db := bucket.NewMemory(), filepath.Join(t.TempDir(), "some.duckdb")
		copyFeed(t, b, whole, "sync_")
		for i, id := range order {
			copyFeed(t, b, whole, "manifests/sync_"+line(t, id)[:1]+".json")
			if i == 0 || i == k {
				loadWhole(t, b, db)
			}
			if i == k {
				erased(t, db, erase.Who{UserID: canonical})
			}
		}
		loadWhole(t, b, db)
		sameText(t, fmt.Sprintf("erased after %d of %v", k+1, order), want, shown(t, db))
		accounted(t, db)
	}
}

func copyFeed(t *testing.T, to, from bucket.Bucket, prefix string) {
	t.Helper()
	for o, err := range from.List(context.Background(), prefix) {
		if err != nil {
			t.Fatal(err)
		}
		writer{t, to, avrotest.Options{}}.create(o.Key, read(t, from, o.Key))
	}
}

const erasedEmail, erasedID = "needle@haystack.example", int64(0x0011_2233_4455_6677)

// personFeed delivers two people in tables of every kind; the second one's rows are told by their text.
func personFeed(dump int64, full bool, mappings ...[]any) dumpSpec {
	other := int64(7)
	return dumpSpec{ID: dump, Tables: []tableSpec{
		{Name: "user_migrations", Full: true, Columns: []string{"from_user_id", "to_user_id", "why"}, Rows: append([][]any{}, mappings...)},
		{Name: "users", Full: full, Columns: []string{"user_id", "identity", "email", "city"},
			Rows: [][]any{{other, "ada", "ada@x", "Basel"}, {erasedID, "needle", erasedEmail, "needletown"}}},
		{Name: "clicks", Full: full, Columns: []string{"event_id", "user_id", "target"},
			Rows: [][]any{{dump, other, "home"}, {dump, erasedID, "needle clicked"}, {100 + dump, int64(9), "nine"}}},
		{Name: "notes", Full: full, Columns: []string{"user_id", "text"}, Rows: [][]any{{other, "fine"}, {erasedID, "needle noted"}, {nil, "nobody"}}},
	}}
}

// TestEraseLeavesNoCopy searches the bytes of the file and all beside it, with rows stored as they are: what
// is there before is gone after, and neither a later dump, a resync nor mappings bring it back.
func TestEraseLeavesNoCopy(t *testing.T) {
	t.Parallel()
	ctx, memory, dir := context.Background(), bucket.NewMemory(), t.TempDir()
	w, path := writer{t, memory, avrotest.Options{}}, filepath.Join(dir, "x.duckdb")
	plain := duck.Options{Uncompressed: true}
	run := func() loader.Summary {
		t.Helper()
		s, err := loader.Run(ctx, loader.Feed{Name: "the feed", Bucket: memory}, loader.Config{DB: path, Duck: plain})
		if err != nil || len(s.Failed) > 0 {
			t.Fatal(s.Failed, err)
		}
		return s
	}
	w.dump(personFeed(1, true, []any{erasedID, int64(8), "needle mapped"}))
	run()
	for _, text := range needles() {
		if places(t, dir, text) == nil {
			t.Errorf("%q is not found before", text)
		}
	}
	found := erased(t, path, erase.Who{Identity: "needle"})
	if len(found.IDs) != 2 || found.Rows() != 4 || len(found.Parts) != 4 || !strings.Contains(found.Parts[0].Key, "sync_1/") {
		t.Errorf("found %+v", found)
	}
	due := func() (due bool) {
		inDatabase(t, path, func(ctx context.Context, tx *duck.Tx) (err error) { due, err = erase.Due(ctx, tx); return err })
		return due
	}
	if !due() {
		t.Error("the file is not said to be due for rewriting")
	}
	clean := func(when string) {
		t.Helper()
		for _, text := range needles() {
			if at := places(t, dir, text); at != nil {
				t.Errorf("%s: %q is in %v", when, text, at)
			}
		}
	}
	if _, err := duck.Compact(ctx, path, duck.CompactOptions{Options: plain}); err != nil {
		t.Fatal(err)
	}
	inDatabase(t, path, erase.Rewritten)
	if due() {
		t.Error("the rewriting was not noted")
	}
	clean("after erasing")
	w.dump(personFeed(2, false, []any{erasedID, int64(8), "needle mapped"}, []any{int64(9), int64(7), "no matter"}))
	w.dump(personFeed(5, true, []any{erasedID, int64(8), "needle mapped"}, []any{int64(9), int64(7), "no matter"}))
	w.dump(personFeed(4, false))
	s := run()
	clean("after three more dumps")
	if due() {
		t.Error("rows that were kept out make a rewriting due")
	}
	if got := selected(t, path, "SELECT count(*), (SELECT count(*) FROM main.users), (SELECT count(*) FROM main.notes), (SELECT any_value(why) FROM main.user_migrations) FROM main.clicks"); line(t, got.Rows[0]) != `[2,1,2,"no matter"]` {
		t.Errorf("left: %v", line(t, got.Rows[0]))
	}
	if rec := s.Loaded[0]; rec.Tables[1].Erased != 1 || rec.Tables[0].Erased != 1 {
		t.Errorf("erased rows are not told: %+v", rec)
	}
	accounted(t, path)
}

func needles() []string {
	id := binary.LittleEndian.AppendUint64(nil, uint64(erasedID))
	return []string{erasedEmail, "needletown", "needle clicked", "needle noted", "needle mapped", string(id)}
}

// places are the files below a folder that hold a text.
func places(t *testing.T, dir, text string) (found []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if bytes.Contains(content, []byte(text)) {
			found = append(found, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestEraseSpreads holds what later mappings make of ids: whoever they make one person with an erased id goes
// with it, over any number of others; the mapping that counts decides, and whom it took from others stands apart.
func TestEraseSpreads(t *testing.T) {
	t.Parallel()
	memory := bucket.NewMemory()
	w, db := writer{t, memory, avrotest.Options{}}, filepath.Join(t.TempDir(), "x.duckdb")
	step := func(dump int64, mappings ...[]any) loader.Summary {
		t.Helper()
		d := dumpSpec{ID: dump, Tables: []tableSpec{{Name: "user_migrations", Full: true, Columns: []string{"from_user_id", "to_user_id"}, Rows: append([][]any{}, mappings...)}}}
		if dump == 1 {
			rows, people := [][]any{}, [][]any{}
			for id := range int64(8) {
				rows = append(rows, []any{int64(1), id}) // one event of everybody
				people = append(people, []any{id, line(t, id)[:1]})
			}
			d.Tables = append(d.Tables, tableSpec{Name: "clicks", Columns: []string{"event_id", "user_id"}, Rows: rows},
				tableSpec{Name: "users", Columns: []string{"user_id", "identity"}, Rows: people})
		}
		w.dump(d)
		return loadWhole(t, memory, db)
	}
	clicked := func() string {
		got := selected(t, db, "SELECT list(user_id ORDER BY user_id)::VARCHAR || (SELECT list(user_id ORDER BY user_id)::VARCHAR FROM main.users) || (SELECT list(user_id ORDER BY user_id)::VARCHAR FROM delivered.clicks) FROM main.clicks")
		return got.Rows[0][0].(string)
	}
	row := func(from, to int64) []any { return []any{from, to} }
	step(1, row(1, 2), row(3, 4))
	erased(t, db, erase.Who{UserID: 1})
	if got, want := clicked(), "[0, 4, 5, 6, 7][0, 4, 5, 6, 7][0, 3, 4, 5, 6, 7]"; got != want {
		t.Fatalf("erased: %s, want %s", got, want)
	}
	// 3 is 4's no more: it turns out to be an erased person's, and 4's own row shows again. 5 was mapped to an
	// erased id by a row that does not count.
	s := step(2, row(1, 0), row(1, 2), row(3, 6), row(6, 2), row(5, 2), row(5, 0))
	if got, want := clicked(), "[0, 4, 7][0, 4, 7][0, 4, 5, 7]"; got != want {
		t.Errorf("joined: %s, want %s", got, want)
	}
	if got := selected(t, db, "FROM main.user_migrations"); line(t, got.Rows) != "[[5,0]]" {
		t.Errorf("mappings kept: %v", got.Rows)
	}
	if len(s.Warnings) != 1 || !strings.Contains(s.Warnings[0], "2 more ids") || !strings.Contains(s.Warnings[0], "4 rows") {
		t.Errorf("warnings %q", s.Warnings)
	}
	// What was erased stays so when its mapping is taken back, and a ring goes with any of its ids.
	step(3, row(7, 6), row(6, 7))
	if got, want := clicked(), "[0, 4, 5][0, 4, 5][0, 4, 5]"; got != want {
		t.Errorf("a ring: %s, want %s", got, want)
	}
	accounted(t, db)
	view(t, db, func(ctx context.Context, tx *duck.Tx) error {
		s, err := loader.ReadStatus(ctx, tx)
		if s.Erased.IDs != 5 || s.Erased.People != 1 || !s.Erased.Due {
			t.Errorf("status: %+v", s.Erased)
		}
		return err
	})
}

// A rebuilt database remembers whom the old one erased; a person is named by one identity, or an error says why not.
func TestEraseNames(t *testing.T) {
	t.Parallel()
	memory := bucket.NewMemory()
	w, old, fresh := writer{t, memory, avrotest.Options{}}, filepath.Join(t.TempDir(), "old.duckdb"), filepath.Join(t.TempDir(), "fresh.duckdb")
	w.dump(personFeed(1, true))
	d := clicks(2)
	d.Tables = []tableSpec{{Name: "users", Columns: []string{"user_id", "identity"}, Rows: [][]any{{int64(1), "twin"}, {int64(2), "twin"}, {nil, "nobody"}}}}
	w.dump(d)
	loadWhole(t, memory, old)
	inDatabase(t, old, func(ctx context.Context, tx *duck.Tx) error {
		var unknown *erase.UnknownError
		for _, name := range []string{"nobody", "' OR '1' = '1", "NEEDLE"} {
			if _, err := erase.Find(ctx, tx, erase.Who{Identity: name}); !errors.As(err, &unknown) || unknown.Hint() == "" {
				t.Errorf("%s: %v", name, err)
			}
		}
		var several *erase.SeveralError
		if _, err := erase.Find(ctx, tx, erase.Who{Identity: "twin"}); !errors.As(err, &several) || len(several.IDs) != 2 {
			t.Errorf("twin: %v", err)
		}
		return nil
	})
	erased(t, old, erase.Who{Identity: "needle"})
	want := shown(t, old)
	view(t, old, func(ctx context.Context, from *duck.Tx) error {
		inDatabase(t, fresh, func(ctx context.Context, to *duck.Tx) error {
			return errors.Join(loader.Migrate(ctx, to), erase.Carry(ctx, from, to))
		})
		return nil
	})
	loadWhole(t, memory, fresh)
	sameText(t, "rebuilt", want, shown(t, fresh))
}

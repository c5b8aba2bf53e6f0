package spark_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"smew/avro"
	"smew/duck"
	"smew/erase"
	"smew/spark"
)

// shop is a feed of three dumps by hand, in which everything of ada, who has the ids 11 and 12, says so.
type shop struct {
	t   *testing.T
	dir string
}

func (s shop) dump(id int, tables ...string) {
	s.t.Helper()
	s.write(fmt.Sprintf("manifests/sync_%d.json", id), []byte(fmt.Sprintf(`{"dump_id": %d, "tables": [%s], "property_definitions": null}`, id, strings.Join(tables, ","))))
}

func (s shop) write(key string, body []byte) {
	s.t.Helper()
	path := filepath.Join(s.dir, key)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(path, body, 0o644); err != nil {
		s.t.Fatal(err)
	}
}

// table writes a part and gives the manifest's entry. Cells of ids are numbers, or texts where the part has texts there.
func (s shop) table(id int, name string, incremental bool, columns string, rows ...string) string {
	s.t.Helper()
	var body bytes.Buffer
	var typed []avro.Column
	names := strings.Fields(columns)
	for _, c := range names {
		kind := avro.Text
		if strings.HasSuffix(c, "_id") && !strings.Contains(rows[0], "\"") {
			kind = avro.Long
		}
		typed = append(typed, avro.Column{Name: c, Kind: kind})
	}
	w, err := avro.NewWriter(&body, typed, avro.WriterOptions{Codec: "null"})
	if err != nil {
		s.t.Fatal(err)
	}
	for _, row := range rows {
		for i, cell := range strings.Fields(strings.Trim(row, "\"")) {
			var n int64
			switch _, err := fmt.Sscan(cell, &n); {
			case cell == "-":
				w.Null()
			case typed[i].Kind == avro.Long && err == nil:
				w.Long(n)
			default:
				w.Text(cell)
			}
		}
		if err := w.EndRow(); err != nil {
			s.t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		s.t.Fatal(err)
	}
	key := fmt.Sprintf("sync_%d/%s/part-00000.avro", id, name)
	s.write(key, body.Bytes())
	return fmt.Sprintf(`{"name": %q, "files": ["s3://feed/%s"], "incremental": %v, "columns": ["%s"]}`, name, key, incremental, strings.Join(names, `","`))
}

const (
	userColumns  = "user_id joindate last_modified identity handle email city"
	eventColumns = "event_id user_id session_id time note"
)

// first are the dumps before ada is erased: she is two ids, of whom rows give way to each other, and Bert is not her.
func (s shop) first() {
	s.dump(1, s.table(1, "users", true, userColumns, "11 1000 1000 ada@secret ada-secret ada@secret Secretville", "20 1000 1000 bert bert bert@mail Bonn"),
		s.table(1, "pageviews", true, eventColumns, "1 11 5 1000 secret-first", "2 20 6 1001 public", "3 11 5 1002 secret-third"))
	s.dump(2, s.table(2, "users", true, userColumns, "12 900 2000 ada@secret ada-secret ada@secret Secrettown"),
		s.table(2, "pageviews", true, eventColumns, "1 11 5 1000 secret-again", "4 12 7 1003 secret-other", "5 20 6 1004 public"),
		s.table(2, "user_migrations", false, "from_user_id to_user_id", "12 11", "30 31"))
}

// holding are the files of a folder that hold a text, as they are or in a column's least and greatest values.
func holding(t *testing.T, dir, text string) (found []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := os.ReadFile(path)
		if err == nil && filepath.Ext(path) == ".avro" {
			body, err = inflated(t, path)
		}
		if bytes.Contains(bytes.ToLower(body), []byte(text)) {
			found = append(found, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// inflated is an Avro file's content, which is compressed.
func inflated(t *testing.T, path string) ([]byte, error) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	file, err := avro.Open(f, info.Size(), avro.Limits{})
	if err != nil {
		return nil, err
	}
	d, err := avro.NewDecoder(file, nil)
	if err != nil {
		return nil, err
	}
	var all []byte
	var block avro.Block
	var batch avro.Batch
	for file.Next(&block) == nil {
		if err := d.Block(&block); err != nil {
			return nil, err
		}
		if _, err := d.Rows(&batch, 1); err != nil {
			return nil, err
		}
		all = append(all, batch.Data...)
	}
	return all, nil
}

// erased has a person erased from both, killed before each kind of step on the way, and looks into all files.
func erased(t *testing.T, s *server) {
	warehouse := s.warehouse(t)
	b := s.fresh(t)
	feed := shop{t, b.dir}
	feed.first()
	b.load()
	b.agree()
	if len(holding(t, warehouse, "secret")) == 0 {
		t.Fatal("no file has what is to be erased: nothing is tested")
	}
	found, err := spark.Find(t.Context(), b.session, spark.Place{}, erase.Who{UserID: 12})
	if err != nil || !slices.Equal(found.IDs, []int64{11, 12}) || found.Rows() != 7 {
		t.Fatalf("found %+v, %v", found, err)
	}
	b.killedErasing(warehouse, erase.Who{Identity: "ada@secret"})
	b.eraseFromDuck(erase.Who{UserID: 11})
	b.agree()
	if files := holding(t, warehouse, "secret"); files != nil {
		t.Errorf("files hold what was erased: %q", files)
	}
	b.audited(nil)
	// Whoever becomes her later is erased with her, in whatever dump they come.
	feed.dump(3, feed.table(3, "users", false, userColumns, "11 1 1 ada@secret x secret@x y", "13 1 1 ada@secret x secret@x y", "20 1000 1000 bert bert bert@mail Berlin"),
		feed.table(3, "pageviews", true, eventColumns, "6 13 5 1000 secret-13", "7 20 6 1001 public", "8 11 1 1 secret-11"))
	b.load()
	b.agree()
	feed.dump(4, feed.table(4, "user_migrations", false, "from_user_id to_user_id", "13 12", "12 11", "30 31"),
		feed.table(4, "pageviews", true, eventColumns, "9 13 5 1000 secret-13"))
	b.load()
	b.agree()
	b.audited(nil)
	if state := b.state(); !state.Unwiped || len(state.Erasing) > 0 {
		t.Errorf("after a load that made somebody an erased person: %v, %v", state.Unwiped, state.Erasing)
	}
	done, err := spark.Maintain(t.Context(), b.session, spark.Maintenance{})
	if err != nil || !done.Wiped {
		t.Fatalf("%+v, %v", done, err)
	}
	if files := holding(t, warehouse, "secret"); files != nil {
		t.Errorf("files hold who became an erased person: %q", files)
	}
	b.agree()
}

// killedErasing erases somebody with Spark, and dies before kinds of steps on the way, before two each day or each if SMEW_TEST_STEPS says so.
func (b *both) killedErasing(warehouse string, who erase.Who) {
	b.t.Helper()
	d := newDeaths(b.t, b.session, "wipe", "commit", "erase", "publish", "rewrite", "branch", "expire", "tag", "empty")
	for {
		m, before := d.next()
		_, err := spark.Erase(b.t.Context(), m, who, spark.Options{Before: before, TakeLock: true, Who: "a test"})
		var unknown *erase.UnknownError
		switch {
		case err == nil || errors.As(err, &unknown) && !b.state().Unwiped:
			d.done()
			return
		case !errors.Is(err, errDead):
			b.t.Fatal(err)
		}
		if slices.Contains([]string{"wipe", "rewrite"}, d.last()) && len(holding(b.t, warehouse, "secret")) == 0 {
			b.t.Error("when the rows are removed no file has them: there was nothing to wipe")
		}
	}
}

func (b *both) eraseFromDuck(who erase.Who) {
	b.t.Helper()
	db, err := duck.Open(b.t.Context(), b.db, duck.Options{})
	if err != nil {
		b.t.Fatal(err)
	}
	defer db.Close()
	err = db.Update(b.t.Context(), func(tx *duck.Tx) error {
		_, err := erase.Erase(b.t.Context(), tx, who, time.Now(), bytes.NewReader(make([]byte, 32)))
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *both) state() *spark.State {
	b.t.Helper()
	state, err := spark.ReadState(b.t.Context(), b.session, spark.Place{})
	if err != nil {
		b.t.Fatal(err)
	}
	return state
}

// aside has a row that cannot be read, a part that is cut off and one that is missing: each is named as by a load into DuckDB, and nothing of
// its dump shows until it is mended.
func aside(t *testing.T, s *server) {
	b := s.fresh(t)
	feed := shop{t, b.dir}
	feed.first()
	feed.dump(3, feed.table(3, "pageviews", true, eventColumns, "\"10 20 5 1000 fine\"", "\"11 nobody 5 1000 secret\"", "\"12 20 5 1000 fine\""))
	feed.dump(4, feed.table(4, "pageviews", true, eventColumns, "13 20 5 1000 cut"))
	feed.dump(5, feed.table(5, "pageviews", true, eventColumns, "14 20 5 1000 gone"))
	feed.dump(6, feed.table(6, "pageviews", true, eventColumns, "15 20 5 1000 later"))
	cut, gone := filepath.Join(b.dir, "sync_4/pageviews/part-00000.avro"), filepath.Join(b.dir, "sync_5/pageviews/part-00000.avro")
	body, err := os.ReadFile(cut)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.WriteFile(cut, body[:len(body)-5], 0o644), os.Rename(gone, gone+".away")); err != nil {
		t.Fatal(err)
	}
	got := b.load()
	b.agree()
	want := b.duck()
	for i, f := range want.Failed {
		if len(got.Failed) != 3 || got.Failed[i].Reason != f.Reason {
			t.Errorf("Spark: %+v\nDuckDB: %s", got.Failed, f.Reason)
		}
	}
	if a := b.state().Attempts["manifests/sync_4.json"]; !strings.Contains(a.Error, "part-00000.avro") || a.DumpID != 4 {
		t.Errorf("remembered: %+v", a)
	}
	if err := errors.Join(os.WriteFile(cut, body, 0o644), os.Rename(gone+".away", gone)); err != nil {
		t.Fatal(err)
	}
	b.quarantine = true
	got = b.load()
	b.agree()
	b.audited(nil)
	if len(got.Failed) > 0 || len(b.state().Attempts) > 0 || !slices.ContainsFunc(got.Warnings, func(w string) bool { return strings.Contains(w, "meta.quarantine, such as row 2 of sync_3/") }) {
		t.Errorf("after mending: %+v", got)
	}
	rows, err := b.session.Rows(t.Context(), "SELECT smew_dump_id, part_key, `row`, column_name, reason, content FROM heap.meta.quarantine")
	if want := `[[3 sync_3/pageviews/part-00000.avro 2 user_id "nobody" is not a whole 64-bit number {"event_id":"11","user_id":"nobody","session_id":"5","time":"1000","note":"secret"}]]`; err != nil || fmt.Sprint(rows) != want {
		t.Errorf("set aside: %v, %v", rows, err)
	}
	b.chosen("pageviews", func() { feed.dump(7, feed.table(7, "pageviews", true, eventColumns, "16 20 5 1000 last")) })
	b.audited(nil)
	// A planted difference is found, and nothing else.
	if err := b.session.Exec(t.Context(), "DELETE FROM heap.raw.pageviews WHERE event_id = 15"); err != nil {
		t.Fatal(err)
	}
	b.audited([]string{"unaccounted", "row-changed"})
}

// audited has the cluster audited: these checks find something.
func (b *both) audited(want []string) {
	b.t.Helper()
	feed, _ := b.places()
	report, err := spark.Verify(b.t.Context(), feed, b.session, spark.Place{}, nil)
	var got []string
	for _, d := range report.Differences {
		got = append(got, string(d.Check))
	}
	if err != nil || !slices.Equal(got, want) {
		b.t.Errorf("verify found %q, want %q: %v, %+v", got, want, err, report.Differences)
	}
}

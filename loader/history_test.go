package loader_test

import (
	"path/filepath"
	"slices"
	"testing"

	"smew/avro/avrotest"
	"smew/bucket"
	"smew/duck"
	"smew/loader"
)

func history(t *testing.T, db string, most int) (h loader.History, catalog []loader.CatalogTable) {
	t.Helper()
	file, err := duck.Open(t.Context(), db, duck.Options{ReadOnly: true, Confined: true})
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	err = file.View(t.Context(), func(tx *duck.Tx) (err error) {
		if h, err = loader.ReadHistory(t.Context(), tx, most); err != nil {
			return err
		}
		catalog, err = loader.ReadCatalog(t.Context(), tx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return h, catalog
}

// The history has the last load first, with what it did to each table; a failed manifest's tries are counted; and the
// catalog has what an analyst queries, not what holds the rows.
func TestHistory(t *testing.T) {
	t.Parallel()
	b := bucket.NewMemory()
	w := writer{t, b, avrotest.Options{}}
	db := filepath.Join(t.TempDir(), "x.duckdb")
	w.dump(textIDs(2, false, []any{"1", "1", "1"}, []any{"2", "1", "1"}))
	loadQuarantining(t, b, db)
	w.dump(textIDs(1, false, []any{"1", "1", "1"}, []any{"3", "1", "1"})) // late
	loadQuarantining(t, b, db)
	w.dump(textIDs(3, false, []any{"2", "1", "1"}, []any{"x", "1", "1"}, []any{"4", "1", "1"}))
	for range 3 {
		loadSome(t, b, db)
	}
	h, _ := history(t, db, 10)
	if tries := h.Tries["manifests/sync_3.json"]; len(h.Tries) != 1 || tries.Count < 3 || tries.First.IsZero() {
		t.Errorf("tries %+v", h.Tries)
	}
	loadQuarantining(t, b, db)
	if h, _ := history(t, db, 1); h.Dumps[0].Tables[0].Quarantined != 1 {
		t.Errorf("%+v", h.Dumps)
	}
	w.dump(textIDs(4, true, []any{"9", "1", "1"}))
	loadQuarantining(t, b, db)

	h, catalog := history(t, db, 10)
	type counts struct{ dump, rows, superseded, invalidated, quarantined int64 }
	var got []counts
	for _, d := range h.Dumps {
		if len(d.Tables) != 1 || d.Tables[0].Name != "clicks" || d.Tables[0].Files != 1 || !d.Tables[0].Read || d.Tables[0].FullResync != (d.DumpID == 4) || d.Bytes == 0 {
			t.Fatalf("%+v", d)
		}
		c := d.Tables[0]
		got = append(got, counts{d.DumpID, c.Rows, c.Superseded, c.Invalidated, c.Quarantined})
	}
	if want := []counts{{4, 1, 0, 4, 0}, {3, 3, 1, 0, 0}, {1, 2, 1, 0, 0}, {2, 2, 0, 0, 0}}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if h, _ := history(t, db, 2); len(h.Dumps) != 2 || h.Dumps[1].DumpID != 3 || len(h.Dumps[1].Tables) != 1 {
		t.Errorf("the last two are %+v", h.Dumps)
	}

	var names []string
	for _, c := range catalog {
		names = append(names, c.Schema+"."+c.Name)
	}
	if slices.Contains(names, "smew.held_1") || names[0] != "main.all_events" || !slices.Contains(names, "delivered.clicks") || !slices.Contains(names, "smew.dumps") {
		t.Errorf("the catalog has %q", names)
	}
	if c := catalog[0].Columns; len(c) != 5 || c[1] != (loader.CatalogColumn{Name: "event_id", Type: "BIGINT"}) {
		t.Errorf("%+v", c)
	}
}

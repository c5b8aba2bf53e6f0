package loader_test

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"smew/avro/avrotest"
	"smew/bucket"
	"smew/feed"
	"smew/plan"
)

// TestR1ManifestFaults: a manifest that cannot be used fails by name and holds up nothing else (R1, R3).
func TestR1ManifestFaults(t *testing.T) {
	t.Parallel()
	good := dumpSpec{ID: 9, Tables: []tableSpec{{Name: "clicks", Columns: []string{"event_id", "user_id"}, Rows: [][]any{{int64(1), int64(1)}}}}}
	outside := `{"dump_id": 5, "tables": [{"name": "users", "files": ["s3://another/x.avro", "s3://else/y.avro"], "columns": [], "incremental": true}], "property_definitions": null}`
	up := strings.ReplaceAll(outside, "another/x.avro", "another/../x.avro")
	one := `{"dump_id": 5, "tables": [], "property_definitions": null}`
	two := `{"dump_id": 5, "tables": [{"name": "users", "files": [], "columns": ["user_id"], "incremental": true}], "property_definitions": null}`
	isConflict := func(err error) bool { return errors.Is(err, plan.ErrConflict) }
	for _, c := range []struct {
		name  string
		files map[string]string
		keys  []string // of the failures
		id    int64
		kind  func(error) bool
	}{
		{"torn", map[string]string{"sync_5.json": one[:20]}, []string{"sync_5.json"}, -1, holds[*feed.ManifestError]},
		{"empty", map[string]string{"sync_5.json": ""}, []string{"sync_5.json"}, -1, holds[*feed.ManifestError]},
		{"no manifest", map[string]string{"sync_5.json": `[]`}, []string{"sync_5.json"}, -1, holds[*feed.ManifestError]},
		{"conflicting", map[string]string{"sync_5.json": one, "deeper/copy.json": two}, []string{"deeper/copy.json", "sync_5.json"}, 5, isConflict},
		{"outside", map[string]string{"sync_5.json": outside}, []string{"sync_5.json"}, 5, holds[*plan.OutsideError]},
		{"up", map[string]string{"sync_5.json": up}, []string{"sync_5.json"}, 5, holds[*feed.RefError]},
		{"a table twice", map[string]string{"sync_5.json": strings.Replace(two, `"tables": [`, `"tables": [{"name": "users", "files": [], "columns": [], "incremental": true},`, 1)}, []string{"sync_5.json"}, -1, holds[*feed.ManifestError]},
		{"other objects", map[string]string{"sync_5.json.bak": "x", "README": "x", "sync_6": one}, nil, 0, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			memory := bucket.NewMemory()
			w := writer{t, memory, avrotest.Options{}}
			for name, text := range c.files {
				w.create("manifests/"+name, []byte(text))
			}
			w.dump(good)
			db := filepath.Join(t.TempDir(), "x.duckdb")
			s := loadSome(t, memory, db)
			if len(s.Loaded) != 1 || s.Loaded[0].DumpID != 9 {
				t.Errorf("loaded %+v", s.Loaded)
			}
			var keys []string
			for _, f := range s.Failed {
				keys = append(keys, strings.TrimPrefix(f.Key, "manifests/"))
				if f.DumpID != c.id || f.Reason != f.Err.Error() {
					t.Errorf("failure %+v", f)
				}
				if !c.kind(f.Err) {
					t.Errorf("%v (%T) is of the wrong kind", f.Err, f.Err)
				}
			}
			slices.Sort(keys)
			if !slices.Equal(keys, c.keys) {
				t.Errorf("failed %v, want %v", keys, c.keys)
			}
			// Mended (here: taken away, or one of two), the second run has nothing to complain of.
			for i, key := range c.keys {
				if i == 0 {
					memory.Remove("manifests/" + key)
				}
			}
			s = loadSome(t, memory, db)
			if len(s.Failed) > 0 || (len(c.keys) == 2) != (len(s.Loaded) == 1) {
				t.Errorf("after mending: %+v, loaded %+v", s.Failed, s.Loaded)
			}
		})
	}
}

// A manifest that changes after its dump was loaded is reported at every run and never loaded again; a
// copy with equal content is no fault.
func TestChangedManifest(t *testing.T) {
	t.Parallel()
	memory := bucket.NewMemory()
	w := writer{t, memory, avrotest.Options{}}
	spec := dumpSpec{ID: 4, Tables: []tableSpec{{Name: "clicks", Columns: []string{"event_id", "user_id"}, Rows: [][]any{{int64(1), int64(1)}}}}}
	w.dump(spec)
	db := filepath.Join(t.TempDir(), "x.duckdb")
	loadWhole(t, memory, db)
	before := shown(t, db)

	text := string(read(t, memory, feed.ManifestKey(4)))
	w.create("manifests/copy.json", []byte(strings.ReplaceAll(text, "\n", " ")))
	if s := loadWhole(t, memory, db); len(s.Loaded) != 0 {
		t.Errorf("a copy was loaded: %+v", s.Loaded)
	}
	overwrite(t, memory, feed.ManifestKey(4), strings.Replace(text, `"user_id"`, `"user_id", "more"`, 1))
	for range 2 {
		s := loadSome(t, memory, db)
		if len(s.Failed) != 1 || s.Failed[0].DumpID != 4 || !errors.Is(s.Failed[0].Err, plan.ErrChanged) || len(s.Loaded) != 0 {
			t.Fatalf("%+v", s)
		}
	}
	sameText(t, "after the change", before, shown(t, db))
	overwrite(t, memory, feed.ManifestKey(4), text)
	if s := loadWhole(t, memory, db); len(s.Loaded) != 0 {
		t.Errorf("%+v", s.Loaded)
	}
}

func read(t *testing.T, b bucket.Bucket, key string) []byte {
	t.Helper()
	o, err := bucket.Stat(context.Background(), b, key)
	if err != nil {
		t.Fatal(err)
	}
	content, err := bucket.ReadAll(context.Background(), b, o, 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func overwrite(t *testing.T, b bucket.Bucket, key, content string) {
	t.Helper()
	err := b.Create(context.Background(), key, bytes.NewReader([]byte(content)), bucket.Options{Overwrite: true})
	if err != nil {
		t.Fatal(err)
	}
}

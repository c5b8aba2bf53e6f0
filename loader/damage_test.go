package loader_test

import (
	"context"
	"errors"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"smew/avro"
	"smew/avro/avrotest"
	"smew/bucket"
	"smew/duck"
	"smew/loader"
	"smew/plan"
	"smew/stage"
)

// damagedDump is dump 2 of three: clicks has the part that is damaged, the other tables must not show either.
func damagedDumps() []dumpSpec {
	columns := []string{"event_id", "user_id", "href"}
	rows := func(from, to int64) (rows [][]any) {
		for i := from; i <= to; i++ {
			rows = append(rows, []any{i, int64(1), strings.Repeat("some text ", 8)})
		}
		return rows
	}
	migrations := func(to int64) tableSpec {
		return tableSpec{Name: plan.Migrations, Columns: []string{"from_user_id", "to_user_id"}, Rows: [][]any{{int64(1), to}}}
	}
	return []dumpSpec{
		{ID: 1, Tables: []tableSpec{{Name: "clicks", Columns: columns, Rows: rows(1, 5)}, migrations(10)}},
		{ID: 2, Tables: []tableSpec{
			migrations(20),
			{Name: "views", Full: true, Columns: columns, Rows: rows(1, 5)},
			{Name: "clicks", Full: true, Columns: append([]string{"new"}, columns...), Parts: []partSpec{
				{Fields: columns, Rows: rows(6, 500)}, {Fields: columns, Rows: rows(501, 1000)}, {Fields: columns, Rows: rows(1001, 1500)}}},
			{Name: "fresh", Columns: columns, Rows: rows(1, 5)},
		}},
		{ID: 3, Tables: []tableSpec{{Name: "clicks", Columns: columns, Rows: rows(2001, 2002)}}},
	}
}

// holds tells whether an error of type E is in err's chain. A test's cases that run side by side
// share no variable to find one in.
func holds[E error](err error) bool {
	var e E
	return errors.As(err, &e)
}

const brokenPart = "sync_2/_heap_table_name=clicks/part-00001-uuid.avro"

// TestR12Damage: whatever is wrong with a part, its dump fails with an error that names it, nothing of
// the dump is visible, the others are loaded, and after mending the dump goes in (R2, R12).
func TestR12Damage(t *testing.T) {
	t.Parallel()
	e := expected(t)
	isMissing := func(err error) bool { return errors.Is(err, fs.ErrNotExist) }
	badID := func(w writer) []byte {
		rows := [][]any{}
		for range 300 {
			rows = append(rows, []any{"12", int64(1), "x"})
		}
		rows[203][0] = "twelve"
		return w.part("clicks", partSpec{Fields: []string{"event_id", "user_id", "href"}, Types: map[string]any{"event_id": "string"}, Rows: rows})
	}
	for i, c := range []struct {
		name   string
		change func(w writer, whole []byte) []byte // nil: the part is missing
		kind   func(error) bool
		text   string
	}{
		{"truncated", func(_ writer, b []byte) []byte { return b[:len(b)*2/3] }, holds[*avro.DamageError], "block "},
		{"one byte short", func(_ writer, b []byte) []byte { return b[:len(b)-1] }, holds[*avro.DamageError], "block "},
		{"trailing bytes", func(_ writer, b []byte) []byte { return append(slices.Clone(b), "tail"...) }, holds[*avro.DamageError], "block "},
		{"marker altered", func(_ writer, b []byte) []byte { return flip(b, len(b)-3) }, holds[*avro.DamageError], "sync marker"},
		{"magic altered", func(_ writer, b []byte) []byte { return flip(b, 1) }, holds[*avro.DamageError], "header "},
		{"empty", func(writer, []byte) []byte { return []byte{} }, holds[*avro.DamageError], "header "},
		{"foreign", func(writer, []byte) []byte { return []byte("PAR1" + strings.Repeat("not Avro", 100)) }, holds[*avro.DamageError], "header "},
		{"missing", nil, isMissing, ""},
		{"id that is no number", func(w writer, _ []byte) []byte { return badID(w) }, holds[*avro.RowError], `row 204: column "event_id": "twelve"`},
		{"flipped bit", func(_ writer, b []byte) []byte { return flip(b, len(b)*2/3) }, holds[*avro.DamageError], "block "},
	} {
		codecs := []string{"null", "deflate", "snappy", "zstandard"} // each damage in each of them: package avro, and TestDamageTable
		if codecs = codecs[i%4:][:1]; c.name == "flipped bit" {
			codecs = []string{"snappy"} // of these only its blocks are sure to carry a checksum
		}
		for _, codec := range codecs {
			t.Run(c.name+"/"+codec, func(t *testing.T) {
				t.Parallel()
				dir := t.TempDir()
				b, err := bucket.OpenDir(dir)
				if err != nil {
					t.Fatal(err)
				}
				w := writer{t, b, avrotest.Options{Codec: codec, BlockRows: 50}}
				for _, d := range damagedDumps() {
					w.dump(d)
				}
				path := filepath.Join(dir, filepath.FromSlash(brokenPart))
				whole, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				if c.change == nil {
					err = os.Remove(path)
				} else {
					err = os.WriteFile(path, c.change(w, whole), 0o644)
				}
				if err != nil {
					t.Fatal(err)
				}
				e.check(t, b, func() { mustWrite(t, path, whole) }, func(err error) {
					if !c.kind(err) {
						t.Errorf("%v (%T) is of the wrong kind", err, err)
					}
					if !strings.Contains(err.Error(), c.text) {
						t.Errorf("%q says nothing of %q", err, c.text)
					}
				})
			})
		}
	}
}

// staleListing lists one object with another ETag than it has: it was replaced since.
type staleListing struct {
	*bucket.Memory
	key string
}

func (b *staleListing) List(ctx context.Context, prefix string) iter.Seq2[bucket.Object, error] {
	return func(yield func(bucket.Object, error) bool) {
		for o, err := range b.Memory.List(ctx, prefix) {
			if o.Key == b.key {
				o.ETag += "x"
			}
			if !yield(o, err) {
				return
			}
		}
	}
}

// A part that is replaced between listing and fetching is refused, though it is sound in itself.
func TestReplacedWhileLoading(t *testing.T) {
	t.Parallel()
	memory := bucket.NewMemory()
	w := writer{t, memory, avrotest.Options{Codec: "null"}}
	for _, d := range damagedDumps() {
		w.dump(d)
	}
	b := &staleListing{Memory: memory, key: brokenPart}
	expected(t).check(t, b, func() { b.key = "" }, func(err error) {
		var e *stage.Error
		if !errors.As(err, &e) || !errors.Is(err, bucket.ErrChanged) {
			t.Errorf("%v", err)
		}
	})
}

// expectation is what main and delivered show without dump 2, and with it.
type expectation struct{ without, whole string }

func expected(t *testing.T) (e expectation) {
	t.Helper()
	memory, db := bucket.NewMemory(), filepath.Join(t.TempDir(), "x.duckdb")
	w := writer{t, memory, avrotest.Options{}}
	dumps := damagedDumps()
	w.dump(dumps[0])
	w.dump(dumps[2])
	loadWhole(t, memory, db)
	e.without = shown(t, db)
	w.dump(dumps[1])
	loadWhole(t, memory, db)
	e.whole = shown(t, db)
	if e.without == e.whole {
		t.Fatal("dump 2 changes nothing")
	}
	return e
}

// check loads a feed whose dump 2 is broken, mends it and loads again.
func (e expectation) check(t *testing.T, b bucket.Bucket, mend func(), check func(error)) {
	t.Helper()
	db := filepath.Join(t.TempDir(), "x.duckdb")
	s := loadSome(t, b, db)
	if len(s.Failed) != 1 || s.Failed[0].DumpID != 2 || s.Failed[0].Key != "manifests/sync_2.json" || len(s.Loaded) != 2 {
		t.Fatalf("loaded %+v, failed %+v", s.Loaded, s.Failed)
	}
	check(s.Failed[0].Err)
	if text := s.Failed[0].Reason; !strings.Contains(text, brokenPart) || !strings.Contains(text, "dump 2") {
		t.Errorf("the error names neither part nor dump: %s", text)
	}
	sameText(t, "with the broken dump", e.without, shown(t, db))
	checkNoTrace(t, db)
	mend()
	if s := loadWhole(t, b, db); len(s.Loaded) != 1 || s.Loaded[0].DumpID != 2 {
		t.Fatalf("after mending: %+v", s.Loaded)
	}
	sameText(t, "after mending", e.whole, shown(t, db))
}

// checkNoTrace: nothing of dump 2 is in the database, but for the attempt.
func checkNoTrace(t *testing.T, db string) {
	t.Helper()
	view(t, db, func(ctx context.Context, tx *duck.Tx) error {
		var tables []string
		err := tx.Each(ctx, "SELECT table_name FROM duckdb_columns() WHERE schema_name = 'smew' AND column_name IN ('dump_id', 'smew_dump_id', 'first_dump', 'resync') AND NOT internal GROUP BY ALL", nil, func(scan func(...any) error) error {
			var name string
			err := scan(&name)
			tables = append(tables, name)
			return err
		})
		if err != nil {
			return err
		}
		if len(tables) < 6 {
			t.Errorf("only %v", tables)
		}
		for _, name := range tables {
			var n int
			if _, err := tx.Row(ctx, "SELECT count(*) FROM smew."+duck.Quote(name)+" AS r WHERE r::VARCHAR LIKE '%sync_2/%' OR r::VARCHAR LIKE '%sync_2.json%'", nil, &n); err != nil {
				return err
			}
			if (name == "attempts") != (n > 0) {
				t.Errorf("smew.%s has %d rows of the dump", name, n)
			}
		}
		for statement, want := range map[string]int{
			"SELECT count(*) FROM smew.dumps WHERE dump_id = 2":                              0,
			"SELECT count(*) FROM smew.tables WHERE dump_id = 2":                             0,
			"SELECT count(*) FROM smew.held WHERE name IN ('fresh', 'views')":                0,
			"SELECT count(*) FROM smew.columns WHERE name = 'new'":                           0,
			"SELECT count(*) FROM smew.identities WHERE canonical_id = 20":                   0,
			"SELECT count(*) FROM smew.attempts WHERE dump_id = 2 AND error LIKE '%clicks%'": 1,
		} {
			var n int
			if _, err := tx.Row(ctx, statement, nil, &n); err != nil {
				return err
			}
			if n != want {
				t.Errorf("%s: %d, want %d", statement, n, want)
			}
		}
		return nil
	})
}

func flip(b []byte, at int) []byte {
	b = slices.Clone(b)
	b[at] ^= 8
	return b
}

func mustWrite(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
}

// A broken dump whose tables a later full resync replaces is loaded all the same: its parts are not
// read once the resync is in the ledger, whether that comes in the same run or before (R5).
func TestBrokenButReplaced(t *testing.T) {
	t.Parallel()
	columns := []string{"event_id", "user_id"}
	dumps := []dumpSpec{
		{ID: 1, Tables: []tableSpec{{Name: "clicks", Columns: columns, Rows: [][]any{{int64(1), int64(1)}}}}},
		{ID: 2, Tables: []tableSpec{{Name: "clicks", Full: true, Columns: columns, Rows: [][]any{{int64(2), int64(1)}}}}},
	}
	for _, together := range []bool{true, false} {
		memory := bucket.NewMemory()
		w := writer{t, memory, avrotest.Options{}}
		db := filepath.Join(t.TempDir(), "x.duckdb")
		w.dump(dumps[0])
		memory.Remove("sync_1/_heap_table_name=clicks/part-00000-uuid.avro")
		if !together {
			if s := loadSome(t, memory, db); len(s.Failed) != 1 {
				t.Fatalf("%+v", s)
			}
		}
		w.dump(dumps[1])
		s := loadWhole(t, memory, db)
		if len(s.Loaded) != 2 {
			t.Fatalf("%+v", s.Loaded)
		}
		i := slices.IndexFunc(s.Loaded, func(r loader.Record) bool { return r.DumpID == 1 })
		if table := s.Loaded[i].Tables[0]; table.Read || table.Rows != 0 {
			t.Errorf("%+v", table)
		}
		if got := tablesOf(t, db, "main")["clicks"].Rows; len(got) != 1 || got[0][0] != int64(2) {
			t.Errorf("clicks: %v", got)
		}
	}
}

package loader_test

import (
	"context"
	"errors"
	"io"
	"iter"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"smew/avro/avrotest"
	"smew/bucket"
	"smew/duck"
	"smew/loader"
	"smew/loader/oracle"
)

// counting notes which objects are opened.
type counting struct {
	*bucket.Memory
	mu     sync.Mutex
	opened []string
}

func (c *counting) Open(ctx context.Context, o bucket.Object) (io.ReadCloser, error) {
	c.mu.Lock()
	c.opened = append(c.opened, o.Key)
	c.mu.Unlock()
	return c.Memory.Open(ctx, o)
}

func (c *counting) List(ctx context.Context, prefix string) iter.Seq2[bucket.Object, error] {
	return c.Memory.List(ctx, prefix)
}

// take returns what was opened since it was last asked.
func (c *counting) take() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	opened := c.opened
	c.opened = nil
	slices.Sort(opened)
	return opened
}

func clicks(id int64, rows ...[]any) dumpSpec {
	return dumpSpec{ID: id, Tables: []tableSpec{{Name: "clicks", Columns: []string{"event_id", "user_id"}, Rows: append([][]any{}, rows...)}}}
}

// A second load opens nothing at all, a load of something new only what is new, and parts that a
// resync in the ledger replaced are not fetched.
func TestNothingIsReadTwice(t *testing.T) {
	t.Parallel()
	b := &counting{Memory: bucket.NewMemory()}
	w := writer{t, b.Memory, avrotest.Options{}}
	w.dump(clicks(1, []any{int64(1), int64(1)}))
	second := clicks(2, []any{int64(2), int64(1)})
	second.Definitions = "{}"
	w.dump(second)
	w.create("sync_reports/1.json", []byte(`{"status": "succeeded"}`))
	w.create("sync_2/_SUCCESS", nil)
	db := filepath.Join(t.TempDir(), "x.duckdb")
	loadWhole(t, b, db)
	want := []string{"manifests/sync_1.json", "manifests/sync_2.json", "sync_1/_heap_table_name=clicks/part-00000-uuid.avro",
		"sync_2/_heap_table_name=clicks/part-00000-uuid.avro", "sync_2/property_definitions.json", "sync_reports/1.json"}
	if got := b.take(); !slices.Equal(got, want) {
		t.Errorf("first load opened %q, want %q", got, want)
	}
	if s := loadWhole(t, b, db); len(s.Loaded) != 0 || s.Before != 2 || s.Reports != 0 || b.take() != nil {
		t.Errorf("second load: %+v, opened %q", s, b.opened)
	}
	resync := clicks(9, []any{int64(9), int64(1)})
	resync.Tables[0].Full = true
	w.dump(resync)
	loadWhole(t, b, db)
	b.take()
	w.dump(clicks(5, []any{int64(5), int64(1)}))
	loadWhole(t, b, db)
	if got := b.take(); !slices.Equal(got, []string{"manifests/sync_5.json"}) {
		t.Errorf("a dump below the resync opened %q", got)
	}
}

// One dump's resync spares the parts of all that wait below it, in the same run.
func TestResyncSparesWaitingParts(t *testing.T) {
	t.Parallel()
	b := &counting{Memory: bucket.NewMemory()}
	w := writer{t, b.Memory, avrotest.Options{}}
	for id := range int64(4) {
		d := clicks(id, []any{id, int64(1)})
		d.Tables[0].Full = id == 3
		w.dump(d)
	}
	loadWhole(t, b, filepath.Join(t.TempDir(), "x.duckdb"))
	parts := slices.DeleteFunc(b.take(), func(key string) bool { return !strings.HasSuffix(key, ".avro") })
	// The next dump's parts are fetched ahead while the resync is still being applied.
	if len(parts) > 2 || !slices.Contains(parts, "sync_3/_heap_table_name=clicks/part-00000-uuid.avro") {
		t.Errorf("opened %q", parts)
	}
}

func TestDryRun(t *testing.T) {
	t.Parallel()
	memory := bucket.NewMemory()
	writer{t, memory, avrotest.Options{}}.dump(clicks(1))
	memory.Create(context.Background(), "manifests/torn.json", strings.NewReader("{"), bucket.Options{})
	db := filepath.Join(t.TempDir(), "x.duckdb")
	s, err := loader.Run(context.Background(), loader.Feed{Name: "the feed", Bucket: memory}, loader.Config{DB: db, DryRun: true})
	if err != nil || len(s.Waiting) != 1 || len(s.Failed) != 1 || len(s.Loaded) != 0 {
		t.Errorf("%+v, %v", s, err)
	}
	if found, _ := filepath.Glob(db + "*"); found != nil {
		t.Errorf("a dry run wrote %v", found)
	}
}

// A database remembers its feed; another one is refused before anything is read from it.
func TestOtherFeed(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	b := &counting{Memory: bucket.NewMemory()}
	w := writer{t, b.Memory, avrotest.Options{}}
	w.dump(clicks(1))
	db := filepath.Join(t.TempDir(), "x.duckdb")
	loadWhole(t, b, db)
	w.dump(clicks(2))
	b.take()
	other := loader.Feed{Name: "another feed", Bucket: b}
	_, err := loader.Run(ctx, other, loader.Config{DB: db})
	var mismatch *loader.MismatchError
	if !errors.As(err, &mismatch) || mismatch.Remembered != "the feed" || mismatch.Given != "another feed" || mismatch.Hint() == "" || b.take() != nil {
		t.Fatalf("%v; opened %q", err, b.opened)
	}
	s, err := loader.Run(ctx, other, loader.Config{DB: db, OtherFeed: true})
	if err != nil || len(s.Loaded) != 1 {
		t.Fatalf("%+v, %v", s, err)
	}
	if _, err := loader.Run(ctx, loader.Feed{Name: "the feed", Bucket: b}, loader.Config{DB: db}); !errors.As(err, &mismatch) || mismatch.Remembered != "another feed" {
		t.Errorf("the other feed was not remembered: %v", err)
	}
}

func TestNewerDatabase(t *testing.T) {
	t.Parallel()
	memory := bucket.NewMemory()
	writer{t, memory, avrotest.Options{}}.dump(clicks(1))
	for _, version := range []string{"1000", "0", "", "x"} {
		path := filepath.Join(t.TempDir(), "x.duckdb")
		loadWhole(t, memory, path)
		inDatabase(t, path, func(ctx context.Context, tx *duck.Tx) error {
			_, err := tx.Exec(ctx, "UPDATE smew.settings SET value = $1 WHERE name = 'schema_version'", version)
			return err
		})
		_, err := loader.Run(context.Background(), loader.Feed{Name: "the feed", Bucket: memory}, loader.Config{DB: path})
		if !errors.Is(err, loader.ErrNewer) {
			t.Errorf("version %q: %v", version, err)
		}
	}
}

func inDatabase(t *testing.T, path string, fn func(context.Context, *duck.Tx) error) {
	t.Helper()
	ctx := context.Background()
	db, err := duck.Open(ctx, path, duck.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Update(ctx, func(tx *duck.Tx) error { return fn(ctx, tx) }); err != nil {
		t.Fatal(err)
	}
}

// A definitions file is kept with its dump; one that is missing, too odd or outside of the feed is
// noted and blocks nothing (R14).
func TestDefinitions(t *testing.T) {
	t.Parallel()
	memory := bucket.NewMemory()
	w := writer{t, memory, avrotest.Options{}}
	for id, text := range map[int64]string{1: `{"version": 1, "properties": []}`, 2: "missing", 3: "not JSON: \"'\n", 4: ""} {
		d := clicks(id)
		d.Definitions = text
		w.dump(d)
	}
	memory.Remove("sync_2/property_definitions.json")
	outside := strings.Replace(string(read(t, memory, "manifests/sync_3.json")), `"dump_id": 3`, `"dump_id": 5`, 1)
	w.create("manifests/sync_5.json", []byte(strings.Replace(outside, "s3://"+feedBucket+"/sync_3/property", "s3://"+feedBucket+"/../property", 1)))
	db := filepath.Join(t.TempDir(), "x.duckdb")
	if s := loadWhole(t, memory, db); len(s.Loaded) != 5 {
		t.Errorf("loaded %+v", s.Loaded)
	}
	got := selected(t, db, "SELECT dump_id, body, problem FROM smew.definitions ORDER BY dump_id")
	if len(got.Rows) != 4 {
		t.Fatalf("%v", got.Rows)
	}
	for i, want := range []struct {
		body    any
		problem string
	}{{`{"version": 1, "properties": []}`, ""}, {nil, "does not exist"}, {"not JSON: \"'\n", "not in smew's format"}, {nil, "segment"}} {
		problem, _ := got.Rows[i][2].(string)
		if got.Rows[i][1] != want.body || (problem == "") != (want.problem == "") || !strings.Contains(problem, want.problem) {
			t.Errorf("%v, want %+v", got.Rows[i], want)
		}
	}
}

func selected(t *testing.T, db, statement string) (table *oracle.Table) {
	t.Helper()
	view(t, db, func(ctx context.Context, tx *duck.Tx) (err error) {
		rows, err := tx.Query(ctx, statement)
		if err != nil {
			return err
		}
		defer rows.Close()
		table = &oracle.Table{}
		if table.Columns, err = rows.Columns(); err != nil {
			return err
		}
		for rows.Next() {
			row, at := make([]any, len(table.Columns)), make([]any, len(table.Columns))
			for i := range row {
				at[i] = &row[i]
			}
			if err := rows.Scan(at...); err != nil {
				return err
			}
			table.Rows = append(table.Rows, row)
		}
		return rows.Err()
	})
	return table
}

// Sync reports are kept whole, known fields read, unknown and unreadable ones kept as they are; one
// that is replaced is kept once (R13).
func TestR13Reports(t *testing.T) {
	t.Parallel()
	memory := bucket.NewMemory()
	w := writer{t, memory, avrotest.Options{}}
	w.create("sync_reports/a.json", []byte(`{"start_time": 1767225600000, "finish_time": 1767225660123, "status": "succeeded", "next_sync_at": 1767312000000, "error": null}`))
	w.create("sync_reports/b.json", []byte(`{"status": "half done", "error": {"code": 7}, "more": [1]}`))
	w.create("sync_reports/deep/c.json", []byte(`{torn`))
	w.create("sync_reports/", nil)
	w.create("sync_reports/notes.txt", []byte("x"))
	db := filepath.Join(t.TempDir(), "x.duckdb")
	if s := loadWhole(t, memory, db); s.Reports != 3 {
		t.Errorf("%d reports", s.Reports)
	}
	overwrite(t, memory, "sync_reports/b.json", `{"status": "failed"}`)
	if s := loadWhole(t, memory, db); s.Reports != 1 {
		t.Errorf("%d reports", s.Reports)
	}
	got := selected(t, db, "SELECT key, start_time::VARCHAR, finish_time::VARCHAR, next_sync_at::VARCHAR, status, error, body, problem IS NULL FROM smew.sync_reports ORDER BY key")
	want := [][]any{
		{"sync_reports/a.json", "2026-01-01 00:00:00", "2026-01-01 00:01:00.123", "2026-01-02 00:00:00", "succeeded", nil,
			`{"start_time": 1767225600000, "finish_time": 1767225660123, "status": "succeeded", "next_sync_at": 1767312000000, "error": null}`, true},
		{"sync_reports/b.json", nil, nil, nil, "failed", nil, `{"status": "failed"}`, true},
		{"sync_reports/deep/c.json", nil, nil, nil, nil, nil, `{torn`, false},
	}
	for i, row := range want {
		if i >= len(got.Rows) || !slices.Equal(row, got.Rows[i]) {
			t.Fatalf("row %d of %v, want %v", i, got.Rows, row)
		}
	}
}

// What a run tells while it works: each dump begins, reads and ends, and the ledger says when.
func TestProgressAndClock(t *testing.T) {
	t.Parallel()
	memory := bucket.NewMemory()
	w := writer{t, memory, avrotest.Options{}}
	w.dump(clicks(1, []any{int64(1), int64(1)}))
	w.dump(clicks(2, []any{int64(2), int64(1)}))
	memory.Remove("sync_2/_heap_table_name=clicks/part-00000-uuid.avro")
	db := filepath.Join(t.TempDir(), "x.duckdb")
	at := time.Date(2026, 2, 3, 4, 5, 6, 0, time.FixedZone("", 3600))
	var kinds []loader.EventKind
	_, err := loader.Run(context.Background(), loader.Feed{Name: "the feed", Bucket: memory}, loader.Config{
		DB: db, Now: func() time.Time { return at }, Progress: func(e loader.Event) { kinds = append(kinds, e.Kind) },
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := []loader.EventKind{loader.Planned, loader.Loading, loader.Reading, loader.Loaded, loader.Loading, loader.Failed}; !slices.Equal(kinds, want) {
		t.Errorf("events %v, want %v", kinds, want)
	}
	got := selected(t, db, "SELECT loaded_at::VARCHAR FROM smew.dumps UNION ALL SELECT tried_at::VARCHAR FROM smew.attempts")
	if len(got.Rows) != 2 || got.Rows[0][0] != "2026-02-03 03:05:06" || got.Rows[1][0] != "2026-02-03 03:05:06" {
		t.Errorf("%v", got.Rows)
	}
}

// A run that is cancelled says so, leaves whole dumps only, and the next one goes on.
func TestCancelledRun(t *testing.T) {
	t.Parallel()
	memory := bucket.NewMemory()
	w := writer{t, memory, avrotest.Options{}}
	for id := range int64(4) {
		w.dump(clicks(id, []any{id, int64(1)}))
	}
	db := filepath.Join(t.TempDir(), "x.duckdb")
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	s, err := loader.Run(ctx, loader.Feed{Name: "the feed", Bucket: memory}, loader.Config{DB: db, Progress: func(e loader.Event) {
		if e.Kind == loader.Reading && e.Dump == 2 {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) || len(s.Loaded) != 2 || len(s.Failed) != 0 {
		t.Fatalf("%+v, %v", s, err)
	}
	if got := tablesOf(t, db, "main")["clicks"].Rows; len(got) != 2 {
		t.Errorf("%v", got)
	}
	if s := loadWhole(t, memory, db); s.Before != 2 || len(s.Loaded) != 2 {
		t.Errorf("%+v", s)
	}
}

// What a load tells of a table: rows read, rows that gave way to newer ones of their key, whether the dump's
// own or stored ones, and rows that a full resync made invalid, each row counted once.
func TestCounts(t *testing.T) {
	t.Parallel()
	memory := bucket.NewMemory()
	w := writer{t, memory, avrotest.Options{}}
	db := filepath.Join(t.TempDir(), "x.duckdb")
	one := int64(1)
	for _, c := range []struct {
		dump dumpSpec
		full bool
		want loader.TableRecord
	}{
		{clicks(1, []any{int64(1), one}, []any{int64(2), one}, []any{int64(2), one}), false, loader.TableRecord{Rows: 3, Superseded: 1}},
		{clicks(3, []any{int64(3), one}, []any{int64(2), one}), false, loader.TableRecord{Rows: 2, Superseded: 1}},
		{clicks(2, []any{int64(1), one}, []any{int64(3), one}, []any{int64(4), one}), true, loader.TableRecord{Rows: 3, Superseded: 1, Invalidated: 1}},
		{clicks(9, []any{int64(1), one}), true, loader.TableRecord{Rows: 1, Invalidated: 4}},
		{clicks(8, []any{int64(1), one}), false, loader.TableRecord{}},
	} {
		c.dump.Tables[0].Full = c.full
		w.dump(c.dump)
		s := loadWhole(t, memory, db)
		c.want.Name, c.want.Kind, c.want.Full, c.want.Parts, c.want.Read = "clicks", "events", c.full, 1, c.dump.ID != 8
		if len(s.Loaded) != 1 || len(s.Loaded[0].Tables) != 1 || s.Loaded[0].Tables[0] != c.want {
			t.Errorf("dump %d: %+v, want %+v", c.dump.ID, s.Loaded, c.want)
		}
	}
}

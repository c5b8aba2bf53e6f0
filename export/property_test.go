package export

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"smew/bucket"
	"smew/bucket/buckettest"
	"smew/duck"
	"smew/sample"
)

var errDead = errors.New("the process is dead")

// world is a model that changes, its exports, and a reader who applies the files to what they hold.
type world struct {
	*place
	random *rand.Rand
	dir    string
	job    Job
	run    int64 // the last that the reader has applied

	mu   sync.Mutex
	left int // operations on database and bucket until the process dies; negative: it does not
}

// lives gives the process so many operations; negative: as many as it needs.
func (w *world) lives(operations int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.left = operations
}

// dead tells whether the process has died.
func (w *world) dead() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.left == 0
}

// operation is one of the process's: it is the last or, when it is dead, not made.
func (w *world) operation() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.left > 0 {
		w.left--
	}
	if w.left == 0 {
		return errDead
	}
	return nil
}

func newWorld(t *testing.T, seed uint64, j Job) *world {
	t.Helper()
	w := &world{random: rand.New(rand.NewPCG(seed, 9)), dir: t.TempDir(), job: j, left: -1}
	to, err := bucket.OpenDir(w.dir)
	if err != nil {
		t.Fatal(err)
	}
	db, err := duck.Open(context.Background(), "", duck.Options{Threads: 2, Before: func(operation string) error {
		if operation == "rollback" {
			return nil // as the database does by itself when its process is gone
		}
		return w.operation()
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.lives(-1); db.Close() })
	mortal := buckettest.NewFaulty(to, func(o buckettest.Operation) buckettest.Fault {
		if w.operation() != nil {
			return buckettest.Fail // after "created", as if the process had died before the answer came
		}
		return buckettest.None
	})
	w.place = &place{t: t, db: db, to: mortal, now: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)}
	w.sql("CREATE SCHEMA smew", "CREATE SEQUENCE n", "CREATE TABLE model (id BIGINT, k VARCHAR, a VARCHAR, x DOUBLE, n STRUCT(l INTEGER[], s STRUCT(a INTEGER), m MAP(VARCHAR, INTEGER), f DOUBLE[]), other INTEGER)",
		"CREATE TABLE held (id BIGINT, k VARCHAR, a VARCHAR, x DOUBLE, n VARCHAR)", fmt.Sprintf("SELECT setseed(%g)", float64(seed%100)/100))
	return w
}

// nasty is an expression for a text with all that formats stumble over.
const nasty = `['', NULL, 'a,b;c|d~e', '"', '""', 'a' || chr(10) || 'b', chr(13) || chr(10), chr(9), ' x ', 'ä€😀', '\N', 'NULL', 'null', '{"a":1}', '\"', '1', '-0', chr(65279)][1 + (random() * 18)::INTEGER % 18]`

// nestings is an expression for values that differ in what is not there.
const nestings = `[NULL, {'l': NULL, 's': NULL, 'm': NULL, 'f': NULL}, {'l': [], 's': NULL, 'm': NULL, 'f': NULL}, {'l': [NULL], 's': NULL, 'm': NULL, 'f': NULL},
	{'l': [], 's': {'a': NULL}, 'm': NULL, 'f': []}, {'l': [], 's': {'a': NULL}, 'm': MAP {}, 'f': [0.0]}, {'l': [], 's': {'a': 1}, 'm': MAP {'x': NULL}, 'f': [-0.0]}][1 + (random() * 7)::INTEGER % 7]`

// mutate changes the model.
func (w *world) mutate() {
	w.sql(
		"DELETE FROM model WHERE random() < 0.2 OR id IS NULL OR other = -1",
		fmt.Sprintf("UPDATE model SET a = %s WHERE random() < 0.2", nasty),
		"UPDATE model SET x = CASE WHEN random() < 0.3 THEN NULL ELSE round(random() * 1000) / 8 END WHERE random() < 0.2",
		"UPDATE model SET other = other + 1 WHERE random() < 0.3",
		fmt.Sprintf("UPDATE model SET n = %s WHERE random() < 0.3", nestings),
		fmt.Sprintf("INSERT INTO model SELECT (random() * 30)::BIGINT, %s, %s, random(), %s, 1 FROM range(%d)", nasty, nasty, nestings, w.random.IntN(20)),
		"INSERT INTO model SELECT NULL, 'x', 'no key', 1, NULL, 1",
		"DELETE FROM model WHERE rowid NOT IN (SELECT min(rowid) FROM model GROUP BY id, k)",
		"INSERT INTO model SELECT id, k, a, x, n, -1 FROM model WHERE random() < 0.1 AND other <> -1") // the same mapped values
}

// send sends until a run comes to its end, dying now and then; then it sends what has changed since.
func (w *world) send() {
	w.t.Helper()
	for try := 0; ; try++ {
		if w.random.IntN(3) > 0 && try < 3 {
			w.lives(1 + w.random.IntN(80))
		}
		r, err := w.place.send(w.job, nil)
		died := w.dead()
		w.lives(-1)
		switch {
		case err == nil && !r.Repeated:
			return
		case err != nil && !died:
			w.t.Fatal(err)
		case died && w.random.IntN(3) == 0:
			w.mutate() // while there is a run that died
		}
	}
}

// read is a file as an SQL relation of the reader's columns.
func (w *world) read(path string) string {
	switch w.job.Sync.Format {
	case JSON:
		return fmt.Sprintf("read_json('%s', format = 'array', columns = {id: 'BIGINT', k: 'VARCHAR', a: 'VARCHAR', x: 'DOUBLE', n: 'JSON'})", path)
	case JSONLines:
		return fmt.Sprintf("read_json('%s', format = 'newline_delimited', columns = {id: 'BIGINT', k: 'VARCHAR', a: 'VARCHAR', x: 'DOUBLE', n: 'JSON'})", path)
	case Parquet:
		return fmt.Sprintf("read_parquet('%s')", path)
	}
	return fmt.Sprintf(`read_csv('%s', all_varchar = true, header = true, delim = ',', quote = '"', escape = '"', nullstr = '', allow_quoted_nulls = false, compression = 'gzip', auto_detect = false, columns = {%s})`, path, w.csvColumns())
}

func (w *world) csvColumns() string {
	var parts []string
	for _, c := range w.job.Sync.Columns {
		parts = append(parts, fmt.Sprintf("'%s': 'VARCHAR'", c.Name))
	}
	return strings.Join(parts, ", ")
}

// number of something that the reader counts.
func (w *world) number(query string) (n int64) {
	w.t.Helper()
	err := w.db.View(context.Background(), func(tx *duck.Tx) error {
		_, err := tx.Row(context.Background(), query, nil, &n)
		return err
	})
	if err != nil {
		w.t.Fatalf("%s: %v", query, err)
	}
	return n
}

// apply takes over the files of all runs that were done since.
func (w *world) apply() {
	w.t.Helper()
	var runs []Run
	err := w.db.View(context.Background(), func(tx *duck.Tx) (err error) {
		runs, err = Log(context.Background(), tx, "", 1000)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	later := false
	for i := len(runs) - 1; i >= 0; i-- {
		if runs[i].ID <= w.run || runs[i].Status != done {
			continue
		}
		w.run = runs[i].ID
		w.applyRun(runs[i], later)
		later = true
	}
}

// applyRun takes over the files of a run. later says that the model may have changed more than once since the reader last knew what it
// has: of what went and came back, insert tells only that it is new.
func (w *world) applyRun(r Run, later bool) {
	w.t.Helper()
	columns := "id, k, a, NULL AS x, NULL AS n"
	if len(w.job.Sync.Columns) == 5 {
		columns = "id, k, a, x, " + map[Format]string{CSV: "n", JSON: "nullif(n::VARCHAR, 'null')", JSONLines: "nullif(n::VARCHAR, 'null')", Parquet: "to_json(n)::VARCHAR"}[w.job.Sync.Format]
	}
	statements := []string{"CREATE OR REPLACE TABLE gone AS FROM held LIMIT 0", "CREATE OR REPLACE TABLE fresh AS FROM held LIMIT 0", "CREATE OR REPLACE TABLE other AS FROM held LIMIT 0"}
	if r.Mode == All {
		statements = append(statements, "DELETE FROM held")
	}
	for _, f := range r.Files {
		to := map[string]string{removed: "gone", added: "fresh", changed: "other", string(All): "held"}[f.Kind]
		if f.Kind == manifestKind {
			continue
		}
		statements = append(statements, fmt.Sprintf("INSERT INTO %s SELECT %s FROM %s", to, columns, w.read(filepath.Join(w.dir, "out", f.Key))))
	}
	w.sql(statements...)
	if later && r.Mode == Insert {
		w.sql("DELETE FROM held USING fresh WHERE held.id = fresh.id AND held.k = fresh.k")
	}
	for what, query := range map[string]string{
		"removed rows with other values than they had": "SELECT count(*) FROM (FROM gone EXCEPT ALL FROM held)",
		"added rows that were there":                   "SELECT count(*) FROM fresh JOIN held USING (id, k)",
		"changed rows that were not there":             "SELECT count(*) FROM other ANTI JOIN held USING (id, k)",
		"changed rows that are the same":               "SELECT count(*) FROM other AS o JOIN held AS h ON o.id = h.id AND o.k = h.k AND o.a IS NOT DISTINCT FROM h.a AND o.x IS NOT DISTINCT FROM h.x AND o.n IS NOT DISTINCT FROM h.n",
	} {
		if n := w.number(query); n > 0 {
			w.t.Fatalf("run %d: %d %s", r.ID, n, what)
		}
	}
	w.sql("DELETE FROM held USING gone WHERE held.id = gone.id AND held.k = gone.k", "DELETE FROM held USING other WHERE held.id = other.id AND held.k = other.k",
		"INSERT INTO held FROM other", "INSERT INTO held FROM fresh")
}

// check holds what the reader has against the model.
func (w *world) check(step int) {
	w.t.Helper()
	rest := "x, to_json(n)::VARCHAR AS n"
	if len(w.job.Sync.Columns) < 5 {
		rest = "NULL AS x, NULL AS n"
	}
	model := fmt.Sprintf("SELECT DISTINCT id, k, a, %s FROM model WHERE id IS NOT NULL AND k IS NOT NULL", rest)
	if w.job.Sync.Mode == All {
		model = fmt.Sprintf("SELECT id, k, a, %s FROM model", rest)
	}
	columns := "*"
	if w.job.Sync.Mode == Insert {
		columns = "id, k" // the reader keeps what vanished, and the first values
		w.sql(fmt.Sprintf("DELETE FROM held WHERE (id, k) NOT IN (SELECT (id, k) FROM (%s))", model))
	}
	for _, query := range []string{
		fmt.Sprintf("SELECT count(*) FROM (SELECT %[1]s FROM (%[2]s) EXCEPT ALL SELECT %[1]s FROM held)", columns, model),
		fmt.Sprintf("SELECT count(*) FROM (SELECT %[1]s FROM held EXCEPT ALL SELECT %[1]s FROM (%[2]s))", columns, model),
	} {
		if n := w.number(query); n > 0 {
			w.t.Fatalf("step %d: the reader's rows and the model's differ in %d", step, n)
		}
	}
}

// worldOf makes a world of a mode and a format.
func worldOf(t *testing.T, seed uint64, mode Mode, format Format) *world {
	t.Helper()
	s := Sync{ID: "s", Model: "m", File: "{sync.run.id}/{mode}/{part}", Mode: mode, Format: format, Columns: []Column{{Name: "id"}, {Name: "k"}, {Name: "a"}, {Name: "x"}, {Name: "n"}}}
	if format == CSV {
		s.Compression = "gzip"
	}
	return newWorld(t, seed, Job{Model{ID: "m", SQL: "FROM model", PrimaryKey: []string{"k", "id"}}, s})
}

// everyFile runs a test for each mode, and for some of the formats: make soak has all.
func everyFile(t *testing.T, test func(t *testing.T, mode Mode, format Format)) {
	modes, formats := []Mode{Diff, Insert, All}, []Format{CSV, JSON, JSONLines, Parquet}
	for _, n := range sample.Places(t, 4, len(modes)*len(formats)) {
		mode, format := modes[n/len(formats)], formats[n%len(formats)]
		t.Run(fmt.Sprintf("%s/%s", mode, format), func(t *testing.T) {
			t.Parallel()
			test(t, mode, format)
		})
	}
}

// Whoever applies the files of each run has what the model has, wherever the process died before.
func TestReaderHasWhatTheModelHas(t *testing.T) {
	t.Parallel()
	everyFile(t, func(t *testing.T, mode Mode, format Format) {
		for _, seed := range sample.Seeds(t, sample.Worlds, 1, 200) {
			w := worldOf(t, uint64(seed), mode, format)
			all := w.job.Sync.Columns
			for step := range 5 {
				if w.random.IntN(2) == 0 {
					w.job.Sync.Batch.Rows = int64(w.random.IntN(4))
				}
				w.job.Sync.IfAbsent = w.random.IntN(2) == 0
				if w.job.Sync.Columns = all; step == 2 && mode == Diff { // a column goes, and comes back: the reader does as docs/export.md says
					w.job.Sync.Columns = all[:3:3]
					w.sql("UPDATE held SET x = NULL, n = NULL")
				}
				w.mutate()
				w.send()
				w.apply()
				w.check(step)
			}
		}
	})
}

// The same where the process dies at each of a run's operations in turn, on the database and on the bucket.
func TestDeathAtEachStep(t *testing.T) {
	t.Parallel()
	const stride = 32
	everyFile(t, func(t *testing.T, mode Mode, format Format) {
		w := worldOf(t, 7, mode, format)
		w.job.Sync.Batch.Rows, w.job.Sync.Manifest, w.job.Sync.File = 9, true, "{sync.run.id}/{mode}_{part}"
		by, step := stride, 1+rand.IntN(stride)
		if os.Getenv("SMEW_TEST_STEPS") == "all" {
			by, step = 1, 1
		}
		w.mutate()
		w.send()
		for deaths := 0; ; step += by {
			w.mutate()
			w.lives(step)
			_, err := w.place.send(w.job, nil)
			died := w.dead()
			w.lives(-1)
			if (err != nil) != died {
				t.Fatalf("step %d: dead is %v, and %v", step, died, err)
			}
			if !died {
				if deaths*by < 40 {
					t.Errorf("the process died %d times only", deaths)
				}
				return
			}
			deaths++
			if w.random.IntN(2) == 0 {
				w.mutate()
			}
			for again := true; again; {
				again = w.mustSend(w.job).Repeated
			}
			w.apply()
			w.check(step)
		}
	})
}

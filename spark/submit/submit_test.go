package submit_test

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"smew/avro"
	"smew/bucket"
	"smew/sample"
	"smew/spark"
	"smew/spark/driver"
	"smew/spark/sparktest"
	"smew/spark/submit"
)

var _ spark.Session = (*submit.Session)(nil)

// One cluster serves all tests here. Every other day a driver ends in one of two ways, or in both if SMEW_TEST_STEPS says so.
func TestSpark(t *testing.T) {
	if !sample.Due(t, 0, 2) {
		return
	}
	server, settings := sparktest.StartS3(t)
	c := sparktest.Start(t)
	name := server.Bucket(t)
	b := server.Open(t, name)
	begin := func() *submit.Session {
		return open(t, c, settings, submit.Box{Bucket: b, Prefix: "a/b/", Root: "s3a://" + name + "/a/b/"})
	}
	s := begin()
	t.Run("values", func(t *testing.T) { values(t, s) })
	t.Run("statements", func(t *testing.T) { statements(t, s) })
	t.Run("errors", func(t *testing.T) { faults(t, s) })
	t.Run("files", func(t *testing.T) { files(t, s) })
	ends := []struct {
		name string
		run  func(*testing.T, *submit.Session, bucket.Bucket)
	}{{"closed", closed}, {"cancelled", cancelled}}
	for n, i := range sample.Draw(t, 1, len(ends)) {
		if n > 0 {
			s = begin()
		}
		t.Run(ends[i].name, func(t *testing.T) { ends[i].run(t, s, b) })
	}
}

func closed(t *testing.T, s *submit.Session, b bucket.Bucket) {
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, key := range keys(t, b, "") {
		if key != "a/b/" { // a marker of Hadoop's, which takes a folder for something
			t.Errorf("the bucket still holds %s", key)
		}
	}
	if err := s.Exec(t.Context(), "SELECT 1"); err == nil || !strings.Contains(err.Error(), "closed") {
		t.Errorf("a statement after that gave %v", err)
	}
}

// keys are those of a bucket's objects that end so.
func keys(t *testing.T, b bucket.Bucket, end string) (all []string) {
	t.Helper()
	for o, err := range b.List(t.Context(), "") {
		if err != nil {
			t.Error(err)
			break
		}
		if strings.HasSuffix(o.Key, end) {
			all = append(all, o.Key)
		}
	}
	return all
}

// open starts a driver on the cluster.
func open(t *testing.T, c *sparktest.Cluster, settings map[string]string, box submit.Box) *submit.Session {
	t.Helper()
	command := append([]string{filepath.Join(c.Home, "bin", "spark-submit")}, c.Submit()...)
	for key, value := range settings {
		command = append(command, "--conf", "spark.hadoop."+key+"="+value)
	}
	s, err := submit.Open(t.Context(), &submit.Local{Command: command, Env: c.Env()}, box, submit.Options{Pause: 20 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func rows(t *testing.T, s *submit.Session, sql string) [][]any {
	t.Helper()
	got, err := s.Rows(t.Context(), sql)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func values(t *testing.T, s *submit.Session) {
	at := time.Date(2026, 3, 1, 12, 30, 15, 123456000, time.UTC)
	for _, c := range []struct {
		sql  string
		want any
	}{
		{`NULL`, nil},
		{`true`, true},
		{`CAST(-7 AS TINYINT)`, int64(-7)},
		{`9007199254740993L`, int64(9007199254740993)},
		{`1.0D`, 1.0},
		{`1e300D`, 1e300},
		{`CAST('-Infinity' AS DOUBLE)`, math.Inf(-1)},
		{`CAST('-12345678901234567890.1234' AS DECIMAL(38,4))`, "-12345678901234567890.1234"},
		{`'héap 😀'`, "héap 😀"},
		{`X'00FF'`, []byte{0, 255}},
		{`DATE '1969-12-31'`, time.Date(1969, 12, 31, 0, 0, 0, 0, time.UTC)},
		{`TIMESTAMP '2026-03-01 12:30:15.123456'`, at},
		{`TIMESTAMP_NTZ '2026-03-01 12:30:15'`, at.Truncate(time.Second)},
	} {
		if diff := cmp.Diff([][]any{{c.want}}, rows(t, s, "SELECT "+c.sql)); diff != "" {
			t.Errorf("%s: -want +got\n%s", c.sql, diff)
		}
	}
	if got := rows(t, s, `SELECT 1 WHERE false`); len(got) != 0 {
		t.Errorf("no rows came as %v", got)
	}
	if _, err := s.Rows(t.Context(), `SELECT array(1, 2)`); err == nil || !strings.Contains(err.Error(), "list are not read") {
		t.Errorf("an array gave %v", err)
	}
}

func statements(t *testing.T, s *submit.Session) {
	results, err := s.Run(t.Context(), []submit.Step{
		{SQL: `CREATE NAMESPACE IF NOT EXISTS heap.main`},
		{SQL: `CREATE TABLE heap.main.t (id BIGINT, "Order" STRING) USING iceberg`},
		{SQL: `INSERT INTO heap.main.t VALUES (1, 'a'), (2, 'b')`},
		{SQL: `SELECT "Order" FROM heap.main.t ORDER BY id`, Rows: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]any{{"a"}, {"b"}}, results[3].Rows); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	results, err = s.Run(t.Context(), []submit.Step{
		{SQL: "-- add one.\nINSERT INTO heap.main.t VALUES (3, 'c')"},
		{SQL: "-- count what is not there.\nSELECT count(*) FROM heap.main.absent", Rows: true},
		{SQL: `INSERT INTO heap.main.t VALUES (4, 'd')`},
	})
	if len(results) != 1 || err == nil || !strings.HasPrefix(err.Error(), "count what is not there: [TABLE_OR_VIEW_NOT_FOUND]") {
		t.Errorf("%d steps were done, and then: %v", len(results), err)
	}
	if got := rows(t, s, `SELECT max(id) FROM heap.main.t`); got[0][0] != int64(3) {
		t.Errorf("after it the last row is %v", got[0][0])
	}
}

func faults(t *testing.T, s *submit.Session) {
	for _, c := range []struct{ name, sql, class, says, hint string }{
		{"no table", "SELECT count(*) FROM heap.main.absent", "TABLE_OR_VIEW_NOT_FOUND", "absent", ""},
		{"syntax", "SELEC 1", "PARSE_SYNTAX_ERROR", "SELEC", ""},
		{"in a task", "SELECT 1 / (id - id) FROM range(10)", "DIVIDE_BY_ZERO", "ision by zero", ""},
		{"no catalog", "CREATE TABLE cellar.main.t (id BIGINT) USING iceberg", "REQUIRES_SINGLE_PART_NAMESPACE", "cellar", "is not configured"},
	} {
		_, err := s.Rows(t.Context(), c.sql)
		var said *driver.Error
		if !errors.As(err, &said) {
			t.Fatalf("%s gave %v", c.name, err)
		}
		if said.Class != c.class || !strings.Contains(err.Error(), c.says) || !strings.Contains(said.Hint(), c.hint) {
			t.Errorf("%s: it is %s, %v, hint %q", c.name, said.Class, err, said.Hint())
		}
		if strings.Contains(err.Error(), ".scala") || strings.Contains(err.Error(), "\n") || strings.Contains(err.Error(), "+-") {
			t.Errorf("%s: it is long-winded: %v", c.name, err)
		}
	}
}

func write(t *testing.T, path string, values ...int64) string {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w, err := avro.NewWriter(f, []avro.Column{{Name: "n", Kind: avro.Long}}, avro.WriterOptions{Sync: [16]byte{7, 1}})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range values {
		w.Long(v)
		if err := w.EndRow(); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return path
}

func files(t *testing.T, s *submit.Session) {
	dir := t.TempDir()
	a, b := write(t, filepath.Join(dir, "part {a,b}*.avro"), 3, 1), write(t, filepath.Join(dir, "b.avro"), 4)
	hidden := write(t, filepath.Join(dir, "_hidden.avro"), 9)
	if err := s.Avro(t.Context(), "delivered", []string{a, b}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]any{{int64(3), int64(8)}}, rows(t, s, `SELECT count(*), sum(n) FROM delivered`)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if got := rows(t, s, `SELECT count(DISTINCT task) FROM (SELECT n, spark_partition_id() AS task FROM delivered)`); got[0][0] != int64(2) {
		t.Errorf("%d tasks read two files", got[0][0])
	}
	for says, files := range map[string][]string{
		"gone.avro":                {a, filepath.Join(dir, "gone.avro")},
		"Spark does not read file": {a, hidden},
		"listed twice":             {a, a},
	} {
		err := s.Avro(t.Context(), "broken", files)
		if err == nil || !strings.Contains(err.Error(), says) || !strings.HasPrefix(err.Error(), "make view broken of 2 files: ") {
			t.Errorf("%s: %v", says, err)
		}
	}
}

// A statement that is given up ends its driver: nothing else would stop it.
func cancelled(t *testing.T, s *submit.Session, b bucket.Bucket) {
	ctx, cancel := context.WithCancelCause(t.Context())
	enough := errors.New("enough")
	go func() {
		for ctx.Err() == nil && len(keys(t, b, ".request")) == len(keys(t, b, ".answer")) { // until the statement is with the driver
			time.Sleep(10 * time.Millisecond)
		}
		cancel(enough)
	}()
	err := s.Exec(ctx, `CREATE TABLE heap.main.slow USING iceberg AS SELECT java_method('java.lang.Thread', 'sleep', 300000L) AS a`)
	cancel(nil)
	if !errors.Is(err, enough) {
		t.Errorf("it ended with %v", err)
	}
	if err := s.Exec(t.Context(), "SELECT 1"); err == nil || !strings.Contains(err.Error(), "has ended") {
		t.Errorf("a statement after that gave %v", err)
	}
}

// What spark-submit says is in the error when there never is a driver.
func TestNoDriver(t *testing.T) {
	b, err := bucket.OpenDir(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	job := &submit.Local{Command: []string{"sh", "-c", "echo no such master >&2; exit 3"}}
	_, err = submit.Open(t.Context(), job, submit.Box{Bucket: b, Root: "file:///"}, submit.Options{})
	var ended *submit.EndedError
	if !errors.As(err, &ended) || !strings.Contains(err.Error(), "exit status 3; it said: no such master") {
		t.Errorf("it gave %v", err)
	}
	_, err = submit.Open(t.Context(), &submit.Local{Command: []string{"no-such-program"}}, submit.Box{Bucket: b}, submit.Options{})
	if err == nil || !strings.Contains(err.Error(), "no-such-program") {
		t.Errorf("without spark-submit: %v", err)
	}
}

package connect

import (
	"crypto/md5"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"smew/avro"
	"smew/bucket"
	"smew/bucket/s3test"
	"smew/spark/driver"
)

// write makes an Avro file of n rows, numbered from a first one on, in many blocks.
func write(t *testing.T, path string, first, n int) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w, err := avro.NewWriter(f, []avro.Column{{Name: "n", Kind: avro.Long}, {Name: "text", Kind: avro.Text}}, avro.WriterOptions{Codec: "deflate", BlockBytes: 1000, Sync: md5.Sum([]byte(path))})
	if err != nil {
		t.Fatal(err)
	}
	for i := first; i < first+n && err == nil; i++ {
		w.Long(int64(i))
		w.Text("text")
		err = w.EndRow()
	}
	if err == nil {
		err = w.Flush()
	}
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func files(t *testing.T, s *Session) {
	dir := t.TempDir()
	a := write(t, filepath.Join(dir, "odd {a,b}[1]*? é%20", "sync=7", "part-1.avro"), 0, 10)
	b := write(t, filepath.Join(dir, "odd {a,b}[1]*? é%20", "sync=7", "no-extension"), 10, 10)
	write(t, filepath.Join(dir, "odd {a,b}[1]*? é%20", "sync=7", "not-listed.avro"), 100, 10)
	hidden := write(t, filepath.Join(dir, "_hidden.avro"), 20, 10)
	if err := os.WriteFile(filepath.Join(dir, "broken.avro"), []byte("Obj\x01 and no more"), 0o644); err != nil {
		t.Fatal(err)
	}
	truncated := write(t, filepath.Join(dir, "truncated.avro"), 0, 10000)
	if err := os.Truncate(truncated, 5000); err != nil {
		t.Fatal(err)
	}

	if err := s.Avro(t.Context(), "delivered", []string{a, b}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]any{{int64(20), int64(0), int64(19)}}, rows(t, s, `SELECT count(*), min(n), max(n) FROM delivered`)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if got := rows(t, s, `DESCRIBE delivered`); len(got) != 2 {
		t.Errorf("the view's columns are %v", got)
	}
	for name, c := range map[string]struct {
		files []string
		says  string
	}{
		"missing":       {[]string{a, filepath.Join(dir, "gone.avro"), b}, "gone.avro"},
		"missing odd":   {[]string{a, filepath.Join(dir, "gone[1].avro")}, "gone"},
		"hidden":        {[]string{a, hidden}, "Spark does not read file"},
		"listed twice":  {[]string{a, b, a}, "listed twice"},
		"none":          {nil, "no files"},
		"not Avro":      {[]string{filepath.Join(dir, "broken.avro")}, "make view broken of 1 files: "},
		"missing of 40": {append(forty(t, dir), filepath.Join(dir, "gone.avro")), "gone.avro"},
	} {
		err := s.Avro(t.Context(), "broken", c.files)
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := s.Avro(t.Context(), "short", []string{a, truncated}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Rows(t.Context(), `SELECT max(text) FROM short`); err == nil || !strings.Contains(err.Error(), "truncated.avro") {
		t.Errorf("a truncated file gave %v", err)
	}
}

func filesInS3(t *testing.T, s *Session, server *s3test.Server) {
	name := server.Bucket(t)
	b := server.Open(t, name)
	var paths []string
	for i, key := range []string{"_data/a b+c%20{d}.avro", "_data/sync=2/part-1"} {
		data, err := os.Open(write(t, filepath.Join(t.TempDir(), "part"), 10*i, 10))
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Create(t.Context(), key, data, bucket.Options{}); err != nil {
			t.Fatal(err)
		}
		data.Close()
		paths = append(paths, "s3a://"+name+"/"+key)
	}
	if err := s.Avro(t.Context(), "delivered", paths); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]any{{int64(20), int64(19)}}, rows(t, s, `SELECT count(*), max(n) FROM delivered`)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if err := s.Avro(t.Context(), "broken", append(paths, "s3a://"+name+"/_data/gone.avro")); err == nil || !strings.Contains(err.Error(), "gone.avro") {
		t.Errorf("a missing file gave %v", err)
	}
}

func forty(t *testing.T, dir string) (paths []string) {
	for i := range 40 {
		paths = append(paths, write(t, filepath.Join(dir, "many", string(rune('a'+i))+".avro"), i, 1))
	}
	return paths
}

// A file is read by one task from its first row to its last, which row order relies on.
func unsplit(t *testing.T, s *Session) {
	dir := t.TempDir()
	var paths []string
	for i, name := range []string{"a", "b", "c"} {
		paths = append(paths, write(t, filepath.Join(dir, name+".avro"), i*100000, 20000))
	}
	const query = `SELECT count(DISTINCT task), count(*),
		count_if(place <> previous + 1 OR n <> previous_n + 1)
		FROM (SELECT *, lag(place) OVER (PARTITION BY file ORDER BY place) AS previous, lag(n) OVER (PARTITION BY file ORDER BY place) AS previous_n
			FROM (SELECT n, input_file_name() AS file, spark_partition_id() AS task, monotonically_increasing_id() AS place FROM ordered))
		GROUP BY file`
	if err := s.Avro(t.Context(), "ordered", paths); err != nil {
		t.Fatal(err)
	}
	whole := []any{int64(1), int64(20000), int64(0)}
	if diff := cmp.Diff([][]any{whole, whole, whole}, rows(t, s, query)); diff != "" {
		t.Errorf("tasks, rows and rows out of place of each file: -want +got\n%s", diff)
	}
	if got := rows(t, s, `SELECT count(DISTINCT task) FROM (SELECT n, spark_partition_id() AS task FROM ordered)`); got[0][0] != int64(3) {
		t.Errorf("%d tasks read three files", got[0][0])
	}
	// The same query sees files that are split.
	for _, name := range []string{"spark.sql.files.maxPartitionBytes", "spark.sql.files.openCostInBytes"} {
		if err := s.Exec(t.Context(), "SET "+name+" = 1000"); err != nil {
			t.Fatal(err)
		}
		defer s.Exec(t.Context(), "SET "+name+" = "+driver.Settings()[name])
	}
	if got := rows(t, s, query); got[0][0] == int64(1) {
		t.Error("files are not split either where that is asked for, so this test shows nothing")
	}
}

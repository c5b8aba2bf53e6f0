package spark_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"smew/bucket"
	"smew/duck"
	"smew/loader"
	"smew/spark"
)

// both are one feed loaded twice, by Spark and by DuckDB.
type both struct {
	t       *testing.T
	session spark.Session
	dir     string
	db      string
	scratch string
	export  int
	before  func(string) error
}

func (b *both) bucket(dir string) *bucket.Dir {
	b.t.Helper()
	opened, err := bucket.OpenDir(dir)
	if err != nil {
		b.t.Fatal(err)
	}
	return opened
}

func (b *both) spark() (spark.Summary, error) {
	return spark.Load(b.t.Context(), spark.Feed{Name: "the feed", Bucket: b.bucket(b.dir), Root: "file://" + b.dir + "/"}, b.session, spark.Options{
		Before:  b.before,
		Scratch: spark.Scratch{Bucket: b.bucket(b.scratch), Root: "file://" + b.scratch + "/"}})
}

func (b *both) duck() loader.Summary {
	b.t.Helper()
	s, err := loader.Run(b.t.Context(), loader.Feed{Name: "the feed", Bucket: b.bucket(b.dir)}, loader.Config{DB: b.db})
	if err != nil {
		b.t.Fatal(err)
	}
	return s
}

// load loads what is there with both, which must fail with the same dumps.
func (b *both) load() spark.Summary {
	b.t.Helper()
	s, err := b.spark()
	if err != nil {
		b.t.Fatal(err)
	}
	want := b.duck()
	var failed, wantFailed []string
	for _, f := range s.Failed {
		failed = append(failed, f.Key)
	}
	for _, f := range want.Failed {
		wantFailed = append(wantFailed, f.Key)
	}
	slices.Sort(failed)
	slices.Sort(wantFailed)
	if !slices.Equal(failed, wantFailed) {
		b.t.Errorf("failed with Spark: %v, with DuckDB: %v; %+v", failed, wantFailed, s.Failed)
	}
	return s
}

// differences holds Spark's tables against DuckDB's, row for row and both ways.
func (b *both) differences() []string {
	b.t.Helper()
	ctx := b.t.Context()
	state, err := spark.ReadState(ctx, b.session, spark.Place{})
	if err != nil {
		b.t.Fatal(err)
	}
	shown := map[string]spark.Shown{}
	for _, s := range state.Shown(spark.Place{}) {
		shown[s.Name] = s
	}
	db, err := duck.Open(ctx, b.db, duck.Options{ReadOnly: true})
	if err != nil {
		b.t.Fatal(err)
	}
	defer db.Close()
	var found []string
	err = db.View(ctx, func(tx *duck.Tx) error {
		columns := map[string][]string{}
		err := tx.Each(ctx, `SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'main'
			AND table_name NOT IN ('enhanced_users', 'session_facts', '_sync_info', '_sync_history') ORDER BY table_name, ordinal_position`, nil, func(scan func(...any) error) error {
			var table, column string
			err := scan(&table, &column)
			columns[table] = append(columns[table], column)
			return err
		})
		if err != nil {
			return err
		}
		for name := range shown {
			if columns[name] == nil && name != "all_events" {
				found = append(found, name+" is there and should not be")
			}
		}
		for name, want := range columns {
			s, ok := shown[name]
			if !ok {
				found = append(found, name+" is not there")
				continue
			}
			if !slices.Equal(s.Columns, want) {
				found = append(found, fmt.Sprintf("%s has columns %q, want %q", name, s.Columns, want))
				continue
			}
			n, err := b.differing(ctx, tx, s)
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			if n != "" {
				found = append(found, name+": "+n)
			}
		}
		return nil
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return found
}

// differing exports a table of Spark's as Parquet, under names without meaning, and has DuckDB compare it.
func (b *both) differing(ctx context.Context, tx *duck.Tx, s spark.Shown) (string, error) {
	b.export++
	dir := filepath.Join(b.scratch, "export", strconv.Itoa(b.export))
	var from, to []string
	for i, c := range s.Columns {
		from = append(from, spark.Quote(c)+" AS k"+strconv.Itoa(i))
		to = append(to, duck.Quote(c))
	}
	err := b.session.Exec(ctx, "INSERT OVERWRITE DIRECTORY "+spark.QuoteText("file://"+dir)+" USING parquet SELECT "+strings.Join(from, ", ")+" FROM ("+s.Query+")")
	if err != nil {
		return "", err
	}
	theirs := "SELECT * FROM read_parquet(" + duck.QuoteText(dir+"/*.parquet") + ")"
	ours := "SELECT " + strings.Join(to, ", ") + " FROM main." + duck.Quote(s.Name)
	var missing, extra int64
	var example any
	count := func(a, b string, n *int64) error {
		_, err := tx.Row(ctx, "SELECT count(*), first(d::VARCHAR) FROM ("+a+" EXCEPT ALL "+b+") AS d", nil, n, &example)
		return err
	}
	if err := count(ours, theirs, &missing); err != nil {
		return "", err
	}
	if missing == 0 {
		if err := count(theirs, ours, &extra); err != nil {
			return "", err
		}
	}
	if missing+extra == 0 {
		return "", nil
	}
	return fmt.Sprintf("%d rows are missing, %d too many; %v", missing, extra, example), nil
}

func (b *both) agree() {
	b.t.Helper()
	if found := b.differences(); len(found) > 0 {
		b.t.Fatalf("Spark and DuckDB differ:\n%s", strings.Join(found, "\n"))
	}
}

// drop empties the catalog.
func drop(t *testing.T, s spark.Session) {
	t.Helper()
	ctx := t.Context()
	for _, namespace := range []string{"raw", "main", "meta"} {
		rows, err := s.Rows(ctx, "SHOW TABLES IN heap."+namespace)
		if err != nil {
			continue
		}
		for _, row := range rows {
			if err := s.Exec(ctx, "DROP TABLE heap."+namespace+"."+spark.Quote(row[1].(string))); err != nil {
				t.Fatal(err)
			}
		}
	}
}

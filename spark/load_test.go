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
	"smew/bucket/s3test"
	"smew/duck"
	"smew/loader"
	"smew/plan"
	"smew/spark"
)

// both are one feed loaded twice, by Spark and by DuckDB.
type both struct {
	t        *testing.T
	session  spark.Session
	dir      string
	db       string
	scratch  string
	export   int
	before   func(string) error
	takeLock bool
	small    int64          // as spark.Options has it
	s3       *s3test.Server // that has the feed in a bucket; nil: it is in dir
	name     string         // of the bucket
	choice   *plan.Choice   // of tables
	trouble  *trouble       // that Spark's loader is in; nil: none

	quarantine bool
}

func (b *both) bucket(dir string) *bucket.Dir {
	b.t.Helper()
	opened, err := bucket.OpenDir(dir)
	if err != nil {
		b.t.Fatal(err)
	}
	return opened
}

// places are where the feed and the scratch folder lie, in S3 if the feed does.
func (b *both) places() (spark.Feed, spark.Scratch) {
	if b.s3 == nil {
		return spark.Feed{Name: "the feed", Bucket: b.bucket(b.dir), Root: "file://" + b.dir + "/"},
			spark.Scratch{Bucket: b.bucket(b.scratch), Root: "file://" + b.scratch + "/"}
	}
	opened := b.s3.Open(b.t, b.name)
	root := "s3a://" + b.name + "/"
	return spark.Feed{Name: "the feed", Bucket: opened, Root: root, Prefix: "feed/", Source: plan.Source{Bucket: b.name}},
		spark.Scratch{Bucket: opened, Root: root, Prefix: "scratch/"}
}

func (b *both) spark() (spark.Summary, error) {
	feed, scratch := b.places()
	o := spark.Options{Before: b.before, TakeLock: b.takeLock, Small: b.small, Who: "a test", Scratch: scratch, Choice: b.choice, Quarantine: b.quarantine}
	if b.trouble == nil {
		return spark.Load(b.t.Context(), feed, b.session, o)
	}
	for {
		session := b.trouble.begin()
		o.Before = b.trouble.before
		s, err := spark.Load(b.t.Context(), feed, session, o)
		if !b.trouble.again(err) {
			return s, err
		}
		o.TakeLock = true
	}
}

func (b *both) duck() loader.Summary {
	b.t.Helper()
	feed, _ := b.places()
	s, err := loader.Run(b.t.Context(), loader.Feed{Name: feed.Name, Bucket: feed.Bucket, Prefix: feed.Prefix, Source: feed.Source}, loader.Config{DB: b.db, Choice: b.choice, Quarantine: b.quarantine})
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

// differences holds Spark's tables, as those see them who take the tags, against DuckDB's: row for row and both ways.
func (b *both) differences() []string {
	b.t.Helper()
	state, err := spark.ReadState(b.t.Context(), b.session, spark.Place{})
	if err != nil {
		b.t.Fatal(err)
	}
	return b.compare(state.Shown(spark.Place{}))
}

func (b *both) compare(tables []spark.Shown) (found []string) {
	b.t.Helper()
	shown := map[string]spark.Shown{}
	for _, s := range tables {
		shown[s.Name] = s
	}
	db, err := duck.Open(b.t.Context(), b.db, duck.Options{ReadOnly: true})
	if err != nil {
		b.t.Fatal(err)
	}
	defer db.Close()
	err = db.View(b.t.Context(), func(tx *duck.Tx) error {
		columns, err := mainColumns(b.t.Context(), tx)
		if err != nil {
			return err
		}
		for name := range shown {
			if columns[name] == nil && (name != "all_events" || len(columns) > 0) {
				found = append(found, name+" is there and should not be")
			}
		}
		var theirs []spark.Shown
		var ours []string
		for name, want := range columns {
			s, ok := shown[name]
			if !ok || !slices.Equal(s.Columns, want) {
				found = append(found, fmt.Sprintf("%s has columns %q, want %q", name, s.Columns, want))
				continue
			}
			theirs = append(theirs, s)
			ours = append(ours, rowsAs("VARCHAR", "[", "]", duck.QuoteText(name), s.Columns, duck.Quote, "main."+duck.Quote(name)))
		}
		if theirs == nil {
			return nil
		}
		differing, err := b.differing(tx, b.exported(theirs), strings.Join(ours, "\nUNION ALL\n"))
		found = append(found, differing...)
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return found
}

// mainColumns are the columns of the tables in main, but those that are for analysis.
func mainColumns(ctx context.Context, tx *duck.Tx) (map[string][]string, error) {
	columns := map[string][]string{}
	err := tx.Each(ctx, `SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'main'
		AND table_name NOT IN ('enhanced_users', 'session_facts', '_sync_info', '_sync_history') ORDER BY table_name, ordinal_position`, nil, func(scan func(...any) error) error {
		var table, column string
		err := scan(&table, &column)
		columns[table] = append(columns[table], column)
		return err
	})
	return columns, err
}

// rowsAs reads a table as its name and its rows as lists of texts.
func rowsAs(typ, open, end, name string, columns []string, quote func(string) string, from string) string {
	texts := make([]string, len(columns))
	for i, c := range columns {
		texts[i] = "CAST(" + quote(c) + " AS " + typ + ")"
	}
	return "SELECT " + name + " AS t, " + open + strings.Join(texts, ", ") + end + " AS r FROM " + from
}

// exported is where DuckDB reads the rows of Spark's tables, as t, the table, and r, their texts.
func (b *both) exported(tables []spark.Shown) string {
	b.t.Helper()
	b.export++
	dir := filepath.Join(b.scratch, "export", strconv.Itoa(b.export))
	all := make([]string, len(tables))
	for i, s := range tables {
		all[i] = rowsAs("STRING", "array(", ")", spark.QuoteText(s.Name), s.Columns, spark.Quote, "("+s.Query+")")
	}
	err := b.session.Exec(b.t.Context(), "INSERT OVERWRITE DIRECTORY "+spark.QuoteText("file://"+dir)+" USING parquet "+strings.Join(all, "\nUNION ALL\n"))
	if err != nil {
		b.t.Fatal(err)
	}
	return "read_parquet(" + duck.QuoteText(dir+"/*.parquet") + ")"
}

// differing has DuckDB compare exported rows with its own.
func (b *both) differing(tx *duck.Tx, theirs, ours string) (found []string, err error) {
	exported := "SELECT t, r FROM " + theirs
	err = tx.Each(b.t.Context(), `SELECT t, side, count(*), first(r::VARCHAR) FROM (
		SELECT 'missing' AS side, * FROM ((`+ours+`) EXCEPT ALL `+exported+`) UNION ALL SELECT 'too many', * FROM (`+exported+` EXCEPT ALL (`+ours+`))
	) GROUP BY ALL ORDER BY ALL`, nil, func(scan func(...any) error) error {
		var table, side, example string
		var n int64
		err := scan(&table, &side, &n, &example)
		found = append(found, fmt.Sprintf("%s: %d rows %s, such as %s", table, n, side, example))
		return err
	})
	return found, err
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

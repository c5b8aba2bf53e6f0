package spark_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"smew/answer"
	"smew/duck"
	"smew/feed"
	"smew/produce"
	"smew/produce/producetest"
	"smew/spark"
)

// scenarios produces random feeds with everything a feed may do into S3, and loads them after every dump with Spark and with DuckDB: the
// same dumps fail, and each table is the other's row for row. Meanwhile the connection is cut every two seconds and an executor is killed;
// in harsh runs loaders die at random, the driver is killed, and somebody reads all the time.
func scenarios(t *testing.T, s *server) {
	for _, seed := range seeds(t, 1, 5) {
		t.Run(strconv.Itoa(seed), func(t *testing.T) {
			d := producetest.Dice{Rand: rand.New(rand.NewPCG(uint64(seed), 5)), All: true}
			scenario := d.Scenario()
			t.Cleanup(func() {
				if t.Failed() {
					t.Logf("the scenario: %+v", *scenario)
				}
			})
			b, cutter, reading := s.troubled(t, d)
			feed, _ := b.places()
			key := &answer.Key{}
			p, err := produce.New(t.Context(), feed.Bucket, produce.Options{Seed: d.Uint64(), Users: 30, Events: 150, PartRows: 40, Scenario: scenario,
				Prefix: feed.Prefix, Bucket: feed.Source.Bucket, Codec: d.Of("null", "deflate", "snappy"), Answer: key})
			if err != nil {
				t.Fatal(err)
			}
			b.small = -int64((seed + 1) % 2) // in turn, both ways to write a table
			for day := range days(t) {
				if _, err := p.Next(t.Context()); err != nil {
					t.Fatal(err)
				}
				if day == 0 {
					b.trouble.executor = true
				}
				if day == 1 && harsh() {
					b.trouble.driver = []string{"write", "commit", "fill", "publish", "audit", "tag", "define"}[seed%7]
				}
				b.load()
				b.session = s.session(t) // the driver of the last one may be dead
				if reading != nil {
					reading.loaded()
				}
				b.agree()
			}
			b.judged(key)
			if reading != nil {
				t.Logf("%d different numbers of rows were seen in %d commits", len(reading.end()), len(reading.seen))
			}
			t.Logf("%d loaders died, %d connections were cut", b.trouble.deaths, cutter.cuts.Load())
			if cutter.cuts.Load() == 0 || s.cluster != nil && (b.trouble.executor || b.trouble.driver != "") {
				t.Error("nothing was cut, or nobody killed")
			}
		})
	}
}

// days are how many dumps a feed has: few if nothing is said, all that happens in a scenario in harsh runs, or as many as
// SMEW_TEST_SPARK_DAYS says.
func days(t *testing.T) int {
	t.Helper()
	if n, err := strconv.Atoi(os.Getenv("SMEW_TEST_SPARK_DAYS")); err == nil {
		return n
	}
	if harsh() {
		return producetest.Days + 1
	}
	return 3
}

// troubled is a feed that nobody has loaded, and what happens to those who load it. The reader is there in harsh runs only.
func (s *server) troubled(t *testing.T, d producetest.Dice) (*both, *cutter, *reader) {
	t.Helper()
	b := s.fresh(t)
	if s.s3 != nil {
		b.s3, b.name = s.s3, s.s3.Bucket(t)
	}
	cutter, remote := cut(t, s.remote, 2*time.Second)
	b.trouble = &trouble{t: t, server: s, open: func() spark.Session { return s.reachingS3(t, remote) }}
	if !harsh() {
		return b, cutter, nil
	}
	b.trouble.rng = rand.New(rand.NewPCG(d.Uint64(), 1))
	return b, cutter, newReader(b, s.remote)
}

// reachingS3 is a session that reads what lies on the tests' S3 server.
func (s *server) reachingS3(t *testing.T, remote string) spark.Session {
	t.Helper()
	session := open(t, remote)
	for key, value := range s.settings {
		if err := session.Exec(t.Context(), "SET "+key+" = "+value); err != nil {
			t.Fatal(err)
		}
	}
	return session
}

// judged holds Spark's tables against the answer key, as anybody's would be.
func (b *both) judged(key *answer.Key) {
	b.t.Helper()
	ctx := b.t.Context()
	state, err := spark.ReadState(ctx, b.session, spark.Place{})
	if err != nil {
		b.t.Fatal(err)
	}
	dir := b.t.TempDir()
	key.FinalOnly = true
	if err := key.Write(ctx, filepath.Join(dir, "answer")); err != nil {
		b.t.Fatal(err)
	}
	db, err := duck.Open(ctx, filepath.Join(dir, "spark.duckdb"), duck.Options{})
	if err != nil {
		b.t.Fatal(err)
	}
	defer db.Close()
	tables := state.Shown(spark.Place{})
	rows := b.exported(tables)
	err = db.Update(ctx, func(tx *duck.Tx) error {
		for _, s := range tables {
			columns := make([]string, len(s.Columns))
			for i, c := range s.Columns {
				kind := "VARCHAR"
				if feed.IsID(s.Name, c) {
					kind = "BIGINT"
				}
				columns[i] = fmt.Sprintf("CAST(r[%d] AS %s) AS %s", i+1, kind, duck.Quote(c))
			}
			if _, err := tx.Exec(ctx, "CREATE TABLE "+duck.Quote(s.Name)+" AS SELECT "+strings.Join(columns, ", ")+" FROM "+rows+" WHERE t = "+duck.QuoteText(s.Name)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.t.Fatal(err)
	}
	report, err := answer.Check(ctx, filepath.Join(dir, "answer"), db, answer.Options{})
	if err != nil || !report.Agrees {
		b.t.Errorf("against the answer key: %v, %+v", err, report)
	}
}

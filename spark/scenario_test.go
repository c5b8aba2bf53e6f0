package spark_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"smew/answer"
	"smew/duck"
	"smew/produce"
	"smew/produce/producetest"
	"smew/spark"
)

// scenarios produces random feeds with everything a feed may do, and loads them after every dump with Spark and with DuckDB: the
// same dumps fail, and each table is the other's row for row.
func scenarios(t *testing.T, s *server) {
	for _, seed := range seeds(t, 1) {
		t.Run(strconv.Itoa(seed), func(t *testing.T) {
			b := s.fresh(t)
			b.small = -int64((seed + 1) % 2) // in turn, both ways to write a table
			d := producetest.Dice{Rand: rand.New(rand.NewPCG(uint64(seed), 5))}
			scenario := d.Scenario()
			t.Cleanup(func() {
				if t.Failed() {
					t.Logf("the scenario: %+v", *scenario)
				}
			})
			key := &answer.Key{}
			p, err := produce.New(t.Context(), b.bucket(b.dir), produce.Options{Seed: d.Uint64(), Users: 30, Events: 150, PartRows: 40, Scenario: scenario,
				Codec: d.Of("null", "deflate", "snappy"), Answer: key})
			if err != nil {
				t.Fatal(err)
			}
			for day := range producetest.Days + 1 {
				if _, err := p.Next(t.Context()); err != nil {
					t.Fatal(err)
				}
				if day == 2 {
					b.before = executorKiller(t, s)
				}
				b.load()
				b.agree()
			}
			b.judged(key)
		})
	}
}

// executorKiller kills an executor in the middle of a dump, where the cluster is the test's own.
func executorKiller(t *testing.T, s *server) func(string) error {
	killed := s.cluster == nil
	return func(step string) error {
		if strings.HasPrefix(step, "write") && !killed {
			killed = true
			if err := s.cluster.KillExecutor(); err != nil {
				t.Error(err)
			}
		}
		return nil
	}
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
	for i, s := range state.Shown(spark.Place{}) {
		var from, to []string
		for j, c := range s.Columns {
			from = append(from, fmt.Sprintf("%s AS k%d", spark.Quote(c), j))
			to = append(to, fmt.Sprintf("k%d AS %s", j, duck.Quote(c)))
		}
		path := filepath.Join(dir, strconv.Itoa(i))
		if err := b.session.Exec(ctx, "INSERT OVERWRITE DIRECTORY "+spark.QuoteText("file://"+path)+" USING parquet SELECT "+strings.Join(from, ", ")+" FROM ("+s.Query+")"); err != nil {
			b.t.Fatal(err)
		}
		err := db.Update(ctx, func(tx *duck.Tx) error {
			_, err := tx.Exec(ctx, "CREATE TABLE "+duck.Quote(s.Name)+" AS SELECT "+strings.Join(to, ", ")+" FROM read_parquet("+duck.QuoteText(path+"/*.parquet")+")")
			return err
		})
		if err != nil {
			b.t.Fatal(err)
		}
	}
	report, err := answer.Check(ctx, filepath.Join(dir, "answer"), db, answer.Options{})
	if err != nil || !report.Agrees {
		b.t.Errorf("against the answer key: %v, %+v", err, report)
	}
}

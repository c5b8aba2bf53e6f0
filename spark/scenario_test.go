package spark_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"smew/answer"
	"smew/produce"
	"smew/produce/producetest"
)

// TestScenarios produces random feeds with everything a feed may do, and loads them after every dump with Spark and with DuckDB: the
// same dumps fail, and each table is the other's row for row.
func TestScenarios(t *testing.T) {
	session := devSession(t, t.TempDir())
	first, _ := strconv.Atoi(os.Getenv("FIRST"))
	for seed := first; seed < first+worlds(); seed++ {
		t.Run(strconv.Itoa(seed), func(t *testing.T) {
			drop(t, session)
			d := producetest.Dice{Rand: rand.New(rand.NewPCG(uint64(seed), 5))}
			scenario := d.Scenario()
			b := &both{t: t, session: session, dir: t.TempDir(), db: filepath.Join(t.TempDir(), "x.duckdb"), scratch: t.TempDir()}
			key := &answer.Key{}
			p, err := produce.New(t.Context(), b.bucket(b.dir), produce.Options{Seed: d.Uint64(), Users: 30, Events: 150, PartRows: 40, Scenario: scenario,
				Codec: d.Of("null", "deflate", "snappy"), Answer: key})
			if err != nil {
				t.Fatal(err)
			}
			for range producetest.Days + 1 {
				if _, err := p.Next(t.Context()); err != nil {
					t.Fatal(err)
				}
				b.load()
				b.agree()
			}
			if t.Failed() {
				t.Logf("the scenario: %+v", *scenario)
			}
		})
	}
}

package spark_test

import (
	"math/rand/v2"
	"strconv"
	"testing"

	"smew/answer"
	"smew/produce"
	"smew/produce/producetest"
)

// scenarios produces random feeds with everything a feed may do, and loads them after every dump with Spark and with DuckDB: the
// same dumps fail, and each table is the other's row for row.
func scenarios(t *testing.T, s *server) {
	for _, seed := range seeds(t, 1) {
		t.Run(strconv.Itoa(seed), func(t *testing.T) {
			b := s.fresh(t)
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
			for range producetest.Days + 1 {
				if _, err := p.Next(t.Context()); err != nil {
					t.Fatal(err)
				}
				b.load()
				b.agree()
			}
		})
	}
}

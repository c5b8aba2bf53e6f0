package spark_test

import (
	"errors"
	"testing"

	"smew/plan"
	"smew/produce"
	"smew/spark"
)

// chosen leaves a table out and takes it in again, while more dumps come: it is there as if it always had been.
func chosen(t *testing.T, s *server) {
	b := s.fresh(t)
	p, err := produce.New(t.Context(), b.bucket(b.dir), produce.Options{Seed: 8, Users: 10, Events: 30, PartRows: 20})
	if err != nil {
		t.Fatal(err)
	}
	dump := func() {
		t.Helper()
		if _, err := p.Next(t.Context()); err != nil {
			t.Fatal(err)
		}
		b.load()
		b.agree()
	}
	dump()
	for _, choice := range []*plan.Choice{{Exclude: []string{"pageviews"}}, {Include: []string{"*"}}} {
		b.choice = choice
		b.load()
		b.agree()
		dump()
	}
	b.audited(nil)
	b.choice = &plan.Choice{Include: []string{"nobody"}}
	var wrong *plan.ChoiceError
	if _, err := b.spark(); !errors.As(err, &wrong) {
		t.Errorf("a table that there is not: %v", err)
	}
	if state, err := spark.ReadState(t.Context(), b.session, spark.Place{}); err != nil || !state.Choice.Has("pageviews") {
		t.Errorf("%v, %v", state.Choice, err)
	}
}

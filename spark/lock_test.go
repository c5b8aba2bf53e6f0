package spark_test

import (
	"errors"
	"strings"
	"testing"

	"smew/plan"
	"smew/produce"
	"smew/spark"
)

// locked has a second loader come while the first is at work: it is kept out, and if it takes the lock all the same, the first one loses,
// however late it wakes up.
func locked(t *testing.T, s *server) {
	b := s.fresh(t)
	b.choice = &plan.Choice{Include: []string{"users", "pageviews"}}
	p, err := produce.New(t.Context(), b.bucket(b.dir), produce.Options{Seed: 5, Users: 10, Events: 20, PartRows: 30})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Next(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.before = func(step string) error {
		other := *b
		other.session, other.before = s.session(t), nil
		if strings.HasPrefix(step, "fill") && !b.takeLock {
			b.takeLock = true
			var locked *spark.LockedError
			if _, err := other.spark(); !errors.As(err, &locked) || locked.Who != "a test" {
				t.Errorf("a second loader got %v", err)
			}
		}
		if step == "commit" {
			other.takeLock = true
			if s, err := other.spark(); err != nil || len(s.Loaded) != 1 {
				t.Errorf("a loader that takes the lock got %v, %+v", err, s)
			}
		}
		return nil
	}
	var lost *spark.LostError
	if s, err := b.spark(); !errors.As(err, &lost) || len(s.Loaded) > 0 {
		t.Errorf("the loader whose lock was taken got %v, %+v", err, s)
	}
	b.before, b.takeLock = nil, false
	b.load()
	b.agree()
}

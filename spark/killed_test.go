package spark_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"smew/produce"
	"smew/spark"
)

// mortal is a session of a loader that can die: nothing it asks for is done any more.
type mortal struct {
	spark.Session
	dead bool
}

var errDead = errors.New("the loader is dead")

func (m *mortal) Exec(ctx context.Context, sql string) error {
	if m.dead {
		return errDead
	}
	return m.Session.Exec(ctx, sql)
}

func (m *mortal) Rows(ctx context.Context, sql string) ([][]any, error) {
	if m.dead {
		return nil, errDead
	}
	return m.Session.Rows(ctx, sql)
}

func (m *mortal) Avro(ctx context.Context, view string, files []string) error {
	if m.dead {
		return errDead
	}
	return m.Session.Avro(ctx, view, files)
}

// killed has the loader die before each kind of step of a dump that brings something to all tables, and load the dump again: until the
// commit who takes the tags sees the dump before, and in the end all is as if nobody had died.
func killed(t *testing.T, s *server) {
	b := s.fresh(t)
	p, err := produce.New(t.Context(), b.bucket(b.dir), produce.Options{Seed: 4, Users: 20, Events: 60, PartRows: 30})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := p.Next(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	b.load()
	if _, err := p.Next(t.Context()); err != nil {
		t.Fatal(err)
	}
	whole := b.session
	var died []string // kinds of steps, in order
	for {
		m := &mortal{Session: whole}
		b.session, b.takeLock = m, true
		b.before = func(step string) error {
			kind, _, _ := strings.Cut(step, " ")
			if slices.Contains(died, kind) {
				return nil
			}
			died, m.dead = append(died, kind), true
			return errDead
		}
		_, err := b.spark()
		b.session, b.before = whole, nil
		if err == nil {
			break
		}
		if !errors.Is(err, errDead) {
			t.Fatal(err)
		}
		last := died[len(died)-1]
		if slices.Contains([]string{"publish", "unlock"}, last) {
			b.duck()
		}
		if found := b.differences(); len(found) > 0 {
			t.Fatalf("after a death before %q Spark and DuckDB differ:\n%s", last, strings.Join(found, "\n"))
		}
	}
	b.agree()
	for _, kind := range []string{"lock", "define", "fill", "audit", "map", "walk", "keep", "move", "write", "tag", "commit", "publish"} {
		if !slices.Contains(died, kind) {
			t.Errorf("nobody died before %q: %q", kind, died)
		}
	}
	b.untagged()
}

// untagged holds what the tables show to those who take no tag against DuckDB: when all is well they show the last commit too.
func (b *both) untagged() {
	b.t.Helper()
	state, err := spark.ReadState(b.t.Context(), b.session, spark.Place{})
	if err != nil {
		b.t.Fatal(err)
	}
	shown := state.Shown(spark.Place{})
	for i := range shown {
		for _, p := range state.Published {
			shown[i].Query = strings.ReplaceAll(shown[i].Query, " VERSION AS OF '"+p.Tag+"'", "")
		}
	}
	if found := b.compare(shown); len(found) > 0 {
		b.t.Fatalf("without tags Spark and DuckDB differ:\n%s", strings.Join(found, "\n"))
	}
}

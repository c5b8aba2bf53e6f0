package spark_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"smew/duck"
	"smew/plan"
	"smew/produce"
	"smew/sample"
	"smew/spark"
)

// killed has the loader die before kinds of steps of a dump that brings something to all tables, before two each day or before each if
// SMEW_TEST_STEPS says so, and load the dump again: until the commit who takes the tags sees the dump before, and in the end all is as if
// nobody had died. In the latter case another dump is loaded while the driver is killed, before each of them too.
func killed(t *testing.T, s *server) {
	b := s.fresh(t)
	b.choice = &plan.Choice{Include: []string{"users", "pageviews"}}
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
	reading, loaded := newReader(b, s.remote), b.counts()
	reading.loaded()
	next := func(d *deaths) map[string]int64 {
		if _, err := p.Next(t.Context()); err != nil {
			t.Fatal(err)
		}
		b.outlive(d)
		reading.loaded()
		return b.counts()
	}
	steps := []string{"lock", "publish", "fill", "commit", "define", "tag", "audit", "write", "map", "walk", "keep", "move", "unlock"}
	want := []map[string]int64{loaded, next(newDeaths(t, b.session, steps...))}
	if s.cluster != nil && sample.Count(t, sample.Steps, 0, 1) > 0 {
		d := newDeaths(t, b.session, steps...)
		d.drivers = s
		want = append(want, next(d))
	}
	if got := reading.end(); !reflect.DeepEqual(got, want) {
		t.Errorf("readers saw %v, want %v", got, want)
	}
	if found := b.untagged(); len(found) > 0 {
		t.Fatalf("without tags Spark and DuckDB differ:\n%s", strings.Join(found, "\n"))
	}
	if err := b.session.Exec(t.Context(), "DELETE FROM heap.main.pageviews WHERE event_id = (SELECT min(event_id) FROM heap.main.pageviews)"); err != nil {
		t.Fatal(err)
	}
	if found := b.untagged(); len(found) != 2 || !strings.Contains(found[1], "pageviews: 1 rows missing") {
		t.Errorf("where a row is removed from pageviews: %q", found)
	}
	b.agree()
}

// outlive loads a dump until no loader dies any more.
func (b *both) outlive(d *deaths) {
	b.t.Helper()
	for {
		b.session, b.before = d.next()
		b.takeLock = true
		_, err := b.spark()
		b.session, b.before = d.session, nil
		if err == nil {
			break
		}
		if !errors.Is(err, errDead) && !(d.drivers != nil && lost(err)) {
			b.t.Fatal(err)
		}
		if d.drivers != nil {
			d.session = d.drivers.session(b.t)
			b.session = d.session
		}
		if !slices.Contains([]string{"write", "commit", "publish", "unlock"}, d.last()) {
			continue // the reader looks all the time
		}
		if d.last() == "publish" || d.last() == "unlock" {
			b.duck()
		}
		if found := b.differences(); len(found) > 0 {
			b.t.Fatalf("after a death before %q Spark and DuckDB differ:\n%s", d.last(), strings.Join(found, "\n"))
		}
	}
	b.duck()
	b.agree()
	d.done()
}

// untagged holds what the tables show to those who take no tag against DuckDB: when all is well they show the last commit too.
func (b *both) untagged() []string {
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
	return b.compare(shown)
}

// counts are how many rows DuckDB has of each table.
func (b *both) counts() map[string]int64 {
	b.t.Helper()
	db, err := duck.Open(b.t.Context(), b.db, duck.Options{ReadOnly: true})
	if err != nil {
		b.t.Fatal(err)
	}
	defer db.Close()
	counts := map[string]int64{}
	err = db.View(b.t.Context(), func(tx *duck.Tx) error {
		columns, err := mainColumns(b.t.Context(), tx)
		for name := range columns {
			var n int64
			if _, err := tx.Row(b.t.Context(), "SELECT count(*) FROM main."+duck.Quote(name), nil, &n); err != nil {
				return err
			}
			counts[name] = n
		}
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return counts
}

package spark_test

import (
	"context"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"smew/duck"
	"smew/plan"
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
	reading := newReader(b, s.session(t))
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
			switch {
			case m.dead:
				return errDead
			case slices.Contains(died, kind):
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
	reading.end()
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

// reader reads the tables by their tags, again and again, while others write them.
type reader struct {
	b    *both
	stop chan struct{}
	done chan struct{}
	seen []map[string]int64 // different counts of rows
	err  error
	want map[string]int64 // what DuckDB has before
}

func newReader(b *both, session spark.Session) *reader {
	r := &reader{b: b, stop: make(chan struct{}), done: make(chan struct{}), want: b.counts()}
	go func() {
		defer close(r.done)
		for r.err == nil {
			select {
			case <-r.stop:
				return
			default:
				r.err = r.look(session)
			}
		}
	}()
	return r
}

func (r *reader) look(session spark.Session) error {
	state, err := spark.ReadState(context.Background(), session, spark.Place{})
	if err != nil {
		return err
	}
	var counts []string
	for _, s := range state.Shown(spark.Place{}) {
		counts = append(counts, "SELECT "+spark.QuoteText(s.Name)+", count(*) FROM ("+s.Query+")")
	}
	rows, err := session.Rows(context.Background(), strings.Join(counts, "\nUNION ALL\n"))
	if err != nil {
		return err
	}
	seen := map[string]int64{}
	for _, row := range rows {
		seen[row[0].(string)] = row[1].(int64)
	}
	if !slices.ContainsFunc(r.seen, func(o map[string]int64) bool { return maps.Equal(o, seen) }) {
		r.seen = append(r.seen, seen)
	}
	return nil
}

// end stops reading. What was seen is the dump before or the one after, and both were.
func (r *reader) end() {
	r.b.t.Helper()
	close(r.stop)
	<-r.done
	if r.err == nil {
		r.err = r.look(r.b.session)
	}
	if want := []map[string]int64{r.want, r.b.counts()}; r.err != nil || !reflect.DeepEqual(r.seen, want) {
		r.b.t.Errorf("readers saw %v, want %v; %v", r.seen, want, r.err)
	}
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

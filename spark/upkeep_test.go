package spark_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"smew/plan"
	"smew/produce"
	"smew/spark"
)

// upkeep makes views of the tables, and then maintains these: all that can go goes, the tables and the views show what they showed,
// and the next dump finds its way.
func upkeep(t *testing.T, s *server) {
	b := s.fresh(t)
	b.small = -1
	b.choice = &plan.Choice{Include: []string{"users", "pageviews", "sessions"}}
	p, err := produce.New(t.Context(), b.bucket(b.dir), produce.Options{Seed: 8, Users: 15, Events: 40, PartRows: 30, Scenario: &produce.Scenario{
		Resyncs:     []produce.Resync{{Table: "pageviews", Days: "2", Rows: "all"}},
		Definitions: []produce.Definitions{{Days: "1-", File: "channels"}}}})
	if err != nil {
		t.Fatal(err)
	}
	// Iceberg leaves fewer than five small files as they are.
	if err := b.session.Exec(t.Context(), "SET spark.sql.adaptive.coalescePartitions.enabled = false"); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := p.Next(t.Context()); err != nil {
			t.Fatal(err)
		}
		b.load()
	}
	resync := b.state().Tables["pageviews"].Resync
	views := b.views()
	if found := b.compare(views); len(found) > 0 {
		t.Fatalf("the views and DuckDB differ: %q", found)
	}
	done := b.maintain()
	if !slices.Contains(done.Tables, "main.`sessions`") || done.Tags == 0 {
		t.Errorf("maintenance did %+v", done)
	}
	rows, err := b.session.Rows(t.Context(), `SELECT min(smew_dump_id), (SELECT count(*) FROM heap.main.sessions.snapshots) - (SELECT count(DISTINCT snapshot_id) FROM heap.main.sessions.refs)
		FROM heap.raw.pageviews`)
	if err != nil || rows[0][0] != resync || rows[0][1] != int64(0) {
		t.Errorf("raw.pageviews from which dump on, and snapshots that nobody needs: %v, want [%d 0]; %v", rows, resync, err)
	}
	b.agree()
	if found := b.untagged(); len(found) > 0 {
		t.Fatalf("without tags Spark and DuckDB differ:\n%s", strings.Join(found, "\n"))
	}
	if found := b.compare(views); len(found) > 0 {
		t.Errorf("after maintenance the views and DuckDB differ: %q", found)
	}
	if _, err := p.Next(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.load()
	b.agree()
}

// views runs the statements of smew spark views, and returns what reads the views.
func (b *both) views() (all []spark.Shown) {
	b.t.Helper()
	state, err := spark.ReadState(b.t.Context(), b.session, spark.Place{})
	if err != nil {
		b.t.Fatal(err)
	}
	shown := state.Shown(spark.Place{})
	for i, v := range state.Views(spark.Place{}, "default", false) {
		if err := b.session.Exec(b.t.Context(), v.SQL); err != nil {
			b.t.Fatal(err)
		}
		all = append(all, spark.Shown{Name: v.Name, Columns: shown[i].Columns, Query: "SELECT * FROM `default`." + spark.Quote(v.Name)})
	}
	return all
}

// maintain does maintenance to its end. Before, it ends before its commit, or in harsh runs before each kind of step: that changes nothing
// that readers of the tags see.
func (b *both) maintain() (done spark.Maintained) {
	b.t.Helper()
	whole, died := b.session, []string{}
	if !harsh() {
		died = []string{"begin", "lock", "recover", "remove", "rewrite", "branch", "tag", "publish", "expire", "unlock"}
	}
	for {
		m := &mortal{Session: whole}
		options := spark.Options{TakeLock: true, Who: "a test", Before: func(step string) error {
			kind, _, _ := strings.Cut(step, " ")
			if !m.dead && slices.Contains(died, kind) {
				return nil
			}
			died, m.dead = append(died, kind), true
			return errDead
		}}
		got, err := spark.Maintain(b.t.Context(), m, spark.Maintenance{Options: options, Versions: 1, Age: time.Nanosecond})
		done.Tables, done.Tags = append(done.Tables, got.Tables...), done.Tags+got.Tags
		if err == nil {
			break
		}
		if !errors.Is(err, errDead) {
			b.t.Fatal(err)
		}
		if found := b.differences(); len(found) > 0 {
			b.t.Fatalf("after a death before %q of maintenance Spark and DuckDB differ:\n%s", died[len(died)-1], strings.Join(found, "\n"))
		}
	}
	for _, kind := range []string{"remove", "rewrite", "branch", "tag", "commit", "publish", "expire"} {
		if !slices.Contains(died, kind) {
			b.t.Errorf("nobody died before %q: %q", kind, died)
		}
	}
	return done
}

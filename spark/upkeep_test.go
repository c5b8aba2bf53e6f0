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
	// Iceberg leaves fewer than five small files as they are: a task each writes more.
	for _, setting := range []string{"spark.sql.adaptive.coalescePartitions.enabled = false", "spark.sql.shuffle.partitions = 8"} {
		if err := b.session.Exec(t.Context(), "SET "+setting); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
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
	if done := b.maintain(); !slices.Contains(done.Tables, "main.`pageviews`") {
		t.Errorf("maintenance did %+v", done)
	}
	if found := b.compare(views); len(found) > 0 {
		t.Errorf("after maintenance the views and DuckDB differ: %q", found)
	}
	done, err := spark.Maintain(t.Context(), b.session, spark.Maintenance{Options: spark.Options{Who: "a test"}, Versions: 1, Age: time.Nanosecond})
	if err != nil || len(done.Tables) > 0 || done.Tags == 0 {
		t.Errorf("maintenance of what needs none but for its tags did %+v, %v", done, err)
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

// maintain does maintenance to its end, and dies before kinds of steps on its way, before two each day or each if SMEW_TEST_STEPS says so:
// that changes nothing that readers of the tags see, which all stay.
func (b *both) maintain() (done spark.Maintained) {
	b.t.Helper()
	d := newDeaths(b.t, b.session, "commit", "rewrite", "publish", "remove", "tag", "expire", "branch")
	for {
		m, before := d.next()
		got, err := spark.Maintain(b.t.Context(), m, spark.Maintenance{Options: spark.Options{TakeLock: true, Who: "a test", Before: before}, Versions: 100, Age: time.Nanosecond})
		done.Tables = append(done.Tables, got.Tables...)
		if err == nil {
			break
		}
		if !errors.Is(err, errDead) {
			b.t.Fatal(err)
		}
		if found := b.differences(); len(found) > 0 {
			b.t.Fatalf("after a death before %q of maintenance Spark and DuckDB differ:\n%s", d.last(), strings.Join(found, "\n"))
		}
	}
	d.done()
	return done
}

// Package verify audits a database: the ledger against the bucket, the tables against the ledger, and
// the data against the rules it must keep. It changes nothing, and takes no word of the loader's for
// granted that it can count or work out anew.
package verify

import (
	"context"
	"fmt"
	"slices"

	"smew/avro"
	"smew/bucket"
	"smew/duck"
	"smew/plan"
	"smew/stage"
)

// Feed is where the database's dumps came from.
type Feed struct {
	Bucket bucket.Bucket
	Prefix string // before manifests/: "" or "some/folder/"
	Source plan.Source
}

// Options say what is looked at. The zero value looks at all tables and reads no part.
type Options struct {
	Deep   bool     // read the parts of live dumps again, and all manifests
	Tables []string // as delivered; nil: all
	Stage  stage.Options
	Limits avro.Limits
}

// TableError says that the database has no delivered table of a name in Options.Tables.
type TableError struct{ Name string }

func (e *TableError) Error() string { return fmt.Sprintf("the feed has delivered no table %q", e.Name) }

// Run audits the database, which may be open for reading only and must have the ledger of this
// smew (loader.Current). It names every difference in the Report; an error says that something could not be
// looked at. Its memory is bounded by DuckDB's limit, 24 bytes for each mapped id and some
// hundred for each part that the ledger knows.
func Run(ctx context.Context, db *duck.DB, f Feed, o Options) (Report, error) {
	a := &audit{db: db, feed: f, options: o}
	a.report = Report{Differences: []Difference{}, NotLoaded: []Difference{}, Notes: []Difference{}}
	err := db.View(ctx, func(tx *duck.Tx) error { return a.readLedger(ctx, tx) })
	if err != nil {
		return a.report, err
	}
	if err := a.bucket(ctx); err != nil {
		return a.report, err
	}
	if err := db.View(ctx, func(tx *duck.Tx) error { return a.database(ctx, tx) }); err != nil {
		return a.report, err
	}
	if o.Deep {
		err = a.deep(ctx)
	}
	a.report.Agrees = len(a.report.Differences) == 0
	return a.report, err
}

// audit is one run.
type audit struct {
	db      *duck.DB
	feed    Feed
	options Options
	ledger  ledger
	sound   map[int]bool           // parts, by their index in ledger.parts, that lie in the bucket as they were read
	lost    map[owner][]Difference // rows of parts that are not held
	report  Report
}

func (a *audit) wants(table string) bool {
	return a.options.Tables == nil || slices.Contains(a.options.Tables, table)
}

// database holds the tables against the ledger and the rules. What is wrong with a table's relation
// as a whole spares the other checks of it.
func (a *audit) database(ctx context.Context, tx *duck.Tx) error {
	if err := a.identities(ctx, tx); err != nil {
		return err
	}
	for i := range a.ledger.tables {
		t := &a.ledger.tables[i]
		if !a.wants(t.name) {
			continue
		}
		if !t.there {
			a.differ(Difference{Check: NoRelation, Table: t.name, Text: fmt.Sprintf("its rows are gone: there is no relation smew.%s", t.relation)})
			continue
		}
		a.report.Tables++
		for _, check := range t.checks() {
			if err := check(a, ctx, tx, t); err != nil {
				return fmt.Errorf("verify table %q: %w", t.name, err)
			}
		}
	}
	return a.views(ctx, tx)
}

// checks are what the table's kind calls for.
func (t *table) checks() []func(*audit, context.Context, *duck.Tx, *table) error {
	all := []func(*audit, context.Context, *duck.Tx, *table) error{(*audit).rows}
	switch t.name {
	case plan.Migrations:
		return all
	case "users":
		return append(all, (*audit).keys, (*audit).persons, (*audit).people)
	}
	return append(all, (*audit).keys, (*audit).persons, (*audit).instants)
}

package verify

import (
	"context"
	"fmt"
	"slices"

	"smew/duck"
	"smew/manifests"
	"smew/plan"
	"smew/sql"
	"smew/views"
)

// ledger is what the database says about the feed.
type ledger struct {
	plan      plan.Ledger
	dumps     []int64 // ascending
	manifests map[manifests.ID]bool
	places    map[int64][]string      // the keys of a dump's manifests, its own first
	attempts  map[manifests.ID]string // what the last try of a manifest said
	parts     []part
	listed    []string // definitions files
	tables    []table
	aside     map[owner]int64 // rows that were quarantined
	erased    map[owner]int64
	accepted  map[int64]string // why a dump is accepted as lost
}

// owner is a dump and one of its tables.
type owner struct {
	dump  int64
	table string
}

// part is a part as the ledger knows it.
type part struct {
	dump  int64
	table string
	place int
	key   string
	size  *int64 // nil: not read
	etag  *string
	rows  *int64
	live  bool // rows of the tables rest on it
}

// table is a delivered table.
type table struct {
	name, relation string
	there          bool // the relation is
	columns        []views.Column
}

// ids are the columns that make an example's key: the first is R7's, besides user_id.
func (t *table) ids() (first, second string) {
	switch t.name {
	case plan.Migrations:
		return "from_user_id", "to_user_id"
	case "users":
		return "user_id", "user_id"
	case "sessions":
		return "session_id", "user_id"
	}
	return "event_id", "user_id"
}

// key is the key of an example; ids that are NULL in a table without key say nothing.
func (t *table) key(first, second *int64) map[string]*int64 {
	if first == nil && second == nil {
		return nil
	}
	a, b := t.ids()
	return map[string]*int64{a: first, b: second}
}

// names fills in the table's names: relation, and the ids under the given placeholders.
func (t *table) names(first, second string) duck.Names {
	names := duck.Names{"relation": duck.Quote(t.relation)}
	a, b := t.ids()
	if first != "" {
		names[first] = duck.Quote(a)
	}
	if second != "" {
		names[second] = duck.Quote(b)
	}
	return names
}

func (a *audit) readLedger(ctx context.Context, tx *duck.Tx) error {
	l := &a.ledger
	l.plan = plan.Ledger{Dumps: map[int64]plan.Loaded{}, Resyncs: map[string]int64{}}
	l.manifests, l.places, l.attempts = map[manifests.ID]bool{}, map[int64][]string{}, map[manifests.ID]string{}
	l.aside, l.erased, l.accepted = map[owner]int64{}, map[owner]int64{}, map[int64]string{}
	for _, read := range []struct {
		statement string
		row       func(scan func(...any) error) error
	}{
		{sql.LedgerDumps, l.addDump},
		{sql.LedgerResyncs, l.addResync},
		{sql.VerifyManifests, l.addManifest},
		{sql.LedgerLastAttempts, l.addAttempt},
		{sql.VerifyParts, l.addPart},
		{sql.VerifyDefinitions, l.addDefinitions},
		{sql.VerifyRemoved, l.addRemoved},
		{sql.VerifyAccepted, l.addAccepted},
		{sql.LedgerHeld, l.addTable},
		{sql.VerifyRelations, l.addRelation},
		{sql.LedgerAllColumns, l.addColumn},
	} {
		if err := tx.Each(ctx, read.statement, nil, read.row); err != nil {
			return fmt.Errorf("read ledger: %w", err)
		}
	}
	slices.Sort(l.dumps)
	for _, name := range a.options.Tables {
		if !slices.ContainsFunc(l.tables, func(t table) bool { return t.name == name }) {
			return &TableError{Name: name}
		}
	}
	a.report.Dumps = len(l.dumps)
	return nil
}

func (l *ledger) addDump(scan func(...any) error) error {
	var id int64
	var loaded plan.Loaded
	err := scan(&id, &loaded.Key, &loaded.Digest)
	l.plan.Dumps[id] = loaded
	l.dumps = append(l.dumps, id)
	return err
}

func (l *ledger) addResync(scan func(...any) error) error {
	var name string
	var dump int64
	err := scan(&name, &dump)
	l.plan.Resyncs[name] = dump
	return err
}

func (l *ledger) addManifest(scan func(...any) error) error {
	var o manifests.ID
	var dump int64
	err := scan(&o.Key, &o.ETag, &dump)
	l.manifests[o] = true
	if !slices.Contains(l.places[dump], o.Key) {
		l.places[dump] = append(l.places[dump], o.Key)
	}
	return err
}

func (l *ledger) addAttempt(scan func(...any) error) error {
	var o manifests.ID
	var said string
	err := scan(&o.Key, &o.ETag, &said)
	l.attempts[o] = said
	return err
}

func (l *ledger) addPart(scan func(...any) error) error {
	var p part
	err := scan(&p.dump, &p.table, &p.place, &p.key, &p.size, &p.etag, &p.rows, &p.live)
	l.parts = append(l.parts, p)
	return err
}

func (l *ledger) addDefinitions(scan func(...any) error) error {
	var path string
	err := scan(&path)
	l.listed = append(l.listed, path)
	return err
}

func (l *ledger) addRemoved(scan func(...any) error) error {
	var o owner
	var aside, erased int64
	err := scan(&o.dump, &o.table, &aside, &erased)
	l.aside[o], l.erased[o] = aside, erased
	return err
}

func (l *ledger) addAccepted(scan func(...any) error) error {
	var dump int64
	var reason string
	err := scan(&dump, &reason)
	l.accepted[dump] = reason
	return err
}

func (l *ledger) addTable(scan func(...any) error) error {
	var t table
	err := scan(&t.name, &t.relation, new(int64), new(int64), new(*int64))
	l.tables = append(l.tables, t)
	return err
}

func (l *ledger) addRelation(scan func(...any) error) error {
	var name string
	err := scan(&name)
	for i := range l.tables {
		if l.tables[i].relation == name {
			l.tables[i].there = true
		}
	}
	return err
}

func (l *ledger) addColumn(scan func(...any) error) error {
	var name string
	var c views.Column
	err := scan(&name, &c.Name, new(int64), new(bool), new(int64), &c.Physical)
	for i := range l.tables {
		if l.tables[i].name == name {
			l.tables[i].columns = append(l.tables[i].columns, c)
		}
	}
	return err
}

// physical are the columns of the relation that hold delivered values, in a fixed order.
func (t *table) physical() []string {
	var names []string
	for _, c := range t.columns {
		names = append(names, c.Physical)
	}
	return names
}

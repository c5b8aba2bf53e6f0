package loader

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"

	"smew/duck"
	"smew/manifests"
	"smew/plan"
	"smew/sql"
	"smew/stage"
)

// ReloadRecord tells what reading a dump's tables again did.
type ReloadRecord struct {
	DumpID   int64           `json:"dump_id"`
	Tables   []ReloadedTable `json:"tables"` // those that the old or the new manifest names
	Bytes    int64           `json:"bytes"`
	Changed  int64           `json:"changed"` // ids whose canonical id changed
	Seconds  float64         `json:"seconds"`
	Warnings []string        `json:"warnings,omitempty"`
}

// ReloadedTable counts what was read of a table: of all dumps whose rows count, not of one only.
type ReloadedTable struct {
	Name        string `json:"name"`
	Dumps       int    `json:"dumps"` // 0: no dump names it any more, or it is not wanted, and it is gone
	Parts       int    `json:"parts"`
	Rows        int64  `json:"rows"`
	Superseded  int64  `json:"superseded"`
	Quarantined int64  `json:"quarantined"`
	Erased      int64  `json:"erased"` // rows of erased people, which were left out
}

// OnlyError says why a reload cannot do with one table.
type OnlyError struct {
	Dump  int64
	Table string // "": the manifest has changed
}

func (e *OnlyError) Error() string {
	if e.Table == "" {
		return fmt.Sprintf("reload dump %d: its manifest has changed, so that a part of it would not do", e.Dump)
	}
	return fmt.Sprintf("reload dump %d: it has no table %q", e.Dump, e.Table)
}

// Hint says what the user can do about it.
func (e *OnlyError) Hint() string {
	if e.Table == "" {
		return "leave out --only"
	}
	return "--only takes the name as delivered; smew ls shows what a dump has"
}

// Reload reads a loaded dump again, by its manifest as it is now (R1): each table that the old or the
// new manifest names (or only those given) is read anew from all dumps whose rows count, as rows that
// the dump had replaced may count again. All of it is one transaction: what goes wrong, a part that is
// gone from the bucket above all, is an error that names it, and the database is as it was. The
// database file, which must exist, is open from beginning to end.
func Reload(ctx context.Context, f Feed, c Config, id int64, only []string) (rec ReloadRecord, err error) {
	if _, err := os.Stat(c.DB); err != nil {
		return rec, fmt.Errorf("open database: %w", err)
	}
	o := c.Duck
	o.AtMost = memoryFor(o.Threads, 0)
	l := newLoader(c)
	if l.DB, err = duck.Open(ctx, c.DB, o); err != nil {
		return rec, err
	}
	defer func() { err = errors.Join(err, l.DB.Close()) }()
	err = l.DB.Update(ctx, func(tx *duck.Tx) error {
		if err := Current(ctx, tx); errors.Is(err, ErrNoLedger) {
			return err
		}
		if err := Migrate(ctx, tx); err != nil {
			return err
		}
		return adopt(ctx, tx, f.Name, c.OtherFeed)
	})
	if err != nil {
		return rec, err
	}
	p, err := planReload(ctx, l.DB, f, id, only)
	if err != nil {
		return rec, err
	}
	defs, err := readDefinitions(ctx, f, p.dump)
	if err != nil {
		return rec, fmt.Errorf("reload dump %d: property definitions %s: %w", id, p.dump.Definitions, err)
	}
	l.report(Event{Kind: Planned, Dumps: 1})
	l.report(Event{Kind: Loading, Dump: id, Of: len(p.wants)})
	flow := newFlow(ctx, f.Bucket, p.wants, c.Stage)
	defer flow.close()
	rec, err = l.reload(ctx, p, flow, defs)
	if err != nil {
		if ctx.Err() != nil {
			return rec, context.Cause(ctx)
		}
		return rec, fmt.Errorf("reload dump %d: %w", id, err)
	}
	l.report(Event{Kind: Loaded, Dump: id, Bytes: rec.Bytes})
	return rec, nil
}

// reloadPlan is what has to be read again for a dump.
type reloadPlan struct {
	dump   plan.Dump
	tables []reloadTable // user_migrations first
	wants  []stage.Want
}

// reloadTable is a table with all that the loaded dumps deliver of it: what is read, newest dump first, and what is not.
type reloadTable struct {
	name         string
	live, spared []plan.Delivery
	unwanted     bool // and goes
}

func planReload(ctx context.Context, db *duck.DB, f Feed, id int64, only []string) (p reloadPlan, err error) {
	var ledger plan.Ledger
	var others map[objectID]bool
	err = db.View(ctx, func(tx *duck.Tx) (err error) {
		if ledger, err = readLedger(ctx, tx); err != nil {
			return err
		}
		others, err = readObjects(ctx, tx, sql.ReloadOtherManifests, id)
		return err
	})
	if err != nil {
		return p, err
	}
	listed, err := manifests.List(ctx, f.Bucket, f.Prefix)
	if err != nil {
		return p, err
	}
	found, failed, err := readManifests(ctx, f, listed, others)
	if err != nil {
		return p, err
	}
	p.dump, err = plan.Reload(id, found, ledger, f.Source)
	if errors.Is(err, plan.ErrNoManifest) {
		for _, torn := range failed {
			if torn.Key == ledger.Dumps[id].Key {
				return p, fmt.Errorf("dump %d: %s: %w", id, torn.Key, torn.Err)
			}
		}
	}
	if err != nil {
		return p, err
	}
	err = db.View(ctx, func(tx *duck.Tx) error {
		old, err := namedBy(ctx, tx, id)
		if err != nil {
			return err
		}
		names, err := p.names(old, only, p.dump.Digest == ledger.Dumps[id].Digest)
		if err != nil {
			return err
		}
		return p.addTables(ctx, tx, names, ledger.Choice)
	})
	return p, err
}

// names are the tables to read again, in order.
func (p *reloadPlan) names(old, only []string, unchanged bool) ([]string, error) {
	all := map[string]bool{}
	for _, name := range old {
		all[name] = true
	}
	for _, t := range p.dump.Tables {
		all[t.Name] = true
	}
	if len(only) > 0 && !unchanged {
		return nil, &OnlyError{Dump: p.dump.ID}
	}
	for _, name := range only {
		if !all[name] {
			return nil, &OnlyError{Dump: p.dump.ID, Table: name}
		}
	}
	if len(only) > 0 {
		all = map[string]bool{}
		for _, name := range only {
			all[name] = true
		}
	}
	// Identities come first: all other rows are written with them.
	names := slices.Sorted(maps.Keys(all))
	if i := slices.Index(names, plan.Migrations); i > 0 {
		names = slices.Concat([]string{plan.Migrations}, names[:i], names[i+1:])
	}
	return names, nil
}

// addTables looks up what the other dumps deliver of the tables.
func (p *reloadPlan) addTables(ctx context.Context, tx *duck.Tx, names []string, choice plan.Choice) error {
	for _, name := range names {
		all, err := deliveries(ctx, tx, name, p.dump.ID)
		if err != nil {
			return err
		}
		for _, t := range p.dump.Tables {
			if t.Name == name {
				all = append(all, plan.Delivery{DumpID: p.dump.ID, Table: t})
			}
		}
		table := reloadTable{name: name, spared: all, unwanted: !choice.Has(name)}
		if !table.unwanted {
			table.live, table.spared = plan.Live(all)
		}
		p.tables = append(p.tables, table)
		for _, d := range table.live {
			p.wants = append(p.wants, wantedOf(d.Table)...)
		}
	}
	return nil
}

func namedBy(ctx context.Context, tx *duck.Tx, dump int64) (names []string, err error) {
	err = tx.Each(ctx, sql.ReloadNames, []any{dump}, func(scan func(...any) error) error {
		var name string
		err := scan(&name)
		names = append(names, name)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read tables of dump %d: %w", dump, err)
	}
	return names, nil
}

// deliveries are what the loaded dumps but one deliver of a table, from the ledger.
func deliveries(ctx context.Context, tx *duck.Tx, name string, except int64) (all []plan.Delivery, err error) {
	parts := map[int64][]plan.Part{}
	err = tx.Each(ctx, sql.ReloadParts, []any{name, except}, func(scan func(...any) error) error {
		var dump int64
		var p plan.Part
		err := scan(&dump, &p.Place, &p.Key)
		parts[dump] = append(parts[dump], p)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read parts of %q: %w", name, err)
	}
	err = tx.Each(ctx, sql.ReloadDeliveries, []any{name, except}, func(scan func(...any) error) error {
		d := plan.Delivery{Table: plan.Table{Name: name}}
		var listed string
		if err := scan(&d.DumpID, &d.Place, &d.Full, &listed); err != nil {
			return err
		}
		d.Parts = parts[d.DumpID]
		all = append(all, d)
		return json.Unmarshal([]byte(listed), &all[len(all)-1].Columns)
	})
	if err != nil {
		return nil, fmt.Errorf("read what was delivered of %q: %w", name, err)
	}
	return all, nil
}

package loader

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"smew/dedupe"
	"smew/duck"
	"smew/erase"
	"smew/plan"
	"smew/resolve"
	"smew/sql"
)

// reload carries out the plan of reading a dump's tables again, in one transaction.
func (l *Loader) reload(ctx context.Context, p reloadPlan, flow *flow, defs Definitions) (ReloadRecord, error) {
	began := l.Now()
	return l.again(ctx, p, flow, func(in *load) error {
		return forget(ctx, in.tx, p.dump.ID, sql.ReloadForgetDump, sql.ReloadForgetManifests, sql.ReloadForgetDefinitions)
	}, func(in *load) error {
		in.tables, in.kept = []tableRow{}, []partRow{} // they are in the ledger already
		return in.keep(ctx, Record{Seconds: l.Now().Sub(began).Seconds()}, defs)
	})
}

// again reads the plan's tables anew, in one transaction that before and after belong to.
func (l *Loader) again(ctx context.Context, p reloadPlan, flow *flow, before, after func(*load) error) (rec ReloadRecord, err error) {
	began := l.Now()
	next, stop := iter.Pull2(flow.parts())
	defer stop()
	err = l.DB.Update(ctx, func(tx *duck.Tx) error {
		in := &load{Loader: l, tx: tx, dump: p.dump, parts: &queue{next: next}, of: len(p.wants)}
		defer in.parts.close()
		if in.schema, err = readSchema(ctx, tx); err != nil {
			return err
		}
		if in.guard, err = erase.NewGuard(ctx, tx, l.Now()); err != nil {
			return err
		}
		if err := before(in); err != nil {
			return err
		}
		if err := resolve.Unchanged(ctx, tx); err != nil {
			return err
		}
		rec = ReloadRecord{DumpID: p.dump.ID}
		for _, t := range p.tables {
			done, err := in.reread(ctx, t)
			if err != nil {
				return err
			}
			rec.Tables = append(rec.Tables, done)
		}
		in.dump = p.dump
		if err := in.others(ctx, p.tables); err != nil {
			return err
		}
		if err := in.joined(ctx); err != nil {
			return err
		}
		rec.Bytes, rec.Changed, rec.Seconds = in.bytes, in.changed, l.Now().Sub(began).Seconds()
		if err := after(in); err != nil {
			return err
		}
		if err := in.show(ctx); err != nil {
			return err
		}
		rec.Warnings = in.warnings
		if _, err := tx.Exec(ctx, sql.ReloadWeigh); err != nil {
			return fmt.Errorf("count bytes: %w", err)
		}
		return nil
	})
	return rec, err
}

func forget(ctx context.Context, tx *duck.Tx, what any, statements ...string) error {
	for _, statement := range statements {
		if _, err := tx.Exec(ctx, statement, what); err != nil {
			return fmt.Errorf("forget what the ledger says of %v: %w", what, err)
		}
	}
	return nil
}

// reread reads a table anew, into a relation of its own. The newest dump comes first: a row that
// loses is then never written, as with the parts of one dump, and nothing that was written is changed.
func (in *load) reread(ctx context.Context, t reloadTable) (done ReloadedTable, err error) {
	done = ReloadedTable{Name: t.name, Dumps: len(t.live)}
	err = forget(ctx, in.tx, t.name, sql.ReloadForgetTables, sql.ReloadForgetParts, sql.ReloadForgetQuarantine, sql.ReloadForgetHeld, sql.LedgerForgetColumns)
	if err != nil {
		return done, err
	}
	if old := in.schema.tables[t.name]; old != nil {
		if err := in.drop(ctx, old); err != nil {
			return done, err
		}
	}
	if t.unwanted {
		return done, in.leave(ctx, t)
	}
	h, err := in.schema.table(ctx, in.tx, t.name, t.columns())
	if err != nil {
		return done, err
	}
	var seen []plan.Column
	for _, d := range t.live {
		row, err := in.deliver(ctx, h, d)
		if err != nil {
			return done, fmt.Errorf("dump %d: %w", d.DumpID, err)
		}
		seen = append(seen, row.appearances()...)
		done.Parts += len(d.Parts)
		done.Rows, done.Superseded = done.Rows+row.Rows, done.Superseded+row.Superseded
		done.Quarantined, done.Erased = done.Quarantined+row.OwnQuarantined, done.Erased+row.OwnErased
	}
	for _, d := range t.spared {
		row := newTableRow(d.DumpID, d.Table)
		if err := h.place(ctx, in.tx, row); err != nil {
			return done, err
		}
		if err := in.keepDelivery(ctx, row, unreadParts(d.DumpID, d.Table)); err != nil {
			return done, err
		}
	}
	if err := h.count(ctx, in.tx, seen); err != nil {
		return done, err
	}
	switch t.name {
	case plan.Migrations:
		if in.changed, err = resolve.Identities(ctx, in.tx, h.relation, true); err != nil {
			return done, err
		}
	case users:
		if err := resolve.Users(ctx, in.tx, h.relation, h.extra(), 0, true); err != nil {
			return done, err
		}
	}
	if len(t.live) == 0 {
		return done, in.drop(ctx, h)
	}
	return done, nil
}

// leave keeps of a table that is not wanted only what the ledger has to know when it is again.
func (in *load) leave(ctx context.Context, t reloadTable) error {
	for _, d := range t.spared {
		if err := in.keepDelivery(ctx, newTableRow(d.DumpID, d.Table), unreadParts(d.DumpID, d.Table)); err != nil {
			return err
		}
	}
	return nil
}

// deliver reads one dump's parts of a table and keeps what the ledger says of them.
func (in *load) deliver(ctx context.Context, h *held, d plan.Delivery) (tableRow, error) {
	in.dump = plan.Dump{ID: d.DumpID}
	row := newTableRow(d.DumpID, d.Table)
	row.Read = true
	before := len(in.kept)
	if err := dedupe.Begin(ctx, in.tx); err != nil {
		return row, err
	}
	if err := in.receive(ctx, h, d.Table, &row); err != nil {
		return row, err
	}
	if err := h.place(ctx, in.tx, row); err != nil {
		return row, err
	}
	return row, in.keepDelivery(ctx, row, in.kept[before:])
}

func (in *load) keepDelivery(ctx context.Context, row tableRow, parts []partRow) error {
	if err := keepRows(ctx, in.tx, sql.LedgerKeepTables, []tableRow{row}); err != nil {
		return err
	}
	return keepRows(ctx, in.tx, sql.LedgerKeepParts, append([]partRow{}, parts...))
}

// drop removes a table that is to be read anew, or that no dump names any more.
func (in *load) drop(ctx context.Context, h *held) error {
	statements := []string{duck.Fill(sql.DeliveredDrop, duck.Names{"relation": duck.Quote(h.relation)})}
	if h.name == users {
		statements = append(statements, sql.ReloadDropPeople)
	}
	for _, statement := range statements {
		if _, err := in.tx.Exec(ctx, statement); err != nil {
			return fmt.Errorf("drop table %q: %w", h.name, err)
		}
	}
	delete(in.schema.tables, h.name)
	return nil
}

// others carries changed identities to the tables that were not read again.
func (in *load) others(ctx context.Context, read []reloadTable) error {
	if in.changed == 0 {
		return nil
	}
	for _, h := range in.schema.inOrder() {
		if h.name == plan.Migrations || slices.ContainsFunc(read, func(t reloadTable) bool { return t.name == h.name }) {
			continue
		}
		if err := dedupe.Begin(ctx, in.tx); err != nil {
			return err
		}
		if err := in.finish(ctx, h, nil); err != nil {
			return err
		}
	}
	return nil
}

// columns are all that the table's dumps list.
func (t reloadTable) columns() (all []string) {
	for _, d := range t.live {
		all = append(all, d.Columns...)
	}
	return all
}

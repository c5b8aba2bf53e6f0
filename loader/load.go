// Package loader brings dumps into the database: each in one transaction that holds
// its rows, what they change in rows that were there, and the ledger's word that it
// is loaded. A crash at any moment leaves a dump in whole or not at all.
package loader

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"smew/avro"
	"smew/dedupe"
	"smew/duck"
	"smew/erase"
	"smew/feed"
	"smew/plan"
	"smew/resolve"
	"smew/sql"
	"smew/stage"
)

// ErrLoaded says that the dump is in the database already.
var ErrLoaded = errors.New("the dump is loaded already")

// Record tells what loading a dump did.
type Record struct {
	DumpID  int64         `json:"dump_id"`
	Tables  []TableRecord `json:"tables"`
	Bytes   int64         `json:"bytes"`   // of the parts that were read
	Changed int64         `json:"changed"` // ids whose canonical id changed
	Seconds float64       `json:"seconds"`
	// Warnings name what looks wrong and blocks nothing.
	Warnings []string `json:"warnings,omitempty"`
}

// TableRecord tells what loading a dump did to one table.
type TableRecord struct {
	Name        string `json:"name"`
	Kind        string `json:"kind"`
	Full        bool   `json:"full_resync"`
	Parts       int    `json:"parts"`
	Read        bool   `json:"read"` // false: a later full resync replaced it before
	Rows        int64  `json:"rows"`
	Superseded  int64  `json:"superseded"`  // rows that gave way to a newer one of the same key
	Invalidated int64  `json:"invalidated"` // rows of earlier dumps that the full resync removed
	Quarantined int64  `json:"quarantined"` // rows that went to smew.quarantine (R11)
	Erased      int64  `json:"erased"`      // rows of erased people, which were left out
}

// Loader loads dumps into an open database.
type Loader struct {
	DB     *duck.DB
	Now    func() time.Time
	Limits avro.Limits
	// BatchParts and BatchBytes bound how many parts are weighed and inserted at once; 0 is 1,000 and 256 MiB.
	BatchParts int
	BatchBytes int64
	// Quarantine has rows with a row error set aside in smew.quarantine; else one fails its dump (R11).
	Quarantine bool
	Progress   func(Event)

	last bool // no dump is known to follow
}

// Load loads one dump in one transaction. parts yields the parts of its tables in the
// dump's order; tables that the ledger spares may be left out. Whatever goes wrong,
// nothing of the dump is in the database; the error names the part.
// An error of a part is a *duck.PartError or a *stage.Error; a dump that is there
// already gives ErrLoaded.
func (l *Loader) Load(ctx context.Context, d plan.Dump, parts iter.Seq2[*stage.Part, error], defs Definitions) (rec Record, err error) {
	next, stop := iter.Pull2(parts)
	defer stop()
	began := l.Now()
	err = l.DB.Update(ctx, func(tx *duck.Tx) error {
		in := &load{Loader: l, tx: tx, dump: d, parts: &queue{next: next}, of: listed(d)}
		defer in.parts.close()
		if err := in.run(ctx); err != nil {
			return err
		}
		seconds := max(0, l.Now().Sub(began).Seconds()) // a clock may be set back
		if err := in.keep(ctx, Record{Seconds: seconds, Bytes: in.bytes}, defs); err != nil {
			return err
		}
		if err := in.show(ctx); err != nil {
			return err
		}
		rec = in.record()
		rec.Seconds = seconds
		return nil
	})
	if err != nil {
		return Record{}, fmt.Errorf("dump %d: %w", d.ID, err)
	}
	return rec, nil
}

// load is one dump on its way, inside its transaction.
type load struct {
	*Loader
	tx     *duck.Tx
	dump   plan.Dump
	parts  *queue
	of     int         // parts, as progress tells it
	ledger plan.Ledger // its resyncs only
	schema *schema
	guard  *erase.Guard // nil: nobody was erased

	tables  []tableRow // in the order of dump.Tables
	kept    []partRow
	bytes   int64
	changed int64

	warnings []string
}

func (in *load) run(ctx context.Context) (err error) {
	loaded, err := in.tx.Row(ctx, sql.LedgerDump, []any{in.dump.ID}, new(int64))
	if err != nil {
		return fmt.Errorf("look for the dump: %w", err)
	}
	if loaded {
		return ErrLoaded
	}
	if err := in.alone(ctx); err != nil {
		return err
	}
	if in.schema, err = readSchema(ctx, in.tx); err != nil {
		return err
	}
	in.ledger = plan.Ledger{Resyncs: in.schema.resyncs()}
	if in.ledger.Choice, err = readChoice(ctx, in.tx); err != nil {
		return err
	}
	if in.guard, err = erase.NewGuard(ctx, in.tx, in.Now()); err != nil {
		return err
	}
	if err := resolve.Unchanged(ctx, in.tx); err != nil {
		return err
	}
	for _, t := range in.dump.Tables {
		if err := in.table(ctx, t); err != nil {
			return err
		}
	}
	if err := in.carry(ctx, in.reads); err != nil {
		return err
	}
	return in.joined(ctx)
}

func newTableRow(dump int64, t plan.Table) tableRow {
	return tableRow{
		DumpID: dump, Name: t.Name, Place: t.Place, Full: t.Full, Files: len(t.Parts),
		Listed: append([]string{}, t.Columns...), Unlisted: []string{},
	}
}

// table brings one table's rows in, and removes or marks what they make invalid, supersede or hide.
func (in *load) table(ctx context.Context, t plan.Table) error {
	row := newTableRow(in.dump.ID, t)
	if !in.ledger.Choice.Has(t.Name) {
		in.skip(t, row)
		return nil
	}
	h, err := in.schema.table(ctx, in.tx, t.Name, t.Columns)
	if err != nil {
		return err
	}
	if in.ledger.Spared(in.dump, t) {
		in.skip(t, row)
		return h.place(ctx, in.tx, row)
	}
	row.Read = true
	if t.Full {
		if row.Invalidated, err = in.schema.replace(ctx, in.tx, h, in.dump.ID, t.Columns); err != nil {
			return err
		}
	}
	if err := in.begin(ctx, h); err != nil {
		return err
	}
	if err := in.receive(ctx, h, t, &row); err != nil {
		return err
	}
	if err := h.settle(ctx, in.tx, row); err != nil {
		return err
	}
	if t.Full {
		invalidated, err := h.invalidate(ctx, in.tx, in.dump.ID)
		if err != nil {
			return err
		}
		row.Invalidated += invalidated
		if _, err := in.tx.Exec(ctx, sql.LedgerLoseInvalidated, h.name, in.dump.ID); err != nil {
			return fmt.Errorf("count invalidated rows of %q: %w", h.name, err)
		}
		if _, err := in.tx.Exec(ctx, sql.QuarantineInvalidate, h.name, in.dump.ID); err != nil {
			return fmt.Errorf("invalidate quarantined rows of %q: %w", h.name, err)
		}
	}
	in.tables = append(in.tables, row)
	if t.Name == plan.Migrations {
		in.changed, err = resolve.Identities(ctx, in.tx, h.relation, false)
		return err
	}
	if row.Superseded > 0 {
		if err := h.keyed().Supersede(ctx, in.tx); err != nil {
			return err
		}
		if _, err := in.tx.Exec(ctx, sql.LedgerLoseSuperseded, h.name); err != nil {
			return fmt.Errorf("count superseded rows of %q: %w", h.name, err)
		}
	}
	return in.finish(ctx, h, &row)
}

// skip notes a table that is not wanted, or whose rows a later full resync has replaced already (R5).
func (in *load) skip(t plan.Table, row tableRow) {
	in.parts.skip(t.Name)
	in.kept = append(in.kept, unreadParts(in.dump.ID, t)...)
	in.tables = append(in.tables, row)
}

// begin readies deduplication for a table. Users are merged and not hidden: of each delivered id they
// have one row, which no mapping makes a rival of another.
func (in *load) begin(ctx context.Context, h *held) error {
	if err := dedupe.Begin(ctx, in.tx); err != nil {
		return err
	}
	if in.changed == 0 || h.fresh || h.name == users {
		return nil
	}
	return h.keyed().Changed(ctx, in.tx)
}

func unreadParts(dump int64, t plan.Table) (rows []partRow) {
	for _, p := range t.Parts {
		rows = append(rows, partRow{DumpID: dump, Table: t.Name, Place: p.Place, Key: p.Key})
	}
	return rows
}

// reads says that rows of a table were read of the dump.
func (in *load) reads(table string) bool {
	return slices.ContainsFunc(in.tables, func(r tableRow) bool { return r.Name == table && r.Read })
}

// carry carries changed identities to the tables of which nothing was read.
func (in *load) carry(ctx context.Context, read func(table string) bool) error {
	if in.changed == 0 {
		return nil
	}
	for _, h := range in.schema.inOrder() {
		if h.name == plan.Migrations || read(h.name) {
			continue
		}
		if err := in.begin(ctx, h); err != nil {
			return err
		}
		if err := in.finish(ctx, h, nil); err != nil {
			return err
		}
	}
	return nil
}

// finish carries changed identities to the rows of earlier dumps and settles which of them are hidden,
// or how users are merged; the dump's own rows were written as they should be. row is nil when the
// dump does not bring the table.
func (in *load) finish(ctx context.Context, h *held, row *tableRow) error {
	if in.changed > 0 && !h.fresh {
		if err := resolve.Apply(ctx, in.tx, h.relation, in.dump.ID); err != nil {
			return err
		}
	}
	if h.name == users {
		return resolve.Users(ctx, in.tx, h.relation, h.extra(), in.dump.ID, row != nil && row.Full)
	}
	if h.fresh || in.changed == 0 && !h.contested {
		return nil
	}
	if !h.weighed {
		if err := h.keyed().WeighStored(ctx, in.tx); err != nil {
			return err
		}
	}
	return h.keyed().Hide(ctx, in.tx)
}

// kind is what a table is, one that is not wanted by what the manifest says of it.
func (in *load) kind(row tableRow) feed.Kind {
	if h := in.schema.tables[row.Name]; h != nil {
		return h.kind()
	}
	return feed.KindOf(row.Name, row.Listed)
}

func (in *load) record() Record {
	rec := Record{DumpID: in.dump.ID, Bytes: in.bytes, Changed: in.changed, Warnings: in.warnings}
	for _, row := range in.tables {
		rec.Tables = append(rec.Tables, TableRecord{
			Name: row.Name, Kind: in.kind(row).String(), Full: row.Full, Parts: row.Files, Read: row.Read,
			Rows: row.Rows, Superseded: row.Superseded, Invalidated: row.Invalidated, Quarantined: row.OwnQuarantined, Erased: row.OwnErased,
		})
	}
	return rec
}

// keep writes the ledger, which makes the dump loaded.
func (in *load) keep(ctx context.Context, rec Record, defs Definitions) error {
	if err := in.keepDefinitions(ctx, defs); err != nil {
		return err
	}
	if err := keepAccepted(ctx, in.tx, in.dump.ID, nil); err != nil {
		return err
	}
	return keepDump(ctx, in.tx, in.dump, rec, in.tables, in.kept, in.Now())
}

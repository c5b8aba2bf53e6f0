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
	"smew/feed"
	"smew/plan"
	"smew/resolve"
	"smew/sql"
	"smew/stage"
	"smew/views"
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
}

// Definitions is a dump's definitions file as it was found; the zero value is none.
type Definitions struct {
	Key     string
	Body    []byte
	Problem error // why there is no body
}

// Loader loads dumps into an open database.
type Loader struct {
	DB     *duck.DB
	Now    func() time.Time
	Limits avro.Limits
	// BatchParts and BatchBytes bound how many parts one INSERT reads; 0 is 64 and 512 MiB.
	BatchParts int
	BatchBytes int64
	Progress   func(Event)
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
		in := &load{Loader: l, tx: tx, dump: d, parts: &queue{next: next}}
		defer in.parts.close()
		if err := in.run(ctx); err != nil {
			return err
		}
		rec = in.record()
		rec.Seconds = l.Now().Sub(began).Seconds()
		return in.keep(ctx, rec, defs)
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
	ledger plan.Ledger
	schema *schema

	tables  []tableRow // in the order of dump.Tables
	kept    []partRow
	bytes   int64
	changed int64
}

func (in *load) run(ctx context.Context) (err error) {
	if in.ledger, err = readLedger(ctx, in.tx); err != nil {
		return err
	}
	if _, ok := in.ledger.Dumps[in.dump.ID]; ok {
		return ErrLoaded
	}
	if in.schema, err = readSchema(ctx, in.tx); err != nil {
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
	if err := in.derive(ctx); err != nil {
		return err
	}
	return views.Apply(ctx, in.tx, views.Render(in.schema.viewTables()))
}

// table reads one table's parts into its relation and, within what was delivered,
// removes what they make invalid or supersede.
func (in *load) table(ctx context.Context, t plan.Table) error {
	row := tableRow{
		DumpID: in.dump.ID, Name: t.Name, Place: t.Place, Full: t.Full, Files: len(t.Parts),
		Listed: append([]string{}, t.Columns...), Unlisted: []string{},
	}
	h, err := in.schema.table(ctx, in.tx, t.Name)
	if err != nil {
		return err
	}
	if in.ledger.Spared(in.dump, t) {
		return in.spare(ctx, h, t, row)
	}
	row.Read = true
	if err := in.read(ctx, h, t, &row); err != nil {
		return err
	}
	if err := h.settle(ctx, in.tx, row); err != nil {
		return err
	}
	if t.Full {
		invalidate := duck.Fill(sql.DeliveredInvalidate, duck.Names{"relation": duck.Quote(h.relation)})
		if row.Invalidated, err = in.tx.Exec(ctx, invalidate, in.dump.ID); err != nil {
			return fmt.Errorf("invalidate rows of %q: %w", t.Name, err)
		}
	}
	if key := h.kind().Key(); key != nil && row.Rows > 0 {
		if row.Superseded, err = dedupe.Supersede(ctx, in.tx, h.relation, key, in.dump.ID); err != nil {
			return err
		}
	}
	if t.Name == plan.Migrations {
		if in.changed, err = resolve.Identities(ctx, in.tx, h.relation); err != nil {
			return err
		}
	}
	in.tables = append(in.tables, row)
	return nil
}

// spare notes a table whose rows a later full resync has replaced already (R5).
func (in *load) spare(ctx context.Context, h *held, t plan.Table, row tableRow) error {
	in.parts.skip(t.Name)
	for _, p := range t.Parts {
		in.kept = append(in.kept, partRow{DumpID: in.dump.ID, Table: t.Name, Place: p.Place, Key: p.Key})
	}
	in.tables = append(in.tables, row)
	return h.place(ctx, in.tx, row)
}

// derive carries changed identities to all rows, and settles which rows are
// hidden and how users are merged.
func (in *load) derive(ctx context.Context) error {
	for _, h := range in.schema.inOrder() {
		if h.name == plan.Migrations {
			continue
		}
		i := slices.IndexFunc(in.tables, func(r tableRow) bool { return r.Name == h.name && r.Read })
		if in.changed > 0 {
			if err := resolve.Apply(ctx, in.tx, h.relation); err != nil {
				return err
			}
		} else if i < 0 {
			continue
		}
		switch kind := h.kind(); kind {
		case feed.Users:
			all := i >= 0 && in.tables[i].Full
			if err := resolve.Users(ctx, in.tx, h.relation, h.extra(), in.dump.ID, all); err != nil {
				return err
			}
		case feed.Sessions, feed.Events:
			if err := dedupe.Hide(ctx, in.tx, h.relation, kind.Key()[0], in.dump.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

func (in *load) record() Record {
	rec := Record{DumpID: in.dump.ID, Bytes: in.bytes, Changed: in.changed}
	for _, row := range in.tables {
		rec.Tables = append(rec.Tables, TableRecord{
			Name: row.Name, Kind: in.schema.tables[row.Name].kind().String(), Full: row.Full, Parts: row.Files, Read: row.Read,
			Rows: row.Rows, Superseded: row.Superseded, Invalidated: row.Invalidated,
		})
	}
	return rec
}

// keep writes the ledger, which makes the dump loaded.
func (in *load) keep(ctx context.Context, rec Record, defs Definitions) error {
	if defs.Key != "" {
		var body, problem any
		if defs.Problem != nil {
			problem = defs.Problem.Error()
		} else {
			body = string(defs.Body)
		}
		if _, err := in.tx.Exec(ctx, sql.LedgerKeepDefinitions, in.dump.ID, defs.Key, body, problem); err != nil {
			return fmt.Errorf("keep definitions: %w", err)
		}
	}
	return keepDump(ctx, in.tx, in.dump, rec, in.tables, in.kept, in.Now())
}

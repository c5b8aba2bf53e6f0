package verify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"smew/avro"
	"smew/bucket"
	"smew/duck"
	"smew/feed"
	"smew/plan"
	"smew/sql"
	"smew/stage"
)

const (
	batchParts = 1000
	batchBytes = 256 << 20
)

// batch is some parts of one dump and table, fetched.
type batch struct {
	table *table
	dump  int64
	parts []*stage.Part
	known []part // as the ledger has them
	bytes int64
}

// deep reads the parts that the tables rest on again, those that lie in the bucket as they
// were, and holds their rows against those held: each is held as it is in the part, or a newer
// row of its key is held in its place.
func (a *audit) deep(ctx context.Context) error {
	var left []int // indices of parts
	for i, p := range a.ledger.parts {
		if p.live && a.sound[i] && a.wants(p.table) && a.tableOf(p.table) != nil {
			left = append(left, i)
		}
	}
	a.lost = map[owner][]Difference{}
	for len(left) > 0 {
		n, err := a.deepStretch(ctx, left)
		if err != nil {
			return err
		}
		left = left[n:]
	}
	a.tellLost()
	return nil
}

// tellLost tells of the rows that are not held, unless as many were erased.
func (a *audit) tellLost() {
	owners := slices.SortedFunc(maps.Keys(a.lost), func(x, y owner) int {
		return cmp.Or(cmp.Compare(x.dump, y.dump), cmp.Compare(x.table, y.table))
	})
	for _, o := range owners {
		var rows int64
		for _, d := range a.lost[o] {
			rows += d.Rows
		}
		if rows > a.ledger.erased[o] {
			a.report.Differences = append(a.report.Differences, a.lost[o]...)
		}
	}
}

func (a *audit) tableOf(name string) *table {
	i := slices.IndexFunc(a.ledger.tables, func(t table) bool { return t.name == name && t.there })
	if i < 0 {
		return nil
	}
	return &a.ledger.tables[i]
}

// deepStretch fetches parts until one cannot be, which it tells of, and returns how many it is done with.
func (a *audit) deepStretch(ctx context.Context, left []int) (done int, err error) {
	wants := make([]stage.Want, len(left))
	for i, at := range left {
		p := a.ledger.parts[at]
		wants[i] = stage.Want{Table: p.table, Place: p.place, Key: p.key}
	}
	var b batch
	defer func() { b.close() }()
	for fetched, err := range stage.Fetch(ctx, a.feed.Bucket, wants, a.options.Stage) {
		if err != nil {
			if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, bucket.ErrChanged) && !errors.Is(err, bucket.ErrCorrupt) {
				return 0, err
			}
			p := a.ledger.parts[left[done]]
			a.differ(Difference{Check: PartDamaged, Dump: &p.dump, Table: p.table, Part: p.key, Text: err.Error()})
			return done + 1, a.read(ctx, &b)
		}
		p := a.ledger.parts[left[done]]
		done++
		if full := len(b.parts) == batchParts || b.bytes >= batchBytes; full || len(b.parts) > 0 && (b.dump != p.dump || b.table.name != p.table) {
			if err := a.read(ctx, &b); err != nil {
				fetched.Close()
				return 0, err
			}
		}
		b.table, b.dump = a.tableOf(p.table), p.dump
		b.parts, b.known, b.bytes = append(b.parts, fetched), append(b.known, p), b.bytes+fetched.Size
	}
	return done, a.read(ctx, &b)
}

// close gives the parts up and empties the batch.
func (b *batch) close() {
	for _, p := range b.parts {
		p.Close()
	}
	*b = batch{}
}

// read reads a batch and compares its rows, without the parts that turn out to be damaged: a
// statement that fails ends its transaction, so each try has its own.
func (a *audit) read(ctx context.Context, b *batch) error {
	defer b.close()
	for len(b.parts) > 0 {
		err := a.db.View(ctx, func(tx *duck.Tx) error { return a.compareBatch(ctx, tx, b) })
		var damage *duck.PartError
		if !errors.As(err, &damage) {
			return err
		}
		i := slices.IndexFunc(b.parts, func(p *stage.Part) bool { return p.Key == damage.Part })
		if i < 0 {
			return err
		}
		a.differ(Difference{Check: PartDamaged, Dump: new(b.dump), Table: b.table.name, Part: damage.Part, Text: damage.Err.Error()})
		b.parts[i].Close()
		b.parts, b.known = slices.Delete(b.parts, i, i+1), slices.Delete(b.known, i, i+1)
	}
	return nil
}

// compareBatch holds the rows of a batch against those that are held.
func (a *audit) compareBatch(ctx context.Context, tx *duck.Tx, b *batch) error {
	t := b.table
	scan := duck.Scan{Columns: t.scanned(), Limits: a.options.Limits}
	if at := (owner{b.dump, t.name}); a.ledger.aside[at]+a.ledger.erased[at] > 0 { // they cannot be read here either
		scan.Rejects = &duck.Rejects{}
	}
	physical := make([]string, len(scan.Columns))
	for i, c := range scan.Columns {
		physical[i] = c.As
	}
	for _, p := range b.parts {
		scan.Parts = append(scan.Parts, duck.Part{Name: p.Key, Place: p.Place, Bytes: p.File, Size: p.Size})
	}
	names := t.names("first", "second")
	delete(names, "relation")
	names["columns"] = quoted(physical, "p.")
	rows, err := tx.Insert(ctx, duck.Fill(sql.VerifyReadParts, names), scan)
	if err != nil {
		return err
	}
	for i, n := range rows {
		a.report.Read += n
		if known := b.known[i]; n != *known.rows {
			a.differ(Difference{Check: PartRows, Dump: new(b.dump), Table: t.name, Part: known.key, Text: fmt.Sprintf("it has %d rows, and %d were read", n, *known.rows)})
		}
	}
	names = t.names("", "")
	names["columns"] = quoted(physical, "h.")
	err = eachFound(ctx, tx, b, duck.Fill(sql.VerifyChangedRows, names), []any{b.dump}, func(d Difference) {
		d.Check, d.Text = RowChanged, "it is held with other values than it has in the part"
		a.differ(d)
	})
	if err != nil {
		return err
	}
	keyed := t.name != plan.Migrations
	return eachFound(ctx, tx, b, duck.Fill(sql.VerifyLostRows, t.names("first", "second")), []any{b.dump, keyed}, func(d Difference) {
		d.Check, d.Text = RowLost, "it is not held, and no newer row of its key is"
		at := owner{b.dump, t.name}
		a.lost[at] = append(a.lost[at], d)
	})
}

// eachFound calls fn for each part of the batch that a statement finds rows of.
func eachFound(ctx context.Context, tx *duck.Tx, b *batch, statement string, args []any, fn func(Difference)) error {
	return tx.Each(ctx, statement, args, func(scan func(...any) error) error {
		var f found
		if err := scan(&f.part, &f.rows, &f.row, &f.first, &f.second); err != nil {
			return err
		}
		d := Difference{Dump: new(b.dump), Table: b.table.name, Row: f.row, Rows: f.rows, Key: b.table.key(f.first, f.second)}
		for _, p := range b.known {
			if int64(p.place) == f.part {
				d.Part = p.key
			}
		}
		fn(d)
		return nil
	})
}

// scanned are the columns a part is read into: those that hold an example's key, and all that have values.
func (t *table) scanned() []duck.Column {
	var columns []duck.Column
	add := func(name, physical string) {
		if slices.ContainsFunc(columns, func(c duck.Column) bool { return c.As == physical }) {
			return
		}
		c := duck.Column{Delivered: name, As: physical, Kind: avro.Text}
		if feed.IsID(t.name, name) {
			c.Kind = avro.Long
		}
		columns = append(columns, c)
	}
	first, second := t.ids()
	add(first, first)
	add(second, second)
	for _, c := range t.columns {
		add(c.Name, c.Physical)
	}
	return columns
}

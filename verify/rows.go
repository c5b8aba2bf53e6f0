package verify

import (
	"context"
	"fmt"
	"strings"

	"smew/duck"
	"smew/sql"
)

// heldPart is what a table holds of a part.
type heldPart struct{ dump, part, held int64 }

// rows holds what a table holds of each part and dump against the ledger.
func (a *audit) rows(ctx context.Context, tx *duck.Tx, t *table) error {
	if _, err := tx.Exec(ctx, duck.Fill(sql.VerifyHeldParts, t.names("", ""))); err != nil {
		return err
	}
	var held int64
	if _, err := tx.Row(ctx, sql.VerifyHeld, nil, &held); err != nil {
		return err
	}
	a.report.Rows += held
	for _, check := range []func(context.Context, *duck.Tx, *table) error{a.unknownDumps, a.unknownPlaces, a.resyncs, a.accounts} {
		if err := check(ctx, tx, t); err != nil {
			return err
		}
	}
	return nil
}

// unknownDumps finds rows of dumps that are not loaded.
func (a *audit) unknownDumps(ctx context.Context, tx *duck.Tx, t *table) error {
	found, err := heldParts(ctx, tx, sql.VerifyUnknownDumps, t.name)
	if err != nil {
		return err
	}
	for _, h := range found {
		d := Difference{Check: UnknownDump, Rows: h.held, Text: "the ledger knows of no such dump that brought the table rows"}
		if err := a.differAt(ctx, tx, t, d, h.dump, h.part, 1, 0); err != nil {
			return err
		}
	}
	return nil
}

func heldParts(ctx context.Context, tx *duck.Tx, statement string, args ...any) (all []heldPart, err error) {
	err = tx.Each(ctx, statement, args, func(scan func(...any) error) error {
		var h heldPart
		err := scan(&h.dump, &h.part, &h.held)
		all = append(all, h)
		return err
	})
	return all, err
}

// unknownPlaces finds rows where no part has one.
func (a *audit) unknownPlaces(ctx context.Context, tx *duck.Tx, t *table) error {
	type place struct {
		heldPart
		first, last int64
		rows        *int64
	}
	var found []place
	err := tx.Each(ctx, sql.VerifyUnknownPlaces, []any{t.name}, func(scan func(...any) error) error {
		var p place
		err := scan(&p.dump, &p.part, &p.held, &p.first, &p.last, &p.rows)
		found = append(found, p)
		return err
	})
	if err != nil {
		return err
	}
	for _, p := range found {
		d := Difference{Check: UnknownPlace}
		var last int64 // of the part's rows
		switch {
		case p.rows == nil:
			d.Rows, d.Text = p.held, fmt.Sprintf("the dump brought the table no part %d", p.part)
		case p.first < 1 || p.last > *p.rows:
			d.Text, last = fmt.Sprintf("the part has rows 1 to %d", *p.rows), *p.rows
		default:
			d.Rows, d.Text = p.held-*p.rows, fmt.Sprintf("%d rows are held of a part of %d", p.held, *p.rows)
			last = p.last // accounts shows one
		}
		if err := a.differAt(ctx, tx, t, d, p.dump, p.part, 1, last); err != nil {
			return err
		}
	}
	return nil
}

// differAt tells of rows of a part, with the first of them that does not lie between two places.
func (a *audit) differAt(ctx context.Context, tx *duck.Tx, t *table, d Difference, dump, part, from, to int64) error {
	d.Dump, d.Table = &dump, t.name
	var first, second *int64
	if _, err := tx.Row(ctx, duck.Fill(sql.VerifyFirstRow, t.names("first", "second")), []any{dump, part, from, to}, &d.Row, &first, &second); err != nil {
		return err
	}
	if d.Row != 0 {
		d.Key = t.key(first, second)
	}
	if _, err := tx.Row(ctx, sql.VerifyPartKey, []any{dump, t.name, part}, &d.Part); err != nil {
		return err
	}
	a.differ(d)
	return nil
}

// resyncs holds the table against its full resyncs (R5): user_migrations is complete in each dump, so it
// has rows of the highest that brought it only.
func (a *audit) resyncs(ctx context.Context, tx *duck.Tx, t *table) error {
	var made, noted *int64
	if _, err := tx.Row(ctx, sql.VerifyResync, []any{t.name}, &made, &noted); err != nil {
		return err
	}
	if idText(made) != idText(noted) {
		a.differ(Difference{Check: WrongResync, Dump: made, Table: t.name,
			Text: fmt.Sprintf("the highest full resync is that of dump %s, and %s is noted", idText(made), idText(noted))})
	}
	if made == nil {
		return nil
	}
	found, err := heldParts(ctx, tx, sql.VerifyInvalid, *made)
	if err != nil {
		return err
	}
	for _, h := range found {
		d := Difference{Check: Invalid, Rows: h.held, Text: fmt.Sprintf("the full resync of dump %d has replaced it", *made)}
		if err := a.differAt(ctx, tx, t, d, h.dump, h.part, 1, 0); err != nil {
			return err
		}
	}
	return nil
}

// account is what became of the rows a dump brought to a table.
type account struct {
	dump                                                          int64
	read, held, superseded, invalidated, quarantined, erased, sum int64
}

func (c account) gone() int64 { return c.superseded + c.invalidated + c.quarantined + c.erased }

// accounts holds every dump's rows against what the ledger says became of them.
func (a *audit) accounts(ctx context.Context, tx *duck.Tx, t *table) error {
	var found []account
	err := tx.Each(ctx, sql.VerifyAccounts, []any{t.name}, func(scan func(...any) error) error {
		var c account
		err := scan(&c.dump, &c.read, &c.held, &c.superseded, &c.invalidated, &c.quarantined, &c.erased, &c.sum)
		found = append(found, c)
		return err
	})
	if err != nil {
		return err
	}
	for _, c := range found {
		if c.read != c.sum {
			a.differ(Difference{Check: Unaccounted, Dump: &c.dump, Table: t.name,
				Text: fmt.Sprintf("the ledger counts %d rows read, and %d by part", c.read, c.sum)})
		}
		if off := c.held + c.gone() - c.read; off != 0 {
			if err := a.unaccounted(ctx, tx, t, c, off); err != nil {
				return err
			}
		}
	}
	return nil
}

// unaccounted tells of rows that are too few or too many, and shows one where it can be told which: a row
// that is not held may have given way, unless none of its dump has.
func (a *audit) unaccounted(ctx context.Context, tx *duck.Tx, t *table, c account, off int64) error {
	sum := fmt.Sprintf("%d read ≠ %d held + %d superseded + %d invalidated + %d quarantined + %d erased",
		c.read, c.held, c.superseded, c.invalidated, c.quarantined, c.erased)
	d := Difference{Check: Unaccounted, Dump: &c.dump, Table: t.name, Rows: max(off, -off), Text: "rows are missing: " + sum}
	if off > 0 {
		d.Text = "rows too many: " + sum
		var part int64
		twice, err := tx.Row(ctx, duck.Fill(sql.VerifyTwice, t.names("", "")), []any{c.dump}, &part, &d.Row)
		if err != nil {
			return err
		}
		if twice {
			_, err = tx.Row(ctx, sql.VerifyPartKey, []any{c.dump, t.name, part}, &d.Part)
		}
		a.differ(d)
		return err
	}
	lacking, err := a.lacking(ctx, tx, t, c.dump)
	if err != nil {
		return err
	}
	if len(lacking) == 1 || len(lacking) > 1 && c.gone() == 0 {
		d.Part = lacking[0].key
	}
	if d.Part != "" && c.gone() == 0 {
		gap := duck.Fill(sql.VerifyGap, t.names("", ""))
		if _, err := tx.Row(ctx, gap, []any{c.dump, lacking[0].place, *lacking[0].rows}, &d.Row); err != nil {
			return err
		}
	} else if !a.options.Deep {
		d.Text += " (--deep tells which)"
	}
	a.differ(d)
	return nil
}

func (a *audit) lacking(ctx context.Context, tx *duck.Tx, t *table, dump int64) (all []part, err error) {
	err = tx.Each(ctx, sql.VerifyLacking, []any{dump, t.name}, func(scan func(...any) error) error {
		var p part
		err := scan(&p.place, &p.key, &p.rows)
		all = append(all, p)
		return err
	})
	return all, err
}

// found are rows of a part that do not hold, with the first of them.
type found struct {
	dump, part, rows, row int64
	first, second         *int64
}

// differFound tells of rows of a part.
func (a *audit) differFound(ctx context.Context, tx *duck.Tx, t *table, check Check, f found, text string) error {
	d := Difference{Check: check, Dump: &f.dump, Table: t.name, Row: f.row, Rows: f.rows, Key: t.key(f.first, f.second), Text: text}
	if _, err := tx.Row(ctx, sql.VerifyPartKey, []any{f.dump, t.name, f.part}, &d.Part); err != nil {
		return err
	}
	a.differ(d)
	return nil
}

// quoted lists physical columns of a relation, which a statement calls h, or of a scan.
func quoted(columns []string, of string) string {
	all := make([]string, len(columns))
	for i, c := range columns {
		all[i] = of + duck.Quote(c)
	}
	return strings.Join(all, ", ")
}

// Package dedupe leaves one row per key: first per delivered key, where the older
// rows go, then per resolved key, where they are hidden (R7).
//
// The keys of a batch of parts are read before its rows, so that a row that loses
// is never written: DuckDB stores rows of a transaction as they are only if none of them
// is taken back within it. Batches of one dump therefore come newest first.
package dedupe

import (
	"context"
	"fmt"
	"slices"

	"smew/avro"
	"smew/duck"
	"smew/sql"
)

// Table is a relation of rows with a key: ID and the user's id.
type Table struct {
	Relation string
	ID       string // event_id, session_id; user_id for users
	Sift     Sift   // nil: no row is taken out
}

// Sift takes rows out of the table batch_keys before they are weighed, puts their places into the
// table sifted, and returns how many they are.
type Sift func(context.Context, *duck.Tx) (int64, error)

// Begin readies the transaction for the next table. What was weighed before is forgotten.
func Begin(ctx context.Context, tx *duck.Tx) error {
	return run(ctx, tx, "begin deduplication", sql.DedupeBeginBeaten, sql.DedupeBeginContested, sql.DedupeBeginWeighed)
}

// Columns are what Weigh reads of a part.
func (t Table) Columns() []duck.Column {
	if t.ID == "user_id" {
		return duck.IDs(t.ID)
	}
	return duck.IDs(t.ID, "user_id")
}

// Outcome is what came of weighing a batch: how many rows, of the batch and stored ones, share
// their id with another or changed hands, and how many of those lose against a newer one of their
// delivered key, those of the batch counted once more by themselves; how many rows of the batch were
// sifted out; and what the scan that inserts the batch has to know.
type Outcome struct {
	Rivals, Lost, OwnLost, Sifted int64
	Verdict                       *duck.Verdict
}

// Changed has the table weighed also for the rows of everyone whose canonical id changed. It runs before
// anything is weighed; the rows get their canonical ids later, by resolve.Apply.
func (t Table) Changed(ctx context.Context, tx *duck.Tx) error {
	return run(ctx, tx, "find rows of changed identities in "+t.Relation, t.fill(sql.DedupeContestChanged, "id", "relation"))
}

// Weigh reads the keys of a batch of the dump's parts and holds them against each other and against
// the stored rows of dumps from since on. Where no row has a rival and no mapping changed, Hide has
// nothing to do. The verdict takes memory for every user of the batch who stands for another and
// every row that loses.
func (t Table) Weigh(ctx context.Context, tx *duck.Tx, scan duck.Scan, dump, since int64) (Outcome, error) {
	sifted, err := t.keys(ctx, tx, scan)
	if err != nil {
		return Outcome{}, err
	}
	return t.weigh(ctx, tx, Outcome{Sifted: sifted}, dump, since)
}

// WeighStored holds stored rows against each other, where the dump brings no keys.
func (t Table) WeighStored(ctx context.Context, tx *duck.Tx) error {
	if err := run(ctx, tx, "begin to weigh rows of "+t.Relation, sql.DedupeNoKeys); err != nil {
		return err
	}
	_, err := t.weigh(ctx, tx, Outcome{}, 0, 0)
	return err
}

func (t Table) weigh(ctx context.Context, tx *duck.Tx, out Outcome, dump, since int64) (_ Outcome, err error) {
	if err := run(ctx, tx, "look up users of "+t.Relation, sql.DedupeMapped); err != nil {
		return out, err
	}
	if _, err := tx.Exec(ctx, t.fill(sql.DedupeRivals, "id", "relation"), dump, since); err != nil {
		return out, fmt.Errorf("weigh rows of %s: %w", t.Relation, err)
	}
	if _, err := tx.Row(ctx, sql.DedupeLosses, nil, &out.Rivals, &out.Lost, &out.OwnLost); err != nil {
		return out, fmt.Errorf("count lost rows of %s: %w", t.Relation, err)
	}
	if out.Verdict, err = verdict(ctx, tx, out.marks()); err != nil {
		return out, fmt.Errorf("read the outcome for %s: %w", t.Relation, err)
	}
	if out.Rivals == 0 {
		return out, nil
	}
	return out, run(ctx, tx, "keep the outcome for "+t.Relation, sql.DedupeKeepBeaten, sql.DedupeKeepWeighed)
}

// withIDs adds those of the other columns that hold ids.
func withIDs(columns, others []duck.Column) []duck.Column {
	for _, c := range others {
		if c.Kind == avro.Long && !slices.Contains(columns, c) {
			columns = append(columns, c)
		}
	}
	return columns
}

// keys reads a batch's keys and sifts them.
func (t Table) keys(ctx context.Context, tx *duck.Tx, scan duck.Scan) (sifted int64, err error) {
	asked := scan.Columns
	scan.Columns, scan.Time = t.Columns(), ""
	if scan.Rejects != nil { // a row that the insert sets aside must not beat another one here
		scan.Rejects = &duck.Rejects{}
		scan.Columns = withIDs(scan.Columns, asked)
	}
	if _, err := tx.Insert(ctx, t.fill(sql.DedupeKeys, "id"), scan); err != nil || t.Sift == nil {
		return 0, err
	}
	return t.Sift(ctx, tx)
}

// Sieve is what Weigh is to a table whose rows have no rivals, where rows are to be sifted out.
// Where none were, there is no verdict.
func (t Table) Sieve(ctx context.Context, tx *duck.Tx, scan duck.Scan) (out Outcome, err error) {
	t.ID = "user_id"
	if out.Sifted, err = t.keys(ctx, tx, scan); err != nil || out.Sifted == 0 {
		return out, err
	}
	if err := run(ctx, tx, "look up users of "+t.Relation, sql.DedupeMapped); err != nil {
		return out, err
	}
	if out.Verdict, err = verdict(ctx, tx, sql.DedupeSifted); err != nil {
		return out, fmt.Errorf("read the outcome for %s: %w", t.Relation, err)
	}
	return out, nil
}

// marks is the statement that reads the rows of the batch which lost or are hidden; "": there are none.
func (o Outcome) marks() string {
	switch {
	case o.Sifted > 0:
		return sql.DedupeMarksSifted
	case o.Rivals > 0:
		return sql.DedupeMarks
	}
	return ""
}

// verdict reads the outcome as the scan needs it.
func verdict(ctx context.Context, tx *duck.Tx, marks string) (*duck.Verdict, error) {
	v := &duck.Verdict{Canonical: map[int64]int64{}}
	err := tx.Each(ctx, sql.DedupeReadMapped, nil, func(scan func(...any) error) error {
		var user, canonical int64
		err := scan(&user, &canonical)
		v.Canonical[user] = canonical
		return err
	})
	if err != nil || marks == "" {
		return v, err
	}
	return v, tx.Each(ctx, marks, nil, func(scan func(...any) error) error {
		var place int
		var row int64
		var lost bool
		err := scan(&place, &row, &lost)
		v.Mark(place, row, lost)
		return err
	})
}

// Supersede removes the stored rows that lost. It runs when all of the table's batches are in.
func (t Table) Supersede(ctx context.Context, tx *duck.Tx) error {
	return run(ctx, tx, "remove superseded rows of "+t.Relation, t.fill(sql.DedupeSupersede, "relation"))
}

// Hide marks, among rows of one resolved key (ID and the user's canonical id), all but the newest.
func (t Table) Hide(ctx context.Context, tx *duck.Tx) error {
	return run(ctx, tx, "hide duplicate rows of "+t.Relation, t.fill(sql.DedupeHide, "relation"))
}

func (t Table) fill(statement string, names ...string) string {
	all := duck.Names{"id": duck.Quote(t.ID), "relation": duck.Quote(t.Relation)}
	chosen := duck.Names{}
	for _, name := range names {
		chosen[name] = all[name]
	}
	return duck.Fill(statement, chosen)
}

func run(ctx context.Context, tx *duck.Tx, doing string, statements ...string) error {
	for _, statement := range statements {
		if _, err := tx.Exec(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", doing, err)
		}
	}
	return nil
}

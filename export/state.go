package export

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"smew/duck"
	"smew/sql"
)

// StateError says that what was sent cannot be compared with what a sync is now.
type StateError struct{ Sync, Text string }

func (e *StateError) Error() string { return e.Text }

// Hint says what the user can do about it.
func (e *StateError) Hint() string {
	return "--full-resync sends all rows as added; smew export reset forgets what was sent, so that the next run does"
}

// state is what of a sync was sent.
type state struct {
	table   string // quoted
	pending string // quoted: what a run has still to send
	shape   *shape // nil: nothing counts as sent
}

// readState finds a sync's state; a sync that is not known has none, and number 0.
func readState(ctx context.Context, tx *duck.Tx, sync string) (s state, err error) {
	var number int64
	var text *string
	if _, err = tx.Row(ctx, sql.ExportSync, []any{sync}, &number, &text); err != nil {
		return s, fmt.Errorf("read what was sent: %w", err)
	}
	s.table = fmt.Sprintf("smew.export_state_%d", number)
	s.pending = fmt.Sprintf("smew.export_pending_%d", number)
	if text != nil {
		s.shape = &shape{}
		err = json.Unmarshal([]byte(*text), s.shape)
	}
	return s, err
}

// fits says whether the state can be compared with rows of the shape.
func (s state) fits(sync string, now shape) error {
	before := s.shape
	if before.Mode != now.Mode {
		return &StateError{sync, fmt.Sprintf("the mode was %s and is %s", before.Mode, now.Mode)}
	}
	same := slices.EqualFunc(before.Keys, now.Keys, func(a, b column) bool { return strings.EqualFold(a.Name, b.Name) && a.Type == b.Type })
	if !same {
		return &StateError{sync, fmt.Sprintf("the primary key was %s and is %s", described(before.Keys), described(now.Keys))}
	}
	return nil
}

func described(columns []column) string {
	parts := make([]string, len(columns))
	for i, c := range columns {
		parts[i] = fmt.Sprintf("%q %s", c.Name, c.Type)
	}
	return strings.Join(parts, ", ")
}

// asIs says whether the state's table has the shape's columns and hashes.
func (s state) asIs(now shape) bool {
	before := s.shape
	return before.Mode != Diff || before.Engine == now.Engine &&
		slices.EqualFunc(before.Columns, now.Columns, func(a, b column) bool { return a.Name == b.Name && a.Type == b.Type })
}

// relation is the state as a query of place, keys, h and columns in the given shape.
func (s state) relation(now shape) string {
	if s.asIs(now) {
		return "(" + duck.Fill(sql.ExportState, duck.Names{"table": s.table}) + ")"
	}
	parts := []string{named(now.Keys, "k")}
	for i, c := range now.Columns {
		value := "NULL::" + c.Type
		if j := slices.IndexFunc(s.shape.Columns, func(b column) bool { return strings.EqualFold(b.Name, c.Name) }); j >= 0 {
			value = fmt.Sprintf("try_cast(c%d AS %s)", j+1, c.Type)
		}
		parts = append(parts, fmt.Sprintf("%s AS c%d", value, i+1))
	}
	return "(" + duck.Fill(sql.ExportReshape, duck.Names{"hash": now.hashed(), "columns": strings.Join(parts, ", "), "table": s.table}) + ")"
}

// row lists the columns of pending rows, or of the state's, which for Insert has keys alone.
func (s shape) row(columns []column) string {
	parts := []string{named(s.Keys, "k"), "h"}
	if len(columns) > 0 {
		parts = append(parts, named(columns, "c"))
	}
	return strings.Join(parts, ", ")
}

func (s shape) sameKey(a, b string) string {
	parts := make([]string, len(s.Keys))
	for i := range s.Keys {
		parts[i] = fmt.Sprintf("%[1]s.k%[3]d = %[2]s.k%[3]d", a, b, i+1)
	}
	return strings.Join(parts, " AND ")
}

// counts are of a run's rows; rows are those of the model without the others.
type counts struct {
	nullKeys, duplicates, rows int64
}

// preparing is a run that finds what it has to send.
type preparing struct {
	tx    *duck.Tx
	now   shape
	state state
	fresh bool // without a state, or for a full resync: everything is added
	dry   bool
	rows  string // the model's rows, as a relation of k1 … and c1 …
	counts
}

// errUnstable says that a model gave other rows when it was run again.
var errUnstable = errors.New("the model gave other rows when it was run again")

// prepare finds what is to be sent, and puts it into the table of pending rows: a temporary one for a dry run.
// The model is run twice, first for keys and hashes and then for the rows that moved, so that its result need not
// be stored. If the two do not agree, as with random(), it is stored after all.
func prepare(ctx context.Context, tx *duck.Tx, j Job, now shape, s state, full, dry bool) (counts, error) {
	both := "SELECT " + defined(now.Keys, "k") + ", " + defined(now.Columns, "c")
	p := &preparing{tx: tx, now: now, state: s, fresh: full || s.shape == nil, dry: dry,
		rows: "(" + both + "\nFROM (" + j.Model.query() + "\n) AS model)"}
	if !p.fresh {
		if err := s.fits(j.Sync.ID, now); err != nil {
			return p.counts, err
		}
	}
	err := p.run(ctx)
	if errors.Is(err, errUnstable) {
		if err := do(ctx, tx, "store result", duck.Fill(sql.ExportWholeResult, duck.Names{"rows": p.rows})); err != nil {
			return p.counts, err
		}
		p.rows = "export_model"
		err = p.run(ctx)
	}
	if err != nil {
		err = fmt.Errorf("run model %q: %w", j.Model.ID, err)
	}
	return p.counts, err
}

func (p *preparing) run(ctx context.Context) error {
	result := duck.Fill(sql.ExportResult, duck.Names{"keys": named(p.now.Keys, "k"), "hash": p.now.hashed(), "rows": p.rows})
	if err := do(ctx, p.tx, "find keys", result); err != nil {
		return err
	}
	if err := p.removeNullKeys(ctx); err != nil {
		return err
	}
	if err := p.move(ctx); err != nil {
		return err
	}
	if err := p.pend(ctx); err != nil {
		return err
	}
	return p.settle(ctx)
}

func (p *preparing) anyNull() string {
	null := make([]string, len(p.now.Keys))
	for i := range p.now.Keys {
		null[i] = fmt.Sprintf("k%d IS NULL", i+1)
	}
	return strings.Join(null, " OR ")
}

func (p *preparing) removeNullKeys(ctx context.Context) error {
	names := duck.Names{"any_null": p.anyNull()}
	if _, err := p.tx.Row(ctx, duck.Fill(sql.ExportCountNullKeys, names), nil, &p.nullKeys); err != nil {
		return fmt.Errorf("count rows without a key: %w", err)
	}
	if p.nullKeys == 0 {
		return nil
	}
	return do(ctx, p.tx, "leave out rows without a key", duck.Fill(sql.ExportRemoveNullKeys, names))
}

// move finds the rows that moved, and leaves out all but one of those with the same key.
func (p *preparing) move(ctx context.Context) (err error) {
	keys := duck.Names{"keys": named(p.now.Keys, "k")}
	find := sql.ExportMovedAll
	if p.fresh {
		var rows, distinct int64
		_, err = p.tx.Row(ctx, duck.Fill(sql.ExportCountKeys, keys), nil, &rows, &distinct)
		p.duplicates, p.counts.rows = rows-distinct, distinct
	} else {
		differs := "r.h <> s.h"
		if p.now.Mode == Insert {
			differs = "false"
		}
		find = duck.Fill(sql.ExportMoved, duck.Names{"keys": qualified("r", p.now.Keys), "state": p.state.relation(p.now),
			"same_key": p.now.sameKey("r", "s"), "differs": differs})
		if err := do(ctx, p.tx, "compare with what was sent", find); err != nil {
			return err
		}
		// A key of the state is there once. So of the rows that have one there, and of the new ones, it shows how many are too many.
		var rows, before, added, removed, distinct int64
		count := duck.Fill(sql.ExportCountMoved, duck.Names{"state": p.state.table, "keys": keys["keys"]})
		_, err = p.tx.Row(ctx, count, nil, &rows, &before, &added, &removed, &distinct)
		p.duplicates = (rows - added) - (before - removed) + (added - distinct)
		p.counts.rows = rows - p.duplicates
	}
	if err != nil {
		return fmt.Errorf("count keys: %w", err)
	}
	if p.duplicates > 0 {
		if err := do(ctx, p.tx, "leave out duplicates", duck.Fill(sql.ExportRemoveDuplicates, keys)); err != nil {
			return err
		}
	} else if !p.fresh {
		return nil
	}
	return do(ctx, p.tx, "compare with what was sent", find)
}

func qualified(table string, columns []column) string {
	parts := make([]string, len(columns))
	for i := range columns {
		parts[i] = fmt.Sprintf("%s.k%d", table, i+1)
	}
	return strings.Join(parts, ", ")
}

// names that the statements about pending rows have in common, and more.
func (p *preparing) names(more duck.Names) duck.Names {
	more["temp"], more["pending"], more["rows"], more["hash"] = "", p.state.pending, p.rows, p.now.hashed()
	if p.dry {
		more["temp"] = "TEMP"
	}
	return more
}

// pend takes the rows that moved, with their values.
func (p *preparing) pend(ctx context.Context) error {
	if p.fresh && p.duplicates == 0 {
		return do(ctx, p.tx, "find rows to send", duck.Fill(sql.ExportPendingAll, p.names(duck.Names{
			"keys": named(p.now.Keys, "k"), "columns": named(p.now.Columns, "c"), "any_null": p.anyNull()})))
	}
	state := "(SELECT 0 AS place, * FROM export_result)" // nothing is removed, and there may be no table
	before := qualified("s", p.now.Keys) + ", s.h"
	if !p.fresh {
		state = p.state.relation(p.now)
		if kept := p.now.kept(); len(kept) > 0 {
			before += ", " + named(kept, "c")
		}
	}
	now := qualified("r", p.now.Keys) + ", m.h, " + named(p.now.Columns, "c")
	return do(ctx, p.tx, "find rows to send", duck.Fill(sql.ExportPending, p.names(duck.Names{
		"now": now, "before": before, "state": state, "same_key": p.now.sameKey("r", "m")})))
}

// settle holds the pending rows against those that moved.
func (p *preparing) settle(ctx context.Context) error {
	moved, pending, same, err := p.counted(ctx)
	if err == nil && pending > moved && p.duplicates > 0 {
		twins := duck.Fill(sql.ExportPendingTwins, duck.Names{"pending": p.state.pending, "keys": named(p.now.Keys, "k")})
		if err := do(ctx, p.tx, "leave out duplicates", twins); err != nil {
			return err
		}
		moved, pending, same, err = p.counted(ctx)
	}
	if err == nil && (pending != moved || !same) {
		err = errUnstable
	}
	return err
}

func (p *preparing) counted(ctx context.Context) (moved, pending int64, same bool, err error) {
	count := duck.Fill(sql.ExportCountPending, duck.Names{"pending": p.state.pending})
	if _, err = p.tx.Row(ctx, count, nil, &moved, &pending, &same); err != nil {
		err = fmt.Errorf("count rows to send: %w", err)
	}
	return moved, pending, same, err
}

// advance makes the state what was sent. It runs in the transaction that ends the run.
func advance(ctx context.Context, tx *duck.Tx, sync string, now shape, s state, full bool) error {
	kept := now.row(now.kept())
	names := func(more duck.Names) duck.Names {
		more["table"] = s.table
		return more
	}
	var steps []string
	if s.shape == nil || full {
		steps = append(steps, duck.Fill(sql.ExportBeginState, names(duck.Names{"columns": kept, "pending": s.pending})))
	} else {
		if !s.asIs(now) {
			steps = append(steps, duck.Fill(sql.ExportRewriteState, names(duck.Names{"columns": kept, "state": s.relation(now)})))
		}
		steps = append(steps,
			duck.Fill(sql.ExportLeaveState, names(duck.Names{"pending": s.pending, "same_key": now.sameKey("s", "p")})),
			duck.Fill(sql.ExportJoinState, names(duck.Names{"columns": kept, "pending": s.pending})))
	}
	for _, step := range append(steps, duck.Fill(sql.ExportDrop, duck.Names{"table": s.pending})) {
		if err := do(ctx, tx, "remember what was sent", step); err != nil {
			return err
		}
	}
	text, err := json.Marshal(now)
	if err != nil {
		return err
	}
	return do(ctx, tx, "remember what was sent", sql.ExportKeepShape, sync, string(text))
}

func do(ctx context.Context, tx *duck.Tx, doing, statement string, args ...any) error {
	if _, err := tx.Exec(ctx, statement, args...); err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}

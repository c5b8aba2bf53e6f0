package export

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"smew/duck"
	"smew/sql"
)

// StateError says that what was sent cannot be compared with what a sync is now.
type StateError struct{ Sync, Text string }

func (e *StateError) Error() string { return fmt.Sprintf("export %q: %s", e.Sync, e.Text) }

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

// counts are of a run's rows.
type counts struct {
	nullKeys, duplicates    int64
	added, changed, removed int64
}

// prepare finds what is to be sent, and puts it into the table of pending rows: a temporary one for a dry run.
// Without a state, or for a full resync, everything is added and nothing is removed.
func prepare(ctx context.Context, tx *duck.Tx, j Job, now shape, s state, full, dry bool) (n counts, err error) {
	if n.nullKeys, n.duplicates, err = result(ctx, tx, j, now); err != nil {
		return n, err
	}
	names := duck.Names{"temp": "", "pending": s.pending, "now": now.row(now.Columns)}
	if dry {
		names["temp"] = "TEMP"
	}
	if s.shape == nil || full {
		return n, do(ctx, tx, "find rows to send", duck.Fill(sql.ExportPendingAll, names))
	}
	if err := s.fits(j.Sync.ID, now); err != nil {
		return n, err
	}
	differs := "r.h <> s.h"
	if now.Mode == Insert {
		differs = "false"
	}
	relation := s.relation(now)
	moved := duck.Fill(sql.ExportMoved, duck.Names{
		"keys": named(now.Keys, "k"), "state": relation, "same_key": now.sameKey("r", "s"), "differs": differs,
	})
	if err := do(ctx, tx, "compare with what was sent", moved); err != nil {
		return n, err
	}
	names["before"], names["state"] = now.row(now.kept()), relation
	return n, do(ctx, tx, "find rows to send", duck.Fill(sql.ExportPending, names))
}

// result runs the model and leaves out rows without a key, and all but one of those with the same.
func result(ctx context.Context, tx *duck.Tx, j Job, now shape) (nulls, duplicates int64, err error) {
	both := "SELECT " + defined(now.Keys, "k") + ", " + defined(now.Columns, "c") + "\nFROM (" + j.Model.query() + "\n) AS model"
	create := duck.Fill(sql.ExportResult, duck.Names{"hash": now.hashed(), "rows": both})
	if err := do(ctx, tx, fmt.Sprintf("run model %q", j.Model.ID), create); err != nil {
		return 0, 0, err
	}
	null := make([]string, len(now.Keys))
	for i := range now.Keys {
		null[i] = fmt.Sprintf("k%d IS NULL", i+1)
	}
	without := duck.Names{"any_null": strings.Join(null, " OR ")}
	if _, err := tx.Row(ctx, duck.Fill(sql.ExportCountNullKeys, without), nil, &nulls); err != nil {
		return 0, 0, fmt.Errorf("count rows without a key: %w", err)
	}
	if nulls > 0 {
		if err := do(ctx, tx, "leave out rows without a key", duck.Fill(sql.ExportRemoveNullKeys, without)); err != nil {
			return 0, 0, err
		}
	}
	var rows, distinct int64
	keys := duck.Names{"keys": named(now.Keys, "k")}
	if _, err := tx.Row(ctx, duck.Fill(sql.ExportCountKeys, keys), nil, &rows, &distinct); err != nil {
		return 0, 0, fmt.Errorf("count keys: %w", err)
	}
	if rows > distinct {
		err = do(ctx, tx, "leave out duplicates", duck.Fill(sql.ExportRemoveDuplicates, keys))
	}
	return nulls, rows - distinct, err
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

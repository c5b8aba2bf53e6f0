package erase

import (
	"context"
	"fmt"
	"time"

	"smew/duck"
	"smew/sql"
)

// Guard keeps erased people out of one load, inside its transaction.
type Guard struct {
	// Joined is how many ids turned out to be an erased person's in this load.
	Joined int64

	keys   *hmacKeys
	now    time.Time
	hashes map[string]bool // of all that is remembered; nil: to be read
}

// NewGuard returns nil where nobody was erased: a load without erased people costs nothing more.
func NewGuard(ctx context.Context, tx *duck.Tx, now time.Time) (*Guard, error) {
	var n int64
	if _, err := tx.Row(ctx, sql.EraseAny, nil, &n); err != nil {
		return nil, fmt.Errorf("look for erased people: %w", err)
	}
	if n == 0 {
		return nil, nil
	}
	text, err := setting(ctx, tx, saltSetting)
	if err != nil {
		return nil, err
	}
	keys, err := keysOf(text)
	if err != nil {
		return nil, err
	}
	return &Guard{keys: keys, now: now.UTC()}, nil
}

// Sift takes the rows of erased people out of the keys that package dedupe has read of a batch, and puts
// their places into the table sifted. It returns how many there are; where there are none, there may be
// no such table.
func (g *Guard) Sift(ctx context.Context, tx *duck.Tx) (rows int64, err error) {
	if known, err := g.known(ctx, tx, "batch_keys"); err != nil || known == 0 {
		return 0, err
	}
	if err := exec(ctx, tx, "find rows of erased people", sql.EraseSift); err != nil {
		return 0, err
	}
	if rows, err = tx.Exec(ctx, sql.EraseKeepOthers); err != nil {
		return 0, fmt.Errorf("leave out rows of erased people: %w", err)
	}
	return rows, nil
}

// known fills erased_ids with those of a table that are erased, and counts them.
func (g *Guard) known(ctx context.Context, tx *duck.Tx, ids string) (n int64, err error) {
	if err := g.keys.hash(ctx, tx, ids); err != nil {
		return 0, err
	}
	if err := exec(ctx, tx, "look for erased ids", sql.EraseKnown); err != nil {
		return 0, err
	}
	if _, err := tx.Row(ctx, sql.EraseCountIDs, nil, &n); err != nil {
		return 0, fmt.Errorf("count erased ids: %w", err)
	}
	return n, nil
}

// HoldMappings lets mappings wait in memory, in a table with the columns of the relation, until KeepMappings.
func (g *Guard) HoldMappings(ctx context.Context, tx *duck.Tx, relation string) error {
	return exec(ctx, tx, "hold mappings", heldTable{relation: relation}.fill(sql.EraseBeginMappings))
}

// AddColumn gives the waiting mappings a column that their relation has.
func (g *Guard) AddColumn(ctx context.Context, tx *duck.Tx, relation, column, kind string) error {
	add := duck.Fill(sql.EraseAddColumn, duck.Names{"relation": duck.Quote(relation), "column": duck.Quote(column), "type": kind})
	return exec(ctx, tx, "add column to held mappings", add)
}

// KeepMappings finds out whom the waiting mappings make one person with somebody erased, remembers those
// as erased too, and writes the mappings that name nobody erased. It returns how many it left out.
func (g *Guard) KeepMappings(ctx context.Context, tx *duck.Tx, relation string) (left int64, err error) {
	h := heldTable{relation: relation}
	if err := exec(ctx, tx, "list mapped ids", h.fill(sql.EraseMappedIDs)); err != nil {
		return 0, err
	}
	known, err := g.known(ctx, tx, "mapped_ids")
	if err == nil && known > 0 {
		err = g.join(ctx, tx, h)
	}
	if err != nil {
		return 0, err
	}
	var all int64
	if _, err := tx.Row(ctx, h.fill(sql.EraseHeldMappings), nil, &all); err != nil {
		return 0, fmt.Errorf("count mappings: %w", err)
	}
	kept, err := tx.Exec(ctx, h.fill(sql.EraseKeepMappings))
	if err != nil {
		return 0, fmt.Errorf("write mappings: %w", err)
	}
	return all - kept, exec(ctx, tx, "drop held mappings", h.fill(sql.EraseDropMappings))
}

// join spreads erased_ids along the waiting mappings.
func (g *Guard) join(ctx context.Context, tx *duck.Tx, h heldTable) error {
	for _, statement := range []string{h.fill(sql.EraseLinks), sql.EraseSpread} {
		if err := exec(ctx, tx, "find ids that have become an erased person's", statement); err != nil {
			return err
		}
	}
	joined, err := tx.Exec(ctx, sql.EraseJoinIDs, g.now)
	if err != nil {
		return fmt.Errorf("remember ids that have become an erased person's: %w", err)
	}
	g.Joined, g.hashes = joined, nil
	return exec(ctx, tx, "spread erased ids", sql.EraseAllIDs)
}

// Finish removes the rows, of any dump, of ids that turned out to be an erased person's. It runs when the dump's
// own rows are in, and identities are resolved: whom they hid shows again, whom they were merged with stands alone.
func (g *Guard) Finish(ctx context.Context, tx *duck.Tx) (rows int64, err error) {
	if g.Joined == 0 {
		return 0, nil
	}
	if err := exec(ctx, tx, "list ids that have become an erased person's", sql.EraseStoredIDs); err != nil {
		return 0, err
	}
	var f Found
	if f.held, err = readHeld(ctx, tx); err != nil {
		return 0, err
	}
	if err := f.readIDs(ctx, tx); err != nil {
		return 0, err
	}
	if f.names, err = readNames(ctx, tx, f.held); err != nil {
		return 0, err
	}
	if err := count(ctx, tx, f.held, f.whose()); err != nil {
		return 0, err
	}
	if _, err := tx.Row(ctx, sql.EraseCountGone, nil, &rows); err != nil {
		return 0, fmt.Errorf("count rows: %w", err)
	}
	return rows, f.remove(ctx, tx, g.keys, g.now, rows)
}

// Aside judges a row that is to be set aside: whether it is an erased person's, and what its reason is without
// a value of theirs.
func (g *Guard) Aside(ctx context.Context, tx *duck.Tx, table, content, reason string) (theirs bool, kept string, err error) {
	w, err := g.whose(ctx, tx)
	if err != nil {
		return false, reason, err
	}
	theirs, err = w.row(table, content)
	return theirs, w.redact(reason), err
}

// RemoveAside removes the rows that were set aside of the mappings being loaded and name somebody who has become an
// erased person by them. It comes after KeepMappings, and returns how many they were.
func (g *Guard) RemoveAside(ctx context.Context, tx *duck.Tx, dump int64, table string) (rows int64, err error) {
	if g.Joined == 0 {
		return 0, nil
	}
	w, err := g.whose(ctx, tx)
	if err != nil {
		return 0, err
	}
	rows, err = w.quarantined(ctx, tx, func(a aside) bool { return a.Dump == dump && a.Table == table })
	if err != nil || rows == 0 {
		return 0, err
	}
	if err := exec(ctx, tx, "remove rows in quarantine", sql.EraseRemoveQuarantined); err != nil {
		return 0, err
	}
	return rows, keepSetting(ctx, tx, dueSetting, "true")
}

// whose tells whom the database remembers.
func (g *Guard) whose(ctx context.Context, tx *duck.Tx) (whose, error) {
	if g.hashes == nil {
		hashes := map[string]bool{}
		err := tx.Each(ctx, sql.EraseHashes, nil, func(scan func(...any) error) error {
			var hash string
			err := scan(&hash)
			hashes[hash] = true
			return err
		})
		if err != nil {
			return whose{}, fmt.Errorf("read whom was erased: %w", err)
		}
		g.hashes = hashes
	}
	return whose{
		id:   func(id int64) bool { return g.hashes[g.keys.id(id)] },
		name: func(name string) bool { return g.hashes[g.keys.name(name)] },
	}, nil
}

// Redact takes values of erased people out of a message that is to be kept.
func Redact(ctx context.Context, tx *duck.Tx, message string) (string, error) {
	if !quoted.MatchString(message) {
		return message, nil
	}
	g, err := NewGuard(ctx, tx, time.Time{})
	if err != nil || g == nil {
		return message, err
	}
	w, err := g.whose(ctx, tx)
	if err != nil {
		return message, err
	}
	return w.redact(message), nil
}

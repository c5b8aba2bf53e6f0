package loader

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"smew/duck"
	"smew/erase"
	"smew/export"
	"smew/plan"
	"smew/sql"
	"smew/views"
)

// ForeignObjectsError says that a rebuild would lose what is not smew's.
type ForeignObjectsError struct{ Names []string }

func (e *ForeignObjectsError) Error() string {
	return "the database holds what is not smew's and would be lost: " + strings.Join(e.Names, ", ")
}

// Hint says what the user can do about it.
func (e *ForeignObjectsError) Hint() string {
	return "move it to a database of its own first, or drop it"
}

// ShortError says that a rebuild would lose a dump that the database holds.
type ShortError struct {
	DumpID int64
	Err    error // nil: its manifest is gone
}

func (e *ShortError) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("dump %d is in the database, and its manifest is not in the feed any more", e.DumpID)
	}
	return fmt.Sprintf("dump %d is in the database, and cannot be loaded anew: %v", e.DumpID, e.Err)
}

func (e *ShortError) Unwrap() error { return e.Err }

// Hint says what became of the database.
func (e *ShortError) Hint() string { return "the database is as it was" }

// Rebuild loads the whole feed into a fresh file beside the database and puts that into its place, with
// what the user has decided (which tables are wanted, which definitions count, which types columns have, which dumps are
// accepted as lost, who is erased), what exports have sent, and the sync reports whose objects are gone. If that fails, or lacks a dump that the database holds, the database is as it was. Other processes are shut out until the end; a
// crash leaves the old file or the new one (see duck.Replace).
func Rebuild(ctx context.Context, f Feed, c Config) (s Summary, err error) {
	err = duck.Replace(ctx, c.DB, c.Duck, func(old *duck.DB, fresh string) error {
		var k keepsake
		err := old.View(ctx, func(tx *duck.Tx) (err error) {
			k, err = readKeepsake(ctx, tx, f.Name, c.OtherFeed)
			return err
		})
		if err != nil {
			return err
		}
		into := c
		into.DB = fresh
		if into.Choice == nil {
			into.Choice = &k.choice
		}
		if into.Definitions == nil {
			into.Definitions = &k.given
		}
		if err := k.plant(ctx, old, f, into); err != nil {
			return err
		}
		if err := beside(ctx, old, fresh, export.Carry); err != nil { // before the load, which may find that somebody is erased
			return err
		}
		if s, err = Run(ctx, f, into); err != nil {
			return err
		}
		if err := k.missing(s); err != nil {
			return err
		}
		return beside(ctx, old, fresh, carryReports)
	})
	return s, err
}

// beside runs fn on the old database while the fresh one is attached to it.
func beside(ctx context.Context, old *duck.DB, fresh string, fn func(ctx context.Context, tx *duck.Tx, into string) error) error {
	const name = "rebuilt"
	return old.Beside(ctx, fresh, name, func() error {
		return old.Update(ctx, func(tx *duck.Tx) error { return fn(ctx, tx, name) })
	})
}

// carryReports takes over the sync reports whose objects are gone from the bucket: of the others the fresh database has read its own.
func carryReports(ctx context.Context, tx *duck.Tx, into string) error {
	if _, err := tx.Exec(ctx, duck.Fill(sql.RebuildCarryReports, duck.Names{"into": duck.Quote(into)})); err != nil {
		return fmt.Errorf("take over sync reports: %w", err)
	}
	return nil
}

// keepsake is what of a database is not in its feed.
type keepsake struct {
	dumps    []int64 // that it holds
	accepted []Acceptance
	choice   plan.Choice
	given    string // definitions
	types    []typeRow
}

func readKeepsake(ctx context.Context, tx *duck.Tx, feed string, other bool) (k keepsake, err error) {
	if err := Current(ctx, tx); err != nil {
		return k, err
	}
	remembered, err := setting(ctx, tx, "feed")
	if err != nil {
		return k, err
	}
	if remembered != "" && remembered != feed && !other {
		return k, &MismatchError{Remembered: remembered, Given: feed}
	}
	var foreign []string
	err = tx.Each(ctx, sql.RebuildForeign, nil, func(scan func(...any) error) error {
		var name string
		err := scan(&name)
		foreign = append(foreign, name)
		return err
	})
	if err != nil {
		return k, fmt.Errorf("look for what is not smew's: %w", err)
	}
	if len(foreign) > 0 {
		return k, &ForeignObjectsError{Names: foreign}
	}
	ledger, err := readLedger(ctx, tx)
	if err != nil {
		return k, err
	}
	k.choice = ledger.Choice
	if k.given, err = setting(ctx, tx, views.GivenDefinitions); err != nil {
		return k, err
	}
	if k.types, err = readTypeRows(ctx, tx); err != nil {
		return k, err
	}
	k.dumps = slices.Sorted(maps.Keys(ledger.Dumps))
	k.accepted, err = readAccepted(ctx, tx)
	return k, err
}

// plant begins the fresh database with what is kept: whom the old one erased before all, as nobody of
// them may come in.
func (k keepsake) plant(ctx context.Context, old *duck.DB, f Feed, c Config) error {
	db, err := duck.Open(ctx, c.DB, c.Duck)
	if err != nil {
		return err
	}
	err = db.Update(ctx, func(tx *duck.Tx) error {
		if err := Migrate(ctx, tx); err != nil {
			return err
		}
		err := old.View(ctx, func(from *duck.Tx) error {
			if err := erase.Carry(ctx, from, tx); err != nil {
				return err
			}
			return export.Prepare(ctx, from, tx)
		})
		if err != nil {
			return err
		}
		for _, t := range k.types {
			if _, err := tx.Exec(ctx, sql.LedgerKeepType, t.table, t.column, t.typ); err != nil {
				return fmt.Errorf("keep types of columns: %w", err)
			}
		}
		for _, a := range k.accepted {
			if err := keepAccepted(ctx, tx, a.DumpID, &a); err != nil {
				return err
			}
		}
		return adopt(ctx, tx, f.Name, c.OtherFeed)
	})
	return errors.Join(err, db.Close())
}

// missing says which of the dumps were not loaded anew.
func (k keepsake) missing(s Summary) error {
	loaded := map[int64]bool{}
	for _, rec := range s.Loaded {
		loaded[rec.DumpID] = true
	}
	for _, id := range k.dumps {
		if loaded[id] {
			continue
		}
		for _, f := range s.Failed {
			if f.DumpID == id {
				return &ShortError{DumpID: id, Err: f.Err}
			}
		}
		return &ShortError{DumpID: id}
	}
	return nil
}

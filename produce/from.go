package produce

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"smew/bucket"
	"smew/duck"
	"smew/feed"
)

// FromOptions say what of a database is delivered, and how.
type FromOptions struct {
	// Feed is what State calls the feed, so that two feeds from one database keep apart.
	Feed string
	// State is the DuckDB file that remembers what was delivered: keys and hashes. It is
	// made if it is not there; without it everything is delivered in full.
	State  string
	Schema string   // main by default
	Tables []string // all of Schema by default, but those that a loader makes itself (all_events)
	Full   bool     // deliver everything in full
	// Write says how the dump is written. Of it Layout, Bucket, Prefix, Codec, PartRows, FirstDump,
	// UUID and Progress count.
	Write Options
	Now   func() time.Time // time.Now by default
}

// FromSummary is what FromDatabase did.
type FromSummary struct {
	Dump *DumpSummary // nil: there was nothing to deliver
	// Why says of tables delivered in full why they are; user_migrations always is (R5).
	Why map[string]string
	// Gone are tables that were delivered earlier and are there no longer. A feed cannot say that: at
	// the consumer they stay as they are (R6).
	Gone []string
}

// FromDatabase delivers what is new or changed in a database, which need not be open for writing,
// as the feed's next dump. Rows are told apart by the keys of R4 and compared by a hash of their
// columns. A row that is gone cannot be told by itself, so its table is delivered in full; so is one that
// lost a column, and one without a key whenever anything in it changed.
//
// What was delivered is noted as pending before the manifest is created, and counts once the manifest
// exists, which the next call looks up. So wherever a call fails or is killed, the next one delivers
// what the feed lacks, and nothing twice. If the feed no longer has the dump that was delivered last, it is
// another one, and everything is delivered in full. The state is written by one process at a time.
//
// An id that is not a whole 64-bit number (R11) and a column whose name Avro does not have give a
// *FromError; nothing is written then.
func FromDatabase(ctx context.Context, db *duck.DB, b bucket.Bucket, o FromOptions) (FromSummary, error) {
	s, err := fromDatabase(ctx, db, b, o)
	if err != nil {
		return s, fmt.Errorf("produce from database: %w", err)
	}
	return s, nil
}

func fromDatabase(ctx context.Context, db *duck.DB, b bucket.Bucket, o FromOptions) (FromSummary, error) {
	var err error
	o.Write.Scenario = &Scenario{} // nothing is made up
	if o.Write, err = o.Write.withDefaults(); err != nil {
		return FromSummary{}, err
	}
	o.Write.Workers = 1 // the parts of a table are cut from one sequence of rows
	if o.Schema == "" {
		o.Schema = "main"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if err := db.Attach(ctx, o.State, stateName); err != nil {
		return FromSummary{}, err
	}
	e := &extraction{ctx: ctx, db: db, options: o, state: state{feed: o.Feed}}
	if err := e.settle(ctx, b); err != nil {
		return FromSummary{}, fmt.Errorf("settle state: %w", err)
	}
	var s FromSummary
	err = db.Update(ctx, func(tx *duck.Tx) (err error) {
		s, err = e.prepare(ctx, tx)
		return err
	})
	if err != nil || len(e.tables) == 0 {
		return s, err
	}
	wrote, err := e.write(ctx, b)
	if err != nil {
		return s, err
	}
	s.Dump = &wrote
	return s, db.Update(ctx, func(tx *duck.Tx) error { return e.state.deliver(ctx, tx) })
}

// write writes the prepared tables as the feed's next dump.
func (e *extraction) write(ctx context.Context, b bucket.Bucket) (DumpSummary, error) {
	o := e.options
	there, err := dumpsOf(ctx, b, o.Write.Prefix)
	if err != nil {
		return DumpSummary{}, err
	}
	if there.highest == math.MaxInt64 {
		return DumpSummary{}, errNoMoreIDs
	}
	d := &dump{id: max(there.highest+1, o.Write.FirstDump), synced: o.Now(), clock: o.Now, defines: "none"}
	for _, t := range e.tables {
		d.tables = append(d.tables, t.cut(e, o.Write.PartRows))
	}
	d.sealed = func(ctx context.Context, m *feed.Manifest) error {
		return e.db.Update(ctx, func(tx *duck.Tx) error {
			return e.state.pend(ctx, tx, o.Write.Prefix+feed.ManifestKey(m.DumpID), m.Digest())
		})
	}
	return (&writer{bucket: b, options: o.Write}).dump(ctx, d)
}

// settle finds out whether the dump that was pending when an earlier call ended exists, and whether
// the one delivered last still does.
func (e *extraction) settle(ctx context.Context, b bucket.Bucket) error {
	return e.db.Update(ctx, func(tx *duck.Tx) error {
		if err := e.state.create(ctx, tx); err != nil {
			return err
		}
		pending, err := e.state.dump(ctx, tx, "pending")
		if err != nil {
			return err
		}
		switch there, err := pending.exists(ctx, b); {
		case err != nil:
			return err
		case there:
			return e.state.deliver(ctx, tx)
		}
		if err := e.state.forget(ctx, tx, "pending"); err != nil {
			return err
		}
		last, err := e.state.dump(ctx, tx, "delivered")
		if err != nil || last.key == "" {
			return err
		}
		there, err := last.exists(ctx, b)
		if err != nil || there {
			return err
		}
		e.lost = last.key
		return e.state.forget(ctx, tx, "delivered")
	})
}

// FromError says what in a database cannot be delivered.
type FromError struct {
	Table, Column string // "" where it is not about one
	Reason        string
	Advice        string
}

func (e *FromError) Error() string {
	switch {
	case e.Column != "":
		return fmt.Sprintf("table %q: column %q: %s", e.Table, e.Column, e.Reason)
	case e.Table != "":
		return fmt.Sprintf("table %q: %s", e.Table, e.Reason)
	}
	return e.Reason
}

// Hint says what the user can do about it.
func (e *FromError) Hint() string { return e.Advice }

var errChanging = errors.New("its rows are others each time they are read")

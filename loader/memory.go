package loader

import (
	"context"
	"fmt"
	"runtime"

	"smew/duck"
	"smew/plan"
	"smew/sql"
)

// A thread that writes rows holds some pages of every column until it has written a row group. What
// a load needs beyond that is little, and what does not fit DuckDB puts beside the database: more
// memory makes no load faster (docs/performance.md).
const (
	threadMB = 320
	wide     = 500 // columns from which on one thread writes a table
	columnKB = 2000
)

// memoryFor is what a load lowers DuckDB's memory limit to where the user sets none, in bytes, given its
// threads (0: one a core) and the columns of its widest table.
func memoryFor(threads, columns int) int64 {
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	return int64(max(2, threads))*threadMB*1_000_000 + int64(max(0, columns-wide))*columnKB*1000
}

// threadsFor is how many threads write a table of so many columns at a time.
func threadsFor(columns int) int {
	if columns > wide {
		return 1
	}
	return 0 // all
}

// A small dump in a database that is not large is loaded by one thread (duck.Tx.Alone), and the last of them past the
// log (duck.Tx.Direct). What a dump costs beyond its own rows is going through the ids of those that are there.
const (
	smallBytes = 32 << 20 // of parts, compressed
	smallParts = 200      // kept open until they are read
	smallHeld  = 50_000_000
)

// alone leaves a small dump one thread.
func (in *load) alone(ctx context.Context) error {
	var held int64
	if _, err := in.tx.Row(ctx, sql.LedgerHeldRows, nil, &held); err != nil {
		return fmt.Errorf("count stored rows: %w", err)
	}
	if held > smallHeld || !in.parts.small() {
		return nil
	}
	if err := in.tx.Alone(ctx); err != nil || !in.last {
		return err
	}
	return in.tx.Direct(ctx)
}

// widest is how many columns the widest table will have: of those held, or of those to come.
func widest(held int, dumps []plan.Dump) int {
	for _, d := range dumps {
		for _, t := range d.Tables {
			held = max(held, len(t.Columns))
		}
	}
	return held
}

func readWidest(ctx context.Context, tx *duck.Tx) (columns int, err error) {
	if _, err := tx.Row(ctx, sql.LedgerWidest, nil, &columns); err != nil {
		return 0, fmt.Errorf("count columns: %w", err)
	}
	return columns, nil
}

// Package answer is the answer key of a feed: what a right consumer must hold, computed in plain
// Go from what the feed's writer knows of it. A [Key] collects the dumps, [Key.Tables] computes the
// tables, [Key.Write] puts them into a directory as Parquet files that any tool reads, and [Check]
// holds a DuckDB file against such a directory.
//
// It shares no code with the loader that it judges: nothing here reads a manifest or an Avro part,
// and the rules (R4 to R10) are written out once more, with maps and loops.
package answer

import "iter"

// Rows are the rows of a part, in order. They must not change once they were handed over: a Key
// keeps no copy.
type Rows interface {
	Len() int
	// Value is nil for NULL, an int64 in columns of ids (IsID), a string in all others. '' is not NULL.
	Value(row, column int) any
}

// Part is one file of a table.
type Part struct {
	Columns []string // the fields of its records, in order
	Rows    Rows     // nil for none
	// Broken says that it is missing or damaged: the dump cannot be loaded as long as the part is
	// needed (R5, R12). Columns and Rows are then not looked at.
	Broken bool
}

// Table is what a dump delivers of a table.
type Table struct {
	Name    string
	Columns []string // as the manifest lists them
	Full    bool     // a full resync
	Parts   []Part   // in the manifest's order
}

// Dump is one dump of the feed.
type Dump struct {
	ID     int64
	Tables []Table // in the manifest's order
	// Definitions is the content of its file of property definitions; nil if it has none that could be read.
	Definitions []byte
	// Refused says that no consumer may load it: its manifest is torn, contradicts another one …
	Refused bool
}

// Fault is something wrong that was put into the feed on purpose.
type Fault struct {
	Name   string `json:"fault"` // such as truncated-part
	DumpID int64  `json:"dump_id"`
	Object string `json:"object"` // the key of what is wrong
	Must   string `json:"must"`   // what a right consumer must do about it
}

// Key collects a feed's dumps in the order in which their manifests appear. The zero value is a
// key of an empty feed.
type Key struct {
	Feed string // what the feed is called in key.json
	// FinalOnly leaves the states after each dump out of what Write writes: they cost the rows of
	// the whole feed once a dump.
	FinalOnly bool

	dumps  []Dump
	faults []Fault
}

// Add appends a dump whose manifest has appeared. Of dumps with one id at most one may count.
func (k *Key) Add(d Dump) { k.dumps = append(k.dumps, d) }

// Fault notes what was put into the feed on purpose.
func (k *Key) Fault(f Fault) { k.faults = append(k.faults, f) }

// Shown is a table as main of a right consumer shows it.
type Shown struct {
	Columns []string // in order
	IDs     []string // those of Columns that hold ids, BIGINT; all others are VARCHAR
	// Key are the columns that tell its rows apart; none if any number of equal rows is right.
	Key       []string
	Delivered string // the table's name in the feed; "" for all_events

	rows iter.Seq[[]any]
}

// Rows are its rows, a multiset in no particular order: a value per column, nil, int64 (ids) or
// string. They are computed anew each time; a slice is good until the next one.
func (s *Shown) Rows() iter.Seq[[]any] { return s.rows }

// IsID says whether a column of the table, both by their delivered names, holds ids (R11).
func IsID(table, column string) bool {
	switch column {
	case "user_id", "event_id", "session_id":
		return true
	case "from_user_id", "to_user_id":
		return table == "user_migrations"
	}
	return false
}

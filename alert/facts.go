package alert

import "time"

// Facts are what is known of the feeds at an instant.
type Facts struct {
	Now   time.Time
	Feeds []Feed
}

// Feed is what is known of one feed. What is nil is not known now, and leaves the alerts about it
// as they are.
type Feed struct {
	Name    string
	Look    *Look
	Copy    *Copy // nil also where none is published
	Ledger  *Ledger
	Exports []Export // empty: there are none
}

// Look is how the last look at the feed ended.
type Look struct {
	Error string    // "": well
	Since time.Time // when looks began to fail
}

// Copy is how the last publication of the database ended.
type Copy struct {
	Error string    // "": well
	Since time.Time // when publications began to fail
}

// Ledger is what the database says.
type Ledger struct {
	Highest     int64     // the highest dump_id that is known, be the dump loaded or not; 0: none
	Arrived     time.Time // when the last dump was loaded or first failed
	Failures    []Failure
	Report      *Report // the newest; nil: none
	Quarantined []Quarantined
	Definitions *Definitions // of the highest dump that names some; nil: none does
	Changes     []Change     // of the last dumps
	Dumps       []Dump       // the last ones, the highest dump_id first
}

// Failure is a manifest that the database does not reflect.
type Failure struct {
	Manifest string // key
	Dump     *int64 // nil: not known
	Error    string
	Since    time.Time // the first try that is known
}

// Report is a sync report (R13).
type Report struct {
	Key        string
	Status     string
	Error      string // "": none
	FinishedAt *time.Time
	NextSyncAt *time.Time
}

// Quarantined counts rows of a dump's table that are set aside (R11).
type Quarantined struct {
	Dump  int64
	Table string
	Rows  int64
}

// Definitions are a dump's property definitions (R14).
type Definitions struct {
	Dump    int64
	Key     string
	Problem string // "": understood
}

// Change is how a dump's table differs from the same table in the dump before that had it.
type Change struct {
	Dump  int64
	Table string
	New   bool     // no dump before had it
	Added []string // columns
	Gone  []string
}

// Dump counts the rows that a loaded dump delivered.
type Dump struct {
	ID     int64
	Tables []Table
}

// Table counts the rows of a table of a dump.
type Table struct {
	Name string
	Full bool // a full resync
	Rows int64
}

// Export is an export, and what is wrong with it by the limits that it has.
type Export struct {
	Name     string
	Troubles []Trouble // none: it is well
}

// Trouble is what is wrong with an export in one way.
type Trouble struct {
	Kind  Kind // ExportFailed and those after it
	Text  string
	Since time.Time
}

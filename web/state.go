package web

import "time"

// State is a feed's database as the page shows it, and as /api/v1/feeds/{feed} gives it. Times are UTC.
type State struct {
	Feed      string     `json:"feed"`     // its name here
	Source    string     `json:"source"`   // where the feed lies
	Database  string     `json:"database"` // the file
	Bytes     int64      `json:"bytes"`    // of the file
	ReadAt    *time.Time `json:"read_at"`  // when all this was read from the database; null: never
	Busy      string     `json:"busy"`     // why it is not newer; "": it is new
	Health    Health     `json:"health"`
	Dumps     int        `json:"dumps"`        // in the database
	Highest   *int64     `json:"highest_dump"` // dump_id
	People    People     `json:"people"`
	Tables    []Table    `json:"tables"`
	History   []Dump     `json:"history"`      // the last load first
	Failures  []Failure  `json:"failures"`     // what of the feed is not in the database
	Accepted  []Accepted `json:"accepted"`     // dumps that are accepted as lost
	Reports   []Report   `json:"sync_reports"` // the newest first
	Exports   []Export   `json:"exports"`
	NextSync  *time.Time `json:"next_sync_at"` // when the next dump is due
	Loading   *Loading   `json:"loading"`      // the load that is running; null: none that is known of
	Following *Following `json:"following"`    // null: nobody here follows the feed
}

// People are the users and the ids that were resolved to them (R8).
type People struct {
	Users   int64 `json:"users"`   // rows of main.users
	IDs     int64 `json:"ids"`     // that are mapped to another
	Persons int64 `json:"persons"` // that they are mapped to
}

// Table is a delivered table. Rows is what analysts see; the other counts are of all rows ever delivered.
type Table struct {
	Name        string `json:"name"` // in schema main
	Kind        string `json:"kind"`
	Rows        int64  `json:"rows"`
	Delivered   int64  `json:"rows_delivered"`
	Superseded  int64  `json:"rows_superseded"`
	Invalidated int64  `json:"rows_invalidated"`
	Hidden      int64  `json:"rows_hidden"`
	Quarantined int64  `json:"rows_quarantined"`
	Resync      *int64 `json:"last_full_resync"` // dump_id
}

// Dump is the load of a dump, and what it did.
type Dump struct {
	DumpID   int64     `json:"dump_id"`
	LoadedAt time.Time `json:"loaded_at"`
	Seconds  float64   `json:"seconds"`
	Bytes    int64     `json:"bytes"` // of the parts that were read
	Counts
	Tables []DumpTable `json:"tables"`
}

// DumpTable is what a dump brought of a table.
type DumpTable struct {
	Name       string `json:"name"`
	FullResync bool   `json:"full_resync"`
	Read       bool   `json:"read"` // false: a later full resync had replaced it
	Files      int    `json:"files"`
	Counts
}

// Counts are what a load did, in rows.
type Counts struct {
	Rows        int64 `json:"rows"`             // that were read
	New         int64 `json:"rows_new"`         // of these, whose key was new
	Replaced    int64 `json:"rows_replaced"`    // rows of any dump that gave way to a newer one of their key
	Invalidated int64 `json:"rows_invalidated"` // rows of earlier dumps that a full resync removed
	Quarantined int64 `json:"rows_quarantined"`
}

// Failure is a manifest that the database does not reflect, and where in it what is wrong.
type Failure struct {
	DumpID   *int64     `json:"dump_id"` // null: not known
	Manifest string     `json:"manifest"`
	TriedAt  time.Time  `json:"tried_at"`
	Since    *time.Time `json:"since"` // the first try
	Tries    int        `json:"tries"`
	Error    string     `json:"error"`  // in full
	Reason   string     `json:"reason"` // the error without the place
	Table    string     `json:"table"`
	Part     string     `json:"part"`  // its key
	Block    *int64     `json:"block"` // from 0
	Row      *int64     `json:"row"`   // in the part, from 1
	Column   string     `json:"column"`
}

// Accepted is a dump that is accepted as lost.
type Accepted struct {
	DumpID int64     `json:"dump_id"`
	At     time.Time `json:"accepted_at"`
	Reason string    `json:"reason"`
}

// Report is a sync report of the vendor's (R13).
type Report struct {
	Key        string     `json:"key"`
	Status     string     `json:"status"` // "succeeded" is good, anything else is not; "": it could not be understood
	Error      string     `json:"error"`
	StartedAt  *time.Time `json:"started_at"`
	FinishedAt *time.Time `json:"finished_at"`
	NextSyncAt *time.Time `json:"next_sync_at"`
	NoManifest bool       `json:"no_manifest"` // it is of a dump that has none
}

// Loading is a load that is running.
type Loading struct {
	Since   time.Time `json:"since"`
	DumpID  int64     `json:"dump_id"` // 0: between two dumps
	Done    int       `json:"dumps_done"`
	Dumps   int       `json:"dumps"`
	Parts   int       `json:"parts_read"`
	Of      int       `json:"parts"`
	Fetched int64     `json:"bytes_fetched"`
}

// Following is how the feed is followed.
type Following struct {
	LastLook     *time.Time `json:"last_look"`
	NextLook     *time.Time `json:"next_look"`
	Error        string     `json:"error"` // of the last look; "": it went well
	FailingSince *time.Time `json:"failing_since"`

	Published      *time.Time `json:"published_at"`          // the last copy, by this process
	PublishError   string     `json:"publish_error"`         // why there is no newer copy; "": nothing is wrong
	PublishFailing *time.Time `json:"publish_failing_since"` // null: it is not failing
}

// Relation is a table or view that can be queried.
type Relation struct {
	Schema  string   `json:"schema"`
	Name    string   `json:"name"`
	Columns []Column `json:"columns"`
}

// Column is a column of a table or of a result.
type Column struct {
	Name string `json:"name"`
	Type string `json:"type"` // DuckDB's
	Kind string `json:"kind"` // number, time, boolean, text or other: how it is compared
}

// Result is what a query gives. Values are texts as DuckDB writes them, so that integers keep all
// their digits; NULL is null.
type Result struct {
	Columns   []Column    `json:"columns"`
	Rows      [][]*string `json:"rows"`
	Truncated bool        `json:"truncated"` // there are more rows than were asked for
	Seconds   float64     `json:"seconds"`
}

// Ready is a query that the console offers.
type Ready struct {
	Group string `json:"group"`
	Name  string `json:"name"`
	About string `json:"about"`
	SQL   string `json:"sql"`
}

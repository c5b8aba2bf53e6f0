package verify

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Report is what an audit found. Agrees says that there are no differences; what is not loaded yet
// and what is merely told do not count.
type Report struct {
	Agrees bool `json:"agrees"`
	// What was looked at.
	Dumps  int   `json:"dumps"`
	Parts  int   `json:"parts"` // that the tables rest on
	Tables int   `json:"tables"`
	Rows   int64 `json:"rows"`      // held in them
	Read   int64 `json:"rows_read"` // of parts that were read again

	Differences []Difference `json:"differences"`
	NotLoaded   []Difference `json:"not_loaded"` // manifests that the database does not reflect
	Notes       []Difference `json:"notes"`
}

// Check names what does not hold.
type Check string

// Of the ledger and the bucket.
const (
	ManifestMissing Check = "manifest-missing"
	ManifestChanged Check = "manifest-changed" // it says something else than when its dump was loaded
	PartMissing     Check = "part-missing"
	PartChanged     Check = "part-changed"  // size or ETag
	NotLoaded       Check = "not-loaded"    // in Report.NotLoaded
	AcceptedLost    Check = "accepted-lost" // in Report.Notes
	PartUnlisted    Check = "part-unlisted" // in Report.Notes, as PartMissing is for parts that no rows rest on
)

// Of the ledger and the tables.
const (
	NoRelation   Check = "no-relation"
	UnknownDump  Check = "unknown-dump"  // rows of a dump that the ledger does not have
	UnknownPlace Check = "unknown-place" // rows at places that no part has, or more of them than it had
	Unaccounted  Check = "unaccounted"   // read ≠ held + superseded + invalidated + quarantined + erased
	Invalid      Check = "invalid"       // rows that a full resync has replaced (R5)
	WrongResync  Check = "wrong-resync"  // the table is noted with another full resync than its dumps made
)

// Of the data and the rules.
const (
	Duplicate     Check = "duplicate"      // two rows of one delivered key (R7)
	WrongMark     Check = "wrong-mark"     // hidden and should show, or the other way round (R7)
	WrongIdentity Check = "wrong-identity" // a kept identity is not what user_migrations says (R8)
	WrongPerson   Check = "wrong-person"   // a row's canonical id is not what its user's id resolves to (R8)
	WrongMerge    Check = "wrong-merge"    // main.users is not its records merged (R9)
	WrongTime     Check = "wrong-time"     // a row's instant is not what its time stands for
	WrongView     Check = "wrong-view"
)

// Of the parts, read again.
const (
	PartDamaged Check = "part-damaged"
	PartRows    Check = "part-rows" // it has more or fewer rows than were read
	RowLost     Check = "row-lost"  // a row of the part is not held, and no newer one of its key
	RowChanged  Check = "row-changed"
)

// Difference is one thing that does not hold. What does not apply is left out; Row and Key are
// those of the first row it is about.
type Difference struct {
	Check Check             `json:"check"`
	Dump  *int64            `json:"dump_id,omitempty"`
	Table string            `json:"table,omitempty"` // as delivered
	Part  string            `json:"part,omitempty"`  // its key in the bucket, or the manifest's
	Row   int64             `json:"row,omitempty"`   // in the part, from 1
	Key   map[string]*int64 `json:"key,omitempty"`   // the row's ids
	Rows  int64             `json:"rows,omitempty"`  // how many it is about
	Text  string            `json:"text"`
}

// String gives the difference as one line: dump 852: table "users": sync_852/…: row 7 (user_id=3): …
func (d Difference) String() string {
	var parts []string
	if d.Dump != nil {
		parts = append(parts, fmt.Sprintf("dump %d", *d.Dump))
	}
	if d.Table != "" {
		parts = append(parts, fmt.Sprintf("table %q", d.Table))
	}
	if d.Part != "" {
		parts = append(parts, d.Part)
	}
	key := d.keyText()
	switch {
	case d.Row != 0 && key != "":
		parts = append(parts, fmt.Sprintf("row %d (%s)", d.Row, key))
	case d.Row != 0:
		parts = append(parts, fmt.Sprintf("row %d", d.Row))
	case key != "":
		parts = append(parts, key)
	}
	if d.Rows > 1 {
		parts = append(parts, fmt.Sprintf("and %d more", d.Rows-1))
	}
	return strings.Join(append(parts, d.Text), ": ")
}

func (d Difference) keyText() string {
	names := slices.Sorted(maps.Keys(d.Key))
	for i, name := range names {
		names[i] = name + "=" + idText(d.Key[name])
	}
	return strings.Join(names, " ")
}

func idText(id *int64) string {
	if id == nil {
		return "NULL"
	}
	return fmt.Sprint(*id)
}

func (a *audit) differ(d Difference) { a.report.Differences = append(a.report.Differences, d) }

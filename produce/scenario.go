package produce

// Scenario says what a feed has in it that makes it hard to load. The zero value has nothing of
// that. Shares are from 0 to 1; tables are those of the feed, such as order_completed.
type Scenario struct {
	Duplicates Duplicates `yaml:"duplicates"`
	// SecondIDs is the share of what was sent before somebody signed in that comes a second time,
	// under the member's id.
	SecondIDs float64 `yaml:"second_ids"`
	// SharedEvents is the share of product views and begun checkouts that have the event_id of the
	// pageview they are seen by: one raw event that two definitions match.
	SharedEvents float64 `yaml:"shared_events"`
	// LateEvents is the share of visits that are delivered days later.
	LateEvents float64 `yaml:"late_events"`
	// InvalidDates is the share of users with a date that says "Invalid date", for each of both dates.
	InvalidDates float64 `yaml:"invalid_dates"`

	// Merges is how many members turn out to be someone else, for every device that was identified
	// that day; at least one a day unless it is 0.
	Merges float64 `yaml:"merges"`
	// Corrections is how many mappings are pointed elsewhere, and how many are taken back, for
	// every event; at least one a day, from the third on, unless it is 0.
	Corrections    float64        `yaml:"corrections"`
	SharedIdentity SharedIdentity `yaml:"shared_identity"`

	Times   Times        `yaml:"times"`
	Columns []ColumnDays `yaml:"columns"`
	Tables  []TableDays  `yaml:"tables"`
	Resyncs []Resync     `yaml:"resyncs"`
	Late    []Late       `yaml:"late_manifests"`
	Jumps   []Jump       `yaml:"jumps"`
	// FailedSyncs are days whose first sync fails: it leaves parts and a report, and what it should
	// have brought comes under the next dump_id.
	FailedSyncs Days `yaml:"failed_syncs"`
	// Strays are days whose dump has a part beside it that no manifest lists.
	Strays Days `yaml:"strays"`
	// EventMetadata adds the table _event_metadata, which has no key.
	EventMetadata bool `yaml:"event_metadata"`
	// Definitions says which property definitions the dumps name; of several for one day the first
	// counts, and on a day of none the file defines nothing.
	Definitions []Definitions `yaml:"definitions"`

	// Layout is hive, plain or mixed, which takes turns; "" is Options.Layout.
	Layout string `yaml:"layout"`
	// PartName names parts in their folder: {table}, {number} and {uuid}, which has to be there,
	// are filled in. "" is what the layout has.
	PartName string `yaml:"part_name"`
	// Environments are feeds side by side in one bucket, each below a prefix of its name and with
	// people of its own. See [Options.Environments].
	Environments []string `yaml:"environments"`
	// Faults are names of [FaultNames], each perhaps with a dump_id: "torn-manifest@855". Without one
	// the first goes into the second dump, and each into another one.
	Faults []string `yaml:"faults"`
}

// Duplicates are shares of rows that come again, with equal content.
type Duplicates struct {
	InPart float64 `yaml:"in_part"` // in the same part
	InDump float64 `yaml:"in_dump"` // in another part of the dump
	Later  float64 `yaml:"later"`   // in a dump of one of the next three days
}

// SharedIdentity is a kiosk, or a value such as "guest" that many are identified by.
type SharedIdentity struct {
	Days Days `yaml:"days"` // on which one comes up
	IDs  int  `yaml:"ids"`  // how many anonymous ids it swallows; a few members too
	// Back is how many days later half of the anonymous ids and the members are let go; 0: never.
	Back int `yaml:"back"`
}

// Times says how times are written: "text" (2026-01-01 10:00:00.000), "ms" or "us" (since 1970), or
// "mixed", a row this way and a row that.
type Times struct {
	Users  string `yaml:"users"`  // joindate and last_modified; "" is ms
	Events string `yaml:"events"` // time and session_time, of all other tables; "" is text
}

// ColumnDays makes a column go missing for some days.
type ColumnDays struct {
	Table   string `yaml:"table"`
	Column  string `yaml:"column"`
	Missing Days   `yaml:"missing"`
}

// TableDays is what a table has apart from the others.
type TableDays struct {
	Table string `yaml:"table"`
	// Off are days on which the table is not in the manifest. When it is on again, all its rows of
	// before come in a dump of its own, with incremental: false: an initial sync.
	Off Days `yaml:"off"`
	// PartRows is how many rows a part has at most; 0: Options.PartRows.
	PartRows int `yaml:"part_rows"`
}

// Resync delivers a table in full on some days.
type Resync struct {
	Table string `yaml:"table"`
	Days  Days   `yaml:"days"`
	// Rows is "all" there ever were (the same as ""), "some", as after a definition was changed,
	// "none", no files at all, or "empty-part".
	Rows string `yaml:"rows"`
}

// What Resync.Rows may be, "" apart.
const (
	allRows   = "all"
	someRows  = "some"
	noRows    = "none"
	emptyPart = "empty-part"
)

// Late holds the manifests of some days' dumps back until that many dumps after them were made,
// whose own manifests may be held back as well. At most a thousand: they wait in memory.
type Late struct {
	Days Days `yaml:"days"`
	By   int  `yaml:"by"`
}

// Jump makes dump_ids go on from To on a day; at most from 2^63-1 less a million.
type Jump struct {
	Day int   `yaml:"day"`
	To  int64 `yaml:"to"`
}

// Definitions names the property definitions of some days: one of [DefinitionsNames].
type Definitions struct {
	Days Days   `yaml:"days"`
	File string `yaml:"file"`
}

// tableOn reports whether a table is in the day's dump.
func (s *Scenario) tableOn(name string, day int) bool {
	if name == metadata.String() && !s.EventMetadata {
		return false
	}
	for _, t := range s.Tables {
		if t.Table == name && t.Off.Has(day) {
			return false
		}
	}
	return true
}

// partRows is how many rows a part of the table has at most, 0 if that is not said.
func (s *Scenario) partRows(name string) int {
	for _, t := range s.Tables {
		if t.Table == name && t.PartRows > 0 {
			return t.PartRows
		}
	}
	return 0
}

// columnThere reports whether a column is in the day's dump.
func (s *Scenario) columnThere(table, column string, day int) bool {
	for _, c := range s.Columns {
		if c.Table == table && c.Column == column && c.Missing.Has(day) {
			return false
		}
	}
	return true
}

// resync returns what a full resync of the table delivers on a day, "" if there is none.
func (s *Scenario) resync(name string, day int) string {
	for _, r := range s.Resyncs {
		if r.Table == name && r.Days.Has(day) {
			if r.Rows == "" {
				return allRows
			}
			return r.Rows
		}
	}
	return ""
}

// fullAfter reports whether the table is delivered in full on any day after the given one.
func (s *Scenario) fullAfter(name string, day int) bool {
	for _, r := range s.Resyncs {
		if r.Table == name && r.Days.after(day) {
			return true
		}
	}
	for _, t := range s.Tables {
		if t.Table == name && t.Off.after(day-1) { // a table that is off now comes back in full
			return true
		}
	}
	return false
}

// lateBy is how many manifests a day's dump waits for.
func (s *Scenario) lateBy(day int) int {
	for _, l := range s.Late {
		if l.Days.Has(day) {
			return l.By
		}
	}
	return 0
}

// definitionsOf names the definitions of a day's dump.
func (s *Scenario) definitionsOf(day int) string {
	for _, d := range s.Definitions {
		if d.Days.Has(day) {
			return d.File
		}
	}
	return noDefinitions
}

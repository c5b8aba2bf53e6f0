package produce

import "smew/answer"

// Summary is what was written. Planted counts the dumps that were written, People
// and MergedIDs tell the world's state after the last of them.
type Summary struct {
	Dumps     []DumpSummary
	People    int // ids that are left once every id of a user is resolved
	MergedIDs int // rows of the last user_migrations
	Planted   Planted
}

// DumpSummary is one dump.
type DumpSummary struct {
	DumpID     int64
	Tables     []TableSummary
	Late       bool           // its manifest had to wait for others
	FailedSync int64          // the dump_id of a sync that failed before, 0 for none
	Faults     []answer.Fault // what is wrong with it on purpose
}

// TableSummary is one table of a dump.
type TableSummary struct {
	Name        string
	Incremental bool
	Rows, Parts int
	Bytes       int64
}

// Planted counts what a loader has to cope with.
type Planted struct {
	DuplicatesInPart  int // rows again in the same part
	DuplicatesInDump  int // rows again in another part of the dump
	DuplicatesLater   int // rows again in a later dump
	SecondIDs         int // rows delivered under the anonymous id and again under the identified one
	Late              int // rows delivered days after they happened
	InvalidDates      int // users' dates that cannot be read
	Retargeted        int // mappings that point to someone else than before
	TakenBack         int // mappings that are no longer there
	Invalidated       int // rows that a full resync made invalid
	Strays            int // objects in sync folders that no manifest lists
	ChangedUsers      int // users delivered again because something changed
	ColumnsComeAndGo  int // columns that were added, dropped or came back
	MergedIdentities  int // identified ids that became another person's
	AnonymousToMember int // anonymous ids that were identified
	Shared            int // ids that a wrong identity swallowed
	SharedEvents      int // events whose event_id is in another table too
}

func (p *Planted) add(q Planted) {
	p.DuplicatesInPart += q.DuplicatesInPart
	p.DuplicatesInDump += q.DuplicatesInDump
	p.DuplicatesLater += q.DuplicatesLater
	p.SecondIDs += q.SecondIDs
	p.Late += q.Late
	p.InvalidDates += q.InvalidDates
	p.Retargeted += q.Retargeted
	p.TakenBack += q.TakenBack
	p.Invalidated += q.Invalidated
	p.Strays += q.Strays
	p.ChangedUsers += q.ChangedUsers
	p.ColumnsComeAndGo += q.ColumnsComeAndGo
	p.MergedIdentities += q.MergedIdentities
	p.AnonymousToMember += q.AnonymousToMember
	p.Shared += q.Shared
	p.SharedEvents += q.SharedEvents
}

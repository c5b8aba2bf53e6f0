package loader

import "smew/plan"

// Event tells a watcher how a run gets on. Events of one run come one at a time.
type Event struct {
	Kind  EventKind
	Dump  int64
	Table string
	Parts int // read so far, of the dump
	Of    int // parts to read
	Rows  int64
	Bytes int64
	Err   error
	Dumps int // waiting, in Planned
	// Record is what loading did, in Loaded.
	Record Record
}

// EventKind says what an Event tells.
type EventKind int

const (
	Planned EventKind = iota + 1 // Dumps: how many wait
	Loading                      // Dump begins; Of: its parts
	Reading                      // more of Dump's parts were read
	Loaded                       // Dump is in the database
	Failed                       // Dump could not be loaded; Err: why
)

func (l *Loader) report(e Event) {
	if l.Progress != nil {
		l.Progress(e)
	}
}

// listed counts a dump's parts.
func listed(d plan.Dump) (n int) {
	for _, t := range d.Tables {
		n += len(t.Parts)
	}
	return n
}

package produce

import (
	"context"
	"slices"
	"time"

	"smew/avro"
	"smew/feed"
)

// dump is what one sync delivers. Once the day is over nothing of it changes.
type dump struct {
	id      int64
	day     int       // from 1
	synced  time.Time // when the sync began
	late    int       // for how many dumps after it its manifest still waits
	wasLate bool      // late was more than 0
	failed  int64     // the dump_id of a sync that failed before this one, 0 for none
	tables  []table   // all of it as it is written, with repetitions
	stray   part      // pageviews of a part that the manifest does not list, nil for none
	defines string    // name of its property definitions
	planted Planted
	fault   *fault // nil for none

	// Of a dump that is not the world's but a database's:
	clock  func() time.Time                            // nil: it is the world's
	sealed func(context.Context, *feed.Manifest) error // called before the manifest is created; its error keeps it from being

	events   [tables][]event // what the day brings of sessions and the tables of events
	metadata []description
}

// table is a table of a dump, ready to be written.
type table struct {
	number  tableNumber
	title   string // of a table that is not the world's
	columns []avro.Column
	full    bool // not incremental
	parts   []part
}

func (t *table) name() string {
	if t.title != "" {
		return t.title
	}
	return t.number.String()
}

func (t *table) rows() int {
	n := 0
	for _, p := range t.parts {
		n += p.Len()
	}
	return n
}

// record is a row of users as it was delivered.
type record struct {
	user                       *user
	profile                    *profile // nil for the anonymous
	modified                   instant
	joinedBadly, modifiedBadly bool // the date cannot be read
}

// delivery is an event on its way.
type delivery struct {
	table tableNumber
	event event
	why   reason
}

// reason says why a row is delivered when it is.
type reason int

const (
	fresh    reason = iota
	late            // it happened on an earlier day
	again           // it was delivered on an earlier day
	secondID        // it was, under another user_id
)

// deliver puts an event into today's dump. Now and then it comes again some days
// later.
func (w *world) deliver(d delivery) {
	if !w.on[d.table] {
		if d.why != again && w.kept.is[d.table] {
			w.kept.events[d.table] = append(w.kept.events[d.table], d.event)
		}
		return
	}
	switch d.why {
	case late:
		w.dump.planted.Late++
	case again:
		w.dump.planted.DuplicatesLater++
	case secondID:
		w.dump.planted.SecondIDs++
	}
	w.dump.events[d.table] = append(w.dump.events[d.table], d.event)
	if d.why == again {
		return
	}
	if w.kept.is[d.table] {
		w.kept.events[d.table] = append(w.kept.events[d.table], d.event)
	}
	if w.chance(w.scenario.Duplicates.Later) && !w.isHistory(d.event.at) {
		w.postpone(w.today+1+w.rng.IntN(3), delivery{d.table, d.event, again})
	}
}

func (w *world) postpone(day int, d delivery) {
	w.waiting[day] = append(w.waiting[day], d)
}

func (w *world) deliverWaiting() {
	for _, d := range w.waiting[w.today] {
		w.deliver(d)
	}
	delete(w.waiting, w.today)
}

// initialSyncs returns a dump for each table that is on again today, with all its rows of before.
func (w *world) initialSyncs(before mark) []*dump {
	var out []*dump
	for n := range tables {
		if n == migrations || w.today == 1 || !w.on[n] || w.scenario.tableOn(n.String(), w.today-1) {
			continue
		}
		t := table{}
		switch k := &w.kept; n {
		case users:
			t = cut(w, n, w.schema.users, w.records(k.users[:before[n]]), true)
		case metadata:
			t = cut(w, n, w.schema.metadata, k.metadata[:before[n]:before[n]], false)
		default:
			t = cut(w, n, w.schema.events[n], k.events[n][:before[n]:before[n]], true)
		}
		t.full = true
		d := &dump{id: w.nextID(), day: w.today, synced: w.options.Start.AddDate(0, 0, w.today-1).Add(12 * time.Hour),
			tables: []table{t}, defines: w.scenario.definitionsOf(w.today)}
		w.count(d)
		out = append(out, d)
	}
	return out
}

func (w *world) nextID() int64 {
	id := w.dumpID
	w.dumpID++
	return id
}

// daily makes the dump of the day.
func (w *world) daily() *dump {
	d := w.dump
	for n := range tables {
		if w.on[n] {
			d.tables = append(d.tables, w.table(n))
			d.planted.ColumnsComeAndGo += w.changes(n)
		}
	}
	if w.scenario.FailedSyncs.Has(w.today) {
		d.failed = w.nextID()
	}
	d.id, d.late, d.defines = w.nextID(), w.scenario.lateBy(w.today), w.scenario.definitionsOf(w.today)
	w.count(d)
	if views := d.events[pageviews]; len(views) > 0 && w.scenario.Strays.Has(w.today) {
		one, other := views[0], views[0]
		one.id, other.id = w.newID(), w.newID()
		d.stray = &sheet[event]{columns: live(w, pageviews, w.schema.events[pageviews]), rows: []event{one, other}}
	}
	d.events, d.metadata = [tables][]event{}, nil // those that count are in tables
	return d
}

// table makes a table of today's dump.
func (w *world) table(n tableNumber) table {
	full := w.scenario.resync(n.String(), w.today)
	var t table
	switch n {
	case users:
		rows := w.changedUsers()
		if full != "" {
			rows = w.resyncUsers(full)
		}
		t = cut(w, n, w.schema.users, rows, true)
	case metadata:
		rows := w.dump.metadata
		if full != "" {
			rows = w.kept.resyncMetadata(full)
		}
		t = cut(w, n, w.schema.metadata, rows, true)
	case migrations:
		t = cut(w, n, w.schema.mappings, slices.Clone(w.mappings), false)
		full = allRows
	default:
		rows := w.dump.events[n]
		if full != "" {
			rows = w.kept.resyncEvents(n, full)
		}
		t = cut(w, n, w.schema.events[n], rows, true)
	}
	if t.full = full != ""; full == emptyPart {
		t.parts = append(t.parts, w.blank(n))
	}
	return t
}

// blank is a part without rows.
func (w *world) blank(n tableNumber) part {
	switch n {
	case users:
		return &sheet[record]{columns: live(w, n, w.schema.users)}
	case metadata:
		return &sheet[description]{columns: live(w, n, w.schema.metadata)}
	}
	return &sheet[event]{columns: live(w, n, w.schema.events[n])}
}

// changedUsers returns the records of the users who changed.
func (w *world) changedUsers() []record {
	for _, u := range w.changed {
		if u.delivered {
			w.dump.planted.ChangedUsers++
		}
		u.delivered, u.changed = true, false
	}
	rows := w.records(w.changed)
	w.changed = w.changed[:0]
	return rows
}

// count keeps the number of rows that the next full resync makes invalid.
func (w *world) count(d *dump) {
	for i := range d.tables {
		t := &d.tables[i]
		if t.number == migrations {
			continue
		}
		if t.full {
			d.planted.Invalidated += w.valid[t.number]
			w.valid[t.number] = 0
		}
		w.valid[t.number] += t.rows()
	}
}

// live returns the columns that are there today.
func live[R any](w *world, n tableNumber, columns []column[R]) []column[R] {
	return slices.DeleteFunc(slices.Clone(columns), func(c column[R]) bool {
		return !w.scenario.columnThere(n.String(), c.name, w.today)
	})
}

// changes counts the columns of a table that came or went since the day before.
func (w *world) changes(n tableNumber) int {
	count := 0
	for _, c := range w.scenario.Columns {
		if c.Table == n.String() && w.today > 1 && c.Missing.Has(w.today) != c.Missing.Has(w.today-1) {
			count++
		}
	}
	return count
}

// cut divides all rows of a table among parts.
func cut[R any](w *world, n tableNumber, columns []column[R], rows []R, repeats bool) table {
	columns = live(w, n, columns)
	most := w.scenario.partRows(n.String())
	if most == 0 {
		most = w.options.PartRows
	}
	var parts []*sheet[R]
	for chunk := range slices.Chunk(rows, most) {
		parts = append(parts, &sheet[R]{columns: columns, rows: chunk})
	}
	if repeats {
		repeat(w, parts)
	}
	t := table{number: n, columns: fields(columns)}
	for _, p := range parts {
		t.parts = append(t.parts, p)
	}
	return t
}

// repeat puts a few rows into their part again, or into another one.
func repeat[R any](w *world, parts []*sheet[R]) {
	how := w.scenario.Duplicates
	for at, p := range parts {
		for _, r := range p.rows {
			if w.chance(how.InPart) {
				p.again = append(p.again, r)
				w.dump.planted.DuplicatesInPart++
			}
			if len(parts) > 1 && w.chance(how.InDump) {
				other := parts[(at+1+w.rng.IntN(len(parts)-1))%len(parts)]
				other.again = append(other.again, r)
				w.dump.planted.DuplicatesInDump++
			}
		}
	}
}

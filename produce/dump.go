package produce

import (
	"slices"
	"time"

	"smew/avro"
)

// dump is what one day delivers. Its rows are the world's own, so it has to be
// written before the next day comes.
type dump struct {
	id      int64
	day     int       // from 1
	synced  time.Time // when the day is over
	users   []record
	events  [tables][]event // of sessions and the tables of events
	resync  bool            // the orders are delivered in full
	tables  [tables]table   // all of it as it is written, with repetitions
	stray   part            // pageviews of a part that the manifest does not list, nil for none
	planted Planted
}

// table is a table of a dump, ready to be written.
type table struct {
	columns []avro.Column
	full    bool
	parts   []part
}

// record is a row of users. What it holds is read from the user when it is
// written.
type record struct {
	user                       *user
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
	if d.table == orders {
		w.orders = append(w.orders, d.event)
	}
	if w.chance(0.01) && !w.isHistory(d.event.at) {
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

// resyncOrders replaces the orders of a day by all there ever were, except a few
// that no longer count as orders.
func (w *world) resyncOrders() {
	if !isResync(w.today) {
		return
	}
	w.orders = slices.DeleteFunc(w.orders, func(e event) bool { return e.id%16 == 0 })
	w.dump.events[orders], w.dump.resync = w.orders, true
}

// countOrders keeps the number of rows that the next full resync makes invalid.
func (w *world) countOrders() {
	if w.dump.resync {
		w.dump.planted.Invalidated, w.ordersValid = w.ordersValid, 0
	}
	for _, p := range w.dump.tables[orders].parts {
		w.ordersValid += p.len()
	}
}

func (w *world) deliverUsers() {
	for _, u := range w.changed {
		if u.delivered {
			w.dump.planted.ChangedUsers++
		}
		r := record{u, w.chance(0.02), w.chance(0.02)}
		for _, badly := range []bool{r.joinedBadly, r.modifiedBadly} {
			if badly {
				w.dump.planted.InvalidDates++
			}
		}
		w.dump.users = append(w.dump.users, r)
		u.delivered, u.changed = true, false
	}
	w.changed = w.changed[:0]
}

// cutParts divides all rows of the day among parts.
func (w *world) cutParts() {
	d := w.dump
	d.tables = [tables]table{
		users:      cut(w, userColumns, d.users, true),
		sessions:   cut(w, sessionColumns, d.events[sessions], true),
		pageviews:  cut(w, pageColumns, d.events[pageviews], true),
		viewed:     cut(w, viewedColumns, d.events[viewed], true),
		orders:     cut(w, orderColumns, d.events[orders], true),
		migrations: cut(w, mappingColumns, w.mappings, false),
	}
	d.tables[orders].full, d.tables[migrations].full = d.resync, true
	if views := d.events[pageviews]; d.day%3 == 2 && len(views) > 0 {
		one, other := views[0], views[0]
		one.id, other.id = w.newID(), w.newID()
		d.stray = &sheet[event]{columns: live(pageColumns, d.day), rows: []event{one, other}}
	}
}

func cut[R any](w *world, columns []column[R], rows []R, repeats bool) table {
	w.dump.planted.ColumnsComeAndGo += changes(columns, w.today)
	columns = live(columns, w.today)
	var parts []*sheet[R]
	for chunk := range slices.Chunk(rows, w.options.PartRows) {
		parts = append(parts, &sheet[R]{columns: columns, rows: chunk})
	}
	if repeats {
		repeat(w, parts)
	}
	t := table{columns: fields(columns)}
	for _, p := range parts {
		t.parts = append(t.parts, p)
	}
	return t
}

// repeat puts a few rows into their part again, or into another one.
func repeat[R any](w *world, parts []*sheet[R]) {
	for at, p := range parts {
		for _, r := range p.rows {
			if w.chance(0.005) {
				p.again = append(p.again, r)
				w.dump.planted.DuplicatesInPart++
			}
			if len(parts) > 1 && w.chance(0.005) {
				other := parts[(at+1+w.rng.IntN(len(parts)-1))%len(parts)]
				other.again = append(other.again, r)
				w.dump.planted.DuplicatesInDump++
			}
		}
	}
}

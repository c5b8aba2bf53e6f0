package produce

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// dump is what one day delivers.
type dump struct {
	id      int64
	day     int       // from 1
	synced  time.Time // when the day is over
	rows    map[string][]row
	parts   map[string][][]row // the rows as they are written, with repetitions
	full    map[string]bool    // tables delivered in full
	stray   []row              // pageviews of a part that the manifest does not list, nil for none
	planted Planted
}

func newDump(id int64, day int, synced time.Time) *dump {
	return &dump{id: id, day: day, synced: synced,
		rows: map[string][]row{}, parts: map[string][][]row{}, full: map[string]bool{tableMigrations: true}}
}

// delivery is a row on its way.
type delivery struct {
	table string
	row   row
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

// deliver puts a row into today's dump. Now and then it comes again some days
// later, unless it is a user's: an old record would replace a newer one.
func (w *world) deliver(d delivery) {
	w.dump.rows[d.table] = append(w.dump.rows[d.table], d.row)
	if d.why == again {
		return
	}
	if d.table == tableOrders {
		w.orders = append(w.orders, d.row)
	}
	if d.table != tableUsers && w.chance(0.01) {
		w.postpone(w.today+1+w.rng.IntN(3), delivery{d.table, d.row, again})
	}
}

func (w *world) postpone(day int, d delivery) {
	w.waiting[day] = append(w.waiting[day], d)
}

func (w *world) deliverWaiting() {
	for _, d := range w.waiting[w.today] {
		switch d.why {
		case late:
			w.dump.planted.Late++
		case again:
			w.dump.planted.DuplicatesLater++
		case secondID:
			w.dump.planted.SecondIDs++
		}
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
	w.orders = slices.DeleteFunc(w.orders, func(r row) bool { return r["event_id"].(int64)%16 == 0 })
	w.dump.rows[tableOrders] = slices.Clone(w.orders)
	w.dump.full[tableOrders] = true
}

// countOrders keeps the number of rows that the next full resync makes invalid.
func (w *world) countOrders() {
	if w.dump.full[tableOrders] {
		w.dump.planted.Invalidated, w.ordersValid = w.ordersValid, 0
	}
	for _, part := range w.dump.parts[tableOrders] {
		w.ordersValid += len(part)
	}
}

func (w *world) deliverUsers() {
	for _, id := range w.order {
		u := w.users[id]
		if !u.changed {
			continue
		}
		if u.delivered {
			w.dump.planted.ChangedUsers++
		}
		w.deliver(delivery{table: tableUsers, row: w.userRow(u)})
		u.delivered, u.changed = true, false
	}
}

func (w *world) userRow(u *user) row {
	r := row{"user_id": u.id, "joindate": w.epoch(u.joined), "last_modified": w.epoch(u.modified)}
	if p := u.person; p != nil {
		handle, _, _ := strings.Cut(p.identity, "@")
		r["identity"], r["handle"], r["email"], r["name"] = p.identity, handle, p.email, p.name
		r["plan"], r["newsletter"], r["loyalty_tier"] = p.plan, p.newsletter, p.tier
	}
	return r
}

// epoch is a users' date: milliseconds since 1970, sometimes unreadable.
func (w *world) epoch(t time.Time) string {
	if w.chance(0.02) {
		w.dump.planted.InvalidDates++
		return "Invalid date"
	}
	return strconv.FormatInt(t.UnixMilli(), 10)
}

func (w *world) deliverMigrations() {
	for _, m := range w.mappings {
		w.dump.rows[tableMigrations] = append(w.dump.rows[tableMigrations],
			row{"from_user_id": m.from, "to_user_id": m.to, "time": m.at.Format(instant)})
	}
}

// cutParts divides the rows among parts and repeats a few of them.
func (w *world) cutParts() {
	d := w.dump
	for _, table := range tables {
		var parts [][]row
		for chunk := range slices.Chunk(d.rows[table], w.options.PartRows) {
			parts = append(parts, slices.Clone(chunk))
		}
		d.parts[table] = parts
		if table == tableMigrations {
			continue
		}
		for i, r := range d.rows[table] {
			at := i / w.options.PartRows
			if w.chance(0.005) {
				parts[at] = append(parts[at], r)
				d.planted.DuplicatesInPart++
			}
			if len(parts) > 1 && w.chance(0.005) {
				other := (at + 1 + w.rng.IntN(len(parts)-1)) % len(parts)
				parts[other] = append(parts[other], r)
				d.planted.DuplicatesInDump++
			}
		}
	}
	if views := d.rows[tablePageviews]; d.day%3 == 2 && len(views) > 0 {
		d.stray = []row{views[0].with("event_id", w.newID()), views[0].with("event_id", w.newID())}
	}
}

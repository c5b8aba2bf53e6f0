package produce

import "slices"

// kept is what was ever delivered of the tables that will be delivered in full again.
type kept struct {
	is       [tables]bool
	users    []*user
	events   [tables][]event // each row once; only appended to, so that dumps can share it
	metadata []description
}

// mark is how much was kept of each table.
type mark [tables]int

func (k *kept) mark() mark {
	m := mark{users: len(k.users), metadata: len(k.metadata)}
	for n := range k.events {
		m[n] = max(m[n], len(k.events[n]))
	}
	return m
}

// description is a row of _event_metadata.
type description struct {
	table tableNumber
	name  string // of the event
	rows  int    // of today
	at    instant
}

var eventNames = [tables]string{pageviews: "Pageview", viewed: "Product Viewed", cart: "Cart Updated",
	checkout: "Checkout Started", orders: "Order Completed"}

// describeEvents fills the day's _event_metadata.
func (w *world) describeEvents(at instant) {
	if !w.scenario.EventMetadata {
		return
	}
	for n := pageviews; n <= orders; n++ {
		w.dump.metadata = append(w.dump.metadata, description{n, eventNames[n], len(w.dump.events[n]), at})
	}
	if w.kept.is[metadata] {
		w.kept.metadata = append(w.kept.metadata, w.dump.metadata...)
	}
}

// remains reports whether a row is among "some" rows: not all count any longer.
func remains(id int64) bool { return id%16 != 0 }

// chosen returns what a full resync delivers of all rows.
func chosen[R any](all []R, rows string, id func(*R) int64) []R {
	switch rows {
	case noRows, emptyPart:
		return nil
	case someRows:
		return slices.DeleteFunc(slices.Clone(all), func(r R) bool { return !remains(id(&r)) })
	}
	return slices.Clip(all)
}

func (k *kept) resyncEvents(n tableNumber, rows string) []event {
	k.events[n] = chosen(k.events[n], rows, func(e *event) int64 { return e.id })
	return k.events[n]
}

func (k *kept) resyncMetadata(rows string) []description {
	k.metadata = chosen(k.metadata, rows, func(d *description) int64 { return int64(d.at) })
	return k.metadata
}

// resyncUsers returns the records of all users as they are now.
func (w *world) resyncUsers(rows string) []record {
	k := &w.kept
	k.users = chosen(k.users, rows, func(u **user) int64 { return (*u).id })
	for _, u := range k.users {
		u.delivered, u.changed = true, false
	}
	w.changed = slices.DeleteFunc(w.changed, func(u *user) bool { return !u.changed })
	return w.records(k.users)
}

// records are rows of users as they are now.
func (w *world) records(of []*user) []record {
	out := make([]record, 0, len(of))
	for _, u := range of {
		r := record{user: u, modified: u.modified,
			joinedBadly: w.chance(w.scenario.InvalidDates), modifiedBadly: w.chance(w.scenario.InvalidDates)}
		if u.person != nil {
			r.profile = u.person.profile
		}
		for _, badly := range []bool{r.joinedBadly, r.modifiedBadly} {
			if badly {
				w.dump.planted.InvalidDates++
			}
		}
		out = append(out, r)
	}
	return out
}

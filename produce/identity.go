package produce

import (
	"fmt"
	"slices"
)

// mapping is a row of user_migrations.
type mapping struct {
	from, to *user
	at       instant
	day      int // when it last changed
}

// lead maps a user to another one.
func (w *world) lead(from, to *user, at instant) {
	from.leads = to
	w.mappings = append(w.mappings, mapping{from: from, to: to, at: at, day: w.today})
}

// canonical returns what an id stands for in the end. There are no rings.
func (u *user) canonical() *user {
	for u.leads != nil {
		u = u.leads
	}
	return u
}

// signIn identifies a device: from now on its events carry the member's id, and
// what the anonymous id did belongs to the member.
func (w *world) signIn(p *person, d *device, at instant) {
	if p.member == nil {
		p.member = w.newUser(p, at)
		w.members = append(w.members, p.member)
	} else {
		w.touch(p.id(), at)
	}
	d.signedIn = true
	w.lead(d.anonymous, p.id(), at)
	w.dump.planted.AnonymousToMember++
}

// id returns the user that a person who once signed in is now, however often the
// one they were was merged.
func (p *person) id() *user { return p.member.canonical() }

// mergeIdentities finds members who are one person after all. What was mapped to
// the one id now leads on to the other: a chain.
func (w *world) mergeIdentities(at instant) {
	rate := w.scenario.Merges
	if rate == 0 || w.today == 1 && w.options.History == 0 {
		return
	}
	for range 1 + int(rate*float64(w.dump.planted.AnonymousToMember)) {
		if len(w.members) < 2 {
			return
		}
		from := draw(w, &w.members)
		to := pick(w, w.members)
		w.lead(from, to, at)
		w.touch(to, at)
		w.dump.planted.MergedIdentities++
	}
}

// correctMappings points some devices of days ago to other members, and takes
// some mappings back. Only anonymous ids are touched, which nothing leads to, so
// no ring comes of it.
func (w *world) correctMappings(at instant) {
	rate := w.scenario.Corrections
	if rate == 0 || w.today < 3 {
		return
	}
	var old []int
	for i, m := range w.mappings {
		if m.day < w.today && m.from.person == nil && len(w.members) > 0 {
			old = append(old, i)
		}
	}
	n := max(1, int(rate*float64(w.options.Events)))
	for range min(n, len(old)) {
		m := &w.mappings[draw(w, &old)]
		if to := pick(w, w.members); m.from.canonical() != to {
			m.from.leads = to
			m.to, m.at, m.day = to, at, w.today
			w.dump.planted.Retargeted++
		}
	}
	for range min(n, len(old)) {
		w.mappings[draw(w, &old)].from.leads = nil
		w.dump.planted.TakenBack++
	}
	w.dropMappings()
}

// shareIdentity lets many be identified as one, as at a kiosk or by a value such as "guest", and
// takes that back in part, days later. The shared identity is nobody's, so that nothing is mapped
// from it and no ring comes of it.
func (w *world) shareIdentity(at instant) {
	w.letGo(w.shared[w.today])
	delete(w.shared, w.today)
	how := w.scenario.SharedIdentity
	if !how.Days.Has(w.today) {
		return
	}
	name := fmt.Sprintf("guest-%d", w.today)
	guest := w.newUser(&person{profile: &profile{name: "Guest", identity: name, plan: plans[0], newsletter: "false", tier: tiers[0]}}, at)
	swallowed := w.strangers(how.IDs, at)
	for range min(3, len(w.members)/4) {
		swallowed = append(swallowed, draw(w, &w.members))
	}
	var free []*user
	for i, u := range swallowed {
		w.lead(u, guest, at)
		w.dump.planted.Shared++
		if how.Back > 0 && (u.person != nil || i%2 == 0) {
			free = append(free, u)
		}
	}
	if free != nil {
		w.shared[w.today+how.Back] = free
	}
}

// strangers returns that many anonymous ids that are mapped to nobody, new ones if need be.
func (w *world) strangers(n int, at instant) []*user {
	var out []*user
	for _, p := range w.people {
		if p == nil {
			continue
		}
		for _, d := range p.devices {
			if len(out) < n && d.anonymous.leads == nil && !d.signedIn {
				out = append(out, d.anonymous)
			}
		}
	}
	for len(out) < n {
		out = append(out, w.newUser(nil, at))
	}
	return out
}

// letGo takes the mappings of users back, unless they were corrected meanwhile.
func (w *world) letGo(free []*user) {
	isFree := map[*user]*user{}
	for _, u := range free {
		isFree[u] = u.leads
	}
	for _, m := range w.mappings {
		if to := isFree[m.from]; to == nil || to.person == nil || to.person.member != nil {
			continue
		}
		m.from.leads = nil
		w.dump.planted.TakenBack++
		if m.from.person != nil {
			w.members = append(w.members, m.from)
		}
	}
	w.dropMappings()
}

func (w *world) dropMappings() {
	w.mappings = slices.DeleteFunc(w.mappings, func(m mapping) bool { return m.from.leads == nil })
}

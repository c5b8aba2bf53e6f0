package produce

import "slices"

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
func (p *person) id() *user {
	p.member = p.member.canonical()
	return p.member
}

// mergeIdentities finds members who are one person after all. What was mapped to
// the one id now leads on to the other: a chain.
func (w *world) mergeIdentities(at instant) {
	if w.today == 1 && w.options.History == 0 {
		return
	}
	for range 1 + w.dump.planted.AnonymousToMember/4 {
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
	if w.today < 3 {
		return
	}
	var old []int
	for i, m := range w.mappings {
		if m.day < w.today && m.from.person == nil {
			old = append(old, i)
		}
	}
	n := max(1, w.options.Events/600)
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
	w.mappings = slices.DeleteFunc(w.mappings, func(m mapping) bool { return m.from.leads == nil })
}

package produce

import (
	"slices"
	"time"
)

// signIn identifies a device: from now on its events carry the member's id, and
// what the anonymous id did belongs to the member.
func (w *world) signIn(p *person, d *device, at time.Time) {
	if p.member == 0 {
		p.member = w.newUser(p, at)
	} else {
		w.touch(p.member, at)
	}
	d.signedIn = true
	w.mappings = append(w.mappings, mapping{from: d.anonymous, to: p.member, at: at, day: w.today})
	w.dump.planted.AnonymousToMember++
}

// mergeIdentities finds members who are one person after all. What was mapped to
// the one id now leads on to the other: a chain.
func (w *world) mergeIdentities(at time.Time) {
	if w.today < 2 {
		return
	}
	for range 1 + w.options.Users/200 {
		members := w.members()
		if len(members) < 2 {
			return
		}
		i := w.rng.IntN(len(members))
		j := (i + 1 + w.rng.IntN(len(members)-1)) % len(members)
		from, to := members[i], members[j].member
		w.mappings = append(w.mappings, mapping{from: from.member, to: to, at: at, day: w.today})
		w.touch(to, at)
		for _, p := range w.people {
			if p.member != from.member || p == from {
				continue
			}
			p.member = to
		}
		from.member = to
		w.dump.planted.MergedIdentities++
	}
}

// members returns a person per identified id that is not merged into another.
func (w *world) members() []*person {
	var out []*person
	seen := map[int64]bool{}
	for _, p := range w.people {
		if p.member != 0 && !seen[p.member] {
			seen[p.member] = true
			out = append(out, p)
		}
	}
	return out
}

// correctMappings points one device of days ago to another member, and takes
// one mapping back. Only anonymous ids are touched, which nothing leads to, so
// no ring comes of it.
func (w *world) correctMappings(at time.Time) {
	if w.today < 3 {
		return
	}
	if i, ok := w.oldMapping(); ok {
		to := pick(w, w.members()).member
		if m := &w.mappings[i]; w.canonical()(m.from) != to {
			m.to, m.at, m.day = to, at, w.today
			w.dump.planted.Retargeted++
		}
	}
	if i, ok := w.oldMapping(); ok {
		w.mappings = slices.Delete(w.mappings, i, i+1)
		w.dump.planted.TakenBack++
	}
}

// oldMapping picks a mapping of an anonymous id that a former dump delivered.
func (w *world) oldMapping() (int, bool) {
	var old []int
	for i, m := range w.mappings {
		if m.day < w.today && w.users[m.from].person == nil {
			old = append(old, i)
		}
	}
	if len(old) == 0 {
		return 0, false
	}
	return pick(w, old), true
}

// canonical returns what every mapped id stands for in the end. There are no
// rings.
func (w *world) canonical() func(id int64) int64 {
	next := make(map[int64]int64, len(w.mappings))
	for _, m := range w.mappings {
		next[m.from] = m.to
	}
	return func(id int64) int64 {
		for {
			to, ok := next[id]
			if !ok {
				return id
			}
			id = to
		}
	}
}

// resolvedUsers counts the ids that are left of all users.
func (w *world) resolvedUsers() int {
	canonical := w.canonical()
	left := map[int64]bool{}
	for id := range w.users {
		left[canonical(id)] = true
	}
	return len(left)
}

package answer

import (
	"iter"
	"slices"
)

// canonicals are the ids that stand for mapped ids.
type canonicals map[int64]int64

func (c canonicals) of(id int64) int64 {
	if to, ok := c[id]; ok {
		return to
	}
	return id
}

// mappingOf reads user_migrations rows: the last row per from_user_id counts, and only if it leads
// to another id (R8).
func mappingOf(t *liveTable) map[int64]int64 {
	mapping := map[int64]int64{}
	from, to := t.column("from_user_id"), t.column("to_user_id")
	for _, r := range t.refs() {
		id, ok := t.id(r, from)
		if !ok {
			continue
		}
		if target, ok := t.id(r, to); ok && target != id {
			mapping[id] = target
		} else {
			delete(mapping, id)
		}
	}
	return mapping
}

// canonicalIDs follows chains to their end; a ring stands for its least id, also for what leads
// into it (R8).
func canonicalIDs(mapping map[int64]int64) canonicals {
	settled := make(canonicals, len(mapping))
	place := map[int64]int{} // on the path
	for id := range mapping {
		var path []int64
		clear(place)
		for {
			if end, ok := settled[id]; ok {
				id = end
				break
			}
			if i, ok := place[id]; ok {
				id = slices.Min(path[i:])
				break
			}
			to, ok := mapping[id]
			if !ok {
				break
			}
			place[id] = len(path)
			path = append(path, id)
			id = to
		}
		for _, passed := range path {
			settled[passed] = id
		}
	}
	return settled
}

type kind int

const (
	kindKeyless kind = iota
	kindUsers
	kindSessions
	kindMigrations
	kindEvent
)

// kind follows from the delivered name, else from the live columns (R4).
func (t *liveTable) kind() kind {
	switch t.name {
	case "users":
		return kindUsers
	case "sessions":
		return kindSessions
	case "user_migrations":
		return kindMigrations
	}
	if t.column("event_id") >= 0 && t.column("user_id") >= 0 {
		return kindEvent
	}
	return kindKeyless
}

// key are the delivered names of the columns that make a row unique; none without a key (R4).
func (t *liveTable) key() []string {
	switch t.kind() {
	case kindUsers:
		return []string{"user_id"}
	case kindSessions:
		return []string{"session_id", "user_id"}
	case kindEvent:
		return []string{"event_id", "user_id"}
	}
	return nil
}

// resolved yields the rows that main shows: newest per delivered key, ids resolved, then one row
// per resolved key (R7); users are merged (R9).
func (t *liveTable) resolved(canonical canonicals) iter.Seq[[]any] {
	switch refs := t.refs(); t.kind() {
	case kindMigrations:
		return t.each(refs, nil)
	case kindUsers:
		return t.mergeUsers(t.newest(refs, nil), canonical)
	case kindSessions, kindEvent:
		return t.each(t.newest(t.newest(refs, nil), canonical), canonical)
	default:
		return t.each(refs, canonical)
	}
}

// newest keeps the last row per key, its user resolved. A row with NULL in its key is no
// duplicate (R4).
func (t *liveTable) newest(refs []ref, canonical canonicals) []ref {
	var columns []int
	for _, name := range t.key() {
		columns = append(columns, t.column(name))
	}
	user := t.column("user_id")
	seen := map[[2]int64]bool{}
	superseded := func(r ref) bool {
		var key [2]int64
		for i, column := range columns {
			id, ok := t.id(r, column)
			if !ok {
				return false
			}
			if column == user {
				id = canonical.of(id)
			}
			key[i] = id
		}
		if seen[key] {
			return true
		}
		seen[key] = true
		return false
	}
	// From the last to the first, and kept at the end of refs' own space.
	first := len(refs)
	for _, r := range slices.Backward(refs) {
		if !superseded(r) {
			first--
			refs[first] = r
		}
	}
	return refs[first:]
}

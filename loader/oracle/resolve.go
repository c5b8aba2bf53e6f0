package oracle

import (
	"maps"
	"slices"
)

// mappingOf reads user_migrations rows: the last row per from_user_id counts,
// and only if it leads to another id (R8).
func mappingOf(rows []row) map[int64]int64 {
	last := map[int64]any{}
	for _, r := range rows {
		if from, ok := r["from_user_id"].(int64); ok {
			last[from] = r["to_user_id"]
		}
	}
	mapping := map[int64]int64{}
	for from, to := range last {
		if to, ok := to.(int64); ok && to != from {
			mapping[from] = to
		}
	}
	return mapping
}

// canonicalIDs follows chains to their end; a ring stands for its least id,
// also for what leads into it (R8).
func canonicalIDs(mapping map[int64]int64) func(int64) int64 {
	return func(id int64) int64 {
		var path []int64
		for !slices.Contains(path, id) {
			path = append(path, id)
			to, ok := mapping[id]
			if !ok {
				return id
			}
			id = to
		}
		return slices.Min(path[slices.Index(path, id):])
	}
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
	if slices.Contains(t.columns, "event_id") && slices.Contains(t.columns, "user_id") {
		return kindEvent
	}
	return kindKeyless
}

// resolved returns the rows that main shows: newest per delivered key, ids
// resolved, then one row per resolved key (R7); users are merged (R9).
func (t *liveTable) resolved(canonical func(int64) int64) []row {
	switch t.kind() {
	case kindMigrations:
		return t.rows
	case kindUsers:
		return mergeUsers(newest(t.rows, "user_id"), canonical)
	case kindSessions:
		return newest(resolveRows(newest(t.rows, "session_id", "user_id"), canonical), "session_id", "user_id")
	case kindEvent:
		return newest(resolveRows(newest(t.rows, "event_id", "user_id"), canonical), "event_id", "user_id")
	}
	return resolveRows(t.rows, canonical)
}

// newest returns the last row per key, in the order of rows. A row with NULL
// in its key is no duplicate (R4).
func newest(rows []row, key ...string) []row {
	var kept []row
	seen := map[[2]int64]bool{}
	for _, r := range slices.Backward(rows) {
		var k [2]int64
		whole := true
		for i, column := range key {
			id, ok := r[column].(int64)
			k[i], whole = id, whole && ok
		}
		if whole && seen[k] {
			continue
		}
		if whole {
			seen[k] = true
		}
		kept = append(kept, r)
	}
	slices.Reverse(kept)
	return kept
}

// resolveRows returns the rows with canonical user ids.
func resolveRows(rows []row, canonical func(int64) int64) []row {
	resolved := make([]row, len(rows))
	for i, r := range rows {
		resolved[i] = r
		if id, ok := r["user_id"].(int64); ok {
			resolved[i] = maps.Clone(r)
			resolved[i]["user_id"] = canonical(id)
		}
	}
	return resolved
}

package oracle

import (
	"slices"
	"strings"
	"testing"

	"smew/answer"
)

// liveTable is what the dumps since a table's last full resync delivered of it.
type liveTable struct {
	columns []string
	rows    []row
}

func newLiveTable(t *testing.T, name string, manifests []*manifest, parts *partReader) *liveTable {
	t.Helper()
	l := &liveTable{}
	add := func(columns []string) {
		for _, c := range columns {
			if !slices.Contains(l.columns, c) {
				l.columns = append(l.columns, c)
			}
		}
	}
	for _, m := range manifests {
		d, ok := m.table(name)
		if !ok {
			continue
		}
		if d.full() || name == "user_migrations" {
			l = &liveTable{}
		}
		add(d.Columns)
		for _, f := range d.Files {
			p, err := parts.part(name, f)
			if err != nil {
				t.Fatal(err)
			}
			add(p.fields)
			l.rows = append(l.rows, p.rows...)
		}
	}
	return l
}

// mappingTraits names what happens in user_migrations and returns what counts of it.
func mappingTraits(rows []row, set func(string, bool)) map[int64]int64 {
	last := map[int64]any{}
	for _, r := range rows {
		from, okFrom := r["from_user_id"].(int64)
		to, okTo := r["to_user_id"].(int64)
		set("NULL side", !okFrom || !okTo)
		set("self map", okFrom && okTo && from == to)
		if okFrom {
			_, again := last[from]
			set("from repeated", again)
			last[from] = r["to_user_id"]
		}
	}
	mapping := map[int64]int64{}
	for from, to := range last {
		if to, ok := to.(int64); ok && to != from {
			mapping[from] = to
		}
	}
	for from, to := range mapping {
		_, on := mapping[to]
		set("chain", on)
		set("ring", inRing(mapping, from))
		set("into a ring", !inRing(mapping, from) && on && inRing(mapping, to))
	}
	return mapping
}

func inRing(mapping map[int64]int64, id int64) bool {
	at := mapping[id]
	for range len(mapping) {
		if at == id {
			return true
		}
		at = mapping[at]
	}
	return false
}

// person follows the mapping to the end, or so far that all of a ring meet.
func person(mapping map[int64]int64, id int64) int64 {
	for range len(mapping) {
		to, ok := mapping[id]
		if !ok {
			return id
		}
		id = to
	}
	least := id
	for range len(mapping) {
		id = mapping[id]
		least = min(least, id)
	}
	return least
}

func tableTraits(name string, shown *answer.Shown, l *liveTable, mapping map[int64]int64, set func(string, bool)) {
	for i, c := range l.columns {
		reserved := strings.HasPrefix(strings.ToLower(c), "smew_")
		set("column renamed for a reserved name", shown.Columns[i] != c && reserved)
		set("column renamed for case", shown.Columns[i] != c && !reserved)
		set("column made-up name taken", strings.HasSuffix(shown.Columns[i], "_3"))
		set("key shown under another name", shown.Columns[i] != c && answer.IsID(shown.Delivered, c))
	}
	delivered := shown.Delivered
	reserved := slices.Contains([]string{"all_events", "enhanced_users", "session_facts", "_sync_info", "_sync_history"}, strings.ToLower(delivered))
	set("table renamed for a reserved name", name != delivered && reserved)
	set("table renamed for case", name != delivered && !reserved)
	switch delivered {
	case "users":
		userTraits(l.rows, mapping, set)
	case "sessions", "user_migrations":
	default:
		if len(shown.Key) == 0 {
			set("event table without its key", delivered != "_event_metadata")
			return
		}
		keys, left := map[[2]any]bool{}, 0
		for _, r := range l.rows {
			null := r["event_id"] == nil || r["user_id"] == nil
			set("NULL in an event's key", null)
			key := [2]any{r["event_id"], r["user_id"]}
			if null || !keys[key] {
				left++
			}
			keys[key] = true
		}
		rows := 0
		for range shown.Rows() {
			rows++
		}
		set("duplicates as delivered", left < len(l.rows))
		set("duplicates once resolved", rows < left)
	}
}

func userTraits(rows []row, mapping map[int64]int64, set func(string, bool)) {
	newest := map[int64]row{}
	for _, r := range rows {
		if id, ok := r["user_id"].(int64); ok {
			newest[id] = r
		}
	}
	people := map[int64][]row{}
	for id, r := range newest {
		people[person(mapping, id)] = append(people[person(mapping, id)], r)
	}
	for _, records := range people {
		set("people of several records", len(records) > 1)
		seen := map[int64]bool{}
		for _, r := range records {
			modified, _ := r["last_modified"].(string)
			instant, readable := answer.Instant(modified)
			set("unreadable last_modified", !readable && len(records) > 1)
			set("tied last_modified", readable && seen[instant])
			seen[instant] = seen[instant] || readable
		}
	}
}

// Package oracle is the independent judge of what a feed means. [Tables]
// computes, with maps and loops alone, every table that main must show after a
// directory feed was loaded; [Compare] holds such a table against another one;
// [NewWorld] writes small adversarial feeds to try a loader with.
//
// It shares no code with what it judges: manifests are read by encoding/json,
// parts by goavro. It is slow, keeps everything in memory and is meant for
// tests.
package oracle

import (
	"fmt"
	"io/fs"
	"slices"
)

// Options say what counts.
type Options struct {
	// Loaded says whether the dump counts as loaded. A dump for which it is
	// true must be readable. If nil, every dump counts whose parts that are
	// still to be read can be read: parts made invalid by a later dump that
	// counts are not looked at.
	Loaded func(dumpID int64) bool
}

// Table is a table as main shows it.
type Table struct {
	Columns []string // as shown, in order
	Rows    [][]any  // nil, int64 (ids) or string, one per column; a multiset in no particular order
}

// row is a row of a table: values by delivered column name, nil or missing for
// NULL, int64 for ids, string for all else. A row is never changed once made.
type row map[string]any

// liveTable is what the live dumps of a table delivered.
type liveTable struct {
	name    string   // as delivered
	shown   string   // as main shows it
	columns []string // as delivered, in order
	rows    []row    // oldest first: by dump, part in the manifest's list, row in the part
}

// Tables returns every table that main must show, by shown name, after the
// dumps of the feed in fsys were loaded: the delivered tables and all_events,
// but not enhanced_users. Objects that are no valid manifest are passed over,
// and so are dumps named by two manifests that differ (R1).
func Tables(fsys fs.FS, o Options) (map[string]*Table, error) {
	manifests, err := readManifests(fsys)
	if err != nil {
		return nil, err
	}
	parts := &partReader{fsys: fsys, read: map[string]*part{}}
	loaded := loadedDumps(manifests, parts, o)
	live, err := liveTables(loaded, parts)
	if err != nil {
		return nil, err
	}

	canonical := func(id int64) int64 { return id }
	for _, t := range live {
		if t.name == "user_migrations" {
			canonical = canonicalIDs(mappingOf(t.rows))
		}
	}
	tables := map[string]*Table{}
	all := &Table{Columns: []string{"event_table_name", "event_id", "user_id", "session_id", "time"}}
	for _, t := range live {
		rows := t.resolved(canonical)
		tables[t.shown] = t.show(rows)
		if t.kind() != kindEvent {
			continue
		}
		for _, r := range rows {
			all.Rows = append(all.Rows, []any{t.shown, r["event_id"], r["user_id"], r["session_id"], r["time"]})
		}
	}
	tables["all_events"] = all
	return tables, nil
}

// loadedDumps returns the manifests of the dumps that count, in order of
// dump_id. Whether a dump counts by itself depends on later ones only, so it
// is decided from the last to the first.
func loadedDumps(manifests []*manifest, parts *partReader, o Options) []*manifest {
	var loaded []*manifest
	for _, m := range slices.Backward(manifests) {
		if o.Loaded != nil && o.Loaded(*m.DumpID) || o.Loaded == nil && readable(m, loaded, parts) {
			loaded = append(loaded, m)
		}
	}
	slices.Reverse(loaded)
	return loaded
}

// readable says whether all parts of m can be read that no dump of later makes
// invalid.
func readable(m *manifest, later []*manifest, parts *partReader) bool {
	for _, t := range m.Tables {
		replaced := slices.ContainsFunc(later, func(l *manifest) bool {
			d, ok := l.table(t.Name)
			return ok && (t.Name == "user_migrations" || d.full())
		})
		if replaced {
			continue
		}
		for _, f := range t.Files {
			if _, err := parts.part(t.Name, f); err != nil {
				return false
			}
		}
	}
	return true
}

// liveTables returns every table that a loaded dump names, in the order of
// first naming, with the columns and rows of its live dumps (R5, R6, R10).
func liveTables(loaded []*manifest, parts *partReader) ([]*liveTable, error) {
	var tables []*liveTable
	var names []string
	for _, m := range loaded {
		for _, t := range m.Tables {
			if !slices.Contains(names, t.Name) {
				names = append(names, t.Name)
			}
		}
	}
	shown := showNames(names, "all_events", "enhanced_users")
	for i, name := range names {
		t := &liveTable{name: name, shown: shown[i]}
		for _, m := range liveDumps(loaded, name) {
			if err := t.add(m, parts); err != nil {
				return nil, fmt.Errorf("read dump %d: %w", *m.DumpID, err)
			}
		}
		tables = append(tables, t)
	}
	return tables, nil
}

// liveDumps returns the loaded dumps whose rows of the table are valid: those
// that name it since its last full resync (R5); of user_migrations the last.
func liveDumps(loaded []*manifest, table string) []*manifest {
	var live []*manifest
	for _, m := range loaded {
		t, ok := m.table(table)
		if !ok {
			continue
		}
		if t.full() || table == "user_migrations" {
			live = nil
		}
		live = append(live, m)
	}
	return live
}

// add appends what the dump delivered of the table.
func (t *liveTable) add(m *manifest, parts *partReader) error {
	d, _ := m.table(t.name)
	t.addColumns(d.Columns)
	for _, f := range d.Files {
		p, err := parts.part(t.name, f)
		if err != nil {
			return err
		}
		t.addColumns(p.fields)
		t.rows = append(t.rows, p.rows...)
	}
	return nil
}

func (t *liveTable) addColumns(names []string) {
	for _, n := range names {
		if !slices.Contains(t.columns, n) {
			t.columns = append(t.columns, n)
		}
	}
}

// show turns rows into the table as main shows it.
func (t *liveTable) show(rows []row) *Table {
	shown := &Table{Columns: showNames(t.columns,
		"smew_dump_id", "smew_part", "smew_row", "smew_user_id", "smew_hidden")}
	for _, r := range rows {
		values := make([]any, len(t.columns))
		for i, c := range t.columns {
			values[i] = r[c]
		}
		shown.Rows = append(shown.Rows, values)
	}
	return shown
}

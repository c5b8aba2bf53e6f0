package answer

import (
	"cmp"
	"fmt"
	"iter"
	"slices"

	"smew/define"
)

// Tables returns every table that main of a right consumer shows once the dumps for which arrived
// is true have arrived (nil: all), by the name it is shown under: the delivered tables and
// all_events, but not smew's other views, such as enhanced_users.
func (k *Key) Tables(arrived func(id int64) bool) (map[string]*Shown, error) {
	counted, err := counted(k.arrived(arrived))
	if err != nil {
		return nil, err
	}
	return show(counted), nil
}

// Counted returns the ids of the dumps that count once the dumps for which arrived is true have
// arrived (nil: all), ascending. A dump does not count if it is refused, or if a part of it is
// broken that no later dump that counts makes invalid (R2, R5).
func (k *Key) Counted(arrived func(id int64) bool) ([]int64, error) {
	counted, err := counted(k.arrived(arrived))
	return idsOf(counted), err
}

func (k *Key) arrived(arrived func(id int64) bool) []Dump {
	if arrived == nil {
		return k.dumps
	}
	var dumps []Dump
	for _, d := range k.dumps {
		if arrived(d.ID) {
			dumps = append(dumps, d)
		}
	}
	return dumps
}

// counted returns the dumps that count, in order of their ids. Whether one does depends on later
// ones only, so it is decided from the last to the first.
func counted(arrived []Dump) ([]Dump, error) {
	dumps := slices.DeleteFunc(slices.Clone(arrived), func(d Dump) bool { return d.Refused })
	slices.SortFunc(dumps, func(a, b Dump) int { return cmp.Compare(a.ID, b.ID) })
	for i := range dumps {
		if i > 0 && dumps[i].ID == dumps[i-1].ID {
			return nil, fmt.Errorf("compute answer: two dumps that are not refused have the id %d", dumps[i].ID)
		}
	}
	var counted []Dump
	replaced := map[string]bool{} // tables that a later dump that counts delivers in full
	for _, d := range slices.Backward(dumps) {
		needsBroken := slices.ContainsFunc(d.Tables, func(t Table) bool {
			return !replaced[t.Name] && slices.ContainsFunc(t.Parts, func(p Part) bool { return p.Broken })
		})
		if needsBroken {
			continue
		}
		counted = append(counted, d)
		for _, t := range d.Tables {
			replaced[t.Name] = replaced[t.Name] || t.isFull()
		}
	}
	slices.Reverse(counted)
	return counted, nil
}

func idsOf(dumps []Dump) []int64 {
	ids := make([]int64, len(dumps))
	for i, d := range dumps {
		ids[i] = d.ID
	}
	return ids
}

// isFull says whether the delivery makes older ones invalid: user_migrations always does (R5).
func (t *Table) isFull() bool { return t.Full || t.Name == "user_migrations" }

// show computes what main shows of the dumps that count.
func show(counted []Dump) map[string]*Shown {
	live := liveTables(counted)
	canonical := canonicalIDs(nil)
	for _, t := range live {
		if t.name == "user_migrations" {
			canonical = canonicalIDs(mappingOf(t))
		}
	}
	tables := map[string]*Shown{}
	var events []*liveTable
	definitions := inForce(counted)
	for _, t := range live {
		tables[t.shown] = t.show(canonical, definitions.For(t.name, t.kind().feed()))
		if t.kind() == kindEvent {
			events = append(events, t)
		}
	}
	tables["all_events"] = allEvents(events, canonical)
	return tables
}

// liveTable is what the live dumps of a table delivered.
type liveTable struct {
	name    string   // as delivered
	shown   string   // as main shows it
	columns []string // as delivered, in order
	parts   []livePart
}

// livePart is a part of a live dump; at is where it has the table's columns, -1 where it lacks one.
type livePart struct {
	Part
	at []int
}

// ref is a row: its part in a liveTable and its place there. Rows are passed around like this, as
// a feed has millions of them.
type ref struct{ part, row int32 }

// liveTables returns every table that a dump names, in the order of first naming, with the columns
// and parts of its live dumps: those that name it since its last full resync (R5, R6, R10).
func liveTables(counted []Dump) []*liveTable {
	var tables []*liveTable
	var names []string
	byName := map[string][]Table{} // live deliveries
	for _, d := range counted {
		for _, t := range d.Tables {
			former, ok := byName[t.Name]
			if !ok {
				names = append(names, t.Name)
			}
			if t.isFull() {
				former = nil
			}
			byName[t.Name] = append(former, t)
		}
	}
	shown := showNames(names, "all_events", "enhanced_users", "session_facts", "_sync_info", "_sync_history")
	for i, name := range names {
		t := &liveTable{name: name, shown: shown[i]}
		t.add(byName[name])
		tables = append(tables, t)
	}
	return tables
}

// add appends deliveries: columns as the manifest lists them, then those that only a part brings.
func (t *liveTable) add(deliveries []Table) {
	place := map[string]int{}
	addColumns := func(names []string) {
		for _, n := range names {
			if _, ok := place[n]; !ok {
				place[n] = len(t.columns)
				t.columns = append(t.columns, n)
			}
		}
	}
	for _, d := range deliveries {
		addColumns(d.Columns)
		for _, p := range d.Parts {
			addColumns(p.Columns)
			t.parts = append(t.parts, livePart{Part: p})
		}
	}
	for i := range t.parts {
		p := &t.parts[i]
		p.at = slices.Repeat([]int{-1}, len(t.columns))
		for j, n := range p.Columns {
			p.at[place[n]] = j
		}
	}
}

// refs are all rows, oldest first: by dump, part in the manifest's list, row in the part.
func (t *liveTable) refs() []ref {
	var refs []ref
	for i, p := range t.parts {
		if p.Rows == nil {
			continue
		}
		refs = slices.Grow(refs, p.Rows.Len())
		for j := range p.Rows.Len() {
			refs = append(refs, ref{int32(i), int32(j)})
		}
	}
	return refs
}

// value is what the row holds in a column of the table; -1 is a column that the table lacks.
func (t *liveTable) value(r ref, column int) any {
	if column < 0 {
		return nil
	}
	p := &t.parts[r.part]
	if at := p.at[column]; at >= 0 {
		return p.Rows.Value(int(r.row), at)
	}
	return nil
}

// id is the value of an id column; false for NULL.
func (t *liveTable) id(r ref, column int) (int64, bool) {
	id, ok := t.value(r, column).(int64)
	return id, ok
}

// column finds a column by its delivered name; -1 if the table lacks it.
func (t *liveTable) column(name string) int { return slices.Index(t.columns, name) }

// show is the table as main shows it, with the properties that are defined on it.
func (t *liveTable) show(canonical canonicals, defined []*define.Property) *Shown {
	reserved := []string{"smew_dump_id", "smew_part", "smew_row", "smew_user_id", "smew_hidden", "smew_time"}
	columns := showNames(t.columns, reserved...)
	properties := make([]string, len(defined))
	for i, p := range defined {
		properties[i] = p.Name
	}
	// A property yields to a column, whatever that is called because of others.
	columns = append(columns, showNames(properties, append(reserved, columns...)...)...)
	shown := &Shown{Delivered: t.name, Columns: columns}
	for i, name := range t.columns {
		if IsID(t.name, name) {
			shown.IDs = append(shown.IDs, shown.Columns[i])
		}
	}
	for _, name := range t.key() {
		if column := t.column(name); column >= 0 {
			shown.Key = append(shown.Key, shown.Columns[column])
		}
	}
	shown.rows = func(yield func([]any) bool) {
		for row := range t.resolved(canonical) {
			if !yield(t.define(row, defined)) {
				return
			}
		}
	}
	return shown
}

// allEvents has a row for every row of every event table.
func allEvents(events []*liveTable, canonical canonicals) *Shown {
	columns := []string{"event_table_name", "event_id", "user_id", "session_id", "time"}
	return &Shown{Columns: columns, IDs: columns[1:4], Key: columns[:3], rows: func(yield func([]any) bool) {
		all := make([]any, len(columns))
		for _, t := range events {
			all[0] = t.shown
			var at [4]int
			for i, name := range columns[1:] {
				at[i] = t.column(name)
			}
			for row := range t.resolved(canonical) {
				for i, column := range at {
					all[i+1] = nil
					if column >= 0 {
						all[i+1] = row[column]
					}
				}
				if !yield(all) {
					return
				}
			}
		}
	}}
}

// each yields the rows with canonical user ids.
func (t *liveTable) each(refs []ref, canonical canonicals) iter.Seq[[]any] {
	user := t.column("user_id")
	return func(yield func([]any) bool) {
		row := make([]any, len(t.columns))
		for _, r := range refs {
			for column := range row {
				row[column] = t.value(r, column)
			}
			if id, ok := t.id(r, user); ok {
				row[user] = canonical.of(id)
			}
			if !yield(row) {
				return
			}
		}
	}
}

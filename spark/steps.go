package spark

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"smew/plan"
	"smew/sql"
)

// Step is something that the cluster does for a dump. A crash between steps, or within one, leaves nothing that readers of the
// tags see, and nothing that keeps the dump from being loaded by the same steps again.
type Step struct {
	Name  string
	Views []Files // made first
	Add   *Added
	SQL   []string
	// Loop is done until its query gives 0, or gave at first no more than the rounds done have doubled to.
	Loop *Loop
	// Check is a query and the rows that it must give, in any order.
	Check *Check
}

// Added are columns that tables may lack: an attempt that came to nothing leaves its columns.
type Added struct {
	Tables  []string
	Columns []string
	Define  func(columns []string) string
}

// Files is a temporary view of parts.
type Files struct {
	Name  string
	Files []string
}

// Loop is a statement that is repeated.
type Loop struct{ SQL, Query string }

// Check says how many rows of a dump each table must have got, by what it is stored as.
type Check struct {
	Query string
	Rows  map[string]int64
}

// Place is where the tables are in a cluster: in three namespaces of an Iceberg catalog, called meta, raw and main.
type Place struct {
	Catalog string // "" is heap
	Prefix  string // before the namespaces' names, where the catalog is shared

	branch string // that is written; "": load
}

func (p Place) catalog() string { return cmp.Or(p.Catalog, "heap") }

// of is a table, or a namespace, in full.
func (p Place) of(name string) string   { return p.catalog() + "." + p.Prefix + name }
func (p Place) meta(name string) string { return p.of("meta." + name) }
func (p Place) raw(t *Table) string     { return p.of("raw." + Quote(t.Stored)) }
func (p Place) main(t *Table) string    { return p.of(published(t)) }
func (p Place) identities() string      { return p.of(identities) }

// published is what a table of main is called within a place, in State.Published too.
func published(t *Table) string { return "main." + Quote(t.Stored) }

// identitiesOf are the canonical ids that count in a state.
func (p Place) identitiesOf(s *State) string {
	if tag := s.Published[identities].Tag; tag != "" {
		return p.identities() + " VERSION AS OF " + QuoteText(tag)
	}
	return p.identities()
}

const identities = "meta.identities"

// delivered is a table of a dump as it was read.
type delivered struct {
	Delivery
	table  *Table
	isNew  bool
	listed []string // columns that the manifest lists
	parts  []part
}

// dumpPlan is what a dump does to a cluster in a state.
type dumpPlan struct {
	place   Place
	dump    plan.Dump
	before  *State
	state   *State // after it
	tables  []delivered
	mapped  bool     // it brings the mapping that is in force
	moved   bool     // … by which ids stand for others than before
	parted  bool     // … and some of one person do for different ones now
	small   int64    // tables of fewer rows are worked out from all of them
	written []string // what is to be published
}

// planDump works out what loading a dump whose parts were read does. The ledger is before's.
func planDump(place Place, before *State, d plan.Dump, parts map[string][]part) *dumpPlan {
	p := &dumpPlan{place: place, dump: d, before: before, state: before.clone()}
	ledger := before.ledger()
	entry := &Dump{Digest: d.Digest, DefinitionsKey: d.Definitions}
	for _, t := range d.Tables {
		row := delivered{Delivery: Delivery{Name: t.Name, Place: t.Place, Full: t.Full, Files: len(t.Parts), Read: !ledger.Spared(d, t)}, listed: t.Columns, parts: parts[t.Name]}
		for _, part := range row.parts {
			row.Rows, row.Erased, row.Quarantined = row.Rows+part.rows, row.Erased+part.erased, row.Quarantined+int64(len(part.aside))
		}
		if !ledger.Choice.Has(t.Name) {
			entry.Tables = append(entry.Tables, row.Delivery)
			continue
		}
		row.isNew = before.Tables[t.Name] == nil
		row.table = p.state.add(d.ID, &row.Delivery, List{append([]string{}, t.Columns...), unlisted(t.Columns, row.parts)})
		entry.Tables = append(entry.Tables, row.Delivery)
		p.tables = append(p.tables, row)
		p.mapped = p.mapped || row.Read && t.Name == plan.Migrations
	}
	p.state.Dumps[d.ID] = entry
	return p
}

// unlisted are the columns that only parts bring, in the order of their first appearance (R10).
func unlisted(listed []string, parts []part) []string {
	names := []string{}
	for _, p := range parts {
		for _, f := range p.fields {
			if !slices.Contains(listed, f.name) && !slices.Contains(names, f.name) {
				names = append(names, f.name)
			}
		}
	}
	return names
}

// arrive renders what brings the dump's rows and its mapping to the cluster.
func (p *dumpPlan) arrive() []Step {
	var all []Step
	for i := range p.tables {
		if t := &p.tables[i]; t.Read {
			all = append(all, p.define(t))
		}
	}
	audit := Step{Name: "audit", Check: &Check{Rows: map[string]int64{}}}
	var counts []string
	for i := range p.tables {
		if t := &p.tables[i]; t.Read && len(t.parts) > 0 {
			all = append(all, p.fill(t))
			counts = append(counts, p.count(t, audit.Check))
		}
	}
	if counts != nil {
		audit.Check.Query = strings.Join(counts, "\nUNION ALL\n")
		all = append(all, audit)
	}
	if p.mapped {
		all = append(all, p.resolve()...)
	}
	return all
}

// moves is the query that settle has to know the answer of: how many ids moved, and how many of them were parted. "": none did.
func (p *dumpPlan) moves() string {
	if !p.mapped {
		return ""
	}
	return sql.Fill(sql.SparkIdentitiesMoves, sql.Names{"moved": p.place.meta("moved")})
}

// settle renders what works out the tables of main on their branches.
func (p *dumpPlan) settle(moved, parted int64) []Step {
	p.moved, p.parted = moved > 0, parted > 0
	if p.mapped && !p.moved { // the same as it was
		p.written = slices.DeleteFunc(p.written, func(name string) bool { return name == identities && p.before.Published[name].ID != "" })
	}
	var all []Step
	for _, name := range p.touched() {
		all = append(all, p.write(name))
	}
	return all
}

// touched are the tables whose rows in main may be others afterwards.
func (p *dumpPlan) touched() []string {
	var all []string
	for _, name := range p.state.inOrder() {
		if t := p.delivered(name); t != nil && t.Read || p.moved && name != plan.Migrations {
			all = append(all, name)
		}
	}
	return all
}

// delivered is a table as the dump brings it; nil: it does not.
func (p *dumpPlan) delivered(name string) *delivered {
	if i := slices.IndexFunc(p.tables, func(t delivered) bool { return t.Name == name }); i >= 0 {
		return &p.tables[i]
	}
	return nil
}

// define makes a table and the columns it has not had.
func (p *dumpPlan) define(t *delivered) Step {
	s := Step{Name: "define " + t.table.Stored}
	columns := t.table.stored(t.Name)
	raw, main := p.place.raw(t.table), p.place.main(t.table)
	if t.isNew || p.before.Published[published(t.table)].ID == "" {
		s.SQL = []string{
			sql.Fill(sql.SparkMainDrop, sql.Names{"main": raw}),
			sql.Fill(sql.SparkRawCreate, sql.Names{"raw": raw, "columns": typed(t.Name, columns)}),
			sql.Fill(sql.SparkMainDrop, sql.Names{"main": main}),
			sql.Fill(sql.SparkMainCreate, sql.Names{"main": main, "columns": typed(t.Name, columns)}),
		}
		return s
	}
	if added := p.added(t.Name); len(added) > 0 {
		s.Add = &Added{Tables: []string{raw, main}, Columns: added, Define: func(names []string) string { return typed(t.Name, names) }}
	}
	return s
}

// added are the columns, as stored, that a table of before gets with the dump.
func (p *dumpPlan) added(name string) []string {
	known := p.before.Tables[name].stored(name)
	return slices.DeleteFunc(p.state.Tables[name].stored(name), func(c string) bool { return slices.Contains(known, c) })
}

// fill writes the dump's rows of a table.
func (p *dumpPlan) fill(t *delivered) Step {
	s := Step{Name: "fill " + t.table.Stored}
	columns := t.table.stored(t.Name)
	var selects []string
	for i, group := range groups(t.parts) {
		view := fmt.Sprintf("smew_parts_%d", i+1)
		fields := map[string]string{}
		for _, f := range group[0].fields {
			fields[t.table.Columns[f.name]] = f.as
		}
		values := make([]string, len(columns))
		for j, column := range columns {
			value := "NULL"
			if as, ok := fields[column]; ok {
				value = "r." + Quote(as)
			}
			values[j] = "CAST(" + value + " AS " + typeOf(t.Name, column) + ")"
		}
		var places, files []string
		for _, part := range group {
			places = append(places, fmt.Sprintf("(%s, %d)", QuoteText(part.file), part.place))
			if !slices.Contains(files, part.file) {
				files = append(files, part.file)
			}
		}
		s.Views = append(s.Views, Files{view, files})
		selects = append(selects, sql.Fill(sql.SparkRawRows, sql.Names{"values": strings.Join(values, ", "), "view": view, "places": strings.Join(places, ", ")}))
	}
	raw, dump := p.place.raw(t.table), fmt.Sprint(p.dump.ID)
	s.SQL = []string{sql.Fill(sql.SparkRawFill, sql.Names{"raw": raw, "dump": dump, "columns": list(columns), "rows": strings.Join(selects, "\nUNION ALL\n")})}
	return s
}

// count has the rows counted that arrive in a table, and notes how many are to.
func (p *dumpPlan) count(t *delivered, k *Check) string {
	k.Rows[t.table.Stored] = t.Held()
	return sql.Fill(sql.SparkRawCount, sql.Names{"name": QuoteText(t.table.Stored), "raw": p.place.raw(t.table), "dump": fmt.Sprint(p.dump.ID)})
}

// groups sorts parts by what they have: Spark reads all files of a view by the schema of one.
func groups(parts []part) [][]part {
	var all [][]part
	for _, p := range parts {
		i := slices.IndexFunc(all, func(g []part) bool { return slices.Equal(g[0].fields, p.fields) && g[0].types == p.types })
		if i < 0 {
			all = append(all, nil)
			i = len(all) - 1
		}
		all[i] = append(all[i], p)
	}
	return all
}

// resolve computes the canonical ids of the mapping that is in force with the dump (R8).
func (p *dumpPlan) resolve() []Step {
	migrations := p.state.Tables[plan.Migrations]
	walk := sql.Names{"walk": p.place.meta("walk")}
	return []Step{
		{Name: "map identities", SQL: []string{sql.Fill(sql.SparkIdentitiesStart, sql.Names{
			"walk": walk["walk"], "raw": p.place.raw(migrations), "dump": fmt.Sprint(migrations.Resync)})}},
		{Name: "walk identities", Loop: &Loop{SQL: sql.Fill(sql.SparkIdentitiesDouble, walk), Query: sql.Fill(sql.SparkIdentitiesMoved, walk)}},
		{Name: "keep identities", SQL: append(p.branch(identities),
			sql.Fill(sql.SparkIdentitiesKeep, sql.Names{"walk": walk["walk"], "identities": p.place.onBranch(p.place.identities())}))},
		{Name: "move identities", SQL: []string{sql.Fill(sql.SparkIdentitiesMove, sql.Names{"moved": p.place.meta("moved"),
			"new": p.place.onBranch(p.place.identities()), "old": p.place.identitiesOf(p.before)})}},
	}
}

// branch begins a table's branch, and has it published with the dump.
func (p *dumpPlan) branch(name string) []string {
	p.written = append(p.written, name)
	at := p.before.Published[name].ID
	begin := []string{p.place.begin(name, at)}
	if at == "" { // a branch that an attempt left cannot be replaced where nothing is published
		begin = slices.Insert(begin, 0, p.place.dropBranch(name, p.place.branchName()))
	}
	return begin
}

// write works out a table of main: from all of its rows where they are few or all count anew, else from what the dump changes.
func (p *dumpPlan) write(name string) Step {
	t := p.state.Tables[name]
	s := Step{Name: "write " + t.Stored, SQL: p.branch(published(t))}
	dumped := p.delivered(name)
	anew := p.before.Published[published(t)].ID == "" || dumped != nil && dumped.Read && dumped.Full
	switch {
	case anew || name == plan.Migrations || p.state.rows(name) < p.small:
		columns, rows := p.winners(name, t)
		s.SQL = append(s.SQL, sql.Fill(sql.SparkMainWhole, sql.Names{"main": p.place.onBranch(p.place.main(t)), "columns": columns, "rows": rows}))
	case name == users:
		s.SQL = append(s.SQL, p.usersTouched(t))
	default:
		s.SQL = append(s.SQL, p.changes(name, t, dumped)...)
	}
	return s
}

// resolved is where the canonical ids are that count with the dump.
func (p *dumpPlan) resolved() string {
	if p.moved || p.mapped && p.before.Published[identities].ID == "" {
		return p.place.onBranch(p.place.identities())
	}
	return p.place.identitiesOf(p.before)
}

// changes merges into a table what a dump changes of it. Its cost is that of the dump's rows, those of people whose mapping changes, and of
// looking through the keys that are there.
func (p *dumpPlan) changes(name string, t *Table, dumped *delivered) []string {
	id, main := keyOf(name), p.place.onBranch(p.place.main(t))
	others := slices.DeleteFunc(t.stored(name), func(c string) bool { return c == "user_id" || c == id })
	columns := list(append([]string{id}, others...))
	var rows, statements []string
	if dumped != nil && dumped.Read && len(dumped.parts) > 0 {
		rows = append(rows, sql.Fill(sql.SparkMainRowsOfDump, sql.Names{"columns": columns, "raw": p.place.raw(t), "dump": fmt.Sprint(p.dump.ID)}))
	}
	if p.moved {
		if p.parted {
			rows = append(rows, sql.Fill(sql.SparkMainRowsOfParted, sql.Names{"columns": columns, "raw": p.place.raw(t),
				"identities": p.resolved(), "since": fmt.Sprint(t.Resync), "dump": fmt.Sprint(p.dump.ID)}))
		} else {
			rows = append(rows, sql.Fill(sql.SparkMainRowsOfJoined, sql.Names{"columns": columns, "main": main}))
		}
		statements = append(statements, sql.Fill(sql.SparkMainMove, sql.Names{"main": main, "moved": p.changed(), "id": Quote(id)}))
	}
	if rows == nil {
		if len(p.added(name)) == 0 {
			return nil
		}
		return []string{sql.Fill(sql.SparkMainWiden, sql.Names{"main": main, "columns": list(t.stored(name))})}
	}
	sets, values, nulls := make([]string, len(others)), make([]string, len(others)), make([]string, len(others))
	for i, c := range others {
		values[i], nulls[i] = "s."+Quote(c), "NULL"
		sets[i] = "m." + Quote(c) + " = " + values[i]
	}
	return append(statements, sql.Fill(sql.SparkMainMerge, sql.Names{"main": main, "moved": p.changed(), "rows": strings.Join(rows, "\nUNION ALL\n"),
		"identities": p.resolved(), "id": Quote(id), "others": list(others), "nulls": strings.Join(nulls, ", "), "sets": strings.Join(sets, ", "),
		"values": strings.Join(values, ", "), "dump": fmt.Sprint(p.dump.ID)}))
}

// winners are all rows that a table of main has, as a query, and the columns that it gives.
func (p *dumpPlan) winners(name string, t *Table) (columns, query string) {
	stored, names := t.stored(name), sql.Names{"raw": p.place.raw(t), "since": fmt.Sprint(t.Resync)}
	switch name {
	case plan.Migrations:
		names["columns"] = list(stored)
		return names["columns"] + ", smew_dump_id, smew_part, smew_row", sql.Fill(sql.SparkMainMigrations, names)
	case users:
		names["columns"], names["merged"] = list(stored[1:]), p.merged(t, "")
		return list(stored), sql.Fill(sql.SparkMainUsers, names)
	}
	names["columns"] = list(slices.DeleteFunc(stored, func(c string) bool { return c == "user_id" }))
	names["identities"], names["id"] = p.resolved(), Quote(keyOf(name))
	return "user_id, " + names["columns"] + ", smew_delivered_id, smew_dump_id, smew_part, smew_row", sql.Fill(sql.SparkMainEvents, names)
}

func instant(column string) string {
	return sql.Fill(sql.SparkMainInstant, sql.Names{"text": Quote(column)})
}

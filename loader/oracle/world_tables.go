package oracle

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
)

// generator makes dumps up. It knows nothing of the rules except what keeps a
// World free of what they leave open: ids are whole numbers, each part is
// listed once, each dump lists a column of each table it names.
type generator struct {
	rng    *rand.Rand
	odd    bool
	full   int // of a hundred deliveries, how many are full resyncs
	tables []*worldTable
	merges [][2]any // pairs of user_migrations as of now
	users  []int64
}

// worldTable is a table as the producer sees it over time.
type worldTable struct {
	name    string
	keys    []string
	columns []string // now delivered, keys included
	pool    []string // columns that come and go
}

var (
	dumpIDPool = []int64{0, 1, 2, 7, 9, 10, 11, 99, 100, 851, 852, 1000, 1008461850, 1010103140}
	eventNames = [][]string{
		{"checkout", "Checkout", "checkout_2"},
		{"order", "select", "all_events"},
		{"Users", "enhanced_users", "signup"},
		{"Sessions", "ALL_EVENTS", "all_events_2"},
		{"pageViews", "User_Migrations", "order_"},
	}
	oddTables = []string{`my "table"`, "Größe", "GRÖSSE", "a.b", "line\nbreak", "it's", " ", "nul\x00", "nul\uFFFD"}
	oddNames  = []string{`we"ird`, "new\nline", "_", "a\x00b", "a\uFFFDb", "Größe", "GRÖSSE", "tab\t", "semi;--", "'", "ünï",
		"ÜNÏ", " ", "user_id ", "100%s", "{{.}}", `back\slash`, "😀", "*", "?", "$1"}
	eventPool = []string{"plan", "Plan", "PLAN", "plan_2", "smew_row", "SMEW_ROW", "smew_row_2", "smew_user_id", "smew_hidden", "smew_time", "Smew_Time",
		"select", "order", "type", "email", "_email", "amount", "flag", "n", "count", "User_Id", "from_user_id", "rowid",
		"dump_id", "event_table_name", "Session_ID", "Time", "title", "path"}
	userPool = []string{"identity", "handle", "email", "joindate", "last_modified", "plan", "Plan", "plan_2", "company", "Email",
		"_user_id", "session_id", "event_id", "amount", "smew_part", "group", "time", "Last_Modified"}
	metaPool       = []string{"user_id", "event_id", "name", "Name", "kind", "smew_dump_id", "time", "table", "n"}
	plainName      = regexp.MustCompile(`^[A-Za-z_]+[A-Za-z0-9_]*$`)
	extremeUserIDs = []int64{0, -4, 1<<53 - 1, 1<<63 - 1, -1 << 63}
)

func pick[T any](g *generator, from []T) T { return from[g.rng.IntN(len(from))] }

// chance is true in so many cases of a hundred.
func (g *generator) chance(percent int) bool { return g.rng.IntN(100) < percent }

// some returns up to n members of from, in random order.
func (g *generator) some(from []string, n int) []string {
	from = slices.Clone(from)
	g.rng.Shuffle(len(from), func(i, j int) { from[i], from[j] = from[j], from[i] })
	return from[:min(n, len(from))]
}

// dumpIDs always holds 9 and 10, whose order as text is the other one.
func (g *generator) dumpIDs(n int) []int64 {
	if n == 0 {
		n = 5 + g.rng.IntN(5)
	}
	ids := []int64{9, 10}
	for _, i := range g.rng.Perm(len(dumpIDPool)) {
		if id := dumpIDPool[i]; !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	ids = ids[:min(n, len(ids))]
	slices.Sort(ids)
	return ids
}

// begin decides which tables and users there are.
func (g *generator) begin() {
	g.full = pick(g, []int{3, 10, 18, 25})
	g.users = []int64{1, 2, 3, 4, 5, 6, pick(g, extremeUserIDs)}
	for range g.rng.IntN(4) {
		g.migrate()
	}
	event := func(name string) *worldTable {
		return &worldTable{name, []string{"event_id", "user_id"},
			append([]string{"event_id", "user_id", "session_id", "time"}, g.some(eventPool, 3)...), eventPool}
	}
	g.tables = []*worldTable{
		{"users", []string{"user_id"}, append([]string{"user_id"}, userPool[:6]...), userPool},
		{"sessions", []string{"session_id", "user_id"},
			append([]string{"event_id", "user_id", "session_id", "time"}, g.some(eventPool, 2)...), eventPool},
		event("pageviews"),
		{"user_migrations", []string{"from_user_id", "to_user_id"}, []string{"from_user_id", "to_user_id", "time"}, []string{"time", "Time"}},
		{"_event_metadata", nil, g.some(metaPool, 3), metaPool},
	}
	for _, name := range g.some(pick(g, eventNames), 2+g.rng.IntN(2)) {
		g.tables = append(g.tables, event(name))
	}
	if g.odd {
		for _, name := range g.some(oddTables, 2) {
			g.tables = append(g.tables, event(name))
		}
	}
}

// dump makes the next dump up.
func (g *generator) dump(id int64) *dump {
	d := &dump{id: id, again: g.chance(5), stray: map[string][]byte{}}
	if g.chance(30) {
		d.stray[fmt.Sprintf("sync_%d/_SUCCESS", id)] = nil
		d.stray[fmt.Sprintf("sync_%d/users/part-00000-stray.avro", id)] = []byte("listed by no manifest")
	}
	g.migrate()
	if g.chance(6) {
		return d // names no table
	}
	for _, i := range g.rng.Perm(len(g.tables)) {
		t := g.tables[i]
		g.evolve(t)
		if !g.chance(25) {
			d.deliveries = append(d.deliveries, g.deliver(id, t))
		}
	}
	return d
}

// evolve lets columns of the table come and go.
func (g *generator) evolve(t *worldTable) {
	if i := g.rng.IntN(len(t.columns)); g.chance(25) && len(t.columns) > 1 && !slices.Contains(t.keys, t.columns[i]) {
		t.columns = slices.Delete(t.columns, i, i+1)
	}
	if c := pick(g, t.pool); g.chance(35) && !slices.Contains(t.columns, c) {
		t.columns = slices.Insert(t.columns, g.rng.IntN(len(t.columns)+1), c)
	}
	if g.chance(10) {
		t.columns = g.some(t.columns, len(t.columns))
	}
}

// deliver makes up what a dump brings of the table.
func (g *generator) deliver(id int64, t *worldTable) *delivered {
	full := g.chance(g.full)
	none, empty := 12, g.chance(8)
	if full {
		none, empty = 25, g.chance(20)
	}
	if t.name == "user_migrations" { // it counts as full whatever the flag
		full, none, empty = !g.chance(15), 6, g.chance(6)
	}
	d := &delivered{table: t.name, incremental: !full}
	inParts := slices.Clone(t.columns)
	if len(t.keys) > 0 && (g.chance(5) || full && t.name != "user_migrations" && g.chance(12)) {
		key := pick(g, t.keys) // it stays away from this dump, or for good
		inParts = slices.DeleteFunc(inParts, func(c string) bool { return c == key })
		if full && len(inParts) > 0 && t.name != "user_migrations" && g.chance(60) {
			t.columns = slices.Clone(inParts)
		}
	}
	for _, c := range inParts {
		if !g.chance(6) { // else only parts bring it
			d.columns = append(d.columns, c)
		}
	}
	if g.chance(15) { // no part brings it
		d.columns = addNew(d.columns, pick(g, t.pool))
	}
	if g.odd && g.chance(40) {
		d.columns = addNew(d.columns, pick(g, oddNames))
	}
	if len(d.columns) == 0 {
		d.columns = []string{t.columns[0]}
	}
	parts := 1 + g.rng.IntN(3)
	if g.chance(none) {
		parts = 0
	}
	for n := range parts {
		d.parts = append(d.parts, g.part(id, t, inParts, n, empty || g.chance(8)))
	}
	g.rng.Shuffle(len(d.parts), func(i, j int) { d.parts[i], d.parts[j] = d.parts[j], d.parts[i] })
	return d
}

func addNew(names []string, name string) []string {
	if slices.Contains(names, name) {
		return names
	}
	return append(names, name)
}

// part makes up a part file with most of the columns, and now and then another.
func (g *generator) part(id int64, t *worldTable, columns []string, n int, empty bool) writtenPart {
	columns = slices.DeleteFunc(slices.Clone(columns), func(c string) bool { return g.chance(5) })
	if g.chance(10) {
		columns = addNew(columns, pick(g, t.pool))
	}
	if len(columns) == 0 {
		columns = []string{t.columns[0]}
	}
	if g.chance(10) {
		columns = g.some(columns, len(columns))
	}
	fields := g.fields(t, columns)
	var rows [][]any
	if !empty {
		rows = g.rows(t, fields)
	}
	uuid := fmt.Sprintf("%08x-%04x-4000-8000-%012x", g.rng.Uint32(), g.rng.Uint32()>>16, g.rng.Uint64()>>16)
	var sync [16]byte
	for i := range sync {
		sync[i] = byte(g.rng.Uint32())
	}
	content, err := encodePart(pick(g, []string{"topLevelRecord", "row"}), pick(g, []string{"null", "deflate", "snappy"}),
		sync, fields, rows, 1+g.rng.IntN(8))
	if err != nil { // fields and rows are ours: no input can bring this about
		panic(fmt.Sprintf("encode part of %q: %v", t.name, err))
	}
	folder := t.name
	if !plainName.MatchString(folder) {
		folder = "odd"
	}
	path := fmt.Sprintf("sync_%d/_heap_table_name=%s/part-%05d-%s.avro", id, folder, n, uuid)
	if g.chance(35) { // the older layout
		path = fmt.Sprintf("sync_%d/%s/part-%05d-%s-c000.avro", id, folder, n, uuid)
	}
	return writtenPart{path, content}
}

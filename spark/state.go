package spark

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"smew/define"
	"smew/erase"
	"smew/feed"
	"smew/manifests"
	"smew/plan"
)

// State is what the head remembers of all that is loaded: the ledger of a feed on a cluster.
type State struct {
	Feed   string            `json:"feed"`
	Dumps  map[int64]*Dump   `json:"dumps"`
	Tables map[string]*Table `json:"tables"` // by delivered name
	// Published holds, of each table that readers have, the snapshot and its tag.
	Published map[string]Snapshot `json:"published"`
	// Definitions are those in force (R14); nil: none.
	Definitions *Definitions `json:"definitions,omitempty"`
	Choice      plan.Choice  `json:"choice"` // of tables
	// Attempts are the manifests that the tables do not reflect, by key.
	Attempts map[string]Attempt `json:"attempts,omitempty"`
	Reports  map[string]Report  `json:"sync_reports,omitempty"` // by key
	Erased   erase.Memory       `json:"erased"`
	// Erasing are ids whose rows are to be removed: an erasure is under way, or came to no end.
	Erasing []int64 `json:"erasing,omitempty"`
	// Unwiped says that rows were removed and that files of old snapshots may still hold them.
	Unwiped bool `json:"unwiped,omitempty"`
}

// Definitions is a file of property definitions that could be understood.
type Definitions struct {
	Dump int64  `json:"dump_id"`
	Body string `json:"body"`
}

// Snapshot is a state of a table, as Iceberg names it.
type Snapshot struct {
	ID  string `json:"snapshot"`
	Tag string `json:"tag"`
}

// Dump is a loaded dump.
type Dump struct {
	Manifests      []manifests.ID `json:"manifests"` // the first is the one it was loaded by
	Digest         string         `json:"digest"`
	LoadedAt       time.Time      `json:"loaded_at"`
	Tables         []Delivery     `json:"tables"`
	DefinitionsKey string         `json:"definitions,omitempty"` // of its property definitions, as its manifest names them
	// Definitions says what is wrong with the dump's property definitions; "": nothing, or there are none.
	Definitions string `json:"definitions_problem,omitempty"`
}

// Delivery is a table of a loaded dump.
type Delivery struct {
	Name  string `json:"name"`
	Place int    `json:"place"`
	Full  bool   `json:"full"`
	Read  bool   `json:"read"` // false: a later full resync had replaced it
	Files int    `json:"files"`
	Rows  int64  `json:"rows"` // that were read
	List  int    `json:"list"` // its columns, in the table's Lists
	// Of the rows those that went to meta.quarantine, and those that were kept out or removed as an erased person's.
	Quarantined int64 `json:"quarantined,omitempty"`
	Erased      int64 `json:"erased,omitempty"`
}

// Held are the rows that raw got.
func (d Delivery) Held() int64 { return d.Rows - d.Quarantined - d.Erased }

// Table is a delivered table and where its rows are.
type Table struct {
	Stored     string            `json:"stored"`
	FirstDump  int64             `json:"first_dump"` // the lowest that names it
	FirstPlace int               `json:"first_place"`
	Resync     int64             `json:"resync"`  // the highest full resync; -1: none
	Columns    map[string]string `json:"columns"` // delivered names to stored ones
	Lists      []List            `json:"lists"`   // the different lists of columns that dumps had
}

// List is what a dump says of a table's columns.
type List struct {
	Listed   []string `json:"listed"`
	Unlisted []string `json:"unlisted"` // only parts bring them
}

func newState(name string) *State {
	return &State{Feed: name, Dumps: map[int64]*Dump{}, Tables: map[string]*Table{}, Published: map[string]Snapshot{},
		Attempts: map[string]Attempt{}, Reports: map[string]Report{}}
}

// clone copies what a dump changes.
func (s *State) clone() *State {
	c := *s
	c.Dumps, c.Tables, c.Published, c.Attempts, c.Reports = maps.Clone(s.Dumps), map[string]*Table{}, maps.Clone(s.Published), maps.Clone(s.Attempts), maps.Clone(s.Reports)
	c.Erased, c.Erasing = s.Erased.Clone(), slices.Clone(s.Erasing)
	for name, t := range s.Tables {
		copied := *t
		copied.Columns, copied.Lists = maps.Clone(t.Columns), slices.Clone(t.Lists)
		c.Tables[name] = &copied
	}
	return &c
}

// ledger is what a plan needs to know.
func (s *State) ledger() plan.Ledger {
	l := plan.Ledger{Dumps: map[int64]plan.Loaded{}, Resyncs: map[string]int64{}, Choice: s.Choice}
	for id, d := range s.Dumps {
		l.Dumps[id] = plan.Loaded{Key: d.Manifests[0].Key, Digest: d.Digest}
	}
	for name, t := range s.Tables {
		if t.Resync >= 0 {
			l.Resyncs[name] = t.Resync
		}
	}
	return l
}

// manifests are those that need not be read again.
func (s *State) manifests() map[manifests.ID]bool {
	known := map[manifests.ID]bool{}
	for _, d := range s.Dumps {
		for _, id := range d.Manifests {
			known[id] = true
		}
	}
	return known
}

// table is the one of that name, which may be new.
func (s *State) table(name string) *Table {
	if t := s.Tables[name]; t != nil {
		return t
	}
	taken := map[string]bool{}
	for _, t := range s.Tables {
		taken[t.Stored] = true
	}
	t := &Table{Stored: storedName(name, "t", taken), FirstDump: -1, Resync: -1, Columns: map[string]string{}}
	for _, c := range plan.BuiltIn(name) {
		t.Columns[c] = c
	}
	s.Tables[name] = t
	return t
}

// add counts a dump's table into its place, resync, columns and lists. It returns the table.
func (s *State) add(dump int64, d *Delivery, l List) *Table {
	t := s.table(d.Name)
	if t.FirstDump < 0 || dump < t.FirstDump {
		t.FirstDump, t.FirstPlace = dump, d.Place
	}
	if !d.Read {
		return t
	}
	if d.Full {
		t.Resync = max(t.Resync, dump)
	}
	d.List = slices.IndexFunc(t.Lists, func(o List) bool {
		return slices.Equal(o.Listed, l.Listed) && slices.Equal(o.Unlisted, l.Unlisted)
	})
	if d.List < 0 {
		d.List = len(t.Lists)
		t.Lists = append(t.Lists, l)
	}
	taken := map[string]bool{}
	for _, stored := range t.Columns {
		taken[stored] = true
	}
	for _, name := range slices.Concat(l.Listed, l.Unlisted) {
		if _, ok := t.Columns[name]; !ok {
			t.Columns[name] = storedName(name, "c", taken)
			taken[t.Columns[name]] = true
		}
	}
	return t
}

// stored are the table's columns in storage: the built-in ones, then the others by name.
func (t *Table) stored(table string) []string {
	own := plan.BuiltIn(table)
	others := slices.Collect(maps.Values(t.Columns))
	others = slices.DeleteFunc(others, func(c string) bool { return slices.Contains(own, c) })
	slices.Sort(others)
	return append(slices.Clone(own), others...)
}

// live are the columns of a table's live dumps, in order (R10).
func (s *State) live(name string) []plan.Column {
	t := s.Tables[name]
	var all []plan.Column
	for id, d := range s.Dumps {
		for _, delivery := range d.Tables {
			if delivery.Name == name && delivery.Read && id >= t.Resync {
				l := t.Lists[delivery.List]
				all = append(all, plan.Appearances(id, l.Listed, l.Unlisted)...)
			}
		}
	}
	return plan.FirstAppearances(all)
}

// rows are how many rows were delivered in a table's live dumps.
func (s *State) rows(name string) (n int64) {
	for id, d := range s.Dumps {
		for _, delivery := range d.Tables {
			if delivery.Name == name && id >= s.Tables[name].Resync {
				n += delivery.Rows
			}
		}
	}
	return n
}

// kind is what the table's live columns make it (R4).
func (s *State) kind(name string) feed.Kind { return feed.KindOf(name, names(s.live(name))) }

func names(columns []plan.Column) []string {
	all := make([]string, len(columns))
	for i, c := range columns {
		all[i] = c.Name
	}
	return all
}

// inOrder are the tables in the order of their first naming, which decides between names that clash (R10).
func (s *State) inOrder() []string {
	return slices.SortedFunc(maps.Keys(s.Tables), func(a, b string) int {
		x, y := s.Tables[a], s.Tables[b]
		return cmp.Or(cmp.Compare(x.FirstDump, y.FirstDump), cmp.Compare(x.FirstPlace, y.FirstPlace))
	})
}

// define takes a dump's definitions into account: those of the highest dump whose file can be understood are in force (R14).
// It returns what is wrong with the file.
func (s *State) define(dump int64, d manifests.Definitions) error {
	if d.Key == "" || d.Problem != nil {
		return d.Problem
	}
	if _, err := define.Parse(d.Body); err != nil {
		return err
	}
	if s.Definitions == nil || s.Definitions.Dump < dump {
		s.Definitions = &Definitions{Dump: dump, Body: string(d.Body)}
	}
	return nil
}

// Properties is how many property definitions are in force.
func (s *State) Properties() int {
	if d := s.definitions(); d != nil {
		return len(d.Properties)
	}
	return 0
}

// definitions are those in force; nil: none.
func (s *State) definitions() *define.Definitions {
	if s.Definitions == nil {
		return nil
	}
	d, err := define.Parse([]byte(s.Definitions.Body))
	if err != nil { // an older smew could read them
		return nil
	}
	return d
}

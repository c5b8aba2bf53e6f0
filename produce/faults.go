package produce

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"smew/answer"
)

// What can be wrong on purpose.
const (
	truncatedPart   = "truncated-part"
	flippedBit      = "flipped-bit"
	missingPart     = "missing-part"
	emptyObject     = "empty-part"
	foreignPart     = "foreign-part"
	trailingBytes   = "trailing-bytes"
	wrongCount      = "wrong-count"
	invalidUTF8     = "invalid-utf8"
	badID           = "bad-id"
	tornManifest    = "torn-manifest"
	outsidePath     = "outside-path"
	twiceNamed      = "twice-named-table"
	duplicateID     = "duplicate-dump-id"
	changedManifest = "changed-manifest"
)

// faultKind is one thing that can be wrong.
type faultKind struct {
	name string
	part bool   // with a part; else with a manifest
	what string // is wrong
	must string // what a right consumer does, %d being the dump_id
}

const (
	refuseDump = "refuse dump %d whole, naming the part, and load the others"
	refuseThis = "refuse dump %d, naming the manifest, and load the others"
)

var faultKinds = []faultKind{
	{truncatedPart, true, "a part ends within a block", refuseDump},
	{flippedBit, true, "one bit of a part is another", refuseDump},
	{missingPart, true, "a listed part is not there", refuseDump},
	{emptyObject, true, "a listed part has no bytes", refuseDump},
	{foreignPart, true, "a listed part is no Avro file", refuseDump},
	{trailingBytes, true, "something follows the last block of a part", refuseDump},
	{wrongCount, true, "a block says that it has a row more than it has", refuseDump},
	{invalidUTF8, true, "a text is not UTF-8", refuseDump},
	{badID, true, "a user_id is no number", refuseDump + "; or, if it was told to, put the row aside and load the rest"},
	{tornManifest, false, "a manifest ends in its middle", refuseThis},
	{outsidePath, false, "a manifest lists a file that is not in the feed's bucket, or climbs out of it", refuseThis},
	{twiceNamed, false, "a manifest names a table twice", refuseThis},
	{duplicateID, false, "two manifests have one dump_id and differ", "load neither manifest of dump %d if none is loaded; if one was loaded before the other appeared, keep it; report the conflict and load the others"},
	{changedManifest, false, "a manifest is replaced after the next has appeared: its content is another, its tables are the same", "keep dump %d as it was loaded and report that its manifest has changed; a consumer that sees only the new one loads that, and holds the same rows"},
}

// FaultNames are the names of all faults.
func FaultNames() []string {
	var out []string
	for _, k := range faultKinds {
		out = append(out, k.name)
	}
	return out
}

// FaultMeaning says what is wrong with a feed that has the fault, and what a right consumer must do
// about it, %d standing for the dump_id; "" for an unknown name.
func FaultMeaning(name string) (wrong, must string) {
	for _, k := range faultKinds {
		if k.name == name {
			return k.what, k.must
		}
	}
	return "", ""
}

// fault is something wrong with a dump.
type fault struct {
	faultKind
	table, nth int    // which part, in the dump's tables
	object     string // key of what is wrong, known once it is written
}

// wish is a fault that waits for its dump.
type wish struct {
	faultKind
	dump int64 // -1: the next that will do
}

func (w wish) String() string {
	if w.dump < 0 {
		return w.name
	}
	return fmt.Sprintf("%s@%d", w.name, w.dump)
}

// faults puts what was wished for into dumps as they come, one into each.
type faults struct {
	wishes []wish
	seen   int // dumps
}

func newFaults(s *Scenario) (*faults, error) {
	f := &faults{}
	for _, text := range s.Faults {
		w, err := parseFault(text)
		if err != nil {
			return nil, err
		}
		f.wishes = append(f.wishes, w)
	}
	return f, nil
}

func parseFault(text string) (wish, error) {
	name, id, placed := strings.Cut(strings.TrimSpace(text), "@")
	w := wish{dump: -1}
	i := slices.IndexFunc(faultKinds, func(k faultKind) bool { return k.name == name })
	if i < 0 {
		return w, fmt.Errorf("there is no fault %q: there are %s", name, strings.Join(FaultNames(), ", "))
	}
	w.faultKind = faultKinds[i]
	if placed {
		n, err := strconv.ParseInt(id, 10, 64)
		if err != nil || n < 0 {
			return w, fmt.Errorf("fault %q: %q is no dump_id", text, id)
		}
		w.dump = n
	}
	return w, nil
}

// plant decides whether a dump gets a fault, and which. The first dump gets none unless it is
// named, so that there is something before.
func (f *faults) plant(d *dump, s *Scenario) error {
	f.seen++
	for i, w := range f.wishes {
		if w.dump != d.id && (w.dump >= 0 || f.seen == 1) {
			continue
		}
		planted := &fault{faultKind: w.faultKind}
		if w.part && !planted.place(d, s) {
			if w.dump < 0 {
				continue
			}
			return fmt.Errorf("fault %s: every part of the dump is empty or becomes invalid by a later full resync", w)
		}
		d.fault = planted
		f.wishes = slices.Delete(f.wishes, i, i+1)
		return nil
	}
	return nil
}

func (f *faults) missed() []string {
	var out []string
	for _, w := range f.wishes {
		out = append(out, w.String())
	}
	return out
}

// place finds a part that no later full resync makes invalid, in the middle of its table.
func (f *fault) place(d *dump, s *Scenario) bool {
	for _, n := range []tableNumber{pageviews, sessions, viewed, users, cart, checkout, orders} {
		for i := range d.tables {
			t := &d.tables[i]
			middle := len(t.parts) / 2
			if t.number != n || s.fullAfter(n.String(), d.day) || len(t.parts) == 0 || t.parts[middle].Len() == 0 {
				continue
			}
			f.table, f.nth = i, middle
			return true
		}
	}
	return false
}

// is reports whether a part of a dump is the one that is wrong.
func (f *fault) is(table, nth int) bool {
	return f != nil && f.part && f.table == table && f.nth == nth
}

// refused reports whether no consumer may load the dump because of its manifest.
func (f *fault) refused() bool {
	return f != nil && !f.part && f.name != changedManifest
}

func (f *fault) answer(d *dump) answer.Fault {
	must := f.must
	if strings.Contains(must, "%d") {
		must = fmt.Sprintf(must, d.id)
	}
	return answer.Fault{Name: f.name, DumpID: d.id, Object: f.object, Must: f.what + ": " + must}
}

// answer is the dump as a right consumer sees it.
func (d *dump) answer() answer.Dump {
	out := answer.Dump{ID: d.id, Refused: d.fault.refused()}
	if d.defines != noFile {
		out.Definitions, _ = definitionsText(d.defines) // the writer has read it already
	}
	for i, t := range d.tables {
		var columns []string
		for _, c := range t.columns {
			columns = append(columns, c.Name)
		}
		a := answer.Table{Name: t.number.String(), Columns: columns, Full: t.full}
		for n, p := range t.parts {
			a.Parts = append(a.Parts, answer.Part{Columns: columns, Rows: p, Broken: d.fault.is(i, n)})
		}
		out.Tables = append(out.Tables, a)
	}
	return out
}

// Package plan decides, purely, what a load has to do: which dumps are waiting
// and in which order they go, which parts each of them reads, what a full resync
// makes invalid, and what tables and columns are called. It reads and writes nothing.
package plan

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"smew/feed"
)

// Found is a manifest object that was read and understood.
type Found struct {
	Key, ETag string
	Manifest  *feed.Manifest
}

// Loaded is what the ledger knows of a dump in the database.
type Loaded struct {
	Key    string // of the manifest it was loaded by
	Digest string // of that manifest's content
}

// Ledger is what the database already holds, as far as a plan needs it.
type Ledger struct {
	Dumps map[int64]Loaded
	// Resyncs holds, by delivered table name, the highest loaded dump that is a
	// full resync of the table: rows of dumps below it are invalid (R5).
	Resyncs map[string]int64
	Choice  Choice // of tables
}

// Dump is a dump that waits to be loaded.
type Dump struct {
	ID     int64
	Key    string // of its manifest
	ETag   string
	Digest string
	// Copies are other manifest objects with the same content (R1).
	Copies      []Found
	Tables      []Table
	Definitions string // as the manifest names the file; "": none
}

// Table is one table of a dump.
type Table struct {
	Name    string // as delivered
	Place   int    // in the manifest, from 1
	Full    bool   // replaces what dumps below delivered; user_migrations always does (R5)
	Columns []string
	Parts   []Part
}

// Part is one listed file.
type Part struct {
	Place int    // in the manifest's list, from 1
	Key   string // in the feed's bucket
}

// Problem is something in the feed that the database does not reflect.
type Problem struct {
	DumpID int64 // -1: not known
	Key    string
	ETag   string
	Err    error
}

func (p Problem) Error() string { return p.Key + ": " + p.Err.Error() }

// What a Problem's Err wraps.
var (
	ErrConflict = errors.New("another manifest has the same dump_id and other content")
	ErrChanged  = errors.New("the manifest changed after its dump was loaded")
)

// Plan is what one look at a feed leads to.
type Plan struct {
	Dumps    []Dump // in the order to load them; see New
	Problems []Problem
	// Known are manifests of dumps that are loaded already, with equal content:
	// worth noting, so that they are not read again.
	Known []Found
}

// New plans the loading of what was found. Of two manifests with one dump_id equal
// content is one dump; where they differ the loaded one stays, and if none is
// loaded none loads (R1). A manifest that lists a file outside the feed loads
// nothing (R3).
//
// The result of loading never depends on the order (R2). New puts those dumps first,
// highest first, whose full resync spares reading parts of others that wait;
// the rest goes by dump_id.
func New(found []Found, ledger Ledger, src Source) Plan {
	var p Plan
	byID := map[int64][]Found{}
	for _, f := range found {
		byID[f.Manifest.DumpID] = append(byID[f.Manifest.DumpID], f)
	}
	for id, same := range byID {
		slices.SortFunc(same, func(a, b Found) int { return cmp.Compare(a.Key, b.Key) })
		if loaded, ok := ledger.Dumps[id]; ok {
			p.compare(loaded, same)
			continue
		}
		p.propose(id, same, src)
	}
	p.Dumps = order(p.Dumps, ledger)
	slices.SortFunc(p.Problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.DumpID, b.DumpID), cmp.Compare(a.Key, b.Key))
	})
	slices.SortFunc(p.Known, func(a, b Found) int { return cmp.Compare(a.Key, b.Key) })
	return p
}

// compare holds manifests against the dump that was loaded under their dump_id.
func (p *Plan) compare(loaded Loaded, same []Found) {
	for _, f := range same {
		if f.Manifest.Digest() == loaded.Digest {
			p.Known = append(p.Known, f)
			continue
		}
		err := fmt.Errorf("dump %d: %w (it was loaded from %s)", f.Manifest.DumpID, ErrConflict, loaded.Key)
		if f.Key == loaded.Key {
			err = fmt.Errorf("dump %d: %w", f.Manifest.DumpID, ErrChanged)
		}
		p.Problems = append(p.Problems, Problem{f.Manifest.DumpID, f.Key, f.ETag, err})
	}
}

func (p *Plan) propose(id int64, same []Found, src Source) {
	digest := same[0].Manifest.Digest()
	for _, f := range same[1:] {
		if f.Manifest.Digest() == digest {
			continue
		}
		for _, f := range same {
			err := fmt.Errorf("dump %d: %w, so neither is loaded: %s and %s", id, ErrConflict, same[0].Key, same[len(same)-1].Key)
			p.Problems = append(p.Problems, Problem{id, f.Key, f.ETag, err})
		}
		return
	}
	d, err := dumpOf(same, src)
	if err != nil {
		p.Problems = append(p.Problems, Problem{id, same[0].Key, same[0].ETag, err})
		return
	}
	p.Dumps = append(p.Dumps, d)
}

// dumpOf is the dump of manifests with equal content.
func dumpOf(same []Found, src Source) (Dump, error) {
	first := same[0]
	tables, err := tablesOf(first.Manifest, src)
	if err != nil {
		return Dump{}, fmt.Errorf("dump %d: %w", first.Manifest.DumpID, err)
	}
	return Dump{
		ID: first.Manifest.DumpID, Key: first.Key, ETag: first.ETag, Digest: first.Manifest.Digest(),
		Copies: same[1:], Tables: tables, Definitions: first.Manifest.PropertyDefinitions,
	}, nil
}

// tablesOf resolves a manifest's files (R3). user_migrations comes first, as the
// rows of all other tables are stored with their canonical id.
func tablesOf(m *feed.Manifest, src Source) ([]Table, error) {
	tables := make([]Table, 0, len(m.Tables))
	files := src.resolver()
	for i, t := range m.Tables {
		table := Table{Name: t.Name, Place: i + 1, Full: !t.Incremental || t.Name == Migrations, Columns: t.Columns}
		for j, ref := range t.Files {
			key, err := files.key(ref)
			if err != nil {
				return nil, fmt.Errorf("table %q: %w", t.Name, err)
			}
			table.Parts = append(table.Parts, Part{Place: j + 1, Key: key})
		}
		tables = append(tables, table)
	}
	slices.SortStableFunc(tables, func(a, b Table) int { return rank(a) - rank(b) })
	return tables, nil
}

// Migrations is the table that maps ids to ids.
const Migrations = "user_migrations"

func rank(t Table) int {
	if t.Name == Migrations {
		return 0
	}
	return 1
}

// Spared says whether the table's parts are left unread, because it is not wanted or the ledger
// holds a full resync that makes their rows invalid (R5).
func (l Ledger) Spared(d Dump, t Table) bool { return !l.Choice.Has(t.Name) || d.ID < l.mark(t.Name) }

func (l Ledger) mark(table string) int64 {
	if mark, ok := l.Resyncs[table]; ok {
		return mark
	}
	return -1
}

// order sorts dumps for loading.
func order(dumps []Dump, ledger Ledger) []Dump {
	lowest, resync := map[string]int64{}, map[string]int64{}
	for _, d := range dumps {
		for _, t := range d.Tables {
			if low, ok := lowest[t.Name]; !ok || d.ID < low {
				lowest[t.Name] = d.ID
			}
			if mark, ok := resync[t.Name]; t.Full && d.ID > ledger.mark(t.Name) && (!ok || d.ID > mark) {
				resync[t.Name] = d.ID
			}
		}
	}
	first := func(d Dump) bool {
		return slices.ContainsFunc(d.Tables, func(t Table) bool {
			mark, ok := resync[t.Name]
			return ok && mark == d.ID && lowest[t.Name] < d.ID
		})
	}
	slices.SortFunc(dumps, func(a, b Dump) int {
		switch fa, fb := first(a), first(b); {
		case fa && fb:
			return cmp.Compare(b.ID, a.ID)
		case fa:
			return -1
		case fb:
			return 1
		}
		return cmp.Compare(a.ID, b.ID)
	})
	return dumps
}

// Again returns those of the failed dumps that now have less to read than when
// they failed, because another dump's full resync was loaded since: they are worth
// another try in the same run (R5).
func Again(failed []Dump, before, after Ledger) []Dump {
	return slices.DeleteFunc(slices.Clone(failed), func(d Dump) bool {
		return !slices.ContainsFunc(d.Tables, func(t Table) bool {
			return after.Spared(d, t) && !before.Spared(d, t) && len(t.Parts) > 0
		})
	})
}

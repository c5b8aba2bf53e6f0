// Package oracle reads what a directory feed means independently of smew. [Tables] reads manifests
// by encoding/json and parts by goavro, and has package answer compute every table that main must
// show after the feed was loaded; [Compare] holds such a table against another one; [NewWorld]
// writes small adversarial feeds to try a loader with.
//
// It shares no code with the loader. It is slow, keeps everything in memory and is meant for tests.
package oracle

import (
	"fmt"
	"io/fs"
	"slices"

	"smew/answer"
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

// Tables returns every table that main must show, by shown name, after the
// dumps of the feed in fsys were loaded: the delivered tables and all_events,
// but not enhanced_users. Objects that are no valid manifest are passed over,
// and so are dumps named by two manifests that differ (R1).
func Tables(fsys fs.FS, o Options) (map[string]*Table, error) {
	dumps, err := Dumps(fsys)
	if err != nil {
		return nil, err
	}
	key := &answer.Key{}
	for _, d := range dumps {
		key.Add(d)
	}
	if o.Loaded != nil {
		if err := allCount(key, dumps, o.Loaded); err != nil {
			return nil, err
		}
	}
	shown, err := key.Tables(o.Loaded)
	if err != nil {
		return nil, err
	}
	tables := map[string]*Table{}
	for name, s := range shown {
		t := &Table{Columns: s.Columns}
		for row := range s.Rows() {
			t.Rows = append(t.Rows, slices.Clone(row))
		}
		tables[name] = t
	}
	return tables, nil
}

// Dumps returns the dumps of the feed, in order of dump_id. A part that cannot be read is broken.
func Dumps(fsys fs.FS) ([]answer.Dump, error) {
	manifests, err := readManifests(fsys)
	if err != nil {
		return nil, err
	}
	parts := &partReader{fsys: fsys, read: map[string]*part{}}
	var dumps []answer.Dump
	for _, m := range manifests {
		dumps = append(dumps, m.dump(parts))
	}
	return dumps, nil
}

// allCount says which dump cannot be read although it is said to be loaded.
func allCount(key *answer.Key, dumps []answer.Dump, loaded func(dumpID int64) bool) error {
	counted, err := key.Counted(loaded)
	if err != nil {
		return err
	}
	for _, d := range dumps {
		if loaded(d.ID) && !slices.Contains(counted, d.ID) {
			return fmt.Errorf("read dump %d: a part that is needed is missing or damaged", d.ID)
		}
	}
	return nil
}

// dump is what the manifest delivers. A part that cannot be read is broken.
func (m *manifest) dump(parts *partReader) answer.Dump {
	d := answer.Dump{ID: *m.DumpID, Definitions: m.definitions(parts.fsys)}
	for _, t := range m.Tables {
		table := answer.Table{Name: t.Name, Columns: t.Columns, Full: t.full()}
		for _, f := range t.Files {
			p, err := parts.part(t.Name, f)
			if err != nil {
				table.Parts = append(table.Parts, answer.Part{Broken: true})
				continue
			}
			table.Parts = append(table.Parts, answer.Part{Columns: p.fields, Rows: p})
		}
		d.Tables = append(d.Tables, table)
	}
	return d
}

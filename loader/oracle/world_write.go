package oracle

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path"
	"slices"

	"github.com/linkedin/goavro/v2"
)

// dump is what the generator made up for one dump.
type dump struct {
	id         int64
	deliveries []*delivered
	stray      map[string][]byte // objects that no manifest lists
	again      bool              // a second manifest of equal content
}

// delivered is one table of a dump.
type delivered struct {
	table       string
	columns     []string
	incremental bool
	parts       []writtenPart // in the manifest's order
}

type writtenPart struct {
	path    string
	content []byte
}

// field is a field of a part's record. Rows hold nil or values of the type's
// native Go type.
type field struct {
	name   string
	typ    string // long, int, string, double, boolean
	schema any    // the type or a union of it with null
}

// encodePart writes rows as an object container file, in blocks of the given
// number of rows.
func encodePart(record, codec string, sync [16]byte, fields []field, rows [][]any, block int) ([]byte, error) {
	described := []map[string]any{}
	for _, f := range fields {
		described = append(described, map[string]any{"name": f.name, "type": f.schema})
	}
	schema, err := json.Marshal(map[string]any{"type": "record", "name": record, "fields": described})
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	w, err := goavro.NewOCFWriter(goavro.OCFConfig{
		W: &out, Schema: string(schema), CompressionName: codec, SyncMarker: sync})
	if err != nil {
		return nil, err
	}
	for chunk := range slices.Chunk(rows, block) {
		var records []any
		for _, r := range chunk {
			record := map[string]any{}
			for i, f := range fields {
				record[f.name] = native(f, r[i])
			}
			records = append(records, record)
		}
		if err := w.Append(records); err != nil {
			return nil, err
		}
	}
	return out.Bytes(), nil
}

// native is the value as goavro wants it.
func native(f field, v any) any {
	if _, union := f.schema.([]string); union && v != nil {
		return goavro.Union(f.typ, v)
	}
	return v
}

// write puts the dump into the directory, its manifests last.
func (w *World) write(d *dump) error {
	type table struct {
		Name        string   `json:"name"`
		Files       []string `json:"files"`
		Columns     []string `json:"columns"`
		Incremental bool     `json:"incremental"`
	}
	manifest := struct {
		DumpID      int64   `json:"dump_id"`
		Tables      []table `json:"tables"`
		Definitions *string `json:"property_definitions"`
	}{DumpID: d.id, Tables: []table{}}
	objects := map[string][]byte{}
	var order []string
	add := func(path string, content []byte) {
		objects[path] = content
		order = append(order, path)
	}
	for path, content := range d.stray {
		add(path, content)
	}
	for _, t := range d.deliveries {
		files := []string{}
		for _, p := range t.parts {
			add(p.path, p.content)
			files = append(files, "s3://csq-rs3-world/"+p.path)
		}
		manifest.Tables = append(manifest.Tables, table{t.table, files, t.columns, t.incremental})
	}
	text, err := json.MarshalIndent(manifest, "", "  ")
	if err != nil {
		return err
	}
	add(fmt.Sprintf("manifests/sync_%d.json", d.id), text)
	if d.again {
		if text, err = json.Marshal(manifest); err != nil {
			return err
		}
		add(path.Join("manifests", "again", fmt.Sprintf("%d.json", d.id)), text)
	}
	for _, path := range order {
		if err := put(w.Dir, path, objects[path]); err != nil {
			return err
		}
	}
	w.objects[d.id] = order
	return nil
}

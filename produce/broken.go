package produce

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"smew/avro"
)

// brokenPart returns the bytes of a part in which something is wrong; nil for one that is not
// there. It holds the part in memory.
func brokenPart(f *fault, p part, columns []avro.Column, key, codec string) ([]byte, error) {
	switch f.name {
	case missingPart:
		return nil, nil
	case emptyObject:
		return []byte{}, nil
	case foreignPart:
		return []byte("PAR1" + strings.Repeat("not Avro", 64) + "PAR1"), nil
	case invalidUTF8:
		// A codec that does not hide the text; the writer itself refuses what is not UTF-8.
		whole, _, err := encodePart(&marked{p, columns}, columns, key, "null")
		return bytes.Replace(whole, []byte(utf8Mark), []byte(strings.Repeat("\xff", len(utf8Mark))), 1), err
	case badID:
		texts := textIDs(columns)
		whole, _, err := encodePart(&asTexts{p, columns, texts}, texts, key, codec)
		return whole, err
	}
	whole, header, err := encodePart(p, columns, key, codec)
	if err != nil {
		return nil, err
	}
	switch f.name {
	case truncatedPart:
		return whole[:len(whole)-len(whole[header:])/3-1], nil
	case trailingBytes:
		return append(whole, "trailing bytes\n"...), nil
	case flippedBit:
		at := len(whole) - 1 // in the marker behind the last block
		if codec == "snappy" {
			at -= markerBytes + 4 // in what its checksum is of
		}
		whole[at] ^= 1 << 4
		return whole, nil
	case wrongCount:
		rows, n := binary.Varint(whole[header:])
		out := binary.AppendVarint(bytes.Clone(whole[:header]), rows+1)
		return append(out, whole[header+n:]...), nil
	}
	return nil, fmt.Errorf("fault %q is not one of a part", f.name)
}

const markerBytes = 16

// encodePart returns a part's bytes and the size of its header.
func encodePart(p part, columns []avro.Column, key, codec string) (whole []byte, header int, err error) {
	r, err := newPartReader(p, columns, key, codec)
	if err != nil {
		return nil, 0, err
	}
	header = r.block.Len()
	whole, err = io.ReadAll(r)
	return whole, header, err
}

const utf8Mark = "\x01not UTF-8\x01"

// marked is a part whose middle row has a text that is to be replaced.
type marked struct {
	part
	columns []avro.Column
}

func (m *marked) write(w *avro.Writer, i int) error {
	if i != m.Len()/2 {
		return m.part.write(w, i)
	}
	done := false
	for n, c := range m.columns {
		if c.Kind == avro.Text && !done {
			w.Text(utf8Mark)
			done = true
			continue
		}
		writeValue(w, m.Value(i, n))
	}
	return w.EndRow()
}

// textIDs are columns whose user_id is text, as ids may come.
func textIDs(columns []avro.Column) []avro.Column {
	out := append([]avro.Column(nil), columns...)
	for i, c := range out {
		if c.Name == "user_id" {
			out[i].Kind = avro.Text
		}
	}
	return out
}

// asTexts is a part with such columns, whose middle row has a user_id that is no number.
type asTexts struct {
	part
	columns, texts []avro.Column
}

func (a *asTexts) write(w *avro.Writer, i int) error {
	for n, c := range a.columns {
		v := a.Value(i, n)
		if c.Kind != a.texts[n].Kind {
			v = strconv.FormatInt(v.(int64), 10)
			if i == a.Len()/2 {
				v = "not a number"
			}
		}
		writeValue(w, v)
	}
	return w.EndRow()
}

// brokenManifest returns a manifest's text with something wrong.
func brokenManifest(f *fault, text []byte, bucketName string) ([]byte, error) {
	switch f.name {
	case tornManifest:
		return text[:len(text)*2/3], nil
	case changedManifest:
		return edit(text, func(m map[string]any) { m["rewritten"] = true })
	case duplicateID:
		return edit(text, func(m map[string]any) {
			tables := m["tables"].([]any)
			m["tables"] = tables[:len(tables)-1]
		})
	case twiceNamed:
		return edit(text, func(m map[string]any) {
			tables := m["tables"].([]any)
			m["tables"] = append(tables, tables[0])
		})
	case outsidePath:
		return edit(text, func(m map[string]any) { leadOutside(m["tables"].([]any), bucketName) })
	}
	return text, nil
}

// leadOutside makes the last listed file one of another bucket; or, where no other file names the
// feed's own, one that climbs out of its folder.
func leadOutside(tables []any, bucketName string) {
	files := 0
	var last map[string]any
	for _, t := range tables {
		if n := len(t.(map[string]any)["files"].([]any)); n > 0 {
			files, last = files+n, t.(map[string]any)
		}
	}
	if files > 1 {
		list := last["files"].([]any)
		own := list[len(list)-1].(string)
		list[len(list)-1] = strings.Replace(own, "s3://"+bucketName+"/", "s3://"+bucketName+"-of-someone-else/", 1)
		return
	}
	table := tables[0].(map[string]any)
	table["files"] = append(table["files"].([]any), "s3://"+bucketName+"/../outside.avro")
}

// edit changes what JSON says; numbers stay as they are.
func edit(text []byte, change func(map[string]any)) ([]byte, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var m map[string]any
	if err := decoder.Decode(&m); err != nil {
		return nil, fmt.Errorf("edit manifest: %w", err)
	}
	change(m)
	out, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("edit manifest: %w", err)
	}
	return append(out, '\n'), nil
}

package oracle

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"strconv"

	"github.com/linkedin/goavro/v2"

	"smew/answer"
)

// part is a part file: its record's fields in order, its rows in order.
type part struct {
	fields []string
	rows   []row
}

// row is a row of a part: values by column name, nil or missing for NULL, int64 for ids, string
// for all else.
type row map[string]any

func (p *part) Len() int { return len(p.rows) }

func (p *part) Value(row, column int) any { return p.rows[row][p.fields[column]] }

// partReader reads each part once.
type partReader struct {
	fsys fs.FS
	read map[string]*part // by table and file
}

// part returns the part that the manifest calls file, its values as rows of
// the table.
func (r *partReader) part(table, file string) (*part, error) {
	name := table + "\x00" + file
	if p, ok := r.read[name]; ok {
		return p, nil
	}
	_, key, _ := splitFile(file)
	data, err := fs.ReadFile(r.fsys, key)
	if err != nil {
		return nil, err
	}
	p, err := parsePart(table, data)
	if err != nil {
		return nil, fmt.Errorf("read part %q: %w", key, err)
	}
	r.read[name] = p
	return p, nil
}

func parsePart(table string, data []byte) (*part, error) {
	reader, err := goavro.NewOCFReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	var schema struct {
		Fields []struct {
			Name string `json:"name"`
		} `json:"fields"`
	}
	if err := json.Unmarshal(reader.MetaData()["avro.schema"], &schema); err != nil {
		return nil, err
	}
	p := &part{}
	for _, f := range schema.Fields {
		p.fields = append(p.fields, f.Name)
	}
	for reader.Scan() {
		record, err := reader.Read()
		if err != nil {
			return nil, err
		}
		fields, ok := record.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("row %d is a %T", len(p.rows), record)
		}
		r := row{}
		for column, v := range fields {
			if r[column], err = value(table, column, v); err != nil {
				return nil, fmt.Errorf("row %d: column %q: %w", len(p.rows), column, err)
			}
		}
		p.rows = append(p.rows, r)
	}
	return p, reader.Err()
}

// value turns what goavro decoded into nil, int64 (ids) or string.
func value(table, column string, v any) (any, error) {
	if union, ok := v.(map[string]any); ok && len(union) == 1 {
		for _, member := range union {
			v = member
		}
	}
	if v == nil {
		return nil, nil
	}
	text, err := textOf(v)
	if err != nil || !answer.IsID(table, column) {
		return text, err
	}
	return strconv.ParseInt(text, 10, 64)
}

func textOf(v any) (string, error) {
	switch v := v.(type) {
	case string:
		return v, nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	case int32:
		return strconv.FormatInt(int64(v), 10), nil
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64), nil
	case bool:
		return strconv.FormatBool(v), nil
	}
	return "", fmt.Errorf("no rule for a value of type %T", v)
}

package oracle

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/linkedin/goavro/v2"
)

// delivery is a table of a dump. Each part is text: a line of fields
// ("name" or "name:type", ids being long and all else string), then a line per
// row, values parted by |, - for NULL, ” for the empty text.
type delivery struct {
	table   string
	full    bool
	columns string // listed in the manifest, parted by |; "=" for those of the first part
	parts   []string
}

func inc(table, columns string, parts ...string) delivery {
	return delivery{table, false, columns, parts}
}

func full(table, columns string, parts ...string) delivery {
	return delivery{table, true, columns, parts}
}

type handFeed struct {
	t  *testing.T
	fs fstest.MapFS
}

func newHandFeed(t *testing.T) handFeed {
	return handFeed{t, fstest.MapFS{"manifests": {Mode: 0o755 | 1<<31}}}
}

// dump adds a dump. Part files are named so that their names sort backwards.
func (f handFeed) dump(id int64, deliveries ...delivery) handFeed {
	f.t.Helper()
	tables := []map[string]any{}
	for i, d := range deliveries {
		files := []string{}
		for j, text := range d.parts {
			key := fmt.Sprintf("sync_%d/%d/part-%05d.avro", id, i, 99-j)
			f.fs[key] = &fstest.MapFile{Data: handPart(f.t, text)}
			files = append(files, "s3://bucket/"+key)
		}
		columns := strings.Split(d.columns, "|")
		if d.columns == "=" {
			header, _, _ := strings.Cut(d.parts[0], "\n")
			columns = nil
			for field := range strings.SplitSeq(header, "|") {
				name, _, _ := strings.Cut(field, ":")
				columns = append(columns, name)
			}
		}
		tables = append(tables, map[string]any{
			"name": d.table, "files": files, "columns": columns, "incremental": !d.full})
	}
	text, err := json.Marshal(map[string]any{"dump_id": id, "tables": tables})
	if err != nil {
		f.t.Fatal(err)
	}
	return f.file(fmt.Sprintf("manifests/sync_%d.json", id), string(text))
}

func (f handFeed) file(key, content string) handFeed {
	f.fs[key] = &fstest.MapFile{Data: []byte(content)}
	return f
}

func handPart(t *testing.T, text string) []byte {
	t.Helper()
	lines := strings.Split(text, "\n")
	var names, types []string
	var fields []map[string]any
	for field := range strings.SplitSeq(lines[0], "|") {
		name, typ, ok := strings.Cut(field, ":")
		if !ok && strings.HasSuffix(name, "_id") {
			typ = "long"
		} else if !ok {
			typ = "string"
		}
		names, types = append(names, name), append(types, typ)
		fields = append(fields, map[string]any{"name": name, "type": []string{"null", typ}})
	}
	schema, _ := json.Marshal(map[string]any{"type": "record", "name": "r", "fields": fields})
	var out bytes.Buffer
	w, err := goavro.NewOCFWriter(goavro.OCFConfig{W: &out, Schema: string(schema)})
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines[1:] {
		record := map[string]any{}
		for i, v := range strings.Split(line, "|") {
			record[names[i]] = handValue(t, types[i], v)
		}
		if err := w.Append([]any{record}); err != nil {
			t.Fatal(err)
		}
	}
	return out.Bytes()
}

func handValue(t *testing.T, typ, v string) any {
	t.Helper()
	if v == "-" {
		return nil
	}
	var member any = strings.Trim(v, "'")
	var err error
	switch typ {
	case "long", "int":
		member, err = strconv.ParseInt(v, 10, 64)
	case "double":
		member, err = strconv.ParseFloat(v, 64)
	case "boolean":
		member, err = strconv.ParseBool(v)
	}
	if err != nil {
		t.Fatal(err)
	}
	return goavro.Union(typ, member)
}

// handTable reads an expected table: a line of columns, then rows; whole
// numbers are ids, - is NULL, all else text, in ” if it would be one of these.
func handTable(text string) *Table {
	lines := strings.Split(text, "\n")
	table := &Table{Columns: strings.Split(lines[0], "|")}
	for _, line := range lines[1:] {
		var r []any
		for v := range strings.SplitSeq(line, "|") {
			if n, err := strconv.ParseInt(v, 10, 64); err == nil {
				r = append(r, n)
			} else if v == "-" {
				r = append(r, nil)
			} else {
				r = append(r, strings.Trim(v, "'"))
			}
		}
		table.Rows = append(table.Rows, r)
	}
	return table
}

// check holds the named tables of the feed against what is expected of them;
// "" stands for a table that must not exist.
func (f handFeed) check(o Options, want map[string]string) {
	f.t.Helper()
	got, err := Tables(f.fs, o)
	if err != nil {
		f.t.Fatal(err)
	}
	for name, text := range want {
		var table *Table
		if text != "" {
			table = handTable(text)
		}
		if err := Compare(table, got[name]); err != nil {
			f.t.Errorf("table %q: %v", name, err)
		}
	}
}

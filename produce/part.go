package produce

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/linkedin/goavro/v2"

	"smew/feed"
)

// rowsPerBlock makes parts of several blocks, as real ones are.
const rowsPerBlock = 200

// writePart writes rows as an Avro object container file.
func writePart(w io.Writer, table string, columns []string, rows []row, codec string) error {
	schema, err := avroSchema(table, columns)
	if err != nil {
		return fmt.Errorf("describe table %q: %w", table, err)
	}
	ocf, err := goavro.NewOCFWriter(goavro.OCFConfig{W: w, Schema: schema, CompressionName: codec})
	if err != nil {
		return fmt.Errorf("begin part of table %q: %w", table, err)
	}
	for len(rows) > 0 {
		n := min(len(rows), rowsPerBlock)
		block := make([]any, n)
		for i, r := range rows[:n] {
			block[i] = avroRecord(columns, r)
		}
		if err := ocf.Append(block); err != nil {
			return fmt.Errorf("encode rows of table %q: %w", table, err)
		}
		rows = rows[n:]
	}
	return nil
}

// avroSchema describes a part as the vendor's writer does: ids are long, the
// rest text, and everything may be NULL.
func avroSchema(table string, columns []string) (string, error) {
	type column struct {
		Name string   `json:"name"`
		Type []string `json:"type"`
	}
	fields := make([]column, len(columns))
	for i, name := range columns {
		fields[i] = column{name, []string{avroType(table, name), "null"}}
	}
	schema, err := json.Marshal(map[string]any{"type": "record", "name": "topLevelRecord", "fields": fields})
	return string(schema), err
}

func avroType(table, column string) string {
	if feed.IsID(table, column) {
		return "long"
	}
	return "string"
}

func avroRecord(columns []string, r row) map[string]any {
	record := make(map[string]any, len(columns))
	for _, column := range columns {
		switch v := r[column].(type) {
		case int64:
			record[column] = goavro.Union("long", v)
		case string:
			record[column] = goavro.Union("string", v)
		default:
			record[column] = nil
		}
	}
	return record
}

package export

import (
	"fmt"
	"slices"
	"strings"

	"smew/duck"
)

// contentTypes of files that are not compressed.
var contentTypes = map[Format]string{
	CSV: "text/csv; charset=utf-8", JSON: "application/json", JSONLines: "application/x-ndjson", Parquet: "application/vnd.apache.parquet",
}

func (s Sync) contentType() string {
	if len(s.Encrypt) > 0 {
		return "application/octet-stream"
	}
	switch s.Compression {
	case "gzip":
		return "application/gzip"
	case "zstd":
		return "application/zstd"
	}
	return contentTypes[s.format()]
}

// rendered is a query of columns c1 … as the format needs them, under the names that they have in the files.
func rendered(f Format, columns []column, from string) string {
	parts := make([]string, len(columns))
	for i, c := range columns {
		parts[i] = render(f, c.Type, fmt.Sprintf("c%d", i+1)) + " AS " + duck.Quote(c.Name)
	}
	return "SELECT " + strings.Join(parts, ", ") + " FROM " + from
}

// render is a value as the format can hold it: CSV gets nested values as JSON; JSON has neither NaN nor infinity, which
// become null; and Parquet has no integers beyond 64 bits, of which DuckDB would make doubles.
func render(f Format, kind, value string) string {
	switch {
	case f == CSV && nested(kind):
		return "to_json(" + value + ")::VARCHAR"
	case (f == JSON || f == JSONLines) && (kind == "DOUBLE" || kind == "FLOAT"):
		return "CASE WHEN isfinite(" + value + ") THEN " + value + " END"
	case f == Parquet && (kind == "HUGEINT" || kind == "UHUGEINT"):
		return value + "::DECIMAL(38, 0)"
	}
	return value
}

// copyOptions are DuckDB's options for COPY. JSON is written a line an object, and made an array afterwards; BOM and
// compression come afterwards too.
func (s Sync) copyOptions(columns []column) string {
	switch s.format() {
	case JSON, JSONLines:
		return "FORMAT json"
	case Parquet:
		options := "FORMAT parquet, COMPRESSION " + or(s.Parquet.Compression, "snappy")
		if s.Parquet.RowGroup > 0 {
			options += fmt.Sprintf(", ROW_GROUP_SIZE %d", s.Parquet.RowGroup)
		}
		if s.skipEmpty() {
			options += ", WRITE_EMPTY_FILE false"
		}
		return options
	}
	c := s.CSV
	options := fmt.Sprintf("FORMAT csv, HEADER %v, DELIMITER %s", c.header(), duck.QuoteText(c.delimiter()))
	switch c.Quote {
	case "all":
		options += ", FORCE_QUOTE *"
	case "text":
		if texts := textColumns(columns); texts != "" {
			options += ", FORCE_QUOTE (" + texts + ")"
		}
	}
	if c.Null != "" {
		options += ", NULLSTR " + duck.QuoteText(c.Null)
	}
	if c.LineEnd == "crlf" {
		options += `, NEW_LINE '\r\n'`
	}
	return options
}

func textColumns(columns []column) string {
	var names []string
	for _, c := range columns {
		if c.Type == "VARCHAR" {
			names = append(names, c.Name)
		}
	}
	return duck.List(names)
}

func (c CSVOptions) header() bool { return c.Header == nil || *c.Header }

func (c CSVOptions) delimiter() string {
	if c.Delimiter == "tab" {
		return "\t"
	}
	return or(c.Delimiter, ",")
}

func nested(kind string) bool {
	return strings.HasSuffix(kind, "]") || strings.HasPrefix(kind, "STRUCT(") || strings.HasPrefix(kind, "MAP(")
}

// mayHoldNaN tells whether a nested value can make JSON of what is none; render sees to the others.
func mayHoldNaN(f Format, columns []column) bool {
	return (f == JSON || f == JSONLines) && slices.ContainsFunc(columns, func(c column) bool {
		return nested(c.Type) && (strings.Contains(c.Type, "DOUBLE") || strings.Contains(c.Type, "FLOAT"))
	})
}

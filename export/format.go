package export

import (
	"fmt"
	"regexp"
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
// become null; and Parquet has no integers beyond 64 bits, of which DuckDB would make doubles, nor arrays of a fixed length, which
// it writes so that Arrow cannot read them where one is NULL.
func render(f Format, kind, value string) string {
	lines := f == JSON || f == JSONLines
	switch {
	case lines && (kind == "DOUBLE" || kind == "FLOAT"):
		return "CASE WHEN isfinite(" + value + ") THEN " + value + " END"
	case lines && kind == "JSON":
		return finite(value)
	case (f == CSV || lines) && nested(kind) && mayHoldNaN.MatchString(kind):
		return finite("to_json(" + value + ")")
	case f == CSV && nested(kind):
		return "to_json(" + value + ")::VARCHAR"
	case f == Parquet:
		if has := inParquet(kind); has != kind {
			return value + "::" + has
		}
	}
	return value
}

// mayHoldNaN tells types of nested values in which something can be that is no JSON: DuckDB writes NaN into it, and reads it there.
var mayHoldNaN = regexp.MustCompile(`DOUBLE|FLOAT|JSON`)

// notFinite finds what stands up to a value that is NaN or infinite, which is outside of texts, and that value; at last, what is left.
const notFinite = `((?:"(?:[^"\\]|\\.)*"|null|[^"nNiI-]|-[0-9])*)(?:-?(?i:nan|inf(?:inity)?)|$)`

// finite has null for NaN and infinity in JSON. What is left at the end gets a null too, which is cut off.
func finite(value string) string {
	return fmt.Sprintf(`CASE WHEN regexp_matches(%[1]s::VARCHAR, '(?i)nan|inf') THEN left(regexp_replace(%[1]s::VARCHAR, %[2]s, '\1null', 'g'), -4)::JSON ELSE %[1]s END`,
		value, duck.QuoteText(notFinite))
}

// huge finds the types of integers of 128 bits in a type, fixed the lengths of arrays, and both, so that they are passed over, names in quotes.
var (
	huge  = regexp.MustCompile(`"(?:[^"]|"")*"|'(?:[^']|'')*'|\bU?HUGEINT([],)[]|$)`)
	fixed = regexp.MustCompile(`"(?:[^"]|"")*"|'(?:[^']|'')*'|\[[0-9]+\]`)
)

func isName(found string) bool { return strings.ContainsAny(found[:1], `"'`) }

func hugeIntegers(kind string) bool {
	return slices.ContainsFunc(huge.FindAllString(kind, -1), func(found string) bool { return !isName(found) })
}

// inParquet is a type with decimals in place of integers of 128 bits, and lists in place of arrays.
func inParquet(kind string) string {
	kind = fixed.ReplaceAllStringFunc(kind, func(found string) string {
		if isName(found) {
			return found
		}
		return "[]"
	})
	return huge.ReplaceAllStringFunc(kind, func(found string) string {
		if isName(found) {
			return found
		}
		return "DECIMAL(38, 0)" + strings.TrimLeft(found, "UHGEINT")
	})
}

// DigitsError says that Parquet cannot hold an integer.
type DigitsError struct {
	Columns []string // in one of which it is
	Err     error
}

func (e *DigitsError) Error() string {
	return fmt.Sprintf("column %q: an integer has more than 38 digits, which Parquet cannot hold: %v", strings.Join(e.Columns, ", "), e.Err)
}
func (e *DigitsError) Unwrap() error { return e.Err }

// Hint says what the user can do about it.
func (e *DigitsError) Hint() string {
	return "map the column by sql to a text or a double, such as {name: n, sql: \"n::VARCHAR\"}"
}

// explained makes an error of DuckDB's that is about such an integer one of that kind.
func explained(err error, f Format, columns []column) error {
	if err == nil || f != Parquet || !strings.Contains(err.Error(), "DECIMAL(38,0)") {
		return err
	}
	var names []string
	for _, c := range columns {
		if hugeIntegers(c.Type) {
			names = append(names, c.Name)
		}
	}
	if names == nil {
		return err
	}
	return &DigitsError{names, err}
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

// nested tells types whose values have others inside.
func nested(kind string) bool {
	return strings.HasSuffix(kind, "]") || strings.HasPrefix(kind, "STRUCT(") || strings.HasPrefix(kind, "MAP(") || strings.HasPrefix(kind, "UNION(")
}

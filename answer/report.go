package answer

import (
	"bytes"
	"encoding/json"
)

// Report is what Check found.
type Report struct {
	Feed   string        `json:"feed"`
	After  *int64        `json:"after"` // the dump after whose manifest; null: the last state
	Agrees bool          `json:"agrees"`
	Tables []TableReport `json:"tables"`
	// Others are tables of the database that the feed knows nothing of: nothing is said about them.
	Others []string `json:"others"`
	Faults []Fault  `json:"faults"` // what was put into the feed on purpose
}

// Verdict is what Check says of a table.
type Verdict string

const (
	Agrees   Verdict = "agrees"
	Differs  Verdict = "differs"  // in columns or rows
	Missing  Verdict = "missing"  // the database does not have it
	Unwanted Verdict = "unwanted" // the feed has it, but a right consumer does not in this state
)

// TableReport is what Check found of a table. Numbers are rows.
type TableReport struct {
	Table   string  `json:"table"`
	In      string  `json:"in"` // what the database calls it
	Verdict Verdict `json:"verdict"`
	Wanted  int64   `json:"wanted"`
	Got     int64   `json:"got"`
	// Missing and Extra rows are alike to none on the other side; Differing ones have a row of the
	// same key there, which counts as neither missing nor extra.
	Missing        int64    `json:"missing"`
	Extra          int64    `json:"extra"`
	Differing      int64    `json:"differing"`
	MissingColumns []string `json:"missing_columns"`
	ExtraColumns   []string `json:"extra_columns"` // as the database calls them
	// DifferingColumns says in which columns the differing rows differ.
	DifferingColumns []ColumnCount `json:"differing_columns"`
	MissingRows      []Example     `json:"missing_rows"` // the first few
	ExtraRows        []Example     `json:"extra_rows"`
	DifferingRows    []Pair        `json:"differing_rows"`
}

// newTableReport has empty lists, not null ones, in JSON.
func newTableReport(table string) TableReport {
	return TableReport{Table: table, MissingColumns: []string{}, ExtraColumns: []string{}, DifferingColumns: []ColumnCount{},
		MissingRows: []Example{}, ExtraRows: []Example{}, DifferingRows: []Pair{}}
}

// ColumnCount is a column and how many rows differ in it.
type ColumnCount struct {
	Column string `json:"column"`
	Rows   int64  `json:"rows"`
}

// Example is a row that is missing or extra.
type Example struct {
	Row   Row   `json:"row"`
	Times int64 `json:"times"`
}

// Pair is a row that differs.
type Pair struct {
	Key     Row      `json:"key"` // by which the two were found
	Columns []Change `json:"columns"`
	Times   int64    `json:"times"`
}

// Change is what a differing row should hold in a column, and what it holds.
type Change struct {
	Column string `json:"column"`
	Wanted any    `json:"wanted"`
	Got    any    `json:"got"`
}

// Row is a row, column by column in the table's order. Values are nil, int64 or string.
type Row []Value

// Value is what a row holds in a column.
type Value struct {
	Column string
	Value  any
}

// MarshalJSON writes the row as an object in the order of its columns.
func (r Row) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	b.WriteByte('{')
	for i, v := range r {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := encoder.Encode(v.Column); err != nil {
			return nil, err
		}
		b.WriteByte(':')
		if err := encoder.Encode(v.Value); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

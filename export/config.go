// Package export ships the results of queries to a bucket or a directory: all rows, those with new keys, or
// what was added, changed and removed. What was sent is remembered in the database, so that a run which was
// killed is repeated to the same files, and nothing counts as sent before all files of a run are whole.
package export

import (
	"slices"
	"strings"

	"smew/bucket"
)

// Config says what is exported where.
type Config struct {
	Models []Model `yaml:"models"`
	Syncs  []Sync  `yaml:"syncs"`
}

// Model is a query, by SQL or as a table or view.
type Model struct {
	ID         string   `yaml:"id"`
	Name       string   `yaml:"name"` // for file names; default: the id
	SQL        string   `yaml:"sql"`
	Table      string   `yaml:"table"`       // such as users or typed.users, instead of SQL
	PrimaryKey []string `yaml:"primary-key"` // columns of the model; modes insert and diff need them
}

// Mode says which rows of a model are sent.
type Mode string

// The modes. A mode that is not given is All.
const (
	All    Mode = "all"    // every row, every run
	Insert Mode = "insert" // rows whose key was not in the last run
	Diff   Mode = "diff"   // what was added, changed and removed, in a file each
)

// Format of files.
type Format string

// The formats. A format that is not given is CSV.
const (
	CSV       Format = "csv"
	JSON      Format = "json"  // an array of objects
	JSONLines Format = "jsonl" // an object a line
	Parquet   Format = "parquet"
)

// Sync is one export: of a model, to a place.
type Sync struct {
	ID    string `yaml:"id"`
	Model string `yaml:"model"`
	Feed  string `yaml:"feed"` // the name of the feed whose database it is of; none: of any
	// To is a directory or s3://bucket/prefix, and File what files below it are called, with variables such as {YYYY},
	// {sync.id} and {mode} (docs/export.md).
	To     string `yaml:"to"`
	File   string `yaml:"file"`
	Offset int64  `yaml:"offset"` // seconds that are added to the times in File
	Mode   Mode   `yaml:"mode"`
	// Schedule is after-load (default), manual, or a cron expression in UTC.
	Schedule string `yaml:"schedule"`

	Format      Format        `yaml:"format"`
	CSV         CSVOptions    `yaml:"csv"`
	Parquet     ParquetOption `yaml:"parquet"`
	Compression string        `yaml:"compression"` // gzip or zstd; of Parquet see there
	Encrypt     []string      `yaml:"encrypt"`     // for these age recipients, age1…
	Columns     []Column      `yaml:"columns"`     // none: those of the model as they are
	Batch       Batch         `yaml:"batch"`
	// Empty is skip (default) or write: what becomes of files without rows.
	Empty string `yaml:"empty"`
	// Stale is keep (default) or empty: what becomes of files of earlier runs, with the same settings, that a run does not overwrite.
	Stale    string `yaml:"stale"`
	Guard    bool   `yaml:"guard"`     // claim the place, so that nobody else sends this sync there
	Manifest bool   `yaml:"manifest"`  // write _manifest.json last
	IfAbsent bool   `yaml:"if-absent"` // never overwrite what is there
	S3       S3     `yaml:"s3"`
	Alerts   Limits `yaml:"alerts"`
}

// CSVOptions are what CSV files look like.
type CSVOptions struct {
	Delimiter string `yaml:"delimiter"` // one of , ; | ~ and tab; default: ,
	Header    *bool  `yaml:"header"`    // default: true
	BOM       bool   `yaml:"bom"`
	Quote     string `yaml:"quote"`    // needed (default), text or all
	Null      string `yaml:"null"`     // default: nothing, whereas '' is ""
	LineEnd   string `yaml:"line-end"` // lf (default) or crlf
}

// ParquetOption is what Parquet files look like.
type ParquetOption struct {
	Compression string `yaml:"compression"` // snappy (default), zstd, gzip, brotli, lz4_raw or uncompressed
	RowGroup    int64  `yaml:"row-group"`   // rows; 0: DuckDB's 122,880
}

// Column is a column of the files. Of From, Value, SQL and Template at most one is given; none: From is Name.
type Column struct {
	Name     string  `yaml:"name"`
	From     string  `yaml:"from"`     // a column of the model
	Value    *string `yaml:"value"`    // a text, the same in each row
	SQL      string  `yaml:"sql"`      // an expression over the model's columns
	Template string  `yaml:"template"` // a text with {{column}} in it (docs/export.md)
}

// Batch cuts large results into several files. The zero Batch does not.
type Batch struct {
	Rows  int64 `yaml:"rows"`
	Bytes int64 `yaml:"bytes"` // before compression
}

func (b Batch) on() bool { return b.Rows > 0 || b.Bytes > 0 }

// S3 says how a sync's bucket is reached, where that differs from the other settings.
type S3 struct {
	Endpoint  string `yaml:"endpoint"`
	Region    string `yaml:"region"`
	Profile   string `yaml:"profile"`
	PathStyle bool   `yaml:"path-style"`
	SSE       string `yaml:"sse"`
	ACL       string `yaml:"acl"`
	PartSize  int64  `yaml:"part-size"` // of an upload, in bytes: an object has at most 10,000
}

// Over gives the settings of s precedence.
func (s S3) Over(c bucket.S3Config) bucket.S3Config {
	for _, one := range []struct {
		to   *string
		from string
	}{{&c.Endpoint, s.Endpoint}, {&c.Region, s.Region}, {&c.Profile, s.Profile}, {&c.SSE, s.SSE}, {&c.ACL, s.ACL}} {
		if one.from != "" {
			*one.to = one.from
		}
	}
	if c.PathStyle = c.PathStyle || s.PathStyle; s.PartSize != 0 {
		c.PartSize = s.PartSize
	}
	return c
}

// Job is a sync together with its model.
type Job struct {
	Model Model
	Sync  Sync
}

// Job finds a sync by its id.
func (c Config) Job(id string) (Job, bool) {
	i := slices.IndexFunc(c.Syncs, func(s Sync) bool { return s.ID == id })
	if i < 0 {
		return Job{}, false
	}
	m := slices.IndexFunc(c.Models, func(m Model) bool { return m.ID == c.Syncs[i].Model })
	if m < 0 {
		return Job{}, false
	}
	return Job{c.Models[m], c.Syncs[i]}, true
}

// Of are the syncs of a feed's database.
func (c Config) Of(feed string) Config {
	c.Syncs = slices.DeleteFunc(slices.Clone(c.Syncs), func(s Sync) bool { return s.Feed != "" && s.Feed != feed })
	return c
}

// query is the model's SQL.
func (m Model) query() string {
	if m.Table != "" {
		return "SELECT * FROM " + table(m.Table)
	}
	return strings.TrimRight(m.SQL, "; \t\r\n")
}

func (m Model) name() string {
	if m.Name == "" {
		return m.ID
	}
	return m.Name
}

// or is a setting, or what counts where it is not given.
func or[T ~string](given, otherwise T) T {
	if given == "" {
		return otherwise
	}
	return given
}

func (s Sync) mode() Mode      { return or(s.Mode, All) }
func (s Sync) format() Format  { return or(s.Format, CSV) }
func (s Sync) skipEmpty() bool { return or(s.Empty, "skip") == "skip" }

// kinds are the kinds of files that the mode makes, in their order.
func (m Mode) kinds() []string {
	switch m {
	case Diff:
		return []string{added, changed, removed}
	case Insert:
		return []string{added}
	}
	return []string{string(All)}
}

// What becomes of a key between two runs, and the kinds of Diff's files.
const (
	added   = "added"
	changed = "changed"
	removed = "removed"
)

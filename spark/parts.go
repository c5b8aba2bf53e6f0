package spark

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"smew/avro"
	"smew/bucket"
	"smew/feed"
	"smew/plan"
	"smew/stage"
)

// PartError names the part in which reading failed; it wraps *avro.DamageError or *avro.RowError.
type PartError struct {
	Part string
	Err  error
}

func (e *PartError) Error() string { return e.Part + ": " + e.Err.Error() }
func (e *PartError) Unwrap() error { return e.Err }

// Hint says what the user can do about a row error.
func (e *PartError) Hint() string {
	var row *avro.RowError
	if !errors.As(e.Err, &row) {
		return ""
	}
	return "with --quarantine such rows are set aside in the catalog's meta.quarantine, and the rest is loaded"
}

// part is a part of a dump that was read to its end and found whole (R12), as the cluster is to read it.
type part struct {
	table  string
	place  int
	file   string // as the cluster names it
	fields []field
	types  string // of the fields in the file: parts with others cannot be read in one go
	sifted
}

// field is a column of a part.
type field struct {
	name string // as delivered
	as   string // in the file
}

// checker reads parts before the cluster does.
type checker struct {
	feed       Feed
	scratch    Scratch
	limits     avro.Limits
	dump       plan.Dump
	quarantine bool                     // set rows aside that cannot be read, and go on
	guard      *guard                   // keeps erased people out; nil: nobody was erased
	read       func(done, of int) error // told of each part, one at a time; an error ends the check
}

// Scratch is where parts are written anew that Spark would not read, or not as R11 has it. Nothing in it is needed once its dump
// is loaded.
type Scratch struct {
	Bucket bucket.Bucket
	Prefix string // "" or "some/folder/"
	Root   string // what the cluster calls the bucket, as Feed.Root
}

// check fetches the parts of a dump's tables, without those that are spared, and reads each to its end. The first error, in
// whatever order, is a *PartError or a *stage.Error.
func (c checker) check(ctx context.Context, ledger plan.Ledger, o stage.Options) (map[string][]part, error) {
	var wants []stage.Want
	for _, t := range c.dump.Tables {
		if ledger.Spared(c.dump, t) {
			continue
		}
		for _, p := range t.Parts {
			wants = append(wants, stage.Want{Table: t.Name, Place: p.Place, Key: p.Key})
		}
	}
	var mutex sync.Mutex
	parts, done := map[string][]part{}, 0
	err := c.fetch(ctx, wants, o, func(ctx context.Context, staged *stage.Part) error {
		p, err := c.one(ctx, staged)
		mutex.Lock()
		defer mutex.Unlock()
		parts[p.table] = append(parts[p.table], p)
		if done++; c.read == nil || err != nil {
			return err
		}
		return c.read(done, len(wants))
	})
	for _, all := range parts {
		slices.SortFunc(all, func(a, b part) int { return a.place - b.place })
	}
	return parts, err
}

// fetch fetches parts and has something done with each, with several at once.
func (c checker) fetch(ctx context.Context, wants []stage.Want, o stage.Options, do func(context.Context, *stage.Part) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	var fetching error
	for staged, err := range stage.Fetch(ctx, c.feed.Bucket, wants, o) {
		if err != nil {
			fetching = err
			break
		}
		group.Go(func() error { return errors.Join(do(ctx, staged), staged.Close()) })
	}
	return cmp.Or(group.Wait(), fetching)
}

// one reads a part, and writes it anew where it has to be.
func (c checker) one(ctx context.Context, staged *stage.Part) (part, error) {
	p := part{table: staged.Table, place: staged.Place}
	fail := func(err error) (part, error) { return p, failed(staged, err) }
	file, err := avro.Open(staged.File, staged.Size, c.limits)
	if err != nil {
		return fail(err)
	}
	var columns []avro.Column
	for _, f := range file.Schema().Fields {
		kind := avro.Text
		if feed.IsID(p.table, f.Name) {
			kind = avro.Long
		}
		columns = append(columns, avro.Column{Name: f.Name, Kind: kind})
		p.fields = append(p.fields, field{f.Name, f.Name})
	}
	ok, err := file.Findable()
	if err != nil {
		return fail(err)
	}
	if types, plain := readable(file.Schema(), c.feed.Root+staged.Key); ok && plain {
		p.file, p.types = c.feed.Root+staged.Key, types
		if p.sifted, err = c.sift(ctx, file, staged, columns, nil); err != nil {
			return fail(err)
		}
		if p.held() == p.rows {
			return p, nil
		}
		if file, err = avro.Open(staged.File, staged.Size, c.limits); err != nil {
			return fail(err)
		}
	}
	for i := range p.fields {
		p.fields[i].as = fmt.Sprintf("f%d", i+1)
	}
	key := fmt.Sprintf("%s%d/%d.avro", c.scratch.Prefix, c.dump.ID, scratchNumber(c.dump, staged))
	p.file, p.types = c.scratch.Root+key, ""
	if p.sifted, err = c.rewrite(ctx, file, staged, columns, p.fields, key); err != nil {
		return fail(err)
	}
	return p, nil
}

// failed names the part that an error is of, as a load into DuckDB does.
func failed(staged *stage.Part, err error) error {
	return fmt.Errorf("table %q: %w", staged.Table, &PartError{Part: staged.Key, Err: err})
}

// scratchNumber is a number of the part within its dump.
func scratchNumber(d plan.Dump, staged *stage.Part) int {
	n := 0
	for _, t := range d.Tables {
		if t.Name == staged.Table {
			return n + staged.Place
		}
		n += len(t.Parts)
	}
	return n
}

// rewrite writes a part as the feed's own writer would: texts and whole numbers under plain names. Rows that are set aside, or are an
// erased person's, are left out.
func (c checker) rewrite(ctx context.Context, file *avro.File, staged *stage.Part, columns []avro.Column, fields []field, key string) (rows sifted, err error) {
	written := make([]avro.Column, len(columns))
	for i := range columns {
		written[i] = avro.Column{Name: fields[i].as, Kind: columns[i].Kind}
	}
	if len(written) == 0 { // rows of nothing count as rows
		written = []avro.Column{{Name: "nothing"}}
	}
	err = c.scratch.write(ctx, key, written, func(w *avro.Writer) (err error) {
		rows, err = c.sift(ctx, file, staged, columns, func(b *avro.Batch, row int) error { return writeRow(w, b, row, columns) })
		return err
	})
	return rows, err
}

// write makes a part in the scratch folder.
func (s Scratch) write(ctx context.Context, key string, columns []avro.Column, fill func(*avro.Writer) error) (err error) {
	if s.Bucket == nil {
		return ErrNoScratch
	}
	temp, err := os.CreateTemp("", "smew-spark-")
	if err != nil {
		return &stage.TempError{Err: err}
	}
	defer func() { err = errors.Join(err, temp.Close(), os.Remove(temp.Name())) }()
	o := avro.WriterOptions{Codec: "snappy"}
	if _, err := rand.Read(o.Sync[:]); err != nil {
		return err
	}
	w, err := avro.NewWriter(temp, columns, o)
	if err != nil {
		return err
	}
	if err := fill(w); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if _, err := temp.Seek(0, io.SeekStart); err != nil {
		return &stage.TempError{Err: err}
	}
	return s.Bucket.Create(ctx, key, temp, bucket.Options{Overwrite: true})
}

func writeRow(w *avro.Writer, b *avro.Batch, row int, columns []avro.Column) error {
	for i := range columns {
		v := &b.Cols[i]
		switch {
		case v.Null(row):
			w.Null()
		case columns[i].Kind == avro.Long:
			w.Long(v.Longs[row])
		default:
			w.Text(string(b.Bytes(v.Spans[row])))
		}
	}
	if len(columns) == 0 {
		w.Null()
	}
	return w.EndRow()
}

// ErrNoScratch says that a part has to be written anew and there is no place for it.
var ErrNoScratch = errors.New("the part has to be written anew for Spark, and no scratch folder is named")

var (
	legalName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	legalPath = regexp.MustCompile(`^(s3a?://|file:///)[A-Za-z0-9_.+=@-]+(/[A-Za-z0-9_.+=@-]+)*$`)
)

// readable says that Spark reads the part as it lies and to the same values: a flat record of texts and whole numbers, under
// names that Java's Avro takes and Spark tells from each other, in a codec of its own, at a path that none of its layers escapes
// or takes for a pattern or for something hidden. Anything else is written anew: a list of what is certain is shorter than one of what is not.
// types are those of its fields.
func readable(s *avro.Schema, path string) (types string, ok bool) {
	name := path[strings.LastIndexByte(path, '/')+1:]
	if !legalPath.MatchString(path) || strings.HasPrefix(name, "_") || strings.HasPrefix(name, ".") {
		return "", false
	}
	if !slices.Contains([]string{"null", "deflate", "snappy", "zstandard"}, s.Codec) || len(s.Fields) == 0 {
		return "", false
	}
	seen := map[string]bool{}
	for _, f := range s.Fields {
		folded := strings.ToLower(f.Name)
		if seen[folded] || !legalName.MatchString(f.Name) || strings.HasPrefix(folded, "smew_") {
			return "", false
		}
		seen[folded] = true
	}
	return flat(s.JSON)
}

// flat says that a schema is a record of texts and whole numbers and says nothing else that a reader could trip over.
func flat(schema string) (types string, ok bool) {
	var record struct {
		Type, Name, Namespace string
		Doc                   any
		Fields                []struct {
			Name string
			Doc  any
			Type json.RawMessage
		}
	}
	decoder := json.NewDecoder(strings.NewReader(schema))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&record); err != nil || record.Type != "record" || !legalName.MatchString(record.Name) {
		return "", false
	}
	for space := range strings.SplitSeq(record.Namespace, ".") {
		if record.Namespace != "" && !legalName.MatchString(space) {
			return "", false
		}
	}
	for _, f := range record.Fields {
		name, ok := primitive(f.Type)
		if !ok {
			return "", false
		}
		types += name + " "
	}
	return types, true
}

// primitive reads a type that is a text or a whole number, with or without NULL.
func primitive(raw json.RawMessage) (name string, ok bool) {
	var branches []string
	if json.Unmarshal(raw, &name) != nil {
		if json.Unmarshal(bytes.TrimSpace(raw), &branches) != nil || len(branches) != 2 {
			return "", false
		}
		switch {
		case branches[0] == "null":
			name = branches[1]
		case branches[1] == "null":
			name = branches[0]
		}
	}
	return name, name == "string" || name == "long" || name == "int"
}

package export

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"smew/duck"
	"smew/sql"
)

// sending is a run on its way.
type sending struct {
	j       Job
	o       Options
	to      destination
	run     *Run
	db      *duck.DB // where files are noted; nil: nowhere
	name    fileName
	columns []column
	before  map[string]File // that attempts before noted
	seen    map[string]bool // keys of this attempt
	dry     bool
	token   string // by which the place is claimed; "": it is not
}

// all sends the files of every kind, then what is left of attempts before, then the manifest.
func (s *sending) all(ctx context.Context, tx *duck.Tx, pending *shape) error {
	if err := do(ctx, tx, "set time zone", sql.ExportUseUTC); err != nil {
		return err
	}
	query := map[string]string{}
	if pending == nil {
		now, err := readShape(ctx, tx, s.j)
		if err != nil {
			return err
		}
		s.columns = now.Columns
		query[string(All)] = rendered(s.j.Sync.format(), now.Columns, "("+now.selection(s.j.Model, now.Columns, "c")+") AS mapped")
	} else {
		s.columns = pending.Columns
		table, err := s.pendingTable(ctx, tx)
		if err != nil {
			return err
		}
		for _, kind := range s.run.Mode.kinds() {
			query[kind] = rendered(s.j.Sync.format(), pending.Columns, table) +
				" WHERE kind = " + duck.QuoteText(kind) + " ORDER BY " + named(pending.Keys, "k")
		}
	}
	kinds := s.run.Mode.kinds()
	for _, kind := range kinds {
		rows, err := s.kind(ctx, tx, kind, query[kind])
		if err != nil {
			return explained(err, s.j.Sync.format(), s.columns)
		}
		s.run.count(kind, rows)
	}
	if s.run.Mode == All {
		s.run.ModelRows = s.run.Added
	}
	if err := s.blank(ctx, tx, query[kinds[0]]); err != nil {
		return err
	}
	if err := s.emptyStale(ctx, tx, query[kinds[0]]); err != nil {
		return err
	}
	return s.manifest(ctx)
}

func (s *sending) pendingTable(ctx context.Context, tx *duck.Tx) (string, error) {
	if s.dry && !s.run.Repeated {
		return "export_pending", nil
	}
	before, err := readState(ctx, tx, s.j.Sync.ID)
	return before.pending, err
}

func (r *Run) count(kind string, rows int64) {
	switch kind {
	case changed:
		r.Changed = rows
	case removed:
		r.Removed = rows
	default:
		r.Added = rows
	}
}

// kind sends the files of one kind and says how many rows they have.
func (s *sending) kind(ctx context.Context, tx *duck.Tx, kind, query string) (rows int64, err error) {
	if s.j.Sync.format() == Parquet && s.j.Sync.Batch.on() {
		return s.parquetBatches(ctx, tx, kind, query)
	}
	c, err := tx.CopyOut(ctx, query, s.j.Sync.copyOptions(s.columns))
	if err != nil {
		return 0, err
	}
	defer c.Close()
	if s.j.Sync.format() == Parquet {
		return s.parquet(ctx, tx, c, kind, 1, query)
	}
	return s.text(ctx, c, kind)
}

// text sends CSV or JSON, in one file or in batches.
func (s *sending) text(ctx context.Context, c *duck.Copy, kind string) (rows int64, err error) {
	f := s.j.Sync.format()
	in := &batches{records: newRecords(c, f), batch: s.j.Sync.Batch}
	before := textBegin(s.j.Sync)
	if f == CSV && s.j.Sync.CSV.header() {
		header, err := in.records.next()
		if err != nil {
			return 0, err
		}
		before = append(before, header...)
	}
	for part := 1; ; part++ {
		if err := in.peek(); err != nil {
			return rows, err
		}
		if in.over && (part > 1 || s.j.Sync.skipEmpty()) {
			return rows, nil
		}
		sheet, err := s.create(ctx, kind, part)
		if err != nil {
			return rows, err
		}
		n, err := in.writeTo(sheet, f, before, c)
		if err != nil {
			return rows, sheet.abort(err)
		}
		rows += n
		if err := s.finish(ctx, sheet, n); err != nil {
			return rows, err
		}
	}
}

// textBegin is what stands before the first record.
func textBegin(s Sync) []byte {
	switch {
	case s.format() == JSON:
		return []byte("[")
	case s.format() == CSV && s.CSV.BOM:
		return []byte("\ufeff")
	}
	return nil
}

// parquet sends one Parquet file, which without rows may have no bytes, and so is none.
func (s *sending) parquet(ctx context.Context, tx *duck.Tx, c *duck.Copy, kind string, part int, query string) (rows int64, err error) {
	some := make([]byte, 4)
	if _, err := io.ReadFull(c, some); err != nil {
		if err == io.EOF && s.j.Sync.skipEmpty() {
			return 0, nil
		}
		return 0, cut(err)
	}
	sheet, err := s.create(ctx, kind, part)
	if err != nil {
		return 0, err
	}
	if _, err := io.Copy(sheet.upload, io.MultiReader(bytes.NewReader(some), c)); err != nil {
		return 0, sheet.abort(err)
	}
	if sheet.preview.on {
		if sheet.preview.text, err = s.firstRows(ctx, tx, query); err != nil {
			return 0, sheet.abort(err)
		}
	}
	return c.Rows(), s.finish(ctx, sheet, c.Rows())
}

// kept tells whether a file's first lines are kept for whoever looks at the run: of the first file of each kind, unless
// it is for others' eyes only.
func (s *sending) kept(kind string, part int) bool {
	return s.db != nil && s.run.ID != 0 && kind != manifestKind && part == 1 && len(s.j.Sync.Encrypt) == 0
}

// parquetBatches sends a result in several Parquet files. It lies in a temporary table meanwhile, which DuckDB
// puts beside the database where memory is short.
func (s *sending) parquetBatches(ctx context.Context, tx *duck.Tx, kind, query string) (rows int64, err error) {
	if err := do(ctx, tx, "run query", duck.Fill(sql.ExportRows, duck.Names{"query": query})); err != nil {
		return 0, err
	}
	var first int64
	if _, err := tx.Row(ctx, sql.ExportFirstRow, nil, &first); err != nil {
		return 0, fmt.Errorf("look for the first row: %w", err)
	}
	for part := 1; ; part++ {
		from := first + int64(part-1)*s.j.Sync.Batch.Rows
		cutout := fmt.Sprintf("SELECT * FROM export_rows WHERE rowid >= %d AND rowid < %d", from, from+s.j.Sync.Batch.Rows)
		options := s.j.Sync.copyOptions(s.columns)
		if part > 1 && !s.j.Sync.skipEmpty() {
			options += ", WRITE_EMPTY_FILE false"
		}
		n, err := s.parquetBatch(ctx, tx, kind, part, cutout, options)
		rows += n
		if err != nil || n < s.j.Sync.Batch.Rows {
			return rows, err
		}
	}
}

func (s *sending) parquetBatch(ctx context.Context, tx *duck.Tx, kind string, part int, query, options string) (int64, error) {
	c, err := tx.CopyOut(ctx, query, options)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	n, err := s.parquet(ctx, tx, c, kind, part, query)
	if part > 1 && errors.Is(err, io.ErrUnexpectedEOF) && c.Rows() == 0 {
		err = nil // there was nothing left for another file
	}
	return n, err
}

// sheet is a file that is being written.
type sheet struct {
	*upload
	file    File
	spooled *os.File // nil: it goes up as it is written
	preview preview
}

// Write is of what is not compressed yet.
func (s *sheet) Write(p []byte) (int, error) {
	s.preview.see(p)
	return s.upload.Write(p)
}

// create begins a file.
func (s *sending) create(ctx context.Context, kind string, part int) (*sheet, error) {
	sh := &sheet{file: File{Kind: kind, Part: part}, preview: preview{on: s.dry || s.kept(kind, part)}}
	var err error
	if uses(s.name.template, "hash") {
		if sh.spooled, err = os.CreateTemp(s.o.Temp, "smew-export-"); err != nil {
			return nil, err
		}
		os.Remove(sh.spooled.Name()) // it goes with the process
		sh.upload, err = s.to.spool(sh.spooled)
		return sh, err
	}
	sh.file.Key = s.name.key(kind, part, "")
	if err := s.note(ctx, sh.file); err != nil {
		return nil, err
	}
	sh.upload, err = s.to.open(ctx, sh.file.Key)
	return sh, err
}

// note says in the database that a file is about to be written.
func (s *sending) note(ctx context.Context, f File) error {
	if s.seen[f.Key] {
		return fmt.Errorf("write %q: another file of this run has the same name", f.Key)
	}
	s.seen[f.Key] = true
	if s.db == nil || s.run.ID == 0 { // nobody will know of the file if this process is killed, nor knows of one that was
		return s.giveUp(ctx, s.to.prefix+f.Key)
	}
	if _, known := s.before[f.Key]; known {
		return nil
	}
	return s.db.Update(ctx, func(tx *duck.Tx) error {
		return do(ctx, tx, "note file", sql.ExportKeepFile, s.run.ID, f.Key, f.Kind, f.Part)
	})
}

// finish makes a file whole.
func (s *sending) finish(ctx context.Context, sh *sheet, rows int64) error {
	if sh.spooled != nil {
		defer sh.spooled.Close()
		if err := s.unspool(ctx, sh); err != nil {
			return err
		}
	}
	err := sh.upload.finish()
	if errors.Is(err, fs.ErrExist) {
		err = s.exists(ctx, sh, err)
	}
	if err != nil {
		return err
	}
	f := &sh.file
	f.Rows, f.Bytes, f.SHA256 = rows, sh.counted.bytes, sh.sum()
	first := sh.preview.lines()
	if s.dry {
		f.First = first
	}
	if f.Kind != manifestKind {
		s.run.Files, s.run.FileCount, s.run.Bytes = append(s.run.Files, *f), s.run.FileCount+1, s.run.Bytes+f.Bytes
	}
	if s.db == nil || s.run.ID == 0 {
		return nil
	}
	var kept *string
	if len(first) > 0 {
		text, err := json.Marshal(first)
		if err != nil {
			return err
		}
		lines := string(text)
		kept = &lines
	}
	return s.db.Update(ctx, func(tx *duck.Tx) error {
		return do(ctx, tx, "note file", sql.ExportWholeFile, s.run.ID, f.Key, f.Rows, f.Bytes, f.SHA256, kept)
	})
}

// unspool sends what lies in a temporary file, now that its name is known.
func (s *sending) unspool(ctx context.Context, sh *sheet) error {
	if err := sh.upload.finish(); err != nil {
		return err
	}
	sh.file.Key = s.name.key(sh.file.Kind, sh.file.Part, sh.sum()[:16])
	if err := s.note(ctx, sh.file); err != nil {
		return err
	}
	if _, err := sh.spooled.Seek(0, io.SeekStart); err != nil {
		return err
	}
	raw := s.to
	raw.compress, raw.encrypt = "", nil
	u, err := raw.open(ctx, sh.file.Key)
	if err != nil {
		return err
	}
	if _, err := io.Copy(u, sh.spooled); err != nil {
		return u.abort(err)
	}
	sh.upload = u
	return nil
}

// exists judges an object that stands where a file of a run without overwriting was to be: it may be what an attempt
// before has written.
func (s *sending) exists(ctx context.Context, sh *sheet, err error) error {
	if _, known := s.before[sh.file.Key]; known {
		same, failed := s.to.same(ctx, sh.file.Key, sh.upload)
		if same {
			return nil
		}
		return errors.Join(&ExistsError{s.to.prefix + sh.file.Key, err, failed == nil}, failed)
	}
	if s.db != nil && s.run.ID != 0 {
		failed := s.db.Update(ctx, func(tx *duck.Tx) error {
			return do(ctx, tx, "forget file", sql.ExportForgetFile, s.run.ID, sh.file.Key)
		})
		err = errors.Join(err, failed)
	}
	return &ExistsError{s.to.prefix + sh.file.Key, err, false}
}

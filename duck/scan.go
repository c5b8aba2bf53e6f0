package duck

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"reflect"
	"runtime"
	"sync"
	"unsafe"

	"github.com/duckdb/duckdb-go/v2"

	"smew/avro"
)

// ScanFunction is what a statement given to Insert reads from. Its columns are the
// ones of the scan, smew_part (BIGINT, the part's place) and smew_row (BIGINT, from 1).
const ScanFunction = "smew_parts"

// Part is one Avro part as Insert reads it.
type Part struct {
	Name  string // for errors: the part's key
	Place int    // its position in the manifest's list, from 1
	Bytes io.ReaderAt
	Size  int64
}

// Column is a column of a scan: what it is called in the part (Delivered), and in the statement (As).
type Column struct {
	Delivered string
	As        string
	Kind      avro.Kind
}

// IDs are columns of ids under their own names.
func IDs(names ...string) []Column {
	columns := make([]Column, len(names))
	for i, name := range names {
		columns[i] = Column{Delivered: name, As: name, Kind: avro.Long}
	}
	return columns
}

// Scan is a set of parts read as one table. Parts may differ in their columns and their order:
// what a part lacks is NULL, what is not asked for is passed over.
type Scan struct {
	Columns []Column
	Parts   []Part
	Limits  avro.Limits
	Threads int // that decode and write at a time; 0: all of DuckDB's
}

// PartError names the part in which reading failed; it wraps *avro.DamageError or *avro.RowError.
type PartError struct {
	Part string
	Err  error
}

func (e *PartError) Error() string { return e.Part + ": " + e.Err.Error() }
func (e *PartError) Unwrap() error { return e.Err }

// Insert runs a statement that reads the scan through ScanFunction, decoding the
// blocks of all parts on DuckDB's threads. It returns how many rows each part
// held, in the order of scan.Parts. An error in a part is a *PartError.
func (tx *Tx) Insert(ctx context.Context, statement string, scan Scan, args ...any) ([]int64, error) {
	s := &source{scan: scan}
	defer s.free()
	_, err := tx.conn.ExecContext(context.WithValue(ctx, scanKey{}, s), statement, args...)
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.err != nil: // DuckDB carries only an error's text; the error itself was kept
		return nil, s.err
	case err != nil:
		return nil, explained(err)
	case s.file != nil || s.next < len(s.scan.Parts):
		return nil, errors.New("the statement did not read all parts")
	}
	return s.rows, nil
}

type scanKey struct{}

// registerScan makes ScanFunction known. The parts come with the statement's context.
func registerScan(conn *sql.Conn) error {
	return duckdb.RegisterTableUDF(conn, ScanFunction, duckdb.ParallelChunkTableFunction{
		BindArgumentsContext: func(ctx context.Context, _ map[string]any, _ ...any) (duckdb.ParallelChunkTableSource, error) {
			s, ok := ctx.Value(scanKey{}).(*source)
			if !ok {
				return nil, errors.New(ScanFunction + " reads parts only inside smew")
			}
			return s, nil
		},
	})
}

// source is the state of one scan, shared by DuckDB's threads.
type source struct {
	scan Scan

	mu     sync.Mutex
	next   int // the next part to open
	file   *avro.File
	part   int // the part of file
	rows   []int64
	err    error
	held   []*worker
	closed bool // the statement has ended
}

// worker is one thread's share: a raw block, its decoder and the vectors decoded from it.
type worker struct {
	part    int
	block   avro.Block
	decoder *avro.Decoder
	file    *avro.File
	batch   avro.Batch
	loaded  bool
	pin     runtime.Pinner
}

func (s *source) ColumnInfos() []duckdb.ColumnInfo {
	long, _ := duckdb.NewTypeInfo(duckdb.TYPE_BIGINT)
	varchar, _ := duckdb.NewTypeInfo(duckdb.TYPE_VARCHAR)
	infos := make([]duckdb.ColumnInfo, 0, len(s.scan.Columns)+2)
	for _, c := range s.scan.Columns {
		t := varchar
		if c.Kind == avro.Long {
			t = long
		}
		infos = append(infos, duckdb.ColumnInfo{Name: c.As, T: t})
	}
	return append(infos, duckdb.ColumnInfo{Name: "smew_part", T: long}, duckdb.ColumnInfo{Name: "smew_row", T: long})
}

// Cardinality is a guess from the bytes: high enough that a join hashes its other side.
func (s *source) Cardinality() *duckdb.CardinalityInfo {
	var bytes int64
	for _, p := range s.scan.Parts {
		bytes += p.Size
	}
	return &duckdb.CardinalityInfo{Cardinality: uint(bytes/8 + 1)}
}

func (s *source) Init() duckdb.ParallelTableSourceInfo {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next, s.file, s.rows = 0, nil, make([]int64, len(s.scan.Parts))
	if s.scan.Threads > 0 {
		return duckdb.ParallelTableSourceInfo{MaxThreads: s.scan.Threads}
	}
	return duckdb.ParallelTableSourceInfo{MaxThreads: runtime.GOMAXPROCS(0)}
}

func (s *source) NewLocalState() any {
	w := &worker{}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held = append(s.held, w)
	return w
}

// FillChunk gives DuckDB the next rows of this thread; none ends the thread's work.
func (s *source) FillChunk(local any, chunk duckdb.DataChunk) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = s.fail(fmt.Errorf("decode part: %v", r))
		}
	}()
	w := local.(*worker)
	for {
		if !w.loaded {
			more, err := s.advance(w)
			if err != nil {
				return err
			}
			if !more {
				return chunk.SetSize(0)
			}
		}
		n, err := w.decoder.Rows(&w.batch, duckdb.GetDataChunkCapacity())
		if err != nil {
			return s.fail(&PartError{s.scan.Parts[w.part].Name, err})
		}
		if n == 0 {
			w.loaded = false
			continue
		}
		return s.emit(w, chunk)
	}
}

// advance takes the next block for w: reading is in sequence, decoding is not.
func (s *source) advance(w *worker) (bool, error) {
	more, err := s.take(w)
	if err != nil || !more {
		return false, err
	}
	name := s.scan.Parts[w.part].Name
	if w.decoder == nil {
		if w.decoder, err = avro.NewDecoder(w.file, s.wanted()); err != nil {
			return false, s.fail(&PartError{name, err})
		}
	}
	// The chunk before this one pointed into the block that is now given up: DuckDB has consumed it.
	if err := w.decoder.Block(&w.block); err != nil {
		return false, s.fail(&PartError{name, err})
	}
	w.loaded = true
	return true, nil
}

func (s *source) wanted() []avro.Column {
	columns := make([]avro.Column, len(s.scan.Columns))
	for i, c := range s.scan.Columns {
		columns[i] = avro.Column{Name: c.Delivered, Kind: c.Kind}
	}
	return columns
}

func (s *source) take(w *worker) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.err == nil {
		if s.file == nil {
			if s.next == len(s.scan.Parts) {
				return false, nil
			}
			p := s.scan.Parts[s.next]
			file, err := avro.Open(p.Bytes, p.Size, s.scan.Limits)
			if err != nil {
				s.err = &PartError{p.Name, err}
				break
			}
			s.file, s.part = file, s.next
			s.next++
		}
		err := s.file.Next(&w.block)
		if err == io.EOF {
			s.file = nil
			continue
		}
		if err != nil {
			s.err = &PartError{s.scan.Parts[s.part].Name, err}
			break
		}
		if w.file != s.file {
			w.file, w.decoder = s.file, nil
		}
		w.part = s.part
		s.rows[w.part] += w.block.Rows
		return true, nil
	}
	return false, s.err
}

// keep pins the memory that the vectors of the next chunk point into, in place of
// that of the chunk before. A thread that comes after the statement has ended, because another
// one's error ended it, gets nothing more.
func (s *source) keep(w *worker) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return errors.New("the statement has ended")
	}
	w.pin.Unpin()
	for _, b := range [][]byte{w.batch.Data, w.batch.Text} {
		if cap(b) > 0 {
			w.pin.Pin(unsafe.SliceData(b))
		}
	}
	return nil
}

func (s *source) emit(w *worker, chunk duckdb.DataChunk) error {
	columns := len(s.scan.Columns)
	a, err := accessTo(reflect.ValueOf(chunk), columns+2)
	if err != nil {
		return s.fail(err)
	}
	if err := s.keep(w); err != nil {
		return err
	}
	for i := range w.batch.Cols {
		if t := a.vector(i); t != nil {
			t.fill(&w.batch, &w.batch.Cols[i])
		}
	}
	if t := a.vector(columns); t != nil {
		t.constant(int64(s.scan.Parts[w.part].Place), w.batch.Rows)
	}
	if t := a.vector(columns + 1); t != nil {
		t.count(w.batch.FirstRow+1, w.batch.Rows)
	}
	return chunk.SetSize(w.batch.Rows)
}

// fail keeps the first error: DuckDB hands on only its text.
func (s *source) fail(err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.err = err
	}
	return s.err
}

func (s *source) free() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, w := range s.held {
		w.pin.Unpin()
	}
	s.held, s.closed = nil, true
}

package duck

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"math"
	"runtime"
	"slices"
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
	Threads int      // that decode and write at a time; 0: all of DuckDB's
	Verdict *Verdict // nil: no row is judged; else there is a column user_id of kind Long
	// Time names one of the columns, by As, whose texts are instants: with it there is a column smew_time (TIMESTAMP),
	// which is NULL wherever it takes smew.instant to read the text.
	Time    string
	Rejects *Rejects // nil: a row error fails the scan; else such rows go there and the rest is read
}

// column is where the scan has a column, -1 if it has none of that kind.
func (s *Scan) column(as string, kind avro.Kind) int {
	return slices.IndexFunc(s.Columns, func(c Column) bool { return c.As == as && c.Kind == kind })
}

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
	return "with --quarantine such rows are set aside in smew.quarantine, and the rest is loaded"
}

// Insert runs a statement that reads the scan through ScanFunction, decoding the
// blocks of all parts on DuckDB's threads. It returns how many rows each part
// held, those in scan.Rejects included, in the order of scan.Parts. An error in a part is a *PartError:
// the first one there is in the order of the parts and their blocks, however many threads read them.
func (tx *Tx) Insert(ctx context.Context, statement string, scan Scan, args ...any) ([]int64, error) {
	s := &source{scan: scan, user: scan.column("user_id", avro.Long), time: scan.column(scan.Time, avro.Text)}
	s.idle = sync.NewCond(&s.mu)
	switch {
	case scan.Verdict != nil && s.user < 0:
		return nil, errors.New("scan with a verdict has no column user_id")
	case scan.Time != "" && s.time < 0:
		return nil, fmt.Errorf("scan has no column %s to read instants from", scan.Time)
	}
	defer s.free()
	if err := tx.before("insert"); err != nil {
		return nil, err
	}
	_, err := tx.conn.ExecContext(context.WithValue(ctx, scanKey{}, s), statement, args...)
	s.end()
	switch {
	case s.err != nil: // DuckDB carries only an error's text; the error itself was kept
		return nil, s.err
	case err != nil:
		return nil, explained(err)
	case s.file != nil || s.next < len(s.scan.Parts):
		return nil, errors.New("the statement did not read all parts")
	}
	s.scan.Rejects.sort()
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
	user int // the column user_id
	time int // the column that smew_time is read from

	mu     sync.Mutex
	next   int // the next part to open
	file   *avro.File
	part   int // the part of file
	rows   []int64
	err    error
	at     blockPlace // of err
	held   []*worker
	busy   int        // threads that fill a chunk
	idle   *sync.Cond // there are none any more
	closed bool       // the statement has ended
}

// blockPlace is where a block is among those of a scan.
type blockPlace struct {
	part  int
	block int64
}

// behind is the place behind all blocks of a part that were taken.
func behind(part int) blockPlace { return blockPlace{part, math.MaxInt64} }

func (a blockPlace) before(b blockPlace) bool {
	return a.part < b.part || a.part == b.part && a.block < b.block
}

func (s *source) ColumnInfos() []duckdb.ColumnInfo {
	types := map[duckdb.Type]duckdb.TypeInfo{}
	for _, t := range []duckdb.Type{duckdb.TYPE_BIGINT, duckdb.TYPE_VARCHAR, duckdb.TYPE_BOOLEAN, duckdb.TYPE_TIMESTAMP} {
		types[t], _ = duckdb.NewTypeInfo(t)
	}
	infos := make([]duckdb.ColumnInfo, 0, len(s.scan.Columns)+5)
	for _, c := range s.scan.Columns {
		t := duckdb.TYPE_VARCHAR
		if c.Kind == avro.Long {
			t = duckdb.TYPE_BIGINT
		}
		infos = append(infos, duckdb.ColumnInfo{Name: c.As, T: types[t]})
	}
	for _, c := range s.own() {
		infos = append(infos, duckdb.ColumnInfo{Name: c.name, T: types[c.kind]})
	}
	return infos
}

type ownColumn struct {
	name string
	kind duckdb.Type
}

// own are the columns of a scan that no part has.
func (s *source) own() []ownColumn {
	all := []ownColumn{{"smew_part", duckdb.TYPE_BIGINT}, {"smew_row", duckdb.TYPE_BIGINT}}
	if s.scan.Verdict != nil {
		all = append(all, ownColumn{"smew_user_id", duckdb.TYPE_BIGINT}, ownColumn{"smew_hidden", duckdb.TYPE_BOOLEAN})
	}
	if s.scan.Time != "" {
		all = append(all, ownColumn{"smew_time", duckdb.TYPE_TIMESTAMP})
	}
	return all
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
	s.scan.Rejects.clear()
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

func (s *source) wanted() []avro.Column {
	columns := make([]avro.Column, len(s.scan.Columns))
	for i, c := range s.scan.Columns {
		columns[i] = avro.Column{Name: c.Delivered, Kind: c.Kind}
	}
	return columns
}

// take gives at the next block there is: reading is in sequence, decoding is not.
func (s *source) take(at *slot) (bool, error) {
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
				s.note(&PartError{p.Name, err}, behind(s.next))
				break
			}
			s.file, s.part = file, s.next
			s.next++
		}
		err := s.file.Next(&at.block)
		if errors.Is(err, io.EOF) {
			s.file = nil
			continue
		}
		if err != nil {
			s.note(&PartError{s.scan.Parts[s.part].Name, err}, behind(s.part))
			break
		}
		if at.file != s.file {
			at.file, at.decoder = s.file, nil
		}
		at.part = s.part
		s.rows[at.part] += at.block.Rows
		return true, nil
	}
	return false, s.err
}

// enter begins a thread's next chunk, and gives up what its chunk before pointed into: DuckDB has consumed it. A thread
// that comes after the statement has ended, because another one's error ended it, gets nothing more.
func (s *source) enter(w *worker) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	w.pin.Unpin()
	if s.closed {
		return errEnded
	}
	s.busy++
	return nil
}

func (s *source) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.busy--; s.busy == 0 {
		s.idle.Signal()
	}
}

// keep pins the memory that the vectors of the chunk in hand point into.
func (s *source) keep(w *worker, batch *avro.Batch) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return errEnded
	}
	for _, b := range [][]byte{batch.Data, batch.Text} {
		if cap(b) > 0 {
			w.pin.Pin(unsafe.SliceData(b))
		}
	}
	return nil
}

var errEnded = errors.New("the statement has ended")

// fail keeps an error: DuckDB hands on only its text.
func (s *source) fail(err error, at blockPlace) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.note(err, at)
	return s.err
}

// note keeps the error that comes first in the parts, whichever thread is the first to meet one: what is said
// of a damaged part must not depend on how many decode it.
func (s *source) note(err error, at blockPlace) {
	if s.err == nil || at.before(s.at) {
		s.err, s.at = err, at
	}
}

// end waits for the threads that fill a chunk. After an error it looks for an earlier one in what is left of the blocks
// before it, which nobody will ask for.
func (s *source) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	for s.busy > 0 {
		s.idle.Wait()
	}
	if s.err == nil {
		return
	}
	for _, w := range s.held {
		for _, at := range w.slots {
			if at.loaded && at.place().before(s.at) {
				if err := s.rest(at); err != nil {
					s.note(&PartError{s.scan.Parts[at.part].Name, err}, at.place())
				}
			}
		}
	}
}

// rest decodes what is left of a block, for its error.
func (s *source) rest(at *slot) error {
	var batch avro.Batch // DuckDB may not be done with the slot's
	for at.decoder.Left() > 0 {
		_, err := at.decoder.Rows(&batch, duckdb.GetDataChunkCapacity())
		if err != nil && !s.rejects(err) {
			return err
		}
	}
	return nil
}

func (s *source) free() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, w := range s.held {
		w.pin.Unpin()
	}
	s.held, s.closed = nil, true
}

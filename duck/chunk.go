package duck

import (
	"fmt"
	"reflect"
	"runtime"

	"github.com/duckdb/duckdb-go/v2"

	"smew/avro"
)

// worker is one thread's share of a scan. Blocks are smaller than DuckDB's chunks, and DuckDB does
// some things once a chunk, so a chunk is filled from several blocks, each in a slot of its own.
type worker struct {
	slots []*slot // those up to at hold what the chunk in hand points into
	at    int
	pin   runtime.Pinner
}

// slot is a raw block, its decoder and what was decoded from it.
type slot struct {
	part    int
	block   avro.Block
	file    *avro.File
	decoder *avro.Decoder
	batch   avro.Batch
	loaded  bool // the block has rows left
}

func (at *slot) place() blockPlace { return blockPlace{at.part, at.block.Index} }

// chunkBytes bounds the blocks that a chunk is filled from, and so a thread's memory; one block
// more is begun before it is reached.
const chunkBytes = 8 << 20

// slot returns the slot in hand.
func (w *worker) slot() *slot {
	if w.at == len(w.slots) {
		w.slots = append(w.slots, &slot{})
	}
	return w.slots[w.at]
}

// begin makes the slots free for another chunk, the one that has rows left first.
func (w *worker) begin() {
	if w.at < len(w.slots) {
		w.slots[0], w.slots[w.at] = w.slots[w.at], w.slots[0]
	}
	w.at = 0
}

// FillChunk gives DuckDB the next rows of this thread; none ends the thread's work.
func (s *source) FillChunk(local any, chunk duckdb.DataChunk) (err error) {
	w := local.(*worker)
	if err := s.enter(w); err != nil {
		return err
	}
	defer s.leave()
	defer func() {
		if r := recover(); r != nil {
			err = s.fail(fmt.Errorf("decode part: %v", r), behind(len(s.scan.Parts)))
		}
	}()
	w.begin()
	to, err := s.targets(chunk)
	if err != nil {
		return s.fail(err, behind(len(s.scan.Parts)))
	}
	capacity, rows := duckdb.GetDataChunkCapacity(), 0
	for held := 0; rows < capacity && (held < chunkBytes || rows == 0); {
		at := w.slot()
		if more, err := s.advance(at); err != nil {
			return err
		} else if !more {
			break
		}
		if _, err := at.decoder.Rows(&at.batch, capacity-rows); err != nil {
			// The rows before a bad one are in the batch, those after it come the next time.
			if err := s.reject(at, err); err != nil {
				return s.fail(&PartError{s.scan.Parts[at.part].Name, err}, at.place())
			}
		}
		if err := s.keep(w, &at.batch); err != nil {
			return err
		}
		s.emit(at, to, rows)
		at.loaded = at.decoder.Left() > 0
		if at.batch.Rows == 0 {
			continue // all of them lost: nothing points into the slot
		}
		rows += at.batch.Rows
		held += len(at.batch.Data) + len(at.batch.Text)
		if at.loaded {
			break // the chunk is full, or much text was rendered: a batch serves one chunk
		}
		w.at++
	}
	return chunk.SetSize(rows)
}

// advance sees to it that at has rows, of the next block if need be.
func (s *source) advance(at *slot) (bool, error) {
	for !at.loaded {
		more, err := s.take(at)
		if err != nil || !more {
			return false, err
		}
		name := s.scan.Parts[at.part].Name
		if at.decoder == nil {
			if at.decoder, err = avro.NewDecoder(at.file, s.wanted()); err != nil {
				return false, s.fail(&PartError{name, err}, at.place())
			}
		}
		if err := at.decoder.Block(&at.block); err != nil {
			return false, s.fail(&PartError{name, err}, at.place())
		}
		at.loaded = at.decoder.Left() > 0
	}
	return true, nil
}

// targets are where the columns of a chunk are written, nil for those nobody asks for.
func (s *source) targets(chunk duckdb.DataChunk) ([]*target, error) {
	to := make([]*target, len(s.scan.Columns)+len(s.own()))
	a, err := accessTo(reflect.ValueOf(chunk), len(to))
	if err != nil {
		return nil, err
	}
	for i := range to {
		to[i] = a.vector(i)
	}
	return to, nil
}

// emit writes a slot's batch into the chunk, from row on, without the rows that the verdict drops.
func (s *source) emit(at *slot, to []*target, row int) {
	columns, batch := len(s.scan.Columns), &at.batch
	place := s.scan.Parts[at.part].Place
	var j judged
	if v := s.scan.Verdict; v != nil {
		j = v.judge(place, batch)
	}
	for i := range batch.Cols {
		if t := to[i]; t != nil {
			t.fill(batch, &batch.Cols[i], row)
		}
	}
	if t := to[columns]; t != nil {
		t.constant(int64(place), row, batch.Rows)
	}
	if t := to[columns+1]; t != nil {
		if t.count(batch.FirstRow+1, row, batch.Rows); j.numbers != nil {
			copy(t.longs(row, batch.Rows), j.numbers)
		}
	}
	if s.scan.Time != "" {
		if t := to[len(to)-1]; t != nil {
			t.instants(batch, &batch.Cols[s.time], row)
		}
	}
	if s.scan.Verdict == nil {
		return
	}
	if t := to[columns+2]; t != nil {
		t.canonical(&batch.Cols[s.user], s.scan.Verdict.Canonical, row, batch.Rows)
	}
	if t := to[columns+3]; t != nil {
		t.bools(j.hidden, row, batch.Rows)
	}
}

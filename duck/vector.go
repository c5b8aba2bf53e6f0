package duck

import (
	"encoding/binary"
	"errors"
	"reflect"
	"slices"
	"unsafe"

	"github.com/duckdb/duckdb-go/v2/mapping"

	"smew/avro"
)

// This file holds the one private access of smew to the driver. Writing values
// through the driver's setters costs a call into C per text; writing the vectors
// costs none. It reads two private fields of duckdb.DataChunk by name and relies
// on DuckDB's layout of a string: 4 bytes of length, then either up to 12 bytes
// of text, or 4 bytes of prefix and a pointer. accessTo checks the fields, and the
// package's tests hold both against the linked version.

// inlined is the longest text that DuckDB keeps inside the 16 bytes.
const inlined = 12

type text struct {
	length uint32
	head   uint32 // the first four bytes
	rest   uint64 // the eight after them, or a pointer to all of it
}

// access gives the vectors of a chunk.
type access struct {
	chunk      mapping.DataChunk
	projection []int // place in the chunk per declared column, -1: not asked for
}

// accessTo takes the reflected duckdb.DataChunk.
func accessTo(chunk reflect.Value, columns int) (access, error) {
	ptr, projection := field(chunk, "chunk", reflect.Struct), field(chunk, "projection", reflect.Slice)
	if ptr.IsValid() {
		ptr = field(ptr, "Ptr", reflect.UnsafePointer, reflect.Pointer)
	}
	if !ptr.IsValid() || !projection.IsValid() || projection.Type().Elem().Kind() != reflect.Int {
		return access{}, errors.New("the linked DuckDB driver lays out its chunks differently: smew must be built with the pinned version")
	}
	a := access{chunk: mapping.DataChunk{Ptr: ptr.UnsafePointer()}, projection: make([]int, columns)}
	for i := range a.projection {
		a.projection[i] = i
		if projection.Len() > 0 {
			a.projection[i] = int(projection.Index(i).Int())
		}
	}
	return a, nil
}

// field returns a struct's field if it is of one of the kinds, else the zero Value.
func field(of reflect.Value, name string, kinds ...reflect.Kind) reflect.Value {
	f := of.FieldByName(name)
	if f.IsValid() && slices.Contains(kinds, f.Kind()) {
		return f
	}
	return reflect.Value{}
}

// vector returns where the values and the validity mask of a declared column are
// written, or nil when the statement does not ask for the column.
func (a access) vector(column int) *target {
	place := a.projection[column]
	if place < 0 {
		return nil
	}
	v := mapping.DataChunkGetVector(a.chunk, mapping.IdxT(place))
	return &target{vector: v, data: mapping.VectorGetData(v)}
}

type target struct {
	vector mapping.Vector
	data   unsafe.Pointer
	mask   *uint64 // of validity, nil while nothing is NULL
}

// nulls marks NULLs from row on; of the column's bits those of its rows are looked at.
func (t *target) nulls(valid []uint64, row, rows int) {
	if t.mask == nil {
		mapping.VectorEnsureValidityWritable(t.vector)
		t.mask = (*uint64)(mapping.VectorGetValidity(t.vector))
	}
	mask := unsafe.Slice(t.mask, (row+rows+63)/64)
	word, shift := row/64, row%64
	for i, v := range valid {
		null := ^v
		if left := rows - 64*i; left < 64 {
			null &= 1<<left - 1
		}
		mask[word+i] &^= null << shift
		if over := null >> (64 - shift); over != 0 { // a shift by 64 leaves nothing
			mask[word+i+1] &^= over
		}
	}
}

// fill copies a decoded column into the rows from row on. Texts longer than 12 bytes are pointed at
// where they lie in the batch, which must stay as it is until the chunk has been
// consumed: until the scan is asked for the next chunk by the same thread.
func (t *target) fill(batch *avro.Batch, column *avro.Vector, row int) {
	if column.Nulls > 0 {
		t.nulls(column.Valid, row, batch.Rows)
	}
	if len(column.Longs) > 0 {
		copy(t.longs(row, batch.Rows), column.Longs)
		return
	}
	texts := unsafe.Slice((*text)(t.data), row+batch.Rows)[row:]
	for i, span := range column.Spans[:batch.Rows] {
		if from := int(span.Off); span.Len <= inlined && from+16 <= len(batch.Data) { // never true of what was rendered
			texts[i] = inline(span.Len, batch.Data[from:from+16])
			continue
		}
		texts[i] = textOf(batch.Bytes(span))
	}
}

// inline is the text of the first n of 16 bytes: loading all and blanking the rest is quicker than
// copying some.
func inline(n uint32, b []byte) text {
	low, high := binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])
	if n < 8 {
		low, high = low&(1<<(8*n)-1), 0
	} else {
		high &= 1<<(8*(n-8)) - 1
	}
	return text{n, uint32(low), low>>32 | high<<32}
}

func textOf(b []byte) text {
	n := uint32(len(b))
	if n <= inlined {
		var padded [16]byte
		copy(padded[:], b)
		return inline(n, padded[:])
	}
	return text{n, binary.LittleEndian.Uint32(b), uint64(uintptr(unsafe.Pointer(unsafe.SliceData(b))))}
}

func (t *target) longs(row, rows int) []int64 {
	return unsafe.Slice((*int64)(t.data), row+rows)[row:]
}

func (t *target) constant(value int64, row, rows int) {
	values := t.longs(row, rows)
	for i := range values {
		values[i] = value
	}
}

func (t *target) count(from int64, row, rows int) {
	values := t.longs(row, rows)
	for i := range values {
		values[i] = from + int64(i)
	}
}

// bools writes false, but true at the places given.
func (t *target) bools(yes []int, row, rows int) {
	values := unsafe.Slice((*bool)(t.data), row+rows)[row:]
	clear(values)
	for _, i := range yes {
		values[i] = true
	}
}

package duck

import (
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
	head   [4]byte
	rest   [8]byte // the text's bytes 4..12, or a pointer to all of it
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
}

func (t *target) validity(words []uint64) {
	mapping.VectorEnsureValidityWritable(t.vector)
	mask := unsafe.Slice((*uint64)(mapping.VectorGetValidity(t.vector)), len(words))
	copy(mask, words)
}

// fill copies a decoded column. Texts longer than 12 bytes are pointed at where
// they lie in the batch, which must stay as it is until the chunk has been
// consumed: until the scan is asked for the next chunk by the same thread.
func (t *target) fill(batch *avro.Batch, column *avro.Vector) {
	if column.Nulls > 0 {
		t.validity(column.Valid[:(batch.Rows+63)/64])
	}
	if len(column.Longs) > 0 {
		copy(unsafe.Slice((*int64)(t.data), batch.Rows), column.Longs[:batch.Rows])
		return
	}
	texts := unsafe.Slice((*text)(t.data), batch.Rows)
	for i, span := range column.Spans[:batch.Rows] {
		texts[i] = textOf(batch.Bytes(span))
	}
}

func textOf(b []byte) (t text) {
	t.length = uint32(len(b))
	if len(b) <= inlined {
		copy((*[inlined]byte)(unsafe.Pointer(&t.head))[:], b)
		return t
	}
	copy(t.head[:], b)
	*(*uintptr)(unsafe.Pointer(&t.rest)) = uintptr(unsafe.Pointer(unsafe.SliceData(b)))
	return t
}

func (t *target) constant(value int64, rows int) {
	values := unsafe.Slice((*int64)(t.data), rows)
	for i := range values {
		values[i] = value
	}
}

func (t *target) count(from int64, rows int) {
	values := unsafe.Slice((*int64)(t.data), rows)
	for i := range values {
		values[i] = from + int64(i)
	}
}

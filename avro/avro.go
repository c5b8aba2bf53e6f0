// Package avro reads Avro object container files ("parts") into batches of columns, and writes
// such as the feed has.
//
// It is made for parts whose rows are flat records and knows nothing of what becomes of the
// columns. A File hands out raw blocks in order; any number of Decoders, one per goroutine, turn
// blocks into batches. Damage is never passed over: whatever does not add up is a *DamageError.
//
//	f, err := avro.Open(r, size, avro.Limits{})
//	d, err := avro.NewDecoder(f, []avro.Column{{Name: "user_id", Kind: avro.Long}, {Name: "email"}})
//	var block avro.Block
//	var batch avro.Batch
//	for {
//		if err := f.Next(&block); err == io.EOF {
//			break
//		} // other errors …
//		err := d.Block(&block)
//		for {
//			n, err := d.Rows(&batch, 2048)
//			if n == 0 {
//				break
//			}
//			// use batch.Cols[i]
//		}
//	}
package avro

// Kind says in which form a column is wanted.
type Kind uint8

const (
	// Text is UTF-8 text, rendered from whatever type the part has (R11).
	Text Kind = iota
	// Long is a whole 64-bit number: an id. A value that is none is a *RowError (R11).
	Long
)

// Column is a column the caller wants, or writes: Name is the field's name as delivered, compared exactly.
type Column struct {
	Name string
	Kind Kind
}

// Limits bounds what a part can make a reader do. A zero field stands for its default. Writers
// end a block at 16 or 64 KiB unless a row is larger, so the defaults leave much room.
type Limits struct {
	BlockBytes  int64 // decompressed bytes of one block; default 64 MiB, at most 1<<31-1. Text rendered from one row: a quarter
	HeaderBytes int64 // bytes of the file's header, the schema in it; default 4 MiB
	Depth       int   // nesting, of the schema and of a value; default 64
	Fields      int   // fields, branches and symbols in the schema, nested ones counted; default 1<<17
	// Empty is how many things may take no bytes: rows of one part, such as those of a record without
	// fields, and values in one block. Default 1<<22.
	Empty int64
}

// LimitName says which limit a part goes beyond.
type LimitName string

const (
	LimitBlock  LimitName = "block"
	LimitHeader LimitName = "header"
	LimitDepth  LimitName = "depth"
	LimitFields LimitName = "fields"
	LimitEmpty  LimitName = "empty"
)

const maxBlockBytes = 1<<31 - 1 // a Span's offset has 31 bits

func (l Limits) withDefaults() Limits {
	def := func(v *int64, d int64) {
		if *v <= 0 {
			*v = d
		}
	}
	def(&l.BlockBytes, 64<<20)
	def(&l.HeaderBytes, 4<<20)
	def(&l.Empty, 1<<22)
	l.BlockBytes = min(l.BlockBytes, maxBlockBytes)
	if l.Depth <= 0 {
		l.Depth = 64
	}
	if l.Fields <= 0 {
		l.Fields = 1 << 17
	}
	return l
}

// Batch holds some rows of one block, column by column. A Batch can be used again and again, and
// with any Decoder; its zero value is ready.
//
// Data belongs to the Decoder: it stays as it is until the next call of Block on that Decoder.
// All else, with the text behind spans that do not point into Data, belongs to the Batch and
// stays as it is until the Batch is next given to Rows.
type Batch struct {
	Rows     int
	FirstRow int64  // rows of the part before the first of these, as they were decoded
	Data     []byte // the decompressed block
	Text     []byte // text that was rendered, as it does not stand in Data
	Cols     []Vector
}

// Vector is one column of a Batch. Valid, and of Longs and Spans the one that the column's Kind
// calls for, cover exactly the rows of the batch; at a NULL they hold zero.
type Vector struct {
	Valid []uint64 // bit i%64 of word i/64 is set where row i is not NULL; bits beyond the rows are clear
	Nulls int      // how many rows are NULL
	Longs []int64  // Kind Long
	Spans []Span   // Kind Text
}

// Span is where the text of a value stands: in Batch.Text if the top bit of Off is set (the rest
// is the offset), else in Batch.Data.
type Span struct{ Off, Len uint32 }

// Rendered is the bit of Span.Off that marks text in Batch.Text.
const Rendered = 1 << 31

// Bytes returns the text of s, not copied.
func (b *Batch) Bytes(s Span) []byte {
	if s.Off&Rendered != 0 {
		off := s.Off &^ Rendered
		return b.Text[off : off+s.Len : off+s.Len]
	}
	return b.Data[s.Off : s.Off+s.Len : s.Off+s.Len]
}

// Drop takes rows out; lost are their places, in order.
func (b *Batch) Drop(lost []int) {
	if len(lost) == 0 {
		return
	}
	for i := range b.Cols {
		v := &b.Cols[i]
		v.Longs, v.Spans = without(v.Longs, lost), without(v.Spans, lost)
		if v.Nulls > 0 {
			v.dropValid(b.Rows, lost)
		}
	}
	b.finish(b.Rows - len(lost))
}

// without closes the gaps that lost leave.
func without[T any](s []T, lost []int) []T {
	if len(s) == 0 {
		return s
	}
	to := lost[0]
	for i, at := range lost {
		end := len(s)
		if i+1 < len(lost) {
			end = lost[i+1]
		}
		to += copy(s[to:], s[at+1:end])
	}
	return s[:to]
}

func (v *Vector) dropValid(rows int, lost []int) {
	to := 0
	for i := range rows {
		if len(lost) > 0 && lost[0] == i {
			lost = lost[1:]
			continue
		}
		bit := v.Valid[i>>6] >> (i & 63) & 1
		v.Valid[to>>6] = v.Valid[to>>6]&^(1<<(to&63)) | bit<<(to&63)
		to++
	}
}

// Null reports whether row i is NULL.
func (v *Vector) Null(i int) bool { return v.Valid[i>>6]>>(i&63)&1 == 0 }

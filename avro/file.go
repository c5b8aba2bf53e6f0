package avro

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
)

const (
	magic    = "Obj\x01"
	syncSize = 16
	peekSize = 2 * 10 // the two numbers before a block's data take at most so many bytes
)

// File is an open part. Next moves through it and is for one caller at a time; all else may be
// called at any time.
type File struct {
	r      io.ReaderAt
	size   int64
	limits Limits
	root   *node
	schema *Schema
	sync   [syncSize]byte
	header int64 // its bytes, the first marker included

	next   int64  // where the next block begins
	peeked []byte // what is known of the bytes there
	peek   [peekSize]byte
	blocks int64
	rows   int64 // in the blocks before next
	err    error
}

// Block is one block as it stands in the file, with its bytes. It can be filled again and again.
type Block struct {
	Index    int64 // counted from 0
	Offset   int64 // byte of the file where it begins
	FirstRow int64 // rows of the part before its first
	Rows     int64
	Size     int64 // bytes of its data in the file, without the two numbers before and the marker after

	data []byte
	full bool // data holds the block
}

// Open reads and checks the header of a part of size bytes. The error is a *DamageError, or what
// r returned.
func Open(r io.ReaderAt, size int64, l Limits) (*File, error) {
	f := &File{r: r, size: size, limits: l.withDefaults()}
	h := header{r: r, size: size, limit: min(size, f.limits.HeaderBytes)}
	if err := h.read(); err != nil {
		return nil, err
	}
	codec := string(h.meta[metaCodec])
	if codec == "" {
		codec = "null"
	}
	if !knownCodec(codec) {
		return nil, &DamageError{Block: -1, Reason: fmt.Sprintf("codec %s is not known", shown(codec)), Err: ErrCodec}
	}
	text, ok := h.meta[metaSchema]
	if !ok {
		return nil, &DamageError{Block: -1, Reason: "there is no schema"}
	}
	root, err := parseSchema(text, f.limits)
	if err != nil {
		return nil, &DamageError{Block: -1, Reason: err.Error(), Limit: limitOf(err)}
	}
	f.root, f.sync, f.next, f.header = root, h.sync, h.pos, h.pos
	f.schema = &Schema{Name: root.label, Codec: codec, JSON: string(text)}
	for i := range root.fields {
		f.schema.Fields = append(f.schema.Fields, Field{root.fields[i].name, root.fields[i].node.text(0)})
	}
	return f, nil
}

// Schema returns the part's schema, not to be changed.
func (f *File) Schema() *Schema { return f.schema }

// Codec returns the name of the part's codec.
func (f *File) Codec() string { return f.schema.Codec }

// Findable says whether the first bytes of the part that are its marker are those that end the header. Readers
// that look for the marker to begin with, as all do that can begin anywhere, go astray otherwise, by a marker of zeros for one.
func (f *File) Findable() (bool, error) {
	head := make([]byte, f.header)
	if _, err := f.r.ReadAt(head, 0); err != nil && err != io.EOF {
		return false, err
	}
	return bytes.Index(head, f.sync[:]) == len(head)-syncSize, nil
}

// Next reads the next block into b, or returns io.EOF where the part ends after a block. It
// checks the block's count, size and marker, not its data. A container does not say how many
// blocks it has: a part cut off exactly between two blocks cannot be told from a whole one.
// Any other error is a *DamageError or what the reader returned; it is returned again by every
// later call.
func (f *File) Next(b *Block) error {
	b.full = false
	if f.err == nil {
		f.err = f.read(b)
	}
	return f.err
}

func (f *File) read(b *Block) error {
	left := f.size - f.next
	if left == 0 {
		return io.EOF
	}
	if f.peeked == nil {
		f.peeked = f.peek[:min(left, peekSize)]
		if err := f.readAt(f.peeked, f.next); err != nil {
			return err
		}
	}
	rows, p, err := long(f.peeked, 0)
	if err != nil {
		return f.damage("its count of rows is cut off or no number", nil)
	}
	size, p, err := long(f.peeked, p)
	if err != nil {
		return f.damage("its size is cut off or no number", nil)
	}
	if err := f.absurd(rows, size); err != nil {
		return err
	}
	left -= int64(p)
	if size > left-syncSize {
		return f.damage(fmt.Sprintf("it has %d bytes and a marker, the file only %d more", size, left), io.ErrUnexpectedEOF)
	}
	data := f.next + int64(p)
	want := int(min(left, size+syncSize+peekSize)) // with a look at the next block
	b.data = resize(b.data, want)
	if err := f.readAt(b.data, data); err != nil {
		return err
	}
	if !bytes.Equal(b.data[size:size+syncSize], f.sync[:]) {
		return f.damage("sync marker does not match", nil)
	}
	f.peeked = f.peek[:copy(f.peek[:], b.data[size+syncSize:])]
	b.data, b.full = b.data[:size], true
	b.Index, b.Offset, b.FirstRow, b.Rows, b.Size = f.blocks, f.next, f.rows, rows, size
	f.blocks++
	f.rows += rows
	f.next = data + size + syncSize
	return nil
}

// absurd refuses a block's count and size before anything is allocated.
func (f *File) absurd(rows, size int64) error {
	most, limit := f.limits.Empty-f.rows, LimitEmpty
	if f.root.least > 0 {
		most, limit = f.limits.BlockBytes/f.root.least, LimitBlock
	}
	beyond := func(limit LimitName, format string, args ...any) error {
		return &DamageError{Block: f.blocks, Offset: f.next, Limit: limit, Reason: fmt.Sprintf(format, args...)}
	}
	switch {
	case rows < 0 && bytes.HasPrefix(f.peeked, []byte(magic)):
		return f.damage("another file begins here", nil)
	case rows < 0:
		return f.damage(fmt.Sprintf("count of rows is %d", rows), nil)
	case size < 0:
		return f.damage(fmt.Sprintf("size is %d", size), nil)
	case rows > most || rows > math.MaxInt64-f.rows:
		return beyond(limit, "count of rows is %d, more than a block can hold", rows)
	case size > f.limits.BlockBytes+f.limits.BlockBytes/4+1024: // what does not compress may grow a little
		return beyond(LimitBlock, "size of %d bytes is beyond the limit of %d", size, f.limits.BlockBytes)
	}
	return nil
}

func (f *File) damage(reason string, err error) error {
	return &DamageError{Block: f.blocks, Offset: f.next, Reason: reason, Err: err}
}

func (f *File) readAt(p []byte, off int64) error {
	n, err := f.r.ReadAt(p, off)
	if n == len(p) {
		return nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		return f.damage(fmt.Sprintf("the file ends at byte %d, not at %d", off+int64(n), f.size), io.ErrUnexpectedEOF)
	}
	return fmt.Errorf("read block %d at byte %d: %w", f.blocks, f.next, err)
}

// resize returns a slice of n bytes, in b's memory if that is large enough. What b held is lost.
func resize(b []byte, n int) []byte {
	if cap(b) >= n {
		return b[:n]
	}
	return make([]byte, n, n+n/4)
}

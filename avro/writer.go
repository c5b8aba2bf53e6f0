package avro

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"unicode/utf8"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/s2"
)

// WriterOptions says how a part is written.
type WriterOptions struct {
	Codec      string         // null, the default, deflate or snappy
	BlockBytes int            // a block ends after the row that brings it to so many bytes, not yet compressed; default 64<<10
	Sync       [syncSize]byte // the marker after every block; should be another one for every part
}

// Writer writes a part of flat records as the vendor's writer does: the record is called
// topLevelRecord, every column may be NULL, and of its union the value's type comes first.
//
// A row is a call of Long, Text or Null for each of its columns, in order, and then EndRow. After
// an error a Writer writes nothing more and returns that error again.
type Writer struct {
	w       io.Writer
	columns []Column
	options WriterOptions
	at      int // the column that comes next
	rows    int64
	block   []byte
	packed  bytes.Buffer
	deflate *flate.Writer
	err     error
}

// NewWriter writes the header. The columns' names have to be names as Avro has them.
func NewWriter(w io.Writer, columns []Column, o WriterOptions) (*Writer, error) {
	if o.Codec == "" {
		o.Codec = "null"
	}
	if o.BlockBytes <= 0 {
		o.BlockBytes = 64 << 10
	}
	if len(columns) == 0 {
		return nil, errors.New("write header: there are no columns")
	}
	out := &Writer{w: w, columns: columns, options: o}
	switch o.Codec {
	case "null", "snappy":
	case "deflate":
		var err error
		if out.deflate, err = flate.NewWriter(nil, flate.BestSpeed); err != nil {
			return nil, fmt.Errorf("write header: %w", err)
		}
	default:
		return nil, fmt.Errorf("write header: codec %q is not written, only null, deflate and snappy", o.Codec)
	}
	header, err := out.header()
	if err == nil {
		_, err = w.Write(header)
	}
	if err != nil {
		return nil, fmt.Errorf("write header: %w", err)
	}
	return out, nil
}

func (w *Writer) header() ([]byte, error) {
	type column struct {
		Name string    `json:"name"`
		Type [2]string `json:"type"`
	}
	schema := struct {
		Type   string   `json:"type"`
		Name   string   `json:"name"`
		Fields []column `json:"fields"`
	}{Type: "record", Name: "topLevelRecord"}
	for _, c := range w.columns {
		name := "string"
		if c.Kind == Long {
			name = "long"
		}
		schema.Fields = append(schema.Fields, column{c.Name, [2]string{name, "null"}})
	}
	text, err := json.Marshal(schema)
	if err != nil {
		return nil, err
	}
	out := binary.AppendVarint([]byte(magic), 2)
	out = appendText(appendText(out, "avro.codec"), w.options.Codec)
	out = appendText(appendText(out, "avro.schema"), string(text))
	return append(append(out, 0), w.options.Sync[:]...), nil
}

func appendText(out []byte, s string) []byte {
	return append(binary.AppendVarint(out, int64(len(s))), s...)
}

// The branches of every column's union.
const (
	branchValue = 0
	branchNull  = 2 // 1, zig-zag
)

// Long adds the value of a column of kind Long.
func (w *Writer) Long(v int64) {
	if w.next() && w.fits(Long) {
		w.block = binary.AppendVarint(append(w.block, branchValue), v)
	}
}

// Text adds the value of a column of kind Text, which has to be UTF-8.
func (w *Writer) Text(s string) {
	switch {
	case !w.next() || !w.fits(Text):
	case !utf8.ValidString(s):
		w.err = fmt.Errorf("write column %q: %w", w.columns[w.at-1].Name, errUTF8)
	default:
		w.block = appendText(append(w.block, branchValue), s)
	}
}

// Null adds a NULL, in a column of either kind.
func (w *Writer) Null() {
	if w.next() {
		w.block = append(w.block, branchNull)
	}
}

// next moves on to the row's next column.
func (w *Writer) next() bool {
	if w.err == nil && w.at == len(w.columns) {
		w.err = fmt.Errorf("write row: more values than the %d columns", len(w.columns))
	}
	if w.err != nil {
		return false
	}
	w.at++
	return true
}

// fits reports whether the column in hand is of that kind.
func (w *Writer) fits(k Kind) bool {
	c := w.columns[w.at-1]
	if c.Kind != k {
		w.err = fmt.Errorf("write column %q: the value is of another kind", c.Name)
	}
	return c.Kind == k
}

// EndRow ends a row, and the block if it is full.
func (w *Writer) EndRow() error {
	if w.err == nil && w.at != len(w.columns) {
		w.err = fmt.Errorf("write row: %d values for %d columns", w.at, len(w.columns))
	}
	if w.err != nil {
		return w.err
	}
	w.at = 0
	w.rows++
	if len(w.block) < w.options.BlockBytes {
		return nil
	}
	return w.Flush()
}

// Flush writes the rows that are not written yet, as a block. It has to be called after the last
// row; where there are none it does nothing.
func (w *Writer) Flush() error {
	if w.err == nil && w.at > 0 {
		w.err = errors.New("write block: its last row has no end")
	}
	if w.err == nil && w.rows > 0 {
		if err := w.flush(); err != nil {
			w.err = fmt.Errorf("write block: %w", err)
		}
	}
	return w.err
}

func (w *Writer) flush() error {
	packed, err := w.pack()
	if err != nil {
		return err
	}
	var start [peekSize]byte
	head := binary.AppendVarint(binary.AppendVarint(start[:0], w.rows), int64(len(packed)))
	for _, b := range [][]byte{head, packed, w.options.Sync[:]} {
		if _, err := w.w.Write(b); err != nil {
			return err
		}
	}
	w.rows, w.block = 0, w.block[:0]
	return nil
}

// pack compresses the block. What it returns is valid until the next call.
func (w *Writer) pack() ([]byte, error) {
	w.packed.Reset()
	switch w.options.Codec {
	case "snappy":
		w.packed.Grow(s2.MaxEncodedLen(len(w.block)) + crc32.Size)
		room := w.packed.AvailableBuffer()
		packed := s2.EncodeSnappy(room[:cap(room)], w.block)
		return binary.BigEndian.AppendUint32(packed, crc32.ChecksumIEEE(w.block)), nil
	case "deflate":
		w.deflate.Reset(&w.packed)
		if _, err := w.deflate.Write(w.block); err != nil {
			return nil, err
		}
		err := w.deflate.Close()
		return w.packed.Bytes(), err
	}
	return w.block, nil
}

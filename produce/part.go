package produce

import (
	"bytes"
	"crypto/md5"
	"io"

	"smew/answer"
	"smew/avro"
)

// part is the rows of one object.
type part interface {
	answer.Rows
	write(w *avro.Writer, i int) error // the i-th row
}

// sheet is a part of a table whose rows are kept as R.
type sheet[R any] struct {
	columns []column[R]
	rows    []R // not its own
	again   []R // repetitions
}

func (s *sheet[R]) Len() int { return len(s.rows) + len(s.again) }

func (s *sheet[R]) row(i int) *R {
	if i < len(s.rows) {
		return &s.rows[i]
	}
	return &s.again[i-len(s.rows)]
}

func (s *sheet[R]) Value(row, column int) any { return s.columns[column].value(s.row(row)) }

func (s *sheet[R]) write(w *avro.Writer, i int) error {
	r := s.row(i)
	for n := range s.columns {
		c := &s.columns[n]
		if c.id != nil {
			w.Long(c.id(r))
		} else if text, ok := c.text(r); ok {
			w.Text(text)
		} else {
			w.Null()
		}
	}
	return w.EndRow()
}

// writeValue writes a value as a row has it: nil, a whole number or a text.
func writeValue(w *avro.Writer, v any) {
	switch v := v.(type) {
	case nil:
		w.Null()
	case int64:
		w.Long(v)
	case string:
		w.Text(v)
	}
}

// partReader gives the bytes of a part. It encodes rows when they are asked for,
// so a part takes the memory of a block.
type partReader struct {
	part  part
	next  int // row
	w     *avro.Writer
	block bytes.Buffer
	bytes int64 // read so far
}

// newPartReader begins a part. Its marker comes of its key, as keys are unique.
func newPartReader(p part, columns []avro.Column, key, codec string) (*partReader, error) {
	r := &partReader{part: p}
	var err error
	r.w, err = avro.NewWriter(&r.block, columns, avro.WriterOptions{Codec: codec, Sync: md5.Sum([]byte(key))})
	return r, err
}

func (r *partReader) Read(b []byte) (int, error) {
	for r.block.Len() == 0 {
		if r.next == r.part.Len() {
			return 0, io.EOF
		}
		err := r.part.write(r.w, r.next)
		if r.next++; err == nil && r.next == r.part.Len() {
			err = r.w.Flush()
		}
		if err != nil {
			return 0, err
		}
	}
	n, err := r.block.Read(b)
	r.bytes += int64(n)
	return n, err
}

package produce

import (
	"bytes"
	"crypto/md5"
	"io"

	"smew/avro"
)

// part is the rows of one object.
type part interface {
	len() int
	write(w *avro.Writer, i int) error // the i-th row
}

// sheet is a part of a table whose rows are kept as R.
type sheet[R any] struct {
	columns []column[R]
	rows    []R // not its own
	again   []R // repetitions
}

func (s *sheet[R]) len() int { return len(s.rows) + len(s.again) }

func (s *sheet[R]) write(w *avro.Writer, i int) error {
	of := s.rows
	if i >= len(of) {
		of, i = s.again, i-len(of)
	}
	r := &of[i]
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
		if r.next == r.part.len() {
			return 0, io.EOF
		}
		err := r.part.write(r.w, r.next)
		if r.next++; err == nil && r.next == r.part.len() {
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

package export

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// records cuts what COPY writes of CSV or JSON lines into records.
type records struct {
	from *bufio.Reader
	csv  bool // a line break inside of quotes is none
	long []byte
}

func newRecords(from io.Reader, f Format) *records {
	return &records{from: bufio.NewReaderSize(from, 1<<18), csv: f == CSV}
}

// next returns a record with its line end, good until the next call. It ends with io.EOF, or with the source's error.
func (r *records) next() ([]byte, error) {
	line, err := r.line()
	if err != nil || !r.csv || !opens(line) {
		return line, err
	}
	r.long = append(r.long[:0], line...)
	for open := true; open; {
		if line, err = r.line(); err != nil {
			return nil, cut(err)
		}
		r.long = append(r.long, line...)
		open = !opens(line)
	}
	return r.long, nil
}

// opens tells a line that begins or ends a quoted value which goes on over lines.
func opens(line []byte) bool { return bytes.Count(line, quote)%2 == 1 }

func cut(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

var quote = []byte{'"'}

// line reads up to a line feed, however long that is.
func (r *records) line() ([]byte, error) {
	line, err := r.from.ReadSlice('\n')
	if !errors.Is(err, bufio.ErrBufferFull) {
		return line, whole(line, err)
	}
	all := bytes.Clone(line)
	for errors.Is(err, bufio.ErrBufferFull) {
		line, err = r.from.ReadSlice('\n')
		all = append(all, line...)
	}
	return all, whole(all, err)
}

// whole makes a record that is cut off an error: COPY ends each with a line feed.
func whole(line []byte, err error) error {
	if len(line) > 0 {
		return cut(err)
	}
	return err
}

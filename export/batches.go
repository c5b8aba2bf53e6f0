package export

import (
	"errors"
	"io"

	"smew/duck"
)

// batches hands out records, file by file.
type batches struct {
	records *records
	batch   Batch
	record  []byte // the next one, if peeked
	peeked  bool
	over    bool
}

// peek looks whether there is another record.
func (b *batches) peek() (err error) {
	if b.peeked || b.over {
		return nil
	}
	b.record, err = b.records.next()
	if errors.Is(err, io.EOF) {
		b.over = true
		return nil
	}
	b.peeked = err == nil
	return err
}

// writeTo writes the records of one file, and what stands before and after them, and counts them.
func (b *batches) writeTo(w io.Writer, f Format, before []byte, c *duck.Copy) (rows int64, err error) {
	if _, err := w.Write(before); err != nil {
		return 0, err
	}
	if !b.batch.on() && f != JSON {
		return b.rest(w, c)
	}
	size := int64(len(before)) // of the whole file, with what stands between records and after them
	if f == JSON {
		size += int64(len("\n]\n"))
	}
	for {
		if err := b.peek(); err != nil {
			return rows, err
		}
		more := int64(len(b.record))
		if f == JSON && rows > 0 {
			more++ // a comma for the record before
		}
		if b.over || rows > 0 && (b.batch.Rows > 0 && rows == b.batch.Rows || b.batch.Bytes > 0 && size+more > b.batch.Bytes) {
			break
		}
		record := b.record
		if f == JSON {
			record = record[:len(record)-1] // without its line end
			between := ",\n"
			if rows == 0 {
				between = "\n"
			}
			if _, err := io.WriteString(w, between); err != nil {
				return rows, err
			}
		}
		if _, err := w.Write(record); err != nil {
			return rows, err
		}
		rows, size, b.peeked = rows+1, size+more, false
	}
	if f == JSON {
		end := "\n]\n"
		if rows == 0 {
			end = "]\n"
		}
		_, err = io.WriteString(w, end)
	}
	return rows, err
}

// rest writes all that is left; nothing needs to look at each record.
func (b *batches) rest(w io.Writer, c *duck.Copy) (int64, error) {
	if b.over {
		return 0, nil
	}
	if _, err := w.Write(b.record); err != nil {
		return 0, err
	}
	_, err := io.Copy(w, b.records.from)
	b.over, b.peeked = true, false
	return c.Rows(), err
}

package avro

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"testing"

	"smew/avro/avrotest"
)

// part writes a part for a test.
func part(t testing.TB, schema string, o avrotest.Options, rows ...[]any) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := avrotest.Write(&b, schema, o, rows...); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// null stands for NULL among texts.
const null = "\x00NULL"

// readAs reads a whole part, in batches of max rows, into text. Ids are wanted as Long.
func readAs(part []byte, l Limits, max int, columns []Column) ([][]string, error) {
	f, err := Open(bytes.NewReader(part), int64(len(part)), l)
	if err != nil {
		return nil, err
	}
	if columns == nil {
		for _, c := range f.Schema().Fields {
			columns = append(columns, Column{Name: c.Name})
		}
	}
	d, err := NewDecoder(f, columns)
	if err != nil {
		return nil, err
	}
	var rows [][]string
	var block Block
	var batch Batch
	for {
		err := f.Next(&block)
		if err == io.EOF {
			return rows, nil
		}
		if err == nil {
			err = d.Block(&block)
		}
		if err != nil {
			return rows, err
		}
		for {
			n, err := d.Rows(&batch, max)
			if err != nil {
				return rows, err
			}
			if n == 0 {
				break
			}
			if batch.FirstRow != int64(len(rows)) {
				return rows, errors.New("batch begins at row " + strconv.FormatInt(batch.FirstRow, 10))
			}
			rows = append(rows, texts(&batch)...)
		}
	}
}

func texts(b *Batch) [][]string {
	rows := make([][]string, b.Rows)
	for i := range rows {
		for c := range b.Cols {
			v := &b.Cols[c]
			switch {
			case v.Null(i):
				rows[i] = append(rows[i], null)
			case len(v.Longs) > 0:
				rows[i] = append(rows[i], strconv.FormatInt(v.Longs[i], 10))
			default:
				rows[i] = append(rows[i], string(b.Bytes(v.Spans[i])))
			}
		}
	}
	return rows
}

func TestCodecsAndBlocks(t *testing.T) {
	schema := `{"type":"record","name":"r","fields":[{"name":"user_id","type":"long"},{"name":"a b","type":["null","string"]}]}`
	var rows [][]any
	var want [][]string
	for i := range 5000 {
		s := strconv.Itoa(i * 7919)
		row, text := []any{i, s + "ü"}, []string{strconv.Itoa(i), s + "ü"}
		if i%3 == 0 {
			row[1], text[1] = nil, null
		}
		rows, want = append(rows, row), append(want, text)
	}
	columns := []Column{{"user_id", Long}, {"a b", Text}}
	for _, codec := range []string{"", "null", "deflate", "snappy", "zstandard", "xz"} {
		for _, size := range []int{0, 1000, 4999} {
			p := part(t, schema, avrotest.Options{Codec: codec, BlockRows: size}, rows...)
			for _, max := range []int{1, 2048, 100000} {
				got, err := readAs(p, Limits{}, max, columns)
				if err != nil {
					t.Fatalf("codec %q, blocks of %d: %v", codec, size, err)
				}
				sameRows(t, got, want)
			}
		}
	}
}

func sameRows(t testing.TB, got, want [][]string) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("got %d rows, want %d", len(got), len(want))
	}
	for i := range want {
		if len(got[i]) != len(want[i]) {
			t.Fatalf("row %d has %d columns, want %d", i, len(got[i]), len(want[i]))
		}
		for c := range want[i] {
			if got[i][c] != want[i][c] {
				t.Errorf("row %d, column %d: got %q, want %q", i, c, got[i][c], want[i][c])
			}
		}
	}
}

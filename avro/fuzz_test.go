package avro

import (
	"bytes"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"math"
	"os"
	"strings"
	"testing"

	"smew/avro/avrotest"
)

// FuzzFile: any bytes are read in full or give a typed error, and what is read does not depend
// on the size of the batches.
func FuzzFile(f *testing.F) {
	for _, path := range goldenParts(f) {
		if strings.Contains(path, "types.") || strings.Contains(path, "user_migrations") {
			data, err := os.ReadFile(path)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	for _, codec := range []string{"", "deflate", "snappy", "zstandard", "xz"} {
		f.Add(part(f, oneString, avrotest.Options{Codec: codec, BlockRows: 1}, []any{"a"}, []any{""}))
		f.Add(part(f, `{"type":"record","name":"r","fields":[{"name":"id","type":["string","long"]},{"name":"in","type":["null","r"]}]}`,
			avrotest.Options{Codec: codec}, []any{"x", nil}, []any{int64(7), map[string]any{"id": "1", "in": nil}}))
	}
	limits := Limits{BlockBytes: 1 << 20, HeaderBytes: 1 << 16, Empty: 10000, Depth: 20, Fields: 1000}
	f.Fuzz(func(t *testing.T, data []byte) {
		rows, err := fuzzRead(t, data, limits, 3)
		again, errAgain := fuzzRead(t, data, limits, 1000)
		if rows != again || (err == nil) != (errAgain == nil) {
			t.Fatalf("%s, %v in small batches, %s, %v in large ones", rows, err, again, errAgain)
		}
	})
}

// fuzzRead reads all of data, ids as Long where a column is named so, and returns a digest of
// the rows of all blocks that are whole.
func fuzzRead(t *testing.T, data []byte, l Limits, max int) (string, error) {
	f, err := Open(bytes.NewReader(data), int64(len(data)), l)
	if err != nil {
		return "", typed(t, err)
	}
	var columns []Column
	for i, c := range f.Schema().Fields {
		kind := Text
		if strings.HasSuffix(c.Name, "id") {
			kind = Long
		}
		if i%5 != 4 {
			columns = append(columns, Column{c.Name, kind})
		}
	}
	d, err := NewDecoder(f, append(columns, Column{Name: "\x00absent"}))
	if err != nil {
		t.Fatal(err)
	}
	sum := &digest{}
	var block Block
	var batch Batch
	for {
		err := f.Next(&block)
		if err == io.EOF {
			return sum.String(), nil
		}
		if err == nil {
			err = d.Block(&block)
		}
		if err != nil {
			return sum.String(), typed(t, err)
		}
		whole := *sum
		for decoded := int64(0); ; {
			n, err := d.Rows(&batch, max)
			whole.add(&batch)
			decoded += int64(n)
			var bad *RowError
			if errors.As(err, &bad) {
				decoded++
				if _, err := d.BadRow(nil); err != nil {
					typed(t, err)
				}
				continue
			}
			if err != nil {
				return sum.String(), typed(t, err)
			}
			if n == 0 {
				if decoded != block.Rows {
					t.Fatalf("%d rows decoded of %d", decoded, block.Rows)
				}
				break
			}
		}
		*sum = whole
	}
}

// typed fails the test for an error that says nothing of damage.
func typed(t *testing.T, err error) error {
	var damage *DamageError
	if !errors.As(err, &damage) || damage.Reason == "" || len(err.Error()) > math.MaxUint16*4 {
		t.Fatalf("not a typed error: %v", err)
	}
	return err
}

// digest sums up rows, each by itself, so that it does not matter how they were batched.
type digest struct{ rows, sum uint64 }

func (d *digest) add(b *Batch) {
	for _, row := range texts(b) {
		h := fnv.New64a()
		for _, text := range row {
			io.WriteString(h, text)
			h.Write([]byte{0xff})
		}
		d.rows++
		d.sum = d.sum*31 + h.Sum64()
	}
}

func (d *digest) String() string { return fmt.Sprintf("%d rows, %x", d.rows, d.sum) }

// FuzzBlock: any bytes as the data of a block of the part with all types.
func FuzzBlock(f *testing.F) {
	file, _, _ := goldenPart(f, partsFolder+"/types.null.avro")
	part, err := Open(bytes.NewReader(file), int64(len(file)), Limits{})
	if err != nil {
		f.Fatal(err)
	}
	head := file[:part.next]
	var block Block
	for part.Next(&block) == nil {
		f.Add(block.Rows, block.data)
	}
	limits := Limits{BlockBytes: 1 << 20, Empty: 10000, Depth: 20}
	f.Fuzz(func(t *testing.T, rows int64, data []byte) {
		p := avrotest.AppendBlock(head[:len(head):len(head)], rows, data, part.sync)
		small, err := fuzzRead(t, p, limits, 3)
		large, errLarge := fuzzRead(t, p, limits, 1000)
		if small != large || (err == nil) != (errLarge == nil) {
			t.Fatalf("%s, %v in small batches, %s, %v in large ones", small, err, large, errLarge)
		}
	})
}

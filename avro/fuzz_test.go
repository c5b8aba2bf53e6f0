package avro

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"hash/fnv"
	"io"
	"os"
	"runtime/metrics"
	"strings"
	"testing"

	"github.com/klauspost/compress/snappy"

	"smew/avro/avrotest"
)

// fuzzLimits are small, so that a target reaches them.
var fuzzLimits = Limits{BlockBytes: 1 << 20, HeaderBytes: 1 << 16, Empty: 10000, Depth: 20, Fields: 1000}

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
	f.Fuzz(fuzzPart)
}

// Any bytes as the data of a block of the part with all types, in each codec.

func FuzzNull(f *testing.F)      { fuzzCodec(f, "null", nil) }
func FuzzDeflate(f *testing.F)   { fuzzCodec(f, "deflate", nil) }
func FuzzSnappy(f *testing.F)    { fuzzCodec(f, "snappy", mendSnappy) }
func FuzzZstandard(f *testing.F) { fuzzCodec(f, "zstandard", nil) }
func FuzzBzip2(f *testing.F)     { fuzzCodec(f, "bzip2", nil) }
func FuzzXZ(f *testing.F)        { fuzzCodec(f, "xz", mendXZ) }

// fuzzCodec reads the data as it stands, and again with a checksum put right that would keep it
// from being looked at.
func fuzzCodec(f *testing.F, codec string, mend func([]byte) []byte) {
	file, _, _ := goldenPart(f, partsFolder+"/types."+codec+".avro")
	p, err := Open(bytes.NewReader(file), int64(len(file)), Limits{})
	if err != nil {
		f.Fatal(err)
	}
	head := file[:p.next:p.next]
	var block Block
	for p.Next(&block) == nil {
		f.Add(block.Rows, bytes.Clone(block.data))
	}
	f.Fuzz(func(t *testing.T, rows int64, data []byte) {
		fuzzPart(t, avrotest.AppendBlock(head, rows, data, p.sync))
		if mend != nil {
			fuzzPart(t, avrotest.AppendBlock(head, rows, mend(data), p.sync))
		}
	})
}

// mendSnappy appends the checksum of what data decompresses to.
func mendSnappy(data []byte) []byte {
	if n, err := snappy.DecodedLen(data); err != nil || n > 1<<20 {
		return data
	}
	out, err := snappy.Decode(nil, data)
	if err != nil {
		return data
	}
	return binary.BigEndian.AppendUint32(bytes.Clone(data), crc32.ChecksumIEEE(out))
}

// mendXZ puts the checksums of the headers of the stream and of its first block right.
func mendXZ(data []byte) []byte {
	data = bytes.Clone(data)
	if len(data) < 16 {
		return data
	}
	binary.LittleEndian.PutUint32(data[8:], crc32.ChecksumIEEE(data[6:8]))
	if end := 12 + 4*int(data[12]); end+4 <= len(data) {
		binary.LittleEndian.PutUint32(data[end:], crc32.ChecksumIEEE(data[12:end]))
	}
	return data
}

// fuzzPart reads a part in small and in large batches, and holds what reading it allocates
// against its size.
func fuzzPart(t *testing.T, data []byte) {
	before := allocated()
	blocks, errDrained := drain(data, fuzzLimits)
	if used, most := allocated()-before, allowance(data, blocks); used > most {
		t.Fatalf("%d bytes allocated to read %d in %d blocks, more than %d: %v", used, len(data), blocks, most, errDrained)
	}
	rows, err := fuzzRead(t, data, fuzzLimits, 3)
	again, errAgain := fuzzRead(t, data, fuzzLimits, 1000)
	if rows != again || (err == nil) != (errAgain == nil) || (err == nil) != (errDrained == nil) {
		t.Fatalf("%s, %v in small batches, %s, %v in large ones, %v only passed over", rows, err, again, errAgain, errDrained)
	}
}

// allocated is the sum of all that was ever allocated.
func allocated() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// allowance is what reading a part may allocate: what the limits let live, and what the libraries
// for bzip2 and xz take for each block or chunk anew, however small it is.
func allowance(data []byte, blocks int) uint64 {
	const readers, block, chunk = 24 << 20, 10 << 20, 16 << 10
	most := uint64(readers + 12*fuzzLimits.BlockBytes + 1024*int64(len(data)))
	if bytes.Contains(data, []byte("bzip2")) {
		most += uint64(blocks+1) * block
	}
	if bytes.Contains(data, []byte("xz")) {
		most += uint64(len(data)) * chunk
	}
	return most
}

// drain reads all of data and keeps nothing.
func drain(data []byte, l Limits) (blocks int, err error) {
	f, err := Open(bytes.NewReader(data), int64(len(data)), l)
	if err != nil {
		return 0, err
	}
	d, err := NewDecoder(f, fuzzColumns(f))
	if err != nil {
		return 0, err
	}
	var block Block
	var batch Batch
	for ; ; blocks++ {
		err := f.Next(&block)
		if err == io.EOF {
			return blocks, nil
		}
		if err == nil {
			err = d.Block(&block)
		}
		if err != nil {
			return blocks, err
		}
		for {
			n, err := d.Rows(&batch, 16)
			var bad *RowError
			if errors.As(err, &bad) {
				continue
			}
			if err != nil {
				return blocks, err
			}
			if n == 0 {
				break
			}
		}
	}
}

// fuzzColumns wants most columns, ids as Long where a column is named so, and one that is absent.
func fuzzColumns(f *File) []Column {
	columns := []Column{{Name: "\x00absent"}}
	for i, c := range f.Schema().Fields {
		kind := Text
		if strings.HasSuffix(c.Name, "id") {
			kind = Long
		}
		if i%5 != 4 && c.Name != columns[0].Name {
			columns = append(columns, Column{c.Name, kind})
		}
	}
	return columns
}

// fuzzRead reads all of data and returns a digest of the rows of all blocks that are whole.
func fuzzRead(t *testing.T, data []byte, l Limits, max int) (string, error) {
	f, err := Open(bytes.NewReader(data), int64(len(data)), l)
	if err != nil {
		return "", typed(t, err)
	}
	d, err := NewDecoder(f, fuzzColumns(f))
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

// longestError is what quoting cut names at every level of the deepest schema can come to.
const longestError = 32 << 10

// typed fails the test for an error that says nothing of damage.
func typed(t *testing.T, err error) error {
	var damage *DamageError
	if !errors.As(err, &damage) || damage.Reason == "" || len(err.Error()) > longestError {
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

// FuzzSchema: any text is a schema, which can be named and measured, or an error.
func FuzzSchema(f *testing.F) {
	for _, path := range goldenParts(f) {
		file, _, _ := goldenPart(f, path)
		p, err := Open(bytes.NewReader(file), int64(len(file)), Limits{})
		if err != nil {
			f.Fatal(err)
		}
		f.Add([]byte(p.schema.JSON))
	}
	for _, seed := range []string{
		oneString,
		`{"type":"record","name":"a.b.r","namespace":"x","fields":[{"name":"f","type":["null","r",{"type":"map","values":"b.r"}]}]}`,
		`{"type":"error","name":"e","fields":[{"name":"d","type":{"type":"fixed","name":"x","size":9,"logicalType":"decimal","precision":3,"scale":2}}]}`,
		`{"type":{"type":{"type":"record","name":"","fields":[{"name":"s","type":{"type":"enum","name":"e","symbols":["a",""]}}]}}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		before := allocated()
		n, err := parseSchema(text, fuzzLimits)
		if used, most := allocated()-before, uint64(8<<20+1024*len(text)); used > most {
			t.Fatalf("%d bytes allocated for %d: %v", used, len(text), err)
		}
		if err != nil {
			if n != nil || len(err.Error()) > longestError {
				t.Fatalf("%v and %v", n, err)
			}
			return
		}
		if n.kind != kindRecord || n.least < 0 || n.state != 2 {
			t.Fatalf("not a record that was measured: %+v", n)
		}
		for i := range n.fields {
			if n.fields[i].node.text(0) == "" || len(n.fields[i].key) < len(`"":`) {
				t.Fatalf("field %d has no type or no key", i)
			}
		}
	})
}

package avro

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"runtime"
	"slices"
	"strings"
	"testing"

	"smew/avro/avrotest"
)

const oneString = `{"type":"record","name":"r","fields":[{"name":"s","type":"string"}]}`

// A block that decompresses to more than the limit is refused, at the limit it is read.
func TestBlockLimit(t *testing.T) {
	for _, codec := range []string{"null", "deflate", "snappy", "zstandard", "xz"} {
		p := part(t, oneString, avrotest.Options{Codec: codec}, []any{strings.Repeat("duck ", 20000)})
		rows, err := readAs(p, Limits{BlockBytes: 100003}, 10, nil)
		if err != nil || len(rows) != 1 {
			t.Errorf("%s: %v", codec, err)
		}
		_, err = readAs(p, Limits{BlockBytes: 100002}, 10, nil)
		wantDamage(t, err, fmt.Sprintf("block 0 at byte %d: %s: decompresses to more than the limit", headerSizeOf(t, p), codec))
	}
}

func headerSizeOf(t testing.TB, p []byte) int64 {
	f, err := Open(bytes.NewReader(p), int64(len(p)), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return f.next
}

// A length that a small file claims does not become memory: not of a block, not inside a codec,
// not of a value.
func TestClaimsAreNotAllocated(t *testing.T) {
	frame := func(size uint64) []byte { // a zstandard frame that claims size bytes and has one
		out := binary.LittleEndian.AppendUint32(nil, 0xFD2FB528)
		out = binary.LittleEndian.AppendUint64(append(out, 0xE0), size)
		return append(out, 0x09, 0, 0, 'x')
	}
	windowed := append(binary.LittleEndian.AppendUint32(nil, 0xFD2FB528), 0x00, 17<<3, 0x09, 0, 0, 'x') // a window of 128 MiB
	xz, err := avrotest.Pack("xz", []byte("\x02a"))
	if err != nil {
		t.Fatal(err)
	}
	greedy := slices.Clone(xz) // the largest dictionary, under a checksum that is right
	greedy[12+4] = 40
	binary.LittleEndian.PutUint32(greedy[12+4*int(xz[12]):], crc32.ChecksumIEEE(greedy[12:12+4*int(xz[12])]))
	tests := []struct {
		codec string
		data  []byte
		whole bool // it can be read
	}{
		{"null", longs(1 << 29), false},
		{"snappy", append(binary.AppendUvarint(nil, 1<<25), make([]byte, 100)...), false},
		{"zstandard", frame(1 << 25), false},
		{"zstandard", frame(1 << 60), false},
		{"zstandard", append(windowed, "more"...), false},
		{"xz", greedy, true},
		{"xz", slices.Concat(xz, greedy), false}, // two rows, of which the block counts one
		{"xz", slices.Concat(xz, make([]byte, 8), greedy[:40]), false},
	}
	for i, test := range tests {
		p := part(t, oneString, avrotest.Options{Sync: testSync, Meta: map[string]string{"avro.codec": test.codec}})
		p = avrotest.AppendBlock(p, 1, test.data, testSync)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		rows, err := readAs(p, Limits{}, 10, nil)
		runtime.ReadMemStats(&after)
		if test.whole {
			if err != nil || len(rows) != 1 {
				t.Errorf("case %d: %d rows, %v", i, len(rows), err)
			}
		} else {
			wantDamage(t, err, "block 0 at byte")
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > 16<<20 {
			t.Errorf("case %d, %s: %d bytes allocated for %d: %v", i, test.codec, used, len(p), err)
		}
	}
}

// Rows, items and nested records that take no bytes are counted, and refused beyond the limit.
func TestThingsWithoutBytes(t *testing.T) {
	head := func(fields string) []byte {
		return part(t, `{"type":"record","name":"r","fields":[`+fields+`]}`, avrotest.Options{Sync: testSync})
	}
	for _, fields := range []string{``, `{"name":"n","type":"null"}`, `{"name":"f","type":{"type":"fixed","name":"f","size":0}}`} {
		p := avrotest.AppendBlock(head(fields), 1000, nil, testSync)
		rows, err := readAs(p, Limits{Empty: 1000}, 64, nil)
		if err != nil || len(rows) != 1000 {
			t.Errorf("%s: %d rows, %v", fields, len(rows), err)
		}
		for _, count := range []int64{1001, 1 << 60} {
			_, err = readAs(avrotest.AppendBlock(head(fields), count, nil, testSync), Limits{Empty: 1000}, 64, nil)
			wantDamage(t, err, fmt.Sprintf("block 0 at byte %d: count of rows is %d, more than a block can hold", headerSizeOf(t, p), count))
		}
	}
	// Two to the 60 nulls in 61 small definitions.
	var bomb strings.Builder
	bomb.WriteString(`{"name":"f0","type":{"type":"record","name":"r0","fields":[{"name":"n","type":"null"}]}}`)
	for i := range 60 {
		fmt.Fprintf(&bomb, `,{"name":"f%d","type":["null",{"type":"record","name":"r%d","fields":[{"name":"a","type":"r%d"},{"name":"b","type":"r%d"}]}]}`, i+1, i+1, i, i)
	}
	p := avrotest.AppendBlock(head(bomb.String()), 1, longs(slices.Repeat([]int64{1}, 60)...), testSync)
	for _, columns := range [][]Column{nil, {{Name: "none"}}} {
		_, err := readAs(p, Limits{Empty: 100000}, 64, columns)
		wantDamage(t, err, fmt.Sprintf("block 0 at byte %d: row 1: column \"f", headerSizeOf(t, p)))
		if !strings.HasSuffix(err.Error(), errEmpty.Error()) {
			t.Error(err)
		}
	}
}

// Text that grows out of little data ends batches early and is bounded for one row.
func TestMuchText(t *testing.T) {
	schema := `{"type":"record","name":"r","fields":[{"name":"n","type":{"type":"array","items":"null"}}]}`
	row := []any{append(longs(1_000_000), 0)}
	p := part(t, schema, avrotest.Options{}, row, row, row, row, row, row, row, row, row, row)
	f, err := Open(bytes.NewReader(p), int64(len(p)), Limits{Empty: 1 << 24})
	if err != nil {
		t.Fatal(err)
	}
	d, err := NewDecoder(f, []Column{{Name: "n"}})
	if err != nil {
		t.Fatal(err)
	}
	var block Block
	var batch Batch
	if err := f.Next(&block); err != nil {
		t.Fatal(err)
	}
	if err := d.Block(&block); err != nil {
		t.Fatal(err)
	}
	total := 0
	for {
		n, err := d.Rows(&batch, 100)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			break
		}
		if len(batch.Text) > softText+5_000_001 {
			t.Errorf("%d bytes of text in a batch", len(batch.Text))
		}
		for i := range n {
			if text := batch.Bytes(batch.Cols[0].Spans[i]); len(text) != 5_000_001 {
				t.Errorf("row %d has %d bytes", i, len(text))
			}
		}
		total += n
	}
	if total != 10 {
		t.Errorf("%d rows, want 10", total)
	}
	one := part(t, schema, avrotest.Options{}, []any{append(longs(10_000_000), 0)})
	_, err = readAs(one, Limits{BlockBytes: 1000, Empty: 1 << 24}, 1, nil)
	wantDamage(t, err, fmt.Sprintf(`block 0 at byte %d: row 1: column "n": the text of the row is larger than the limit`, headerSizeOf(t, one)))
}

// Batches keep their values while other batches of the block are decoded and the next raw block
// is read, and hold no remains of what was in their memory before.
func TestBatchesStay(t *testing.T) {
	schema := `{"type":"record","name":"r","fields":[{"name":"s","type":["null","string"]},{"name":"n","type":["null","int"]}]}`
	var rows [][]any
	for i := range 400 {
		row := []any{fmt.Sprint("text ", i), i}
		if i%5 == 0 {
			row = []any{nil, nil}
		}
		rows = append(rows, row)
	}
	for _, codec := range []string{"null", "snappy", "deflate", "zstandard", "xz"} {
		p := part(t, schema, avrotest.Options{Codec: codec, BlockRows: 200}, rows...)
		f, err := Open(bytes.NewReader(p), int64(len(p)), Limits{})
		if err != nil {
			t.Fatal(err)
		}
		d, err := NewDecoder(f, []Column{{Name: "s"}, {Name: "n"}, {Name: "absent"}, {"absent id", Long}})
		if err != nil {
			t.Fatal(err)
		}
		var block Block
		batches := make([]Batch, 3)
		for b := range 2 {
			if err := f.Next(&block); err != nil {
				t.Fatal(err)
			}
			if err := d.Block(&block); err != nil {
				t.Fatal(err)
			}
			if b == 0 { // block 1 is read before the batches of block 0 are done with
				if err := f.Next(&block); err != nil {
					t.Fatal(err)
				}
			}
			var got [][]string
			for i, max := range []int{70, 65, 100} {
				if _, err := d.Rows(&batches[i], max); err != nil {
					t.Fatal(err)
				}
			}
			for i := range batches {
				got = append(got, texts(&batches[i])...)
				for c := range batches[i].Cols {
					checkVector(t, &batches[i].Cols[c], batches[i].Rows)
				}
			}
			for i, row := range got {
				want := []string{fmt.Sprint("text ", b*200+i), fmt.Sprint(b*200 + i), null, null}
				if i%5 == 0 {
					want = []string{null, null, null, null}
				}
				if !slices.Equal(row, want) {
					t.Fatalf("%s, block %d, row %d: got %q, want %q", codec, b, i, row, want)
				}
			}
			if len(got) != 200 {
				t.Fatalf("%d rows", len(got))
			}
			if b == 0 {
				if d, err = NewDecoder(f, []Column{{Name: "s"}, {Name: "n"}, {Name: "absent"}, {"absent id", Long}}); err != nil {
					t.Fatal(err)
				}
				if err := d.Block(&block); err != nil {
					t.Fatal(err)
				}
				f.next, f.peeked, f.blocks, f.rows = block.Offset, nil, 1, 200
			}
		}
	}
}

// checkVector holds a vector against what its documentation promises.
func checkVector(t *testing.T, v *Vector, rows int) {
	t.Helper()
	if len(v.Valid) != (rows+63)/64 || len(v.Longs)+len(v.Spans) != rows {
		t.Errorf("%d words, %d longs, %d spans for %d rows", len(v.Valid), len(v.Longs), len(v.Spans), rows)
	}
	nulls := 0
	for i := range len(v.Valid) * 64 {
		switch {
		case !v.Null(i) && i >= rows:
			t.Errorf("bit %d is set beyond %d rows", i, rows)
		case v.Null(i) && i < rows:
			nulls++
			if len(v.Spans) > 0 && v.Spans[i] != (Span{}) || len(v.Longs) > 0 && v.Longs[i] != 0 {
				t.Errorf("NULL at %d is not zero", i)
			}
		}
	}
	if nulls != v.Nulls {
		t.Errorf("Nulls is %d, want %d", v.Nulls, nulls)
	}
}

// A batch that held one part's column holds nothing of it where the next part lacks the column.
func TestBatchGoesToAnotherPart(t *testing.T) {
	var batch Batch
	for _, name := range []string{"s", "other"} {
		p := part(t, `{"type":"record","name":"r","fields":[{"name":"`+name+`","type":"string"}]}`, avrotest.Options{}, []any{"12"}, []any{"34"})
		f, err := Open(bytes.NewReader(p), int64(len(p)), Limits{})
		if err != nil {
			t.Fatal(err)
		}
		d, err := NewDecoder(f, []Column{{Name: "s"}})
		if err != nil {
			t.Fatal(err)
		}
		var block Block
		if err := errors.Join(f.Next(&block), d.Block(&block)); err != nil {
			t.Fatal(err)
		}
		if n, err := d.Rows(&batch, 10); n != 2 || err != nil {
			t.Fatal(n, err)
		}
		checkVector(t, &batch.Cols[0], 2)
	}
	if batch.Cols[0].Nulls != 2 {
		t.Errorf("%d NULL, want 2", batch.Cols[0].Nulls)
	}
}

func TestMisuse(t *testing.T) {
	p := part(t, oneString, avrotest.Options{Codec: "null"}, []any{"x"})
	f, err := Open(bytes.NewReader(p), int64(len(p)), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := NewDecoder(f, []Column{{Name: "a"}, {Name: "a", Kind: Long}}); err == nil {
		t.Error("a column can be wanted twice")
	}
	if _, err := NewDecoder(f, []Column{{"a", 7}}); err == nil {
		t.Error("a column can be wanted as anything")
	}
	d, err := NewDecoder(f, []Column{{Name: "s"}})
	if err != nil {
		t.Fatal(err)
	}
	var b Block
	if err := d.Block(&b); err == nil {
		t.Error("a block that was never filled can be decoded")
	}
	if err := f.Next(&b); err != nil {
		t.Fatal(err)
	}
	if err := d.Block(&b); err != nil {
		t.Fatal(err)
	}
	if err := d.Block(&b); err == nil {
		t.Error("a block whose bytes were taken over can be decoded again")
	}
}

// Decoding allocates nothing once its buffers are there.
func TestNoAllocations(t *testing.T) {
	for _, codec := range []string{"null", "snappy", "zstandard"} {
		p := benchPart(t, codec)
		f, err := Open(bytes.NewReader(p), int64(len(p)), Limits{})
		if err != nil {
			t.Fatal(err)
		}
		d, err := NewDecoder(f, []Column{{"user_id", Long}, {Name: "c0"}, {Name: "event_id"}, {"c1", Text}})
		if err != nil {
			t.Fatal(err)
		}
		start := *f
		var block Block
		var batch Batch
		got := testing.AllocsPerRun(5, func() {
			*f = start
			for f.Next(&block) == nil {
				if err := d.Block(&block); err != nil {
					t.Fatal(err)
				}
				for {
					n, err := d.Rows(&batch, 2048)
					if err != nil {
						t.Fatal(err)
					}
					if n == 0 {
						break
					}
				}
			}
		})
		if got > 3 {
			t.Errorf("%s: %v allocations for %d blocks", codec, got, 30)
		}
	}
}

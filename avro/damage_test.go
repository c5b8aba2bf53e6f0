package avro

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"smew/avro/avrotest"
)

var testSync = [16]byte([]byte("0123456789abcdef"))

// longs is some numbers as Avro writes them.
func longs(v ...int64) avrotest.Raw {
	var out []byte
	for _, n := range v {
		out = binary.AppendVarint(out, n)
	}
	return out
}

// wantDamage checks that err is a DamageError that begins as it should.
func wantDamage(t testing.TB, err error, want string) {
	t.Helper()
	var damage *DamageError
	if !errors.As(err, &damage) || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("got error %v\nwant damage %s…", err, want)
	}
}

// A value that no writer would have written is damage, named by row and column, whether its
// column is wanted or passed over.
func TestDamagedValues(t *testing.T) {
	const list, mapped = `{"type":"array","items":"int"}`, `{"type":"map","values":"int"}`
	maybe := `["null","string"]`
	tests := []struct {
		schema string
		raw    avrotest.Raw
		want   string
	}{
		{`"string"`, longs(-1), "a length is out of range"},
		{`"string"`, longs(100), "a length is out of range"},
		{`"string"`, longs(math.MaxInt64), "a length is out of range"},
		{`"bytes"`, longs(math.MinInt64), "a length is out of range"},
		{maybe, longs(2), "branch 2 of the union does not exist"},
		{maybe, longs(-1), "branch -1 of the union does not exist"},
		{maybe, longs(1, 1<<40), "a length is out of range"},
		{`["null","long"]`, longs(3), "branch 3 of the union does not exist"},
		{`["null","long","string"]`, longs(3), "branch 3 of the union does not exist"},
		{`[]`, longs(0), "branch 0 of the union does not exist"},
		{`{"type":"enum","name":"e","symbols":["a"]}`, longs(1), "symbol 1 of the enum does not exist"},
		{`{"type":"enum","name":"e","symbols":["a"]}`, longs(-1), "symbol -1 of the enum does not exist"},
		{`"boolean"`, avrotest.Raw{2}, "a boolean is neither 0 nor 1"},
		{`"int"`, longs(math.MaxInt32 + 1), "an int takes more than 32 bits"},
		{`"int"`, longs(math.MinInt32 - 1), "an int takes more than 32 bits"},
		{`"long"`, avrotest.Raw("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"), "a number takes more than 64 bits"},
		{`"long"`, avrotest.Raw("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), "a number takes more than 64 bits"},
		{maybe, avrotest.Raw("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"), "a number takes more than 64 bits"},
		{`"long"`, avrotest.Raw("\x80"), "the bytes end in the middle of a value"},
		{`"string"`, avrotest.Raw("\x80"), "the bytes end in the middle of a value"},
		{`["null","double"]`, avrotest.Raw("\x021234567"), "the bytes end in the middle of a value"},
		{`["null",{"type":"fixed","name":"f","size":4}]`, avrotest.Raw("\x02123"), "the bytes end in the middle of a value"},
		{list, longs(10, 1), "a count of items is out of range"},
		{list, longs(math.MinInt64), "a count of items is out of range"},
		{list, longs(math.MaxInt64), "a count of items is out of range"},
		{list, longs(-2, 1, 5, 6, 0), "the items do not fill the bytes counted for them"},
		{list, longs(-2, 3, 5, 6, 0), "the items do not fill the bytes counted for them"},
		{list, longs(-2, -3, 5, 6, 0), "a length is out of range"},
		{list, longs(1, math.MaxInt32+1, 0), "an int takes more than 32 bits"},
		{mapped, longs(1, -1, 0, 0), "a length is out of range"},
		{mapped, longs(9, 0, 0), "a count of items is out of range"},
		{`{"type":"array","items":"null"}`, longs(1<<60, 0), "more values without bytes than the limit"},
		{`{"type":"array","items":{"type":"record","name":"in","fields":[]}}`, longs(1<<60, 0), "more values without bytes than the limit"},
		{`{"type":"record","name":"in","fields":[{"name":"in","type":"in"}]}`, avrotest.Raw{}, "nested deeper than the limit"},
		{`{"type":"record","name":"in","fields":[{"name":"in","type":["null","in"]}]}`, slices.Repeat(longs(1), 5000), "nested deeper than the limit"},
	}
	for _, test := range tests {
		schema := `{"type":"record","name":"r","fields":[{"name":"n","type":"int"},{"name":"odd ü","type":` + test.schema + `}]}`
		p := part(t, schema, avrotest.Options{BlockRows: 1}, []any{avrotest.Raw{}, avrotest.Raw{}}, []any{1, test.raw})
		// The first block is made good by hand: it has no rows.
		at := bytes.LastIndex(p[:len(p)-16], p[len(p)-16:]) - 2
		p[at] = 0
		want := fmt.Sprintf(`block 1 at byte %d: row 1: column "odd ü": %s`, at+2+16, test.want)
		for _, columns := range [][]Column{{{Name: "odd ü"}}, {{Name: "odd ü", Kind: Long}}, {{Name: "n"}}, {}} {
			_, err := readAs(p, Limits{Empty: 1000}, 2048, columns)
			wantDamage(t, err, want)
		}
	}
}

func TestInvalidUTF8(t *testing.T) {
	for _, bad := range []string{"\xff", "ok then \xc3", "\xed\xa0\x80", "12345678\xc0\xaf", "ü\xf5\x80\x80\x80"} {
		for _, c := range []struct {
			schema string
			value  any
		}{
			{`"string"`, bad}, {`["null","string"]`, bad}, {`["null","string","long"]`, bad},
			{`{"type":"array","items":"string"}`, []any{"good", bad}},
			{`{"type":"map","values":"string"}`, map[string]any{bad: "good"}},
		} {
			schema := `{"type":"record","name":"r","fields":[{"name":"c","type":` + c.schema + `}]}`
			_, err := readAs(part(t, schema, avrotest.Options{}, []any{c.value}), Limits{}, 10, nil)
			wantDamage(t, err, fmt.Sprintf(`block 0 at byte %d: row 1: column "c": a string is not valid UTF-8`, headerSize(t, schema)))
		}
	}
}

func headerSize(t testing.TB, schema string) int { return len(part(t, schema, avrotest.Options{})) }

// What is wrong with a block as a whole.
func TestR12DamagedBlocks(t *testing.T) {
	schema := `{"type":"record","name":"r","fields":[{"name":"s","type":"string"}]}`
	good := []byte("\x02a\x02b\x02c") // three rows
	data := func(codec string, b []byte) []byte {
		p, err := avrotest.Pack(codec, b)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	cat := func(b []byte, more ...byte) []byte { return append(slices.Clone(b), more...) }
	snappy := data("snappy", good)
	tests := []struct {
		codec string
		rows  int64
		data  []byte
		want  string
	}{
		{"null", 2, good, "2 bytes are left over after the last row"},
		{"null", 0, good, "6 bytes are left over after the last row"},
		{"null", 4, good, `row 4: column "s": the bytes end in the middle of a value`},
		{"null", 7, good, "6 bytes cannot hold 7 rows"},
		{"null", -1, good, "count of rows is -1"},
		{"null", math.MinInt64, good, "count of rows is -9223372036854775808"},
		{"null", 1 << 60, good, "count of rows is 1152921504606846976, more than a block can hold"},
		{"snappy", 2, snappy, "2 bytes are left over after the last row"},
		{"snappy", 3, snappy[:3], "snappy: unexpected EOF"},
		{"snappy", 3, snappy[:len(snappy)-1], "snappy: "},
		{"snappy", 3, []byte("\xff\xff\xff\xff\x0fxxxxxxxxx"), "snappy: "},
		{"snappy", 3, []byte("\xff\xff\xff\x0fxxxxxxxxx"), "snappy: 9 bytes claim to hold 33554431"},
		{"deflate", 3, data("deflate", good)[:4], "deflate: unexpected EOF"},
		{"deflate", 3, cat(data("deflate", good), 1, 2, 3), "deflate: 3 trailing bytes"},
		{"deflate", 3, cat(data("deflate", good), 0), "deflate: 1 trailing bytes"},
		{"deflate", 3, []byte("\xff\xff\xff"), "deflate: flate: corrupt"},
		{"zstandard", 3, data("zstandard", good)[:9], "zstandard: unexpected EOF"},
		{"zstandard", 3, cat(data("zstandard", good), 1, 2, 3, 4, 5), "zstandard: invalid input: magic number mismatch"},
		{"xz", 3, data("xz", good)[:30], "xz: unexpected EOF"},
		{"xz", 3, cat(data("xz", good), 1, 2, 3, 4), "xz: "},
		{"bzip2", 3, []byte("BZh9"), "bzip2: "},
		{"bzip2", 3, []byte("nonsense"), "bzip2: bzip2 data invalid"},
	}
	for _, codec := range []string{"deflate", "snappy", "zstandard", "xz", "bzip2"} {
		tests = append(tests, tests[0])
		last := &tests[len(tests)-1]
		last.codec, last.data, last.want = codec, nil, codec+": unexpected EOF"
	}
	for _, test := range tests {
		o := avrotest.Options{Sync: testSync, Meta: map[string]string{"avro.codec": test.codec}}
		p := part(t, schema, o)
		start := len(p)
		p = avrotest.AppendBlock(p, test.rows, test.data, testSync)
		_, err := readAs(p, Limits{}, 2048, nil)
		wantDamage(t, err, fmt.Sprintf("block 0 at byte %d: %s", start, test.want))
	}
}

// Zero bytes between or after blocks, a size beyond the file, and whatever else keeps a block
// from being found.
func TestDamagedFraming(t *testing.T) {
	schema := `{"type":"record","name":"r","fields":[{"name":"s","type":"string"}]}`
	head := part(t, schema, avrotest.Options{Sync: testSync})
	good := avrotest.AppendBlock(nil, 1, []byte("\x02a"), testSync)
	other := testSync
	other[15]++
	tests := []struct {
		name string
		tail []byte
		want string
	}{
		{"another marker", avrotest.AppendBlock(nil, 1, []byte("\x02a"), other), "sync marker does not match"},
		{"negative size", slices.Concat(longs(1, -5), testSync[:]), "size is -5"},
		{"size beyond the file", slices.Concat(longs(1, 1000), testSync[:]), "it has 1000 bytes and a marker, the file only"},
		{"size beyond all", slices.Concat(longs(1, math.MaxInt64), testSync[:]), "size of 9223372036854775807 bytes is beyond the limit"},
		{"count beyond 64 bits", bytes.Repeat([]byte{0xff}, 40), "its count of rows is cut off or no number"},
		{"size beyond 64 bits", slices.Concat(longs(1), bytes.Repeat([]byte{0xff}, 40)), "its size is cut off or no number"},
		{"a zero at the end", []byte{0}, "its size is cut off or no number"},
		{"zeros at the end", make([]byte, 16), "it has 0 bytes and a marker, the file only 14 more"},
		{"many zeros at the end", make([]byte, 100), "sync marker does not match"},
		{"one byte twice", slices.Concat(good[:1], good), "it has "},
		{"the next block's first byte missing", slices.Concat(good[1:], good), "1 bytes cannot hold 2 rows"},
	}
	for _, test := range tests {
		p := slices.Concat(head, good, test.tail)
		rows, err := readAs(p, Limits{}, 2048, nil)
		if len(rows) != 1 {
			t.Errorf("%s: %d rows before it, want 1", test.name, len(rows))
		}
		if test.name == "one byte twice" {
			wantDamage(t, err, "block 1 at byte ")
			continue
		}
		wantDamage(t, err, fmt.Sprintf("block 1 at byte %d: %s", len(head)+len(good), test.want))
	}
}

// A part cut off anywhere is an error, except exactly after its header or after a block, where
// a container cannot tell.
func TestTruncation(t *testing.T) {
	for _, name := range []string{"types.null.avro", "types.deflate.avro", "types.snappy.avro", "types.zstandard.avro", "types.bzip2.avro", "types.xz.avro"} {
		t.Run(name, func(t *testing.T) {
			data, columns, want := goldenPart(t, filepath.Join(partsFolder, name))
			ends := blockEnds(t, data)
			if len(ends) < 3 {
				t.Fatalf("the part has %d blocks, too few for this test", len(ends)-1)
			}
			step := 1
			if codec := strings.Split(name, ".")[1]; codec == "bzip2" || codec == "xz" {
				step = 29 // these take megabytes to set up
			}
			for n := 0; n < len(data); n += step {
				if step > 1 && n+step >= len(data) {
					n, step = len(data)-step, 1
				}
				rows, err := readAs(data[:n], Limits{}, 2048, columns)
				if before, undetectable := ends[n]; undetectable {
					if err != nil || int64(len(rows)) != before {
						t.Fatalf("cut after a block at byte %d: %d rows, %v, want %d rows", n, len(rows), err, before)
					}
					sameRows(t, rows, want[:before])
					continue
				}
				var damage *DamageError
				if !errors.As(err, &damage) {
					t.Fatalf("cut at byte %d: %d rows, error %v, want damage", n, len(rows), err)
				}
			}
		})
	}
}

// blockEnds returns where header and blocks end, with the count of rows before.
func blockEnds(t *testing.T, data []byte) map[int]int64 {
	f, err := Open(bytes.NewReader(data), int64(len(data)), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	ends := map[int]int64{int(f.next): 0}
	var b Block
	for f.Next(&b) == nil {
		ends[int(f.next)] = b.FirstRow + b.Rows
	}
	return ends
}

// Any one bit flipped in a snappy block is noticed; in the header it is noticed or harmless
// to the rows, unless it makes the schema another one.
func TestFlippedBits(t *testing.T) {
	data, columns, want := goldenPart(t, filepath.Join(partsFolder, "user_migrations.snappy.avro"))
	headerEnd := 0
	for end, rows := range blockEnds(t, data) {
		if rows == 0 {
			headerEnd = end
		}
	}
	schemaAt := bytes.Index(data, []byte(`{"type"`))
	schemaEnd := bytes.LastIndexByte(data[:headerEnd-16], '}') + 1
	if schemaAt < 0 || schemaEnd <= schemaAt {
		t.Fatal("no schema found")
	}
	for bit := range len(data) * 8 {
		flipped := slices.Clone(data)
		flipped[bit/8] ^= 1 << (bit % 8)
		rows, err := readAs(flipped, Limits{}, 2048, columns)
		var damage *DamageError
		var bad *RowError
		switch at := bit / 8; {
		case errors.As(err, &damage):
		case at >= schemaAt && at < schemaEnd && (err == nil || errors.As(err, &bad)):
		case at < headerEnd && err == nil && slices.EqualFunc(rows, want, slices.Equal):
		default:
			t.Errorf("bit %d of byte %d flipped: %d rows, error %v", bit%8, bit/8, len(rows), err)
		}
	}
}

// brokenReader fails where there are bytes: that is not damage.
type brokenReader struct{}

var errDisk = errors.New("the disk is gone")

func (r brokenReader) ReadAt(p []byte, off int64) (int, error) { return 0, errDisk }

func TestReadErrors(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(partsFolder, "users.snappy.avro"))
	if err != nil {
		t.Fatal(err)
	}
	var damage *DamageError
	if _, err := Open(brokenReader{}, 100, Limits{}); !errors.Is(err, errDisk) || errors.As(err, &damage) {
		t.Errorf("open: %v, want the reader's error", err)
	}
	f, err := Open(bytes.NewReader(data), int64(len(data)), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	f.r = brokenReader{}
	var b Block
	for range 2 {
		if err := f.Next(&b); !errors.Is(err, errDisk) || errors.As(err, &damage) {
			t.Errorf("next: %v, want the reader's error", err)
		}
	}
	// A file that is shorter than it was said to be.
	f, err = Open(bytes.NewReader(data[:len(data)-3]), int64(len(data)), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		err = f.Next(&b)
	}
	if !errors.As(err, &damage) || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("shorter than said: %v", err)
	}
}

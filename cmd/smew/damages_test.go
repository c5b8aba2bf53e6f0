package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"

	"smew/avro/avrotest"
)

// Parts of 60 rows in three blocks, and all that can happen to them.

const (
	spoiltRows   = 60
	spoiltSchema = `{"type":"record","name":"click","fields":[{"name":"id","type":"long"},{"name":"href","type":["null","string"]}]}`
)

var (
	spoiltCodecs = []string{"null", "deflate", "snappy", "zstandard", "bzip2", "xz"}
	spoiltSync   = [16]byte([]byte("\xf0\xf1\xf2\xf3\xf4\xf5\xf6\xf7\xf8\xf9\xfa\xfb\xfc\xfd\xfe\xff"))
)

// wholePart is a part before it is damaged.
type wholePart struct {
	codec string
	head  []byte
	raw   [][]byte // the blocks before they are compressed
	pack  func(raw []byte) []byte
}

func newWholePart(t *testing.T, codec string, pack func([]byte) []byte) wholePart {
	t.Helper()
	var b bytes.Buffer
	meta := map[string]string{"avro.codec": codec}
	if err := avrotest.Write(&b, spoiltSchema, avrotest.Options{Sync: spoiltSync, Meta: meta}); err != nil {
		t.Fatal(err)
	}
	p := wholePart{codec: codec, head: b.Bytes(), pack: pack}
	for block := range 3 {
		var raw []byte
		for i := range spoiltRows / 3 {
			n := block*spoiltRows/3 + i
			raw = binary.AppendVarint(raw, int64(1000000+n*7919))
			if n%9 == 4 {
				raw = append(raw, 0)
				continue
			}
			raw = clickText(append(raw, 2), fmt.Sprintf("https://shop.example/%d?utm=ü", n))
		}
		p.raw = append(p.raw, raw)
	}
	return p
}

func clickText(out []byte, s string) []byte {
	return append(binary.AppendVarint(out, int64(len(s))), s...)
}

// spoiltBlock is a block as it is written: what stands before the data may lie.
type spoiltBlock struct {
	rows, size int64
	data       []byte
	sync       [16]byte
}

func (p wholePart) blocks() []spoiltBlock {
	var all []spoiltBlock
	for _, raw := range p.raw {
		data := p.pack(raw)
		all = append(all, spoiltBlock{spoiltRows / 3, int64(len(data)), data, spoiltSync})
	}
	return all
}

func (p wholePart) with(blocks []spoiltBlock) []byte {
	out := bytes.Clone(p.head)
	for _, b := range blocks {
		out = binary.AppendVarint(binary.AppendVarint(out, b.rows), b.size)
		out = append(append(out, b.data...), b.sync[:]...)
	}
	return out
}

func (p wholePart) bytes() []byte { return p.with(p.blocks()) }

// second changes the second block.
func second(change func(b *spoiltBlock)) func(wholePart) []byte {
	return func(p wholePart) []byte {
		blocks := p.blocks()
		change(&blocks[1])
		return p.with(blocks)
	}
}

// value changes what is in the second block before it is compressed.
func value(change func(raw []byte) []byte) func(wholePart) []byte {
	return func(p wholePart) []byte {
		blocks := p.blocks()
		data := p.pack(change(bytes.Clone(p.raw[1])))
		blocks[1].data, blocks[1].size = data, int64(len(data))
		return p.with(blocks)
	}
}

// header flips a bit of the byte at the beginning of text in the header.
func header(text string, bit byte) func(wholePart) []byte {
	return func(p wholePart) []byte {
		out := p.bytes()
		out[bytes.LastIndex(out[:len(p.head)], []byte(text))] ^= bit
		return out
	}
}

// cutAt keeps the bytes up to a place that is counted from where the second block begins.
func cutAt(place func(second spoiltBlock) int) func(wholePart) []byte {
	return func(p wholePart) []byte {
		blocks := p.blocks()
		start := len(p.with(blocks[:1]))
		return p.bytes()[:start+place(blocks[1])]
	}
}

func flip(data []byte, at int, bit byte) []byte {
	out := bytes.Clone(data)
	out[at] ^= bit
	return out
}

// firstURL is where the first text of a raw block begins.
func firstURL(raw []byte) int { return bytes.Index(raw, []byte("https")) }

type damageKind struct {
	name  string
	spoil func(wholePart) []byte
}

// foreignFiles are no parts at all, so of no codec.
var foreignFiles = []damageKind{
	{"an empty file", func(wholePart) []byte { return []byte{} }},
	{"a CSV file", func(wholePart) []byte { return []byte(strings.Repeat("id,href\n1,https://shop.example\n", 20)) }},
	{"a Parquet file", func(wholePart) []byte { return []byte("PAR1" + strings.Repeat("\x15\x04\x15\x10", 50) + "PAR1") }},
	{"a gzip file", func(wholePart) []byte { return []byte("\x1f\x8b\x08\x00" + strings.Repeat("x", 100)) }},
}

var damageKinds = []damageKind{
	{"none", wholePart.bytes},
	{"cut in the header", func(p wholePart) []byte { return p.head[:len(p.head)/2] }},
	{"cut in the middle of a block", cutAt(func(b spoiltBlock) int { return len(b.data) / 2 })},
	{"cut before a sync marker", cutAt(func(b spoiltBlock) int { return len(b.data) + 2 + len(binary.AppendVarint(nil, b.size)) - 1 })},
	{"cut in a sync marker", cutAt(func(b spoiltBlock) int { return len(b.data) + 1 + len(binary.AppendVarint(nil, b.size)) + 8 })},
	{"cut between two blocks", cutAt(func(spoiltBlock) int { return 0 })},
	{"bit flipped in the magic", func(p wholePart) []byte { return flip(p.bytes(), 1, 4) }},
	{"bit flipped in the name of the codec's entry", header("avro.codec", 1)},
	{"bit flipped in the schema's braces", header(`{"name":"href"`, 1)},
	{"bit flipped in a type of the schema", header(`string`, 1)},
	{"bit flipped in a column's name", header(`href`, 1)},
	{"bit flipped in the header's sync marker", header("\xf4\xf5\xf6", 1)},
	{"bit flipped in a block's data", second(func(b *spoiltBlock) { b.data = flip(b.data, len(b.data)/2, 1) })},
	{"last byte of a block's data flipped", second(func(b *spoiltBlock) { b.data = flip(b.data, len(b.data)-1, 0x40) })},
	{"wrong checksum of a block", wrongChecksum},
	{"bit flipped in a sync marker", second(func(b *spoiltBlock) { b.sync[7] ^= 1 })},
	{"bit flipped in a count of rows", second(func(b *spoiltBlock) { b.rows ^= 4 })},
	{"bit flipped in a block's size", second(func(b *spoiltBlock) { b.size ^= 8 })},
	{"a row too many counted", second(func(b *spoiltBlock) { b.rows++ })},
	{"a row too few counted", second(func(b *spoiltBlock) { b.rows-- })},
	{"no rows counted", second(func(b *spoiltBlock) { b.rows = 0 })},
	{"negative count of rows", second(func(b *spoiltBlock) { b.rows = -b.rows })},
	{"size one too large", second(func(b *spoiltBlock) { b.size++ })},
	{"size one too small", second(func(b *spoiltBlock) { b.size-- })},
	{"negative size", second(func(b *spoiltBlock) { b.size = -b.size })},
	{"trailing bytes in a block", value(func(raw []byte) []byte { return append(raw, 0, 0) })},
	{"branch of a union that does not exist", value(func(raw []byte) []byte { raw[firstURL(raw)-2] = 4; return raw })},
	{"negative length of a text", value(func(raw []byte) []byte { raw[firstURL(raw)-1] = 3; return raw })},
	{"length of a text beyond the block", value(func(raw []byte) []byte { return slices.Insert(raw, firstURL(raw)-1, 0xfe, 0xff, 0xff, 0x7f) })},
	{"invalid UTF-8", value(func(raw []byte) []byte { raw[firstURL(raw)] = 0xff; return raw })},
	{"a block twice", func(p wholePart) []byte { b := p.blocks(); return p.with([]spoiltBlock{b[0], b[1], b[1], b[2]}) }},
	{"trailing bytes in the file", func(p wholePart) []byte { return append(p.bytes(), "\n\n"...) }},
	{"zeros at the end", func(p wholePart) []byte { return append(p.bytes(), make([]byte, 512)...) }},
	{"zeros for the second half", func(p wholePart) []byte { b := p.bytes(); clear(b[len(b)/2:]); return b }},
	{"two files in one", func(p wholePart) []byte { return append(p.bytes(), p.bytes()...) }},
}

// wrongChecksum spoils what a codec's block is checked by; two codecs have nothing.
func wrongChecksum(p wholePart) []byte {
	at := map[string]func(data []byte) int{
		"snappy": func(data []byte) int { return len(data) - 4 },
		// The frame's checksum, which the writer of these parts adds.
		"zstandard": func(data []byte) int { return len(data) - 4 },
		"bzip2":     func([]byte) int { return 10 },
		// CRC64, before the index and the footer.
		"xz": func(data []byte) int { return len(data) - 12 - 12 - 8 },
	}[p.codec]
	if at == nil {
		return nil
	}
	return second(func(b *spoiltBlock) { b.data = flip(b.data, at(b.data), 1) })(p)
}

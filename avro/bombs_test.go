package avro

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"smew/avro/avrotest"
)

// A header that would become far more memory than it has bytes is refused, or takes little.
func TestHeaderBombs(t *testing.T) {
	file := func(schema string) []byte {
		return part(t, oneString, avrotest.Options{Meta: map[string]string{"avro.schema": schema}})
	}
	record := func(fields string) []byte {
		return file(`{"type":"record","name":"r","fields":[` + fields + `]}`)
	}
	long := strings.Repeat("n", 1<<20)
	var entries []byte // 300,000 of them, each with a key of its own
	for i := range 300000 {
		entries = append(append(entries, 6), byte(i), byte(i>>7), byte(i>>14), 0)
		for j := range 3 {
			entries[len(entries)-4+j] &= 0x7f
		}
	}
	meta := slices.Concat([]byte(magic), binary.AppendVarint(nil, 300000), entries, []byte{0}, testSync[:])
	tests := []struct {
		name  string
		part  []byte
		limit LimitName
		want  string
	}{
		{"entries of the metadata", meta, "", "header at byte 0: there is no schema"},
		{"a count of entries", slices.Concat([]byte(magic), longs(1<<60)), "", "header at byte 13: metadata: a count of items is out of range"},
		{"a schema 10,000 deep", record(`{"name":"a","type":` + strings.Repeat(`{"type":"array","items":`, 9000) + `"int"` + strings.Repeat("}", 9000) + "}"),
			LimitDepth, `header at byte 0: schema: record "r": field "a": items of array: `},
		{"a schema 20,000 deep", record(`{"name":"a","type":` + strings.Repeat(`[`, 20000) + strings.Repeat("]", 20000) + "}"),
			"", "header at byte 0: schema is not JSON: "},
		{"branches", record(`{"name":"a","type":["null"` + strings.Repeat(`,"int"`, 1<<17) + `]}`),
			LimitFields, `header at byte 0: schema: record "r": field "a": more than 131072 fields, branches and symbols`},
		{"symbols", record(`{"name":"a","type":{"type":"enum","name":"e","symbols":[""` + strings.Repeat(`,""`, 1<<17) + `]}}`),
			LimitFields, `header at byte 0: schema: record "r": field "a": enum "e": more than 131072 fields, branches and symbols`},
		{"a long symbol", record(`{"name":"a","type":{"type":"enum","name":"e","symbols":["` + long + `"]}}`),
			"", `header at byte 0: schema: record "r": field "a": enum "e": a symbol is longer than 1024 bytes: "nnnn`},
		{"a namespace that is part of many names", file(`{"type":"record","name":"r","namespace":"` + long + `","fields":[` +
			strings.Repeat(`{"name":"a","type":{"type":"record","name":"x","fields":[]}},`, 10000) + `{"name":"b","type":"int"}]}`),
			"", `header at byte 0: schema: the name of a type is longer than 1024 bytes: "r"`},
		{"a long name of a field", record(`{"name":"` + long + `","type":"nothing"}`), "", `header at byte 0: schema: record "r": field "nnnn`},
		{"a long name of a type", record(`{"name":"a","type":"` + long + `"}`), "", `header at byte 0: schema: record "r": field "a": the name of a type is longer than 1024 bytes: "nnnn`},
		{"a long codec", part(t, oneString, avrotest.Options{Codec: "null", Meta: map[string]string{"avro.codec": long}}), "", `header at byte 0: codec "nnnn`},
		{"a header of 5 MB", record(`{"name":"a","type":"int","doc":"` + strings.Repeat("d", 5<<20) + `"}`), LimitHeader, "header at byte 21: it is longer than the limit of 4194304 bytes"},
	}
	for _, test := range tests {
		before := allocated()
		_, err := Open(bytes.NewReader(test.part), int64(len(test.part)), Limits{})
		if used := allocated() - before; used > 64<<20 {
			t.Errorf("%s: %d bytes allocated for %d", test.name, used, len(test.part))
		}
		wantDamage(t, err, test.want)
		var damage *DamageError
		if errors.As(err, &damage) && damage.Limit != test.limit || len(err.Error()) > longestError {
			t.Errorf("%s: limit %q, want %q; an error of %d bytes", test.name, damage.Limit, test.limit, len(err.Error()))
		}
	}
}

// A column may have any name, but an error that names it stays short.
func TestLongColumnsInErrors(t *testing.T) {
	schema := `{"type":"record","name":"r","fields":[{"name":"` + strings.Repeat("ü", 1<<19) + `","type":["null","string"]}]}`
	var row *RowError
	_, err := readAs(part(t, schema, avrotest.Options{}, []any{"x"}), Limits{}, 10, []Column{{strings.Repeat("ü", 1<<19), Long}})
	if !errors.As(err, &row) || len(err.Error()) > 500 {
		t.Errorf("an error of %d bytes", len(err.Error()))
	}
	_, err = readAs(part(t, schema, avrotest.Options{}, []any{longs(7)}), Limits{}, 10, nil)
	wantDamage(t, err, fmt.Sprintf("block 0 at byte %d: row 1: column \"üü", headerSize(t, schema)))
	if len(err.Error()) > 500 {
		t.Errorf("an error of %d bytes", len(err.Error()))
	}
}

// Rows that take no bytes are counted over all blocks: a part of a few bytes a block would else
// bring rows without end.
func TestRowsWithoutBytesInManyBlocks(t *testing.T) {
	p := part(t, `{"type":"record","name":"r","fields":[{"name":"n","type":"null"}]}`, avrotest.Options{Sync: testSync})
	for range 3 {
		p = avrotest.AppendBlock(p, 400, nil, testSync)
	}
	rows, err := readAs(p, Limits{Empty: 1000}, 64, nil)
	if len(rows) != 800 {
		t.Errorf("%d rows, want 800", len(rows))
	}
	wantDamage(t, err, "block 2 at byte ")
	var damage *DamageError
	if !errors.As(err, &damage) || damage.Limit != LimitEmpty {
		t.Errorf("%v: limit %q", err, damage.Limit)
	}
}

// Blocks that grow beyond the memory of those before are whole, and so are smaller ones after them.
func TestGrowingBlocks(t *testing.T) {
	for _, codec := range []string{"deflate", "xz", "zstandard", "snappy"} {
		p := part(t, oneString, avrotest.Options{Codec: codec, Sync: testSync})
		var want [][]string
		for i, size := range []int{10, 200 << 10, 190 << 10, 2 << 20, 0, 300 << 10} {
			text := strings.Repeat(string(rune('a'+i)), size)
			packed, err := avrotest.Pack(codec, append(binary.AppendVarint(nil, int64(size)), text...))
			if err != nil {
				t.Fatal(err)
			}
			p, want = avrotest.AppendBlock(p, 1, packed, testSync), append(want, []string{text})
		}
		rows, err := readAs(p, Limits{}, 10, nil)
		if err != nil {
			t.Errorf("%s: %v", codec, err)
			continue
		}
		for i := range want {
			if rows[i][0] != want[i][0] {
				t.Errorf("%s: row %d has %d bytes, or others, want %d", codec, i, len(rows[i][0]), len(want[i][0]))
			}
		}
	}
}

// A dictionary is made to fit, but a header whose checksum was wrong stays wrong, and several
// blocks and streams are read as one.
func TestXZStreams(t *testing.T) {
	pack := func(text string) []byte {
		packed, err := avrotest.Pack("xz", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return packed
	}
	one, two := pack("\x06ab"), pack("c\x02d")
	file := func(data []byte) []byte {
		p := part(t, oneString, avrotest.Options{Sync: testSync, Meta: map[string]string{"avro.codec": "xz"}})
		return avrotest.AppendBlock(p, 2, data, testSync)
	}
	for _, data := range [][]byte{slices.Concat(one, two), slices.Concat(one, make([]byte, 12), two, make([]byte, 4))} {
		rows, err := readAs(file(data), Limits{}, 10, nil)
		if err != nil {
			t.Fatal(err)
		}
		sameRows(t, rows, [][]string{{"abc"}, {"d"}})
	}
	for i := range len(one) * 8 {
		flipped := slices.Clone(one)
		flipped[i/8] ^= 1 << (i % 8)
		_, err := readAs(file(slices.Concat(flipped, two)), Limits{}, 10, nil)
		var damage *DamageError
		if !errors.As(err, &damage) {
			t.Errorf("bit %d flipped: %v", i, err)
		}
	}
}

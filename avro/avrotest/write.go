// Package avrotest writes Avro object container files for tests: any schema, also such as no
// other writer takes, and values that are not what the schema says.
package avrotest

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"maps"
	"slices"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"
)

// Options says how a file is written; its zero value writes all rows into one block, not
// compressed.
type Options struct {
	Codec     string            // null, deflate, snappy, zstandard or xz; "" leaves it out of the header
	BlockRows int               // rows of a block; 0: all in one
	Sync      [16]byte          // the marker between blocks; zero: a fixed one
	Meta      map[string]string // more of the header; takes precedence over avro.schema and avro.codec
}

// Raw is written as it is, wherever a value or a row's only element may stand.
type Raw []byte

// Branch is a value of a union with its branch given. Other values take the first branch that
// they fit.
type Branch struct {
	Index int
	Value any
}

// Write writes rows of a record schema, each with its values in the order of the fields: nil,
// bool, int, int32, int64, float32, float64, string (also a symbol), []byte, []any, map[string]any
// (also a nested record, by field name), Branch, Raw.
func Write(w io.Writer, schema string, o Options, rows ...[]any) error {
	var parsed any
	if err := json.Unmarshal([]byte(schema), &parsed); err != nil {
		return fmt.Errorf("read schema: %w", err)
	}
	e := encoder{named: map[string]map[string]any{}}
	e.collect(parsed)
	record, _ := parsed.(map[string]any)
	fields, _ := record["fields"].([]any)
	if o.Sync == ([16]byte{}) {
		copy(o.Sync[:], "\x00sync marker\xfe\xff\x80\x01")
	}
	out := header(schema, o)
	size := max(cmp.Or(o.BlockRows, len(rows)), 1)
	for block := range slices.Chunk(rows, size) {
		var data []byte
		for i, row := range block {
			var err error
			if data, err = e.row(data, fields, row); err != nil {
				return fmt.Errorf("row %d: %w", i, err)
			}
		}
		packed, err := Pack(o.Codec, data)
		if err != nil {
			return err
		}
		out = AppendBlock(out, int64(len(block)), packed, o.Sync)
	}
	_, err := w.Write(out)
	return err
}

func header(schema string, o Options) []byte {
	meta := map[string]string{"avro.schema": schema}
	if o.Codec != "" {
		meta["avro.codec"] = o.Codec
	}
	maps.Copy(meta, o.Meta)
	out := binary.AppendVarint([]byte("Obj\x01"), int64(len(meta)))
	for _, key := range slices.Sorted(maps.Keys(meta)) {
		out = appendString(appendString(out, key), meta[key])
	}
	return append(append(out, 0), o.Sync[:]...)
}

// AppendBlock appends a block with its count, size and marker; packed is its data as it stands
// in the file.
func AppendBlock(out []byte, rows int64, packed []byte, sync [16]byte) []byte {
	out = binary.AppendVarint(out, rows)
	out = binary.AppendVarint(out, int64(len(packed)))
	return append(append(out, packed...), sync[:]...)
}

// Pack compresses the data of a block.
func Pack(codec string, data []byte) ([]byte, error) {
	var b bytes.Buffer
	var w io.WriteCloser
	var err error
	switch codec {
	case "", "null":
		return data, nil
	case "snappy":
		return binary.BigEndian.AppendUint32(snappy.Encode(nil, data), crc32.ChecksumIEEE(data)), nil
	case "deflate":
		w, err = flate.NewWriter(&b, 6)
	case "zstandard":
		w, err = zstd.NewWriter(&b, zstd.WithEncoderConcurrency(1))
	case "xz":
		w, err = xz.NewWriter(&b)
	default:
		return nil, fmt.Errorf("codec %q cannot be written", codec)
	}
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(data); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func appendString(out []byte, s string) []byte {
	return append(binary.AppendVarint(out, int64(len(s))), s...)
}

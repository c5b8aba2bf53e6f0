package avro

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"smew/avro/avrotest"
)

// benchPart is like a part of the feed: two ids and 28 nullable strings, blocks of about 64 kB.
func benchPart(tb testing.TB, codec string) []byte {
	r := rand.New(rand.NewPCG(1, 2))
	var fields strings.Builder
	fields.WriteString(`{"name":"user_id","type":"long"},{"name":"event_id","type":["long","null"]}`)
	for i := range 28 {
		fmt.Fprintf(&fields, `,{"name":"c%d","type":["null","string"]}`, i)
	}
	var rows [][]any
	for range 5000 {
		row := []any{r.Int64() >> 12, r.Int64() >> 10}
		for i := range 28 {
			switch {
			case r.IntN(4) == 0:
				row = append(row, nil)
			case i%7 == 0:
				row = append(row, fmt.Sprintf("https://example.com/a/path/%d?utm_source=x%d", r.IntN(1e6), r.IntN(100)))
			default:
				row = append(row, fmt.Sprintf("value %d", r.IntN(1000)))
			}
		}
		rows = append(rows, row)
	}
	schema := `{"type":"record","name":"topLevelRecord","fields":[` + fields.String() + `]}`
	return part(tb, schema, avrotest.Options{Codec: codec, BlockRows: 170}, rows...)
}

func benchDecode(b *testing.B, codec string) {
	p := benchPart(b, codec)
	var plain int64
	columns := []Column{{"user_id", Long}, {"event_id", Long}}
	for i := range 28 {
		columns = append(columns, Column{fmt.Sprintf("c%d", i), Text})
	}
	var batch Batch
	var block Block
	run := func(d *Decoder, f *File) {
		plain = 0
		for {
			if err := f.Next(&block); err == io.EOF {
				return
			} else if err != nil {
				b.Fatal(err)
			}
			if err := d.Block(&block); err != nil {
				b.Fatal(err)
			}
			for {
				n, err := d.Rows(&batch, 2048)
				if err != nil {
					b.Fatal(err)
				}
				if n == 0 {
					break
				}
				plain += int64(len(batch.Data))
			}
		}
	}
	f, err := Open(bytes.NewReader(p), int64(len(p)), Limits{})
	if err != nil {
		b.Fatal(err)
	}
	d, err := NewDecoder(f, columns)
	if err != nil {
		b.Fatal(err)
	}
	start := *f
	run(d, f)
	b.SetBytes(plain)
	b.ReportAllocs()
	for b.Loop() {
		*f = start // the same 30 blocks again
		run(d, f)
	}
}

func BenchmarkDecode(b *testing.B) {
	for _, codec := range []string{"null", "snappy", "deflate", "zstandard"} {
		b.Run(codec, func(b *testing.B) { benchDecode(b, codec) })
	}
}

package duck

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"smew/avro"
)

// BenchmarkInsert decodes a part into a table in memory: what a row costs beyond DuckDB's storage.
func BenchmarkInsert(b *testing.B) {
	const rows, texts = 100_000, 30
	columns := []avro.Column{{Name: "event_id", Kind: avro.Long}, {Name: "user_id", Kind: avro.Long}}
	scan := Scan{Columns: IDs("event_id", "user_id")}
	for i := range texts {
		name := fmt.Sprintf("text%d", i)
		columns, scan.Columns = append(columns, avro.Column{Name: name}), append(scan.Columns, Column{Delivered: name, As: name})
	}
	for _, codec := range []string{"null", "snappy", "deflate"} {
		b.Run(codec, func(b *testing.B) {
			var part bytes.Buffer
			w, err := avro.NewWriter(&part, columns, avro.WriterOptions{Codec: codec})
			if err != nil {
				b.Fatal(err)
			}
			for row := range rows {
				w.Long(int64(row) * 7919)
				w.Long(int64(row % 1000))
				for i := range texts {
					if i%3 == 0 {
						w.Null()
						continue
					}
					w.Text(fmt.Sprintf("value %d of many", row%(i*i+1)))
				}
				if err := w.EndRow(); err != nil {
					b.Fatal(err)
				}
			}
			if err := w.Flush(); err != nil {
				b.Fatal(err)
			}
			scan.Parts = []Part{{Name: "part", Place: 1, Bytes: bytes.NewReader(part.Bytes()), Size: int64(part.Len())}}
			db := memory(b, Options{})
			b.SetBytes(int64(part.Len()))
			b.ReportAllocs()
			for b.Loop() {
				err := db.Update(context.Background(), func(tx *Tx) error {
					_, err := tx.Insert(context.Background(), "CREATE OR REPLACE TABLE t AS FROM smew_parts()", scan)
					return err
				})
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

package produce_test

import (
	"context"
	"io"
	"testing"

	"smew/bucket"
	"smew/produce"
)

// void takes parts and keeps nothing but what is small.
type void struct{ *bucket.Memory }

func (v void) Create(ctx context.Context, key string, r io.Reader, o bucket.Options) error {
	if o.ContentType == "application/octet-stream" {
		_, err := io.Copy(io.Discard, r)
		return err
	}
	return v.Memory.Create(ctx, key, r, o)
}

func BenchmarkFeed(b *testing.B) {
	b.ReportAllocs()
	rows := 0
	for b.Loop() {
		s, err := produce.Feed(b.Context(), void{bucket.NewMemory()}, produce.Options{Users: 20_000, Dumps: 1, History: 300_000, PartRows: 50_000})
		if err != nil {
			b.Fatal(err)
		}
		for _, t := range s.Dumps[0].Tables {
			rows += t.Rows
		}
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
}

package loader_test

import (
	"bytes"
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"smew/avro/avrotest"
	"smew/bucket"
	"smew/loader"
)

// A listed column that no part has is NULL and warned about: in a part's header, which has no
// checksum, a turned bit can rename a column.
func TestListedColumnMissing(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	b := bucket.NewMemory()
	var part bytes.Buffer
	schema := `{"type":"record","name":"r","fields":[{"name":"usér_id","type":"long"},{"name":"email","type":"string"}]}`
	if err := avrotest.Write(&part, schema, avrotest.Options{}, []any{int64(1), "a@example.com"}); err != nil {
		t.Fatal(err)
	}
	manifest := `{"dump_id": 3, "tables": [{"name": "users", "files": ["s3://b/p.avro"], "columns": ["user_id", "email"], "incremental": true}]}`
	for key, body := range map[string]string{"p.avro": part.String(), "manifests/sync_3.json": manifest} {
		if err := b.Create(ctx, key, strings.NewReader(body), bucket.Options{}); err != nil {
			t.Fatal(err)
		}
	}
	s, err := loader.Run(ctx, loader.Feed{Name: "the feed", Bucket: b}, loader.Config{DB: filepath.Join(t.TempDir(), "x.duckdb")})
	if err != nil || len(s.Loaded) != 1 {
		t.Fatalf("loaded %v, %v", s.Loaded, err)
	}
	want := []string{`dump 3: table "users": the manifest lists column "user_id", which no part has`}
	if !slices.Equal(s.Warnings, want) {
		t.Errorf("warnings %q, want %q", s.Warnings, want)
	}
}

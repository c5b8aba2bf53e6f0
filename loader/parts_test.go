package loader_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"smew/avro/avrotest"
	"smew/bucket"
	"smew/feed"
)

const partsFolder = "../testdata/parts"

// TestForeignParts loads the parts that fastavro made, in every codec, and finds the rows that stand
// beside them: 64-bit extremes, ” and NULL, quotes, line breaks, long texts, reserved names.
func TestForeignParts(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob(filepath.Join(partsFolder, "*.avro"))
	if err != nil || len(paths) < 10 {
		t.Fatal("parts are missing", paths, err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			table, _, _ := strings.Cut(filepath.Base(path), ".")
			text, err := os.ReadFile(filepath.Join(partsFolder, table+".json"))
			if err != nil {
				t.Fatal(err)
			}
			var want struct {
				Columns []string
				Rows    [][]*string
			}
			if err := json.Unmarshal(text, &want); err != nil {
				t.Fatal(err)
			}
			part, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			// Unlisted columns stand in the order of the part.
			memory := bucket.NewMemory()
			w := writer{t, memory, avrotest.Options{}}
			key := feed.PartKey(feed.Plain, 1, table, 0, "uuid")
			w.create(key, part)
			m := &feed.Manifest{DumpID: 1, Tables: []feed.Table{{Name: table, Files: []string{feed.Ref{Bucket: feedBucket, Key: key}.String()}, Incremental: true}}}
			manifest, err := m.Encode()
			if err != nil {
				t.Fatal(err)
			}
			w.create(feed.ManifestKey(1), manifest)
			db := filepath.Join(t.TempDir(), "x.duckdb")
			loadWhole(t, memory, db)

			rows := make([]string, len(want.Rows))
			for i, row := range want.Rows {
				values := make([]any, len(row))
				for j, v := range row {
					values[j] = idOrText(t, table, want.Columns[j], v)
				}
				rows[i] = line(t, values)
			}
			got := tablesOf(t, db, "delivered")[table]
			own := len(got.Columns) - len(want.Columns)
			if !slices.Equal(got.Columns[own:], want.Columns) {
				t.Fatalf("columns %q, want %q", got.Columns, want.Columns)
			}
			gotRows := make([]string, len(got.Rows))
			for i, row := range got.Rows {
				gotRows[i] = line(t, row[own:])
			}
			slices.Sort(rows)
			slices.Sort(gotRows)
			sameText(t, "rows", strings.Join(rows, "\n"), strings.Join(gotRows, "\n"))
		})
	}
}

func idOrText(t *testing.T, table, column string, v *string) any {
	t.Helper()
	if v == nil {
		return nil
	}
	if !feed.IsID(table, column) {
		return *v
	}
	n, err := strconv.ParseInt(*v, 10, 64)
	if err != nil {
		t.Fatal(fmt.Errorf("column %q: %w", column, err))
	}
	return n
}

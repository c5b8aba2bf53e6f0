package avro

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const partsFolder = "../testdata/parts"

// goldenPart reads a part that fastavro made and the rows it must give.
func goldenPart(t testing.TB, path string) (data []byte, columns []Column, rows [][]string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	name, _, _ := strings.Cut(filepath.Base(path), ".")
	text, err := os.ReadFile(filepath.Join(partsFolder, name+".json"))
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
	for _, c := range want.Columns {
		columns = append(columns, Column{Name: c})
		if strings.HasSuffix(c, "user_id") || strings.HasSuffix(c, "event_id") || c == "session_id" {
			columns[len(columns)-1].Kind = Long
		}
	}
	for _, r := range want.Rows {
		row := make([]string, len(r))
		for i, v := range r {
			if row[i] = null; v != nil {
				row[i] = *v
			}
		}
		rows = append(rows, row)
	}
	return data, columns, rows
}

func goldenParts(t testing.TB) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(partsFolder, "*.avro"))
	if err != nil || len(paths) == 0 {
		t.Fatal("no parts", err)
	}
	return paths
}

// Parts by another writer, in every codec and with every type, give the rows that stand beside
// them, whatever the size of the batches and the order of the columns.
func TestGoldenParts(t *testing.T) {
	seen := map[string]bool{}
	for _, path := range goldenParts(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			data, columns, want := goldenPart(t, path)
			seen[strings.Split(filepath.Base(path), ".")[1]] = true
			for _, max := range []int{1, 7, 2048} {
				got, err := readAs(data, Limits{}, max, columns)
				if err != nil {
					t.Fatal(err)
				}
				sameRows(t, got, want)
			}
			slices.Reverse(columns)
			for _, row := range want {
				slices.Reverse(row)
			}
			got, err := readAs(data, Limits{}, 2048, columns)
			if err != nil {
				t.Fatal(err)
			}
			sameRows(t, got, want)
		})
	}
	for _, codec := range []string{"null", "deflate", "snappy", "zstandard", "bzip2", "xz"} {
		if !seen[codec] {
			t.Errorf("no part with codec %s", codec)
		}
	}
}

// A column alone is read right past all that is skipped before and after it.
func TestColumnAlone(t *testing.T) {
	data, columns, want := goldenPart(t, filepath.Join(partsFolder, "types.null.avro"))
	for c, column := range columns {
		got, err := readAs(data, Limits{}, 2048, []Column{{Name: "absent"}, column, {Name: "absent too", Kind: Long}})
		if err != nil {
			t.Fatalf("column %q: %v", column.Name, err)
		}
		for i := range want {
			if w := []string{null, want[i][c], null}; !slices.Equal(got[i], w) {
				t.Fatalf("column %q, row %d: got %q, want %q", column.Name, i, got[i], w)
			}
		}
	}
}

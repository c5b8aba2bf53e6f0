package loader_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"smew/bucket"
	"smew/duck"
	"smew/loader"
	"smew/loader/oracle"
	"smew/sample"
)

func loadInBatches(t *testing.T, b bucket.Bucket, db string, parts int) {
	t.Helper()
	s, err := loader.RunInBatches(context.Background(), loader.Feed{Name: "the feed", Bucket: b}, loader.Config{DB: db}, parts)
	if err != nil || len(s.Failed) > 0 {
		t.Fatalf("%v, failed %+v", err, s.Failed)
	}
}

// How many parts are inserted at once must not show: keys repeat across batches of a dump.
func TestBatchSizes(t *testing.T) {
	t.Parallel()
	for _, seed := range sample.Seeds(t, sample.Worlds, 1, 4) {
		t.Run(strconv.Itoa(seed), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if _, err := oracle.NewWorld(uint64(1000+seed), dir, oracle.WorldOptions{Whole: true, OddNames: seed == 0}); err != nil {
				t.Fatal(err)
			}
			b, err := bucket.OpenDir(dir)
			if err != nil {
				t.Fatal(err)
			}
			at := func(parts int) string {
				db := filepath.Join(t.TempDir(), "x.duckdb")
				loadInBatches(t, b, db, parts)
				return shown(t, db) + superseded(t, db)
			}
			want := at(0)
			for _, parts := range []int{1, 2} {
				sameText(t, strconv.Itoa(parts)+" parts at once", want, at(parts))
			}
		})
	}
}

// superseded is how many rows each dump superseded, as the ledger has it.
func superseded(t *testing.T, path string) string {
	var out strings.Builder
	inDatabase(t, path, func(ctx context.Context, tx *duck.Tx) error {
		return tx.Each(ctx, "SELECT dump_id, name, rows_superseded FROM smew.tables ORDER BY ALL", nil, func(scan func(...any) error) error {
			var dump, rows int64
			var name string
			err := scan(&dump, &name, &rows)
			fmt.Fprintln(&out, dump, name, rows)
			return err
		})
	})
	return out.String()
}

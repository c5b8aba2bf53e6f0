package duck

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// What a direct transaction writes is in the file when it has committed, not in the log, and what one that fails wrote
// in neither. Those after it write the log again.
func TestDirect(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "x.duckdb")
	db, err := Open(ctx, path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	insert := func(direct bool, end error) {
		t.Helper()
		err := db.Update(ctx, func(tx *Tx) error {
			_, err := tx.Exec(ctx, "INSERT INTO t SELECT i, 'text ' || i FROM range(1000) AS r(i)")
			if direct {
				err = errors.Join(err, tx.Direct(ctx))
			}
			return errors.Join(err, end)
		})
		if !errors.Is(err, end) {
			t.Fatal(err)
		}
	}
	logged := func() bool {
		info, err := os.Stat(path + ".wal")
		return err == nil && info.Size() > 0
	}
	update(t, db, "CREATE TABLE t (a BIGINT, b VARCHAR)")
	for _, c := range []struct {
		name   string
		direct bool
		end    error
		rows   int64
		logged bool
	}{
		{"through the log", false, nil, 1000, true},
		{"direct, failing", true, errNo, 1000, true},
		{"direct", true, nil, 2000, false},
		{"through the log again", false, nil, 3000, true},
		{"direct again", true, nil, 4000, false},
	} {
		insert(c.direct, c.end)
		if logged() != c.logged {
			t.Errorf("%s: a log that holds something is %v", c.name, logged())
		}
		equalRows(t, query(t, db, "SELECT count(*), count(b) FROM t"), [][]any{{c.rows, c.rows}})
	}
}

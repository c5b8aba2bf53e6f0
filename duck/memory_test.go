package duck

import (
	"context"
	"errors"
	"strings"
	"testing"
)

// A statement that finds no room says so in one line, with advice, and the transaction before it is kept.
func TestMemoryLimit(t *testing.T) {
	db := memory(t, Options{Memory: "20MB"})
	update(t, db, "CREATE TABLE t (a INT)")
	err := db.Update(context.Background(), func(tx *Tx) error {
		_, err := tx.Exec(context.Background(), "CREATE TABLE big AS SELECT list(range) FROM range(20_000_000)")
		return err
	})
	var short *MemoryError
	if !errors.As(err, &short) || short.Hint() == "" || strings.Contains(err.Error(), "\n") {
		t.Fatalf("%q", err)
	}
	equalRows(t, query(t, db, "FROM t"), nil)
}

// A load's own limit lowers DuckDB's and never raises it: on a small machine DuckDB's is the lower one.
func TestMemoryAtMost(t *testing.T) {
	for _, c := range []struct {
		o    Options
		want string
	}{{Options{AtMost: 640_000_000}, "610.3 MiB"}, {Options{AtMost: 640_000_000, Memory: "1GiB"}, "1.0 GiB"}} {
		equalRows(t, query(t, memory(t, c.o), "SELECT current_setting('memory_limit')"), [][]any{{c.want}})
	}
	before := query(t, memory(t, Options{}), "SELECT current_setting('memory_limit')")
	equalRows(t, query(t, memory(t, Options{AtMost: 1 << 60}), "SELECT current_setting('memory_limit')"), before)
}

func TestSizeOf(t *testing.T) {
	for shown, want := range map[string]int64{"0 bytes": 0, "512 bytes": 512, "1.0 KiB": 1 << 10, "1.5 MiB": 3 << 19, "2.0 GiB": 2 << 30, "1.0 TiB": 1 << 40} {
		if got, err := sizeOf(shown); err != nil || got != want {
			t.Errorf("%q: %d, %v", shown, got, err)
		}
	}
	for _, shown := range []string{"", "much", "3 parsecs"} {
		if got, err := sizeOf(shown); err == nil {
			t.Errorf("%q: %d", shown, got)
		}
	}
}

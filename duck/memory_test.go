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

package duck

import (
	"context"
	"errors"
	"testing"
)

// A transaction that asks for one thread has one, and those after it have all, however it ended.
func TestAlone(t *testing.T) {
	ctx := context.Background()
	db := memory(t, Options{Threads: 3})
	refused := errors.New("refused")
	for _, end := range []error{nil, refused} {
		err := db.Update(ctx, func(tx *Tx) error {
			for range 2 {
				if err := tx.Alone(ctx); err != nil {
					return err
				}
			}
			rows, err := rowsOf(tx, "SELECT current_setting('threads')")
			equalRows(t, rows, [][]any{{int64(1)}})
			return errors.Join(err, end)
		})
		if !errors.Is(err, end) {
			t.Fatal(err)
		}
		equalRows(t, query(t, db, "SELECT current_setting('threads')"), [][]any{{int64(3)}})
	}
}

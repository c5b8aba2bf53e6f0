package duck

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
)

// A file is attached for writing to one that is only read, is made if it is not there, keeps what was written, and
// is refused while another process has it.
func TestAttach(t *testing.T) {
	ctx := context.Background()
	path := tempPath(t)
	second := filepath.Join(filepath.Dir(path), "it's second.duckdb")
	first, err := Open(ctx, path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	count := func(statement string) (n int) {
		t.Helper()
		db, err := Open(ctx, path, Options{ReadOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if err := db.Attach(ctx, second, "an other"); err != nil {
			t.Fatal(err)
		}
		err = db.Update(ctx, func(tx *Tx) error {
			if _, err := tx.Exec(ctx, statement); err != nil {
				return err
			}
			_, err := tx.Row(ctx, `SELECT count(*) FROM "an other".t`, nil, &n)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	count(`CREATE TABLE "an other".t (a INTEGER)`)
	count(`INSERT INTO "an other".t VALUES (1)`)
	if n := count(`INSERT INTO "an other".t VALUES (2)`); n != 2 {
		t.Errorf("%d rows", n)
	}
	other := holdElsewhere(t, second)
	db, err := Open(ctx, path, Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var locked *LockedError
	if err := db.Attach(ctx, second, "x"); !errors.As(err, &locked) || locked.Path != second || locked.PID != other.cmd.Process.Pid {
		t.Errorf("%v", err)
	}
}

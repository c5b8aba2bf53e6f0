package duck

import (
	"context"
	"errors"
	"fmt"

	"smew/sql"
)

// Attach opens a second file beside the one that is open, under a name of its own and for writing,
// whether or not the first can be written. A file that is not there is made; one that another
// process holds gives a *LockedError. It is closed with the database.
func (db *DB) Attach(ctx context.Context, path, name string) error {
	if err := create(ctx, path); err != nil {
		return fmt.Errorf("create database %s: %w", path, explained(plain(err)))
	}
	if _, err := db.conn.ExecContext(ctx, Fill(sql.Attach, Names{"path": QuoteText(path), "name": Quote(name)})); err != nil {
		return openError(path, err)
	}
	return nil
}

// Beside runs fn while another file is open beside the one that is, under a name of its own and for writing. The file is closed
// afterwards, with all that was committed in it and no log beside it.
func (db *DB) Beside(ctx context.Context, path, name string, fn func() error) (err error) {
	if err := db.Attach(ctx, path, name); err != nil {
		return err
	}
	defer func() {
		_, closed := db.conn.ExecContext(context.WithoutCancel(ctx), Fill(sql.CompactDetach, Names{"copy": Quote(name)}))
		err = errors.Join(err, closed)
	}()
	if err := fn(); err != nil {
		return err
	}
	if _, err := db.conn.ExecContext(ctx, Fill(sql.CompactCheckpoint, Names{"database": Quote(name)})); err != nil {
		return fmt.Errorf("bring the log into %s: %w", path, err)
	}
	return nil
}

package duck

import (
	"context"
	"fmt"

	"smew/sql"
)

// Attach opens a second file beside the one that is open, under a name of its own and for writing,
// whether or not the first can be written. A file that is not there is made; one that another
// process holds gives a *LockedError. It is closed with the database.
func (db *DB) Attach(ctx context.Context, path, name string) error {
	if err := create(ctx, path); err != nil {
		return fmt.Errorf("create database: %w", err)
	}
	if _, err := db.conn.ExecContext(ctx, Fill(sql.Attach, Names{"path": QuoteText(path), "name": Quote(name)})); err != nil {
		return openError(path, err)
	}
	return nil
}

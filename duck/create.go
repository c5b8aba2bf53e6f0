package duck

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/duckdb/duckdb-go/v2"
)

// create makes an empty database where there is no file yet, whole or not at all. DuckDB writes a
// new file's headers one after the other, and a file whose creator was killed in between is no
// database to anybody: so it is made beside its place and linked there. What a crash leaves is
// the file beside. A file that another process creates meanwhile stays.
func create(ctx context.Context, path string) error {
	if path == "" || path == ":memory:" {
		return nil
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if noLog(path) != nil {
		return nil // of a file that was removed: DuckDB passes over it only if it makes the new one itself
	}
	dir, err := os.MkdirTemp(filepath.Dir(path), filepath.Base(path)+newMark)
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	fresh := filepath.Join(dir, filepath.Base(path))
	if err := empty(ctx, fresh); err != nil {
		if _, there := os.Lstat(path); there == nil {
			return nil // who was faster has taken the folder for a leftover
		}
		return err
	}
	// Where there are no links, DuckDB creates the file in its place itself; what else is wrong, it says.
	_ = os.Link(fresh, path)
	return nil
}

func empty(ctx context.Context, path string) error {
	connector, err := duckdb.NewConnector(path, nil)
	if err != nil {
		return err
	}
	pool := sql.OpenDB(connector)
	return errors.Join(pool.PingContext(ctx), pool.Close())
}

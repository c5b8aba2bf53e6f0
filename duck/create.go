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
	dir, err := os.MkdirTemp(filepath.Dir(path), filepath.Base(path)+".new-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	fresh := filepath.Join(dir, filepath.Base(path))
	if err := empty(ctx, fresh); err != nil {
		return err
	}
	err = os.Link(fresh, path)
	noLinks := errors.Is(err, errors.ErrUnsupported) || errors.Is(err, fs.ErrPermission)
	if errors.Is(err, fs.ErrExist) || noLinks { // without links DuckDB creates the file in its place itself
		return nil
	}
	return err
}

func empty(ctx context.Context, path string) error {
	connector, err := duckdb.NewConnector(path, nil)
	if err != nil {
		return err
	}
	pool := sql.OpenDB(connector)
	return errors.Join(pool.PingContext(ctx), pool.Close())
}

package duck

import (
	"context"
	"database/sql/driver"
	"path/filepath"
	"strings"
	"sync"

	"smew/sql"
)

// attachApart readies each connection of an instance in memory, which DuckDB shares with nobody, to read
// the file at path as if it had been opened itself: it is attached once, and made the default.
func attachApart(path string) func(driver.ExecerContext) error {
	name, _, _ := strings.Cut(filepath.Base(path), ".")
	switch strings.ToLower(name) {
	case "memory", "temp", "system", "": // catalogs that every instance has
		name += "_"
	}
	attach := Fill(sql.AttachReadOnly, Names{"path": QuoteText(path), "name": Quote(name)})
	use := Fill(sql.AttachUse, Names{"name": Quote(name)})
	var once sync.Once
	var failed error
	return func(conn driver.ExecerContext) error {
		once.Do(func() { failed = run(conn, attach) })
		if failed != nil {
			return failed
		}
		return run(conn, use)
	}
}

func run(conn driver.ExecerContext, statement string) error {
	_, err := conn.ExecContext(context.Background(), statement, nil)
	return err
}

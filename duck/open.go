// Package duck is the DuckDB file: opening it, one transaction at a time, and
// the way of decoded parts into it. It is the only package that knows
// database/sql and the DuckDB driver; every behaviour of DuckDB that smew
// relies on has a test here.
package duck

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/duckdb/duckdb-go/v2"
)

// Options say how a file is opened. The zero value is a writable file, DuckDB's
// own memory limit and as many threads as there are cores, not waiting for a lock.
type Options struct {
	ReadOnly bool
	Threads  int    // 0: one a core
	Memory   string // DuckDB's memory_limit, such as "2GB"; "": DuckDB's default, most of the machine's
	// AtMost lowers the default limit to so many bytes. It never raises it. 0: the default stays.
	AtMost int64
	// Confined opens the file for statements of people: nothing but the database can be
	// read or written, and no setting can be changed back.
	Confined bool
	// Uncompressed stores rows as they are, so that a search of the file's bytes finds what it holds. For tests.
	Uncompressed bool
	// Apart reads the file, if for reading only, as it is now, though this process may have another file open
	// that lay at this path before: a published copy that was replaced (Publish). DuckDB would hand out that one.
	Apart bool
	// Wait is how long another process may hold the file: 0 does not wait,
	// a negative value waits until ctx ends.
	Wait time.Duration
	// Waiting is told once, when the file turns out to be locked.
	Waiting func(*LockedError)
	// Before, unless nil, is told of every operation on the database before it is carried out: "open",
	// "begin", "query", "row", "exec", "insert", "commit", "committed", "rollback" and "close". Its error
	// is the operation's. Tests make steps fail with it, or end the process there.
	Before func(operation string) error
}

// before carries out an Options.Before.
func (o Options) before(operation string) error {
	if o.Before == nil {
		return nil
	}
	return o.Before(operation)
}

// DB is an open database file. Other processes are shut out while a writable one is open.
type DB struct {
	path string
	pool *sql.DB
	conn *sql.Conn // the one connection that writes

	temp   string // the folder beside, to be removed; "": none
	before func(operation string) error
}

// LockedError says that another process has the database file open.
type LockedError struct {
	Path string
	PID  int // 0: not known
	Err  error
}

func (e *LockedError) Error() string {
	if e.PID == 0 {
		return fmt.Sprintf("open %s: another process has the database open", e.Path)
	}
	return fmt.Sprintf("open %s: process %d has the database open", e.Path, e.PID)
}

func (e *LockedError) Unwrap() error { return e.Err }

// Hint says what the user can do about it.
func (e *LockedError) Hint() string {
	return "close it there (DuckDB lets one process write and keeps all others out meanwhile), or let smew wait"
}

// schemas are those that smew makes beside main.
var schemas = []string{"smew", "delivered", "typed"}

// NameError says that DuckDB would take the file's name for one of smew's schemas.
type NameError struct{ Path, Name string }

func (e *NameError) Error() string {
	return fmt.Sprintf("open %s: %q is also the name of a schema in it", e.Path, e.Name)
}

// Hint says what the user can do about it.
func (e *NameError) Hint() string { return "give the file another name: feed.duckdb, say" }

// Open opens or creates the DuckDB file at path ("" is a database in memory).
// A file that another process holds gives a *LockedError once o.Wait has passed.
func Open(ctx context.Context, path string, o Options) (*DB, error) {
	if o.Wait == 0 {
		return open(ctx, path, o)
	}
	told := false
	try := func() (*DB, error) {
		db, err := open(ctx, path, o)
		var locked *LockedError
		if err != nil && !errors.As(err, &locked) {
			return nil, backoff.Permanent(err)
		}
		if locked != nil && !told && o.Waiting != nil {
			told = true
			o.Waiting(locked)
		}
		return db, err
	}
	pause := backoff.NewExponentialBackOff()
	pause.InitialInterval, pause.MaxInterval = 50*time.Millisecond, 2*time.Second
	limit := max(o.Wait, 0) // 0 is no limit to backoff
	return backoff.Retry(ctx, try, backoff.WithBackOff(pause), backoff.WithMaxElapsedTime(limit))
}

func open(ctx context.Context, path string, o Options) (*DB, error) {
	if err := CheckPath(path); err != nil {
		return nil, err
	}
	// DuckDB calls a database by its file, and cannot tell its name from a schema's.
	name, _, _ := strings.Cut(filepath.Base(path), ".")
	if slices.Contains(schemas, strings.ToLower(name)) {
		return nil, &NameError{Path: path, Name: name}
	}
	// DuckDB cannot be called off while it opens a file. A poller that was stopped was once seen to wait in there for good.
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	if o.ReadOnly {
		if _, err := os.Stat(path); err != nil {
			return nil, fmt.Errorf("open database: %w", err)
		}
	}
	if err := o.before("open"); err != nil {
		return nil, openError(path, err)
	}
	if err := create(ctx, path); err != nil {
		return nil, fmt.Errorf("create database %s: %w", path, explained(plain(err)))
	}
	before, _ := os.Stat(path)
	from, each := path, func(driver.ExecerContext) error { return nil }
	if o.Apart && o.ReadOnly {
		from, each = "", attachApart(path)
	}
	connector, err := duckdb.NewConnector(from+"?"+settings(path, o).Encode(), each)
	if err != nil {
		return nil, openError(path, err)
	}
	pool := sql.OpenDB(connector)
	conn, err := pool.Conn(ctx)
	if err != nil {
		pool.Close()
		return nil, openError(path, err)
	}
	db := &DB{path: path, pool: pool, conn: conn, before: o.before}
	if replaced(path, before) {
		return again(ctx, db, o)
	}
	if err := db.prepare(ctx, o); err != nil {
		db.Close()
		return nil, fmt.Errorf("open %s: %w", path, explained(err))
	}
	return db, nil
}

// replaced tells whether the file gave way to another one since before. DuckDB opens a file and then
// locks it: if Compact renamed between the two, what is open and locked is a file without a name.
func replaced(path string, before fs.FileInfo) bool {
	now, err := os.Stat(path)
	return before != nil && err == nil && !os.SameFile(before, now)
}

// again opens the file that has taken the place of the one that is open.
func again(ctx context.Context, stale *DB, o Options) (*DB, error) {
	if err := errors.Join(stale.Close(), ctx.Err()); err != nil {
		return nil, fmt.Errorf("open %s: %w", stale.path, err)
	}
	return open(ctx, stale.path, o)
}

// logLimit is how large the log may grow. Bringing it into the file writes the last rows of each table again, all their
// columns. With DuckDB's default, 16 MB, each of several dumps in one run did so. Closing does it once, whatever this says.
const logLimit = "128MB"

func settings(path string, o Options) url.Values {
	s := url.Values{
		"autoinstall_known_extensions": {"false"},
		"autoload_known_extensions":    {"false"},
		// Rows carry their place (dump, part, row), so the order of insertion says nothing.
		"preserve_insertion_order": {"false"},
		// DuckDB's allocator keeps what was freed until it is so much. With its default, half a gigabyte, a
		// process takes up to twice its memory limit.
		"allocator_bulk_deallocation_flush_threshold": {"4MB"},
		"checkpoint_threshold":                        {logLimit},
	}
	if o.ReadOnly && !o.Apart {
		s.Set("access_mode", "READ_ONLY")
	}
	if o.Threads > 0 {
		s.Set("threads", strconv.Itoa(o.Threads))
	}
	if o.Memory != "" {
		s.Set("memory_limit", o.Memory)
	}
	if o.Uncompressed {
		s.Set("force_compression", "uncompressed")
	}
	if path != "" && !o.Confined {
		s.Set("temp_directory", tempDir(path))
	}
	return s
}

// prepare readies the writing connection: the scan function, or the confinement.
func (db *DB) prepare(ctx context.Context, o Options) error {
	if o.Confined {
		for _, s := range []string{"SET enable_external_access = false", "SET lock_configuration = true"} {
			if _, err := db.conn.ExecContext(ctx, s); err != nil {
				return err
			}
		}
		return nil
	}
	if !o.ReadOnly && db.path != "" && db.path != ":memory:" {
		takeOver(db.path)
		db.temp = tempDir(db.path)
	}
	if o.Memory == "" && o.AtMost > 0 {
		if err := db.lowerMemory(ctx, o.AtMost); err != nil {
			return err
		}
	}
	return registerScan(db.conn)
}

var holder = regexp.MustCompile(`\(PID (\d+)\)`)

func openError(path string, err error) error {
	if !strings.Contains(err.Error(), "Could not set lock on file") {
		return fmt.Errorf("open %s: %w", path, explained(plain(err)))
	}
	locked := &LockedError{Path: path, Err: err}
	if m := holder.FindStringSubmatch(err.Error()); m != nil {
		locked.PID, _ = strconv.Atoi(m[1])
	}
	return locked
}

// Path is the file's path as it was given to Open.
func (db *DB) Path() string { return db.path }

// Close gives the file free. DuckDB writes what is still in its log into the file.
func (db *DB) Close() error {
	if db.temp != "" {
		defer os.Remove(db.temp) // DuckDB has emptied it
	}
	return errors.Join(db.before("close"), db.conn.Close(), db.pool.Close())
}

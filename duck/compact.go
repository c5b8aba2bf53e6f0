package duck

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"smew/sql"
)

// CompactOptions say how a file is compacted.
type CompactOptions struct {
	Options
	Progress func(Step) // may be nil
}

// Step tells how far Compact is: rows out of all, each of which is copied and then checked.
type Step struct {
	Table    string
	Checking bool
	Done, Of int64
}

// Compacted is what Compact did.
type Compacted struct {
	Tables        int
	Rows          int64
	Before, After int64 // the file's bytes
}

// SpaceError says that the disk has no room for a copy of the database.
type SpaceError struct {
	Dir        string
	Need, Free int64
}

func (e *SpaceError) Error() string {
	return fmt.Sprintf("copy database: %s has %d MB free, the copy may need %d MB", e.Dir, e.Free/1e6, (e.Need+1e6-1)/1e6)
}

// Hint says what the user can do about it.
func (e *SpaceError) Hint() string {
	return "the copy lies beside the database until it takes its place: make room there"
}

// ErrReplaced says that a file is not the one any more that was opened.
var ErrReplaced = errors.New("another file has taken the database's place")

// Compact gives back the space of removed rows: it copies the database into a new file, holds the
// copy against the database, and renames it into its place. A crash at any moment leaves the old file
// or the new one, and at most a folder beside that the next Open for writing removes. Other processes are shut
// out until the new file is in its place.
func Compact(ctx context.Context, path string, o CompactOptions) (done Compacted, err error) {
	var c *databaseCopy
	look := func(db *DB) (used int64, err error) {
		if c, err = db.newCopy(ctx, o.Progress); err != nil {
			return 0, err
		}
		return c.used, nil
	}
	make := func(_ *DB, fresh string, old fs.FileInfo) error {
		if err := c.make(ctx, fresh, old); err != nil {
			return fmt.Errorf("copy database: %w", err)
		}
		return nil
	}
	old, after, err := replace(ctx, path, o.Options, look, make)
	if err != nil {
		return done, err
	}
	return Compacted{Tables: len(c.tables), Rows: c.rows, Before: old.Size(), After: after.Size()}, nil
}

// Replace puts another database into a database's place: fill makes it at the path fresh, and has closed
// it when it returns nil; old is open meanwhile, for reading. A crash at any moment leaves the old
// file or the new one, and at most a folder beside that the next Open for writing removes. Other
// processes are shut out until the new file is in its place.
func Replace(ctx context.Context, path string, o Options, fill func(old *DB, fresh string) error) error {
	look := func(db *DB) (int64, error) { return 0, db.checkpoint(ctx) }
	_, _, err := replace(ctx, path, o, look, func(db *DB, fresh string, old fs.FileInfo) error {
		if err := fill(db, fresh); err != nil {
			return err
		}
		if err := errors.Join(os.Chmod(fresh, old.Mode().Perm()), keepOwner(fresh, old)); err != nil {
			return fmt.Errorf("replace database: %w", err)
		}
		return nil
	})
	return err
}

// replace opens a database, has look bring its log into the file and say how many bytes the new one
// may need, has fill make that, and puts it in its place. It returns what was there before and after.
func replace(ctx context.Context, path string, o Options, look func(*DB) (int64, error), fill func(*DB, string, fs.FileInfo) error) (old, after fs.FileInfo, err error) {
	if _, err := os.Stat(path); err != nil {
		return nil, nil, fmt.Errorf("open database: %w", err)
	}
	o.ReadOnly, o.Confined = false, false
	db, err := Open(ctx, path, o)
	if err != nil {
		return nil, nil, err
	}
	// The old file's lock ends here, after the renaming: who was kept out opens the new file.
	defer func() { err = errors.Join(err, db.Close()) }()
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		return nil, nil, fmt.Errorf("find database: %w", err)
	}
	if old, err = os.Stat(target); err != nil {
		return nil, nil, fmt.Errorf("find database: %w", err)
	}
	need, err := look(db)
	if err != nil {
		return nil, nil, err
	}
	if err := noLog(target); err != nil {
		return nil, nil, fmt.Errorf("copy database: %w", err)
	}
	dir := filepath.Dir(target)
	if free, ok := FreeSpace(dir); ok && free < need {
		return nil, nil, &SpaceError{Dir: dir, Need: need, Free: free}
	}
	beside, err := os.MkdirTemp(dir, filepath.Base(target)+besideMark)
	if err != nil {
		return nil, nil, fmt.Errorf("copy database: %w", err)
	}
	defer discard(beside, filepath.Base(target))
	fresh := filepath.Join(beside, filepath.Base(target))
	if err := fill(db, fresh, old); err != nil {
		return nil, nil, err
	}
	if after, err = swap(fresh, target, old); err != nil {
		return nil, nil, fmt.Errorf("put the copy in its place: %w", err)
	}
	return old, after, nil
}

// logs are the endings of the files that DuckDB keeps beside a database.
func logs() []string { return []string{".wal", ".wal.checkpoint", ".wal.recovery"} }

// LogError says that a log lies beside a database that has none.
type LogError struct{ Path string }

func (e *LogError) Error() string { return e.Path + " is in the way: a log that is not the database's" }

// Hint says what the user can do about it.
func (e *LogError) Hint() string {
	return "DuckDB left it there and would take it for the new file's: move it away"
}

// noLog makes sure that no log lies beside a database, all of whose log was brought into the file:
// what is there could be taken for the log of the file that is put into this place.
func noLog(path string) error {
	for _, ending := range logs() {
		if _, err := os.Lstat(path + ending); !errors.Is(err, fs.ErrNotExist) {
			return &LogError{Path: path + ending}
		}
	}
	return nil
}

// swap puts the whole, closed file fresh into the place of target, which must still be old.
func swap(fresh, target string, old fs.FileInfo) (fs.FileInfo, error) {
	if err := noLog(fresh); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(fresh, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return nil, err
	}
	now, err := os.Stat(target)
	if err != nil {
		return nil, err
	}
	if !os.SameFile(old, now) {
		return nil, ErrReplaced
	}
	if err := os.Rename(fresh, target); err != nil {
		return nil, err
	}
	if err := syncDir(filepath.Dir(target)); err != nil {
		return nil, err
	}
	return os.Stat(target)
}

// checkpoint brings the log into the file.
func (db *DB) checkpoint(ctx context.Context) error {
	if _, err := db.conn.ExecContext(ctx, Fill(sql.CompactCheckpoint, Names{"database": ""})); err != nil {
		return fmt.Errorf("look at database: %w", explained(err))
	}
	return nil
}

// newCopy readies the open database for being copied: nothing is left in its log.
func (db *DB) newCopy(ctx context.Context, progress func(Step)) (*databaseCopy, error) {
	c := &databaseCopy{db: db, progress: progress}
	if err := db.checkpoint(ctx); err != nil {
		return nil, err
	}
	if err := c.exec(ctx, sql.CompactKeepOrder); err != nil {
		return nil, fmt.Errorf("look at database: %w", err)
	}
	err := db.View(ctx, func(tx *Tx) (err error) {
		if _, err = tx.Row(ctx, sql.CompactOrigin, nil, &c.old, &c.version, &c.block, &c.used); err != nil {
			return err
		}
		c.tables, err = readTables(ctx, tx, c.old)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look at database: %w", err)
	}
	c.name = c.old + " (compacted)" // a name that the old one's views cannot mean
	return c, nil
}

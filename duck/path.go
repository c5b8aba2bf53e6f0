package duck

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"
)

// PathError says that there can be no database at a path.
type PathError struct{ Path, Text, Advice string }

func (e *PathError) Error() string { return fmt.Sprintf("open %s: %s", e.Path, e.Text) }

// Hint says what the user can do about it.
func (e *PathError) Hint() string { return e.Advice }

// CheckPath refuses with a *PathError what DuckDB cannot open, or would take for something else: where the file is of another
// format that it reads, such as CSV, it opens a database in memory that shows it, and all that is written is lost.
func CheckPath(path string) error {
	if path == "" || path == ":memory:" {
		return nil
	}
	if strings.ContainsAny(path, "?%\x00") {
		return &PathError{fmt.Sprintf("%q", path), "a database path with '?', '%' or NUL is not supported", "give the file another name: feed.duckdb, say"}
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil // it may be made
	case info.IsDir():
		return &PathError{path, "it is a directory", "name the database file in it: " + strings.TrimSuffix(path, "/") + "/feed.duckdb, say"}
	case !info.Mode().IsRegular() || info.Size() == 0:
		return nil // DuckDB knows; an empty file becomes a database
	}
	if is, err := isDatabase(path); err == nil && !is { // where it cannot be read DuckDB says why
		return &PathError{path, "it is no DuckDB database", "check the path, or name a file that is not there yet: the first load makes it"}
	}
	return nil
}

// isDatabase tells by a file's head whether DuckDB wrote it.
func isDatabase(path string) (bool, error) {
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer f.Close()
	var head [12]byte // a checksum, and what each file of DuckDB's has
	if _, err := io.ReadFull(f, head[:]); err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return false, err
	}
	return string(head[8:]) == "DUCK", nil
}

// plainError is an error of opening without what DuckDB's driver puts before it, and of a kind that says what the system said.
type plainError struct {
	text string
	err  error
	kind error // such as fs.ErrPermission; nil: another
}

func (e *plainError) Error() string { return e.text }
func (e *plainError) Unwrap() []error {
	if e.kind == nil {
		return []error{e.err}
	}
	return []error{e.err, e.kind}
}

// plain makes an error of opening one.
func plain(err error) error {
	if err == nil {
		return nil
	}
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err // who calls names the path
	}
	text := err.Error()
	for _, before := range []string{"database/sql/driver: ", "could not connect to database: "} {
		text = strings.TrimPrefix(text, before)
	}
	p := &plainError{text: text, err: err}
	for said, kind := range map[string]error{
		"Permission denied": fs.ErrPermission, "Read-only file system": syscall.EROFS, "No such file or directory": fs.ErrNotExist,
	} {
		if strings.Contains(text, said) {
			p.kind = kind
		}
	}
	if p.text == err.Error() && p.kind == nil {
		return err
	}
	return p
}

package duck

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// TargetError says that what lies where a copy is to be published is none that was published there before.
type TargetError struct{ Path, Reason string }

func (e *TargetError) Error() string {
	return fmt.Sprintf("publish to %s: %s", e.Path, e.Reason)
}

// Hint says what the user can do about it.
func (e *TargetError) Hint() string {
	return "give the published copy a path of its own; if the file there may go, remove it"
}

// CheckTarget tells whether Publish may put a copy of the database at path into the place of target: there is
// nothing yet, or a database that nobody can write to, which is how Publish leaves its copies. Anything else gives
// a *TargetError, the database itself a *SelfError. Of which database a copy was made is not looked at.
func CheckTarget(path, target string) error {
	_, target, err := publicationPaths(path, target)
	if err != nil {
		return err
	}
	return checkTarget(target)
}

func checkTarget(target string) error {
	info, err := os.Stat(target)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("find published copy: %w", err)
	case !info.Mode().IsRegular():
		return &TargetError{target, "it is no file"}
	case info.Mode().Perm()&0o222 != 0:
		return &TargetError{target, "a file that can be written to is there, so it is no published copy"}
	}
	is, err := isDatabase(target)
	if err == nil && !is {
		err = &TargetError{target, "the file there is no DuckDB database"}
	}
	return err
}

// isDatabase tells by a file's head whether DuckDB wrote it.
func isDatabase(path string) (bool, error) {
	f, err := os.Open(path)
	if err != nil {
		return false, fmt.Errorf("read published copy: %w", err)
	}
	defer f.Close()
	var head [12]byte // a checksum, and what each file of DuckDB's has
	if _, err := io.ReadFull(f, head[:]); err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return false, fmt.Errorf("read published copy: %w", err)
	}
	return bytes.Equal(head[8:], []byte("DUCK")), nil
}

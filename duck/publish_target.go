package duck

import (
	"errors"
	"fmt"
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
	if err != nil {
		return fmt.Errorf("read published copy: %w", err)
	}
	if !is {
		return &TargetError{target, "the file there is no DuckDB database"}
	}
	return nil
}

package duck

import (
	"slices"
	"strings"
)

// DiskError says that the database, its log or what DuckDB puts beside it found no more room. The
// transaction is rolled back, but for one that got into the log and not from there into the file (Tx.Direct).
type DiskError struct{ Err error }

// Error is DuckDB's first line, of which a user need not know what DuckDB was about.
func (e *DiskError) Error() string {
	line, _, _ := strings.Cut(e.Err.Error(), "\n")
	if _, cause, about := strings.Cut(line, "Failed to create checkpoint because of error: "); about {
		return cause
	}
	return line
}

func (e *DiskError) Unwrap() error { return e.Err }

// Hint says what the user can do about it.
func (e *DiskError) Hint() string {
	return "make room where the database is (its log and its folder .tmp lie beside it), and run this again: what is loaded stays loaded"
}

// full are what an operating system says when a disk, a quota or a limit is reached, and the setting by
// which DuckDB itself keeps its temporary files within the disk.
var full = []string{"no space left on device", "disk quota exceeded", "file too large", "not enough space on the disk", "max_temp_directory_size"}

func diskIsFull(err error) bool {
	text := strings.ToLower(err.Error())
	return slices.ContainsFunc(full, func(said string) bool { return strings.Contains(text, said) })
}

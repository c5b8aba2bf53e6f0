package duck

import "strings"

// MemoryError says that DuckDB's memory limit did not do for a statement.
type MemoryError struct{ Err error }

// Error is DuckDB's first line: its advice is for people who type statements.
func (e *MemoryError) Error() string {
	line, _, _ := strings.Cut(e.Err.Error(), "\n")
	return line
}

func (e *MemoryError) Unwrap() error { return e.Err }

// Hint says what the user can do about it.
func (e *MemoryError) Hint() string {
	return "raise --memory, or lower --threads: each thread needs its share of it"
}

// explained gives an error of DuckDB a type where smew has something to say about it.
func explained(err error) error {
	if err != nil && strings.HasPrefix(err.Error(), "Out of Memory Error") {
		return &MemoryError{Err: err}
	}
	return err
}

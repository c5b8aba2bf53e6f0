package duck

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// lowerMemory sets DuckDB's memory limit to so many bytes if it is above that.
func (db *DB) lowerMemory(ctx context.Context, bytes int64) error {
	var limit string
	if err := db.conn.QueryRowContext(ctx, "SELECT current_setting('memory_limit')").Scan(&limit); err != nil {
		return fmt.Errorf("read memory limit: %w", err)
	}
	if now, err := sizeOf(limit); err == nil && now <= bytes {
		return nil
	}
	if _, err := db.conn.ExecContext(ctx, fmt.Sprintf("SET memory_limit = '%dB'", bytes)); err != nil {
		return fmt.Errorf("set memory limit: %w", err)
	}
	return nil
}

// CheckMemory says what is wrong with a memory limit, by having DuckDB take it: nil if nothing is.
func CheckMemory(limit string) error {
	if limit == "" {
		return nil
	}
	db, err := Open(context.Background(), "", Options{Memory: limit, Threads: 1})
	if err != nil {
		return fmt.Errorf("%q is no memory limit such as 2GB", limit)
	}
	return db.Close()
}

// sizeOf reads a size as DuckDB shows it: "18.7 GiB".
func sizeOf(shown string) (int64, error) {
	var n float64
	var unit string
	if _, err := fmt.Sscanf(shown, "%g %s", &n, &unit); err != nil {
		return 0, fmt.Errorf("read size %q: %w", shown, err)
	}
	power := slices.Index([]string{"bytes", "KiB", "MiB", "GiB", "TiB", "PiB"}, unit)
	if power < 0 {
		return 0, fmt.Errorf("read size %q: unknown unit", shown)
	}
	return int64(n * float64(int64(1)<<(10*power))), nil
}

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
	switch {
	case err == nil:
	case diskIsFull(err):
		return &DiskError{Err: err}
	case strings.HasPrefix(err.Error(), "Out of Memory Error"):
		return &MemoryError{Err: err}
	}
	return err
}

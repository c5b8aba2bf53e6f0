package spark

import "context"

// Session runs statements on a Spark cluster, one at a time. Errors name the statement's step.
type Session interface {
	Exec(ctx context.Context, sql string) error
	// Rows returns a query's rows; a value is nil, bool, int64, float64, string, []byte or time.Time.
	Rows(ctx context.Context, sql string) ([][]any, error)
	// Avro makes the temporary view `view` of exactly these Avro files (read unsplit, so that the order of rows within a file can be kept); a missing file is an error.
	Avro(ctx context.Context, view string, files []string) error
	Close() error
}

package answer

import (
	"context"
	"errors"

	"smew/duck"
)

// Options say what Check holds against what. The zero value judges main of the database by the
// state of the whole feed.
type Options struct {
	After  *int64 // the state once this dump's manifest had appeared; nil: the last state
	Schema string // where the consumer's tables are; "" is main
	// Map names the consumer's tables and columns where they are called otherwise:
	// "users" → "heap_users", "users.joindate" → "join_date".
	Map map[string]string
	// Skip are tables that are not judged.
	Skip []string
	// IgnoreColumns are patterns of columns of the consumer's own: "_sdc_*".
	IgnoreColumns []string
}

// Check holds the database against the key in dir.
func Check(ctx context.Context, dir string, db *duck.DB, o Options) (Report, error) {
	return Report{}, errors.New("check: not yet")
}

// Report is what Check found.
type Report struct{}

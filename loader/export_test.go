package loader

import (
	"context"
	"time"
)

// RunInBatches is Run with so many parts weighed and inserted at once.
func RunInBatches(ctx context.Context, f Feed, c Config, parts int) (Summary, error) {
	r := &run{feed: f, config: c, loader: &Loader{Now: time.Now, BatchParts: parts}}
	err := r.run(ctx)
	return r.summary, err
}

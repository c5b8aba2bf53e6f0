package spark

import "context"

// Defined is what package define's tests ask of the dialect.
var Defined = defined

// ReadHead reads what is loaded and how often it was committed, both of one moment.
func ReadHead(ctx context.Context, s Session, p Place) (int64, *State, error) {
	h, err := readHead(ctx, s, p)
	return h.version, h.state, err
}

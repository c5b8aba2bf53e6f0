package manifests

import (
	"context"
	"errors"
	"io/fs"

	"smew/bucket"
	"smew/plan"
)

// Definitions is a dump's definitions file as it was found; the zero value is none.
type Definitions struct {
	Key     string
	Body    []byte
	Problem error // why there is no body
}

// maxDefinitions bounds a definitions file; the vendor's are small.
const maxDefinitions = 64 << 20

// ReadDefinitions fetches a dump's definitions file. Whatever is wrong with it blocks nothing (R14) and is
// its Problem; a bucket that fails to give it is an error, so that the file is not lost for a bad moment.
func ReadDefinitions(ctx context.Context, b bucket.Bucket, src plan.Source, d plan.Dump) (Definitions, error) {
	if d.Definitions == "" {
		return Definitions{}, nil
	}
	defs := Definitions{Key: d.Definitions}
	key, err := src.Key(d.Definitions)
	if err != nil {
		defs.Problem = err
		return defs, nil
	}
	o, err := bucket.Stat(ctx, b, key)
	if err == nil {
		defs.Body, err = bucket.ReadAll(ctx, b, o, maxDefinitions)
	}
	if err == nil || o.Size > maxDefinitions || lasting(err) {
		defs.Problem = err
		return defs, nil
	}
	return Definitions{}, err
}

// lasting says that asking for an object once more would give the same error.
func lasting(err error) bool {
	var denied *bucket.DeniedError
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) || errors.As(err, &denied)
}

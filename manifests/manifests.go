// Package manifests reads what a feed says of its dumps: it lists manifests and sync reports and reads those
// that are not known yet.
package manifests

import (
	"context"

	"golang.org/x/sync/errgroup"

	"smew/bucket"
	"smew/feed"
	"smew/plan"
)

const (
	maxManifest = 256 << 20 // ten thousand parts in each of a hundred tables
	readers     = 8         // small objects read at a time
)

// ID is an object as a ledger remembers it.
type ID struct{ Key, ETag string }

// Problem is a manifest that could not be read or understood.
type Problem struct {
	Object bucket.Object
	Err    error
}

// List lists the manifests below a feed's root, in the order of their keys.
func List(ctx context.Context, b bucket.Bucket, root string) ([]bucket.Object, error) {
	return list(ctx, b, root, feed.ManifestsPrefix, feed.IsManifest)
}

// ListReports lists the sync reports below a feed's root, in the order of their keys.
func ListReports(ctx context.Context, b bucket.Bucket, root string) ([]bucket.Object, error) {
	return list(ctx, b, root, feed.ReportsPrefix, feed.IsReport)
}

func list(ctx context.Context, b bucket.Bucket, root, folder string, is func(key, prefix string) bool) (all []bucket.Object, err error) {
	for o, err := range b.List(ctx, root+folder) {
		if err != nil {
			return nil, err
		}
		if is(o.Key, root) {
			all = append(all, o)
		}
	}
	return all, nil
}

// Read reads those of the listed manifests that are not known under their ETag (R1). One that is torn or
// invalid is a Problem and holds up nothing else; the error is ctx's end.
func Read(ctx context.Context, b bucket.Bucket, listed []bucket.Object, known map[ID]bool) (found []plan.Found, problems []Problem, err error) {
	fresh := Unseen(listed, known)
	bodies, errs, err := ReadEach(ctx, b, fresh, maxManifest)
	if err != nil {
		return nil, nil, err
	}
	for i, o := range fresh {
		m, err := (*feed.Manifest)(nil), errs[i]
		if err == nil {
			m, err = feed.ParseManifest(bodies[i])
		}
		if err != nil {
			problems = append(problems, Problem{o, err})
			continue
		}
		found = append(found, plan.Found{Key: o.Key, ETag: o.ETag, Manifest: m})
	}
	return found, problems, nil
}

// Unseen are the objects that are not known under their ETag.
func Unseen(listed []bucket.Object, known map[ID]bool) (fresh []bucket.Object) {
	for _, o := range listed {
		if !known[ID{o.Key, o.ETag}] {
			fresh = append(fresh, o)
		}
	}
	return fresh
}

// ReadEach reads small objects, a few at a time. Each has a body or an error; err is ctx's end.
func ReadEach(ctx context.Context, b bucket.Bucket, objects []bucket.Object, limit int64) (bodies [][]byte, errs []error, err error) {
	bodies, errs = make([][]byte, len(objects)), make([]error, len(objects))
	var group errgroup.Group
	group.SetLimit(readers)
	for i, o := range objects {
		group.Go(func() error {
			bodies[i], errs[i] = bucket.ReadAll(ctx, b, o, limit)
			return ctx.Err()
		})
	}
	return bodies, errs, group.Wait()
}

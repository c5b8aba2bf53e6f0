package loader

import (
	"context"

	"golang.org/x/sync/errgroup"

	"smew/bucket"
	"smew/feed"
	"smew/plan"
)

const (
	maxManifest = 256 << 20 // ten thousand parts in each of a hundred tables
	maxReport   = 16 << 20
	readers     = 8 // small objects read at a time
)

// readManifests lists the feed's manifests and reads those that the ledger does not know under
// their ETag (R1). One that is torn or invalid is a Failure and holds up nothing else.
func readManifests(ctx context.Context, f Feed, known map[objectID]bool) (found []plan.Found, failed []Failure, err error) {
	fresh, err := unseen(ctx, f, feed.ManifestsPrefix, feed.IsManifest, known)
	if err != nil {
		return nil, nil, err
	}
	bodies, problems, err := readEach(ctx, f.Bucket, fresh, maxManifest)
	if err != nil {
		return nil, nil, err
	}
	for i, o := range fresh {
		m, err := (*feed.Manifest)(nil), problems[i]
		if err == nil {
			m, err = feed.ParseManifest(bodies[i])
		}
		if err != nil {
			failed = append(failed, Failure{DumpID: -1, Key: o.Key, Err: err, etag: o.ETag})
			continue
		}
		found = append(found, plan.Found{Key: o.Key, ETag: o.ETag, Manifest: m})
	}
	return found, failed, nil
}

// unseen lists, in key order, the candidates below a folder of the feed that are not known under their ETag.
func unseen(ctx context.Context, f Feed, folder string, is func(key, prefix string) bool, known map[objectID]bool) ([]bucket.Object, error) {
	var fresh []bucket.Object
	for o, err := range f.Bucket.List(ctx, f.Prefix+folder) {
		if err != nil {
			return nil, err
		}
		if is(o.Key, f.Prefix) && !known[objectID{o.Key, o.ETag}] {
			fresh = append(fresh, o)
		}
	}
	return fresh, nil
}

// readEach reads small objects, a few at a time. Each has a body or a problem.
func readEach(ctx context.Context, b bucket.Bucket, objects []bucket.Object, limit int64) ([][]byte, []error, error) {
	bodies, problems := make([][]byte, len(objects)), make([]error, len(objects))
	var group errgroup.Group
	group.SetLimit(readers)
	for i, o := range objects {
		group.Go(func() error {
			bodies[i], problems[i] = bucket.ReadAll(ctx, b, o, limit)
			return ctx.Err()
		})
	}
	return bodies, problems, group.Wait()
}

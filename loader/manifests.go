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

// listing is what a feed holds of manifests and sync reports, each in key order.
type listing struct{ manifests, reports []bucket.Object }

// list lists the reports first: a report that is listed is then not without its manifest, which
// was there before it (R13).
func list(ctx context.Context, f Feed) (l listing, err error) {
	if l.reports, err = candidates(ctx, f, feed.ReportsPrefix, feed.IsReport); err != nil {
		return l, err
	}
	l.manifests, err = candidates(ctx, f, feed.ManifestsPrefix, feed.IsManifest)
	return l, err
}

// candidates lists a folder of the feed.
func candidates(ctx context.Context, f Feed, folder string, is func(key, prefix string) bool) (all []bucket.Object, err error) {
	for o, err := range f.Bucket.List(ctx, f.Prefix+folder) {
		if err != nil {
			return nil, err
		}
		if is(o.Key, f.Prefix) {
			all = append(all, o)
		}
	}
	return all, nil
}

// readManifests reads those of the listed manifests that the ledger does not know under
// their ETag (R1). One that is torn or invalid is a Failure and holds up nothing else.
func readManifests(ctx context.Context, f Feed, listed []bucket.Object, known map[objectID]bool) (found []plan.Found, failed []Failure, err error) {
	fresh := unseen(listed, known)
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

// unseen are the objects that are not known under their ETag.
func unseen(listed []bucket.Object, known map[objectID]bool) (fresh []bucket.Object) {
	for _, o := range listed {
		if !known[objectID{o.Key, o.ETag}] {
			fresh = append(fresh, o)
		}
	}
	return fresh
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

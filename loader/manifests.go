package loader

import (
	"context"

	"smew/bucket"
	"smew/manifests"
	"smew/plan"
)

const maxReport = 16 << 20

// listing is what a feed holds of manifests and sync reports, each in key order.
type listing struct{ manifests, reports []bucket.Object }

// list lists the reports first: a report that is listed is then not without its manifest, which
// was there before it (R13).
func list(ctx context.Context, f Feed) (l listing, err error) {
	if l.reports, err = manifests.ListReports(ctx, f.Bucket, f.Prefix); err != nil {
		return l, err
	}
	l.manifests, err = manifests.List(ctx, f.Bucket, f.Prefix)
	return l, err
}

// readManifests reads those of the listed manifests that the ledger does not know under
// their ETag (R1). One that is torn or invalid is a Failure and holds up nothing else.
func readManifests(ctx context.Context, f Feed, listed []bucket.Object, known map[objectID]bool) (found []plan.Found, failed []Failure, err error) {
	found, problems, err := manifests.Read(ctx, f.Bucket, listed, known)
	for _, p := range problems {
		failed = append(failed, Failure{DumpID: -1, Key: p.Object.Key, Err: p.Err, etag: p.Object.ETag})
	}
	return found, failed, err
}

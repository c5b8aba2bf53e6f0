package spark

import (
	"context"
	"slices"

	"smew/bucket"
	"smew/manifests"
)

// Seen is what a feed listed when it was last looked at, so that a look that finds nothing new asks no cluster. The zero value has seen nothing.
type Seen struct {
	objects []bucket.Object
	kept    bool
}

// Look lists the feed's manifests and reports.
func Look(ctx context.Context, f Feed) (Seen, error) {
	s := Seen{kept: true}
	var err error
	if s.objects, err = manifests.List(ctx, f.Bucket, f.Prefix); err != nil {
		return Seen{}, err
	}
	reports, err := manifests.ListReports(ctx, f.Bucket, f.Prefix)
	s.objects = append(s.objects, reports...)
	return s, err
}

// Same says whether both saw the same objects.
func (s Seen) Same(o Seen) bool { return s.kept && o.kept && slices.Equal(s.objects, o.objects) }

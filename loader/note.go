package loader

import (
	"context"

	"smew/duck"
	"smew/sql"
)

// note keeps what is new beside dumps: reports, copies of known manifests, and tries
// that ended with the manifest.
func (r *run) note(ctx context.Context, tx *duck.Tx) error {
	var manifests []manifestRow
	for _, f := range r.plan.Known {
		manifests = append(manifests, manifestRow{f.Key, f.ETag, f.Manifest.DumpID})
	}
	if manifests != nil {
		if err := keepRows(ctx, tx, sql.LedgerKeepManifests, manifests); err != nil {
			return err
		}
	}
	for _, report := range r.reports {
		if report.problem != nil {
			r.summary.Warnings = append(r.summary.Warnings, report.warning())
		}
		if err := keepReport(ctx, tx, report); err != nil {
			return err
		}
	}
	r.summary.Reports = len(r.reports)
	var err error
	if r.summary.Report, err = newestReport(ctx, tx); err != nil {
		return err
	}
	for _, f := range r.unsaid() {
		if _, err := keepAttempt(ctx, tx, f, r.loader.Now()); err != nil {
			return err
		}
	}
	return nil
}

// unsaid are the manifests at fault whose fault is not the one noted already: a torn manifest
// that a poller meets every minute is noted once.
func (r *run) unsaid() (fresh []Failure) {
	for _, f := range r.summary.Failed {
		if r.known.attempts[objectID{Key: f.Key, ETag: f.etag}] != f.Reason {
			fresh = append(fresh, f)
		}
	}
	return fresh
}

package loader

import (
	"context"
	"fmt"

	"smew/bucket"
	"smew/duck"
	"smew/feed"
	"smew/manifests"
	"smew/sql"
)

// report is a sync report as it was read.
type report struct {
	object  bucket.Object
	body    []byte
	parsed  *feed.Report
	problem error
}

// readReports reads the sync reports that the ledger does not know (R13). One that cannot be
// understood is kept as it is; one that the bucket does not give is a warning, and the next run's.
func readReports(ctx context.Context, f Feed, listed []bucket.Object, known map[objectID]bool) (reports []report, warnings []string, err error) {
	fresh := manifests.Unseen(listed, known)
	bodies, problems, err := manifests.ReadEach(ctx, f.Bucket, fresh, maxReport)
	if err != nil {
		return nil, nil, err
	}
	for i, o := range fresh {
		r := report{object: o, body: bodies[i], problem: problems[i]}
		switch {
		case r.problem == nil:
			r.parsed, r.problem = feed.ParseReport(r.body)
		case o.Size <= maxReport:
			warnings = append(warnings, r.warning())
			continue
		}
		reports = append(reports, r)
	}
	return reports, warnings, nil
}

func (r report) warning() string { return fmt.Sprintf("sync report %s: %v", r.object.Key, r.problem) }

func keepReport(ctx context.Context, tx *duck.Tx, r report) error {
	var start, finish, next, status, failure, problem any
	if r.problem != nil {
		problem = r.problem.Error()
	} else {
		start, finish, next = instant(r.parsed.StartTime), instant(r.parsed.FinishTime), instant(r.parsed.NextSyncAt)
		status = r.parsed.Status
		if r.parsed.Error != nil {
			failure = string(r.parsed.Error)
		}
	}
	if _, err := tx.Exec(ctx, sql.LedgerForgetReport, r.object.Key); err != nil {
		return fmt.Errorf("forget sync report %s: %w", r.object.Key, err)
	}
	_, err := tx.Exec(ctx, sql.LedgerKeepReport, r.object.Key, r.object.ETag, start, finish, next, status, failure, string(r.body), problem)
	if err != nil {
		return fmt.Errorf("keep sync report %s: %w", r.object.Key, err)
	}
	return nil
}

// The years that DuckDB's timestamps and Go's times both have: from the beginning of 1 to the end of 9999, in epoch milliseconds.
const firstInstant, lastInstant = -62135596800000, 253402300799999

// instant is a report's time in epoch milliseconds, or NULL where it has none that makes sense.
func instant(ms int64) any {
	if ms == 0 || ms < firstInstant || ms > lastInstant {
		return nil
	}
	return ms
}

package loader

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"time"

	"smew/duck"
	"smew/sql"
)

// SyncReport is a sync report as the ledger keeps it (R13). Times are UTC, nil where the report has none.
type SyncReport struct {
	Key        string     `json:"key"`
	Status     string     `json:"status"` // as reported; "": none
	Error      *string    `json:"error"`  // JSON as reported
	StartedAt  *time.Time `json:"started_at"`
	FinishedAt *time.Time `json:"finished_at"`
	NextSyncAt *time.Time `json:"next_sync_at"`
	Problem    *string    `json:"problem"` // why it could not be understood
	// DumpID is whose report it is, if the feed's reports tell: the format says nothing of their names, and the
	// number in this one's counts only where some report's is that of a dump.
	DumpID *int64 `json:"dump_id"`
	// NoManifest says that the feed had no manifest of that dump when it was looked at last: the sync came
	// to nothing, or its manifest is gone.
	NoManifest bool `json:"no_manifest"`
}

// Failed says that the sync did not succeed, as far as the report tells. Its dump may still come: the vendor
// tries again.
func (r SyncReport) Failed() bool { return r.Problem == nil && failedSync(r.Status, r.Error) }

// Failed says that the sync did not succeed, as far as the report tells.
func (r *ReportStatus) Failed() bool { return r != nil && failedSync(r.Status, r.Error) }

// failedSync goes by what is documented: "succeeded", and no error.
func failedSync(status string, failure *string) bool { return failure != nil || status != "succeeded" }

// Seconds is how long the sync took; ok is false where the report does not tell.
func (r SyncReport) Seconds() (s float64, ok bool) {
	if r.StartedAt == nil || r.FinishedAt == nil || r.FinishedAt.Before(*r.StartedAt) {
		return 0, false
	}
	return r.FinishedAt.Sub(*r.StartedAt).Seconds(), true
}

// Reports is what a feed's sync reports tell, beside its manifests.
type Reports struct {
	All []SyncReport `json:"all"` // the newest first
	// Failures is how many of the newest reports in a row tell of no success, FailedSince when the
	// first of them ended.
	Failures    int        `json:"failures"`
	FailedSince *time.Time `json:"failed_since"`
	// Unreported are dumps with a manifest and without a report, though a later dump has one. Empty also
	// where no report tells whose it is.
	Unreported []int64 `json:"unreported"`
}

// ReadReports reads the sync reports from the ledger, which must be there.
func ReadReports(ctx context.Context, tx *duck.Tx) (Reports, error) {
	all := []SyncReport{}
	err := tx.Each(ctx, sql.ReportsAll, nil, func(scan func(...any) error) error {
		var r SyncReport
		err := scan(&r.Key, &r.Status, &r.Error, &r.StartedAt, &r.FinishedAt, &r.NextSyncAt, &r.Problem)
		all = append(all, r)
		return err
	})
	if err != nil {
		return Reports{}, fmt.Errorf("read sync reports: %w", err)
	}
	dumps := map[int64]bool{}
	err = tx.Each(ctx, sql.ReportsManifests, nil, func(scan func(...any) error) error {
		var key string
		var dump *int64
		err := scan(&key, &dump)
		if dump == nil { // torn: its name is all there is
			dump = numberIn(key)
		}
		if dump != nil {
			dumps[*dump] = true
		}
		return err
	})
	if err != nil {
		return Reports{}, fmt.Errorf("read manifests: %w", err)
	}
	return TellReports(all, dumps), nil
}

// TellReports holds reports, the newest first, against the dumps that have a manifest. It sets their DumpID and NoManifest.
func TellReports(all []SyncReport, dumps map[int64]bool) Reports {
	r := Reports{All: all, Unreported: []int64{}}
	for _, report := range all {
		if report.Problem != nil {
			continue
		}
		if !report.Failed() {
			break
		}
		r.Failures++
		r.FailedSince = cmp.Or(report.FinishedAt, report.StartedAt)
	}
	told, last, named := map[int64]bool{}, int64(0), false
	for _, report := range all {
		if n := numberIn(report.Key); n != nil && dumps[*n] {
			told[*n], last, named = true, max(last, *n), true
		}
	}
	if !named {
		return r
	}
	for i := range all {
		all[i].DumpID = numberIn(all[i].Key)
		all[i].NoManifest = all[i].DumpID != nil && !dumps[*all[i].DumpID]
	}
	for dump := range dumps {
		if dump < last && !told[dump] {
			r.Unreported = append(r.Unreported, dump)
		}
	}
	slices.Sort(r.Unreported)
	return r
}

var numbered = regexp.MustCompile(`(?:^|[_-])([0-9]{1,18})\.json$`)

// numberIn is the number that an object's name ends with: 852 in sync_852.json; nil: none.
func numberIn(key string) *int64 {
	m := numbered.FindStringSubmatch(path.Base(key))
	if m == nil {
		return nil
	}
	n, err := strconv.ParseInt(m[1], 10, 64)
	if err != nil {
		return nil
	}
	return &n
}

package loader

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestTellReports holds reports and manifests against each other (R13).
func TestTellReports(t *testing.T) {
	t.Parallel()
	at := func(hour int) *time.Time {
		t := time.Date(2026, 1, 2, hour, 0, 0, 0, time.UTC)
		return &t
	}
	failure := "\"access denied\""
	good := func(key string) SyncReport { return SyncReport{Key: "sync_reports/" + key, Status: "succeeded"} }
	bad := func(key string, hour int) SyncReport {
		return SyncReport{Key: "sync_reports/" + key, Status: "failed", Error: &failure, FinishedAt: at(hour)}
	}
	torn := func(key string) SyncReport {
		return SyncReport{Key: "sync_reports/" + key, Problem: &failure}
	}
	for _, test := range []struct {
		name       string
		reports    []SyncReport // the newest first
		dumps      []int64
		failures   int
		since      *time.Time
		noManifest []string
		unreported []int64
	}{
		{"nothing", nil, nil, 0, nil, nil, nil},
		{"all is well", []SyncReport{good("sync_3.json"), good("sync_2.json")}, []int64{2, 3}, 0, nil, nil, nil},
		{"a failed sync has no dump", []SyncReport{bad("sync_3.json", 5), good("sync_2.json")}, []int64{2}, 1, at(5), []string{"sync_reports/sync_3.json"}, nil},
		{"failed since the first in a row", []SyncReport{bad("sync_4.json", 6), torn("x.json"), bad("sync_3.json", 5), good("sync_2.json"), bad("sync_1.json", 1)}, []int64{2}, 2, at(5),
			[]string{"sync_reports/sync_4.json", "sync_reports/sync_3.json", "sync_reports/sync_1.json"}, nil},
		{"it succeeded at last", []SyncReport{good("sync_4.json"), bad("sync_3.json", 5)}, []int64{4}, 0, nil, []string{"sync_reports/sync_3.json"}, nil},
		{"success without a manifest", []SyncReport{good("sync_3.json"), good("sync_2.json")}, []int64{2}, 0, nil, []string{"sync_reports/sync_3.json"}, nil},
		{"a manifest without a report", []SyncReport{good("sync_4.json"), good("sync_2.json")}, []int64{1, 2, 3, 4, 5}, 0, nil, nil, []int64{1, 3}},
		{"other names", []SyncReport{good("852.json"), good("report-853.json")}, []int64{852, 853, 854}, 0, nil, nil, nil},
		{"names that tell nothing", []SyncReport{good("20260102.json"), good("morning.json")}, []int64{1, 2}, 0, nil, nil, nil},
		{"an unknown status is no success", []SyncReport{{Key: "a.json", Status: "half done", StartedAt: at(3)}}, nil, 1, at(3), nil, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			dumps := map[int64]bool{}
			for _, d := range test.dumps {
				dumps[d] = true
			}
			got := TellReports(test.reports, dumps)
			var noManifest []string
			for _, r := range got.All {
				if r.NoManifest {
					noManifest = append(noManifest, r.Key)
				}
			}
			if diff := cmp.Diff(test.noManifest, noManifest); diff != "" {
				t.Errorf("reports without a manifest (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(append([]int64{}, test.unreported...), got.Unreported); diff != "" {
				t.Errorf("dumps without a report (-want +got):\n%s", diff)
			}
			if got.Failures != test.failures || !cmp.Equal(got.FailedSince, test.since) {
				t.Errorf("%d failures since %v, want %d since %v", got.Failures, got.FailedSince, test.failures, test.since)
			}
		})
	}
}

package main

import (
	"cmp"
	"context"
	"slices"
	"time"

	"smew/duck"
	"smew/export"
	"smew/web"
)

const (
	pastRuns  = 20 // of each export that the page shows
	runsFiles = 50 // of each run
)

// exported is a sync with its last runs, as a database has them.
type exported struct {
	sync export.Sync
	runs []export.Run
}

// readExported reads the runs of a configuration's syncs or, where it has none, of those that the database knows.
func readExported(ctx context.Context, tx *duck.Tx, conf export.Config) (all []exported, err error) {
	syncs := conf.Syncs
	if len(syncs) == 0 {
		ids, err := export.Syncs(ctx, tx)
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			syncs = append(syncs, export.Sync{ID: id})
		}
	}
	for _, s := range syncs {
		runs, err := export.Log(ctx, tx, s.ID, pastRuns)
		if err != nil {
			return nil, err
		}
		all = append(all, exported{s, runs})
	}
	return all, nil
}

// shownExports turns exports into what the page shows. e is who runs them; nil: nobody here does.
func shownExports(all []exported, e *exporter, now time.Time) []web.Export {
	out := []web.Export{}
	for _, x := range all {
		shown := web.Export{Name: x.sync.ID, Model: x.sync.Model, Mode: string(cmp.Or(x.sync.Mode, export.All)), To: x.sync.To,
			Troubles: []web.ExportTrouble{}, Runs: []web.ExportRun{}}
		if x.sync.Model != "" {
			shown.Schedule = cmp.Or(x.sync.Schedule, "after-load")
		} else if len(x.runs) > 0 {
			shown.Mode = string(x.runs[0].Mode)
		}
		runs, waiting := x.runs, time.Time{}
		if e != nil {
			waiting = e.since
			if began := e.runningSince(x.sync.ID); !began.IsZero() {
				shown.Running = unlessZero(began)
				runs = append([]export.Run{{Status: export.Running, Began: began}}, runs...)
			}
		}
		for _, t := range x.sync.Troubles(runs, waiting, now) {
			shown.Troubles = append(shown.Troubles, web.ExportTrouble{Kind: t.Kind, Text: t.Text, Since: t.Since.UTC()})
		}
		for _, r := range x.runs {
			shown.Runs = append(shown.Runs, shownRun(r))
		}
		out = append(out, shown)
	}
	return out
}

func shownRun(r export.Run) web.ExportRun {
	out := web.ExportRun{ID: r.ID, Export: r.Sync, Mode: string(r.Mode), Full: r.Full, Began: r.Began, Ended: r.Ended, Status: r.Status, Error: r.Error,
		Attempts: r.Attempts, Seconds: r.Seconds, Rows: r.Rows(), Added: r.Added, Changed: r.Changed, Removed: r.Removed, LeftOut: r.NullKeys + r.Duplicates,
		ModelRows: r.ModelRows, FileCount: r.FileCount, Bytes: r.Bytes, Files: []web.ExportFile{}}
	// Those with first lines come first, however many there are.
	files := slices.Clone(r.Files)
	slices.SortStableFunc(files, func(a, b export.File) int { return cmp.Compare(a.Part, b.Part) })
	for _, f := range files[:min(len(files), runsFiles)] {
		out.Files = append(out.Files, web.ExportFile{Key: f.Key, Kind: f.Kind, Rows: f.Rows, Bytes: f.Bytes, SHA256: f.SHA256, First: append([]string{}, f.First...)})
	}
	return out
}

package main

import (
	"context"
	"time"

	"smew/alert"
	"smew/duck"
	"smew/export"
)

// exportKinds are the alerts for what can be wrong with an export.
var exportKinds = map[string]alert.Kind{
	export.Failed: alert.ExportFailed, export.Late: alert.ExportLate, export.Slow: alert.ExportSlow,
	export.Rejected: alert.ExportRejected, export.Dropped: alert.ExportRows, export.Risen: alert.ExportRows,
}

// exportFact makes a fact of a sync's runs. waiting is since when it is known that there is a sync; zero: it is not known.
func exportFact(s export.Sync, runs []export.Run, waiting, now time.Time) alert.Export {
	fact := alert.Export{Name: s.ID}
	for _, t := range s.Troubles(runs, waiting, now) {
		fact.Troubles = append(fact.Troubles, alert.Trouble{Kind: exportKinds[t.Kind], Text: t.Text, Since: t.Since})
	}
	return fact
}

// readExportRuns reads the last runs of each sync.
func readExportRuns(ctx context.Context, tx *duck.Tx, conf export.Config) (map[string][]export.Run, error) {
	runs := map[string][]export.Run{}
	for _, s := range conf.Syncs {
		var err error
		if runs[s.ID], err = export.Log(ctx, tx, s.ID, alert.Window); err != nil {
			return nil, err
		}
	}
	return runs, nil
}

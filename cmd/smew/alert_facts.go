package main

import (
	"cmp"
	"context"
	"time"

	"smew/alert"
	"smew/duck"
	"smew/export"
	"smew/loader"
)

// readAlertFacts reads what the database says of its feed, and of exports.
func (d *database) readAlertFacts(ctx context.Context, o duck.Options, exports export.Config) (alert.Feed, error) {
	var s loader.Status
	var r loader.Recent
	var runs map[string][]export.Run
	err := d.view(ctx, o, func(tx *duck.Tx) (err error) {
		if s, err = loader.ReadStatus(ctx, tx); err != nil {
			return err
		}
		if r, err = loader.ReadRecent(ctx, tx, alert.Window); err != nil {
			return err
		}
		runs, err = readExportRuns(ctx, tx, exports)
		return err
	})
	if err != nil {
		return alert.Feed{}, err
	}
	f := alert.Feed{Name: s.Feed, Ledger: alertLedger(s, r), Exports: []alert.Export{}}
	for _, s := range exports.Syncs {
		f.Exports = append(f.Exports, exportFact(s, runs[s.ID], time.Time{}, time.Now()))
	}
	return f, nil
}

// alertLedger makes facts of what was read.
func alertLedger(s loader.Status, r loader.Recent) *alert.Ledger {
	l := &alert.Ledger{}
	if s.LastDump != nil {
		l.Highest, l.Arrived = s.LastDump.DumpID, s.LastDump.LoadedAt
	}
	for _, f := range s.Failures {
		since, ok := r.Failing[f.Manifest]
		if !ok {
			since = f.TriedAt
		}
		if f.DumpID != nil {
			l.Highest, l.Arrived = max(l.Highest, *f.DumpID), later(l.Arrived, since)
		}
		l.Failures = append(l.Failures, alert.Failure{Manifest: f.Manifest, Dump: f.DumpID, Error: f.Error, Since: since})
	}
	if p := s.Report; p != nil {
		l.Report = &alert.Report{Key: p.Key, Status: p.Status, FinishedAt: p.FinishedAt, NextSyncAt: p.NextSyncAt}
		if p.Error != nil {
			l.Report.Error = *p.Error
		}
	}
	for _, q := range r.Quarantined {
		l.Quarantined = append(l.Quarantined, alert.Quarantined{Dump: q.DumpID, Table: q.Table, Rows: q.Rows})
	}
	if d := r.Definitions; d != nil {
		l.Definitions = &alert.Definitions{Dump: d.DumpID, Key: d.Key}
		if d.Problem != nil {
			l.Definitions.Problem = *d.Problem
		}
	}
	for _, c := range r.Changes {
		l.Changes = append(l.Changes, alert.Change{Dump: c.DumpID, Table: c.Table, New: c.New, Added: c.Added, Gone: c.Gone})
	}
	for _, d := range r.Dumps {
		dump := alert.Dump{ID: d.DumpID}
		for _, t := range d.Tables {
			dump.Tables = append(dump.Tables, alert.Table{Name: t.Name, Full: t.Full, Rows: t.Rows})
		}
		l.Dumps = append(l.Dumps, dump)
	}
	return l
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// alertFeed makes facts of what a follower knows. A look that has not ended yet says nothing, but for one that waits for
// the database: that may never end.
func (w *follower) alertFeed() alert.Feed {
	k := w.known()
	f := alert.Feed{Name: cmp.Or(w.name, w.feed.Name)}
	if k.State.Looks > 0 {
		f.Look = &alert.Look{}
	}
	if text, since := k.unreached(); text != "" {
		f.Look = &alert.Look{Error: text, Since: since}
	}
	if w.target != "" && k.State.Looks > 0 {
		f.Copy = &alert.Copy{}
		if err := k.State.PublishErr; err != nil {
			f.Copy.Error, f.Copy.Since = err.Error(), k.State.PublishSince
		}
	}
	if k.Ledger != nil {
		f.Ledger = alertLedger(k.Ledger.status, k.Ledger.recent)
	}
	f.Exports = []alert.Export{}
	if w.exports != nil {
		f.Exports = w.exports.facts(time.Now())
	}
	return f
}

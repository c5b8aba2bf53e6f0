package main

import (
	"context"
	"errors"
	"os"
	"sync"
	"time"

	"smew/duck"
	"smew/export"
	"smew/loader"
	"smew/plan"
	"smew/web"
)

// served is a feed that the page shows. The functions may be nil.
type served struct {
	name   string
	file   *shared                  // that is read: the database, or a published copy of it
	conf   export.Config            // of its exports; none: those that the database knows are shown
	runs   *exporter                // who runs them here; nil: nobody
	known  func() (web.State, bool) // how the feed stands, where that is known without reading the file
	load   func() *web.Loading
	follow func() *web.Following
	look   func()

	mu       sync.Mutex
	last     web.State // as it was read last
	exported []exported
	mark     string // of the file then
}

// pastLoads is how many loads and reports the page shows.
const pastLoads = 200

// state gives what the page shows. Where nobody knows it already, the database is read only if its file has changed; while it
// cannot be read the state is the last one, with the reason.
func (f *served) state(ctx context.Context) (state web.State, err error) {
	told := false
	if f.known != nil {
		state, told = f.known()
	}
	if !told {
		if state, err = f.remembered(ctx); err != nil {
			return web.State{}, err
		}
	}
	if f.load != nil {
		state.Loading = f.load()
	}
	if f.follow != nil {
		state.Following = f.follow()
	}
	return complete(state), nil
}

// remembered is the state as the file was read last, and reads it if it has changed.
func (f *served) remembered(ctx context.Context) (web.State, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	mark := f.file.mark()
	busy := ""
	if mark != f.mark || f.last.ReadAt == nil {
		state, exported, mark, err := f.read(ctx)
		var locked *web.BusyError
		switch {
		case errors.As(err, &locked):
			busy = locked.Text
		case err != nil:
			return web.State{}, err
		default:
			f.last, f.exported, f.mark = state, exported, mark
		}
	}
	state := f.last
	state.Database, state.Busy = f.file.path, busy
	state.Exports = shownExports(f.exported, f.runs, time.Now())
	return state, nil
}

// complete makes lists that are not there empty ones.
func complete(s web.State) web.State {
	if s.Tables == nil {
		s.Tables = []web.Table{}
	}
	if s.History == nil {
		s.History = []web.Dump{}
	}
	if s.Failures == nil {
		s.Failures = []web.Failure{}
	}
	if s.Accepted == nil {
		s.Accepted = []web.Accepted{}
	}
	if s.Reports == nil {
		s.Reports = []web.Report{}
	}
	if s.Exports == nil {
		s.Exports = []web.Export{}
	}
	return s
}

// read reads the state, the exports, and the mark of the file that they are of.
func (f *served) read(ctx context.Context) (state web.State, exports []exported, mark string, err error) {
	var s stored
	now := time.Now().UTC()
	err = f.file.view(ctx, 0, func(tx *duck.Tx, of string) (err error) {
		mark = of
		s, err = readShown(ctx, tx, f.conf)
		return err
	})
	if errors.Is(err, loader.ErrNoLedger) {
		return web.State{ReadAt: &now}, nil, mark, nil
	}
	if err != nil {
		return web.State{}, nil, "", err
	}
	state = s.shown()
	state.ReadAt = &now
	if info, err := os.Stat(f.file.path); err == nil {
		state.Bytes = info.Size()
	}
	return state, s.exports, mark, nil
}

// stored is what a database says of its feed and its exports, for the page.
type stored struct {
	status  loader.Status
	history loader.History
	reports loader.Reports
	exports []exported
}

// readShown reads what a page shows of a database. One of an older schema gives no history.
func readShown(ctx context.Context, tx *duck.Tx, conf export.Config) (s stored, err error) {
	if s.status, err = loader.ReadStatus(ctx, tx); err != nil {
		return s, err
	}
	s.history, err = loader.ReadHistory(ctx, tx, pastLoads)
	var old *loader.OlderError
	if err != nil && !errors.As(err, &old) {
		return s, err
	}
	if s.reports, err = loader.ReadReports(ctx, tx); err != nil {
		return s, err
	}
	s.exports, err = readExported(ctx, tx, conf)
	return s, err
}

// shown turns what the ledger says into what the page shows.
func (of stored) shown() web.State {
	status, history, reports := of.status, of.history, of.reports
	s := web.State{Source: status.Feed, Dumps: status.Dumps, People: web.People{IDs: status.Merged.IDs, Persons: status.Merged.Persons}}
	if status.LastDump != nil {
		s.Highest = &status.LastDump.DumpID
	}
	shown := map[string]string{}
	for _, t := range status.Tables {
		shown[t.Name] = t.Shown
		s.Tables = append(s.Tables, web.Table{Name: t.Shown, Kind: t.Kind, Rows: t.Rows, Delivered: t.Delivered, Superseded: t.Superseded,
			Invalidated: t.Invalidated, Hidden: t.Hidden, Quarantined: t.Quarantined, Resync: t.Resync})
		if t.Kind == "users" {
			s.People.Users = t.Rows
		}
	}
	for _, d := range history.Dumps {
		s.History = append(s.History, shownDump(d, shown))
	}
	for _, f := range status.Failures {
		s.Failures = append(s.Failures, shownFailure(f, history.Tries[f.Manifest]))
	}
	for _, a := range status.Accepted {
		s.Accepted = append(s.Accepted, web.Accepted{DumpID: a.DumpID, At: a.AcceptedAt, Reason: a.Reason})
	}
	for _, r := range reports.All[:min(len(reports.All), pastLoads)] {
		s.Reports = append(s.Reports, shownReport(r))
	}
	if status.Report != nil {
		s.NextSync = status.Report.NextSyncAt
	}
	return s
}

func shownDump(d loader.PastDump, shown map[string]string) web.Dump {
	out := web.Dump{DumpID: d.DumpID, LoadedAt: d.LoadedAt, Seconds: d.Seconds, Bytes: d.Bytes, Tables: []web.DumpTable{}}
	for _, t := range d.Tables {
		name := t.Name
		if shown[name] != "" {
			name = shown[name]
		}
		c := web.Counts{Rows: t.Rows, New: max(0, t.Rows-t.Superseded-t.Quarantined), Replaced: t.Superseded, Invalidated: t.Invalidated, Quarantined: t.Quarantined}
		if t.Name == plan.Migrations { // every dump brings it in whole: that says nothing about what changed
			c.New, c.Invalidated = max(0, t.Rows-t.Invalidated), 0
		}
		out.Tables = append(out.Tables, web.DumpTable{Name: name, FullResync: t.FullResync && t.Name != plan.Migrations, Read: t.Read, Files: t.Files, Counts: c})
		out.Rows += c.Rows
		out.New += c.New
		out.Replaced += c.Replaced
		out.Invalidated += c.Invalidated
		out.Quarantined += c.Quarantined
	}
	return out
}

func shownFailure(f loader.LastFailure, tries loader.Tries) web.Failure {
	p := loader.FindPlace(f.Error)
	out := web.Failure{DumpID: f.DumpID, Manifest: f.Manifest, TriedAt: f.TriedAt, Tries: max(1, tries.Count), Error: f.Error,
		Reason: p.Reason, Table: p.Table, Part: p.Part, Column: p.Column}
	if tries.Count > 0 {
		out.Since = &tries.First
	}
	if p.Block >= 0 {
		out.Block = &p.Block
	}
	if p.Row > 0 {
		out.Row = &p.Row
	}
	return out
}

func shownReport(r loader.SyncReport) web.Report {
	out := web.Report{Key: r.Key, Status: r.Status, NoManifest: r.NoManifest, StartedAt: r.StartedAt, FinishedAt: r.FinishedAt, NextSyncAt: r.NextSyncAt}
	switch {
	case r.Problem != nil:
		out.Status, out.Error = "", *r.Problem
	case r.Error != nil:
		out.Error = *r.Error
	}
	return out
}

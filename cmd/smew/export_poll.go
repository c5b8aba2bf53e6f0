package main

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"smew/alert"
	"smew/duck"
	"smew/export"
)

// exporter runs the exports of one database while its feed is followed.
type exporter struct {
	conf  export.Config // of this feed alone
	ship  shipping
	since time.Time // when following began
	log   *slog.Logger
}

// run runs the syncs that are due: those after each load if something was loaded, and those whose time by the clock has
// come. It opens the database for writing if there are any, so who calls it must hold the file. A sync that fails is
// logged and repeated when it is next due; the error is of what kept all of them back.
func (e *exporter) run(ctx context.Context, o duck.Options, now time.Time, loaded bool) (err error) {
	if len(e.conf.Syncs) == 0 {
		return nil
	}
	began, err := e.began(ctx, o)
	if err != nil {
		return err
	}
	due := e.conf.Due(began, e.since, now, loaded)
	if len(due) == 0 {
		return nil
	}
	o.AtMost = exportMemory
	db, err := duck.Open(ctx, e.ship.path, o)
	if err != nil {
		return err
	}
	for _, id := range due {
		j, _ := e.conf.Job(id)
		runs, err := exportJob(ctx, db, j, e.ship.options(false), false)
		for _, r := range runs {
			if r.Status == "done" {
				e.log.Info("exported", "export", r.Sync, "run", r.ID, "rows", r.Rows(), "files", r.FileCount, "bytes", r.Bytes, "seconds", r.Seconds)
			}
		}
		if err != nil {
			e.log.Error("could not export", "export", id, "error", err)
		}
		if ctx.Err() != nil {
			break
		}
	}
	return errors.Join(ctx.Err(), db.Close())
}

// began is when each sync last began.
func (e *exporter) began(ctx context.Context, o duck.Options) (began map[string]time.Time, err error) {
	err = e.ship.view(ctx, o, func(tx *duck.Tx) (err error) {
		began, err = export.LastBegan(ctx, tx)
		return err
	})
	return began, err
}

// exportFacts are what alerts are told of exports.
func exportFacts(ctx context.Context, tx *duck.Tx, conf export.Config, now time.Time) (facts []alert.Export, err error) {
	for _, s := range conf.Syncs {
		runs, err := export.Log(ctx, tx, s.ID, alert.Window)
		if err != nil {
			return nil, err
		}
		facts = append(facts, exportFact(s, runs, now))
	}
	return facts, nil
}

// exportFact makes a fact of all that is wrong with a sync.
func exportFact(s export.Sync, runs []export.Run, now time.Time) alert.Export {
	fact := alert.Export{Name: s.ID}
	var texts []string
	for _, t := range s.Troubles(runs, now) {
		texts = append(texts, t.Kind+": "+t.Text)
		if fact.Since.IsZero() || t.Since.Before(fact.Since) {
			fact.Since = t.Since
		}
	}
	fact.Error = strings.Join(texts, "; ")
	return fact
}

// listExports tells of syncs how they last went.
func listExports(ctx context.Context, tx *duck.Tx, jobs []export.Job) (all []listedExport, err error) {
	for _, j := range jobs {
		runs, err := export.Log(ctx, tx, j.Sync.ID, alert.Window)
		if err != nil {
			return nil, err
		}
		l := listedExport{j.Sync.ID, j.Model.ID, string(cmp.Or(j.Sync.Mode, export.All)), j.Sync.To, j.Sync.File,
			cmp.Or(j.Sync.Schedule, "after-load"), nil, []string{}}
		if len(runs) > 0 {
			l.Last = &runs[0]
		}
		for _, t := range j.Sync.Troubles(runs, time.Now()) {
			l.Troubles = append(l.Troubles, t.Kind+": "+t.Text)
		}
		all = append(all, l)
	}
	return all, nil
}

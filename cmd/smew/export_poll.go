package main

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"os"
	"sync"
	"time"

	"smew/alert"
	"smew/duck"
	"smew/export"
	"smew/loader"
)

// exporter runs the exports of one database while its feed is followed.
type exporter struct {
	conf  export.Config // of this feed alone
	ship  shipping
	since time.Time // when following began
	load  time.Time // when something was last loaded, as far as is known
	log   *slog.Logger

	mu    sync.Mutex
	runs  map[string][]export.Run // of each sync, the last ones first; nil: not read yet
	doing string                  // the sync that is running; "": none
	began time.Time               // … since when
}

// newExporter is nil where the configuration has no exports for a feed.
func (a *app) newExporter(f *following, log *slog.Logger) (*exporter, error) {
	if a.file == nil {
		return nil, nil
	}
	conf, err := a.exportConfig()
	if conf = conf.Of(feedNameOf(f.name, f.path)); err != nil || len(conf.Syncs) == 0 {
		return nil, err
	}
	return &exporter{conf: conf, ship: shipping{database: f.database, source: f.source}, since: time.Now(), log: log}, nil
}

// loaded notes that something was loaded: the syncs after each load are due, if not now then at a later look.
func (e *exporter) loaded(now time.Time) { e.load = now }

// run runs the syncs that are due: those after each load if something was loaded, those whose time by the clock has
// come, and those that failed, after a pause. It opens the database for writing if there are any, so who calls it must hold
// the file. A sync that fails is logged; the error is of what kept all of them back.
func (e *exporter) run(ctx context.Context, o duck.Options, now time.Time) error {
	if _, err := os.Stat(e.ship.path); errors.Is(err, os.ErrNotExist) {
		return nil // nothing was ever loaded
	}
	if e.known() == nil {
		if err := e.ship.view(ctx, o, func(tx *duck.Tx) error { return errors.Join(e.read(ctx, tx), e.readLoad(ctx, tx)) }); err != nil {
			return err
		}
	}
	due := e.conf.Due(e.last(), e.since, e.load, now)
	if len(due) == 0 {
		return nil
	}
	o.AtMost = exportMemory
	db, err := duck.Open(ctx, e.ship.path, o)
	if err != nil {
		return err
	}
	for _, id := range due {
		if ctx.Err() != nil {
			break
		}
		e.runOne(ctx, db, id)
	}
	err = db.View(context.WithoutCancel(ctx), func(tx *duck.Tx) error { return e.read(context.WithoutCancel(ctx), tx) })
	return errors.Join(ctx.Err(), err, db.Close())
}

func (e *exporter) runOne(ctx context.Context, db *duck.DB, id string) {
	j, _ := e.conf.Job(id)
	e.running(id)
	defer e.running("")
	runs, err := exportJob(ctx, db, j, e.ship.options(false), false)
	for _, r := range runs {
		if r.Status == "done" {
			e.log.Info("exported", "export", r.Sync, "run", r.ID, "rows", r.Rows(), "files", r.FileCount, "bytes", r.Bytes, "seconds", r.Seconds)
		}
	}
	if err != nil {
		e.log.Error("could not export", "export", id, "error", err)
	}
}

// read reads what became of the last runs.
func (e *exporter) read(ctx context.Context, tx *duck.Tx) error {
	runs, err := readExportRuns(ctx, tx, e.conf)
	if err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.runs = runs
	return nil
}

// readLoad reads when something was last loaded: whoever loaded it may have died before the exports.
func (e *exporter) readLoad(ctx context.Context, tx *duck.Tx) error {
	history, err := loader.ReadHistory(ctx, tx, 1)
	for _, d := range history.Dumps {
		if d.LoadedAt.After(e.load) {
			e.load = d.LoadedAt
		}
	}
	return err
}

// running notes which sync is being sent; "": none.
func (e *exporter) running(id string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.doing, e.began = id, time.Now()
}

// runningSince is since when a sync is being sent; zero: it is not.
func (e *exporter) runningSince(id string) time.Time {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.doing != id {
		return time.Time{}
	}
	return e.began
}

// known are the last runs of each sync, with that which is under way; nil: they were not read yet.
func (e *exporter) known() map[string][]export.Run {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.doing == "" {
		return e.runs
	}
	now := export.Run{Sync: e.doing, Status: export.Running, Began: e.began}
	all := maps.Clone(e.runs)
	all[e.doing] = append([]export.Run{now}, all[e.doing]...)
	return all
}

// last is how each sync last went.
func (e *exporter) last() map[string]export.Last {
	last := map[string]export.Last{}
	for id, runs := range e.known() {
		last[id] = export.LastOf(runs)
	}
	return last
}

// next is when a sync is next due by itself, by the clock or as it failed; zero: none is.
func (e *exporter) next() time.Time { return e.conf.Next(e.last(), e.since) }

// facts are what alerts are told. What is not known yet is left as it is.
func (e *exporter) facts(now time.Time) (facts []alert.Export) {
	known := e.known()
	if known == nil {
		return nil
	}
	for _, s := range e.conf.Syncs {
		facts = append(facts, exportFact(s, known[s.ID], e.since, now))
	}
	return facts
}

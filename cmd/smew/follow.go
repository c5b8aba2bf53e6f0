package main

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"os"
	"sync"
	"time"

	"smew/alert"
	"smew/bucket"
	"smew/duck"
	"smew/feed"
	"smew/loader"
	"smew/poll"
)

// jitter spreads the looks of many pollers a little.
const jitter = 0.1

// follower follows one feed.
type follower struct {
	name    string
	feed    loader.Feed
	config  loader.Config
	target  string // of the published copy; "": none
	poller  *poll.Poller
	loading *loading
	log     *slog.Logger
	loaded  func(*follower, loader.Record) error // is told of each dump that went in
	looked  func()                               // is told of each look; nil: nobody is

	file sync.Mutex // held by who has the database file open: DuckDB's lock keeps out other processes only
	said map[string]string

	mu      sync.Mutex
	running loader.Event // of the load under way
	status  *loader.Status
	reports loader.Reports
	recent  loader.Recent
	read    os.FileInfo // the database file as it was when they were read
}

// known is what a follower knows of its feed, for who shows or judges it. It is there at once: nothing is
// opened for it.
type known struct {
	State   poll.State
	Running loader.Event   // zero Kind: nothing is being loaded
	Status  *loader.Status // after the last look; nil: there is no ledger yet
	Reports loader.Reports
	Recent  loader.Recent
}

// newFollower prepares to follow a feed.
func (a *app) newFollower(ctx context.Context, f *following, log *slog.Logger, loaded func(*follower, loader.Record) error) (*follower, error) {
	feed, config, err := f.config(ctx, f.location, func(locked *duck.LockedError) {
		log.Info("waiting for the database", "file", locked.Path, "process", locked.PID)
	})
	if err != nil {
		return nil, err
	}
	config.Seen = &loader.Seen{}
	w := &follower{name: f.name, feed: feed, config: config, loading: &loading{now: time.Now}, target: f.publish, log: log, loaded: loaded, said: map[string]string{}}
	o := poll.Options{Every: f.every, Floor: f.floor, Jitter: jitter, Random: rand.Float64, Load: w.look, Changed: w.changed, PublishEvery: f.publishEvery}
	if f.publish != "" {
		o.Publish = w.copy
	}
	w.poller, err = poll.New(o)
	return w, err
}

// run follows the feed until ctx ends. A directory is watched.
func (w *follower) run(ctx context.Context) error {
	w.log.Info("following the feed", "feed", w.feed.Name, "database", w.config.DB)
	if _, ok := w.feed.Bucket.(*bucket.Dir); ok {
		go func() {
			if err := poll.Watch(ctx, w.feed.Name, []string{feed.ManifestsPrefix[:len(feed.ManifestsPrefix)-1], feed.ReportsPrefix[:len(feed.ReportsPrefix)-1]}, w.poller.Wake); err != nil {
				w.log.Warn("the directory is not watched, and looked at now and then only", "error", err)
			}
		}()
	}
	return w.poller.Run(ctx)
}

// look looks at the feed once and logs each dump that was loaded or failed.
func (w *follower) look(ctx context.Context, again bool) (poll.Look, error) {
	w.file.Lock()
	defer w.file.Unlock()
	config := w.config
	config.Untried = !again
	var written error
	config.Stage.Progress = w.loading.fetched
	config.Progress = func(e loader.Event) {
		w.loading.event(e)
		w.progress(e)
		if e.Kind == loader.Loaded {
			written = errors.Join(written, w.loaded(w, e.Record))
		}
	}
	summary, err := loader.Run(ctx, w.feed, config)
	w.loading.ended()
	w.progress(loader.Event{})
	err = errors.Join(err, written)
	w.tell(summary, again)
	look := poll.Look{Loaded: len(summary.Loaded), Failed: len(summary.Failed)}
	if r := summary.Report; r != nil && r.NextSyncAt != nil {
		look.Due = *r.NextSyncAt
	}
	if err == nil {
		w.refresh(ctx)
		_, none := os.Stat(w.config.DB)
		look.Stale = w.target != "" && none == nil && !duck.Published(w.config.DB, w.target)
	}
	return look, err
}

// progress logs dumps as they come: a backlog can take hours.
func (w *follower) progress(e loader.Event) {
	w.mu.Lock()
	w.running = e
	w.mu.Unlock()
	switch e.Kind {
	case loader.Loading:
		w.log.Info("loading", "dump", e.Dump, "parts", e.Of)
	case loader.Loaded:
		var rows int64
		for _, t := range e.Record.Tables {
			rows += t.Rows
		}
		w.log.Info("loaded", "dump", e.Dump, "rows", rows, "bytes", e.Bytes, "seconds", e.Record.Seconds)
	}
}

// tell logs what could not be loaded or understood, and what the vendor says of a sync that failed. What was
// said is said again only when it was tried again.
func (w *follower) tell(s loader.Summary, again bool) {
	for _, t := range s.Chosen {
		w.log.Warn("the choice of tables changed", "what", chosenLine(t))
	}
	for _, warning := range s.Warnings {
		w.log.Warn("not understood", "what", warning)
	}
	if r := s.Report; s.Reports > 0 && r != nil && r.Failed() {
		cause := ""
		if r.Error != nil {
			cause = *r.Error
		}
		w.log.Warn("the newest sync report tells of no success", "report", r.Key, "status", r.Status, "error", cause)
	}
	said := map[string]string{}
	for _, f := range s.Failed {
		if again || w.said[f.Key] != f.Reason {
			w.log.Warn("not loaded", "manifest", f.Key, "error", f.Reason)
		}
		said[f.Key] = f.Reason
	}
	w.said = said
}

// copy publishes the database.
func (w *follower) copy(ctx context.Context) error {
	w.file.Lock()
	defer w.file.Unlock()
	began := time.Now()
	done, err := duck.Publish(ctx, w.config.DB, w.target, w.config.Duck)
	if err == nil {
		w.log.Info("published", "file", w.target, "bytes", done.Bytes, "reflink", done.Reflink, "seconds", time.Since(began).Seconds())
	}
	return err
}

// changed logs what went wrong in a look or a publication.
func (w *follower) changed(s poll.State) {
	if w.looked != nil {
		w.looked()
	}
	if s.Err != nil {
		w.log.Error("could not look at the feed", "error", s.Err, "again_in", time.Until(s.NextLook).Round(time.Second).String())
	}
	if s.PublishErr != nil {
		w.log.Error("could not publish the database", "error", s.PublishErr, "again_in", time.Until(s.NextPublish).Round(time.Second).String())
	}
}

// refresh reads what the ledger says, if the file has changed since. That another process has the
// database is no error: it is read after the next look then.
func (w *follower) refresh(ctx context.Context) {
	info, err := os.Stat(w.config.DB)
	if err != nil || w.read != nil && os.SameFile(info, w.read) && info.ModTime().Equal(w.read.ModTime()) && info.Size() == w.read.Size() {
		return
	}
	o := w.config.Duck
	o.ReadOnly, o.Wait, o.Waiting = true, time.Second, nil
	db, err := duck.Open(ctx, w.config.DB, o)
	if err != nil {
		return
	}
	var status loader.Status
	var reports loader.Reports
	var recent loader.Recent
	err = db.View(ctx, func(tx *duck.Tx) (err error) {
		if status, err = loader.ReadStatus(ctx, tx); err != nil {
			return err
		}
		if reports, err = loader.ReadReports(ctx, tx); err != nil {
			return err
		}
		recent, err = loader.ReadRecent(ctx, tx, alert.Window)
		return err
	})
	if errors.Join(err, db.Close()) != nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.status, w.reports, w.recent, w.read = &status, reports, recent, info
}

// known tells how things stand.
func (w *follower) known() known {
	w.mu.Lock()
	defer w.mu.Unlock()
	return known{w.poller.State(), w.running, w.status, w.reports, w.recent}
}

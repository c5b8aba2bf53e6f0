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
	"smew/export"
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
	exports *exporter // nil: there are none
	// clustered is a Spark cluster that the feed goes into; nil: a database, config.DB.
	clustered *clustered
	log       *slog.Logger
	loaded    func(*follower, loader.Record) error // is told of each dump that went in
	looked    func()                               // is told of each look; nil: nobody is

	file        sync.Mutex // held by who has the database file open: DuckDB's lock keeps out other processes only
	said        map[string]string
	unpublished int // how often in a row it could not be published when that was logged last

	mu      sync.Mutex
	running loader.Event // of the load under way
	waiting *waiting     // nil: nobody has the database that is wanted
	ledger  *ledger      // nil: there is none yet
	read    os.FileInfo  // the database file as it was when the ledger was read
}

// ledger is what the database said of its feed when it was read last.
type ledger struct {
	stored
	recent loader.Recent
	at     time.Time
	bytes  int64 // of the file
}

// waiting is another process's hold on the database, and since when it is waited for.
type waiting struct {
	locked *duck.LockedError
	since  time.Time
}

// known is what a follower knows of its feed, for who shows or judges it. It is there at once: nothing is
// opened for it.
type known struct {
	State   poll.State
	Running loader.Event // zero Kind: nothing is being loaded
	Waiting *waiting     // nil: the database is not waited for
	Ledger  *ledger      // after the last look; nil: there is none yet
}

// newFollower prepares to follow a feed.
func (a *app) newFollower(ctx context.Context, f *following, log *slog.Logger, loaded func(*follower, loader.Record) error) (*follower, error) {
	w := &follower{name: f.name, loading: &loading{now: time.Now}, target: f.publish, log: log, loaded: loaded, said: map[string]string{}}
	var err error
	if f.target.asked() {
		if w.clustered, err = f.clustered(ctx); err != nil {
			return nil, err
		}
		w.feed = loader.Feed{Name: w.clustered.feed.Name, Bucket: w.clustered.feed.Bucket, Prefix: w.clustered.feed.Prefix}
	} else if w.feed, w.config, err = f.config(ctx, f.location, w.locked); err != nil {
		return nil, err
	}
	w.config.Seen = &loader.Seen{}
	o := poll.Options{Every: f.every, Floor: f.floor, Jitter: jitter, Random: rand.Float64, Load: w.look, Changed: w.changed, PublishEvery: f.publishEvery}
	if f.publish != "" {
		o.Publish = w.copy
	}
	if w.poller, err = poll.New(o); err != nil {
		return nil, err
	}
	w.exports, err = a.newExporter(f, log)
	if w.exports != nil && w.clustered != nil {
		return nil, &usageError{"exports are configured for a feed that goes into a Spark cluster", "exports read a DuckDB database: leave the feed out of them, or follow it into a database"}
	}
	return w, err
}

// run follows the feed until ctx ends. A directory is watched.
func (w *follower) run(ctx context.Context) error {
	w.log.Info("following the feed", "feed", w.feed.Name, "database", w.store())
	w.remember(ctx)
	if _, ok := w.feed.Bucket.(*bucket.Dir); ok {
		go func() {
			if err := poll.Watch(ctx, w.feed.Name, []string{feed.ManifestsPrefix[:len(feed.ManifestsPrefix)-1], feed.ReportsPrefix[:len(feed.ReportsPrefix)-1]}, w.poller.Wake); err != nil {
				w.log.Warn("the directory is not watched, and looked at now and then only", "error", err)
			}
		}()
	}
	return w.poller.Run(ctx)
}

// remember reads what the database says before the first look, which may take long or not be possible.
func (w *follower) remember(ctx context.Context) {
	if w.clustered != nil {
		return // the first look asks the cluster
	}
	w.file.Lock()
	defer w.file.Unlock()
	w.refresh(ctx)
}

// locked notes that another process has the database; got notes that this is over.
func (w *follower) locked(l *duck.LockedError) {
	w.log.Info("waiting for the database", "file", l.Path, "process", l.PID)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.waiting = &waiting{l, time.Now()}
}

func (w *follower) got() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.waiting = nil
}

// look looks at the feed once and logs each dump that was loaded or failed.
func (w *follower) look(ctx context.Context, again bool) (poll.Look, error) {
	if w.clustered != nil {
		return w.lookSpark(ctx, again)
	}
	w.file.Lock()
	defer w.file.Unlock()
	config := w.config
	config.Untried = !again
	var written error
	config.Stage.Progress = w.loading.fetched
	config.Progress = func(e loader.Event) {
		w.got()
		w.loading.event(e)
		w.progress(e)
		if e.Kind == loader.Loaded {
			written = errors.Join(written, w.loaded(w, e.Record))
		}
	}
	summary, err := loader.Run(ctx, w.feed, config)
	w.got()
	w.loading.ended()
	w.progress(loader.Event{})
	err = errors.Join(err, written)
	w.tell(summary, again)
	look := poll.Look{Loaded: len(summary.Loaded), Failed: len(summary.Failed)}
	if r := summary.Report; r != nil && r.NextSyncAt != nil {
		look.Due = *r.NextSyncAt
	}
	if w.exports != nil && look.Loaded > 0 {
		w.exports.loaded(time.Now())
	}
	if err == nil {
		err = w.export(ctx, &look)
	}
	w.refresh(ctx) // also after an error: a run notes what failed before it ends
	if err == nil {
		_, none := os.Stat(w.config.DB)
		look.Stale = w.target != "" && none == nil && !duck.Published(w.config.DB, w.target)
	}
	return look, err
}

// export runs what is due, and has the next look come when more of it is due.
func (w *follower) export(ctx context.Context, look *poll.Look) error {
	if w.exports == nil {
		return nil
	}
	if err := w.exports.run(ctx, w.config.Duck, time.Now()); err != nil {
		return err
	}
	if next := w.exports.next(); !next.IsZero() && (look.Due.IsZero() || next.Before(look.Due)) {
		look.Due = next
	}
	return nil
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
	if err := loader.CheckPublish(ctx, w.config.DB, w.target, w.config.Duck); err != nil {
		return err
	}
	began := time.Now()
	done, err := duck.Publish(ctx, w.config.DB, w.target, w.config.Duck)
	w.got()
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
	if s.PublishErr != nil && s.PublishFail != w.unpublished { // else it is a look that has ended
		w.log.Error("could not publish the database", "error", s.PublishErr, "again_in", time.Until(s.NextPublish).Round(time.Second).String())
	}
	w.unpublished = s.PublishFail
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
	l := &ledger{at: time.Now().UTC(), bytes: info.Size()}
	err = db.View(ctx, func(tx *duck.Tx) (err error) {
		if l.stored, err = readShown(ctx, tx, w.exportConf()); err != nil {
			return err
		}
		l.recent, err = loader.ReadRecent(ctx, tx, alert.Window)
		return err
	})
	if errors.Join(err, db.Close()) != nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ledger, w.read = l, info
}

// exportConf are the feed's exports; there may be none.
func (w *follower) exportConf() export.Config {
	if w.exports == nil {
		return export.Config{}
	}
	return w.exports.conf
}

// known tells how things stand.
func (w *follower) known() known {
	w.mu.Lock()
	defer w.mu.Unlock()
	return known{w.poller.State(), w.running, w.waiting, w.ledger}
}

package main

import (
	"cmp"
	"context"
	"log/slog"
	"time"

	"smew/alert"
)

// watch tells people of feeds while they are followed.
type watch struct {
	notifier *alert.Notifier
	// facts returns what is known of the feeds at present, at once: it opens no database.
	facts func() []alert.Feed
	every time.Duration // between rounds, as what is late becomes so while nothing happens
	log   *slog.Logger
	wake  chan struct{}
}

// newWatch prepares to tell. What was told is remembered where the configuration says, or beside the database.
func newWatch(conf alert.Config, db string, facts func() []alert.Feed, log *slog.Logger) (*watch, error) {
	n, err := alert.New(alert.Options{Config: conf, Store: alertState(conf, db)})
	return &watch{notifier: n, facts: facts, every: time.Minute, log: log, wake: make(chan struct{}, 1)}, err
}

// looked has a round come at once, as a look at a feed has ended.
func (w *watch) looked() {
	select {
	case w.wake <- struct{}{}:
	default: // one is about to come
	}
}

// run has rounds until ctx ends. A message that is on its way then is sent by the next process.
func (w *watch) run(ctx context.Context) error {
	ticker := time.NewTicker(w.every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-w.wake:
		case <-ticker.C:
		}
		w.round(ctx)
	}
}

// round tells what changed, once.
func (w *watch) round(ctx context.Context) {
	round, err := w.notifier.Round(ctx, alert.Facts{Now: time.Now(), Feeds: w.facts()})
	for _, m := range round.Messages {
		w.log.Warn("alert", "feed", m.Feed, "alert", m.Alert, "state", m.State, "severity", m.Severity, "title", m.Title)
	}
	if err != nil && ctx.Err() == nil {
		w.log.Error("could not tell everybody", "error", err, "waiting", round.Waiting)
	}
}

// alertState is where it is remembered what was told: a file that the configuration names, or one beside the database.
func alertState(conf alert.Config, db string) alert.File {
	return alert.File(cmp.Or(conf.State, db+".alerts.json"))
}

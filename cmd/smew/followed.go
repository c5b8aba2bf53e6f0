package main

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"time"

	"smew/web"
)

// showFollowed shows the feeds on a page until ctx ends.
func (a *app) showFollowed(ctx context.Context, l *listening, all followers, log *slog.Logger) error {
	feeds := make([]*served, len(all))
	for i, w := range all {
		feeds[i] = l.followed(w)
	}
	return a.listen(ctx, l, feeds, func(url string) error {
		log.Info("the page is there", "url", url)
		return nil
	})
}

// followed is a feed as the page shows it. Where there is a published copy, the console reads that, as nobody is locked out of
// it; how the feed stands comes from the follower then, as a copy is made of what went in and not of what fails.
func (l *listening) followed(w *follower) *served {
	feed := &served{name: w.name, conf: w.exportConf(), runs: w.exports, load: w.loading.shown, look: w.poller.Wake, follow: func() *web.Following { return shownFollowing(w.known(), time.Now()) }}
	if feed.name == "" {
		feed.name = nameOfFile(w.config.DB)
	}
	if w.clustered != nil {
		feed.file = &shared{absent: noTables}
		feed.known = func() (web.State, bool) { return w.shown(), true }
		return feed
	}
	if w.target != "" {
		feed.file = l.shared(w.target)
		feed.file.apart = true
	} else {
		feed.file = l.shared(w.config.DB)
		feed.file.gate, feed.file.holder = &w.file, w.holder
	}
	feed.known = func() (web.State, bool) {
		_, none := os.Stat(w.config.DB)
		return w.shown(), w.target != "" || errors.Is(none, fs.ErrNotExist) // a feed that was never loaded has no database
	}
	return feed
}

// shown is the state after the last look, for the page.
func (w *follower) shown() web.State {
	state := web.State{Source: w.feed.Name, Database: w.store(), Busy: w.holder()}
	if l := w.known().Ledger; l != nil {
		busy := state.Busy
		state = l.shown()
		state.Database, state.Busy, state.ReadAt, state.Bytes = w.store(), busy, &l.at, l.bytes
		state.Exports = shownExports(l.exports, w.exports, time.Now())
	}
	return state
}

// holder says who has the database that a look waits for; "": it waits for nobody.
func (w *follower) holder() string {
	k := w.known()
	if k.Waiting == nil {
		return ""
	}
	return holderOf(k.Waiting.locked) + " has the database, and smew has waited for it since " + instant(k.Waiting.since) + "."
}

// unreached is why the feed cannot be looked at, and since when; "": it can.
func (k known) unreached() (text string, since time.Time) {
	if k.State.Err != nil {
		text, since = k.State.Err.Error(), k.State.ErrSince
	}
	if k.Waiting != nil {
		text = k.Waiting.locked.Error()
		if since.IsZero() {
			since = k.Waiting.since
		}
	}
	return text, since
}

// briefly is how long the database is waited for without that being a trouble.
const briefly = time.Minute

// shownFollowing turns how a poller stands into what the page shows.
func shownFollowing(k known, now time.Time) *web.Following {
	s := k.State
	f := &web.Following{LastLook: unlessZero(s.LookedAt), NextLook: unlessZero(s.NextLook)}
	if text, since := k.unreached(); s.Err != nil || now.Sub(since) >= briefly {
		f.Error, f.FailingSince = text, unlessZero(since)
	}
	f.Published = unlessZero(s.PublishedAt)
	if s.PublishErr != nil {
		f.PublishError, f.PublishFailing = s.PublishErr.Error(), unlessZero(s.PublishSince)
	}
	return f
}

func unlessZero(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

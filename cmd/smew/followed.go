package main

import (
	"context"
	"log/slog"
	"time"

	"smew/poll"
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

// followed is a feed as the page shows it: its published copy where there is one, which nobody is locked out of.
func (l *listening) followed(w *follower) *served {
	feed := &served{name: w.name, load: w.loading.shown, look: w.poller.Wake, follow: func() *web.Following { return shownFollowing(w.poller.State()) }}
	if feed.name == "" {
		feed.name = nameOfFile(w.config.DB)
	}
	if w.target != "" {
		feed.file = l.shared(w.target)
		feed.file.apart = true
	} else {
		feed.file = l.shared(w.config.DB)
		feed.file.gate = &w.file
	}
	return feed
}

// shownFollowing turns how a poller stands into what the page shows.
func shownFollowing(s poll.State) *web.Following {
	f := &web.Following{LastLook: unlessZero(s.LookedAt), NextLook: unlessZero(s.NextLook)}
	if s.Err != nil {
		f.Error, f.FailingSince = s.Err.Error(), unlessZero(s.ErrSince)
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

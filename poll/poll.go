// Package poll follows a feed: it looks again and again and has what is new loaded, until
// it is stopped.
package poll

import (
	"context"
	"errors"
	"time"
)

// Look is what one look at the feed came to.
type Look struct {
	Loaded int // dumps that went in
	Failed int // dumps that did not
}

// Options say when to look and what to do.
type Options struct {
	// Every is the pause after a look; it must be positive.
	Every time.Duration
	// Jitter lengthens each pause by a random share of it, so that many pollers do not
	// knock at once: 0.1 by up to a tenth.
	Jitter float64
	// Random gives numbers from 0 to below 1 for the jitter; it is needed only with one.
	Random func() float64
	// MaxPause bounds the pause while something is wrong, which doubles from look to look
	// that brings nothing but failures; 0 is 15 minutes. It is never below Every.
	MaxPause time.Duration
	// Load looks at the feed once. Its error is told and does not end the polling.
	Load func(context.Context) (Look, error)
	// Looked, unless nil, is told of every look and of the pause that follows.
	Looked func(Look, error, time.Duration)
}

const defaultMaxPause = 15 * time.Minute

// Run looks at the feed until ctx ends, and returns the cause of that. A look that is under way
// then is given up by Load, whose transaction is rolled back.
func Run(ctx context.Context, o Options) error {
	if o.Every <= 0 {
		return errors.New("poll: the pause between looks is not positive")
	}
	if o.MaxPause == 0 {
		o.MaxPause = defaultMaxPause
	}
	timer := time.NewTimer(0)
	defer timer.Stop()
	failures := 0
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-timer.C:
		}
		look, err := o.Load(ctx)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil || (look.Failed > 0 && look.Loaded == 0) {
			failures++
		} else {
			failures = 0
		}
		next := o.pause(failures)
		if o.Looked != nil {
			o.Looked(look, err, next)
		}
		timer.Reset(next)
	}
}

// pause is how long to wait after so many looks in a row that brought only failures.
func (o Options) pause(failures int) time.Duration {
	most := max(o.MaxPause, o.Every)
	pause := o.Every
	for range failures {
		if pause >= most/2 {
			pause = most
			break
		}
		pause *= 2
	}
	if o.Jitter > 0 {
		pause += time.Duration(o.Random() * o.Jitter * float64(pause))
	}
	return pause
}

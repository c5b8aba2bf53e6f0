// Package poll follows a feed: it looks again and again and has what is new loaded and
// published, until it is stopped. It decides when; what a look does it is given as a function.
package poll

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Look is what one look at the feed came to.
type Look struct {
	Loaded int       // dumps that went in
	Failed int       // dumps that are not in the database
	Due    time.Time // when the feed says that its next dump is due (R13); zero: nobody said
	Stale  bool      // the published copy is not the database as it is now
}

// Options say when to look and what to do.
type Options struct {
	// Every is the longest pause after a look that could be made; it must be positive.
	Every time.Duration
	// Floor is the shortest pause; 0 is 10 seconds. It is never above Every.
	Floor time.Duration
	// Jitter lengthens each pause by a random share of it, so that many pollers do not
	// knock at once: 0.1 by up to a tenth.
	Jitter float64
	// Random gives numbers from 0 to below 1; nil always takes the longest pause there is.
	Random func() float64
	// MaxPause bounds the pause while something is wrong; 0 is 15 minutes. It is never below Every.
	MaxPause time.Duration
	// Load looks at the feed once. What failed before is to be tried again only if again says so.
	// An error says that the look could not be made; it does not end the polling.
	Load func(ctx context.Context, again bool) (Look, error)
	// Publish, unless nil, makes the published copy. It is called after a look that found it stale,
	// not sooner than PublishEvery after the last one was made. Its error does not end the polling.
	Publish      func(context.Context) error
	PublishEvery time.Duration
	// Changed, unless nil, is told of every look and publication, when it is over.
	Changed func(State)
}

// State is how a poller stands. Times are zero where there is none.
type State struct {
	Since   time.Time // when it began to follow the feed
	Looks   int       // that ended
	Looking bool      // one is under way, since LookedAt

	LookedAt time.Time // when the last look began
	Last     Look      // what it came to, or the last one that could be made
	Err      error     // why it could not be made; nil: it could
	Errors   int       // looks in a row that could not be made …
	ErrSince time.Time // … since when
	Tries    int       // in a row that ended with dumps not loaded
	NextLook time.Time
	NextTry  time.Time // when what failed is tried again

	PublishedAt  time.Time // when the last copy was made by this poller
	PublishErr   error     // why the last one could not be made; nil: it could
	PublishFail  int       // times in a row that it could not …
	PublishSince time.Time // … since when
	NextPublish  time.Time // zero: nothing waits for it
}

const (
	defaultFloor    = 10 * time.Second
	defaultMaxPause = 15 * time.Minute
)

// Poller follows one feed. Wake and State may be called from anywhere, at any time.
type Poller struct {
	o    Options
	wake chan struct{}

	mu    sync.Mutex
	state State
}

// New prepares a poller; it does nothing before Run.
func New(o Options) (*Poller, error) {
	if o.Every <= 0 {
		return nil, errors.New("poll: the pause between looks is not positive")
	}
	if o.Floor <= 0 {
		o.Floor = defaultFloor
	}
	o.Floor = min(o.Floor, o.Every)
	if o.MaxPause == 0 {
		o.MaxPause = defaultMaxPause
	}
	o.MaxPause = max(o.MaxPause, o.Every)
	return &Poller{o: o, wake: make(chan struct{}, 1)}, nil
}

// Wake has the poller look at once, and try again what failed, a publication too. If a look is under
// way, another one follows it.
func (p *Poller) Wake() {
	select {
	case p.wake <- struct{}{}:
	default: // it is going to wake already
	}
}

// State tells how the poller stands.
func (p *Poller) State() State {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.state
}

// Run looks at the feed until ctx ends, and returns the cause of that. A look or a publication that
// is under way then is given up by Load and Publish.
func (p *Poller) Run(ctx context.Context) error {
	now := time.Now()
	p.update(func(s *State) { s.Since, s.NextLook = now, now })
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-p.wake:
			p.update(func(s *State) { *s = woken(*s, time.Now()) })
		case <-timer.C:
		}
		p.round(ctx)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		timer.Reset(time.Until(p.State().next()))
	}
}

// Once makes one look and, where that finds the copy stale, a publication. The error is of either.
func (p *Poller) Once(ctx context.Context) (Look, error) {
	p.update(func(s *State) { s.Since = time.Now() })
	p.round(ctx)
	s := p.State()
	return s.Last, errors.Join(s.Err, s.PublishErr)
}

// round does what is due.
func (p *Poller) round(ctx context.Context) {
	if s := p.State(); !time.Now().Before(s.NextLook) {
		p.look(ctx, s)
	}
	if s := p.State(); ctx.Err() == nil && !s.NextPublish.IsZero() && !time.Now().Before(s.NextPublish) {
		p.publish(ctx)
	}
}

func (p *Poller) look(ctx context.Context, s State) {
	began := time.Now()
	p.update(func(s *State) { s.Looking, s.LookedAt = true, began })
	look, err := p.o.Load(ctx, !began.Before(s.NextTry))
	now, given := time.Now(), ctx.Err() != nil
	after := p.update(func(s *State) {
		s.Looking = false
		if !given { // else it came to nothing
			*s = p.o.looked(*s, look, err, now)
		}
	})
	if !given && p.o.Changed != nil {
		p.o.Changed(after)
	}
}

func (p *Poller) publish(ctx context.Context) {
	err := p.o.Publish(ctx)
	if ctx.Err() != nil {
		return
	}
	now := time.Now()
	after := p.update(func(s *State) { *s = p.o.published(*s, err, now) })
	if p.o.Changed != nil {
		p.o.Changed(after)
	}
}

func (p *Poller) update(fn func(*State)) State {
	p.mu.Lock()
	defer p.mu.Unlock()
	fn(&p.state)
	return p.state
}

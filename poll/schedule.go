package poll

import "time"

// next is when a poller has something to do again.
func (s State) next() time.Time {
	if !s.NextPublish.IsZero() && s.NextPublish.Before(s.NextLook) {
		return s.NextPublish
	}
	return s.NextLook
}

// Overdue is for how long a poller that is not at work has let its next look wait; 0: it has not.
// A watchdog goes by it.
func (s State) Overdue(now time.Time) time.Duration {
	if s.Looking || s.NextLook.IsZero() {
		return 0
	}
	return max(0, now.Sub(s.NextLook))
}

// looked is how a poller stands after a look that ended now.
func (o Options) looked(s State, look Look, err error, now time.Time) State {
	s.Looks++
	s.Err = err
	if err != nil {
		if s.Errors == 0 {
			s.ErrSince = now
		}
		s.Errors++
		s.NextLook = now.Add(o.backoff(s.Errors))
		return s
	}
	s.Errors, s.ErrSince = 0, time.Time{}
	tried := look.Failed > 0 && !s.LookedAt.Before(s.NextTry) || look.Failed > s.Last.Failed
	switch {
	case look.Failed == 0:
		s.Tries, s.NextTry = 0, time.Time{}
	case tried && look.Loaded > 0:
		s.Tries = 1
	case tried:
		s.Tries++
	}
	if tried {
		s.NextTry = now.Add(o.backoff(s.Tries))
	}
	s.Last = look
	s.NextLook = now.Add(o.pause(look.Due, now))
	if s.Tries > 0 && s.NextTry.Before(s.NextLook) {
		s.NextLook = s.NextTry
	}
	if o.Publish != nil && look.Stale && s.NextPublish.IsZero() {
		s.NextPublish = now
		if again := s.PublishedAt.Add(o.PublishEvery); !s.PublishedAt.IsZero() && again.After(now) {
			s.NextPublish = again
		}
	}
	return s
}

// woken is how a poller stands that is to look and to try again now. A copy that only waits for PublishEvery goes on waiting.
func woken(s State, now time.Time) State {
	s.NextLook, s.NextTry = now, now
	if s.PublishErr != nil && !s.NextPublish.IsZero() {
		s.NextPublish = now
	}
	return s
}

// published is how a poller stands after a publication that ended now.
func (o Options) published(s State, err error, now time.Time) State {
	s.PublishErr = err
	if err != nil {
		if s.PublishFail == 0 {
			s.PublishSince = now
		}
		s.PublishFail++
		s.NextPublish = now.Add(o.backoff(s.PublishFail))
		return s
	}
	s.PublishFail, s.PublishSince, s.PublishedAt, s.NextPublish = 0, time.Time{}, now, time.Time{}
	return s
}

// pause is how long to wait after a look that could be made: until the next dump is due (R13), and no
// longer than Every. When it is overdue, as long again as it is overdue: a feed that is a little
// late is looked at often.
func (o Options) pause(due, now time.Time) time.Duration {
	pause := o.Every
	if !due.IsZero() {
		pause = min(pause, due.Sub(now).Abs())
	}
	pause = max(pause, o.Floor)
	return pause + time.Duration(o.random()*o.Jitter*float64(pause))
}

// backoff is how long to wait after so many failures in a row: anything from Floor to a bound that
// doubles with each, up to MaxPause. That it may be anything keeps pollers apart that failed at once.
func (o Options) backoff(failures int) time.Duration {
	bound := o.Floor
	for range failures {
		if bound >= o.MaxPause/2 {
			bound = o.MaxPause
			break
		}
		bound *= 2
	}
	return o.Floor + time.Duration(o.random()*float64(bound-o.Floor))
}

func (o Options) random() float64 {
	if o.Random == nil {
		return 1
	}
	return o.Random()
}

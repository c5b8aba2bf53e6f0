package export

import (
	"time"

	"github.com/robfig/cron/v3"
)

// What stands for a schedule instead of a cron expression.
const (
	afterLoad = "after-load"
	manual    = "manual"
)

// schedule is nil where no clock decides. Times are in UTC unless the expression begins with CRON_TZ=.
func (s Sync) schedule() (cron.Schedule, error) {
	switch or(s.Schedule, afterLoad) {
	case afterLoad, manual:
		return nil, nil
	}
	return cron.ParseStandard(s.Schedule)
}

// Last is how a sync last went. The zero Last is of one that never began.
type Last struct {
	At       time.Time // when it ended or, if it was killed, began
	Failures int64     // attempts since that did not come to their end; 0: the last run did
}

// LastOf is how the newest of a sync's runs went.
func LastOf(runs []Run) (l Last) {
	for i, r := range runs {
		if i == 0 && r.Ended != nil {
			l.At = r.Ended.UTC()
		} else if i == 0 {
			l.At = r.Began.UTC()
		}
		if r.Status == done {
			break
		}
		l.Failures += r.Attempts
	}
	return l
}

// The pauses after which a run that failed is tried again: twice as long each time.
const (
	firstPause   = 15 * time.Minute
	longestPause = 6 * time.Hour
)

// again is when to try again what failed; zero: nothing did.
func (l Last) again() time.Time {
	if l.Failures == 0 {
		return time.Time{}
	}
	pause := longestPause
	if n := l.Failures - 1; n < 5 {
		pause = min(firstPause<<n, longestPause)
	}
	return l.At.Add(pause)
}

// or is when it last went or, if it never did, another time.
func (l Last) or(since time.Time) time.Time {
	if l.At.IsZero() {
		return since.UTC()
	}
	return l.At
}

// Due says which syncs are to be run now: those after each load, if something was loaded since they last went (or, if they never did, since
// the program began), those whose time by the clock has come since then, and those that failed, after a pause. It is pure.
func (c Config) Due(last map[string]Last, since, loaded, now time.Time) (due []string) {
	for _, s := range c.Syncs {
		at, err := s.schedule()
		if err != nil || s.Schedule == manual {
			continue
		}
		l := last[s.ID]
		is := at == nil && loaded.After(l.or(since))
		for _, next := range []time.Time{nextOf(at, l.or(since)), l.again()} {
			is = is || !next.IsZero() && !next.After(now)
		}
		if is {
			due = append(due, s.ID)
		}
	}
	return due
}

// Next is when a sync is next due by itself, by the clock or as it failed; zero: none is.
func (c Config) Next(last map[string]Last, since time.Time) (next time.Time) {
	for _, s := range c.Syncs {
		at, err := s.schedule()
		if err != nil || s.Schedule == manual {
			continue
		}
		l := last[s.ID]
		for _, n := range []time.Time{nextOf(at, l.or(since)), l.again()} {
			if !n.IsZero() && (next.IsZero() || n.Before(next)) {
				next = n
			}
		}
	}
	return next
}

func nextOf(at cron.Schedule, since time.Time) time.Time {
	if at == nil {
		return time.Time{}
	}
	return at.Next(since)
}

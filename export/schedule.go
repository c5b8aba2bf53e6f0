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

// Due says which syncs are to be run now: those after each load, if something was loaded, and those whose time by the
// clock has come since they last began (or, if they never did, since the program began). It is pure.
func (c Config) Due(began map[string]time.Time, since, now time.Time, loaded bool) (due []string) {
	for _, s := range c.Syncs {
		at, err := s.schedule()
		switch {
		case err != nil || s.Schedule == manual:
		case at == nil:
			if loaded {
				due = append(due, s.ID)
			}
		default:
			if next := at.Next(lastOf(began, s.ID, since)); !next.IsZero() && !next.After(now) {
				due = append(due, s.ID)
			}
		}
	}
	return due
}

// Next is when the clock next makes a sync due; zero: it makes none.
func (c Config) Next(began map[string]time.Time, since time.Time) (next time.Time) {
	for _, s := range c.Syncs {
		if at, err := s.schedule(); err == nil && at != nil {
			if n := at.Next(lastOf(began, s.ID, since)); !n.IsZero() && (next.IsZero() || n.Before(next)) {
				next = n
			}
		}
	}
	return next
}

func lastOf(began map[string]time.Time, id string, since time.Time) time.Time {
	if at, ok := began[id]; ok {
		return at.UTC()
	}
	return since.UTC()
}

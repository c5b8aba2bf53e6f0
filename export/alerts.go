package export

import (
	"fmt"
	"time"
)

// Limits say when a sync is in trouble. A failed run always is.
type Limits struct {
	Rejected float64       `yaml:"rejected"` // percent of rows left out; 0: any number is fine
	Slow     time.Duration `yaml:"slow"`     // a run takes longer
	Drop     float64       `yaml:"drop"`     // percent: a run has fewer rows than the one before
	Rise     float64       `yaml:"rise"`     // percent: a run has more rows than the one before
	Late     time.Duration `yaml:"late"`     // no run was done for so long
}

// Trouble is what is wrong with a sync, and since when.
type Trouble struct {
	Sync  string
	Kind  string // failed, rejected, slow, dropped, risen or late
	Text  string
	Since time.Time
}

// Troubles judges a sync by its runs, the newest first. A run that is under way says nothing yet. It is pure.
func (s Sync) Troubles(runs []Run, now time.Time) (all []Trouble) {
	var ended []Run
	for _, r := range runs {
		if r.Status == done || r.Status == failed {
			ended = append(ended, r)
		}
	}
	add := func(kind string, since time.Time, format string, args ...any) {
		all = append(all, Trouble{s.ID, kind, fmt.Sprintf(format, args...), since})
	}
	if since := lastDone(ended); s.Alerts.Late > 0 && !since.IsZero() && now.Sub(since) > s.Alerts.Late {
		add("late", since.Add(s.Alerts.Late), "no run was done since %s", since.Format(time.RFC3339))
	}
	if len(ended) == 0 {
		return all
	}
	last := ended[0]
	if last.Status == failed {
		add(failed, failingSince(ended), "%s", last.Error)
		return all
	}
	since := last.Began
	if out, read := last.NullKeys+last.Duplicates, last.NullKeys+last.Duplicates+last.Rows(); s.Alerts.Rejected > 0 && percent(out, read) > s.Alerts.Rejected {
		add("rejected", since, "%d of %d rows were left out: %d without a key, %d duplicates", out, read, last.NullKeys, last.Duplicates)
	}
	if s.Alerts.Slow > 0 && last.Seconds > s.Alerts.Slow.Seconds() {
		add("slow", since, "the run took %.0f s", last.Seconds)
	}
	for _, before := range ended[1:] {
		if before.Status != done {
			continue
		}
		rows, was := last.Rows(), before.Rows()
		if s.Alerts.Drop > 0 && percent(was-rows, was) > s.Alerts.Drop {
			add("dropped", since, "%d rows, after %d", rows, was)
		}
		if s.Alerts.Rise > 0 && percent(rows-was, was) > s.Alerts.Rise {
			add("risen", since, "%d rows, after %d", rows, was)
		}
		break
	}
	return all
}

func percent(part, of int64) float64 {
	if of == 0 {
		return 0
	}
	return 100 * float64(part) / float64(of)
}

// lastDone is when the last run was done, or else when the first that is known began.
func lastDone(ended []Run) (at time.Time) {
	for _, r := range ended {
		if r.Status == done {
			return *r.Ended
		}
		at = r.Began
	}
	return at
}

func failingSince(ended []Run) (since time.Time) {
	for _, r := range ended {
		if r.Status != failed {
			break
		}
		since = r.Began
	}
	return since
}

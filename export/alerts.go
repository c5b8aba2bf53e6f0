package export

import (
	"fmt"
	"time"
)

// Limits say when a sync is in trouble. A failed run always is.
type Limits struct {
	Rejected float64       `yaml:"rejected"` // percent of rows left out; 0: any number is fine
	Slow     time.Duration `yaml:"slow"`     // a run takes longer
	Drop     float64       `yaml:"drop"`     // percent: the model has fewer rows than at the run before
	Rise     float64       `yaml:"rise"`     // percent: the model has more rows than at the run before
	Late     time.Duration `yaml:"late"`     // no run was done for so long
}

// Trouble is what is wrong with a sync, and since when.
type Trouble struct {
	Sync  string
	Kind  string // one of the constants below
	Text  string
	Since time.Time
}

// Kinds of trouble.
const (
	Failed   = failed
	Late     = "late"
	Slow     = "slow"
	Rejected = "rejected"
	Dropped  = "dropped"
	Risen    = "risen"
)

// Troubles judges a sync by its runs, the newest first. waiting is since when it is known that there is a sync, so that one that
// never ran can be late; the zero time: it is not known. It is pure.
func (s Sync) Troubles(runs []Run, waiting, now time.Time) (all []Trouble) {
	add := func(kind string, since time.Time, format string, args ...any) {
		all = append(all, Trouble{s.ID, kind, fmt.Sprintf(format, args...), since})
	}
	var ended, well []Run
	for _, r := range runs {
		if r.Status == done || r.Status == failed {
			ended = append(ended, r)
		}
		if r.Status == done {
			well = append(well, r)
		}
	}
	if len(ended) > 0 && ended[0].Status == failed {
		add(Failed, failingSince(ended), "%s", ended[0].Error)
	}
	if since := lastDone(runs, waiting); s.Alerts.Late > 0 && !since.IsZero() && now.Sub(since) > s.Alerts.Late {
		add(Late, since.Add(s.Alerts.Late), "no run was done since %s", since.Format(time.RFC3339))
	}
	if len(runs) > 0 && runs[0].Status == Running && s.Alerts.Slow > 0 && now.Sub(runs[0].Began) > s.Alerts.Slow {
		add(Slow, runs[0].Began.Add(s.Alerts.Slow), "the run that began at %s has not come to its end", runs[0].Began.Format(time.RFC3339))
	} else if len(well) > 0 && s.Alerts.Slow > 0 && well[0].Seconds > s.Alerts.Slow.Seconds() {
		add(Slow, well[0].Began, "the run took %.0f s", well[0].Seconds)
	}
	if len(well) > 0 {
		s.judgeRows(well, add)
	}
	return all
}

// judgeRows judges how many rows the last run's model had, and how many of them could not be sent. Where only what has changed is
// sent, that says nothing about the model.
func (s Sync) judgeRows(well []Run, add func(kind string, since time.Time, format string, args ...any)) {
	last := well[0]
	out := last.NullKeys + last.Duplicates
	if read := out + last.ModelRows; s.Alerts.Rejected > 0 && percent(out, read) > s.Alerts.Rejected {
		add(Rejected, last.Began, "%d of %d rows were left out: %d without a key, %d duplicates", out, read, last.NullKeys, last.Duplicates)
	}
	if len(well) < 2 {
		return
	}
	rows, was := last.ModelRows, well[1].ModelRows
	if s.Alerts.Drop > 0 && percent(was-rows, was) > s.Alerts.Drop {
		add(Dropped, last.Began, "%d rows, after %d", rows, was)
	}
	if s.Alerts.Rise > 0 && percent(rows-was, was) > s.Alerts.Rise {
		add(Risen, last.Began, "%d rows, after %d", rows, was)
	}
}

func percent(part, of int64) float64 {
	if of == 0 {
		return 0
	}
	return 100 * float64(part) / float64(of)
}

// lastDone is when the last run was done, or else since when one is waited for: the first that is known to have begun, or
// what the caller knows.
func lastDone(runs []Run, waiting time.Time) (at time.Time) {
	at = waiting
	for _, r := range runs {
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

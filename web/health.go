package web

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Level says how well a feed is, from best to worst.
type Level string

const (
	OK       Level = "ok"
	Unknown  Level = "unknown" // nothing is loaded, or nothing could be read yet
	Warning  Level = "warning"
	Critical Level = "critical"
)

var levels = []Level{OK, Unknown, Warning, Critical}

// Health is how a feed is, and why.
type Health struct {
	Level    Level    `json:"level"`
	Headline string   `json:"headline"`
	Reasons  []Reason `json:"reasons"` // the worst first
}

// Reason is one thing that is not as it should be.
type Reason struct {
	Level Level  `json:"level"`
	Code  string `json:"code"` // for programs: never_read, no_dumps, first_load, dump_failed, late, report_failed, report_unread, unreachable, publish_failed, quarantined, export_ and the kind of an export's trouble
	Text  string `json:"text"`
}

// judge tells how a feed is at the time now. A dump that is late by less than grace is none of its troubles yet.
func judge(s State, now time.Time, grace time.Duration) Health {
	reasons := []Reason{}
	add := func(level Level, code, text string, args ...any) {
		reasons = append(reasons, Reason{level, code, fmt.Sprintf(text, args...)})
	}
	switch {
	case s.ReadAt == nil && s.Busy != "":
		add(Unknown, "never_read", "The database could not be read yet: %s", s.Busy)
	case s.Dumps == 0 && s.Loading != nil:
		add(Unknown, "first_load", "The first load is under way")
	case s.Dumps == 0:
		add(Unknown, "no_dumps", "No dump is loaded yet")
	}
	if n := len(s.Failures); n > 0 {
		add(Critical, "dump_failed", "%s could not be loaded", plural(n, "dump"))
	}
	if late := s.late(now); late > grace {
		add(Critical, "late", "The next sync has been due for %s", span(late))
	} else if late > 0 {
		add(Warning, "late", "The next sync is due since %s", span(late))
	}
	if len(s.Reports) > 0 {
		switch r := s.Reports[0]; {
		case r.Status == "":
			add(Warning, "report_unread", "The newest sync report could not be understood")
		case !r.succeeded():
			add(Warning, "report_failed", "The newest sync report says %q", r.Status)
		}
	}
	if f := s.Following; f != nil {
		// Without a report that says when, nothing would ever be late: looks that fail for long are as bad.
		if failing := since(f.FailingSince, now); failing > grace {
			add(Critical, "unreachable", "The feed could not be looked at for %s: %s", span(failing), f.Error)
		} else if f.Error != "" {
			add(Warning, "unreachable", "The last look at the feed failed: %s", f.Error)
		}
		if failing := since(f.PublishFailing, now); failing > grace {
			add(Critical, "publish_failed", "The copy could not be published for %s: %s", span(failing), f.PublishError)
		} else if f.PublishError != "" {
			add(Warning, "publish_failed", "The copy could not be published: %s", f.PublishError)
		}
	}
	var set int64
	for _, t := range s.Tables {
		set += t.Quarantined
	}
	if set > 0 {
		add(Warning, "quarantined", "%s set aside in quarantine", plural(int(set), "row"))
	}
	judgeExports(s, add)
	slices.SortStableFunc(reasons, func(a, b Reason) int {
		return slices.Index(levels, b.Level) - slices.Index(levels, a.Level)
	})
	h := Health{Level: OK, Headline: "Up to date", Reasons: reasons}
	if len(reasons) > 0 {
		h.Level, h.Headline = reasons[0].Level, reasons[0].Text
	}
	return h
}

func (r Report) succeeded() bool { return strings.EqualFold(r.Status, "succeeded") }

// late is for how long the next dump has been due.
func (s State) late(now time.Time) time.Duration { return since(s.NextSync, now) }

// since is how long ago t was; 0: there is none, or it is to come.
func since(t *time.Time, now time.Time) time.Duration {
	if t == nil {
		return 0
	}
	return max(0, now.Sub(*t))
}

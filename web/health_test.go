package web

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestJudge(t *testing.T) {
	with := func(change func(*State)) State {
		s := shop()
		change(&s)
		return s
	}
	for name, c := range map[string]struct {
		state    State
		level    Level
		headline string
		codes    []string
	}{
		"all well":              {shop(), OK, "Up to date", nil},
		"locked from the start": {State{Busy: "Process 7 is loading."}, Unknown, "The database could not be read yet: Process 7 is loading.", []string{"never_read"}},
		"empty":                 {State{ReadAt: &now}, Unknown, "No dump is loaded yet", []string{"no_dumps"}},
		"just late":             {with(func(s *State) { s.NextSync = at(-time.Minute) }), Warning, "The next sync is due since 1 min", []string{"late"}},
		"late":                  {with(func(s *State) { s.NextSync = at(-2 * time.Hour) }), Critical, "The next sync has been due for 2 h", []string{"late"}},
		"nobody says when":      {with(func(s *State) { s.NextSync = nil }), OK, "Up to date", nil},
		"a failure":             {with(func(s *State) { s.Failures = []Failure{broken()} }), Critical, "1 dump could not be loaded", []string{"dump_failed"}},
		"failure before warning": {with(func(s *State) {
			s.Following.Error, s.Failures = "no route", []Failure{broken(), broken()}
		}), Critical, "2 dumps could not be loaded", []string{"dump_failed", "unreachable"}},
		"the first load":              {State{Loading: &Loading{Since: now, DumpID: 1}, Following: &Following{}}, Unknown, "The first load is under way", []string{"first_load"}},
		"out of reach from the start": {State{Following: &Following{Error: "no route", FailingSince: at(-time.Minute)}}, Warning, "The last look at the feed failed: no route", []string{"unreachable", "no_dumps"}},
		"out of reach for long": {with(func(s *State) {
			s.NextSync, s.Following.Error, s.Following.FailingSince = nil, "no route", at(-2*time.Hour)
		}), Critical, "The feed could not be looked at for 2 h: no route", []string{"unreachable"}},
		"not published": {with(func(s *State) {
			s.Following.PublishError, s.Following.PublishFailing = "no room", at(-time.Minute)
		}), Warning, "The copy could not be published: no room", []string{"publish_failed"}},
		"not published for long": {with(func(s *State) {
			s.Following.PublishError, s.Following.PublishFailing = "no room", at(-2*time.Hour)
		}), Critical, "The copy could not be published for 2 h: no room", []string{"publish_failed"}},
		"a failed report":      {with(func(s *State) { s.Reports[0].Status = "failed" }), Warning, `The newest sync report says "failed"`, []string{"report_failed"}},
		"a report in capitals": {with(func(s *State) { s.Reports[0].Status = "SUCCEEDED" }), OK, "Up to date", nil},
		"an unreadable report": {with(func(s *State) { s.Reports[0].Status = "" }), Warning, "The newest sync report could not be understood", []string{"report_unread"}},
		"quarantine":           {with(func(s *State) { s.Tables[1].Quarantined = 1204 }), Warning, "1,204 rows set aside in quarantine", []string{"quarantined"}},
	} {
		h := judge(c.state, now, time.Hour)
		var codes []string
		for _, r := range h.Reasons {
			codes = append(codes, r.Code)
		}
		if h.Level != c.level || h.Headline != c.headline || !cmp.Equal(codes, c.codes) {
			t.Errorf("%s: %s, %q, %v", name, h.Level, h.Headline, codes)
		}
	}
}

func TestFormats(t *testing.T) {
	for want, got := range map[string]string{
		"0": number(0), "999": number(999), "1,000": number(1000), "−1,234,567": number(-1234567),
		"985": short(985), "12.3 k": short(12345), "4.56 M": short(4560000), "999 k": short(999499),
		"1 byte": size(1), "999 bytes": size(999), "1.00 kB": size(1000), "23.1 MB": size(23_100_000),
		"805 ms": span(805 * time.Millisecond), "1.2 s": span(1234 * time.Millisecond), "59 s": span(59*time.Second + 900*time.Millisecond),
		"2 min 5 s": span(125 * time.Second), "2 h": span(2 * time.Hour), "47 h 59 min": span(48*time.Hour - time.Second), "3 d 1 h": span(73 * time.Hour),
		"now": from(now, now), "in 3 h": from(now, now.Add(3*time.Hour)), "25 h ago": from(now, now.Add(-25*time.Hour)), "302 days ago": from(now, now.Add(-302*24*time.Hour)),
		"1 dump": plural(1, "dump"), "2,000 dumps": plural(2000, "dump"),
		"part-00016….avro": part("a/b/part-00016-50c5e18e-1559-4a08-9c89-e7b1a02bb5c1.avro"), "users.avro": part("users.avro"),
		"part-00017…": part("a/b.c/part-00017-50c5e18e-1559-4a08-9c89-e7b1a02bb5c1"),
		"1.00 M":      short(999_500), "10.0 k": short(9_999), "100 k": short(99_950), "1.00 MB": size(999_999), "2000 TB": size(2_000_000_000_000_000),
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

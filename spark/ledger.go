package spark

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"smew/bucket"
	"smew/feed"
	"smew/manifests"
	"smew/plan"
	"smew/sql"
)

// Attempt is the last try of a manifest that the tables do not reflect. Times are UTC.
type Attempt struct {
	DumpID  int64     `json:"dump_id"` // -1: not known
	ETag    string    `json:"etag"`
	Since   time.Time `json:"since"` // it has failed in each try
	TriedAt time.Time `json:"tried_at"`
	Error   string    `json:"error"`
}

// Report is a sync report as it was read (R13). Times are UTC, nil where the report has none.
type Report struct {
	ETag       string     `json:"etag"`
	Status     string     `json:"status,omitempty"`
	Error      string     `json:"error,omitempty"` // JSON as reported
	StartedAt  *time.Time `json:"started_at,omitempty"`
	FinishedAt *time.Time `json:"finished_at,omitempty"`
	NextSyncAt *time.Time `json:"next_sync_at,omitempty"`
	Problem    string     `json:"problem,omitempty"` // why it could not be understood
}

// NewestReport is the newest sync report that could be understood, and its key; "": there is none.
func (s *State) NewestReport() (key string, r Report) {
	for _, k := range slices.Sorted(maps.Keys(s.Reports)) {
		next := s.Reports[k]
		if next.Problem == "" && (key == "" || !next.at().Before(r.at())) {
			key, r = k, next
		}
	}
	return key, r
}

// at is when a report is of; a report without times is older than any other.
func (r Report) at() time.Time {
	if at := cmp.Or(r.FinishedAt, r.StartedAt); at != nil {
		return *at
	}
	return time.Time{}
}

const maxReport = 1 << 20

// readReports reads the sync reports that the state does not know, and says what is wrong with them.
func (l *load) readReports(ctx context.Context, listed []bucket.Object) error {
	known := map[manifests.ID]bool{}
	for key, r := range l.head.state.Reports {
		known[manifests.ID{Key: key, ETag: r.ETag}] = true
	}
	fresh := manifests.Unseen(listed, known)
	bodies, problems, err := manifests.ReadEach(ctx, l.feed.Bucket, fresh, maxReport)
	if err != nil || len(fresh) == 0 {
		return err
	}
	s := l.head.state.clone()
	for i, o := range fresh {
		r, problem := Report{ETag: o.ETag}, problems[i]
		if problem == nil {
			r, problem = parseReport(o.ETag, bodies[i])
		} else if o.Size <= maxReport { // the bucket's fault: the next look reads it
			l.summary.Warnings = append(l.summary.Warnings, fmt.Sprintf("sync report %s: %v", o.Key, problem))
			continue
		}
		if problem != nil {
			r.Problem = problem.Error()
			l.summary.Warnings = append(l.summary.Warnings, fmt.Sprintf("sync report %s: %v", o.Key, problem))
		}
		s.Reports[o.Key] = r
		l.summary.Reports++
	}
	l.head.state, l.unnoted = s, true
	return nil
}

func parseReport(etag string, body []byte) (Report, error) {
	r := Report{ETag: etag}
	parsed, err := feed.ParseReport(body)
	if err != nil {
		return r, err
	}
	r.Status, r.Error = parsed.Status, string(parsed.Error)
	r.StartedAt, r.FinishedAt, r.NextSyncAt = reportTime(parsed.StartTime), reportTime(parsed.FinishTime), reportTime(parsed.NextSyncAt)
	return r, nil
}

// The years 1 and 9999 end here, in epoch milliseconds.
const firstInstant, lastInstant = -62135596800000, 253402300799999

func reportTime(ms int64) *time.Time {
	if ms == 0 || ms < firstInstant || ms > lastInstant {
		return nil
	}
	at := time.UnixMilli(ms).UTC()
	return &at
}

// rest takes the dumps out that failed before, as they rest until somebody says that they are to be tried again.
func (l *load) rest(dumps []plan.Dump) []plan.Dump {
	if !l.options.Untried {
		return dumps
	}
	return slices.DeleteFunc(dumps, func(d plan.Dump) bool {
		a, tried := l.head.state.Attempts[d.Key]
		if tried = tried && a.ETag == d.ETag; tried {
			l.summary.Failed = append(l.summary.Failed, Failure{DumpID: d.ID, Key: d.Key, Err: &restError{a.Error}, Reason: a.Error, etag: d.ETag, rests: true})
		}
		return tried
	})
}

// restError is what an earlier try said.
type restError struct{ text string }

func (e *restError) Error() string { return e.text }

// attempts are what is to be remembered of the manifests that failed, given what is remembered.
func attempts(before map[string]Attempt, failed []Failure, now time.Time, redact func(string) string) map[string]Attempt {
	after := map[string]Attempt{}
	for _, f := range failed {
		a := Attempt{DumpID: f.DumpID, ETag: f.etag, Since: now.UTC(), TriedAt: now.UTC(), Error: redact(f.Reason)}
		if b, ok := before[f.Key]; ok {
			a.Since = b.Since
			if f.rests || a.Error == b.Error && a.ETag == b.ETag && f.DumpID < 0 { // a torn manifest is read at every look
				a.TriedAt = b.TriedAt
			}
		}
		after[f.Key] = a
	}
	return after
}

// note keeps what a look found beside dumps: what failed, and sync reports.
func (l *load) note(ctx context.Context) error {
	s := l.head.state
	if err := s.Erased.Ready(); err != nil {
		return err
	}
	failed := attempts(s.Attempts, l.summary.Failed, l.now(), s.Erased.Redact)
	if !l.unnoted && maps.Equal(failed, s.Attempts) {
		return nil
	}
	s = s.clone()
	s.Attempts = failed
	text, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("encode head: %w", err)
	}
	err = l.run(ctx, "note", sql.Fill(sql.SparkMetaNote, sql.Names{
		"head": l.place.meta("head"), "state": QuoteText(string(text)), "version": strconv.FormatInt(l.head.version, 10)}))
	if err == nil {
		l.head.state, l.unnoted = s, false
	}
	return err
}

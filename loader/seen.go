package loader

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"smew/plan"
)

// Seen is what Run remembers of a look that found nothing to write, for the next one: while the feed lists
// the same objects and nobody has touched the database file, Run reads neither. It may be used by one run
// at a time, and with one feed and database. The zero value remembers nothing; nothing outlives the process.
type Seen struct {
	listed  listing
	file    os.FileInfo
	summary Summary
}

// same gives the summary of the last look if it holds still. What failed or was given up then is
// looked at again, unless untried says that it rests.
func (s *Seen) same(l listing, file os.FileInfo, untried bool) (Summary, bool) {
	if s == nil || s.file == nil || file == nil || !unchanged(s.file, file) {
		return Summary{}, false
	}
	if !untried && len(s.summary.Failed)+len(s.summary.Accepted) > 0 {
		return Summary{}, false
	}
	return s.summary, slices.Equal(s.listed.manifests, l.manifests) && slices.Equal(s.listed.reports, l.reports)
}

func (s *Seen) keep(l listing, file os.FileInfo, summary Summary) {
	if s != nil {
		*s = Seen{listed: l, file: file, summary: summary}
		s.summary.Ledger = plan.Ledger{} // a poller has no use for it, and it may be large
	}
}

// fileState tells a file from what it becomes when it is written or replaced; nil: there is none, or what
// was written lies in a log beside it.
func fileState(path string) os.FileInfo {
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return nil // Run says what is wrong with it
	}
	info, err := os.Stat(path)
	if _, log := os.Lstat(path + ".wal"); err != nil || !errors.Is(log, fs.ErrNotExist) {
		return nil
	}
	return info
}

func unchanged(before, now os.FileInfo) bool {
	return os.SameFile(before, now) && before.Size() == now.Size() && before.ModTime().Equal(now.ModTime())
}

// postpone takes the dumps out of the plan whose last try failed, and gives what it said.
func (r *run) postpone() (failed []Failure) {
	r.plan.Dumps = slices.DeleteFunc(r.plan.Dumps, func(d plan.Dump) bool {
		said, tried := r.known.attempts[objectID{Key: d.Key, ETag: d.ETag}]
		if tried {
			failed = append(failed, Failure{DumpID: d.ID, Key: d.Key, Err: errors.New(said), Reason: said, etag: d.ETag})
		}
		return tried
	})
	return failed
}

package duck

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"smew/avro"
)

// Rejects collects the rows of a scan that hold no whole number where an id is wanted (R11). The
// zero value is ready; it takes at most 100,000 rows and 256 MB of them, after which the scan fails.
type Rejects struct {
	Rows  []Reject // in the order of part and row
	bytes int
}

// Reject is one such row.
type Reject struct {
	Part   string // its name
	Place  int
	Row    int64  // of the part, from 1
	Column string // as delivered
	Reason string
	JSON   string // the whole row
}

const (
	maxRejects     = 100_000
	maxRejectBytes = 256 << 20
)

// rejects says whether an error fails a row only.
func (s *source) rejects(err error) bool {
	var bad *avro.RowError
	return s.scan.Rejects != nil && errors.As(err, &bad)
}

// reject takes a row error, and returns every other error.
func (s *source) reject(at *slot, err error) error {
	var bad *avro.RowError
	if !s.rejects(err) || !errors.As(err, &bad) {
		return err
	}
	row, err := at.decoder.BadRow(nil)
	if err != nil {
		return err
	}
	part := s.scan.Parts[at.part]
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.scan.Rejects
	if r.bytes += len(row); len(r.Rows) == maxRejects || r.bytes > maxRejectBytes {
		return fmt.Errorf("more than %d rows or %d MB of rows cannot be read, the last one: %w", maxRejects, maxRejectBytes>>20, bad)
	}
	r.Rows = append(r.Rows, Reject{part.Name, part.Place, bad.Row, bad.Column, fmt.Sprintf("%q %s", bad.Value, bad.Reason), string(row)})
	return nil
}

func (r *Rejects) clear() {
	if r != nil {
		r.Rows, r.bytes = nil, 0
	}
}

func (r *Rejects) sort() {
	if r != nil {
		slices.SortFunc(r.Rows, func(a, b Reject) int { return cmp.Or(cmp.Compare(a.Place, b.Place), cmp.Compare(a.Row, b.Row)) })
	}
}

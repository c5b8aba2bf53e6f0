package answer

import (
	"cmp"
	"iter"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// record is the newest row of a delivered user id, and the person it belongs to.
type record struct {
	ref
	person int64
}

// mergeUsers yields one row per canonical id; refs are the newest per delivered id, oldest
// first (R9). Rows without an id stay as they are.
func (t *liveTable) mergeUsers(refs []ref, canonical canonicals) iter.Seq[[]any] {
	user := t.column("user_id")
	var records []record // newest first
	var nobody []ref
	for _, r := range slices.Backward(refs) {
		if id, ok := t.id(r, user); ok {
			records = append(records, record{r, canonical.of(id)})
		} else {
			nobody = append(nobody, r)
		}
	}
	slices.SortStableFunc(records, func(a, b record) int { return cmp.Compare(a.person, b.person) })
	return func(yield func([]any) bool) {
		for row := range t.each(nobody, nil) {
			if !yield(row) {
				return
			}
		}
		row := make([]any, len(t.columns))
		for rest := records; len(rest) > 0; {
			n := 1
			for n < len(rest) && rest[n].person == rest[0].person {
				n++
			}
			t.mergeGroup(rest[:n], row)
			if !yield(row) {
				return
			}
			rest = rest[n:]
		}
	}
}

// mergeGroup merges the records of one person, given newest delivered first, into row.
func (t *liveTable) mergeGroup(group []record, row []any) {
	modified := t.column("last_modified")
	byModified := slices.Clone(group)
	slices.SortStableFunc(byModified, func(a, b record) int {
		return compareInstants(t.value(a.ref, modified), t.value(b.ref, modified), -1)
	})
	for column, name := range t.columns {
		switch name {
		case "user_id":
			row[column] = group[0].person
		case "last_modified":
			row[column] = t.value(byModified[0].ref, column)
		case "joindate":
			least := slices.MinFunc(group, func(a, b record) int {
				return compareInstants(t.value(a.ref, column), t.value(b.ref, column), 1)
			})
			row[column] = t.value(least.ref, column)
		case "identity", "handle", "email":
			row[column] = t.greatest(group, column)
		default:
			row[column] = nil
			for _, r := range byModified {
				if row[column] == nil {
					row[column] = t.value(r.ref, column)
				}
			}
		}
	}
}

// greatest is the greatest text of the column, compared bytewise; nil where all are NULL.
func (t *liveTable) greatest(group []record, column int) any {
	var greatest any
	for _, r := range group {
		if s, ok := t.value(r.ref, column).(string); ok && (greatest == nil || s > greatest.(string)) {
			greatest = s
		}
	}
	return greatest
}

// compareInstants orders two delivered values by instant, the least first for
// direction 1 and the greatest first for -1; what is no instant comes last.
func compareInstants(a, b any, direction int) int {
	x, okX := instantOf(a)
	y, okY := instantOf(b)
	switch {
	case okX && okY:
		return direction * cmp.Compare(x, y)
	case okX:
		return -1
	case okY:
		return 1
	}
	return 0
}

func instantOf(v any) (int64, bool) {
	s, ok := v.(string)
	if !ok {
		return 0, false
	}
	return Instant(s)
}

var (
	numberPattern = regexp.MustCompile(`^-?\d+$`)
	timePattern   = regexp.MustCompile(`^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?: ?(Z|UTC|[+-]\d{2}(?::?\d{2})?))?)?$`)
)

// Instant reads a delivered time as microseconds since 1970 UTC. Whole numbers
// are seconds, milliseconds or microseconds by magnitude; other text must be a
// date, with a time and a zone if it has them, of the years 1 to 9999.
func Instant(s string) (us int64, ok bool) {
	if numberPattern.MatchString(s) {
		return numberInstant(s)
	}
	m := timePattern.FindStringSubmatch(s)
	if m == nil || strings.HasPrefix(s, "0000") {
		return 0, false
	}
	date, clock, second, fraction, zone := m[1], cmp.Or(m[2], "00:00"), cmp.Or(m[3], "00"), m[4], m[5]
	t, err := time.Parse("2006-01-02 15:04:05", date+" "+clock+":"+second)
	if err != nil {
		return 0, false
	}
	micros, _ := strconv.ParseInt((fraction + "000000")[:6], 10, 64)
	return t.UnixMicro() + micros - offset(zone).Microseconds(), true
}

func numberInstant(s string) (us int64, ok bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0, false
	}
	switch magnitude := max(n, -n); {
	case magnitude < 0: // the least int64 has no positive
		return 0, false
	case magnitude < 1e11:
		return n * 1e6, true
	case magnitude < 1e14:
		return n * 1e3, true
	case magnitude < 1e17:
		return n, true
	}
	return 0, false
}

// offset reads a zone: nothing, Z, UTC, ±hh, ±hhmm or ±hh:mm.
func offset(zone string) time.Duration {
	if zone == "" || zone == "Z" || zone == "UTC" {
		return 0
	}
	digits := strings.ReplaceAll(zone[1:], ":", "") + "00"
	hours, _ := strconv.Atoi(digits[:2])
	minutes, _ := strconv.Atoi(digits[2:4])
	d := time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute
	if zone[0] == '-' {
		return -d
	}
	return d
}

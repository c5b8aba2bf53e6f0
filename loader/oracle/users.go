package oracle

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// mergeUsers returns one row per canonical id; records are the newest per
// delivered id, oldest first (R9). Rows without an id stay as they are.
func mergeUsers(records []row, canonical func(int64) int64) []row {
	var merged []row
	groups := map[int64][]row{} // newest first
	for _, r := range slices.Backward(records) {
		if id, ok := r["user_id"].(int64); ok {
			groups[canonical(id)] = append(groups[canonical(id)], r)
		} else {
			merged = append(merged, r)
		}
	}
	for id, group := range groups {
		merged = append(merged, mergeGroup(id, group))
	}
	return merged
}

// mergeGroup merges the records of one person, given newest delivered first.
func mergeGroup(id int64, group []row) row {
	byModified := slices.Clone(group)
	slices.SortStableFunc(byModified, func(a, b row) int {
		return compareInstants(a["last_modified"], b["last_modified"], -1)
	})
	merged := row{"user_id": id}
	for _, r := range byModified {
		for column, v := range r {
			if merged[column] == nil {
				merged[column] = v
			}
		}
	}
	merged["last_modified"] = byModified[0]["last_modified"]
	merged["joindate"] = slices.MinFunc(group, func(a, b row) int {
		return compareInstants(a["joindate"], b["joindate"], 1)
	})["joindate"]
	for _, column := range []string{"identity", "handle", "email"} {
		var greatest any
		for _, r := range group {
			if s, ok := r[column].(string); ok && (greatest == nil || s > greatest.(string)) {
				greatest = s
			}
		}
		merged[column] = greatest
	}
	return merged
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
	return instant(s)
}

var (
	numberPattern = regexp.MustCompile(`^-?\d+$`)
	timePattern   = regexp.MustCompile(`^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?: ?(Z|UTC|[+-]\d{2}(?::?\d{2})?))?)?$`)
)

// instant reads a delivered time as microseconds since 1970 UTC. Whole numbers
// are seconds, milliseconds or microseconds by magnitude; other text must be a
// date, with a time and a zone if it has them, of the years 1 to 9999.
func instant(s string) (us int64, ok bool) {
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

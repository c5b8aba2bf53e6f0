package produce

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Days names days of a world, which count from 1: "4", "2-5", "3-" for the third and all after it,
// "4/8" for every eighth day from the fourth on, or several of these: "1, 3-4". "" is none.
type Days string

// span is the days from, from+step … up to to.
type span struct{ from, to, step int }

func (d Days) spans() ([]span, error) {
	if strings.TrimSpace(string(d)) == "" {
		return nil, nil
	}
	var spans []span
	for text := range strings.SplitSeq(string(d), ",") {
		s, err := parseSpan(strings.TrimSpace(text))
		if err != nil {
			return nil, fmt.Errorf("days %q: want something like 4, 2-5, 3- or 4/8", string(d))
		}
		spans = append(spans, s)
	}
	return spans, nil
}

func parseSpan(text string) (span, error) {
	s := span{step: 1}
	var err error
	first, step, repeats := strings.Cut(text, "/")
	if repeats {
		s.to = math.MaxInt
		if s.step, err = day(step); err != nil {
			return s, err
		}
		s.from, err = day(first)
		return s, err
	}
	first, last, ranges := strings.Cut(text, "-")
	if s.from, err = day(first); err != nil {
		return s, err
	}
	switch {
	case !ranges:
		s.to = s.from
	case last == "":
		s.to = math.MaxInt
	default:
		if s.to, err = day(last); err == nil && s.to < s.from {
			err = strconv.ErrRange
		}
	}
	return s, err
}

func day(text string) (int, error) {
	n, err := strconv.Atoi(strings.TrimSpace(text))
	if err == nil && n < 1 {
		err = strconv.ErrRange
	}
	return n, err
}

// Has reports whether a day is one of them. Days that cannot be read are none.
func (d Days) Has(day int) bool {
	spans, err := d.spans()
	if err != nil {
		return false
	}
	for _, s := range spans {
		if day >= s.from && day <= s.to && (day-s.from)%s.step == 0 {
			return true
		}
	}
	return false
}

// after reports whether any of them comes after a day.
func (d Days) after(day int) bool {
	spans, err := d.spans()
	if err != nil {
		return false
	}
	for _, s := range spans {
		if s.to == math.MaxInt || day < s.from+(s.to-s.from)/s.step*s.step {
			return true
		}
	}
	return false
}

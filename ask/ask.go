// Package ask makes SQL of the questions that people ask of a feed: funnels, retention, paths and so on. It
// asks the tables of schema typed. It runs nothing: a question and the tables there are give a statement that anybody
// can run, without parameters, so that it can be shown and changed.
package ask

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"smew/duck"
)

// Question is something to ask of a feed. An error is an *UnknownError or a *MeaninglessError.
type Question interface {
	Query(Catalog) (Query, error)
}

// Query is a question as SQL, and how its answer is best shown.
type Query struct {
	SQL   string
	Chart Chart
	Cross Cross
}

// Chart says which columns of an answer a bar chart takes. Rows with the same labels are one bar, the sum of their
// values, in percent of the sum of Of where that is given.
type Chart struct {
	Labels []string
	Value  string
	Of     string
}

// Cross says how an answer is laid out in two directions: a column for each value of Across, which holds Value. The columns
// of Rows stay. Without Across the answer is shown as it is.
type Cross struct {
	Rows          []string
	Across, Value string
}

// MeaninglessError says what makes no sense about a question.
type MeaninglessError struct{ Text, Advice string }

func (e *MeaninglessError) Error() string { return e.Text }

// Hint says what would.
func (e *MeaninglessError) Hint() string { return e.Advice }

// Range bounds what is looked at by the time of the events: from Since on, before Until.
type Range struct{ Since, Until Instant }

// somebody is the condition that events e have a person.
const somebody = "e.user_id IS NOT NULL"

// conditions are those on the events e of questions in which time counts: one that cannot be read leaves an event out.
func (r Range) conditions() string {
	if r.Since == "" && r.Until == "" {
		return somebody + ` AND e."time" IS NOT NULL`
	}
	return r.untimed()
}

// untimed are those of questions in which it does not, where there is no range. Not to read it makes them faster.
func (r Range) untimed() string {
	return strings.Join(append([]string{somebody}, r.bounds()...), " AND ")
}

// bounds are the conditions that the range alone makes.
func (r Range) bounds() (on []string) {
	if r.Since != "" {
		on = append(on, `e."time" >= `+r.Since.sql())
	}
	if r.Until != "" {
		on = append(on, `e."time" < `+r.Until.sql())
	}
	return on
}

// Instant is a day or a moment in UTC, as text; "" is none. It is a flag's value.
type Instant string

// instants are the ways of writing one.
var instants = []string{time.DateOnly, "2006-01-02 15:04", time.DateTime, "2006-01-02T15:04", "2006-01-02T15:04:05", time.RFC3339}

// Set reads a text such as 2026-01-31 or 2026-01-31T15:04:05Z.
func (i *Instant) Set(text string) error {
	for _, layout := range instants {
		if t, err := time.Parse(layout, text); err == nil {
			*i = Instant(t.UTC().Format(time.DateTime))
			return nil
		}
	}
	return fmt.Errorf("%q is no day such as 2026-01-31 and no moment such as 2026-01-31T15:04:05Z", text)
}

// String is the moment, to the second.
func (i *Instant) String() string { return string(*i) }

// Type is what help calls it.
func (*Instant) Type() string { return "day" }

func (i Instant) sql() string { return "TIMESTAMP " + duck.QuoteText(string(i)) }

// Span is a length of time: so many minutes, hours, days or weeks. The zero Span is none. It is a flag's value.
type Span struct {
	n    int
	unit string
}

// units by the letter that stands for them.
var units = map[byte]string{'m': "minute", 'h': "hour", 'd': "day", 'w': "week"}

// Set reads a text such as 30m, 12h, 7d or 2w.
func (s *Span) Set(text string) error {
	if text != "" {
		unit, ok := units[text[len(text)-1]]
		n, err := strconv.Atoi(text[:len(text)-1])
		if ok && err == nil && n > 0 && n <= 1_000_000 {
			*s = Span{n, unit}
			return nil
		}
	}
	return fmt.Errorf("%q is no length of time such as 30m, 12h, 7d or 2w", text)
}

// String is the text that Set reads.
func (s *Span) String() string {
	if s.n == 0 {
		return ""
	}
	return strconv.Itoa(s.n) + s.unit[:1]
}

// Type is what help calls it.
func (*Span) Type() string { return "time" }

func (s Span) sql() string {
	text := strconv.Itoa(s.n) + " " + s.unit
	if s.n != 1 {
		text += "s"
	}
	return "INTERVAL " + duck.QuoteText(text)
}

// Days is a Span of so many days.
func Days(n int) Span { return Span{n, "day"} }

// Minutes is a Span of so many minutes.
func Minutes(n int) Span { return Span{n, "minute"} }

// Units are what time can be counted in.
func Units() []string { return []string{"day", "week", "month"} }

func checkUnit(unit string) error {
	if !slices.Contains(Units(), unit) {
		return &MeaninglessError{fmt.Sprintf("the unit is %q", unit), "it is one of " + strings.Join(Units(), ", ")}
	}
	return nil
}

// body is a statement without the comment that it begins with, to be put into another.
func body(statement string) string {
	for strings.HasPrefix(statement, "--") {
		_, statement, _ = strings.Cut(statement, "\n")
	}
	return strings.TrimSpace(statement)
}

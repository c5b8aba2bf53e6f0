package ask

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"smew/duck"
	"smew/sql"
)

// events are what a question looks at: one table, or all events where none is named.
func (c Catalog) events(name string, r Range) (source, error) {
	if name == "" {
		name = "all_events"
	}
	t, err := c.event(name, false)
	return source{t.sql() + " AS e", r.conditions()}, err
}

// Retention asks how many of those who came first in a period were there again in later ones.
type Retention struct {
	Unit    string // of Units
	Periods int    // how many to look on
	Start   string // the event that makes somebody one of a cohort; "": any
	Return  string // the event that counts as being there again; "": any
	Range
}

// Query answers in rows (cohort DATE, people, after, active, percent); after 0 is the cohort's own period.
func (q Retention) Query(c Catalog) (Query, error) {
	if err := checkUnit(q.Unit); err != nil {
		return Query{}, err
	}
	if q.Periods < 1 || q.Periods > 1000 {
		return Query{}, &MeaninglessError{fmt.Sprintf("there are 1 to 1000 periods, not %d", q.Periods), ""}
	}
	events, err := c.events(q.Return, q.Range)
	if err != nil {
		return Query{}, err
	}
	began := ""
	if !strings.EqualFold(q.Start, q.Return) {
		start, err := c.events(q.Start, q.Range)
		if err != nil {
			return Query{}, err
		}
		began = start.began(duck.QuoteText(q.Unit))
	}
	return Query{
		SQL:   retention(events, began, duck.QuoteText(q.Unit), strconv.Itoa(q.Periods)),
		Chart: Chart{Labels: []string{"after"}, Value: "active", Of: "people"},
		Cross: Cross{Rows: []string{"cohort", "people"}, Across: "after", Value: "percent"},
	}, nil
}

func (s source) began(unit string) string {
	return duck.Fill(body(sql.AskBegan), duck.Names{"unit": unit, "events": s.from, "where": s.where})
}

// retention: where began is "", who comes back and who comes is the same.
func retention(events source, began, unit, periods string) string {
	if began == "" {
		began = "active"
	}
	return duck.Fill(sql.AskRetention, duck.Names{"unit": unit, "events": events.from, "where": events.where, "began": began, "periods": periods})
}

// Paths asks what sessions begin with.
type Paths struct {
	First   int // how many events of a session
	Top     int
	Without []string // events that are passed over
	Range
}

// Query answers in rows (flow, sessions, percent), the most frequent first.
func (q Paths) Query(c Catalog) (Query, error) {
	if q.First < 1 || q.First > 100 {
		return Query{}, &MeaninglessError{fmt.Sprintf("a path has 1 to 100 events, not %d", q.First), ""}
	}
	if err := checkTop(q.Top); err != nil {
		return Query{}, err
	}
	events, err := c.events("", q.Range)
	if err != nil {
		return Query{}, err
	}
	for _, name := range q.Without {
		t, err := c.event(name, false)
		if err != nil {
			return Query{}, err
		}
		events.where += " AND e.event_table_name <> " + duck.QuoteText(t.Name)
	}
	return Query{SQL: paths(events, strconv.Itoa(q.First), strconv.Itoa(q.Top)), Chart: Chart{Labels: []string{"flow"}, Value: "sessions"}}, nil
}

func paths(events source, first, top string) string {
	return duck.Fill(sql.AskPaths, duck.Names{"events": events.from, "where": events.where, "first": first, "top": top})
}

func checkTop(top int) error {
	if top < 1 {
		return &MeaninglessError{fmt.Sprintf("as many as %d are asked for", top), "ask for 1 or more"}
	}
	return nil
}

// Models are the ways of sharing a conversion out among the sessions before it.
func Models() []string { return []string{"first", "last", "linear"} }

// Attribution asks what the sessions before a conversion came by.
type Attribution struct {
	Conversion string
	By         string // a column of sessions; "": the first that there is of marketing_channel, channel, utm_source
	Within     Span   // how long before the conversion a session counts
	Model      string // of Models: the answer has all, this one orders it
	Range             // of the conversions
}

// channels are what sessions came by, the better first.
var channels = []string{"marketing_channel", "channel", "utm_source"}

// Query answers in rows (By, first, last, linear).
func (q Attribution) Query(c Catalog) (Query, error) {
	if !slices.Contains(Models(), q.Model) {
		return Query{}, &MeaninglessError{fmt.Sprintf("the model is %q", q.Model), "it is one of " + strings.Join(Models(), ", ")}
	}
	if q.Within.n == 0 {
		q.Within = Days(30)
	}
	events, err := c.events(q.Conversion, q.Range)
	if err != nil {
		return Query{}, err
	}
	sessions, err := c.table("sessions", "user_id", "session_id", "time")
	if err != nil {
		return Query{}, err
	}
	if q.By == "" {
		q.By = channels[len(channels)-1]
		if i := slices.IndexFunc(channels, func(name string) bool { return sessions.has(name) }); i >= 0 {
			q.By = channels[i]
		}
	}
	by, err := c.property(q.By, "sessions")
	if err != nil {
		return Query{}, err
	}
	return Query{
		SQL:   attribution(events, sessions.sql(), duck.Quote(by.column), duck.Quote(by.column), q.Within.sql(), q.Model),
		Chart: Chart{Labels: []string{by.column}, Value: q.Model},
	}, nil
}

func attribution(events source, sessions, property, column, within, order string) string {
	return duck.Fill(sql.AskAttribution, duck.Names{"events": events.from, "where": events.where, "sessions": sessions,
		"property": property, "column": column, "within": within, "order": order})
}

// Active asks how many people were there in each period.
type Active struct {
	Unit  string // of Units
	Event string // what counts as being there; "": any event
	Range
}

// Query answers in rows (period DATE, people, new_people, events); a period without events has none.
func (q Active) Query(c Catalog) (Query, error) {
	if err := checkUnit(q.Unit); err != nil {
		return Query{}, err
	}
	events, err := c.events(q.Event, q.Range)
	return Query{SQL: active(events, duck.QuoteText(q.Unit)), Chart: Chart{Labels: []string{"period"}, Value: "people"}}, err
}

func active(events source, unit string) string {
	return duck.Fill(sql.AskActive, duck.Names{"events": events.from, "where": events.where, "unit": unit})
}

// Top asks which events there are most of, or which values of a column an event has most.
type Top struct {
	Event string // "": all
	By    string // "": the event
	Top   int
	Range
}

// Query answers in rows (event or By, events, people, percent).
func (q Top) Query(c Catalog) (Query, error) {
	if err := checkTop(q.Top); err != nil {
		return Query{}, err
	}
	if (q.Event == "") != (q.By == "") {
		return Query{}, &MeaninglessError{"an event and a column go together", "name both, as in: pageviews --by path, or neither"}
	}
	events, err := c.events(q.Event, q.Range)
	if err != nil {
		return Query{}, err
	}
	events.where = q.untimed()
	property, column := "e.event_table_name", "event"
	if q.By != "" {
		by, err := c.property(q.By, q.Event)
		if err != nil {
			return Query{}, err
		}
		property, column = "e."+duck.Quote(by.column), by.column
	}
	return Query{SQL: top(events, property, duck.Quote(column), strconv.Itoa(q.Top)), Chart: Chart{Labels: []string{column}, Value: "events"}}, nil
}

func top(events source, property, column, most string) string {
	return duck.Fill(sql.AskTop, duck.Names{"events": events.from, "where": events.where, "property": property, "column": column, "top": most})
}

// Conversion asks in how many sessions something happened, by a column of sessions; or, by one of users, to how many people.
type Conversion struct {
	Event string
	By    string
	Top   int
	Range // of the sessions; of the events, where people are counted
}

// Query answers in rows (By, sessions or people, converted, percent), the most frequent first.
func (q Conversion) Query(c Catalog) (Query, error) {
	if err := checkTop(q.Top); err != nil {
		return Query{}, err
	}
	event, err := c.event(q.Event, true)
	if err != nil {
		return Query{}, err
	}
	by, err := c.property(q.By, "sessions", "users", "enhanced_users")
	if err != nil {
		return Query{}, err
	}
	column := duck.Quote(by.column)
	p := conversionParts{events: source{event.sql() + " AS e", somebody}, of: by.table.sql(), property: column, column: column, top: strconv.Itoa(q.Top)}
	query := Query{Chart: Chart{Labels: []string{by.column}, Value: "percent"}}
	if by.ofSession() {
		if on := q.bounds(); on != nil {
			p.when = strings.Join(on, " AND ")
		}
		query.SQL = p.sessions()
	} else {
		p.events.where = q.untimed()
		query.SQL = p.people()
	}
	return query, nil
}

type conversionParts struct {
	events                    source
	of, property, column, top string
	when                      string // of the sessions; "": all
}

func (p conversionParts) sessions() string {
	if p.when == "" {
		p.when = "true"
	}
	return duck.Fill(sql.AskConversion, duck.Names{"events": p.events.from, "where": p.events.where, "sessions": p.of,
		"property": p.property, "column": p.column, "when": p.when, "top": p.top})
}

func (p conversionParts) people() string {
	return duck.Fill(sql.AskConversionPeople, duck.Names{"events": p.events.from, "where": p.events.where, "people": p.of,
		"property": p.property, "column": p.column, "top": p.top})
}

// Sessions asks whether the delivered sessions are those that pauses between events make.
type Sessions struct {
	Gap Span // a longer pause begins another session; none: half an hour
	Range
}

// Query answers in rows (sessions, count): how many there are either way, and how they differ.
func (q Sessions) Query(c Catalog) (Query, error) {
	if q.Gap.n == 0 {
		q.Gap = Minutes(30)
	}
	events, err := c.events("", q.Range)
	return Query{SQL: sessionsByPauses(events, q.Gap.sql()), Chart: Chart{Labels: []string{"sessions"}, Value: "count"}}, err
}

func sessionsByPauses(events source, gap string) string {
	return duck.Fill(sql.AskSessions, duck.Names{"events": events.from, "where": events.where, "gap": gap})
}

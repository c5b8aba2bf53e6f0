package ask

import (
	"strconv"

	"smew/duck"
	"smew/sql"
)

// macroSteps is how many steps the macro of a funnel has at most.
const macroSteps = 8

// every are parameters of all macros, and visits of some: from when to when, and where they read. The names of tables are texts that
// are looked up when a macro is called, so that it can be made before there is any table. No parameter may be called as
// a column that a question's statement names alone: DuckDB would put the parameter there.
const (
	every   = "since := NULL, until := NULL, events_from := 'typed.all_events'"
	visits  = "sessions_from := 'typed.sessions'"
	begun   = `(since IS NULL OR e."time" >= since)`
	bounds  = begun + ` AND (until IS NULL OR e."time" < until)`
	between = somebody + ` AND e."time" IS NOT NULL AND ` + bounds
)

// chosen is the column of a table whose name the parameter property holds.
const chosen = "COLUMNS(lambda c: c = property)"

// Macros are statements that make the questions functions of schema smew in a database, each in place of a former one, for people
// who ask without smew. They are in that schema because it is smew's own: in main they could take the place of somebody's.
func Macros() []string {
	all := source{"query_table(events_from) AS e", between}
	one := source{all.from, "e.event_table_name = event AND " + between}
	untimed := source{all.from, somebody + " AND " + bounds}
	named := func(parameter string) source {
		return source{all.from, "(" + parameter + " IS NULL OR e.event_table_name = " + parameter + ") AND " + between}
	}
	f := funnelParts{
		scope: "CASE WHEN same_session THEN e.session_id ELSE 0 END", within: "h.moment <= r.began + within",
		steps: "steps", count: macroSteps,
	}
	for i := range macroSteps {
		where := "e.event_table_name = steps[" + strconv.Itoa(i+1) + "] AND " + somebody + ` AND e."time" IS NOT NULL AND ` + begun
		if i == 0 {
			where += ` AND (until IS NULL OR e."time" < until)`
		}
		f.sources = append(f.sources, source{all.from, where + " AND (NOT same_session OR e.session_id IS NOT NULL)"})
	}
	conversion := conversionParts{
		events: source{all.from, "e.event_table_name = event AND " + somebody}, of: "query_table(sessions_from)",
		property: chosen, column: "property", top: "top", when: bounds,
	}
	people := conversionParts{events: source{all.from, "e.event_table_name = event AND " + untimed.where}, of: "query_table(people_from)", property: chosen, column: "property", top: "top"}
	return []string{
		macro("funnel", "steps, within := INTERVAL '100 years', same_session := false, "+every, f.ordered()),
		macro("retention", "unit := 'week', periods := 8, start := NULL, again := NULL, "+every,
			retention(named("again"), named("start").began("unit"), "unit", "periods")),
		macro("paths", "first := 5, top := 20, "+every, paths(all, "first", "top")),
		macro("attribution", "event, property := 'utm_source', within := INTERVAL '30 days', "+visits+", "+every,
			attribution(one, "query_table(sessions_from)", chosen, "came_by", "within", "linear")),
		macro("active", "unit := 'day', event := NULL, "+every, active(named("event"), "unit")),
		macro("top_events", "top := 20, "+every, top(untimed, "e.event_table_name", "event", "top")),
		macro("conversion", "event, property, top := 20, "+visits+", "+every, conversion.sessions()),
		macro("conversion_of_people", "event, property, top := 20, people_from := 'typed.users', "+every, people.people()),
		macro("sessions_by_pauses", "gap := INTERVAL '30 minutes', "+every, sessionsByPauses(all, "gap")),
	}
}

func macro(name, parameters, query string) string {
	return duck.Fill(sql.AskMacro, duck.Names{"name": name, "parameters": parameters, "query": body(query)})
}

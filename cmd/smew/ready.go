package main

import (
	"strings"

	"smew/sql"
	"smew/web"
)

// readyQueries are those that the console offers. The comment that a statement begins with says what it tells.
func readyQueries() []web.Ready {
	var all []web.Ready
	for _, q := range []struct{ group, name, sql string }{
		{"Questions", "Funnel", sql.ReadyFunnel},
		{"Questions", "Active people by day", sql.ReadyActiveUsers},
		{"Questions", "Retention by week", sql.ReadyRetention},
		{"Questions", "Paths", sql.ReadyPaths},
		{"Questions", "Attribution of orders", sql.ReadyAttribution},
		{"Questions", "Conversion by device", sql.ReadyConversion},
		{"Questions", "Sessions by pauses", sql.ReadySessionsByPauses},
		{"Events", "Events by table", sql.ReadyEventsByTable},
		{"Events", "Events by day", sql.ReadyEventsByDay},
		{"People", "Most active people", sql.ReadyActivePeople},
		{"People", "Merged people", sql.ReadyMergedPeople},
		{"Feed", "Loads", sql.ReadyLoads},
		{"Feed", "What failed", sql.ReadyFailures},
	} {
		comment, statement, _ := strings.Cut(q.sql, "\n")
		all = append(all, web.Ready{Group: q.group, Name: q.name, About: strings.TrimPrefix(comment, "-- "), SQL: strings.TrimSpace(statement)})
	}
	return all
}

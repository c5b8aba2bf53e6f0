package views

import (
	"fmt"
	"strings"

	"smew/duck"
	"smew/feed"
	"smew/plan"
	"smew/sql"
)

// shownTable is a table as main shows it.
type shownTable struct {
	kind    feed.Kind
	name    string // as delivered
	shown   string
	columns []shownColumn
}

// column is what a delivered column or a property is called; "" where there is none.
func (t *shownTable) column(name string) string {
	if t == nil {
		return ""
	}
	for _, c := range t.columns {
		if c.key.column == name {
			return c.as
		}
	}
	return ""
}

// has says whether the table has all of these columns, under just these names.
func (t *shownTable) has(names ...string) bool {
	for _, name := range names {
		if t.column(name) != name {
			return false
		}
	}
	return t != nil
}

// typeOf is the type that a column has in typed; "" where there is no such column.
func (t *shownTable) typeOf(name string) string {
	for _, c := range t.columns {
		if c.key.column == name {
			return c.typ
		}
	}
	return ""
}

// touched are what a session says of how and from where somebody came. Of the names of one kind the first that
// sessions has counts.
var touched = []struct {
	as    string
	names []string
}{
	{"referrer", []string{"referrer"}}, {"landing_page", []string{"landing_page"}},
	{"utm_source", []string{"utm_source"}}, {"utm_medium", []string{"utm_medium"}}, {"utm_campaign", []string{"utm_campaign"}},
	{"utm_term", []string{"utm_term"}}, {"utm_content", []string{"utm_content"}},
	{"channel", []string{"marketing_channel", "channel"}},
	{"city", []string{"city"}}, {"region", []string{"region"}}, {"country", []string{"country"}},
}

// analysis are smew's own views over the tables.
func analysis(tables []shownTable) []View {
	find := func(name string) *shownTable {
		for i := range tables {
			if tables[i].name == name {
				return &tables[i]
			}
		}
		return nil
	}
	users, sessions, pageviews := find("users"), find("sessions"), find("pageviews")
	var all []View
	if sessions.has("user_id", "session_id", "time") {
		if users.has("user_id") {
			all = append(all, enhancedUsers("main", users, sessions), enhancedUsers("typed", users, sessions))
		}
		all = append(all, view("main", "session_facts", duck.Fill(sql.AnalysisSessionFacts,
			duck.Names{"sessions": duck.Quote(sessions.shown), "pages": pages(pageviews)})))
	}
	return append(all, view("main", "_sync_history", sql.AnalysisSyncHistory), view("main", "_sync_info", sql.AnalysisSyncInfo))
}

// enhancedUsers are users with what their first and their last session say.
func enhancedUsers(schema string, users, sessions *shownTable) View {
	var own []string // of users: their columns keep their names
	for _, c := range users.columns {
		own = append(own, c.as)
	}
	added := []string{"date_first_seen", "date_last_seen"}
	var fields, touches []string
	for _, t := range touched {
		fields = append(fields, textOf(sessions, t.names)+" AS "+duck.Quote(t.as))
	}
	for _, side := range []struct{ prefix, pick string }{{"initial_", "arg_min_null"}, {"last_", "arg_max_null"}} {
		for _, t := range touched {
			name := side.prefix + t.as
			added = append(added, name)
			touches = append(touches, fmt.Sprintf("%s(%s, place) AS %s", side.pick, duck.Quote(t.as), duck.Quote(name)))
		}
	}
	values := make([]string, len(added))
	for i, name := range plan.Names(append(own, added...), nil)[len(own):] {
		values[i] = "s." + as(added[i], name)
	}
	place := sql.AnalysisAnyPlace
	if sessions.typeOf("time") == Timestamp {
		place = sql.AnalysisPlace
	}
	return view(schema, "enhanced_users", duck.Fill(sql.AnalysisEnhancedUsers, duck.Names{
		"added": strings.Join(values, ", "), "fields": strings.Join(fields, ", "), "touches": strings.Join(touches, ", "),
		"place": place, "schema": duck.Quote(schema), "table": duck.Quote(users.shown), "sessions": duck.Quote(sessions.shown),
	}))
}

// textOf is the first of the columns that the table has, as a text.
func textOf(t *shownTable, names []string) string {
	for _, name := range names {
		if as := t.column(name); as != "" {
			return "CAST(" + duck.Quote(as) + " AS VARCHAR)"
		}
	}
	return "NULL::VARCHAR"
}

// pages are the pageviews of each session.
func pages(pageviews *shownTable) string {
	if !pageviews.has("user_id", "session_id", "event_id", "time") {
		return sql.AnalysisNoPages
	}
	page := textOf(pageviews, []string{"path", "title", "href"})
	return duck.Fill(sql.AnalysisPages, duck.Names{"page": page, "pageviews": duck.Quote(pageviews.shown)})
}

package spark

import (
	"strings"

	"smew/feed"
	"smew/plan"
	"smew/sql"
)

// Shown is a table as readers have it.
type Shown struct {
	Name    string
	Columns []string
	Query   string // in Spark SQL, of the commit that the state is of
}

// Shown are the tables of main under their delivered names (R10), and all_events. The queries of one state see the tables of one commit.
func (s *State) Shown(catalogName string) []Shown {
	c := catalog(catalogName)
	names := s.inOrder()
	all := []Shown{}
	var events []string
	for i, shown := range plan.Names(names, plan.ReservedTables) {
		t, columns := s.Tables[names[i]], s.live(names[i])
		tag := QuoteText(s.Published[published(t)].Tag)
		if len(columns) == 0 {
			continue
		}
		view := Shown{Name: shown}
		items := make([]string, len(columns))
		delivered := make([]string, len(columns))
		for j, column := range columns {
			delivered[j] = column.Name
		}
		view.Columns = plan.Names(delivered, plan.ReservedColumns)
		for j, name := range view.Columns {
			items[j] = Quote(t.Columns[delivered[j]]) + " AS " + Quote(name)
		}
		view.Query = sql.Fill(sql.SparkViewsRows, sql.Names{"columns": strings.Join(items, ", "), "main": c.main(t), "tag": tag})
		all = append(all, view)
		if feed.KindOf(names[i], delivered) == feed.Events {
			events = append(events, sql.Fill(sql.SparkViewsEventsOf, sql.Names{"name": QuoteText(shown), "main": c.main(t), "tag": tag}))
		}
	}
	query := strings.Join(events, "\nUNION ALL\n")
	if events == nil {
		query = sql.SparkViewsNoEvents
	}
	return append(all, Shown{Name: "all_events", Columns: []string{"event_table_name", "event_id", "user_id", "session_id", "time"}, Query: query})
}

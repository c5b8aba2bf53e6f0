package spark

import (
	"slices"
	"strings"

	"smew/define"
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
	stored, definitions := s.inOrder(), s.definitions()
	all := []Shown{}
	var events []string
	for i, shown := range plan.Names(stored, plan.ReservedTables) {
		t, columns := s.Tables[stored[i]], s.live(stored[i])
		tag := QuoteText(s.Published[published(t)].Tag)
		if len(columns) == 0 {
			continue
		}
		delivered := names(columns)
		view := Shown{Name: shown, Columns: plan.Names(delivered, plan.ReservedColumns)}
		compiled := define.Table{}
		items := make([]string, len(columns))
		for j, name := range view.Columns {
			items[j] = Quote(t.Columns[delivered[j]]) + " AS " + Quote(name)
			compiled.Columns = append(compiled.Columns, define.Column{Name: delivered[j], As: name, ID: feed.IsID(stored[i], delivered[j])})
		}
		view.Query = sql.Fill(sql.SparkViewsRows, sql.Names{"columns": strings.Join(items, ", "), "main": c.main(t), "tag": tag})
		on := definitions.For(stored[i], feed.KindOf(stored[i], delivered))
		properties := make([]string, len(on))
		for j, p := range on {
			properties[j] = p.Name
		}
		// A property takes no name that a column has: columns keep theirs whatever is defined.
		compiled.Names = plan.Names(properties, slices.Concat(plan.ReservedColumns, view.Columns))
		view.Columns, view.Query = append(view.Columns, compiled.Names...), defined(view.Query, on, compiled)
		all = append(all, view)
		if feed.KindOf(stored[i], delivered) == feed.Events {
			events = append(events, sql.Fill(sql.SparkViewsEventsOf, sql.Names{"name": QuoteText(shown), "main": c.main(t), "tag": tag}))
		}
	}
	query := strings.Join(events, "\nUNION ALL\n")
	if events == nil {
		query = sql.SparkViewsNoEvents
	}
	return append(all, Shown{Name: "all_events", Columns: []string{"event_table_name", "event_id", "user_id", "session_id", "time"}, Query: query})
}

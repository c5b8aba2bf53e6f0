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

	athena  string
	unknown []string // names that definitions mention and the table has not
}

// Shown are the tables of main under their delivered names (R10), and all_events. The queries of one state see the tables of one commit.
func (s *State) Shown(p Place) []Shown {
	stored, definitions := s.inOrder(), s.definitions()
	all := []Shown{}
	var events, athena []string
	for i, shown := range plan.Names(stored, plan.ReservedTables) {
		t, columns := s.Tables[stored[i]], s.live(stored[i])
		tag := QuoteText(s.Published[published(t)].Tag)
		if len(columns) == 0 {
			continue
		}
		delivered := names(columns)
		view := Shown{Name: shown, Columns: plan.Names(delivered, plan.ReservedColumns)}
		compiled := define.Table{}
		items, others := make([]string, len(columns)), make([]string, len(columns))
		for j, name := range view.Columns {
			items[j] = Quote(t.Columns[delivered[j]]) + " AS " + Quote(name)
			others[j] = quoteAthena(t.Columns[delivered[j]]) + " AS " + quoteAthena(name)
			compiled.Columns = append(compiled.Columns, define.Column{Name: delivered[j], As: name, ID: feed.IsID(stored[i], delivered[j])})
		}
		view.Query = sql.Fill(sql.SparkViewsRows, sql.Names{"columns": strings.Join(items, ", "), "main": p.main(t), "tag": tag})
		view.athena = s.athenaQuery(p, t, others)
		on := definitions.For(stored[i], feed.KindOf(stored[i], delivered))
		properties := make([]string, len(on))
		for j, property := range on {
			properties[j] = property.Name
		}
		// A property takes no name that a column has: columns keep theirs whatever is defined.
		compiled.Names = plan.Names(properties, slices.Concat(plan.ReservedColumns, view.Columns))
		view.Columns = append(view.Columns, compiled.Names...)
		view.Query, view.unknown = defined(view.Query, on, compiled)
		all = append(all, view)
		if feed.KindOf(stored[i], delivered) == feed.Events {
			athena = append(athena, s.athenaQuery(p, t, []string{quoteText(shown) + " AS event_table_name", "event_id", "user_id", "session_id", `"time"`}))
			events = append(events, sql.Fill(sql.SparkViewsEventsOf, sql.Names{"name": QuoteText(shown), "main": p.main(t), "tag": tag}))
		}
	}
	query := strings.Join(events, "\nUNION ALL\n")
	if events == nil {
		query = sql.SparkViewsNoEvents
	}
	return append(all, Shown{Name: "all_events", Columns: []string{"event_table_name", "event_id", "user_id", "session_id", "time"}, Query: query,
		athena: strings.Join(athena, "\nUNION ALL\n")})
}

// View is a statement that makes a view of one of the tables.
type View struct {
	Name string `json:"name"`
	SQL  string `json:"sql"`
}

// Views are statements that make views of the tables in a database, for Spark or for Athena. Athena's are without defined properties,
// and without all_events where no event table is.
func (s *State) Views(p Place, in string, athena bool) []View {
	all := []View{}
	for _, shown := range s.Shown(p) {
		query, quote := shown.Query, Quote
		if athena {
			query, quote = shown.athena, quoteAthena
		}
		if query == "" {
			continue
		}
		all = append(all, View{shown.Name, sql.Fill(sql.SparkViewsCreate, sql.Names{"view": quote(in) + "." + quote(shown.Name), "query": query})})
	}
	return all
}

// quoteText writes a literal as standard SQL has it.
func quoteText(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

func quoteAthena(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// athenaQuery reads stored columns of a table under other names. A snapshot's number is what Athena takes.
func (s *State) athenaQuery(p Place, t *Table, items []string) string {
	return sql.Fill(sql.SparkViewsAthena, sql.Names{"columns": strings.Join(items, ", "),
		"main": quoteAthena(p.Prefix+"main") + "." + quoteAthena(t.Stored), "snapshot": s.Published[published(t)].ID})
}

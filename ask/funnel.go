package ask

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"smew/duck"
	"smew/sql"
)

// Funnel asks how many people did one thing, then the next, and so on. Each step is a table and has to be later than
// the one before; events at one instant have no order. A person counts once, for the furthest that they got.
type Funnel struct {
	Steps       []string
	Within      Span // from the first step to the last; none: whenever
	SameSession bool // all steps in one session
	AnyOrder    bool // the steps in whatever order
	By          string
	Range
}

// Query answers in rows (By, step, event, people, percent_of_first, percent_of_previous).
func (f Funnel) Query(c Catalog) (Query, error) {
	if len(f.Steps) < 2 || len(f.Steps) > 20 {
		return Query{}, &MeaninglessError{fmt.Sprintf("a funnel has 2 to 20 steps, not %d", len(f.Steps)), "name its tables in their order: pageviews order_completed"}
	}
	p := funnelParts{within: "true", end: "UNBOUNDED FOLLOWING", count: len(f.Steps), steps: textList(f.Steps)}
	if f.Within.n > 0 {
		p.within, p.end = "h.moment <= r.began + "+f.Within.sql(), f.Within.sql()+" FOLLOWING"
	}
	p.scope = "0"
	if f.SameSession {
		p.scope = "e.session_id"
	}
	seen := map[string]bool{}
	var events []Table
	for _, name := range f.Steps {
		t, err := c.event(name, f.SameSession)
		if err != nil {
			return Query{}, err
		}
		if f.AnyOrder && seen[t.Name] {
			return Query{}, &MeaninglessError{fmt.Sprintf("step %s comes twice", t.Name), "in any order, each step is another table"}
		}
		seen[t.Name] = true
		events = append(events, t)
	}
	chart := Chart{Labels: []string{"event"}, Value: "people"}
	join := ""
	if f.By != "" {
		among := []string{"sessions", "users", "enhanced_users"}
		if !f.AnyOrder {
			among = slices.Concat([]string{events[0].Name}, among)
		}
		by, err := c.property(f.By, among...)
		if err != nil {
			return Query{}, err
		}
		p.by, join = by.beside(events[0], f.AnyOrder)
		p.named = duck.Quote(by.column)
		chart.Labels = []string{by.column, "event"}
	}
	for i, t := range events {
		from := t.sql() + " AS e"
		if i == 0 || f.AnyOrder {
			from += join
		}
		where := f.conditions()
		if i > 0 && !f.AnyOrder { // what comes after the first step may come after the range, too
			where = Range{Since: f.Since}.conditions()
		}
		if f.SameSession {
			where += " AND e.session_id IS NOT NULL"
		}
		p.sources = append(p.sources, source{from, where})
	}
	if f.AnyOrder {
		names := make([]string, len(f.Steps))
		for i := range names {
			names[i] = fmt.Sprintf("any %d of %d", i+1, len(names))
		}
		p.steps = textList(names)
		return Query{SQL: p.anyOrder(), Chart: chart}, nil
	}
	return Query{SQL: p.ordered(), Chart: chart}, nil
}

// beside is the property as an expression beside the events e, and the join that it takes.
func (p property) beside(event Table, joined bool) (expression, join string) {
	if p.table.Name == event.Name && !joined {
		return "e." + duck.Quote(p.column), ""
	}
	on := "b.user_id = e.user_id"
	if p.ofSession() {
		on += " AND b.session_id = e.session_id"
	}
	return "b." + duck.Quote(p.column), " LEFT JOIN " + p.table.sql() + " AS b ON " + on
}

func textList(texts []string) string {
	quoted := make([]string, len(texts))
	for i, t := range texts {
		quoted[i] = duck.QuoteText(t)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// source is where events e come from, and which of them.
type source struct{ from, where string }

// funnelParts are what funnels differ in, as SQL.
type funnelParts struct {
	sources            []source
	scope, within, end string
	steps              string
	count              int
	by, named          string // "": not split
}

// group are the columns that carry the property on: where it comes from, where rows of one moment become one, and in the end.
func (p funnelParts) group(expression string) string {
	if p.by == "" {
		return ""
	}
	return ", " + expression + ` AS "by"`
}

func (p funnelParts) ordered() string {
	var reached, all []string
	for i, s := range p.sources {
		n := strconv.Itoa(i + 1)
		names := duck.Names{"scope": p.scope, "events": s.from, "where": s.where}
		if i == 0 {
			names["group"] = p.group(p.by)
			reached = append(reached, duck.Fill(body(sql.AskFunnelFirst), names))
		} else {
			names["group"] = p.group(`arg_max(struct_pack(v := r."by"), struct_pack(a := r.began, b := r."by")).v`)
			names["n"], names["before"], names["within"] = n, strconv.Itoa(i), p.within
			reached = append(reached, duck.Fill(body(sql.AskFunnelStep), names))
		}
		all = append(all, "SELECT "+n+" AS step, * FROM reached_"+n)
	}
	return p.told(strings.Join(reached, ",\n"), strings.Join(all, "\n    UNION ALL BY NAME "))
}

func (p funnelParts) anyOrder() string {
	var all []string
	for i, s := range p.sources {
		all = append(all, duck.Fill(body(sql.AskFunnelAnyStep), duck.Names{
			"n": strconv.Itoa(i + 1), "scope": p.scope, "group": p.group(p.by), "events": s.from, "where": s.where}))
	}
	reached := duck.Fill(body(sql.AskFunnelAny), duck.Names{
		"all": "\n    " + strings.Join(all, "\n    UNION ALL ") + "\n", "group": p.carried(), "end": p.end})
	return p.told(reached, "SELECT * FROM reached")
}

func (p funnelParts) carried() string {
	if p.by == "" {
		return ""
	}
	return `, "by"`
}

// told counts people by the furthest step that they reached.
func (p funnelParts) told(reached, all string) string {
	names := duck.Names{
		"reached": reached, "all": "\n    " + all + "\n", "group": "", "by": "NULL", "nobody": "UNION SELECT NULL", "columns": "",
		"steps": p.steps, "count": strconv.Itoa(p.count),
	}
	if p.by != "" {
		names["group"] = p.group(`arg_min(struct_pack(v := "by"), struct_pack(a := -step, b := moment, c := "by")).v`)
		names["by"], names["nobody"], names["columns"] = `"by"`, "", `"by" AS `+p.named+", "
	}
	return duck.Fill(sql.AskFunnel, names)
}

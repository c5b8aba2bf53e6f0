// Package views renders what an analyst queries: the views of main and delivered
// over the relations that hold the rows. Delivered names appear here and nowhere else.
package views

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"smew/define"
	"smew/duck"
	"smew/feed"
	"smew/plan"
	"smew/sql"
)

// Table is a delivered table as the ledger knows it.
type Table struct {
	Name     string // as delivered
	Relation string
	Columns  []Column // live, in order
}

// Column is a live column of a table.
type Column struct {
	Name     string // as delivered
	Physical string // in the relation
}

// Kind is what the table's name and live columns make it (R4).
func (t Table) Kind() feed.Kind {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = c.Name
	}
	return feed.KindOf(t.Name, names)
}

// People is the relation that main.users shows.
const People = "people"

// View is a view and the statement that creates it.
type View struct {
	Schema, Name, Statement string
}

// Render gives all views of the tables, which come in the order of their first naming (R10).
func Render(tables []Table, settings Settings) []View {
	var all []View
	var events []namedTable
	var shownTables []shownTable
	for _, n := range named(tables, settings) {
		all = append(all, delivered(n.Table, n.shown, n.columns))
		if len(n.Columns) > 0 {
			st := shownTable{n.Kind(), n.Name, n.shown, n.typed(settings)}
			shownTables = append(shownTables, st)
			all = append(all, view("main", n.shown, n.rows()), typed(n, st.columns))
		}
		if n.Kind() == feed.Events {
			events = append(events, n)
		}
	}
	all = append(all, view("main", "all_events", allEvents(events, duck.Quote("time"), Text)), view("typed", "all_events", allEvents(events, instant, Timestamp)))
	return append(all, analysis(shownTables)...)
}

// instant is the column of a relation that has the instant of each row's time.
const instant = "smew_time"

// allEvents is the query of all_events, with the times that a column of the relations has.
func allEvents(events []namedTable, time, typ string) string {
	if events == nil {
		return duck.Fill(sql.ViewsNoEvents, duck.Names{"time": typ})
	}
	all := make([]string, len(events))
	for i, n := range events {
		all[i] = duck.Fill(sql.ViewsEventsOf, duck.Names{"name": duck.QuoteText(n.shown), "time": time, "relation": duck.Quote(n.Relation)})
	}
	return strings.Join(all, "\nUNION ALL\n")
}

func view(schema, name, query string) View {
	id := duck.Quote(schema) + "." + duck.Quote(name)
	return View{schema, name, duck.Fill(sql.ViewsCreate, duck.Names{"view": id, "query": query})}
}

// namedTable is a table with the names that main shows it under (R10).
type namedTable struct {
	Table
	shown   string
	on      []*define.Property // that act on it
	columns []string           // of its columns and, after them, of these properties
}

// named gives the tables their names.
func named(tables []Table, s Settings) []namedTable {
	names := make([]string, len(tables))
	for i, t := range tables {
		names[i] = t.Name
	}
	all := make([]namedTable, len(tables))
	for i, shown := range plan.Names(names, plan.ReservedTables) {
		t := tables[i]
		on := s.Definitions.For(t.Name, t.Kind())
		var columns, properties []string
		for _, c := range t.Columns {
			columns = append(columns, c.Name)
		}
		for _, p := range on {
			properties = append(properties, p.Name)
		}
		// A property takes no name that a column has, be it one that smew gave the column: columns keep theirs whatever is defined.
		columns = plan.Names(columns, plan.ReservedColumns)
		all[i] = namedTable{t, shown, on, append(columns, plan.Names(properties, slices.Concat(plan.ReservedColumns, columns))...)}
	}
	return all
}

func delivered(t Table, shown string, names []string) View {
	own := []string{"smew_dump_id", "smew_part", "smew_row", "smew_user_id", "smew_hidden"}
	if t.Kind() == feed.UserMigrations {
		own = own[:3]
	}
	columns := slices.Clone(own)
	for i, c := range t.Columns {
		columns = append(columns, as(c.Physical, names[i]))
	}
	return view("delivered", shown, duck.Fill(sql.ViewsRows, duck.Names{"columns": strings.Join(columns, ", "), "relation": duck.Quote(t.Relation)}))
}

// rows is the query of what an analyst sees of a table, and of other columns of its relation.
func (t namedTable) rows(others ...string) string {
	kind := t.Kind()
	relation, statement := t.Relation, sql.ViewsVisible
	switch kind {
	case feed.Users:
		relation, statement = People, sql.ViewsRows
	case feed.UserMigrations:
		statement = sql.ViewsRows
	}
	columns := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		physical := c.Physical
		if physical == "user_id" && kind != feed.Users && kind != feed.UserMigrations {
			physical = "smew_user_id"
		}
		columns[i] = as(physical, t.columns[i])
	}
	query := duck.Fill(statement, duck.Names{"columns": strings.Join(append(columns, others...), ", "), "relation": duck.Quote(relation)})
	return Defined(query, t.on, t.compiled(t.columns))
}

// compiled is the table as package define takes it.
func (t Table) compiled(names []string) define.Table {
	c := define.Table{Names: names[len(t.Columns):]}
	for i, column := range t.Columns {
		c.Columns = append(c.Columns, define.Column{Name: column.Name, As: names[i], ID: feed.IsID(t.Name, column.Name)})
	}
	return c
}

func as(physical, name string) string { return duck.Quote(physical) + " AS " + duck.Quote(name) }

// existing are the tables and views there are, whoever made them.
func existing(ctx context.Context, tx *duck.Tx) (map[string]bool, error) {
	there := map[string]bool{}
	err := tx.Each(ctx, sql.ViewsThere, nil, func(scan func(...any) error) error {
		var schema, name string
		err := scan(&schema, &name)
		there[fold(schema, name)] = true
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read existing views: %w", err)
	}
	return there, nil
}

func fold(schema, name string) string { return schema + "." + strings.ToLower(name) }

// TakenError says that a table or view of somebody else's has the name of one of smew's views.
type TakenError struct{ Schema, Name string }

func (e *TakenError) Error() string {
	return fmt.Sprintf("create view %s.%s: the database has a table or view of that name that is not smew's", e.Schema, e.Name)
}

// Hint says what the user can do about it.
func (e *TakenError) Hint() string {
	return fmt.Sprintf("rename %s.%s, or drop it, or choose another --db", duck.Quote(e.Schema), duck.Quote(e.Name))
}

// Apply brings the database's views to the wanted ones, touching only those whose
// text differs: what is not wanted any more goes first, so that names are free.
func Apply(ctx context.Context, tx *duck.Tx, wanted []View) error {
	type id struct{ schema, name string }
	stale := map[id]string{}
	err := tx.Each(ctx, sql.ViewsKnown, nil, func(scan func(...any) error) error {
		var v View
		if err := scan(&v.Schema, &v.Name, &v.Statement); err != nil {
			return err
		}
		stale[id{v.Schema, v.Name}] = v.Statement
		return nil
	})
	if err != nil {
		return fmt.Errorf("read known views: %w", err)
	}
	own := map[string]bool{}
	for v := range stale {
		own[fold(v.schema, v.name)] = true
	}
	var missing []View
	for _, v := range wanted {
		if statement, ok := stale[id{v.Schema, v.Name}]; ok && statement == v.Statement {
			delete(stale, id{v.Schema, v.Name})
			continue
		}
		missing = append(missing, v)
	}
	if len(stale) == 0 && len(missing) == 0 {
		return nil
	}
	there, err := existing(ctx, tx)
	if err != nil {
		return err
	}
	for _, v := range missing {
		if key := fold(v.Schema, v.Name); there[key] && !own[key] {
			return &TakenError{Schema: v.Schema, Name: v.Name}
		}
	}
	old := make([]id, 0, len(stale))
	for v := range stale {
		old = append(old, v)
	}
	slices.SortFunc(old, func(a, b id) int { return cmp.Or(cmp.Compare(a.schema, b.schema), cmp.Compare(a.name, b.name)) })
	for _, v := range old {
		drop := duck.Fill(sql.ViewsDrop, duck.Names{"view": duck.Quote(v.schema) + "." + duck.Quote(v.name)})
		if _, err := tx.Exec(ctx, drop); err != nil {
			return fmt.Errorf("drop view %s.%s: %w", v.schema, v.name, err)
		}
		if _, err := tx.Exec(ctx, sql.ViewsForget, v.schema, v.name); err != nil {
			return fmt.Errorf("forget view %s.%s: %w", v.schema, v.name, err)
		}
	}
	for _, v := range missing {
		if _, err := tx.Exec(ctx, v.Statement); err != nil {
			return fmt.Errorf("create view %s.%s: %w", v.Schema, v.Name, err)
		}
		if _, err := tx.Exec(ctx, sql.ViewsKeep, v.Schema, v.Name, v.Statement); err != nil {
			return fmt.Errorf("keep view %s.%s: %w", v.Schema, v.Name, err)
		}
	}
	return nil
}

package views

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"smew/define"
	"smew/duck"
	"smew/sql"
)

func database(t *testing.T, tables ...Table) *duck.DB {
	t.Helper()
	ctx := context.Background()
	db, err := duck.Open(ctx, "", duck.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	err = db.Update(ctx, func(tx *duck.Tx) error {
		for _, script := range []string{sql.LedgerSchema, sql.LedgerMacros} {
			if _, err := tx.Exec(ctx, script); err != nil {
				return err
			}
		}
		for _, table := range tables {
			create := duck.Fill(sql.DeliveredCreateEvents, duck.Names{"relation": table.Relation, "columns": ""})
			for _, c := range table.Columns {
				if !slices.Contains([]string{"user_id", "event_id", "session_id", "time"}, c.Physical) {
					create += fmt.Sprintf("; ALTER TABLE smew.%s ADD COLUMN %s VARCHAR", table.Relation, c.Physical)
				}
			}
			if _, err := tx.Exec(ctx, create); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func events(name, relation string, more ...string) Table {
	table := Table{Name: name, Relation: relation, Columns: []Column{{"event_id", "event_id"}, {"user_id", "user_id"}}}
	for i, c := range more {
		table.Columns = append(table.Columns, Column{c, fmt.Sprintf("c%d", i+1)})
	}
	return table
}

// apply brings the views to those of the tables and returns each view's oid, by its name: it
// changes when a view is created anew.
func apply(t *testing.T, db *duck.DB, tables ...Table) map[string]int64 {
	t.Helper()
	ctx := context.Background()
	if err := db.Update(ctx, func(tx *duck.Tx) error { return Apply(ctx, tx, Render(tables, Settings{})) }); err != nil {
		t.Fatal(err)
	}
	there := map[string]int64{}
	err := db.View(ctx, func(tx *duck.Tx) error {
		return tx.Each(ctx, "SELECT schema_name || '.' || view_name, view_oid FROM duckdb_views() WHERE NOT internal", nil, func(scan func(...any) error) error {
			var name string
			var oid int64
			err := scan(&name, &oid)
			there[name] = oid
			return err
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return there
}

// Only views whose text differs are touched; those of tables that are called otherwise now
// make room first, also when two tables swap their names.
func TestApply(t *testing.T) {
	a, b := events("clicks", "held_1", "href"), events("Clicks", "held_2")
	db := database(t, events("clicks", "held_1", "href", "more"), b)
	first := apply(t, db, a)
	if len(first) != 7 || first["main.clicks"] == 0 || first["delivered.clicks"] == 0 || first["main.all_events"] == 0 {
		t.Fatalf("views %v", first)
	}
	if again := apply(t, db, a); fmt.Sprint(again) != fmt.Sprint(first) {
		t.Errorf("views were created anew: %v, %v", first, again)
	}
	wider := apply(t, db, events("clicks", "held_1", "href", "more"))
	if wider["main.clicks"] == first["main.clicks"] || wider["main.all_events"] != first["main.all_events"] {
		t.Errorf("a new column changed the wrong views: %v, %v", first, wider)
	}
	both := apply(t, db, a, b)
	if len(both) != 10 || both["main.Clicks_2"] == 0 {
		t.Errorf("views %v", both)
	}
	swapped := apply(t, db, b, a)
	if len(swapped) != 10 || swapped["main.Clicks"] == 0 || swapped["main.clicks_2"] == 0 {
		t.Errorf("views %v", swapped)
	}
	if none := apply(t, db); len(none) != 4 || none["main.all_events"] == 0 {
		t.Errorf("views of no tables: %v", none)
	}
}

// What main shows of an event table: canonical ids, no hidden rows, no columns of smew's own.
func TestRows(t *testing.T) {
	ctx := context.Background()
	table := events("o'clicks", "held_1", `quo"te`)
	db := database(t, table)
	apply(t, db, table)
	err := db.Update(ctx, func(tx *duck.Tx) error {
		_, err := tx.Exec(ctx, "INSERT INTO smew.held_1 VALUES (1, 1, 1, 20, false, '2026-01-02', 10, 5, 6, 't', 'x'), (1, 1, 2, 20, true, '2026-01-02', 11, 5, 6, 't', 'y')")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for statement, want := range map[string]string{
		`SELECT string_agg(r::VARCHAR) FROM main."o'clicks" r`:                                         `{'event_id': 5, 'user_id': 20, 'quo"te': x}`,
		"SELECT string_agg(r::VARCHAR) FROM all_events r":                                              `{'event_table_name': 'o\'clicks', 'event_id': 5, 'user_id': 20, 'session_id': 6, 'time': t}`,
		"SELECT string_agg(r::VARCHAR) FROM typed.all_events r":                                        `{'event_table_name': 'o\'clicks', 'event_id': 5, 'user_id': 20, 'session_id': 6, 'time': '2026-01-02 00:00:00'}`,
		`SELECT count(*) || ' ' || min(user_id) || ' ' || max(smew_user_id) FROM delivered."o'clicks"`: "2 10 20",
	} {
		var got string
		err := db.View(ctx, func(tx *duck.Tx) error {
			_, err := tx.Row(ctx, statement, nil, &got)
			return err
		})
		if err != nil || got != want {
			t.Errorf("%s: %s, %v, want %s", statement, got, err, want)
		}
	}
}

// A table's kind follows its exact name and its live columns (R4).
func TestKinds(t *testing.T) {
	users := Table{Name: "users", Columns: []Column{{"user_id", "user_id"}}}
	for _, c := range []struct {
		table Table
		want  string
	}{
		{users, "users"}, {Table{Name: "Users", Columns: users.Columns}, "keyless"}, {events("x", "h"), "events"},
		{Table{Name: "sessions"}, "sessions"}, {Table{Name: "user_migrations"}, "user_migrations"}, {Table{Name: "x"}, "keyless"},
	} {
		if got := c.table.Kind().String(); got != c.want {
			t.Errorf("%s is %s, want %s", c.table.Name, got, c.want)
		}
	}
}

// Columns keep their names whatever is defined (R10, R14).
func TestPropertiesYield(t *testing.T) {
	table := events("clicks", "held_1", "amount", "Amount")
	constant := "x"
	settings := Settings{Definitions: &define.Definitions{Properties: []define.Property{
		{Name: "amount_2", Default: define.Value{Constant: &constant}}, {Name: "AMOUNT", Default: define.Value{Constant: &constant}},
	}}}
	n := named([]Table{table}, settings)[0]
	if got, want := fmt.Sprint(n.columns[len(n.columns)-4:]), "[amount Amount_2 amount_2_2 AMOUNT_3]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

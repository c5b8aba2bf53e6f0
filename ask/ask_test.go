package ask_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"smew/ask"
	"smew/duck"
)

// shop is the catalog of testdata/shop.sql, where the stories of its people are told.
var shop = ask.Catalog{
	{Name: "pageviews", Columns: []string{"event_id", "user_id", "session_id", "time", "path"}},
	{Name: "carts", Columns: []string{"event_id", "user_id", "session_id", "time"}},
	{Name: "orders", Columns: []string{"event_id", "user_id", "session_id", "time"}},
	{Name: "sessions", Columns: []string{"session_id", "user_id", "time", "utm_source"}},
	{Name: "users", Columns: []string{"user_id", "plan", "session_id"}},
	{Name: "all_events", Columns: []string{"event_table_name", "event_id", "user_id", "session_id", "time"}},
}

func open(t *testing.T) *duck.DB {
	t.Helper()
	ctx := context.Background()
	db, err := duck.Open(ctx, "", duck.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	world, err := os.ReadFile("testdata/shop.sql")
	if err != nil {
		t.Fatal(err)
	}
	// The macros come first, as in a database that has no tables yet.
	statements := slices.Concat([]string{"CREATE SCHEMA typed; CREATE SCHEMA smew"}, ask.Macros(), []string{string(world)})
	err = db.Update(ctx, func(tx *duck.Tx) error {
		for _, s := range statements {
			if _, err := tx.Exec(ctx, s); err != nil {
				return fmt.Errorf("%w\n%s", err, s)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// answer runs a statement and writes its rows as texts, a line each.
func answer(t *testing.T, db *duck.DB, statement string) string {
	t.Helper()
	var lines []string
	err := db.View(context.Background(), func(tx *duck.Tx) error {
		rows, err := tx.Query(context.Background(), "SELECT COLUMNS(*)::VARCHAR FROM ("+strings.TrimSpace(statement)+"\n)")
		if err != nil {
			return err
		}
		defer rows.Close()
		columns, err := rows.Columns()
		if err != nil {
			return err
		}
		values, at := make([]*string, len(columns)), make([]any, len(columns))
		for i := range values {
			at[i] = &values[i]
		}
		for rows.Next() {
			if err := rows.Scan(at...); err != nil {
				return err
			}
			texts := make([]string, len(values))
			for i, v := range values {
				if texts[i] = "NULL"; v != nil {
					texts[i] = *v
				}
			}
			lines = append(lines, strings.Join(texts, " | "))
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatalf("%v\n%s", err, statement)
	}
	return strings.Join(lines, "\n")
}

func span(text string) (s ask.Span) {
	if err := s.Set(text); err != nil {
		panic(err)
	}
	return s
}

// asked is a question, the macro that asks the same (if there is one), and the answer by hand.
type asked struct {
	name     string
	question ask.Question
	macro    string
	want     string
}

func check(t *testing.T, cases []asked) {
	t.Helper()
	db := open(t)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			q, err := c.question.Query(shop)
			if err != nil {
				t.Fatal(err)
			}
			want := strings.ReplaceAll(strings.TrimSpace(c.want), "\t", "")
			if diff := cmp.Diff(want, answer(t, db, q.SQL)); diff != "" {
				t.Errorf("-want +got\n%s\n%s", diff, q.SQL)
			}
			if c.macro == "" {
				return
			}
			if diff := cmp.Diff(want, answer(t, db, "FROM smew."+c.macro)); diff != "" {
				t.Errorf("smew.%s: -want +got\n%s", c.macro, diff)
			}
		})
	}
}

var steps = []string{"pageviews", "carts", "orders"}

func TestFunnel(t *testing.T) {
	const list = "['pageviews', 'carts', 'orders']"
	check(t, []asked{
		// 1, 2, 4 and 5 order after a cart after a view. 3 views and fills the cart at one instant, and orders before.
		{"ordered", ask.Funnel{Steps: steps}, "funnel(" + list + ")", `
			1 | pageviews | 5 | 100.0 | NULL
			2 | carts | 4 | 80.0 | 80.0
			3 | orders | 4 | 80.0 | 100.0`},
		// 2 comes back only nine days later. 4 orders just an hour after the first view.
		{"within an hour", ask.Funnel{Steps: steps, Within: span("1h")}, "funnel(" + list + ", within := INTERVAL 1 HOUR)", `
			1 | pageviews | 5 | 100.0 | NULL
			2 | carts | 3 | 60.0 | 60.0
			3 | orders | 3 | 60.0 | 100.0`},
		// 4 is too late now. 5 is too, counted from the first view, but not from the second.
		{"within half an hour", ask.Funnel{Steps: steps, Within: span("30m")}, "funnel(" + list + ", within := INTERVAL 30 MINUTES)", `
			1 | pageviews | 5 | 100.0 | NULL
			2 | carts | 3 | 60.0 | 60.0
			3 | orders | 2 | 40.0 | 66.7`},
		// 2 fills the cart in another session than views.
		{"in a session", ask.Funnel{Steps: steps, SameSession: true}, "funnel(" + list + ", same_session := true)", `
			1 | pageviews | 5 | 100.0 | NULL
			2 | carts | 3 | 60.0 | 60.0
			3 | orders | 3 | 60.0 | 100.0`},
		// 1, 2, 4 and 5 view twice, each a while after the first time.
		{"one thing twice", ask.Funnel{Steps: []string{"pageviews", "Pageviews"}}, "", `
			1 | pageviews | 5 | 100.0 | NULL
			2 | Pageviews | 4 | 80.0 | 80.0`},
		// Views from the 12th on are those of 4 and 5.
		{"since a day", ask.Funnel{Steps: steps[:2], Range: ask.Range{Since: "2026-01-12 00:00:00"}}, "funnel(" + list + "[:2], since := '2026-01-12')", `
			1 | pageviews | 2 | 100.0 | NULL
			2 | carts | 2 | 100.0 | 100.0`},
		// The range is that of the first step: the cart of 2, days later, counts. 3 does not come later than the view.
		{"until a day", ask.Funnel{Steps: steps[:2], Range: ask.Range{Until: "2026-01-07 00:00:00"}}, "funnel(" + list + "[:2], until := '2026-01-07')", `
			1 | pageviews | 3 | 100.0 | NULL
			2 | carts | 2 | 66.7 | 66.7`},
		{"nobody", ask.Funnel{Steps: steps[:2], Range: ask.Range{Since: "2027-01-01 00:00:00"}}, "funnel(" + list + "[:2], since := '2027-01-01')", `
			1 | pageviews | 0 | NULL | NULL
			2 | carts | 0 | NULL | NULL`},
		{"in any order", ask.Funnel{Steps: steps, AnyOrder: true}, "", `
			1 | any 1 of 3 | 5 | 100.0 | NULL
			2 | any 2 of 3 | 5 | 100.0 | 100.0
			3 | any 3 of 3 | 5 | 100.0 | 100.0`},
		// In half an hour: 1, 3 and 5 do all; 2 cart and order just half an hour apart; 4 a view and the cart, then another and the order.
		{"in any order within half an hour", ask.Funnel{Steps: steps, AnyOrder: true, Within: span("30m")}, "", `
			1 | any 1 of 3 | 5 | 100.0 | NULL
			2 | any 2 of 3 | 5 | 100.0 | 100.0
			3 | any 3 of 3 | 3 | 60.0 | 60.0`},
		// By the session of the view: 1's that led to the order came by google, not the later one that led nowhere.
		{"by the session", ask.Funnel{Steps: steps, By: "utm_source"}, "", `
			bing | 1 | pageviews | 2 | 100.0 | NULL
			bing | 2 | carts | 2 | 100.0 | 100.0
			bing | 3 | orders | 2 | 100.0 | 100.0
			google | 1 | pageviews | 2 | 100.0 | NULL
			google | 2 | carts | 1 | 50.0 | 50.0
			google | 3 | orders | 1 | 50.0 | 100.0
			NULL | 1 | pageviews | 1 | 100.0 | NULL
			NULL | 2 | carts | 1 | 100.0 | 100.0
			NULL | 3 | orders | 1 | 100.0 | 100.0`},
		// There is no record of 4.
		{"by the person", ask.Funnel{Steps: steps[:2], By: "users.plan"}, "", `
			pro | 1 | pageviews | 2 | 100.0 | NULL
			pro | 2 | carts | 2 | 100.0 | 100.0
			free | 1 | pageviews | 2 | 100.0 | NULL
			free | 2 | carts | 1 | 50.0 | 50.0
			NULL | 1 | pageviews | 1 | 100.0 | NULL
			NULL | 2 | carts | 1 | 100.0 | 100.0`},
		// The path of the last view before the cart: 1 and 4 /a, 2 /b, 5 /a; 3 never got further than /a.
		{"by the first step", ask.Funnel{Steps: steps[:2], By: "path"}, "", `
			/a | 1 | pageviews | 4 | 100.0 | NULL
			/a | 2 | carts | 3 | 75.0 | 75.0
			/b | 1 | pageviews | 1 | 100.0 | NULL
			/b | 2 | carts | 1 | 100.0 | 100.0`},
		{"by the person, in any order", ask.Funnel{Steps: steps[:2], AnyOrder: true, By: "plan"}, "", `
			free | 1 | any 1 of 2 | 2 | 100.0 | NULL
			free | 2 | any 2 of 2 | 2 | 100.0 | 100.0
			pro | 1 | any 1 of 2 | 2 | 100.0 | NULL
			pro | 2 | any 2 of 2 | 2 | 100.0 | 100.0
			NULL | 1 | any 1 of 2 | 1 | 100.0 | NULL
			NULL | 2 | any 2 of 2 | 1 | 100.0 | 100.0`},
	})
}

func TestRetention(t *testing.T) {
	check(t, []asked{
		// In the week of the 5th came 1, 2 and 3, of whom 2 was there in the next; 4 and 5 came then. Of their next week nothing is known.
		{"by week", ask.Retention{Unit: "week", Periods: 4}, "retention(periods := 4)", `
			2026-01-05 | 3 | 0 | 3 | 100.0
			2026-01-05 | 3 | 1 | 1 | 33.3
			2026-01-12 | 2 | 0 | 2 | 100.0`},
		// 1 and 2 came on the 5th, and 1 on the 6th again; 3 on the 6th; 4 and 5 on the 12th.
		{"by day", ask.Retention{Unit: "day", Periods: 1}, "retention(unit := 'day', periods := 1)", `
			2026-01-05 | 2 | 0 | 2 | 100.0
			2026-01-05 | 2 | 1 | 1 | 50.0
			2026-01-06 | 1 | 0 | 1 | 100.0
			2026-01-06 | 1 | 1 | 0 | 0.0
			2026-01-12 | 2 | 0 | 2 | 100.0
			2026-01-12 | 2 | 1 | 0 | 0.0`},
		{"by month", ask.Retention{Unit: "month", Periods: 12}, "retention(unit := 'month', periods := 12)", `
			2026-01-01 | 5 | 0 | 5 | 100.0`},
		// The first order of 1 and 3 is in the first week, that of 2, 4 and 5 in the second.
		{"since the first order", ask.Retention{Unit: "week", Periods: 4, Start: "orders"}, "retention(start := 'orders')", `
			2026-01-05 | 2 | 0 | 2 | 100.0
			2026-01-05 | 2 | 1 | 0 | 0.0
			2026-01-12 | 3 | 0 | 3 | 100.0`},
		// Nobody views after the 12th, 2 orders on the 14th: that day has come, for those who ordered before too.
		{"to view, since the order", ask.Retention{Unit: "day", Periods: 1, Start: "orders", Return: "pageviews"}, "retention(unit := 'day', periods := 1, start := 'orders', again := 'pageviews')", `
			2026-01-05 | 1 | 0 | 1 | 100.0
			2026-01-05 | 1 | 1 | 1 | 100.0
			2026-01-06 | 1 | 0 | 1 | 100.0
			2026-01-06 | 1 | 1 | 0 | 0.0
			2026-01-12 | 2 | 0 | 2 | 100.0
			2026-01-12 | 2 | 1 | 0 | 0.0
			2026-01-14 | 1 | 0 | 0 | 0.0`},
		// Of who came in the first week, 1 and 3 ordered in it, 2 in the second.
		{"to order", ask.Retention{Unit: "week", Periods: 4, Return: "orders"}, "retention(again := 'orders')", `
			2026-01-05 | 3 | 0 | 2 | 66.7
			2026-01-05 | 3 | 1 | 1 | 33.3
			2026-01-12 | 2 | 0 | 2 | 100.0`},
	})
}

func TestPaths(t *testing.T) {
	check(t, []asked{
		// Sessions: 11 and 41 view, cart; 21 and 51 view, view; 22 cart, order; 31 order, view (of two at one instant the lower id); 12 view.
		{"two events", ask.Paths{First: 2, Top: 20}, "paths(first := 2)", `
			pageviews → carts | 2 | 28.6
			pageviews → pageviews | 2 | 28.6
			carts → orders | 1 | 14.3
			orders → pageviews | 1 | 14.3
			pageviews | 1 | 14.3`},
		// Five sessions begin with a view; the share is of all seven.
		{"the most frequent", ask.Paths{First: 1, Top: 1}, "paths(first := 1, top := 1)", `
			pageviews | 5 | 71.4`},
		// Without views, 11, 41 and 51 are cart, order, as 22 is; 31 is order, cart; 21 and 12 are left out.
		{"without views", ask.Paths{First: 2, Top: 20, Without: []string{"PageViews"}}, "", `
			carts → orders | 4 | 80.0
			orders → carts | 1 | 20.0`},
	})
}

func TestAttribution(t *testing.T) {
	check(t, []asked{
		// Orders: 1 by google (the session after it does not count); 2 by bing, then google; 3 by google; 4 by nothing known; 5 by bing.
		{"thirty days", ask.Attribution{Conversion: "orders", Model: "linear"}, "attribution('orders')", `
			google | 2 | 3 | 2.5
			bing | 2 | 1 | 1.5
			NULL | 1 | 1 | 1.0`},
		// 2's bing is nine days before. 5's session began 70 minutes before the order, 4's just an hour.
		{"an hour", ask.Attribution{Conversion: "orders", By: "sessions.utm_source", Within: span("1h"), Model: "first"}, "attribution('orders', within := INTERVAL 1 HOUR)", `
			google | 3 | 3 | 3.0
			(no session) | 1 | 1 | 1.0
			NULL | 1 | 1 | 1.0`},
		// Orders from the 12th on: those of 2, 4 and 5; sessions before count.
		{"since a day", ask.Attribution{Conversion: "orders", Model: "last", Range: ask.Range{Since: "2026-01-12 00:00:00"}}, "", `
			bing | 2 | 1 | 1.5
			google | 0 | 1 | 0.5
			NULL | 1 | 1 | 1.0`},
	})
}

func TestActive(t *testing.T) {
	check(t, []asked{
		{"by day", ask.Active{Unit: "day"}, "active()", `
			2026-01-05 | 2 | 2 | 5
			2026-01-06 | 2 | 1 | 4
			2026-01-12 | 2 | 2 | 8
			2026-01-14 | 1 | 0 | 2`},
		{"by week", ask.Active{Unit: "week"}, "active(unit := 'week')", `
			2026-01-05 | 3 | 3 | 9
			2026-01-12 | 3 | 2 | 10`},
		{"by month", ask.Active{Unit: "month"}, "active(unit := 'month')", `
			2026-01-01 | 5 | 5 | 19`},
		// Who is new is by what is looked at.
		{"from a day to a day", ask.Active{Unit: "day", Range: ask.Range{Since: "2026-01-06 00:00:00", Until: "2026-01-12 00:00:00"}},
			"active(since := '2026-01-06', until := '2026-01-12')", "2026-01-06 | 2 | 2 | 4"},
		{"of one event", ask.Active{Unit: "month", Event: "orders"}, "active(unit := 'month', event := 'orders')", "2026-01-01 | 5 | 5 | 5"},
	})
}

func TestTop(t *testing.T) {
	check(t, []asked{
		// The view of no time is one, too: time does not count here.
		{"events", ask.Top{Top: 2}, "top_events(top := 2)", `
			pageviews | 10 | 5 | 50.0
			carts | 5 | 5 | 25.0`},
		// From the 12th on: four views and two carts and two orders of 4 and 5, and cart and order of 2.
		{"since a day", ask.Top{Top: 20, Range: ask.Range{Since: "2026-01-12 00:00:00"}}, "top_events(since := '2026-01-12')", `
			pageviews | 4 | 2 | 40.0
			carts | 3 | 3 | 30.0
			orders | 3 | 3 | 30.0`},
		{"paths", ask.Top{Event: "pageviews", By: "path", Top: 20}, "", `
			/a | 7 | 5 | 70.0
			/b | 3 | 3 | 30.0`},
	})
}

func TestConversion(t *testing.T) {
	check(t, []asked{
		// google: 11, 22 and 31, all with orders; bing: 21, and 51 with one; of none: 12, and 41 with one.
		{"of sessions", ask.Conversion{Event: "orders", By: "utm_source", Top: 20}, "conversion('orders', 'utm_source')", `
			google | 3 | 3 | 100.0
			bing | 2 | 1 | 50.0
			NULL | 2 | 1 | 50.0`},
		// free are 2, 3 and 9, who never came.
		{"of people", ask.Conversion{Event: "orders", By: "plan", Top: 20}, "conversion_of_people('orders', 'plan')", `
			free | 3 | 2 | 66.7
			pro | 2 | 2 | 100.0`},
		// Sessions that began on the 6th: 12 and 31.
		{"of a day", ask.Conversion{Event: "orders", By: "utm_source", Top: 20, Range: ask.Range{Since: "2026-01-06 00:00:00", Until: "2026-01-07 00:00:00"}},
			"conversion('orders', 'utm_source', since := '2026-01-06', until := '2026-01-07')", `
			google | 1 | 1 | 100.0
			NULL | 1 | 0 | 0.0`},
	})
}

func TestSessions(t *testing.T) {
	check(t, []asked{
		// Sessions 41 and 51 have pauses of 40 and 50 minutes inside; the half hour in 22 is none.
		{"half an hour", ask.Sessions{}, "sessions_by_pauses()", `
			delivered, with events | 7
			recomputed by pauses | 9
			the same events in both | 5
			delivered with a pause inside | 2
			recomputed of several delivered | 0`},
		// The two sessions of 1 lie 22:50 hours apart.
		{"a day", ask.Sessions{Gap: span("24h")}, "sessions_by_pauses(gap := INTERVAL 1 DAY)", `
			delivered, with events | 7
			recomputed by pauses | 6
			the same events in both | 5
			delivered with a pause inside | 0
			recomputed of several delivered | 1`},
	})
}

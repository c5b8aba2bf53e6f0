package ask_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"smew/ask"
	"smew/duck"
)

func TestUnknown(t *testing.T) {
	for _, c := range []struct {
		question   ask.Question
		want, hint string
	}{
		{ask.Funnel{Steps: []string{"pageview", "orders"}}, "there is no table pageview", "did you mean pageviews?"},
		{ask.Funnel{Steps: []string{"pageviews", "zebra"}}, "there is no table zebra", "there are carts, orders, pageviews, sessions"},
		{ask.Funnel{Steps: []string{"pageviews", "users"}}, "there is no table with user_id, time called users", "there are carts, orders, pageviews, sessions"},
		{ask.Funnel{Steps: steps, By: "utm_sorce"}, "there is no column utm_sorce", "did you mean utm_source?"},
		{ask.Funnel{Steps: steps, By: "users.plam"}, "there is no column users.plam", "did you mean users.plan?"},
		{ask.Funnel{Steps: steps, By: "planet.plan"}, "there is no column planet.plan", "there are pageviews.event_id, pageviews.path, pageviews.session_id, pageviews.time, pageviews.user_id, sessions.session_id, sessions.time, sessions.user_id, sessions.utm_source, users.plan, users.session_id, users.user_id"},
		{ask.Top{Event: "orders", By: "path", Top: 1}, "there is no column path", "there are event_id, session_id, time, user_id"},
		{ask.Conversion{Event: "order", By: "plan", Top: 1}, "there is no table order", "did you mean orders?"},
		{ask.Attribution{Conversion: "orders", By: "utm", Model: "last"}, "there is no column utm", "did you mean utm_source?"},
		{ask.Attribution{Conversion: "orders", Model: "middle"}, `the model is "middle"`, "it is one of first, last, linear"},
		{ask.Retention{Unit: "year", Periods: 1}, `the unit is "year"`, "it is one of day, week, month"},
		{ask.Retention{Unit: "day"}, "there are 1 to 1000 periods, not 0", ""},
		{ask.Active{Unit: "day", Event: "Order"}, "there is no table Order", "did you mean orders?"},
		{ask.Funnel{Steps: steps[:1]}, "a funnel has 2 to 20 steps, not 1", "name its tables in their order: pageviews order_completed"},
		{ask.Funnel{Steps: []string{"carts", "Carts"}, AnyOrder: true}, "step carts comes twice", "in any order, each step is another table"},
		{ask.Paths{First: 3, Top: 1, Without: []string{"views"}}, "there is no table views", "did you mean pageviews?"},
		{ask.Paths{First: 3}, "as many as 0 are asked for", "ask for 1 or more"},
		{ask.Top{Event: "orders", Top: 1}, "an event and a column go together", "name both, as in: pageviews --by path, or neither"},
	} {
		_, err := c.question.Query(shop)
		var hinting interface{ Hint() string }
		if err == nil || err.Error() != c.want || !errors.As(err, &hinting) || hinting.Hint() != c.hint {
			t.Errorf("%+v: %v, hint %q", c.question, err, hinting)
		}
	}
}

// Names are quoted, whatever they are.
func TestHostileNames(t *testing.T) {
	db := open(t)
	name, column := `o"r; '{{x}}`, `c"o'{{where}}`
	err := db.Update(context.Background(), func(tx *duck.Tx) error {
		_, err := tx.Exec(context.Background(), "CREATE TABLE typed."+duck.Quote(name)+` AS SELECT *, 'x' AS `+duck.Quote(column)+" FROM typed.orders")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	c := append(slices.Clone(shop), ask.Table{Name: name, Columns: []string{"event_id", "user_id", "session_id", "time", column}})
	for _, q := range []ask.Question{
		ask.Funnel{Steps: []string{name, "carts"}, By: column}, ask.Funnel{Steps: []string{"carts", name}, AnyOrder: true},
		ask.Top{Event: name, By: column, Top: 3}, ask.Attribution{Conversion: name, Model: "last"}, ask.Retention{Unit: "day", Periods: 1, Start: name},
	} {
		query, err := q.Query(c)
		if err != nil {
			t.Fatal(err)
		}
		if answer(t, db, query.SQL) == "" {
			t.Errorf("%+v: no rows", q)
		}
	}
}

func TestFlags(t *testing.T) {
	for text, want := range map[string]string{"7d": "7d", "30m": "30m", "1w": "1w", "12h": "12h", "0d": "", "d": "", "7": "", "-1d": "", "7y": "", "": "", "1.5h": ""} {
		var s ask.Span
		if err := s.Set(text); s.String() != want || (err == nil) != (want != "") {
			t.Errorf("%q is %q, %v", text, s.String(), err)
		}
	}
	for text, want := range map[string]string{"2026-01-31": "2026-01-31 00:00:00", "2026-01-31T10:00:00+02:00": "2026-01-31 08:00:00", "2026-01-31 10:00": "2026-01-31 10:00:00", "2026-02-30": "", "today": ""} {
		var i ask.Instant
		if err := i.Set(text); i.String() != want || (err == nil) != (want != "") {
			t.Errorf("%q is %q, %v", text, i.String(), err)
		}
	}
}

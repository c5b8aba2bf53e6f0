package plan_test

import (
	"errors"
	"strings"
	"testing"

	"smew/plan"
)

func TestChoice(t *testing.T) {
	list := func(names ...string) []string { return names }
	for _, c := range []struct {
		name             string
		include, exclude []string
		has, hasNot      []string
	}{
		{"all", nil, nil, list("users", "a/b", ""), nil},
		{"only", list("users", "page*"), nil, list("users", "pageviews", "page", "user_migrations"), list("Users", "user", "sessions", "a page")},
		{"without", nil, list("click*", "x"), list("users", "xx", "user_migrations"), list("clicks", "click on\n[buy]", "x")},
		{"both", list("*view*"), list("page*"), list("a view", "view"), list("pageviews", "users")},
		{"everything by name", list("*"), nil, list("a/b", "line\nbreak", "[", "users"), nil},
		{"nothing is a pattern but *", list("a.c", "[ab]", "?"), nil, list("a.c", "[ab]", "?"), list("abc", "a", "x")},
		{"mappings come along", list("users"), list("*migrations", "*"), list("user_migrations"), list("users")},
	} {
		t.Run(c.name, func(t *testing.T) {
			choice := plan.Choice{Include: c.include, Exclude: c.exclude}
			for _, table := range c.has {
				if !choice.Has(table) {
					t.Errorf("%q was not chosen", table)
				}
			}
			for _, table := range c.hasNot {
				if choice.Has(table) {
					t.Errorf("%q was chosen", table)
				}
			}
		})
	}
	for _, wrong := range []plan.Choice{{Include: list("")}, {Exclude: list("a", "")}, {Exclude: list("user_migrations")}} {
		var refused *plan.ChoiceError
		if err := wrong.Check(); !errors.As(err, &refused) || refused.Hint() == "" {
			t.Errorf("%+v: %v", wrong, err)
		}
	}
}

// What is not chosen is not read, whatever a resync says of it.
func TestNotChosenIsSpared(t *testing.T) {
	l := plan.Ledger{Resyncs: map[string]int64{"views": 5}, Choice: plan.Choice{Exclude: []string{"clicks"}}}
	for _, c := range []struct {
		table  string
		dump   int64
		spared bool
	}{{"clicks", 9, true}, {"views", 9, false}, {"views", 4, true}, {"users", 1, false}} {
		if got := l.Spared(plan.Dump{ID: c.dump}, plan.Table{Name: c.table}); got != c.spared {
			t.Errorf("dump %d, %s: spared is %v", c.dump, c.table, got)
		}
	}
}

// A choice that would empty a database can hardly be meant.
func TestChoiceLeaves(t *testing.T) {
	tables := []string{"users", "sessions", "user_migrations"}
	for _, c := range []struct {
		choice plan.Choice
		want   string
	}{
		{plan.Choice{}, ""}, {plan.Choice{Include: []string{"users"}}, ""}, {plan.Choice{Include: []string{"s*"}}, ""}, {plan.Choice{Exclude: []string{"nobody's"}}, ""},
		{plan.Choice{Include: []string{"users", "Sessions"}}, `no dump has a table "Sessions"; there is "sessions"`},
		{plan.Choice{Include: []string{"clicks"}}, `no dump has a table "clicks"`},
		{plan.Choice{Include: []string{"click*"}}, "none would be left"},
		{plan.Choice{Exclude: []string{"*"}}, "none would be left"},
	} {
		err := c.choice.Leaves(tables)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %q", c.choice, err, c.want)
		}
	}
	if err := (plan.Choice{Exclude: []string{"*"}}).Leaves([]string{"user_migrations"}); err != nil {
		t.Errorf("nothing to lose: %v", err)
	}
}

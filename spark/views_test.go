package spark

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"smew/manifests"
)

// Views have the delivered names, in the quotes of who reads them, and pin each table to the commit's snapshot. What is defined is
// Spark's only; a table without columns is no view.
func TestViewStatements(t *testing.T) {
	s := newState("f")
	s.Definitions = &Definitions{Dump: 1, Body: `{"version": 1, "properties": [{"name": "Plan", "type": "event", "default": {"constant": "it's"}}]}`}
	clicks := s.add(1, &Delivery{Name: "Click \"x\"", Read: true}, List{Listed: []string{"event_id", "user_id", "plan", "a`b"}})
	s.Published[published(clicks)] = Snapshot{ID: "77", Tag: "v3"}
	s.Published[published(s.add(1, &Delivery{Name: "users", Place: 1}, List{}))] = Snapshot{ID: "78", Tag: "v3"}
	s.Dumps[1] = &Dump{Manifests: []manifests.ID{{Key: "m"}}, Tables: []Delivery{{Name: "Click \"x\"", Read: true}}}
	place := Place{Prefix: "heap_"}
	athena := map[string]string{}
	for _, v := range s.Views(place, "my db", true) {
		athena[v.Name] = withoutComments(v.SQL)
	}
	want := map[string]string{
		`Click "x"`: `CREATE OR REPLACE VIEW "my db"."Click ""x""" AS SELECT "event_id" AS "event_id", "user_id" AS "user_id", "plan" AS "plan", "c1" AS "a` + "`" + `b"` +
			` FROM "heap_main"."t1" FOR VERSION AS OF 77`,
		"all_events": `CREATE OR REPLACE VIEW "my db"."all_events" AS SELECT 'Click "x"' AS event_table_name, event_id, user_id, session_id, "time"` +
			` FROM "heap_main"."t1" FOR VERSION AS OF 77`,
	}
	if diff := cmp.Diff(want, athena); diff != "" {
		t.Errorf("for Athena: -want +got\n%s", diff)
	}
	views := s.Views(place, "my db", false)
	if len(views) != 2 {
		t.Fatalf("there are %d views for Spark", len(views))
	}
	text := withoutComments(views[0].SQL)
	for _, part := range []string{"CREATE OR REPLACE VIEW `my db`.`Click \"x\"` AS", "`c1` AS `a``b`", "FROM heap.heap_main.`t1` VERSION AS OF 'v3'", `it\'s`, "`Plan_2`"} {
		if !strings.Contains(text, part) {
			t.Errorf("%s is not in the view for Spark: %s", part, text)
		}
	}
}

func withoutComments(statement string) string {
	var lines []string
	for line := range strings.Lines(statement) {
		if !strings.HasPrefix(line, "--") {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return strings.TrimSpace(strings.Join(lines, " "))
}

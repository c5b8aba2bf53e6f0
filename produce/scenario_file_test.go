package produce_test

import (
	"reflect"
	"strings"
	"testing"

	"smew/bucket"
	"smew/produce"
)

// TestScenarioRefused: what is wrong in a file is shown where it is.
func TestScenarioRefused(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ text, want string }{
		{"late_event: 0.1\n", "[1:1] unknown field"},
		{"strays: 1\nstrays: 2\n", "[2:1]"},
		{"duplicates:\n  in_parts: 0.1\n", `[2:3] unknown field "in_parts"`},
		{"late_events: often\n", "[1:14]"},
		{"second_ids: 1.5\n", "[1:13] second_ids: 1.5 is not from 0 to 1"},
		{"strays: 2\nfailed_syncs: 5-2\n", "[2:15] failed_syncs: days"},
		{"resyncs:\n  - {table: orders, days: 4}\n", `[2:13] resyncs[0].table: there is no table "orders" but users,`},
		{"resyncs:\n  - {table: user_migrations, days: 4}\n", "in full every day"},
		{"resyncs:\n  - {table: users, days: 4, rows: few}\n", `"few" is none of all, some, none, empty-part`},
		{"columns:\n  - {table: users, column: shoe_size, missing: 4}\n", `table users has no column "shoe_size" but`},
		{"columns:\n  - {table: sessions, column: session_id, missing: 4}\n", "session_id is never missing"},
		{"tables:\n  - {table: users, part_rows: -1}\n", "[2:31] tables[0].part_rows: -1 is less than 0"},
		{"late_manifests:\n  - {days: 4}\n", "late_manifests[0].by: 0 is less than 1"},
		{"times: {users: seconds}\n", `[1:16] times.users: "seconds" is none of text, ms, us, mixed`},
		{"layout: flat\n", `"flat" is none of hive, plain, mixed`},
		{"part_name: part-{number}.avro\n", "has no {uuid}"},
		{"part_name: a/{uuid}.avro\n", "more than a file's name"},
		{"environments: [a, ../b]\n", `[1:19] environments[1]: "../b"`},
		{"environments: [a, a]\n", "comes once"},
		{"definitions:\n  - {days: 1, file: mine}\n", "definitions[0].file"},
		{"faults: [bad-luck]\n", `[1:10] faults[0]: there is no fault "bad-luck": there are truncated-part,`},
		{"faults: [bad-id@x]\n", `"x" is no dump_id`},
	} {
		if _, err := produce.ParseScenario([]byte(tt.text)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s\ngot %v\nwant …%s…", tt.text, err, tt.want)
		}
	}
	s := &produce.Scenario{SecondIDs: -1}
	if _, err := produce.New(t.Context(), bucket.NewMemory(), produce.Options{Scenario: s}); err == nil || !strings.Contains(err.Error(), "second_ids") {
		t.Errorf("a scenario that makes no sense: %v", err)
	}
}

// TestNamedScenarios: they can be read, and "everything" shows every field there is.
func TestNamedScenarios(t *testing.T) {
	t.Parallel()
	for _, name := range produce.ScenarioNames() {
		scenario(t, name)
	}
	if _, err := produce.ScenarioNamed("../definitions/none"); err == nil {
		t.Error("a scenario that is not there is found")
	}
	text, err := produce.ScenarioText("everything")
	if err != nil {
		t.Fatal(err)
	}
	for _, field := range fieldNames(reflect.TypeFor[produce.Scenario]()) {
		if !strings.Contains(string(text), field+":") {
			t.Errorf("everything.yaml says nothing of %s", field)
		}
	}
}

// fieldNames are the keys of a type in YAML.
func fieldNames(t reflect.Type) []string {
	if t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return nil
	}
	var out []string
	for i := range t.NumField() {
		out = append(append(out, t.Field(i).Tag.Get("yaml")), fieldNames(t.Field(i).Type)...)
	}
	return out
}

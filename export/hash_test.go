package export

import (
	"fmt"
	"strings"
	"testing"

	"smew/duck"
)

// manyValues are values of one type each, no two of which are written alike.
var manyValues = map[string][]string{
	"INTEGER[]":                              {"NULL", "[]", "[NULL]", "[NULL, NULL]", "[0]", "[1]"},
	"INTEGER[][]":                            {"NULL", "[]", "[NULL]", "[[]]", "[[NULL]]", "[[], []]", "[[1], [2]]", "[[1, 2], []]", "[[], [1, 2]]", "[[1, 2]]"},
	"STRUCT(a INTEGER)":                      {"NULL", "{'a': NULL}", "{'a': 0}"},
	"STRUCT(a STRUCT(b VARCHAR), c VARCHAR)": {"NULL", "{'a': NULL, 'c': NULL}", "{'a': {'b': NULL}, 'c': NULL}", "{'a': {'b': ''}, 'c': NULL}", "{'a': {'b': 'NULL'}, 'c': NULL}", "{'a': NULL, 'c': ''}"},
	"MAP(VARCHAR, INTEGER[])":                {"NULL", "MAP {}", "MAP {'': NULL}", "MAP {'': []}", "MAP {'': [NULL]}", "MAP {'a': [], 'b': [1]}", "MAP {'a': [1], 'b': []}"},
	"UNION(a VARCHAR, b VARCHAR)":            {"NULL", "union_value(a := NULL::VARCHAR)", "union_value(b := NULL::VARCHAR)", "union_value(a := 'x')", "union_value(b := 'x')"},
	"INTEGER[1]":                             {"NULL", "[NULL]", "[0]"},
	"DOUBLE":                                 {"NULL", "0.0", "'-0.0'", "'nan'", "-('nan'::DOUBLE)", "'inf'", "'-inf'", "1"},
	"FLOAT":                                  {"NULL", "0.0", "'-0.0'", "'nan'", "1"},
	"DOUBLE[]":                               {"NULL", "[0.0]", "['-0.0']", "['nan']", "[-('nan'::DOUBLE)]", "['inf']", "[NULL]"},
	"INTERVAL":                               {"NULL", "INTERVAL 1 month", "INTERVAL 30 days", "INTERVAL 720 hours"},
	"INTERVAL[]":                             {"NULL", "[INTERVAL 1 month]", "[INTERVAL 30 days]"},
	"HUGEINT":                                {"NULL", "0", "1", "18446744073709551616", "18446744073709551617", "-1"},
	"UHUGEINT":                               {"NULL", "1", "18446744073709551616"},
	"DECIMAL(38,1)":                          {"NULL", "0.1", "1844674407370955161.6"},
	"UUID":                                   {"NULL", "'00000000-0000-0001-0000-000000000002'", "'00000000-0000-0002-0000-000000000001'"},
	"JSON[]":                                 {"NULL", "[]", "[NULL]", "['null']", "['[]']"},
	"TIMETZ":                                 {"NULL", "'12:00:00+00'", "'13:00:00+01'"},
	"VARCHAR":                                {"NULL", "''", "'NULL'", "'0'"},
	"BOOLEAN":                                {"NULL", "true", "false"},
}

// Diff tells all values apart that files tell apart, and nothing else: also where the state's hashes were made in another way.
func TestEveryDifferenceCounts(t *testing.T) {
	t.Parallel()
	for kind, values := range manyValues {
		p := newPlace(t)
		rows := func(shift int) string {
			var all []string
			for i := range values {
				for j := range values {
					value := values[i]
					if shift > 0 {
						value = values[j]
					}
					all = append(all, fmt.Sprintf("(%d, %d, (%s)::%s)", i, j, value, kind))
				}
			}
			return "CREATE OR REPLACE TABLE v AS FROM (VALUES " + strings.Join(all, ", ") + ") AS t(i, j, v)"
		}
		p.sql(rows(0))
		j := Job{Model{ID: "v", Table: "v", PrimaryKey: []string{"i", "j"}}, Sync{ID: "v", Model: "v", File: "{sync.run.id}", Mode: Diff}}
		p.mustSend(j)
		p.sql(`UPDATE smew.export_syncs SET shape = regexp_replace(shape, '"engine":"[^"]*"', '"engine":"another"')`, "UPDATE smew.export_state_1 SET h = 7")
		if r := p.mustSend(j); r.Rows() != 0 {
			t.Errorf("%s: nothing has changed, and %d rows were sent", kind, r.Rows())
		}
		p.sql(rows(1))
		if r := p.mustSend(j); int(r.Changed) != len(values)*(len(values)-1) || r.Rows() != r.Changed {
			t.Errorf("%s: %d rows are sent as changed, and %d others; want %d", kind, r.Changed, r.Rows()-r.Changed, len(values)*(len(values)-1))
		}
		if r := p.mustSend(j); r.Rows() != 0 {
			t.Errorf("%s: nothing has changed, and %d rows were sent", kind, r.Rows())
		}
	}
}

// Which of the rows of one key is sent their values say, and not their order.
func TestSameOfDuplicates(t *testing.T) {
	t.Parallel()
	for kind, values := range manyValues {
		var want string
		for _, order := range []string{"", "DESC"} {
			p := newPlace(t)
			var all []string
			for i, value := range values {
				all = append(all, fmt.Sprintf("(%d, (%s)::%s)", i, value, kind))
			}
			p.sql(fmt.Sprintf("CREATE TABLE v AS SELECT 1 AS k, v FROM (VALUES %s) AS t(i, v) ORDER BY i %s", strings.Join(all, ", "), order))
			r := p.mustSend(Job{Model{ID: "v", Table: "v", PrimaryKey: []string{"k"}}, Sync{ID: "v", Model: "v", File: "x", Mode: Insert}})
			var got string
			err := p.db.View(t.Context(), func(tx *duck.Tx) error {
				_, err := tx.Row(t.Context(), "SELECT h::VARCHAR FROM smew.export_state_1", nil, &got)
				return err
			})
			if got += content(t, p.to)["out/x"]; err != nil || int(r.Duplicates) != len(values)-1 || want != "" && got != want {
				t.Errorf("%s: %q, and %q in another order (%d duplicates, %v)", kind, want, got, r.Duplicates, err)
			}
			want = got
		}
	}
}

package spark

import (
	"fmt"
	"strings"

	"smew/plan"
	"smew/sql"
)

// merged is the query of one row a person (R9), of all records or of those among them that a join leaves.
func (p *dumpPlan) merged(t *Table, among string) string {
	var values strings.Builder
	for _, c := range t.stored(users)[len(plan.BuiltIn(users)):] {
		fmt.Fprintf(&values, ", min_by(%[1]s, smew_modified) FILTER (WHERE %[1]s IS NOT NULL) AS %[1]s", Quote(c))
	}
	return sql.Fill(sql.SparkMainUsersMerged, sql.Names{"raw": p.place.raw(t), "since": fmt.Sprint(t.Resync), "identities": p.resolved(), "among": among,
		"values": values.String(), "joined": instant("joindate"), "modified": instant("last_modified")})
}

// usersTouched merges into main.users the people whom a dump touches, from their records.
func (p *dumpPlan) usersTouched(t *Table) string {
	columns := t.stored(users)[1:] // all but user_id
	sets, fresh := make([]string, len(columns)), make([]string, len(columns))
	for i, c := range columns {
		fresh[i] = "s." + Quote(c)
		sets[i] = "m." + Quote(c) + " = " + fresh[i]
	}
	return sql.Fill(sql.SparkMainUsersTouched, sql.Names{"main": p.place.onBranch(p.place.main(t)), "raw": p.place.raw(t), "dump": fmt.Sprint(p.dump.ID),
		"identities": p.resolved(), "moved": p.changed(), "columns": list(columns), "merged": p.merged(t, "LEFT SEMI JOIN touched ON smew_who = smew_person"),
		"sets": strings.Join(sets, ", "), "values": strings.Join(fresh, ", ")})
}

// changed are the ids whose canonical id the dump changes.
func (p *dumpPlan) changed() string {
	if p.moved {
		return p.place.meta("moved")
	}
	return "(SELECT CAST(NULL AS BIGINT) AS old_id, CAST(NULL AS BIGINT) AS new_id WHERE false)"
}

package spark

import (
	"fmt"
	"strings"

	"smew/plan"
	"smew/sql"
)

// users renders what works out main.users (R9): from all records, or of the people that a dump touches, from theirs.
func (p *dumpPlan) users(t *Table, touched bool) string {
	columns := t.stored(users)[1:] // all but user_id
	var values strings.Builder
	for _, c := range t.stored(users)[len(plan.BuiltIn(users)):] {
		fmt.Fprintf(&values, ", min_by(%[1]s, smew_modified) FILTER (WHERE %[1]s IS NOT NULL) AS %[1]s", Quote(c))
	}
	raw, since, among := p.place.raw(t), fmt.Sprint(t.Resync), ""
	if touched {
		among = "LEFT SEMI JOIN touched ON smew_who = smew_person"
	}
	merged := sql.Fill(sql.SparkMainUsersMerged, sql.Names{"raw": raw, "since": since, "identities": p.resolved(), "among": among,
		"values": values.String(), "joined": instant("joindate"), "modified": instant("last_modified")})
	main := onBranch(p.place.main(t))
	if !touched {
		return sql.Fill(sql.SparkMainUsers, sql.Names{"main": main, "raw": raw, "since": since, "columns": list(columns), "merged": merged})
	}
	sets, fresh := make([]string, len(columns)), make([]string, len(columns))
	for i, c := range columns {
		fresh[i] = "s." + Quote(c)
		sets[i] = "m." + Quote(c) + " = " + fresh[i]
	}
	return sql.Fill(sql.SparkMainUsersTouched, sql.Names{"main": main, "raw": raw, "dump": fmt.Sprint(p.dump.ID), "identities": p.resolved(), "moved": p.changed(),
		"columns": list(columns), "merged": merged, "sets": strings.Join(sets, ", "), "values": strings.Join(fresh, ", ")})
}

// changed are the ids whose canonical id the dump changes.
func (p *dumpPlan) changed() string {
	if p.moved {
		return p.place.meta("moved")
	}
	return "(SELECT CAST(NULL AS BIGINT) AS old_id, CAST(NULL AS BIGINT) AS new_id WHERE false)"
}

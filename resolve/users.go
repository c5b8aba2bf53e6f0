package resolve

import (
	"context"
	"fmt"
	"strings"

	"smew/duck"
	"smew/sql"
)

// Users merges the records of users (R9) into smew.people, one row a person:
// of the people whom the dump or a changed mapping touches, or of all, as also where most are
// touched. columns are the physical columns beside the built-in ones; both relations have them.
func Users(ctx context.Context, tx *duck.Tx, relation string, columns []string, dump int64, all bool) error {
	held := duck.Names{"relation": duck.Quote(relation)}
	if !all {
		if _, err := tx.Exec(ctx, duck.Fill(sql.UsersTouched, held), dump); err != nil {
			return fmt.Errorf("find touched users: %w", err)
		}
		if _, err := tx.Row(ctx, sql.UsersMost, nil, &all); err != nil {
			return fmt.Errorf("count touched users: %w", err)
		}
	}
	records, statements := "touched_records", []string{duck.Fill(sql.UsersTouchedRecords, held), sql.UsersForget}
	if all {
		records, statements = "smew."+held["relation"], []string{sql.UsersForgetAll}
	}
	return run(ctx, tx, append(statements, merge(relation, records, "smew.people", columns)...))
}

// Afresh merges everybody into the temporary table people, which is empty and has the columns of
// smew.people: what Users must have come to.
func Afresh(ctx context.Context, tx *duck.Tx, relation, people string, columns []string) error {
	return run(ctx, tx, merge(relation, "smew."+duck.Quote(relation), duck.Quote(people), columns))
}

// merge are the statements that merge the people whose records are given, quoted, into people; the
// records of nobody are relation's.
func merge(relation, records, people string, columns []string) []string {
	var names, values strings.Builder
	for _, c := range columns {
		fmt.Fprintf(&names, ", %s", duck.Quote(c))
		fmt.Fprintf(&values, ", arg_min(%s, modified)", duck.Quote(c))
	}
	return []string{
		duck.Fill(sql.UsersMerge, duck.Names{"records": records, "people": people, "columns": names.String(), "values": values.String()}),
		duck.Fill(sql.UsersKeepNobody, duck.Names{"relation": duck.Quote(relation), "people": people, "columns": names.String()}),
	}
}

func run(ctx context.Context, tx *duck.Tx, statements []string) error {
	for _, statement := range statements {
		if _, err := tx.Exec(ctx, statement); err != nil {
			return fmt.Errorf("merge users: %w", err)
		}
	}
	return nil
}

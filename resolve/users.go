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
	var names, values strings.Builder
	for _, c := range columns {
		fmt.Fprintf(&names, ", %s", duck.Quote(c))
		fmt.Fprintf(&values, ", arg_min(%s, modified)", duck.Quote(c))
	}
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
	statements = append(statements,
		duck.Fill(sql.UsersMerge, duck.Names{"records": records, "columns": names.String(), "values": values.String()}),
		duck.Fill(sql.UsersKeepNobody, duck.Names{"relation": held["relation"], "columns": names.String()}))
	for _, statement := range statements {
		if _, err := tx.Exec(ctx, statement); err != nil {
			return fmt.Errorf("merge users: %w", err)
		}
	}
	return nil
}

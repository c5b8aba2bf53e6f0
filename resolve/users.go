package resolve

import (
	"context"
	"fmt"
	"strings"

	"smew/duck"
	"smew/sql"
)

// Users merges the records of users (R9) into smew.people, one row a person:
// of the people whom the dump or a changed mapping touches, or of all. columns are
// the physical columns beside the built-in ones; both relations have them.
func Users(ctx context.Context, tx *duck.Tx, relation string, columns []string, dump int64, all bool) error {
	held := duck.Names{"relation": duck.Quote(relation)}
	touched, args := duck.Fill(sql.UsersTouched, held), []any{dump}
	if all {
		touched, args = duck.Fill(sql.UsersTouchedAll, held), nil
	}
	var names, values strings.Builder
	for _, c := range columns {
		fmt.Fprintf(&names, ", %s", duck.Quote(c))
		fmt.Fprintf(&values, ", arg_min(%s, modified)", duck.Quote(c))
	}
	merge := duck.Fill(sql.UsersMerge, duck.Names{"relation": held["relation"], "columns": names.String(), "values": values.String()})
	nobody := duck.Fill(sql.UsersKeepNobody, duck.Names{"relation": held["relation"], "columns": names.String()})
	if _, err := tx.Exec(ctx, touched, args...); err != nil {
		return fmt.Errorf("merge users: %w", err)
	}
	for _, statement := range []string{sql.UsersForget, merge, nobody} {
		if _, err := tx.Exec(ctx, statement); err != nil {
			return fmt.Errorf("merge users: %w", err)
		}
	}
	return nil
}

package export

import (
	"context"
	"fmt"

	"smew/duck"
	"smew/sql"
)

// Prepare makes the tables of exports in a fresh database, for Carry, if the one that it is to replace has any.
func Prepare(ctx context.Context, from, to *duck.Tx) error {
	if ok, err := there(ctx, from); err != nil || !ok {
		return err
	}
	return do(ctx, to, "make the tables of exports", sql.ExportSchema)
}

// Carry takes what exports remember over into another database, which is attached to tx's under the name into, and has
// been prepared: what was sent, the runs and their files, and what a run that did not come to its end has still to send, so
// that the next run goes on as if nothing had happened.
func Carry(ctx context.Context, tx *duck.Tx, into string) error {
	if ok, err := there(ctx, tx); err != nil || !ok {
		return err
	}
	carry := func(statement, table string) error {
		return do(ctx, tx, "take over what exports remember", duck.Fill(statement, duck.Names{"into": duck.Quote(into), "table": duck.Quote(table)}))
	}
	for _, table := range []string{"export_syncs", "export_runs", "export_files"} {
		if err := carry(sql.ExportCarry, table); err != nil {
			return err
		}
	}
	var states []string
	err := tx.Each(ctx, sql.ExportStates, nil, func(scan func(...any) error) error {
		var name string
		err := scan(&name)
		states = append(states, name)
		return err
	})
	if err != nil {
		return fmt.Errorf("list what was sent: %w", err)
	}
	for _, table := range states {
		if err := carry(sql.ExportCarryState, table); err != nil {
			return err
		}
	}
	return nil
}

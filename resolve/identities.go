// Package resolve gives every delivered id its canonical id, and every person
// one row of users.
package resolve

import (
	"context"
	"fmt"

	"smew/duck"
	"smew/sql"
)

// Unchanged readies a transaction whose dump brings no mapping. Either Unchanged
// or Identities runs before anything else here.
func Unchanged(ctx context.Context, tx *duck.Tx) error {
	if _, err := tx.Exec(ctx, sql.ResolveUnchanged); err != nil {
		return fmt.Errorf("begin resolution: %w", err)
	}
	return nil
}

// Identities works out the canonical id of every mapped id from the rows of
// user_migrations held in relation (R8): chains are followed to their end, a ring
// stands for its least id. It returns how many ids have another canonical id than
// before; Apply carries those to the rows of a table.
//
// Of ids whose first step is the one that is kept, only those are gone through that shared a canonical id
// with one whose step is not: the cost is that of comparing two lists, and of what differs. With all, or
// where the steps are not known, it goes through all of them. The way is doubled each round, so a chain of n mappings takes log n statements.
func Identities(ctx context.Context, tx *duck.Tx, relation string, all bool) (changed int64, err error) {
	fail := func(err error) (int64, error) { return 0, fmt.Errorf("resolve identities: %w", err) }
	held := duck.Names{"relation": duck.Quote(relation)}
	if all {
		if _, err := tx.Exec(ctx, sql.ResolveAfresh); err != nil {
			return fail(err)
		}
	}
	for _, statement := range []string{
		duck.Fill(sql.ResolveDiffering, held), duck.Fill(sql.ResolveRows, held), sql.ResolveRepeated, sql.ResolveKept, sql.ResolveMapping,
		sql.ResolveFirstStep, sql.ResolveSettled, sql.ResolveStart,
	} {
		if _, err := tx.Exec(ctx, statement); err != nil {
			return fail(err)
		}
	}
	if err := walk(ctx, tx); err != nil {
		return fail(err)
	}
	for _, statement := range []string{
		sql.ResolveSettle, sql.ResolveRings, sql.ResolveChanged, sql.ResolveRewritten, sql.ResolveForget, sql.ResolveKeep,
	} {
		if _, err := tx.Exec(ctx, statement); err != nil {
			return fail(err)
		}
	}
	if _, err := tx.Row(ctx, "SELECT count(*) FROM changed_identities", nil, &changed); err != nil {
		return fail(err)
	}
	return changed, nil
}

// walk follows all chains at once, until everyone stands at somebody settled. Whoever does not
// after more steps than there are walkers is on a ring, or on the way into one.
func walk(ctx context.Context, tx *duck.Tx) error {
	var walkers int64
	for steps := int64(1); ; steps *= 2 {
		var moved int64
		if _, err := tx.Row(ctx, sql.ResolveMoved, nil, &moved); err != nil {
			return err
		}
		if steps == 1 {
			walkers = moved
		}
		if moved == 0 || steps > walkers {
			return nil
		}
		if _, err := tx.Exec(ctx, sql.ResolveDouble); err != nil {
			return err
		}
	}
}

// Apply carries changed canonical ids to a table's rows of other dumps; the dump's own have them.
func Apply(ctx context.Context, tx *duck.Tx, relation string, dump int64) error {
	_, err := tx.Exec(ctx, duck.Fill(sql.ResolveApply, duck.Names{"relation": duck.Quote(relation)}), dump)
	if err != nil {
		return fmt.Errorf("apply changed identities to %s: %w", relation, err)
	}
	return nil
}

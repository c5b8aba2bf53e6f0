// Package dedupe leaves one row per key: first per delivered key, where the
// older rows are removed, then per resolved key, where they are hidden (R7).
package dedupe

import (
	"context"
	"fmt"

	"smew/duck"
	"smew/sql"
)

// Supersede removes, among rows of one delivered key, all but the newest. Only
// keys that the dump's rows touch are looked at. It returns how many rows went.
func Supersede(ctx context.Context, tx *duck.Tx, relation string, key []string, dump int64) (int64, error) {
	n, err := tx.Exec(ctx, duck.Fill(sql.DedupeSupersede, duck.Names{"relation": duck.Quote(relation), "key": duck.List(key)}), dump)
	if err != nil {
		return 0, fmt.Errorf("remove superseded rows of %s: %w", relation, err)
	}
	return n, nil
}

// Hide marks, among rows of one resolved key (id and the canonical id of the user),
// all but the newest. Only ids that the dump or a changed mapping touches are looked at.
func Hide(ctx context.Context, tx *duck.Tx, relation, id string, dump int64) error {
	_, err := tx.Exec(ctx, duck.Fill(sql.DedupeHide, duck.Names{"relation": duck.Quote(relation), "id": duck.Quote(id)}), dump)
	if err != nil {
		return fmt.Errorf("hide duplicate rows of %s: %w", relation, err)
	}
	return nil
}

package erase

import (
	"context"
	"fmt"
	"time"

	"smew/duck"
	"smew/sql"
)

// dueSetting says that rows were removed and the file is to be rewritten.
const dueSetting = "rewrite_due"

func setting(ctx context.Context, tx *duck.Tx, name string) (value string, err error) {
	if _, err := tx.Row(ctx, sql.LedgerSetting, []any{name}, &value); err != nil {
		return "", fmt.Errorf("read setting %s: %w", name, err)
	}
	return value, nil
}

func keepSetting(ctx context.Context, tx *duck.Tx, name, value string) error {
	if err := exec(ctx, tx, "forget setting "+name, sql.LedgerForgetSetting, name); err != nil {
		return err
	}
	return exec(ctx, tx, "keep setting "+name, sql.LedgerKeepSetting, name, value)
}

// Due says whether rows of an erased person were removed since the file was last rewritten: blocks that are
// free now may hold copies.
func Due(ctx context.Context, tx *duck.Tx) (bool, error) {
	value, err := setting(ctx, tx, dueSetting)
	return value != "", err
}

// Rewritten notes that the file was rewritten. A crash before it costs one more time.
func Rewritten(ctx context.Context, tx *duck.Tx) error {
	return exec(ctx, tx, "note that the file was rewritten", sql.LedgerForgetSetting, dueSetting)
}

// Status tells how much was erased.
type Status struct {
	IDs    int64 `json:"ids"`
	People int64 `json:"people"`
	Rows   int64 `json:"rows"`        // removed, or kept out since
	Due    bool  `json:"rewrite_due"` // see the function Due
}

// ReadStatus reads how much was erased. The ledger has to be one that knows of erasing.
func ReadStatus(ctx context.Context, tx *duck.Tx) (s Status, err error) {
	if _, err := tx.Row(ctx, sql.EraseStatus, nil, &s.IDs, &s.People, &s.Rows); err != nil {
		return s, fmt.Errorf("read what was erased: %w", err)
	}
	s.Due, err = Due(ctx, tx)
	return s, err
}

// Carry makes a fresh database remember whom another one has erased. It runs before anything is loaded.
func Carry(ctx context.Context, from, to *duck.Tx) error {
	salt, err := setting(ctx, from, saltSetting)
	if err != nil || salt == "" {
		return err
	}
	if err := keepSetting(ctx, to, saltSetting, salt); err != nil {
		return err
	}
	const keeping = "keep whom another database erased"
	var hash string
	var erasure int64
	var at time.Time
	err = from.Each(ctx, sql.EraseCopy, nil, func(scan func(...any) error) error {
		if err := scan(&hash, &erasure, &at); err != nil {
			return err
		}
		return exec(ctx, to, keeping, sql.EraseKeepCopy, hash, erasure, at)
	})
	if err != nil {
		return err
	}
	return from.Each(ctx, sql.EraseCopyNames, nil, func(scan func(...any) error) error {
		if err := scan(&hash, &at); err != nil {
			return err
		}
		return exec(ctx, to, keeping, sql.EraseKeepNames, hash, at)
	})
}

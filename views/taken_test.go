package views_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"smew/duck"
	"smew/sql"
	"smew/views"
)

// A view (or table) that people made under a name of the feed's is never replaced.
func TestForeignTableStays(t *testing.T) {
	ctx := context.Background()
	db, err := duck.Open(ctx, filepath.Join(t.TempDir(), "x.duckdb"), duck.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, statement := range []string{sql.LedgerSchema, sql.LedgerMacros, "CREATE VIEW main.ALL_events AS SELECT 42 AS mine"} {
		if err := db.Update(ctx, func(tx *duck.Tx) error { _, err := tx.Exec(ctx, statement); return err }); err != nil {
			t.Fatal(err)
		}
	}
	err = db.Update(ctx, func(tx *duck.Tx) error { return views.Apply(ctx, tx, views.Render(nil, views.Settings{})) })
	var taken *views.TakenError
	if !errors.As(err, &taken) || taken.Name != "all_events" {
		t.Fatalf("got %v, want a TakenError of all_events", err)
	}
	var mine int
	err = db.View(ctx, func(tx *duck.Tx) error {
		_, err := tx.Row(ctx, "SELECT mine FROM main.all_events", nil, &mine)
		return err
	})
	if err != nil || mine != 42 {
		t.Fatalf("the table holds %d, %v", mine, err)
	}
}

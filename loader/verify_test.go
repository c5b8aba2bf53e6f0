package loader_test

import (
	"context"
	"errors"
	"os"
	"testing"

	"smew/bucket"
	"smew/duck"
	"smew/loader"
	"smew/verify"
)

// audited has the database verified against its feed, parts included, whatever a load left of it: what is
// loaded is loaded whole, and adds up. There may be no database, or nothing in it.
func audited(t *testing.T, b bucket.Bucket, path string) {
	t.Helper()
	ctx := context.Background()
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return
	}
	db, err := duck.Open(ctx, path, duck.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.View(ctx, func(tx *duck.Tx) error { return loader.Current(ctx, tx) })
	if errors.Is(err, loader.ErrNoLedger) {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	r, err := verify.Run(ctx, db, verify.Feed{Bucket: b}, verify.Options{Deep: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range r.Differences {
		t.Errorf("verify: %s: %v", d.Check, d)
	}
}

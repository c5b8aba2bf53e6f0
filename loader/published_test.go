package loader

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"smew/duck"
)

// A copy is known again by its feed, or by its manifests if the feed moved; nothing else is to be replaced.
func TestCheckPublish(t *testing.T) {
	t.Parallel()
	ctx, dir := context.Background(), t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	made := func(name, feed string, manifests ...string) string {
		db, err := duck.Open(ctx, at(name), duck.Options{})
		if err != nil {
			t.Fatal(err)
		}
		err = db.Update(ctx, func(tx *duck.Tx) error {
			if feed == "" {
				return nil
			}
			if err := Migrate(ctx, tx); err != nil {
				return err
			}
			if err := keepSetting(ctx, tx, "feed", feed); err != nil {
				return err
			}
			for _, key := range manifests {
				if _, err := tx.Exec(ctx, "INSERT INTO smew.manifests VALUES ($1, 'etag', 1)", key); err != nil {
					return err
				}
			}
			return nil
		})
		if err := errors.Join(err, db.Close(), os.Chmod(at(name), 0o400)); err != nil {
			t.Fatal(err)
		}
		return at(name)
	}
	db := made("shop.duckdb", "s3://shop", "sync_1", "sync_2")
	for _, test := range []struct {
		name, target string
		refused      bool
	}{
		{"nothing", at("none.duckdb"), false},
		{"the same feed, before its first dump", made("early.duckdb", "s3://shop"), false},
		{"the feed before it moved", made("moved.duckdb", "s3://old", "sync_1"), false},
		{"another feed", made("other.duckdb", "s3://other", "sync_3"), true},
		{"another feed, before its first dump", made("fresh.duckdb", "s3://other"), true},
		{"not smew's", made("foreign.duckdb", ""), true},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := CheckPublish(ctx, db, test.target, duck.Options{})
			var target *duck.TargetError
			if errors.As(err, &target) != test.refused || !test.refused && err != nil {
				t.Errorf("got %v", err)
			}
		})
	}
}

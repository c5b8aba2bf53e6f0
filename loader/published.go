package loader

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"smew/duck"
	"smew/sql"
)

// CheckPublish tells whether a copy of the database at path may be published to target: there is nothing, or
// an earlier copy of this database. What duck.CheckTarget refuses, and a database of another feed, gives an error
// with a hint. Neither may be open in this process for writing.
func CheckPublish(ctx context.Context, path, target string, o duck.Options) error {
	if err := duck.CheckTarget(path, target); err != nil {
		return err
	}
	if _, err := os.Stat(target); errors.Is(err, fs.ErrNotExist) || duck.Published(path, target) {
		return nil
	}
	own, err := readOrigin(ctx, path, o)
	if err != nil {
		return err
	}
	o.Apart = true
	there, err := readOrigin(ctx, target, o)
	if errors.Is(err, ErrNoLedger) {
		return &duck.TargetError{Path: target, Reason: "the database there is not one of smew's"}
	}
	if err != nil {
		return fmt.Errorf("look whether %s is a published copy: %w", target, err)
	}
	if !own.shares(there) {
		return &duck.TargetError{Path: target, Reason: fmt.Sprintf("the database there is of another feed, %s", there.feed)}
	}
	return nil
}

// origin is what tells databases of different feeds apart. A feed that moved keeps its manifests.
type origin struct {
	feed      string
	manifests map[objectID]bool
}

func (o origin) shares(other origin) bool {
	if o.feed == other.feed {
		return true
	}
	for id := range other.manifests {
		if o.manifests[id] {
			return true
		}
	}
	return false
}

func readOrigin(ctx context.Context, path string, o duck.Options) (found origin, err error) {
	o.ReadOnly = true
	db, err := duck.Open(ctx, path, o)
	if err != nil {
		return found, err
	}
	err = db.View(ctx, func(tx *duck.Tx) error {
		version, err := versionOf(ctx, tx)
		if err == nil && version == 0 {
			err = ErrNoLedger
		}
		if err != nil {
			return err
		}
		if found.feed, err = setting(ctx, tx, "feed"); err != nil {
			return err
		}
		found.manifests, err = readObjects(ctx, tx, sql.LedgerManifests)
		return err
	})
	return found, errors.Join(err, db.Close())
}

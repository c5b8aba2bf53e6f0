package spark

import (
	"context"
	"slices"

	"smew/sql"
)

// wipe has no file left that holds removed rows: files are written anew that have deleted rows in them, and of all tables only the snapshots
// stay that the head names. It may be done again.
func (l *load) wipe(ctx context.Context) error {
	if !l.head.state.Unwiped {
		return nil
	}
	if _, err := l.rewrite(ctx, sql.SparkEraseRewrite, sql.SparkEraseManifests, sql.SparkEraseNothing); err != nil {
		return err
	}
	if _, err := l.expire(ctx, Maintenance{Versions: -1, Age: -ahead}); err != nil {
		return err
	}
	if err := l.wipeWork(ctx); err != nil {
		return err
	}
	s := l.head.state.clone()
	s.Unwiped = false
	head, err := l.commit(ctx, l.head, s, -1, nil)
	l.head = head
	return err
}

// wipeWork wipes the tables that readers do not see. The head's own is among them: it had the ids.
func (l *load) wipeWork(ctx context.Context) error {
	for _, name := range []string{"walk", "moved"} { // they are of use within a dump only
		if err := l.run(ctx, "empty "+name, sql.Fill(sql.SparkEraseRemove, sql.Names{"table": l.place.meta(name), "theirs": "true"})); err != nil {
			return err
		}
	}
	for _, name := range l.backstage() {
		if err := l.renew(ctx); err != nil {
			return err
		}
		var statements []string
		for _, statement := range []string{sql.SparkEraseRewrite, sql.SparkEraseManifests, sql.SparkEraseNothing} {
			statements = append(statements, l.place.upon(name, statement))
		}
		if err := l.run(ctx, "wipe "+name, append(statements, l.expiry(name, -ahead))...); err != nil {
			return err
		}
	}
	return nil
}

// backstage are the tables that readers do not see.
func (l *load) backstage() []string {
	all := []string{"meta.head", "meta.lock", "meta.moved", "meta.quarantine", "meta.walk"}
	for _, t := range l.stored() {
		all = append(all, "raw."+Quote(t.Stored))
	}
	slices.Sort(all)
	return all
}

package produce

import (
	"context"
	"errors"
	"io/fs"

	"smew/bucket"
	"smew/duck"
	"smew/feed"
	"smew/sql"
)

// stateName is what the attached state is called: nothing that a database file would be.
const stateName = "smew state"

// state is what was delivered to one feed.
type state struct{ feed string }

// delivered is a dump that a state knows; the zero value is none.
type delivered struct{ key, digest string }

// exists reports whether the dump has its manifest, and not another one.
func (d delivered) exists(ctx context.Context, b bucket.Bucket) (bool, error) {
	if d.key == "" {
		return false, nil
	}
	object, err := bucket.Stat(ctx, b, d.key)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	text, err := bucket.ReadAll(ctx, b, object, manifestLimit)
	if err != nil {
		return false, err
	}
	m, err := feed.ParseManifest(text)
	return err == nil && m.Digest() == d.digest, nil
}

// fill puts the state's name, and others, into a statement.
func (s state) fill(statement string, names duck.Names) string {
	all := duck.Names{"state": duck.Quote(stateName)}
	for key, name := range names {
		all[key] = name
	}
	return duck.Fill(statement, all)
}

func (s state) create(ctx context.Context, tx *duck.Tx) error {
	_, err := tx.Exec(ctx, s.fill(sql.ProduceSchema, nil))
	return err
}

// dump returns the feed's dump on one side, pending or delivered.
func (s state) dump(ctx context.Context, tx *duck.Tx, side string) (delivered, error) {
	var d delivered
	_, err := tx.Row(ctx, s.fill(sql.ProduceDump, duck.Names{"side": side}), []any{s.feed}, &d.key, &d.digest)
	return d, err
}

// columns returns the columns of each table that was delivered.
func (s state) columns(ctx context.Context, tx *duck.Tx) (map[string][]string, error) {
	all := map[string][]string{}
	err := tx.Each(ctx, s.fill(sql.ProduceTables, nil), []any{s.feed}, func(scan func(...any) error) error {
		var table, column string
		if err := scan(&table, &column); err != nil {
			return err
		}
		all[table] = append(all[table], column)
		return nil
	})
	return all, err
}

// pend notes which manifest will say that what is pending was delivered.
func (s state) pend(ctx context.Context, tx *duck.Tx, key, digest string) error {
	_, err := tx.Exec(ctx, s.fill(sql.ProducePendDump, nil), s.feed, key, digest)
	return err
}

var stateRelations = []string{"dumps", "tables", "keys"}

// deliver makes what is pending delivered.
func (s state) deliver(ctx context.Context, tx *duck.Tx) error {
	steps := []string{
		s.fill(sql.ProduceForgetReplaced, nil),
		s.fill(sql.ProduceForgetKeys, nil),
		s.fill(sql.ProduceForgetTables, nil),
		s.fill(sql.ProduceForget, duck.Names{"side": "delivered", "relation": "dumps"}),
	}
	for _, relation := range stateRelations {
		steps = append(steps, s.fill(sql.ProduceDeliver, duck.Names{"relation": relation}))
	}
	for _, step := range steps {
		if _, err := tx.Exec(ctx, step, s.feed); err != nil {
			return err
		}
	}
	return s.forget(ctx, tx, "pending")
}

// forget empties one side.
func (s state) forget(ctx context.Context, tx *duck.Tx, side string) error {
	for _, relation := range stateRelations {
		if _, err := tx.Exec(ctx, s.fill(sql.ProduceForget, duck.Names{"side": side, "relation": relation}), s.feed); err != nil {
			return err
		}
	}
	return nil
}

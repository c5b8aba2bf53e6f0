package loader

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"smew/duck"
	"smew/plan"
	"smew/sql"
)

// choiceSetting is where the database remembers which tables are wanted.
const choiceSetting = "tables"

func readChoice(ctx context.Context, tx *duck.Tx) (c plan.Choice, err error) {
	text, err := setting(ctx, tx, choiceSetting)
	if err != nil || text == "" {
		return c, err
	}
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		return c, fmt.Errorf("read setting %s: %w", choiceSetting, err)
	}
	return c, nil
}

// keepChoice writes the choice if it is another than the database remembers.
func keepChoice(ctx context.Context, tx *duck.Tx, c plan.Choice) error {
	kept, err := readChoice(ctx, tx)
	if err != nil || kept.Equal(c) {
		return err
	}
	text, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("encode setting %s: %w", choiceSetting, err)
	}
	return keepSetting(ctx, tx, choiceSetting, string(text))
}

// rechooses says that the run is given another choice of tables than the database remembers.
func (r *run) rechooses() bool {
	return r.config.Choice != nil && !r.config.Choice.Equal(r.known.ledger.Choice)
}

// choose makes the choice of tables that the run is given the database's. Those of the loaded dumps' tables that
// are wanted now and were not are read from all dumps whose rows count; those that are not wanted any more go. All of
// that is one transaction: where a part is gone from the bucket, the error names it, and the choice is what it was.
func (r *run) choose(ctx context.Context) (err error) {
	if !r.rechooses() {
		return nil
	}
	choice := *r.config.Choice
	if err := choice.Check(); err != nil {
		return err
	}
	if len(r.known.ledger.Dumps) > 0 {
		if err := choice.Leaves(r.named); err != nil {
			return err
		}
	}
	before := r.known.ledger.Choice
	r.known.ledger.Choice = choice
	if r.config.DryRun || len(r.known.ledger.Dumps) == 0 {
		return nil // open keeps it
	}
	if err := r.begin(ctx, r.known.widest, func(*duck.Tx) error { return nil }); err != nil {
		return err
	}
	err = r.rechoose(ctx, before, choice)
	if err := errors.Join(err, r.loader.DB.Close()); err != nil {
		return err
	}
	return r.look(ctx)
}

// checkChoice refuses a choice that the waiting dumps of an empty database show to be a mistake.
func (r *run) checkChoice() error {
	if r.config.Choice == nil || len(r.known.ledger.Dumps) > 0 || len(r.plan.Dumps) == 0 {
		return nil
	}
	return r.config.Choice.LeavesOf(r.plan.Dumps)
}

// rechoose reads and removes what the change of the choice calls for.
func (r *run) rechoose(ctx context.Context, before, after plan.Choice) error {
	p := reloadPlan{dump: plan.Dump{ID: -1}}
	err := r.loader.DB.View(ctx, func(tx *duck.Tx) error {
		names, err := namedByAny(ctx, tx)
		if err != nil {
			return err
		}
		var changed []string
		for _, name := range names {
			if before.Has(name) != after.Has(name) {
				changed = append(changed, name)
			}
		}
		return p.addTables(ctx, tx, changed, after)
	})
	if err != nil {
		return err
	}
	flow := newFlow(ctx, r.feed.Bucket, p.wants, r.config.Stage)
	defer flow.close()
	nothing := func(*load) error { return nil }
	rec, err := r.loader.again(ctx, p, flow, func(in *load) error { return keepChoice(ctx, in.tx, after) }, nothing)
	if err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return fmt.Errorf("change the choice of tables: %w", err)
	}
	r.summary.Chosen = rec.Tables
	r.summary.Warnings = append(r.summary.Warnings, rec.Warnings...)
	return nil
}

// namedByAny are the tables that loaded dumps name, in the order of their names.
func namedByAny(ctx context.Context, tx *duck.Tx) (names []string, err error) {
	err = tx.Each(ctx, sql.ReloadAllNames, nil, func(scan func(...any) error) error {
		var name string
		err := scan(&name)
		names = append(names, name)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read tables of loaded dumps: %w", err)
	}
	return names, nil
}

package loader

import (
	"context"
	"fmt"

	"smew/define"
	"smew/duck"
	"smew/manifests"
	"smew/plan"
	"smew/sql"
	"smew/views"
)

// Definitions is a dump's definitions file as it was found; the zero value is none.
type Definitions = manifests.Definitions

// fault is why the file counts for nothing (R14); nil: it counts.
func fault(d Definitions) error {
	if d.Key == "" || d.Problem != nil {
		return d.Problem
	}
	_, err := define.Parse(d.Body)
	return err
}

// keepDefinitions keeps the dump's file, whatever is in it.
func (in *load) keepDefinitions(ctx context.Context, defs Definitions) error {
	if defs.Key == "" {
		return nil
	}
	var body, problem any
	if defs.Problem == nil {
		body = string(defs.Body)
	}
	if err := fault(defs); err != nil {
		problem = err.Error()
		in.warnings = append(in.warnings, fmt.Sprintf("dump %d: property definitions %s: %v", in.dump.ID, defs.Key, err))
	}
	if _, err := in.tx.Exec(ctx, sql.LedgerKeepDefinitions, in.dump.ID, defs.Key, body, problem); err != nil {
		return fmt.Errorf("keep definitions: %w", err)
	}
	return nil
}

// judgeDefinitions notes what is wrong with files that an older smew kept unread.
func judgeDefinitions(ctx context.Context, tx *duck.Tx) error {
	faults := map[int64]error{}
	err := tx.Each(ctx, sql.LedgerDefinitions, nil, func(scan func(...any) error) error {
		var dump int64
		var body []byte
		if err := scan(&dump, &body); err != nil {
			return err
		}
		if _, err := define.Parse(body); err != nil {
			faults[dump] = err
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("read definitions: %w", err)
	}
	for dump, fault := range faults {
		if _, err := tx.Exec(ctx, sql.LedgerFaultDefinitions, dump, fault.Error()); err != nil {
			return fmt.Errorf("keep what is wrong with definitions: %w", err)
		}
	}
	return nil
}

// define makes the definitions that the run is given, if any, those in force: no row is touched.
func (r *run) define(ctx context.Context) error {
	given := r.config.Definitions
	if given == nil || *given == r.known.given {
		return nil
	}
	if *given != "" {
		if _, err := define.Parse([]byte(*given)); err != nil {
			return fmt.Errorf("read the definitions that were given: %w", err)
		}
	}
	r.known.given = *given
	if r.config.DryRun || len(r.known.ledger.Dumps) == 0 {
		return nil // open keeps them
	}
	err := r.begin(ctx, r.known.widest, func(tx *duck.Tx) (err error) {
		if err := keepGiven(ctx, tx, *given); err != nil {
			return err
		}
		in := &load{Loader: r.loader, tx: tx, dump: plan.Dump{ID: -1}}
		if in.schema, err = readSchema(ctx, tx); err != nil {
			return err
		}
		if err := in.show(ctx); err != nil {
			return err
		}
		r.summary.Warnings = append(r.summary.Warnings, in.warnings...)
		return nil
	})
	if err != nil {
		return err
	}
	return r.loader.DB.Close()
}

// keepGiven writes the given definitions if they are others than the database remembers.
func keepGiven(ctx context.Context, tx *duck.Tx, given string) error {
	kept, err := setting(ctx, tx, views.GivenDefinitions)
	if err != nil || kept == given {
		return err
	}
	if given == "" {
		_, err := tx.Exec(ctx, sql.LedgerForgetSetting, views.GivenDefinitions)
		return err
	}
	return keepSetting(ctx, tx, views.GivenDefinitions, given)
}

// show brings the views up to the tables and the definitions in force.
func (in *load) show(ctx context.Context) error {
	settings, err := views.ReadSettings(ctx, in.tx)
	if err != nil {
		return err
	}
	if _, err := in.tx.Exec(ctx, sql.LedgerCountDefinitions, settings.From, in.Now().UTC()); err != nil {
		return fmt.Errorf("note which definitions count: %w", err)
	}
	tables := in.schema.viewTables()
	if settings.From == in.dump.ID { // they are new, or were given just now
		for _, u := range views.Unknown(tables, settings) {
			in.warnings = append(in.warnings, define.Unknown(u.Table, u.Names))
		}
	}
	return views.Apply(ctx, in.tx, views.Render(tables, settings))
}

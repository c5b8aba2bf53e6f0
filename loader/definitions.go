package loader

import (
	"context"
	"fmt"
	"strings"

	"smew/define"
	"smew/duck"
	"smew/sql"
	"smew/views"
)

// Definitions is a dump's definitions file as it was found; the zero value is none.
type Definitions struct {
	Key     string
	Body    []byte
	Problem error // why there is no body
}

// fault is why the file counts for nothing (R14); nil: it counts.
func (d Definitions) fault() error {
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
	if err := defs.fault(); err != nil {
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
	if settings.From == in.dump.ID && !settings.Given {
		for _, u := range views.Unknown(tables, settings) {
			in.warnings = append(in.warnings, fmt.Sprintf("dump %d: property definitions: table %q has no %s, which is NULL there", in.dump.ID, u.Table, quoted(u.Names)))
		}
	}
	return views.Apply(ctx, in.tx, views.Render(tables, settings))
}

func quoted(names []string) string {
	texts := make([]string, len(names))
	for i, name := range names {
		texts[i] = fmt.Sprintf("%q", name)
	}
	return strings.Join(texts, ", ")
}

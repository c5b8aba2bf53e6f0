package views

import (
	"context"
	"fmt"

	"smew/define"
	"smew/duck"
	"smew/sql"
)

// Settings is what, besides the tables, says how the views look.
type Settings struct {
	Definitions *define.Definitions // that are in force (R14); nil: none
	From        int64               // the dump that brought them; -1: none did
	Given       bool                // they were given by hand, in place of the feed's

	types map[columnKey]string // that were given to columns of typed
}

// GivenDefinitions is the setting that holds a definitions file which counts in place of the feed's.
const GivenDefinitions = "definitions"

// ReadSettings reads what counts now: the definitions that were given, else those of the highest loaded dump
// whose file is in smew's format (R14).
func ReadSettings(ctx context.Context, tx *duck.Tx) (Settings, error) {
	s := Settings{From: -1, types: map[columnKey]string{}}
	err := tx.Each(ctx, sql.ViewsTypes, nil, func(scan func(...any) error) error {
		var key columnKey
		var typ string
		err := scan(&key.table, &key.column, &typ)
		s.types[key] = typ
		return err
	})
	if err != nil {
		return s, fmt.Errorf("read types of columns: %w", err)
	}
	var given string
	if _, err := tx.Row(ctx, sql.LedgerSetting, []any{GivenDefinitions}, &given); err != nil {
		return s, fmt.Errorf("read setting %s: %w", GivenDefinitions, err)
	}
	if given != "" {
		s.Given = true
		if s.Definitions, err = define.Parse([]byte(given)); err != nil {
			return s, fmt.Errorf("read setting %s: %w", GivenDefinitions, err)
		}
		return s, nil
	}
	var body string
	there, err := tx.Row(ctx, sql.ViewsDefinitions, nil, &s.From, &body)
	if err != nil || !there {
		s.From = -1
		return s, err
	}
	if s.Definitions, err = define.Parse([]byte(body)); err != nil {
		return s, fmt.Errorf("read definitions of dump %d: %w", s.From, err)
	}
	return s, nil
}

// Unknown names, for each table, what the definitions mention and it has not: that is NULL there.
func Unknown(tables []Table, s Settings) (all []UnknownNames) {
	for _, t := range named(tables, s) {
		_, names := define.Compile(t.on, t.compiled(t.columns), dialect{})
		if len(names) > 0 {
			all = append(all, UnknownNames{t.Name, names})
		}
	}
	return all
}

// UnknownNames are names that are no column and no property of a table.
type UnknownNames struct {
	Table string
	Names []string
}

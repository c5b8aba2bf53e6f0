package loader

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"smew/duck"
	"smew/plan"
	"smew/sql"
	"smew/views"
)

// TypeError says why a column cannot be given a type.
type TypeError struct {
	Name  string   // as asked for
	Known []string // what there is: types, or columns of that name; empty: none
}

func (e *TypeError) Error() string {
	switch {
	case slices.Contains(e.Known, views.Text):
		return fmt.Sprintf("there is no type %s: there are %s", e.Name, strings.Join(e.Known, ", "))
	case len(e.Known) > 0:
		return fmt.Sprintf("%s is ambiguous: %s", e.Name, strings.Join(e.Known, " or "))
	}
	return fmt.Sprintf("there is no column %s that could have a type", e.Name)
}

// Hint says what the user can do about it.
func (e *TypeError) Hint() string {
	switch {
	case slices.Contains(e.Known, views.Text):
		return "smew type TABLE.COLUMN " + views.Text + " takes a type back; for others cast in the query"
	case len(e.Known) > 0:
		return "write it as one of them"
	}
	return "write TABLE.COLUMN as main has them; ids are BIGINT and events' and sessions' times TIMESTAMP, and stay so"
}

// SetType gives a column of schema typed a type, one of views.Types; views.Text takes it back. The column is named as
// main shows it, TABLE.COLUMN, and remembered by its name as delivered. No row is touched.
func SetType(ctx context.Context, db *duck.DB, now time.Time, column, typ string) error {
	typ = strings.ToUpper(typ)
	if !slices.Contains(views.Types(), typ) {
		return &TypeError{Name: typ, Known: views.Types()}
	}
	l := &Loader{DB: db, Now: func() time.Time { return now }}
	return db.Update(ctx, func(tx *duck.Tx) error {
		if err := Current(ctx, tx); err != nil {
			return err
		}
		in := &load{Loader: l, tx: tx, dump: plan.Dump{ID: -1}}
		var err error
		if in.schema, err = readSchema(ctx, tx); err != nil {
			return err
		}
		settings, err := views.ReadSettings(ctx, tx)
		if err != nil {
			return err
		}
		var found []views.TypedColumn
		for _, c := range views.TypedColumns(in.schema.viewTables(), settings) {
			if !c.Fixed && strings.EqualFold(c.Shown(), column) {
				found = append(found, c)
			}
		}
		if len(found) != 1 {
			e := &TypeError{Name: column}
			for _, c := range found {
				e.Known = append(e.Known, c.Shown())
			}
			return e
		}
		c := found[0]
		if _, err := tx.Exec(ctx, sql.LedgerForgetType, c.Table, c.Column); err != nil {
			return fmt.Errorf("forget type of %s: %w", column, err)
		}
		if _, err := tx.Exec(ctx, sql.LedgerKeepType, c.Table, c.Column, typ); err != nil {
			return fmt.Errorf("keep type of %s: %w", column, err)
		}
		return in.show(ctx)
	})
}

// Misfits counts the values of a column that do not fit the type it has in typed, and are NULL there.
type Misfits struct {
	Column  string  `json:"column"` // TABLE.COLUMN as main shows it
	Type    string  `json:"type"`
	Values  int64   `json:"misfits"`
	Example *string `json:"example"` // one of them
}

// ReadTypes lists the columns that typed makes something else of than texts and ids, and counts the values that do not
// fit: it reads these columns whole.
func ReadTypes(ctx context.Context, tx *duck.Tx) ([]Misfits, error) {
	if err := Current(ctx, tx); err != nil {
		return nil, err
	}
	s, err := readSchema(ctx, tx)
	if err != nil {
		return nil, err
	}
	settings, err := views.ReadSettings(ctx, tx)
	if err != nil {
		return nil, err
	}
	all := []Misfits{}
	for _, c := range views.TypedColumns(s.viewTables(), settings) {
		if c.ID || c.Type == views.Text {
			continue
		}
		m := Misfits{Column: c.Shown(), Type: c.Type}
		if _, err := tx.Row(ctx, c.Misfits(), nil, &m.Values, &m.Example); err != nil {
			return nil, fmt.Errorf("count values of %s that do not fit: %w", m.Column, err)
		}
		all = append(all, m)
	}
	return all, nil
}

// typeRow is a type as the ledger keeps it.
type typeRow struct{ table, column, typ string }

func readTypeRows(ctx context.Context, tx *duck.Tx) (all []typeRow, err error) {
	err = tx.Each(ctx, sql.ViewsTypes, nil, func(scan func(...any) error) error {
		var r typeRow
		err := scan(&r.table, &r.column, &r.typ)
		all = append(all, r)
		return err
	})
	return all, err
}

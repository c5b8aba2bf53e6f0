package verify

import (
	"context"
	"fmt"
	"strings"

	"smew/duck"
	"smew/sql"
	"smew/views"
)

// views holds the views that are there, and those that the ledger says are, against what the ledger's tables and
// columns call for. DuckDB keeps a view as it writes it itself, so each is held against one made anew.
func (a *audit) views(ctx context.Context, tx *duck.Tx) error {
	tables := make([]views.Table, len(a.ledger.tables))
	for i, t := range a.ledger.tables {
		if !t.there {
			return nil // no view of it can be made
		}
		tables[i] = views.Table{Name: t.name, Relation: t.relation, Columns: t.columns}
	}
	settings, err := views.ReadSettings(ctx, tx)
	if err != nil {
		return err
	}
	wanted := views.Render(tables, settings)
	if len(a.ledger.dumps) == 0 {
		wanted = nil
	}
	known, err := knownViews(ctx, tx)
	if err != nil {
		return err
	}
	for i, v := range wanted {
		name := duck.Quote(v.Schema) + "." + duck.Quote(v.Name)
		temp := strings.Replace(v.Statement, "VIEW "+name, "TEMP VIEW "+expected(i), 1)
		if _, err := tx.Exec(ctx, temp); err != nil {
			return fmt.Errorf("make view %s anew: %w", name, err)
		}
	}
	there, err := thereViews(ctx, tx)
	if err != nil {
		return err
	}
	for i, v := range wanted {
		id := [2]string{v.Schema, v.Name}
		should := strings.TrimPrefix(there[[2]string{"", expected(i)}], "CREATE TEMP VIEW "+expected(i))
		is, ok := there[id]
		text := ""
		switch {
		case !ok:
			text = "it is not there"
		case !strings.HasSuffix(bare(is), bare(should)):
			text = "it is not the view that smew makes"
		case known[id] != v.Statement:
			text = "the ledger keeps another text of it"
		}
		delete(known, id)
		if text != "" {
			a.viewDiffers(v.Schema, v.Name, text)
		}
	}
	for id := range known {
		a.viewDiffers(id[0], id[1], "the ledger keeps a view that no table calls for")
	}
	return nil
}

// bare is a statement without blanks and parentheses outside of quotes: DuckDB sets them differently around
// the parts of a UNION once it has stored it.
func bare(statement string) string {
	var quote rune
	return strings.Map(func(c rune) rune {
		switch {
		case quote == 0 && strings.ContainsRune(" \n()", c):
			return -1
		case quote == 0 && (c == '\'' || c == '"'):
			quote = c
		case c == quote: // a doubled one ends and begins again
			quote = 0
		}
		return c
	}, statement)
}

func (a *audit) viewDiffers(schema, name, text string) {
	a.differ(Difference{Check: WrongView, Text: fmt.Sprintf("view %s.%s: %s", duck.Quote(schema), duck.Quote(name), text)})
}

func expected(i int) string { return fmt.Sprintf("smew_expected_%d", i) }

// knownViews are the views' texts as the ledger has them.
func knownViews(ctx context.Context, tx *duck.Tx) (map[[2]string]string, error) {
	all := map[[2]string]string{}
	err := tx.Each(ctx, sql.ViewsKnown, nil, func(scan func(...any) error) error {
		var id [2]string
		var text string
		err := scan(&id[0], &id[1], &text)
		all[id] = text
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read known views: %w", err)
	}
	return all, nil
}

// thereViews are the views' texts as DuckDB has them; temporary ones have no schema.
func thereViews(ctx context.Context, tx *duck.Tx) (map[[2]string]string, error) {
	all := map[[2]string]string{}
	err := tx.Each(ctx, sql.VerifyViews, nil, func(scan func(...any) error) error {
		var schema, name, text string
		var temporary bool
		err := scan(&schema, &name, &temporary, &text)
		if temporary {
			schema = ""
		}
		all[[2]string{schema, name}] = text
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read views: %w", err)
	}
	return all, nil
}

package verify

import (
	"context"
	"fmt"

	"smew/duck"
	"smew/sql"
)

// keys holds the rows against R7: one of each delivered key is held, and the newest of each resolved
// key shows, alone.
func (a *audit) keys(ctx context.Context, tx *duck.Tx, t *table) error {
	for _, statement := range []string{sql.VerifyContested, sql.VerifyAges} {
		if _, err := tx.Exec(ctx, duck.Fill(statement, t.names("id", ""))); err != nil {
			return err
		}
	}
	var twice []found
	err := tx.Each(ctx, sql.VerifyDuplicates, nil, func(scan func(...any) error) error {
		var f found
		err := scan(&f.dump, &f.part, &f.rows, &f.row, &f.first, &f.second)
		twice = append(twice, f)
		return err
	})
	if err != nil {
		return err
	}
	for _, f := range twice {
		if err := a.differFound(ctx, tx, t, Duplicate, f, "a newer row of the same key is held"); err != nil {
			return err
		}
	}
	return a.marks(ctx, tx, t)
}

// marks holds what is hidden against what should be.
func (a *audit) marks(ctx context.Context, tx *duck.Tx, t *table) error {
	type mark struct {
		found
		hidden bool
	}
	var wrong []mark
	err := tx.Each(ctx, duck.Fill(sql.VerifyMarks, t.names("id", "")), nil, func(scan func(...any) error) error {
		var m mark
		err := scan(&m.dump, &m.part, &m.hidden, &m.rows, &m.row, &m.first, &m.second)
		wrong = append(wrong, m)
		return err
	})
	if err != nil {
		return err
	}
	for _, m := range wrong {
		text := "it shows, and a newer row of the same resolved key should hide it"
		if m.hidden {
			text = "it is hidden, and no newer row has its resolved key"
		}
		if err := a.differFound(ctx, tx, t, WrongMark, m.found, text); err != nil {
			return err
		}
	}
	return nil
}

// persons holds the canonical id of every row against the fresh resolution (R8). As views show the
// canonical id, no id that is mapped to another is left in main where this holds.
func (a *audit) persons(ctx context.Context, tx *duck.Tx, t *table) error {
	type person struct {
		found
		is, should *int64
	}
	var wrong []person
	err := tx.Each(ctx, duck.Fill(sql.VerifyPersons, t.qualified()), nil, func(scan func(...any) error) error {
		var p person
		err := scan(&p.dump, &p.part, &p.rows, &p.row, &p.first, &p.second, &p.is, &p.should)
		wrong = append(wrong, p)
		return err
	})
	if err != nil {
		return err
	}
	for _, p := range wrong {
		text := fmt.Sprintf("its user stands for %s, and it is noted with %s", idText(p.should), idText(p.is))
		if err := a.differFound(ctx, tx, t, WrongPerson, p.found, text); err != nil {
			return err
		}
	}
	return nil
}

// instants holds the instant of every row against what its time stands for.
func (a *audit) instants(ctx context.Context, tx *duck.Tx, t *table) error {
	var wrong []found
	err := tx.Each(ctx, duck.Fill(sql.VerifyInstants, t.names("first", "second")), nil, func(scan func(...any) error) error {
		var f found
		err := scan(&f.dump, &f.part, &f.rows, &f.row, &f.first, &f.second)
		wrong = append(wrong, f)
		return err
	})
	if err != nil {
		return err
	}
	for _, f := range wrong {
		if err := a.differFound(ctx, tx, t, WrongTime, f, "it is kept with another instant than its time stands for"); err != nil {
			return err
		}
	}
	return nil
}

// qualified are the table's names where others have a user_id too.
func (t *table) qualified() duck.Names {
	first, _ := t.ids()
	return duck.Names{"relation": duck.Quote(t.relation), "first": "h." + duck.Quote(first)}
}

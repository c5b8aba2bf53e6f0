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

// qualified are the table's names where others have a user_id too.
func (t *table) qualified() duck.Names {
	first, _ := t.ids()
	return duck.Names{"relation": duck.Quote(t.relation), "first": "h." + duck.Quote(first)}
}

// builtIn are the columns that smew.people always has.
var builtIn = []string{"user_id", "joindate", "last_modified", "identity", "handle", "email"}

// people holds the merged users against their records, merged anew (R9).
func (a *audit) people(ctx context.Context, tx *duck.Tx, t *table) error {
	if _, err := tx.Exec(ctx, sql.VerifyBeginPeople); err != nil {
		return err
	}
	if err := a.mergeAfresh(ctx, tx, t); err != nil {
		return err
	}
	type kind struct {
		sign, people int64
		least        *int64
	}
	var kinds []kind
	columns := quoted(t.stored(), "")
	err := tx.Each(ctx, duck.Fill(sql.VerifyPeople, duck.Names{"columns": columns}), nil, func(scan func(...any) error) error {
		var k kind
		err := scan(&k.sign, &k.people, &k.least)
		kinds = append(kinds, k)
		return err
	})
	if err != nil {
		return err
	}
	for _, k := range kinds {
		d := Difference{Check: WrongMerge, Table: t.name, Rows: k.people, Key: map[string]*int64{"user_id": k.least}}
		d.Text = map[int64]string{
			-1: "main.users lacks this person",
			0:  "main.users has other values than the person's records merge to",
			1:  "main.users has this person too often, or should not at all",
		}[k.sign]
		var dump, part int64
		record, err := tx.Row(ctx, duck.Fill(sql.VerifyRecord, t.names("", "")), []any{k.least}, &dump, &part, &d.Row)
		if err != nil {
			return err
		}
		if record {
			d.Dump = &dump
			if _, err := tx.Row(ctx, sql.VerifyPartKey, []any{dump, t.name, part}, &d.Part); err != nil {
				return err
			}
		}
		a.differ(d)
	}
	return nil
}

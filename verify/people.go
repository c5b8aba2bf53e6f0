package verify

import (
	"context"
	"slices"

	"smew/duck"
	"smew/plan"
	"smew/resolve"
	"smew/sql"
)

// people holds the merged users against their records, merged anew (R9).
func (a *audit) people(ctx context.Context, tx *duck.Tx, t *table) error {
	if _, err := tx.Exec(ctx, sql.VerifyBeginPeople); err != nil {
		return err
	}
	if err := resolve.Afresh(ctx, tx, t.relation, "fresh_people", t.stored()[len(plan.BuiltIn(t.name)):]); err != nil {
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

// stored are the columns of main.users that count.
func (t *table) stored() []string {
	columns := plan.BuiltIn(t.name)
	for _, c := range t.physical() {
		if !slices.Contains(columns, c) {
			columns = append(columns, c)
		}
	}
	return columns
}

package loader

import (
	"context"
	"fmt"

	"smew/duck"
	"smew/plan"
)

// receive reads a dump's parts of a table, without the rows of erased people. Mappings wait until all are
// read: only then is it known which of them name an erased person.
func (in *load) receive(ctx context.Context, h *held, t plan.Table, row *tableRow) error {
	if in.guard == nil || t.Name != plan.Migrations {
		return in.read(ctx, h, t, row)
	}
	if err := in.guard.HoldMappings(ctx, in.tx, h.relation); err != nil {
		return err
	}
	if err := in.read(ctx, h, t, row); err != nil {
		return err
	}
	left, err := in.guard.KeepMappings(ctx, in.tx, h.relation)
	if err != nil {
		return fmt.Errorf("table %q: %w", h.name, err)
	}
	row.OwnErased += left
	aside, err := in.guard.RemoveAside(ctx, in.tx, in.dump.ID, h.name)
	row.OwnQuarantined, row.OwnErased = row.OwnQuarantined-aside, row.OwnErased+aside
	return err
}

// widenHeld gives waiting mappings the columns that their table has got.
func (in *load) widenHeld(ctx context.Context, h *held, columns []duck.Column) error {
	for _, c := range columns[len(plan.BuiltIn(h.name)):] {
		if err := in.guard.AddColumn(ctx, in.tx, h.relation, c.As, typeOf(h.name, c.Delivered)); err != nil {
			return err
		}
	}
	return nil
}

// joined removes what is stored of ids that the dump's mappings made an erased person's.
func (in *load) joined(ctx context.Context) error {
	if in.guard == nil {
		return nil
	}
	rows, err := in.guard.Finish(ctx, in.tx)
	if err != nil {
		return fmt.Errorf("remove erased people: %w", err)
	}
	if in.guard.Joined > 0 {
		in.warnings = append(in.warnings, fmt.Sprintf("dump %d: %d more ids turned out to be erased people's: their %d rows were removed; smew compact rewrites the file without them",
			in.dump.ID, in.guard.Joined, rows))
	}
	return nil
}

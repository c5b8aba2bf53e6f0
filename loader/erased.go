package loader

import (
	"context"
	"fmt"

	"smew/duck"
	"smew/resolve"
)

// identities settles who is whom once user_migrations is in. Where people were erased, its rows
// wait until now: those that name one of them are not written.
func (in *load) identities(ctx context.Context, h *held, row *tableRow) (err error) {
	if in.guard != nil {
		if row.OwnErased, err = in.guard.KeepMappings(ctx, in.tx, h.relation); err != nil {
			return fmt.Errorf("table %q: %w", h.name, err)
		}
	}
	in.changed, err = resolve.Identities(ctx, in.tx, h.relation)
	return err
}

// widenHeld gives waiting mappings the columns that their table has got.
func (in *load) widenHeld(ctx context.Context, h *held, columns []duck.Column) error {
	for _, c := range columns[len(builtIn(h.name)):] {
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

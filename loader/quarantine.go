package loader

import (
	"context"
	"fmt"

	"smew/duck"
	"smew/sql"
)

// quarantineRow is a row that was set aside.
type quarantineRow struct {
	DumpID  int64  `json:"dump_id"`
	Table   string `json:"table_name"`
	Part    int    `json:"part"`
	Key     string `json:"part_key"`
	Row     int64  `json:"row"`
	Column  string `json:"column_name"`
	Reason  string `json:"reason"`
	Content string `json:"content"`
}

// quarantine keeps the rows of a batch that were set aside, if any, and warns once a table. Those of erased people
// are not kept.
func (in *load) quarantine(ctx context.Context, rejects *duck.Rejects, row *tableRow) error {
	if rejects == nil || len(rejects.Rows) == 0 {
		return nil
	}
	var rows []quarantineRow
	for _, r := range rejects.Rows {
		q := quarantineRow{in.dump.ID, row.Name, r.Place, r.Part, r.Row, r.Column, r.Reason, r.JSON}
		if in.guard != nil {
			theirs, reason, err := in.guard.Aside(ctx, in.tx, row.Name, r.JSON, r.Reason)
			if err != nil {
				return err
			}
			if theirs {
				row.OwnErased++
				continue
			}
			q.Reason = reason
		}
		rows = append(rows, q)
	}
	if len(rows) == 0 {
		return nil
	}
	if err := keepRows(ctx, in.tx, sql.QuarantineKeep, rows); err != nil {
		return fmt.Errorf("quarantine rows of %q: %w", row.Name, err)
	}
	if row.OwnQuarantined == 0 {
		r := rows[0]
		in.warnings = append(in.warnings, fmt.Sprintf("dump %d: table %q: rows went to smew.quarantine, such as row %d of %s: column %q: %s",
			in.dump.ID, row.Name, r.Row, r.Key, r.Column, r.Reason))
	}
	row.OwnQuarantined += int64(len(rows))
	return nil
}

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

// quarantine keeps the rows of a batch that were set aside, if any, and warns once a table.
func (in *load) quarantine(ctx context.Context, rejects *duck.Rejects, row *tableRow) error {
	if rejects == nil || len(rejects.Rows) == 0 {
		return nil
	}
	rows := make([]quarantineRow, len(rejects.Rows))
	for i, r := range rejects.Rows {
		rows[i] = quarantineRow{in.dump.ID, row.Name, r.Place, r.Part, r.Row, r.Column, r.Reason, r.JSON}
	}
	if err := keepRows(ctx, in.tx, sql.QuarantineKeep, rows); err != nil {
		return fmt.Errorf("quarantine rows of %q: %w", row.Name, err)
	}
	if row.OwnQuarantined == 0 {
		r := rejects.Rows[0]
		in.warnings = append(in.warnings, fmt.Sprintf("dump %d: table %q: rows went to smew.quarantine, such as row %d of %s: column %q: %s",
			in.dump.ID, row.Name, r.Row, r.Part, r.Column, r.Reason))
	}
	row.OwnQuarantined += int64(len(rows))
	return nil
}

package spark

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"smew/avro"
	"smew/erase"
	"smew/plan"
	"smew/sql"
)

// setAside keeps the rows of a dump that cannot be read.
func (l *load) setAside(ctx context.Context, d plan.Dump, parts map[string][]part) error {
	for _, t := range d.Tables {
		var rows []aside
		for _, p := range parts[t.Name] {
			rows = append(rows, p.aside...)
		}
		if rows == nil {
			continue
		}
		r := rows[0]
		l.summary.Warnings = append(l.summary.Warnings, fmt.Sprintf("dump %d: table %q: rows went to meta.quarantine, such as row %d of %s: column %q: %s",
			d.ID, t.Name, r.row, r.key, r.column, r.reason))
		key := fmt.Sprintf("%s%d/quarantine-%d.avro", l.options.Scratch.Prefix, d.ID, t.Place)
		if err := l.options.Scratch.write(ctx, key, asideColumns, func(w *avro.Writer) error { return writeAside(w, rows) }); err != nil {
			return fmt.Errorf("set rows of %q aside: %w", t.Name, err)
		}
		const view = "smew_aside"
		err := l.do(ctx, []Step{{Name: "set aside", Views: []Files{{view, []string{l.options.Scratch.Root + key}}},
			SQL: []string{sql.Fill(sql.SparkQuarantineKeep, sql.Names{"quarantine": l.place.meta("quarantine"), "dump": fmt.Sprint(d.ID),
				"name": QuoteText(t.Name), "view": view})}}})
		if err != nil {
			return err
		}
	}
	return nil
}

var asideColumns = []avro.Column{{Name: "part", Kind: avro.Long}, {Name: "part_key"}, {Name: "part_row", Kind: avro.Long},
	{Name: "column_name"}, {Name: "reason"}, {Name: "content"}}

func writeAside(w *avro.Writer, rows []aside) error {
	for _, r := range rows {
		w.Long(int64(r.place))
		w.Text(r.key)
		w.Long(r.row)
		for _, text := range []string{r.column, r.reason, r.content} {
			w.Text(text)
		}
		if err := w.EndRow(); err != nil {
			return err
		}
	}
	return nil
}

// set is a row of meta.quarantine.
type set struct {
	dump, part, row int64
	table           string
}

// quarantined are the rows that were set aside and are somebody's whom a memory knows, and the reasons that quote a value of theirs, with
// what is to stand in their place.
func (l *load) quarantined(ctx context.Context, m *erase.Memory) (all []set, reasons map[string]string, err error) {
	rows, err := l.Rows(ctx, sql.Fill(sql.SparkEraseQuarantined, sql.Names{"quarantine": l.place.meta("quarantine")}))
	if err != nil {
		return nil, nil, fmt.Errorf("look through quarantine: %w", err)
	}
	reasons = map[string]string{}
	for _, row := range rows {
		is, err := m.Row(text(row[1]), text(row[5]))
		if err != nil {
			return nil, nil, err
		}
		if is {
			all = append(all, set{number(row[0]), number(row[2]), number(row[3]), text(row[1])})
		} else if reason := text(row[4]); m.Redact(reason) != reason {
			reasons[reason] = m.Redact(reason)
		}
	}
	return all, reasons, nil
}

// removeAside removes what was set aside of erased people, and values of theirs from what is said of other rows.
func (l *load) removeAside(ctx context.Context) error {
	if err := l.head.state.Erased.Ready(); err != nil {
		return err
	}
	all, reasons, err := l.quarantined(ctx, &l.head.state.Erased)
	if err != nil {
		return err
	}
	table := l.place.meta("quarantine")
	for some := range slices.Chunk(all, 500) {
		places := make([]string, len(some))
		for i, q := range some {
			places[i] = fmt.Sprintf("(smew_dump_id = %d AND table_name = %s AND part = %d AND `row` = %d)", q.dump, QuoteText(q.table), q.part, q.row)
		}
		if err := l.run(ctx, "erase quarantine", sql.Fill(sql.SparkEraseRemove, sql.Names{"table": table, "theirs": strings.Join(places, " OR ")})); err != nil {
			return err
		}
	}
	for before, after := range reasons {
		statement := sql.Fill(sql.SparkEraseRedact, sql.Names{"quarantine": table, "before": QuoteText(before), "after": QuoteText(after)})
		if err := l.run(ctx, "redact quarantine", statement); err != nil {
			return err
		}
	}
	return nil
}

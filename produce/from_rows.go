package produce

import (
	"context"
	"fmt"

	"smew/avro"
	"smew/duck"
	"smew/sql"
)

// windowRows are read at once.
const windowRows = 4096

// cut divides the table's rows among parts.
func (t *extracted) cut(e *extraction, partRows int) table {
	out := table{title: t.name, columns: t.columns, full: t.full}
	for from := 0; from < t.rows; from += partRows {
		out.parts = append(out.parts, &extractedPart{of: e, table: t, from: from, to: min(from+partRows, t.rows)})
	}
	return out
}

// extractedPart is a part of a table. Parts are written one after the other, each from its first row to its last.
type extractedPart struct {
	of       *extraction
	table    *extracted
	from, to int   // rows of what the table delivers
	window   []any // windowRows of them at most
}

func (p *extractedPart) Len() int { return p.to - p.from }

// Value would have to keep the rows: no answer key is made of a database, which is one itself.
func (p *extractedPart) Value(row, column int) any { panic("produce: rows of a database are not kept") }

func (p *extractedPart) write(w *avro.Writer, i int) error {
	width := len(p.table.columns)
	at := i % windowRows
	if at == 0 {
		if err := p.read(p.from + i); err != nil {
			return fmt.Errorf("read table %q: %w", p.table.name, err)
		}
	}
	for _, v := range p.window[at*width : (at+1)*width] {
		writeValue(w, v)
	}
	if i+1 == p.Len() {
		p.window = nil
	}
	return w.EndRow()
}

// read fills the window with the rows that begin at from.
func (p *extractedPart) read(from int) error {
	ctx, to := p.of.ctx, min(from+windowRows, p.to)
	if p.of.staged != p.table {
		// On its own: row ids count from 0 once they are committed.
		if err := p.of.db.Update(ctx, func(tx *duck.Tx) error { return p.table.stage(ctx, tx, p.of.state) }); err != nil {
			return err
		}
		p.of.staged = p.table
	}
	return p.of.db.Update(ctx, func(tx *duck.Tx) error {
		width := len(p.table.columns)
		if p.window == nil {
			p.window = make([]any, min(p.Len(), windowRows)*width)
		}
		n, cells := 0, make([]any, width)
		err := tx.Each(ctx, sql.ProduceOutgoingRows, []any{from, to}, func(scan func(...any) error) error {
			if n == to-from {
				return errChanging
			}
			for i := range cells {
				cells[i] = &p.window[n*width+i]
			}
			n++
			return scan(cells...)
		})
		if err == nil && n != to-from {
			err = errChanging
		}
		return err
	})
}

// stage puts the rows of a table that are delivered where parts can be cut from them.
func (t *extracted) stage(ctx context.Context, tx *duck.Tx, s state) error {
	columns := ""
	for i, c := range t.columns {
		if i > 0 {
			columns += ", "
		}
		columns += t.expression(i) + " AS " + duck.Quote(c.Name)
	}
	names := duck.Names{"columns": columns, "source": t.source}
	statement := ""
	if t.full {
		statement = duck.Fill(sql.ProduceOutgoingAll, names)
	} else {
		for key, name := range t.keys() {
			names[key] = name
		}
		names["feed"], names["table"] = duck.QuoteText(s.feed), duck.QuoteText(t.name)
		statement = s.fill(sql.ProduceOutgoingPending, names)
	}
	if _, err := tx.Exec(ctx, statement); err != nil {
		return err
	}
	rows := 0
	_, err := tx.Row(ctx, sql.ProduceOutgoingCount, nil, &rows)
	if err == nil && rows != t.rows {
		err = errChanging // a view over random() or now(), say
	}
	return err
}

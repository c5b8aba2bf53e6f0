package loader

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"smew/avro"
	"smew/duck"
	"smew/plan"
	"smew/sql"
	"smew/stage"
)

// queue hands out fetched parts, and lets the next one be seen before it is taken.
type queue struct {
	next func() (*stage.Part, error, bool)
	head *stage.Part
	err  error
	end  bool
}

func (q *queue) peek() (*stage.Part, error) {
	if q.head == nil && q.err == nil && !q.end {
		part, err, ok := q.next()
		q.head, q.err, q.end = part, err, !ok
	}
	return q.head, q.err
}

// take returns the table's next part, which the caller closes.
func (q *queue) take(table string) (*stage.Part, error) {
	part, err := q.peek()
	if err != nil {
		return nil, err
	}
	if part == nil || part.Table != table {
		return nil, fmt.Errorf("parts of table %q were not fetched", table)
	}
	q.head = nil
	return part, nil
}

// skip passes over parts of a table that turned out not to be needed.
func (q *queue) skip(table string) {
	for {
		part, err := q.peek()
		if err != nil || part == nil || part.Table != table {
			return
		}
		part.Close()
		q.head = nil
	}
}

func (q *queue) close() {
	if q.head != nil {
		q.head.Close()
		q.head = nil
	}
}

// read reads all parts of a table into its relation, some at a time.
func (in *load) read(ctx context.Context, h *held, t plan.Table, row *tableRow) error {
	if _, err := h.ensure(ctx, in.tx, row.Listed); err != nil {
		return err
	}
	for left := t.Parts; len(left) > 0; {
		batch, err := in.batch(t.Name, left)
		if err != nil {
			closeAll(batch)
			return err
		}
		err = in.insert(ctx, h, batch, row)
		if err := errors.Join(err, closeAll(batch)); err != nil {
			return err
		}
		left = left[len(batch):]
		in.report(Event{Kind: Reading, Dump: in.dump.ID, Table: t.Name, Rows: row.Rows, Bytes: in.bytes, Parts: len(in.kept), Of: in.count()})
	}
	return nil
}

func (in *load) batch(table string, left []plan.Part) (batch []*stage.Part, err error) {
	count, bytes := in.BatchParts, in.BatchBytes
	if count <= 0 {
		count = 64
	}
	if bytes <= 0 {
		bytes = 512 << 20
	}
	for i := range min(count, len(left)) {
		part, err := in.parts.take(table)
		if err != nil {
			return batch, err
		}
		batch = append(batch, part)
		if part.Place != left[i].Place || part.Key != left[i].Key {
			return batch, fmt.Errorf("part %s was fetched where %s was wanted", part.Key, left[i].Key)
		}
		if bytes -= part.Size; bytes <= 0 {
			break
		}
	}
	return batch, nil
}

func closeAll(parts []*stage.Part) error {
	var errs []error
	for _, p := range parts {
		errs = append(errs, p.Close())
	}
	return errors.Join(errs...)
}

// insert decodes a batch of parts into the relation, after giving it the columns
// that only the parts bring.
func (in *load) insert(ctx context.Context, h *held, batch []*stage.Part, row *tableRow) error {
	if err := in.unlisted(batch, row); err != nil {
		return err
	}
	delivered := slices.Concat(row.Listed, row.Unlisted)
	physical, err := h.ensure(ctx, in.tx, delivered)
	if err != nil {
		return err
	}
	scan := duck.Scan{Columns: h.scanColumns(delivered, physical), Limits: in.Limits}
	for _, p := range batch {
		scan.Parts = append(scan.Parts, duck.Part{Name: p.Key, Place: p.Place, Bytes: p.File, Size: p.Size})
	}
	rows, err := in.tx.Insert(ctx, insertStatement(h, scan.Columns), scan, in.dump.ID)
	if err != nil {
		return fmt.Errorf("table %q: %w", h.name, err)
	}
	for i, p := range batch {
		size, etag, n := p.Object.Size, p.Object.ETag, rows[i]
		in.kept = append(in.kept, partRow{in.dump.ID, h.name, p.Place, p.Key, &size, &etag, &n})
		in.bytes += size
		row.Rows += n
	}
	return nil
}

func insertStatement(h *held, columns []duck.Column) string {
	names, values := make([]string, len(columns)), make([]string, len(columns))
	for i, c := range columns {
		names[i] = duck.Quote(c.As)
		values[i] = "p." + names[i]
	}
	statement := sql.DeliveredInsert
	if h.name == plan.Migrations {
		statement = sql.DeliveredInsertMigrations
	}
	return duck.Fill(statement, duck.Names{
		"relation": duck.Quote(h.relation), "columns": strings.Join(names, ", "), "values": strings.Join(values, ", "),
	})
}

// unlisted adds to the row the columns that the batch's parts have beyond those known, in order of
// part and field (R10).
func (in *load) unlisted(batch []*stage.Part, row *tableRow) error {
	known := map[string]bool{}
	for _, name := range slices.Concat(row.Listed, row.Unlisted) {
		known[name] = true
	}
	for _, p := range batch {
		file, err := avro.Open(p.File, p.Size, in.Limits)
		if err != nil {
			return fmt.Errorf("table %q: %w", row.Name, &duck.PartError{Part: p.Key, Err: err})
		}
		for _, field := range file.Schema().Fields {
			if !known[field.Name] {
				known[field.Name] = true
				row.Unlisted = append(row.Unlisted, field.Name)
			}
		}
	}
	return nil
}

// extra are the physical columns of users beside the built-in ones.
func (h *held) extra() []string {
	var names []string
	for _, c := range h.columns {
		if !slices.Contains(builtIn(h.name), c.Name) {
			names = append(names, c.Physical)
		}
	}
	return names
}

package loader

import (
	"cmp"
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

// queue hands out fetched parts, and lets the next ones be seen before they are taken.
type queue struct {
	next  func() (*stage.Part, error, bool)
	ahead []*stage.Part
	err   error // in place of the part after those
	end   bool
}

// look waits for one part more; false: there is none.
func (q *queue) look() bool {
	if q.err != nil || q.end {
		return false
	}
	part, err, ok := q.next()
	if err != nil || !ok {
		q.err, q.end = err, !ok
		return false
	}
	q.ahead = append(q.ahead, part)
	return true
}

// peek returns the next part without taking it; nil: there is none.
func (q *queue) peek() (*stage.Part, error) {
	if len(q.ahead) == 0 && !q.look() {
		return nil, q.err
	}
	return q.ahead[0], nil
}

// small waits for parts until they are more than a small dump has, or there are no more of them.
func (q *queue) small() bool {
	var bytes int64
	for q.look() {
		bytes += q.ahead[len(q.ahead)-1].Size
		if bytes > smallBytes || len(q.ahead) > smallParts {
			return false
		}
	}
	return q.err == nil
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
	q.ahead = q.ahead[1:]
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
		q.ahead = q.ahead[1:]
	}
}

func (q *queue) close() {
	for _, part := range q.ahead {
		part.Close()
	}
	q.ahead = nil
}

// read reads all parts of a table into its relation, a batch at a time and the last ones first:
// a row that loses against a newer one of the dump is then never written (see package dedupe).
func (in *load) read(ctx context.Context, h *held, t plan.Table, row *tableRow) error {
	if _, err := h.ensure(ctx, in.tx, row.Listed); err != nil {
		return err
	}
	fields := fieldPlaces{}
	for left := t.Parts; len(left) > 0; {
		batch, err := in.batch(t.Name, left)
		if err == nil {
			err = in.insert(ctx, h, batch, row, fields)
		}
		if err := errors.Join(err, closeAll(batch)); err != nil {
			return err
		}
		left = left[:len(left)-len(batch)]
		in.report(Event{Kind: Reading, Dump: in.dump.ID, Table: t.Name, Rows: row.Rows, Bytes: in.bytes, Parts: len(in.kept), Of: in.of})
	}
	row.Unlisted = fields.beyond(row.Listed)
	for _, name := range row.Listed {
		if _, ok := fields[name]; !ok && row.Rows > 0 {
			in.warnings = append(in.warnings, fmt.Sprintf("dump %d: table %q: the manifest lists column %q, which no part has", in.dump.ID, t.Name, name))
		}
	}
	return nil
}

// batch takes the last of the parts that are left, in the order in which they are fetched.
func (in *load) batch(table string, left []plan.Part) (batch []*stage.Part, err error) {
	count, bytes := in.BatchParts, in.BatchBytes
	if count <= 0 {
		count = 1000
	}
	if bytes <= 0 {
		bytes = 256 << 20
	}
	for i := range min(count, len(left)) {
		part, err := in.parts.take(table)
		if err != nil {
			return batch, err
		}
		batch = append(batch, part)
		if want := left[len(left)-1-i]; part.Place != want.Place || part.Key != want.Key {
			return batch, fmt.Errorf("part %s was fetched where %s was wanted", part.Key, want.Key)
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
func (in *load) insert(ctx context.Context, h *held, batch []*stage.Part, row *tableRow, fields fieldPlaces) error {
	has, err := in.fields(batch, row.Name, fields)
	if err != nil {
		return err
	}
	delivered := slices.Concat(row.Listed, fields.beyond(row.Listed))
	physical, err := h.ensure(ctx, in.tx, delivered)
	if err != nil {
		return err
	}
	scan := duck.Scan{Columns: h.scanColumns(delivered, physical), Limits: in.Limits, Threads: threadsFor(len(h.columns))}
	if h.timed() && has["time"] {
		scan.Time = "time"
	}
	for _, p := range batch {
		scan.Parts = append(scan.Parts, duck.Part{Name: p.Key, Place: p.Place, Bytes: p.File, Size: p.Size})
	}
	if in.Quarantine {
		scan.Rejects = &duck.Rejects{}
	}
	statement, err := in.weigh(ctx, h, &scan, has, row)
	if err != nil {
		return fmt.Errorf("table %q: %w", h.name, err)
	}
	rows, err := in.tx.Insert(ctx, fillInsert(statement, h, scan), scan, in.dump.ID)
	if err != nil {
		return fmt.Errorf("table %q: %w", h.name, err)
	}
	for i, p := range batch {
		size, etag, n := p.Object.Size, p.Object.ETag, rows[i]
		in.kept = append(in.kept, partRow{in.dump.ID, h.name, p.Place, p.Key, &size, &etag, &n})
		in.bytes += size
		row.Rows += n
	}
	return in.quarantine(ctx, scan.Rejects, row)
}

// weigh looks at the keys of a batch, if it has any, and returns the statement that inserts it; the
// scan gets the verdict for it.
func (in *load) weigh(ctx context.Context, h *held, scan *duck.Scan, has map[string]bool, row *tableRow) (string, error) {
	table := h.keyed()
	if in.guard != nil {
		table.Sift = in.guard.Sift
	}
	switch {
	case h.name == plan.Migrations && in.guard != nil:
		return sql.EraseHoldMappings, in.widenHeld(ctx, h, scan.Columns)
	case h.name == plan.Migrations:
		return sql.DeliveredInsertMigrations, nil
	case has["user_id"] && has[table.ID]:
		weighed, err := table.Weigh(ctx, in.tx, *scan, in.dump.ID, h.since(row))
		scan.Verdict = weighed.Verdict
		h.weighed, h.contested = true, h.contested || weighed.Rivals > 0
		row.Superseded += weighed.Lost
		row.OwnSuperseded += weighed.OwnLost
		row.OwnErased += weighed.Sifted
		return sql.DeliveredInsert, err
	case has["user_id"] && in.guard != nil:
		sieved, err := table.Sieve(ctx, in.tx, *scan)
		if err != nil || sieved.Sifted == 0 {
			return sql.DeliveredInsertPlain, err
		}
		scan.Verdict = sieved.Verdict
		row.OwnErased += sieved.Sifted
		return sql.DeliveredInsert, nil
	}
	return sql.DeliveredInsertPlain, nil
}

func fillInsert(statement string, h *held, scan duck.Scan) string {
	var names, values []string
	for _, c := range scan.Columns {
		names = append(names, duck.Quote(c.As))
		values = append(values, "p."+duck.Quote(c.As))
	}
	if scan.Time != "" {
		names, values = append(names, "smew_time"), append(values, sql.DeliveredInstant)
	}
	return duck.Fill(statement, duck.Names{
		"relation": duck.Quote(h.relation), "columns": strings.Join(names, ", "), "values": strings.Join(values, ", "),
	})
}

// fieldPlaces holds where each field of a table's parts appears first: part, then field.
type fieldPlaces map[string][2]int

// beyond are the fields that are not listed, in the order of their first appearance (R10).
func (f fieldPlaces) beyond(listed []string) []string {
	names := []string{}
	for name := range f {
		if !slices.Contains(listed, name) {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(f[a][0], f[b][0]), cmp.Compare(f[a][1], f[b][1]))
	})
	return names
}

// fields notes the fields of a batch's parts and returns which there are.
func (in *load) fields(batch []*stage.Part, table string, places fieldPlaces) (map[string]bool, error) {
	has := map[string]bool{}
	for _, p := range batch {
		file, err := avro.Open(p.File, p.Size, in.Limits)
		if err != nil {
			return nil, fmt.Errorf("table %q: %w", table, &duck.PartError{Part: p.Key, Err: err})
		}
		for i, field := range file.Schema().Fields {
			has[field.Name] = true
			if first, ok := places[field.Name]; !ok || p.Place < first[0] {
				places[field.Name] = [2]int{p.Place, i}
			}
		}
	}
	return has, nil
}

// extra are the physical columns of users beside the built-in ones.
func (h *held) extra() []string {
	var names []string
	for _, c := range h.columns {
		if !slices.Contains(plan.BuiltIn(h.name), c.Name) {
			names = append(names, c.Physical)
		}
	}
	return names
}

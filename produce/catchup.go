package produce

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"

	"smew/avro"
	"smew/bucket"
	"smew/feed"
)

// strangers is after how many dumps in a row that the feed should have and has not it counts as somebody else's.
const strangers = 100

// StrangerError says that a feed has a dump which the producer's scenario and seed do not come to.
type StrangerError struct {
	Highest int64  // a dump_id of the feed, the highest that counts
	Reason  string // what of that dump is another; "" where it should not be there at all
}

func (e *StrangerError) Error() string {
	if e.Reason != "" {
		return fmt.Sprintf("produce feed: its dump %d is not what this scenario and seed come to: %s", e.Highest, e.Reason)
	}
	return fmt.Sprintf("produce feed: it has dump %d, which this scenario and seed do not come to", e.Highest)
}

// Hint says what the user can do about it.
func (e *StrangerError) Hint() string {
	return "a feed is continued with what it was begun with: --scenario, --seed, --users, --events, --history, --start, --first-dump and --fault; or write into another folder"
}

// passed notes a dump that need not be written. It counts those passed over that are not there, since
// the last that was.
func (p *Producer) passed(d *dump) error {
	if p.missing++; p.there.ids[d.id] {
		p.missing = 0
	}
	if p.missing > strangers {
		return &StrangerError{Highest: p.there.highest}
	}
	if p.there.manifests[d.id] != nil && !d.fault.refused() {
		p.last = d
	}
	if p.rewrite != nil && p.there.ids[p.rewrite.id] {
		p.overdue = append(p.overdue, p.rewrite)
	}
	return nil
}

// caughtUp is called before anything is written: the last dump that is there must be the world's, and
// what a kill kept from being changed is changed now.
func (p *Producer) caughtUp(ctx context.Context) error {
	if p.last != nil {
		if err := p.recognize(ctx, p.last, p.there.manifests[p.last.id]); err != nil {
			return err
		}
		p.last = nil
	}
	for len(p.overdue) > 0 {
		err := p.writer.change(ctx, p.overdue[0])
		if err != nil && !errors.Is(err, fs.ErrNotExist) { // old dumps may be removed
			return fmt.Errorf("change manifest of dump %d: %w", p.overdue[0].id, err)
		}
		p.overdue = p.overdue[1:]
	}
	return nil
}

// recognize returns a *StrangerError if what a feed has as a dump cannot be that dump: it compares the
// manifest, and of each table the first row. What it may not or cannot read it takes for right.
func (p *Producer) recognize(ctx context.Context, d *dump, m *feed.Manifest) error {
	wrong := func(format string, args ...any) error {
		return &StrangerError{Highest: d.id, Reason: fmt.Sprintf(format, args...)}
	}
	if len(m.Tables) != len(d.tables) {
		return wrong("it has %d tables, not %d", len(m.Tables), len(d.tables))
	}
	for i := range d.tables {
		t, there := &d.tables[i], &m.Tables[i]
		var columns []string
		for _, c := range t.columns {
			columns = append(columns, c.Name)
		}
		switch {
		case t.name() != there.Name:
			return wrong("it has table %q, not %q", there.Name, t.name())
		case t.full == there.Incremental:
			return wrong("table %q has incremental: %v", there.Name, there.Incremental)
		case !slices.Equal(columns, there.Columns):
			return wrong("table %q has other columns", there.Name)
		case (len(t.parts) == 0) != (len(there.Files) == 0):
			return wrong("table %q has %d files, not %d", there.Name, len(there.Files), len(t.parts))
		case len(t.parts) == 0 || t.parts[0].Len() == 0 || d.fault.is(i, 0):
			continue
		}
		row, err := p.writer.firstRow(ctx, there.Files[0], t.columns)
		if err != nil {
			return fmt.Errorf("compare dump %d: %w", d.id, err)
		}
		for n := range row {
			if row[n] != t.parts[0].Value(0, n) {
				return wrong("the first row of table %q is another", there.Name)
			}
		}
	}
	return nil
}

// firstBytes of a part hold its header and first block.
const firstBytes = 4 << 20

// firstRow reads the first row of a part. It returns nil where that cannot be told: the part is no
// longer there, it is damaged, or it may not be read, as a producer needs no right to.
func (w *writer) firstRow(ctx context.Context, file string, columns []avro.Column) ([]any, error) {
	ref, err := feed.ParseRef(file)
	if err != nil {
		return nil, nil
	}
	head, err := w.head(ctx, ref.Key)
	var denied *bucket.DeniedError
	if errors.As(err, &denied) || errors.Is(err, fs.ErrNotExist) || errors.Is(err, bucket.ErrCorrupt) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	row, err := decodeFirst(head, columns)
	if err != nil {
		return nil, nil
	}
	return row, nil
}

// head returns the first bytes of an object.
func (w *writer) head(ctx context.Context, key string) ([]byte, error) {
	object, err := bucket.Stat(ctx, w.bucket, key)
	if err != nil {
		return nil, err
	}
	r, err := w.bucket.Open(ctx, object)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(io.LimitReader(r, firstBytes))
}

// decodeFirst returns the values of the first row of a part, of which only the beginning need be there.
func decodeFirst(head []byte, columns []avro.Column) ([]any, error) {
	f, err := avro.Open(bytes.NewReader(head), int64(len(head)), avro.Limits{})
	if err != nil {
		return nil, err
	}
	d, err := avro.NewDecoder(f, columns)
	if err != nil {
		return nil, err
	}
	var block avro.Block
	if err := f.Next(&block); err != nil {
		return nil, err
	}
	if err := d.Block(&block); err != nil {
		return nil, err
	}
	var b avro.Batch
	if n, err := d.Rows(&b, 1); err != nil || n == 0 {
		return nil, errors.Join(err, io.ErrUnexpectedEOF)
	}
	row := make([]any, len(columns))
	for i, c := range columns {
		switch v := &b.Cols[i]; {
		case v.Null(0):
		case c.Kind == avro.Long:
			row[i] = v.Longs[0]
		default:
			row[i] = string(b.Bytes(v.Spans[0]))
		}
	}
	return row, nil
}

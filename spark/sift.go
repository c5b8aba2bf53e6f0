package spark

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"smew/avro"
	"smew/erase"
	"smew/plan"
	"smew/stage"
)

// sifted counts what became of a part's rows.
type sifted struct {
	rows   int64   // that were read
	erased int64   // of them left out, as they are an erased person's
	aside  []aside // … and as they cannot be read (R11)
}

// held are the rows that go to the cluster.
func (s sifted) held() int64 { return s.rows - s.erased - int64(len(s.aside)) }

// aside is a row that was set aside. Its values are those of meta.quarantine.
type aside struct {
	table   string
	place   int
	key     string // of the part
	row     int64
	column  string
	reason  string
	content string // JSON
}

// What may be set aside of a part: beyond it, something is wrong with the part rather than with rows.
const (
	maxAside      = 100_000
	maxAsideBytes = 64 << 20
)

// idColumns are those that say whose a row is.
var idColumns = []string{"user_id", "from_user_id", "to_user_id"}

// sift reads a part to its end and has each row that goes to the cluster kept; keep may be nil.
func (c checker) sift(ctx context.Context, file *avro.File, staged *stage.Part, columns []avro.Column, keep func(*avro.Batch, int) error) (s sifted, err error) {
	var ids []int
	for i, column := range columns {
		if column.Kind == avro.Long && slices.Contains(idColumns, column.Name) {
			ids = append(ids, i)
		}
	}
	bytes := 0
	bad := func(d *avro.Decoder, e *avro.RowError) error {
		if !c.quarantine {
			return e
		}
		content, err := d.BadRow(nil)
		if err != nil {
			return err
		}
		s.rows++
		a := aside{staged.Table, staged.Place, staged.Key, e.Row, e.Column, fmt.Sprintf("%q %s", e.Value, e.Reason), string(content)}
		if c.guard != nil {
			theirs, err := c.guard.aside(&a)
			if err != nil {
				return err
			}
			if theirs {
				s.erased++
				return nil
			}
		}
		if bytes += len(content); len(s.aside) == maxAside || bytes > maxAsideBytes {
			return fmt.Errorf("more than %d rows or %d MB of rows cannot be read, the last one: %w", maxAside, maxAsideBytes>>20, e)
		}
		s.aside = append(s.aside, a)
		return nil
	}
	err = decode(ctx, file, columns, bad, func(b *avro.Batch) error {
		for row := range b.Rows {
			s.rows++
			if c.guard != nil && slices.ContainsFunc(ids, func(i int) bool { v := &b.Cols[i]; return !v.Null(row) && c.guard.theirs(v.Longs[row]) }) {
				s.erased++
				continue
			}
			if keep == nil {
				continue
			}
			if err := keep(b, row); err != nil {
				return err
			}
		}
		return nil
	})
	return s, err
}

// decode reads a part to its end. bad says whether a row that cannot be read is an error.
func decode(ctx context.Context, file *avro.File, columns []avro.Column, bad func(*avro.Decoder, *avro.RowError) error, each func(*avro.Batch) error) error {
	decoder, err := avro.NewDecoder(file, columns)
	if err != nil {
		return err
	}
	var block avro.Block
	var batch avro.Batch
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := file.Next(&block); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if err := decoder.Block(&block); err != nil {
			return err
		}
		for more := true; more; {
			n, err := decoder.Rows(&batch, 2048)
			var row *avro.RowError
			if errors.As(err, &row) {
				err = bad(decoder, row)
			}
			if err == nil && n > 0 {
				err = each(&batch)
			}
			if err != nil {
				return err
			}
			more = n > 0 || row != nil
		}
	}
}

// guard tells whose rows a dump must not bring.
type guard struct {
	memory *erase.Memory
	joined map[int64]bool // ids that the dump makes one person with an erased one

	mutex sync.Mutex
	known map[int64]bool // what was told before: hashing costs
}

const maxKnown = 1 << 20

func (g *guard) theirs(id int64) bool {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	is, known := g.known[id]
	if !known {
		is = g.joined[id] || g.memory.ID(id)
		if len(g.known) == maxKnown {
			clear(g.known)
		}
		g.known[id] = is
	}
	return is
}

// aside says whether a row that is set aside is an erased person's, and takes their values out of its reason.
func (g *guard) aside(a *aside) (bool, error) {
	theirs, err := g.memory.Row(a.table, a.content)
	a.reason = g.memory.Redact(a.reason)
	return theirs, err
}

// newGuard prepares to keep erased people out of a dump; nil: nobody was erased. Whom the dump's mappings make one person with an erased
// one is remembered as erased too: the state's memory is added to.
func (c checker) newGuard(ctx context.Context, s *State, o stage.Options, random io.Reader) (*guard, error) {
	if !s.Erased.Any() {
		return nil, nil
	}
	s.Erased = s.Erased.Clone()
	if err := s.Erased.Ready(); err != nil {
		return nil, err
	}
	g := &guard{memory: &s.Erased, joined: map[int64]bool{}, known: map[int64]bool{}}
	for _, t := range c.dump.Tables {
		if t.Name != plan.Migrations || s.ledger().Spared(c.dump, t) {
			continue
		}
		from, to, err := c.mappings(ctx, t, o)
		if err != nil {
			return nil, err
		}
		for id, of := range erase.Same(from, to, s.Erased.ID) {
			g.joined[id] = true
			if err := s.Erased.Remember(random, []int64{of, id}, nil); err != nil {
				return nil, err
			}
		}
	}
	return g, nil
}

// mappings reads the mappings of a dump that count: the last of each id that is mapped to another (R8).
func (c checker) mappings(ctx context.Context, t plan.Table, o stage.Options) (from, to []int64, err error) {
	type last struct {
		place int
		row   int64
		to    int64
		null  bool
	}
	lasts := map[int64]last{}
	var mutex sync.Mutex
	columns := []avro.Column{{Name: "from_user_id", Kind: avro.Long}, {Name: "to_user_id", Kind: avro.Long}}
	var wants []stage.Want
	for _, p := range t.Parts {
		wants = append(wants, stage.Want{Table: t.Name, Place: p.Place, Key: p.Key})
	}
	err = c.fetch(ctx, wants, o, func(ctx context.Context, staged *stage.Part) error {
		file, err := avro.Open(staged.File, staged.Size, c.limits)
		if err != nil {
			return failed(staged, err)
		}
		row := int64(0)
		pass := func(*avro.Decoder, *avro.RowError) error { return nil } // sift judges it
		err = decode(ctx, file, columns, pass, func(b *avro.Batch) error {
			mutex.Lock()
			defer mutex.Unlock()
			for i := range b.Rows {
				row++
				if b.Cols[0].Null(i) {
					continue
				}
				now := last{staged.Place, row, 0, b.Cols[1].Null(i)}
				if !now.null {
					now.to = b.Cols[1].Longs[i]
				}
				id := b.Cols[0].Longs[i]
				if l, ok := lasts[id]; !ok || now.place > l.place || now.place == l.place && now.row > l.row {
					lasts[id] = now
				}
			}
			return nil
		})
		if err != nil {
			return failed(staged, err)
		}
		return nil
	})
	for id, l := range lasts {
		if !l.null && l.to != id {
			from, to = append(from, id), append(to, l.to)
		}
	}
	return from, to, err
}

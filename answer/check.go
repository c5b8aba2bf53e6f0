package answer

import (
	"context"
	"fmt"
	"path/filepath"

	"smew/duck"
	"smew/sql"
)

// Options say what Check holds against what. The zero value judges main of the database by the
// last state of the key.
type Options struct {
	After  *int64 // the state once this dump's manifest had appeared; nil: the last state
	Schema string // where the consumer's tables are; "" is main
	// Map names the consumer's tables and columns where they are called otherwise:
	// "users" → "heap_users", "users.joindate" → "join_date".
	Map map[string]string
	// Skip are tables of the key, by the key's name, that are not judged.
	Skip []string
	// IgnoreColumns are patterns of columns of the consumer's own, such as "_sdc_*".
	IgnoreColumns []string
}

// Check holds the tables of a database, which may be open for reading only, against the key in
// dir. Names are compared as DuckDB does: whatever their case. Rows are compared as multisets, ids
// as BIGINT and all else as VARCHAR, whatever the database's types are; what cannot be cast
// differs. A *DirError, a *StateError or a *NameError says that the question was wrong.
func Check(ctx context.Context, dir string, db *duck.DB, o Options) (Report, error) {
	l, err := readLayout(dir)
	if err != nil {
		return Report{}, err
	}
	s, err := l.state(o.After)
	if err != nil {
		return Report{}, err
	}
	r := Report{Feed: l.Feed, After: o.After, Agrees: true, Tables: []TableReport{}, Others: []string{}, Faults: l.Faults}
	err = db.View(ctx, func(tx *duck.Tx) error {
		c, err := newConsumer(ctx, tx, l, o)
		if err != nil {
			return err
		}
		for i := range s.Tables {
			t := &s.Tables[i]
			if c.skips(t.Name) {
				continue
			}
			judged, err := c.judge(ctx, tx, dir, t)
			if err != nil {
				return fmt.Errorf("check table %q: %w", t.Name, err)
			}
			r.Tables = append(r.Tables, judged)
		}
		return c.judgeOthers(ctx, tx, l, s, &r)
	})
	for _, t := range r.Tables {
		r.Agrees = r.Agrees && t.Verdict == Agrees
	}
	return r, err
}

// judge holds one table against its file.
func (c *consumer) judge(ctx context.Context, tx *duck.Tx, dir string, t *fileTable) (TableReport, error) {
	r := newTableReport(t.Name)
	r.Wanted = t.Rows
	in := c.table(t.Name)
	if in == nil {
		r.Verdict, r.Missing = Missing, t.Rows
		return r, nil
	}
	r.In = in.name
	table := c.quoted(in.name)
	if _, err := tx.Row(ctx, duck.Fill(sql.CheckCount, duck.Names{"table": table}), nil, &r.Got); err != nil {
		return r, err
	}
	at, extra := c.columnsOf(t, in)
	r.ExtraColumns = append(r.ExtraColumns, extra...)
	cmp := comparison{tx: tx, table: table, file: filepath.Join(dir, filepath.FromSlash(t.File))}
	for i, name := range t.Columns {
		if at[i] < 0 {
			r.MissingColumns = append(r.MissingColumns, name)
			continue
		}
		cmp.add(t, name, in.columns[at[i]])
	}
	if err := cmp.run(ctx, &r); err != nil {
		return r, err
	}
	r.Verdict = Agrees
	if len(r.MissingColumns)+len(r.ExtraColumns) > 0 || r.Missing+r.Extra+r.Differing > 0 {
		r.Verdict = Differs
	}
	return r, nil
}

// judgeOthers looks at tables that the state does not have. Those that a dump of the feed delivers
// should not be there: that dump has not arrived, or does not count.
func (c *consumer) judgeOthers(ctx context.Context, tx *duck.Tx, l *layout, s *state, r *Report) error {
	matched := map[string]bool{}
	for _, t := range s.Tables {
		matched[t.Name] = true
		if in := c.table(t.Name); in != nil {
			matched[in.name] = true
		}
	}
	known, skipped := map[string]bool{}, map[string]bool{}
	for _, name := range l.tables() {
		if in := c.table(name); in != nil {
			known[in.name] = true
			skipped[in.name] = skipped[in.name] || c.skips(name)
		}
	}
	for _, in := range c.tables {
		switch {
		case matched[in.name]:
		case !known[in.name]:
			r.Others = append(r.Others, in.name)
		case !skipped[in.name]:
			unwanted := newTableReport(in.name)
			unwanted.In, unwanted.Verdict = in.name, Unwanted
			table := c.quoted(in.name)
			if _, err := tx.Row(ctx, duck.Fill(sql.CheckCount, duck.Names{"table": table}), nil, &unwanted.Got); err != nil {
				return fmt.Errorf("count rows of %q: %w", in.name, err)
			}
			unwanted.Extra = unwanted.Got
			r.Tables = append(r.Tables, unwanted)
		}
	}
	return nil
}

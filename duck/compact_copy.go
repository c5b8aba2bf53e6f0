package duck

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"smew/sql"
)

// databaseCopy is a copy of an open database in the making, in a file that is attached to it.
type databaseCopy struct {
	db       *DB
	progress func(Step)

	old, name string // catalogs
	version   string // of the storage format
	block     int64  // bytes
	used      int64  // bytes of the old file that hold something
	tables    []tableToCopy
	rows      int64
}

type tableToCopy struct {
	schema, name string
	rows         int64 // about
}

func (t tableToCopy) String() string { return t.schema + "." + t.name }

// in is the table's name in one of the two catalogs.
func (t tableToCopy) in(catalog string) string {
	return Quote(catalog) + "." + Quote(t.schema) + "." + Quote(t.name)
}

func readTables(ctx context.Context, tx *Tx, catalog string) (tables []tableToCopy, err error) {
	err = tx.Each(ctx, sql.CompactTables, []any{catalog}, func(scan func(...any) error) error {
		var t tableToCopy
		err := scan(&t.schema, &t.name, &t.rows)
		tables = append(tables, t)
		return err
	})
	return tables, err
}

// make writes the copy to path, closes it, and holds what is in the file then against the old one.
func (c *databaseCopy) make(ctx context.Context, path string, old fs.FileInfo) error {
	names := Names{"path": QuoteText(path), "copy": Quote(c.name)}
	reopen := Fill(sql.CompactReopen, names)
	names["version"], names["block"] = QuoteText(c.version), fmt.Sprint(c.block)
	err := c.attached(ctx, Fill(sql.CompactAttach, names), func() error {
		// Before the work: if it cannot be done, there shall be none.
		if err := errors.Join(os.Chmod(path, old.Mode().Perm()), keepOwner(path, old)); err != nil {
			return err
		}
		if err := c.fill(ctx); err != nil {
			return err
		}
		return c.exec(ctx, Fill(sql.CompactCheckpoint, Names{"database": Quote(c.name)}))
	})
	if err != nil {
		return err
	}
	return c.attached(ctx, reopen, func() error { return c.check(ctx) })
}

// attached runs fn while the copy is attached.
func (c *databaseCopy) attached(ctx context.Context, attach string, fn func() error) error {
	if err := c.exec(ctx, attach); err != nil {
		return err
	}
	err := fn()
	return errors.Join(err, c.exec(context.WithoutCancel(ctx), Fill(sql.CompactDetach, Names{"copy": Quote(c.name)})))
}

// exec runs a statement that DuckDB wants outside of transactions.
func (c *databaseCopy) exec(ctx context.Context, statement string) error {
	_, err := c.db.conn.ExecContext(ctx, statement)
	return err
}

func (c *databaseCopy) fill(ctx context.Context) error {
	err := c.db.Update(ctx, func(tx *Tx) error {
		_, err := tx.Exec(ctx, Fill(sql.CompactDefine, Names{"old": Quote(c.old), "copy": Quote(c.name)}))
		return err
	})
	if err != nil {
		return fmt.Errorf("copy definitions: %w", err)
	}
	var done int64
	for _, t := range c.tables {
		c.tell(t, false, done)
		err := c.db.Update(ctx, func(tx *Tx) error { return c.fillTable(ctx, tx, t) })
		if err != nil {
			return fmt.Errorf("copy table %s: %w", t, err)
		}
		done += t.rows
	}
	return nil
}

func (c *databaseCopy) fillTable(ctx context.Context, tx *Tx, t tableToCopy) error {
	var columns []string
	err := tx.Each(ctx, sql.CompactColumns, []any{c.old, t.schema, t.name}, func(scan func(...any) error) error {
		var name string
		err := scan(&name)
		columns = append(columns, name)
		return err
	})
	if err != nil {
		return fmt.Errorf("read columns: %w", err)
	}
	_, err = tx.Exec(ctx, Fill(sql.CompactFill, Names{"to": t.in(c.name), "from": t.in(c.old), "columns": List(columns)}))
	return err
}

// check compares what both define, and the rows of all tables.
func (c *databaseCopy) check(ctx context.Context) error {
	return c.db.View(ctx, func(tx *Tx) error {
		old, err := definitions(ctx, tx, c.old)
		if err != nil {
			return err
		}
		fresh, err := definitions(ctx, tx, c.name)
		if err != nil {
			return err
		}
		if err := sameDefinitions(old, fresh); err != nil {
			return err
		}
		var done int64
		for _, t := range c.tables {
			done += t.rows
		}
		for _, t := range c.tables {
			c.tell(t, true, done)
			rows, err := c.checkTable(ctx, tx, t)
			if err != nil {
				return fmt.Errorf("check table %s: %w", t, err)
			}
			c.rows += rows
			done += t.rows
		}
		return nil
	})
}

func definitions(ctx context.Context, tx *Tx, catalog string) (all []string, err error) {
	err = tx.Each(ctx, sql.CompactDefinitions, []any{catalog}, func(scan func(...any) error) error {
		var line string
		err := scan(&line)
		all = append(all, line)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read definitions: %w", err)
	}
	slices.Sort(all)
	return all, nil
}

// sameDefinitions says which line only one of two sorted lists has.
func sameDefinitions(old, fresh []string) error {
	for _, line := range old {
		if _, ok := slices.BinarySearch(fresh, line); !ok {
			return fmt.Errorf("DuckDB does not copy this: %s", line)
		}
	}
	if len(fresh) != len(old) {
		return fmt.Errorf("the copy has %d definitions, the database %d", len(fresh), len(old))
	}
	return nil
}

func (c *databaseCopy) checkTable(ctx context.Context, tx *Tx, t tableToCopy) (int64, error) {
	var rows, copied int64
	var sum, copiedSum string
	if _, err := tx.Row(ctx, Fill(sql.CompactSum, Names{"table": t.in(c.old)}), nil, &rows, &sum); err != nil {
		return 0, err
	}
	if _, err := tx.Row(ctx, Fill(sql.CompactSum, Names{"table": t.in(c.name)}), nil, &copied, &copiedSum); err != nil {
		return 0, err
	}
	if rows != copied {
		return 0, fmt.Errorf("the copy has %d rows, the table %d", copied, rows)
	}
	if sum != copiedSum {
		return 0, errors.New("the copy has other rows than the table")
	}
	return rows, nil
}

func (c *databaseCopy) tell(t tableToCopy, checking bool, done int64) {
	if c.progress == nil {
		return
	}
	var all int64
	for _, t := range c.tables {
		all += 2 * t.rows
	}
	c.progress(Step{Table: t.String(), Checking: checking, Done: done, Of: all})
}

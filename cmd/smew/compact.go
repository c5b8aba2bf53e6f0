package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"smew/duck"
	"smew/erase"
	"smew/loader"
)

// compactResult is what compact --json prints.
type compactResult struct {
	Database string  `json:"database"`
	Tables   int     `json:"tables"`
	Rows     int64   `json:"rows"`
	Before   int64   `json:"bytes_before"`
	After    int64   `json:"bytes_after"`
	Seconds  float64 `json:"seconds"`
}

func (a *app) compactCmd() *cobra.Command {
	var d database
	cmd := &cobra.Command{
		Use:   "compact --db FILE",
		Short: "Give back the space of removed rows",
		Long: `Give back the space of removed rows, which DuckDB keeps in the file: after a full
resync, that is about as much as the resynced tables take.

The database is copied into a new file beside it, with everything that is in it,
also what is not smew's. Definitions and rows of the copy are held against the
database before it takes the database's place. Until then the database is as it
was, whatever happens, and other processes wait.

The disk needs room for the copy.`,
		Example: examples("smew compact --db shop.duckdb", "smew compact --db shop.duckdb --no-wait --json"),
		Args:    arguments(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			options, err := d.options(a.waiting)
			if err != nil {
				return err
			}
			if err := d.there(); err != nil {
				return err
			}
			began := time.Now()
			done, err := a.rewrite(cmd.Context(), d.path, options)
			if err != nil {
				return err
			}
			if a.json {
				return a.printJSON(compactResult{d.path, done.Tables, done.Rows, done.Before, done.After, time.Since(began).Seconds()})
			}
			fmt.Fprintf(a.stdout, "%s: %s → %s\n", d.path, size(done.Before), size(done.After))
			return nil
		},
	}
	d.flags(cmd.Flags())
	return cmd
}

// rewrite puts a copy without removed rows into the database's place; if that was due because somebody was
// erased, it is not any more.
func (a *app) rewrite(ctx context.Context, path string, o duck.Options) (duck.Compacted, error) {
	p := copying{progress: a.newProgress()}
	done, err := duck.Compact(ctx, path, duck.CompactOptions{Options: o, Progress: p.step})
	p.end()
	if err != nil {
		return done, err
	}
	db, err := duck.Open(ctx, path, o)
	if err != nil {
		return done, err
	}
	err = db.Update(ctx, func(tx *duck.Tx) error {
		if err := loader.Current(ctx, tx); err != nil {
			return nil // no smew has erased anybody in it
		}
		if due, err := erase.Due(ctx, tx); err != nil || !due {
			return err
		}
		return erase.Rewritten(ctx, tx)
	})
	return done, errors.Join(err, db.Close())
}

// copying shows how Compact gets on, as progress does for a load.
type copying struct {
	*progress
	at duck.Step
}

func (c *copying) step(s duck.Step) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = s
	switch {
	case c.bars != nil:
		if c.bar == nil {
			c.bar = c.bars.AddBar(max(s.Of, 1), mpb.BarRemoveOnComplete(),
				mpb.PrependDecorators(decor.Any(c.text)), mpb.AppendDecorators(decor.Percentage()))
		}
		c.bar.SetCurrent(s.Done)
	case c.log != nil && time.Since(c.said) >= sayEvery:
		c.said = time.Now()
		c.log.Info("compacting", "now", c.doing(), "done", fmt.Sprintf("%d%%", 100*s.Done/max(s.Of, 1)))
	}
}

func (c *copying) text(decor.Statistics) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.doing() + " "
}

func (c *copying) doing() string {
	if c.at.Checking {
		return "checking " + printable(c.at.Table)
	}
	return "copying " + printable(c.at.Table)
}

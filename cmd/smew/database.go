package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/pflag"

	"smew/duck"
)

// database is what the flags say about the database file.
type database struct {
	path    string
	noWait  bool
	threads int
	memory  string
}

func (d *database) flags(flags *pflag.FlagSet) {
	flags.StringVar(&d.path, "db", "", "the DuckDB `file` (needed)")
	flags.BoolVar(&d.noWait, "no-wait", false, "exit with code 4 if another process has the database, instead of waiting")
	flags.IntVar(&d.threads, "threads", 0, "`number` of threads (default: one a core)")
	flags.StringVar(&d.memory, "memory", "", "DuckDB's memory limit, a `size` such as 2GB (default: 320MB a thread to load, 2GB to check and verify, else most of the machine's)")
}

// options says how the file is opened. waiting is told if that has to wait.
func (d *database) options(waiting func(*duck.LockedError)) (duck.Options, error) {
	if d.path == "" {
		return duck.Options{}, &usageError{"--db is missing", "name the database file: --db FILE, or SMEW_DB=FILE"}
	}
	if d.threads < 0 {
		return duck.Options{}, &usageError{fmt.Sprintf("--threads is %d", d.threads), ""}
	}
	if err := duck.CheckMemory(d.memory); err != nil {
		return duck.Options{}, &usageError{"--memory: " + err.Error(), ""}
	}
	o := duck.Options{Threads: d.threads, Memory: d.memory, Waiting: waiting}
	if !d.noWait {
		o.Wait = -1
	}
	return o, nil
}

// view runs fn on the database, which it cannot change.
func (d *database) view(ctx context.Context, o duck.Options, fn func(*duck.Tx) error) error {
	o.ReadOnly = true
	if err := d.there(); err != nil {
		return err
	}
	db, err := duck.Open(ctx, d.path, o)
	if err != nil {
		return err
	}
	return errors.Join(db.View(ctx, fn), db.Close())
}

// there says so if the file is not there, or is no database: commands that do not load make none.
func (d *database) there() error {
	if _, err := os.Stat(d.path); errors.Is(err, os.ErrNotExist) {
		return &missingError{d.path}
	}
	return duck.CheckPath(d.path)
}

// missingError says that there is no database file yet.
type missingError struct{ path string }

func (e *missingError) Error() string { return fmt.Sprintf("there is no database %s", e.path) }

// Hint says how to make one.
func (e *missingError) Hint() string { return "make it with: smew load FEED --db " + e.path }

// waiting tells on stderr who holds the database.
func (a *app) waiting(locked *duck.LockedError) {
	who := "another process"
	if locked.PID != 0 {
		who = fmt.Sprintf("process %d", locked.PID)
	}
	fmt.Fprintf(a.stderr, "smew: %s has %s open: waiting for it (--no-wait does not)\n", who, locked.Path)
}

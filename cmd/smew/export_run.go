package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"smew/duck"
	"smew/export"
	"smew/loader"
)

// exportFailedError says that some syncs failed; each was told of already.
type exportFailedError struct{ n, of int }

func (e *exportFailedError) Error() string {
	return fmt.Sprintf("%d of %s failed", e.n, count(e.of, "export"))
}

// Hint says what becomes of it.
func (e *exportFailedError) Hint() string {
	return "nothing of them counts as sent: the next run repeats them, to the same files where any may have been written"
}

func (a *app) exportRunCmd() *cobra.Command {
	var s shipping
	var full bool
	var feed string
	cmd := &cobra.Command{
		Use:   "run [SYNC ...] --db FILE",
		Short: "Run syncs of the configuration file",
		Long: `Run syncs of the configuration file, all of them unless some are named.

What was sent counts as sent once all files of a run are whole. A run that was
killed, or failed when files may have been written, is repeated under its id, to
the same files; then what has changed since goes out in a run of its own.

The database is open for writing meanwhile: others wait, another run of the same
sync among them.`,
		Example: examples(
			"smew export run --config smew.yaml --db shop.duckdb",
			"smew export run people-to-crm --config smew.yaml --db shop.duckdb --dry-run",
			"smew export run people-to-crm --config smew.yaml --db shop.duckdb --full-resync --json"),
		RunE: func(cmd *cobra.Command, args []string) error {
			jobs, err := a.jobs(args, feed, s.path)
			if err != nil {
				return err
			}
			var runs []export.Run
			var failed int
			err = s.with(cmd.Context(), a, s.dry, func(db *duck.DB) (err error) {
				if err := db.View(cmd.Context(), func(tx *duck.Tx) error { return loader.Current(cmd.Context(), tx) }); err != nil {
					return err
				}
				runs, failed, err = a.exportAll(cmd, db, jobs, s.options(full), s.dry)
				return err
			})
			if a.json && err == nil {
				err = a.printJSON(append([]export.Run{}, runs...))
			}
			if err == nil && failed > 0 {
				err = &exportFailedError{failed, len(jobs)}
			}
			return err
		},
	}
	s.flags(cmd.Flags())
	cmd.Flags().BoolVar(&full, "full-resync", false, "send all rows as added and none as removed, as if nothing had been sent before")
	cmd.Flags().StringVar(&feed, "feed", "", "of a configuration of several feeds: only the syncs of this `feed`")
	onlyInCalls(cmd.Flags(), "full-resync", "feed")
	return cmd
}

// exportAll runs jobs one after the other. One that fails is told of, and keeps no other back.
func (a *app) exportAll(cmd *cobra.Command, db *duck.DB, jobs []export.Job, o export.Options, dry bool) (runs []export.Run, failed int, err error) {
	said := map[string]bool{}
	for _, j := range jobs {
		all, err := exportJob(cmd.Context(), db, j, o, dry)
		runs = append(runs, all...)
		for _, r := range all {
			if !a.json && r.Status != "failed" {
				a.printRun(r)
			}
		}
		if err != nil && cmd.Context().Err() != nil {
			return runs, failed, err
		}
		if err != nil {
			a.complain(cmd, a.explained(cmd, err), said)
			failed++
		}
	}
	return runs, failed, nil
}

// exportJob runs a job; if that repeated a run whose rows were found before, then what has changed since goes out too.
func exportJob(ctx context.Context, db *duck.DB, j export.Job, o export.Options, dry bool) ([]export.Run, error) {
	if dry {
		r, err := export.Preview(ctx, db, j, o)
		return []export.Run{r}, err
	}
	r, err := export.Send(ctx, db, j, o)
	runs := []export.Run{r}
	if err == nil && r.Repeated {
		o.Full = false
		r, err = export.Send(ctx, db, j, o)
		runs = append(runs, r)
	}
	return runs, err
}

func (a *app) exportResetCmd() *cobra.Command {
	var d database
	cmd := &cobra.Command{
		Use:   "reset SYNC ... --db FILE",
		Short: "Forget what was sent, and send nothing",
		Long: `Forget what of syncs was sent, and send nothing: their next run sends all rows as
added, and none as removed. A run that did not come to its end is given up.`,
		Example: examples("smew export reset people-to-crm --db shop.duckdb"),
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return &usageError{"SYNC is missing", "usage: " + cmd.UseLine()}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			o, err := d.options(a.waiting)
			if err != nil {
				return err
			}
			if err := d.there(); err != nil {
				return err
			}
			db, err := duck.Open(cmd.Context(), d.path, o)
			if err != nil {
				return err
			}
			err = db.Update(cmd.Context(), func(tx *duck.Tx) error {
				for _, id := range args {
					known, err := export.Reset(cmd.Context(), tx, id, time.Now())
					if err != nil {
						return err
					}
					if !known {
						return &usageError{fmt.Sprintf("nothing was ever sent of an export %q", id), "smew export log shows what was"}
					}
				}
				return nil
			})
			if err := errors.Join(err, db.Close()); err != nil {
				return err
			}
			if a.json {
				return a.printJSON(map[string][]string{"reset": args})
			}
			for _, id := range args {
				fmt.Fprintf(a.stdout, "%s: the next run sends all rows as added\n", id)
			}
			return nil
		},
	}
	d.flags(cmd.Flags())
	return cmd
}

package main

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"smew/alert"
	"smew/duck"
	"smew/export"
)

// listedExport is a sync in export list --json.
type listedExport struct {
	Sync     string      `json:"sync"`
	Model    string      `json:"model"`
	Mode     string      `json:"mode"`
	To       string      `json:"to"`
	File     string      `json:"file"`
	Schedule string      `json:"schedule"`
	Last     *export.Run `json:"last_run"`
	Troubles []string    `json:"troubles"`
}

func (a *app) exportListCmd() *cobra.Command {
	var d database
	cmd := &cobra.Command{
		Use:   "list --db FILE",
		Short: "List the syncs of the configuration file, and how they last went",
		Long: `List the syncs of the configuration file, how they last went, and what is wrong
with them by the limits that they have below alerts.`,
		Example: examples("smew export list --config smew.yaml --db shop.duckdb", "smew export list --config smew.yaml --db shop.duckdb --json"),
		Args:    arguments(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			jobs, err := a.jobs(nil, "", d.path)
			if err != nil {
				return err
			}
			o, err := d.options(a.waiting)
			if err != nil {
				return err
			}
			var all []listedExport
			err = d.view(cmd.Context(), o, func(tx *duck.Tx) (err error) {
				all, err = listExports(cmd.Context(), tx, jobs)
				return err
			})
			if err != nil {
				return err
			}
			if a.json {
				return a.printJSON(all)
			}
			g := a.list(column{name: "export"}, column{name: "mode"}, column{name: "when"}, column{name: "last run"}, column{"rows", true}, column{name: "to"})
			for _, l := range all {
				last, rows := "never", ""
				if l.Last != nil {
					last, rows = instant(l.Last.Began)+" "+l.Last.Status, number(l.Last.Rows())
				}
				g.line(l.Sync, l.Mode, l.Schedule, last, rows, l.To)
			}
			g.end()
			for _, l := range all {
				for _, t := range l.Troubles {
					fmt.Fprintf(a.stdout, "%s: %s\n", l.Sync, printable(t))
				}
			}
			return nil
		},
	}
	d.flags(cmd.Flags())
	return cmd
}

func (a *app) exportLogCmd() *cobra.Command {
	var d database
	var most int
	cmd := &cobra.Command{
		Use:     "log [SYNC] --db FILE",
		Short:   "Show the last runs of exports, with their files",
		Long:    `Show the last runs of exports, the newest first: rows, files, bytes, errors.`,
		Example: examples("smew export log --db shop.duckdb", "smew export log people-to-crm --db shop.duckdb --runs 100 --json"),
		Args:    arguments(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			sync := ""
			if len(args) > 0 {
				sync = args[0]
			}
			o, err := d.options(a.waiting)
			if err != nil {
				return err
			}
			var runs []export.Run
			err = d.view(cmd.Context(), o, func(tx *duck.Tx) (err error) {
				runs, err = export.Log(cmd.Context(), tx, sync, most)
				return err
			})
			if err != nil {
				return err
			}
			if a.json {
				return a.printJSON(append([]export.Run{}, runs...))
			}
			g := a.list(column{"run", true}, column{name: "export"}, column{name: "began"}, column{name: "status"}, column{"added", true}, column{"changed", true},
				column{"removed", true}, column{"left out", true}, column{"files", true}, column{"bytes", true}, column{"took", true})
			for _, r := range runs {
				g.line(fmt.Sprint(r.ID), r.Sync, instant(r.Began), r.Status, number(r.Added), number(r.Changed), number(r.Removed),
					number(r.NullKeys+r.Duplicates), number(r.FileCount), size(r.Bytes), seconds(r.Seconds))
			}
			g.end()
			for _, r := range runs {
				if r.Error != "" {
					fmt.Fprintf(a.stdout, "run %d: %s\n", r.ID, printable(r.Error))
				}
			}
			return nil
		},
	}
	d.flags(cmd.Flags())
	cmd.Flags().IntVar(&most, "runs", 20, "`number` of runs that are shown at most")
	onlyInCalls(cmd.Flags(), "runs")
	return cmd
}

// listExports tells of syncs how they last went.
func listExports(ctx context.Context, tx *duck.Tx, jobs []export.Job) (all []listedExport, err error) {
	for _, j := range jobs {
		runs, err := export.Log(ctx, tx, j.Sync.ID, alert.Window)
		if err != nil {
			return nil, err
		}
		l := listedExport{j.Sync.ID, j.Model.ID, string(cmp.Or(j.Sync.Mode, export.All)), j.Sync.To, j.Sync.File,
			cmp.Or(j.Sync.Schedule, "after-load"), nil, []string{}}
		if len(runs) > 0 {
			l.Last = &runs[0]
		}
		for _, t := range j.Sync.Troubles(runs, time.Time{}, time.Now()) {
			l.Troubles = append(l.Troubles, t.Kind+": "+t.Text)
		}
		all = append(all, l)
	}
	return all, nil
}

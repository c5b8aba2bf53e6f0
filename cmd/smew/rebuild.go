package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"smew/loader"
)

func (a *app) rebuildCmd() *cobra.Command {
	var l load
	cmd := &cobra.Command{
		Use:   "rebuild FEED --db FILE",
		Short: "Load the whole feed anew, and put the result into the database's place",
		Long: `Load the whole feed into a fresh file beside the database, and put that into the
database's place once it holds all dumps that the database holds. What was
decided stays: which dumps are accepted as lost, and who was erased; and so do
what exports have sent, and sync reports that the feed has no more.

Until then the database is as it was, whatever happens, and other processes wait.
A database with tables or views that are not smew's is refused: they would be
lost.

The disk needs room for both.`,
		Example: examples(
			"smew rebuild s3://my-bucket/data-connect --db shop.duckdb",
			"smew rebuild s3://moved/feed --db shop.duckdb --other-feed --map s3://original=s3://moved/feed"),
		Args: arguments(0, "FEED"),
		RunE: func(cmd *cobra.Command, args []string) error {
			feed, config, err := l.config(cmd.Context(), args[0], a.waiting)
			if err != nil {
				return err
			}
			if err := l.there(); err != nil {
				return err
			}
			p := a.newProgress()
			config.Progress, config.Stage.Progress = p.event, p.fetched
			summary, err := loader.Rebuild(cmd.Context(), feed, config)
			p.end()
			if err != nil {
				return err
			}
			if !a.json {
				fmt.Fprintf(a.stdout, "%s was rebuilt:\n", l.path)
			}
			return a.showLoad(cmd, l.path, summary, nil)
		},
	}
	l.flags(cmd.Flags())
	l.quarantineFlag(cmd.Flags())
	l.cacheFlags(cmd.Flags())
	l.choiceFlags(cmd.Flags())
	return cmd
}

package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"smew/bucket"
	"smew/spark"
)

func (a *app) sparkViewsCmd() *cobra.Command {
	var c cluster
	var in, dialect string
	cmd := &cobra.Command{
		Use:   "views --connect REMOTE",
		Short: "The tables as readers have them, as SQL",
		Long: `Write views of the tables under their delivered names, with defined properties, as of
the last commit: whoever reads the views of one commit never sees two dumps mixed.

Views show the commit that they were made of, so make them anew after a load.`,
		Example: examples("smew spark views --connect sc://localhost:15002 --in analytics",
			"smew spark views --connect sc://localhost:15002 --in analytics --dialect athena --prefix heap_"),
		Args: arguments(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if dialect != "spark" && dialect != "athena" {
				return &usageError{fmt.Sprintf("--dialect is %q", dialect), "there are spark and athena"}
			}
			var views []spark.View
			err := c.with(cmd.Context(), bucket.S3Config{}, func(s spark.Session) error {
				state, err := spark.ReadState(cmd.Context(), s, c.place)
				if err == nil {
					views = state.Views(c.place, in, dialect == "athena")
				}
				return err
			})
			if err != nil || a.json {
				if err == nil {
					err = a.printJSON(views)
				}
				return err
			}
			for _, v := range views {
				fmt.Fprintf(a.stdout, "%s;\n\n", v.SQL)
			}
			return nil
		},
	}
	c.flags(cmd.Flags())
	cmd.Flags().StringVar(&in, "in", "default", "the `database` that the views are made in")
	cmd.Flags().StringVar(&dialect, "dialect", "spark", "for whom: spark or athena, a `dialect`")
	return cmd
}

func (a *app) sparkMaintainCmd() *cobra.Command {
	var c cluster
	var m spark.Maintenance
	cmd := &cobra.Command{
		Use:   "maintain --connect REMOTE",
		Short: "Put small files together and let old snapshots expire",
		Long: `Remove rows that full resyncs made invalid, put small files together, drop the tags of
old commits and let their snapshots expire. What the last commit shows stays as it
is. Once a day or a week is enough. Where people were erased by a load, as the feed
made them one with somebody who was erased before, the files that still hold them go.`,
		Example: examples("smew spark maintain --connect sc://localhost:15002", "smew spark maintain --connect sc://localhost:15002 --versions 30 --age 168h"),
		Args:    arguments(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if m.Versions < 1 {
				return &usageError{fmt.Sprintf("--versions is %d", m.Versions), "the tags of one commit before the last one stay at least"}
			}
			if m.Age <= 0 {
				return &usageError{fmt.Sprintf("--age is %s", m.Age), "it is a time, such as 24h"}
			}
			m.Place, m.Who = c.place, holdsLock()
			var done spark.Maintained
			err := c.with(cmd.Context(), bucket.S3Config{}, func(s spark.Session) (err error) {
				done, err = spark.Maintain(cmd.Context(), s, m)
				return err
			})
			if err != nil || a.json {
				if err == nil {
					err = a.printJSON(done)
				}
				return err
			}
			fmt.Fprintf(a.stdout, "%s rewritten, %s dropped\n", count(len(done.Tables), "table"), count(done.Tags, "tag"))
			if done.Wiped {
				fmt.Fprintln(a.stdout, "files that held rows of erased people are gone, and the snapshots that named them")
			}
			return nil
		},
	}
	c.flags(cmd.Flags())
	flags := cmd.Flags()
	flags.IntVar(&m.Versions, "versions", 10, "keep the tags of so many commits before the last one, a `number`")
	flags.DurationVar(&m.Age, "age", 5*24*time.Hour, "keep snapshots younger than this `time`")
	flags.BoolVar(&m.TakeLock, "take-lock", false, "take the lock, whoever has it")
	return cmd
}

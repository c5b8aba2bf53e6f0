package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"smew/bucket"
	"smew/erase"
	"smew/spark"
)

// sparkEraseResult is what spark erase --json prints.
type sparkEraseResult struct {
	Catalog string `json:"catalog"`
	spark.Erased
	Rows   int64 `json:"rows"`
	DryRun bool  `json:"dry_run"`
}

func (a *app) sparkEraseCmd() *cobra.Command {
	var c cluster
	var who erase.Who
	var dry bool
	o := spark.Options{}
	cmd := &cobra.Command{
		Use:   "erase --connect REMOTE (--user-id N | --identity X)",
		Short: "Remove a person from the tables and their files, and keep them out",
		Long: `Remove a person from a cluster, as smew erase does from a database: the rows of all
ids that resolve to them, in every table, as delivered too, and the mappings that name
one of these ids. Of each id a salted hash is remembered, so that later dumps
do not bring the person back.

Then files that still hold removed rows are written anew, and all snapshots but the
newest of each table are dropped with their files: who reads by an older tag, or by
views of before, gets an error. Make views anew afterwards (smew spark views).

If it is stopped on the way, the same command again, or smew spark maintain, finishes it.
The feed and the folder --scratch of loads are not touched.`,
		Example: examples("smew spark erase --connect sc://spark:15002 --identity ada@example.com --dry-run",
			"smew spark erase --connect sc://spark:15002 --user-id 1234 --json"),
		Args: arguments(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if cmd.Flags().Changed("user-id") == (who.Identity != "") {
				return &usageError{"who is to be erased?", "say either --user-id or --identity"}
			}
			result := sparkEraseResult{Catalog: c.catalogName(), DryRun: dry}
			o.Place = c.place
			o.Who = holdsLock()
			err := c.with(cmd.Context(), bucket.S3Config{}, func(s spark.Session) (err error) {
				if dry {
					result.Erased, err = spark.Find(cmd.Context(), s, c.place, who)
				} else {
					result.Erased, err = spark.Erase(cmd.Context(), s, who, o)
				}
				return err
			})
			if err != nil {
				return err
			}
			if result.Rows = result.Found.Rows(); a.json {
				return a.printJSON(result)
			}
			a.printErased(eraseResult{Found: result.Found, Rows: result.Rows, DryRun: dry})
			if result.Wiped {
				fmt.Fprintln(a.stdout, "\nno file of the tables holds the rows any more; readers by older tags get an error")
			}
			return nil
		},
	}
	c.flags(cmd.Flags())
	cmd.Flags().Int64Var(&who.UserID, "user-id", 0, "any `id` of the person, resolved or as delivered")
	cmd.Flags().StringVar(&who.Identity, "identity", "", "the person's `identity`, as in users")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "say what would go, and remove nothing")
	cmd.Flags().BoolVar(&o.TakeLock, "take-lock", false, "take the lock, whoever has it")
	onlyInCalls(cmd.Flags(), "user-id", "identity") // nobody is to be erased because of what is set somewhere
	return cmd
}

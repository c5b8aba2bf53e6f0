package main

import (
	"errors"

	"github.com/spf13/cobra"

	"smew/spark"
	"smew/verify"
)

// sparkVerifyResult is what spark verify --json prints.
type sparkVerifyResult struct {
	Catalog string `json:"catalog"`
	verify.Report
}

func (a *app) sparkVerifyCmd() *cobra.Command {
	var l sparkLoad
	var tables []string
	cmd := &cobra.Command{
		Use:   "verify FEED --connect REMOTE",
		Short: "Audit the tables: against the head, the feed and the rules",
		Long: `Audit the tables of a cluster, as smew verify does a database, and change nothing:

  - the head against the feed: manifests that are gone or changed
  - the tables as delivered against the head: of the rows each dump brought, how many are held
  - identities, and every table of main, worked out anew from the rows as delivered
  - the snapshots that tables show, with and without a tag, against the head

Each difference is named with table, dump and an example. Each table is worked out by the
cluster from all its rows, as by a full resync; the mappings are read into this machine's
memory. Parts are not read again. Run it while nothing loads.

Exit code 0: all holds, 1: it does not, 3: what is loaded is right, and some of the
feed is not in the tables yet.`,
		Example: examples("smew spark verify s3://my-bucket/data-connect --connect sc://spark:15002",
			"smew spark verify ./feed --connect sc://localhost:15002 --table users --json"),
		Args: arguments(0, "FEED"),
		RunE: func(cmd *cobra.Command, args []string) error {
			feed, err := l.open(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			var report verify.Report
			err = l.with(cmd.Context(), l.s3, func(s spark.Session) (err error) {
				report, err = spark.Verify(cmd.Context(), l.feed(feed), s, l.place, tables)
				return err
			})
			var table *verify.TableError
			if errors.As(err, &table) {
				err = &usageError{table.Error(), "smew spark status lists them"}
			}
			if err != nil {
				return err
			}
			if a.json {
				err = a.printJSON(sparkVerifyResult{l.catalogName(), report})
			} else {
				a.printAudit(report, false)
			}
			if err != nil {
				return err
			}
			return audited(l.catalogName(), "smew spark load", report)
		},
	}
	flags := cmd.Flags()
	l.cluster.flags(flags)
	l.s3Flags(flags)
	l.mapFlags(flags)
	flags.StringArrayVar(&tables, "table", nil, "look at this `table` only, by its delivered name (repeatable)")
	onlyInCalls(flags, "table")
	return cmd
}

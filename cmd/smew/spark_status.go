package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"smew/bucket"
	"smew/loader"
	"smew/spark"
)

// sparkStatusResult is what spark status --json prints: what status prints, and what the tables are called in the catalog.
type sparkStatusResult struct {
	Catalog string `json:"catalog"`
	Version int64  `json:"version"` // of the head
	loader.Status
	LateSeconds int64          `json:"late_seconds"`
	SyncReports loader.Reports `json:"sync_reports"`
	Stored      []spark.Held   `json:"stored"`
}

func (a *app) sparkStatusCmd() *cobra.Command {
	var c cluster
	cmd := &cobra.Command{
		Use:   "status --connect REMOTE",
		Short: "Tell what the tables hold and how they stand to their feed",
		Long: `Tell what the tables of a cluster hold, as smew status does of a database: dumps,
tables and rows, resolved ids; what of the feed could not be loaded at the last try;
what the feed's newest sync report says; and what the tables are called in the catalog.`,
		Example: examples("smew spark status --connect sc://localhost:15002", "smew spark status --connect sc://localhost:15002 --json"),
		Args:    arguments(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			var status spark.Status
			err := c.with(cmd.Context(), bucket.S3Config{}, func(s spark.Session) (err error) {
				status, err = spark.ReadStatus(cmd.Context(), s, c.place)
				return err
			})
			if err != nil {
				return err
			}
			told, reports, held := sparkStatus(status), sparkReports(status.State), status.State.Held()
			if a.json {
				return a.printJSON(sparkStatusResult{c.catalogName(), status.Version, told, int64(told.Report.Late(time.Now()).Seconds()), reports, held})
			}
			a.printStatus(c.catalogName(), told, time.Now())
			a.printReports(reports)
			fmt.Fprintf(a.stdout, "\nin the catalog:\n")
			g := a.list(column{name: "table"}, column{name: "raw and main"}, column{name: "tag"})
			for _, h := range held {
				g.line(h.Shown, h.Stored, h.Tag)
			}
			g.end()
			return nil
		},
	}
	c.flags(cmd.Flags())
	return cmd
}

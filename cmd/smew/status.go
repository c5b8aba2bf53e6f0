package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"smew/duck"
	"smew/loader"
)

// statusResult is what status --json prints.
type statusResult struct {
	Database string `json:"database"`
	loader.Status
	LateSeconds int64 `json:"late_seconds"` // for how long the next dump has been due
}

func (a *app) statusCmd() *cobra.Command {
	var d database
	cmd := &cobra.Command{
		Use:   "status --db FILE",
		Short: "Tell what the database holds and how it stands to its feed",
		Long: `Tell what the database holds: dumps, tables, resolved ids; what of the feed
could not be loaded at the last try; and what the feed's newest sync report says.`,
		Example: examples("smew status --db shop.duckdb", "smew status --db shop.duckdb --json"),
		Args:    arguments(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			options, err := d.options(a.waiting)
			if err != nil {
				return err
			}
			var s loader.Status
			err = d.view(cmd.Context(), options, func(tx *duck.Tx) (err error) {
				s, err = loader.ReadStatus(cmd.Context(), tx)
				return err
			})
			if err != nil {
				return err
			}
			if a.json {
				return a.printJSON(statusResult{d.path, s, int64(s.Report.Late(time.Now()).Seconds())})
			}
			a.printStatus(d.path, s, time.Now())
			return nil
		},
	}
	d.flags(cmd.Flags())
	return cmd
}

func (a *app) printStatus(path string, s loader.Status, now time.Time) {
	facts := a.list(column{name: ""}, column{name: ""})
	facts.w.ResetHeaders()
	facts.line("database", path)
	facts.line("feed", s.Feed)
	if s.LastDump == nil {
		facts.line("dumps", "none loaded")
	} else {
		facts.line("dumps", fmt.Sprintf("%s loaded, the highest is %d, the last came in %s",
			number(s.Dumps), s.LastDump.DumpID, instant(s.LastDump.LoadedAt)))
	}
	facts.line("identities", fmt.Sprintf("%s mapped to %s", count(s.Merged.IDs, "id"), counted(s.Merged.Persons, "person", "people")))
	facts.line("sync report", reportLine(s.Report, now))
	facts.end()
	if len(s.Tables) > 0 {
		fmt.Fprintln(a.stdout)
		a.printTables(s.Tables)
	}
	if len(s.Failures) > 0 {
		fmt.Fprintf(a.stdout, "\nnot loaded at the last try:\n")
	}
	for _, f := range s.Failures {
		fmt.Fprintf(a.stdout, "  %s (%s): %s\n", printable(f.Manifest), instant(f.TriedAt), printable(f.Error))
	}
}

func (a *app) printTables(tables []loader.TableStatus) {
	g := a.list(column{name: "table"}, column{name: "kind"}, column{"rows", true}, column{"delivered", true},
		column{"superseded", true}, column{"invalidated", true}, column{"hidden", true}, column{"full resync", true})
	for _, t := range tables {
		resync := "-"
		if t.Resync != nil {
			resync = fmt.Sprint(*t.Resync)
		}
		g.line(t.Shown, t.Kind, number(t.Rows), number(t.Delivered), number(t.Superseded), number(t.Invalidated), number(t.Hidden), resync)
	}
	g.end()
}

// reportLine tells what the newest sync report says, and whether the next dump is late.
func reportLine(r *loader.ReportStatus, now time.Time) string {
	if r == nil {
		return "none"
	}
	line := r.Status
	if r.FinishedAt != nil {
		line += " " + instant(*r.FinishedAt)
	}
	if r.Error != nil {
		line += ": " + *r.Error
	}
	if r.NextSyncAt == nil {
		return line
	}
	line += ", next due " + instant(*r.NextSyncAt)
	if late := r.Late(now); late > 0 {
		return line + " (" + ago(late) + " ago)"
	}
	return line + " (in " + ago(r.NextSyncAt.Sub(now)) + ")"
}

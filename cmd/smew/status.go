package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"smew/duck"
	"smew/erase"
	"smew/loader"
)

// statusResult is what status --json prints.
type statusResult struct {
	Database string `json:"database"`
	loader.Status
	LateSeconds int64          `json:"late_seconds"` // for how long the next dump has been due
	SyncReports loader.Reports `json:"sync_reports"`
	// Misfits are columns of typed with values that are NULL there, as they do not fit; none from a ledger of an older version.
	Misfits []loader.Misfits `json:"misfits"`
}

func (a *app) statusCmd() *cobra.Command {
	var d database
	cmd := &cobra.Command{
		Use:   "status --db FILE",
		Short: "Tell what the database holds and how it stands to its feed",
		Long: `Tell what the database holds: dumps, tables, resolved ids; what of the feed
could not be loaded at the last try; what the feed's newest sync report says;
which reports and manifests lack the other; and how many values are NULL in schema
typed because they do not fit their type. For these it reads the columns.`,
		Example: examples("smew status --db shop.duckdb", "smew status --db shop.duckdb --json"),
		Args:    arguments(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			options, err := d.options(a.waiting)
			if err != nil {
				return err
			}
			var s loader.Status
			var reports loader.Reports
			var misfits []loader.Misfits
			err = d.view(cmd.Context(), options, func(tx *duck.Tx) (err error) {
				if s, err = loader.ReadStatus(cmd.Context(), tx); err != nil {
					return err
				}
				if reports, err = loader.ReadReports(cmd.Context(), tx); err != nil {
					return err
				}
				misfits, err = readMisfits(cmd.Context(), tx)
				return err
			})
			if err != nil {
				return err
			}
			if a.json {
				return a.printJSON(statusResult{d.path, s, int64(s.Report.Late(time.Now()).Seconds()), reports, misfits})
			}
			a.printStatus(d.path, s, time.Now())
			a.printReports(reports)
			a.printMisfits(misfits)
			return nil
		},
	}
	d.flags(cmd.Flags())
	return cmd
}

// readMisfits counts what does not fit its type, such as the date "Invalid date".
func readMisfits(ctx context.Context, tx *duck.Tx) ([]loader.Misfits, error) {
	types, err := loader.ReadTypes(ctx, tx)
	var older *loader.OlderError
	if errors.As(err, &older) {
		return []loader.Misfits{}, nil
	}
	return slices.DeleteFunc(types, func(m loader.Misfits) bool { return m.Values == 0 }), err
}

func (a *app) printMisfits(misfits []loader.Misfits) {
	if len(misfits) > 0 {
		fmt.Fprintf(a.stdout, "\nNULL in typed, as they do not fit:\n")
	}
	for _, m := range misfits {
		fmt.Fprintf(a.stdout, "  %s of %s (%s), such as %s\n", count(m.Values, "value"), printable(m.Column), m.Type, printable(*m.Example))
	}
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
	if len(s.Choice.Include)+len(s.Choice.Exclude) > 0 {
		facts.line("tables", choiceLine(s))
	}
	facts.line("definitions", definedLine(s.Defined))
	if s.Erased.IDs > 0 {
		facts.line("erased", erasedLine(s.Erased))
	}
	facts.line("sync report", reportLine(s.Report, now))
	facts.end()
	if len(s.Tables) > 0 {
		fmt.Fprintln(a.stdout)
		a.printTables(s.Tables)
	}
	if len(s.Accepted) > 0 {
		fmt.Fprintf(a.stdout, "\naccepted as lost:\n")
	}
	for _, d := range s.Accepted {
		fmt.Fprintf(a.stdout, "  dump %d (%s): %s\n", d.DumpID, instant(d.AcceptedAt), printable(d.Reason))
	}
	if len(s.Failures) > 0 {
		fmt.Fprintf(a.stdout, "\nnot loaded at the last try:\n")
	}
	for _, f := range s.Failures {
		fmt.Fprintf(a.stdout, "  %s (%s): %s\n", printable(f.Manifest), instant(f.TriedAt), printable(f.Error))
	}
}

// choiceLine tells which tables are wanted.
func choiceLine(s loader.Status) string {
	line := "all"
	if len(s.Choice.Include) > 0 {
		line = strings.Join(s.Choice.Include, ", ")
	}
	if len(s.Choice.Exclude) > 0 {
		line += " but " + strings.Join(s.Choice.Exclude, ", ")
	}
	if len(s.Unwanted) > 0 {
		line += "; not loaded: " + strings.Join(s.Unwanted, ", ")
	}
	return printable(line)
}

// definedLine tells which property definitions are in force.
func definedLine(d loader.DefinedStatus) string {
	switch {
	case d.Given:
		return counted(int64(d.Properties), "property", "properties") + ", given in place of the feed's"
	case d.From != nil:
		return counted(int64(d.Properties), "property", "properties") + fmt.Sprintf(" of dump %d", *d.From)
	}
	return "none"
}

// erasedLine tells how much was erased, and whether copies may be left in the file.
func erasedLine(e erase.Status) string {
	line := fmt.Sprintf("%s with %s, %s removed or kept out", counted(e.People, "person", "people"), count(e.IDs, "id"), count(e.Rows, "row"))
	if e.Due {
		line += "; the file still holds copies until smew compact or smew erase has rewritten it"
	}
	return line
}

func (a *app) printTables(tables []loader.TableStatus) {
	columns := []column{{"table", false}, {"kind", false}, {"rows", true}, {"delivered", true},
		{"superseded", true}, {"invalidated", true}, {"hidden", true}, {"full resync", true}}
	quarantine := slices.ContainsFunc(tables, func(t loader.TableStatus) bool { return t.Quarantined > 0 })
	if quarantine {
		columns = append(columns, column{"quarantined", true})
	}
	g := a.list(columns...)
	for _, t := range tables {
		resync := "-"
		if t.Resync != nil {
			resync = fmt.Sprint(*t.Resync)
		}
		cells := []string{t.Shown, t.Kind, number(t.Rows), number(t.Delivered), number(t.Superseded), number(t.Invalidated), number(t.Hidden), resync}
		if quarantine {
			cells = append(cells, number(t.Quarantined))
		}
		g.line(cells...)
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

// mostReports is how many sync reports are listed at most.
const mostReports = 10

// printReports lists the reports of syncs that did not succeed since the last one that did, and what lacks
// its other half (R13).
func (a *app) printReports(r loader.Reports) {
	if r.Failures > 0 {
		since := ""
		if r.FailedSince != nil {
			since = " since " + instant(*r.FailedSince)
		}
		fmt.Fprintf(a.stdout, "\nno sync has succeeded%s, by %s:\n", since, count(r.Failures, "report"))
	}
	listed := 0
	for _, report := range r.All {
		if report.Problem == nil && listed < min(r.Failures, mostReports) {
			fmt.Fprintf(a.stdout, "  %s\n", syncLine(report))
			listed++
		}
	}
	var alone []loader.SyncReport // that say a sync succeeded, and there is no dump
	for _, report := range r.All {
		if report.NoManifest && !report.Failed() {
			alone = append(alone, report)
		}
	}
	if len(alone) > 0 {
		fmt.Fprintf(a.stdout, "\nreports of success without a manifest:\n")
	}
	for _, report := range alone[:min(len(alone), mostReports)] {
		fmt.Fprintf(a.stdout, "  %s\n", syncLine(report))
	}
	if n := len(r.Unreported); n > 0 {
		fmt.Fprintf(a.stdout, "\n%s without a sync report, the last is %d\n", count(n, "dump"), r.Unreported[n-1])
	}
}

// syncLine tells what a report says, in a line.
func syncLine(r loader.SyncReport) string {
	line := r.Key + ": " + r.Status
	if r.FinishedAt != nil {
		line += " " + instant(*r.FinishedAt)
	}
	if s, ok := r.Seconds(); ok {
		line += " after " + seconds(s)
	}
	if r.Error != nil {
		line += ": " + *r.Error
	}
	return printable(line)
}

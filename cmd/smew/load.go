package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"smew/define"
	"smew/duck"
	"smew/loader"
	"smew/plan"
	"smew/stage"
)

// load is the flags of load, and of what looks at a feed and a database as it does.
type load struct {
	source
	database
	limits
	dryRun, otherFeed, quarantine bool
	tempDir, cache                string
	cacheSize                     int64
	include, exclude              []string
	definitions                   string
	flagSet                       *pflag.FlagSet
}

func (l *load) flags(flags *pflag.FlagSet) {
	l.database.flags(flags)
	l.limits.flags(flags)
	l.s3Flags(flags)
	l.mapFlags(flags)
	flags.BoolVar(&l.otherFeed, "other-feed", false, "take FEED for the one the database was loaded from (it moved)")
	flags.StringVar(&l.tempDir, "temp-dir", "", "`directory` for parts on their way (default: the system's)")
}

// cacheFlags adds the flags of the commands that fetch parts.
func (l *load) cacheFlags(flags *pflag.FlagSet) {
	flags.StringVar(&l.cache, "cache", "", "keep fetched parts in this `directory`, for a load that is ended by a crash (S3 feeds)")
	flags.Int64Var(&l.cacheSize, "cache-size", 20, "with --cache: at most so many `gigabytes`")
}

// choiceFlags adds the flags that choose tables.
func (l *load) choiceFlags(flags *pflag.FlagSet) {
	flags.StringArrayVar(&l.include, "include", nil, "load only this `table`, named as delivered, from now on; * stands for any text (repeatable)")
	flags.StringArrayVar(&l.exclude, "exclude", nil, "load all tables but this `table`, from now on; * stands for any text (repeatable)")
	flags.StringVar(&l.definitions, "definitions", "", "have the property definitions of this `file` count in place of the feed's, from now on; '' has the feed's again")
	l.flagSet = flags
}

// given reads the definitions file that is to count, if one is named.
func (l *load) given() (*string, error) {
	if l.definitions == "" {
		if l.flagSet != nil && l.flagSet.Changed("definitions") {
			return &l.definitions, nil
		}
		return nil, nil
	}
	body, err := os.ReadFile(l.definitions)
	if err != nil {
		return nil, fmt.Errorf("read definitions: %w", err)
	}
	if _, err := define.Parse(body); err != nil {
		return nil, &hinted{fmt.Errorf("read definitions %s: %w", l.definitions, err), "smew define check " + l.definitions + " explains each mistake; docs/definitions.md describes the format"}
	}
	text := string(body)
	return &text, nil
}

// quarantineFlag adds the flag of the commands that load.
func (l *load) quarantineFlag(flags *pflag.FlagSet) {
	flags.BoolVar(&l.quarantine, "quarantine", false, "set rows aside in smew.quarantine that have no whole number for an id, and load the rest of their dump")
}

func (a *app) loadCmd() *cobra.Command {
	var l load
	var r repair
	cmd := &cobra.Command{
		Use:   "load FEED --db FILE",
		Short: "Load every dump that is not in the database yet",
		Long: `Load every dump of the feed that is not in the database yet, each in one
transaction. A dump that cannot be loaded is named and holds up no other; what
it lacks can be mended, and the next load takes it in.

--include and --exclude choose tables for good: the database remembers them until
others are given. A table that comes in is read from all its dumps, one that
is left out is removed; --include '*' has all tables again.

Exits with code 3 while some of the feed is not in the database.`,
		Example: examples(
			"smew load s3://my-bucket/data-connect --db shop.duckdb",
			"smew load ./feed --db shop.duckdb --dry-run",
			"smew load s3://copy/feed --db shop.duckdb --map s3://original=s3://copy/feed",
			"smew load ./feed --db shop.duckdb --exclude 'heap_*' --exclude clicks",
			"smew load ./feed --db shop.duckdb --reload 853",
			"smew load ./feed --db shop.duckdb --accept-lost 853 --reason 'bucket expired, see OPS-12'"),
		Args: arguments(0, "FEED"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := r.check(cmd.Flags(), l.dryRun); err != nil {
				return err
			}
			feed, config, err := l.config(cmd.Context(), args[0], a.waiting)
			if err != nil {
				return err
			}
			p := a.newProgress()
			if r.asked(cmd.Flags(), "reload") {
				return a.reload(cmd, p, feed, config, r)
			}
			r.narrow(cmd.Flags(), &config)
			config.DryRun, config.Progress, config.Stage.Progress = l.dryRun, p.event, p.fetched
			summary, err := loader.Run(cmd.Context(), feed, config)
			p.end()
			if none := noDumps(feed, summary); err == nil && none != nil {
				return none
			}
			if l.dryRun && err == nil {
				return a.showPlan(cmd, summary)
			}
			return a.showLoad(cmd, l.path, summary, err)
		},
	}
	l.flags(cmd.Flags())
	l.quarantineFlag(cmd.Flags())
	l.cacheFlags(cmd.Flags())
	l.choiceFlags(cmd.Flags())
	r.flags(cmd.Flags())
	cmd.Flags().BoolVar(&l.dryRun, "dry-run", false, "only say what would be loaded")
	return cmd
}

// config turns flags into what the loader takes.
func (l *load) config(ctx context.Context, name string, waiting func(*duck.LockedError)) (loader.Feed, loader.Config, error) {
	options, err := l.options(waiting)
	if err != nil {
		return loader.Feed{}, loader.Config{}, err
	}
	options.ReadOnly = l.dryRun
	limits, err := l.limits.check()
	if err != nil {
		return loader.Feed{}, loader.Config{}, err
	}
	feed, err := l.open(ctx, name)
	if err != nil {
		return loader.Feed{}, loader.Config{}, err
	}
	config := loader.Config{DB: l.path, Duck: options, Limits: limits, OtherFeed: l.otherFeed, Quarantine: l.quarantine}
	if len(l.include)+len(l.exclude) > 0 {
		config.Choice = &plan.Choice{Include: l.include, Exclude: l.exclude}
		if err := config.Choice.Check(); err != nil {
			return loader.Feed{}, loader.Config{}, err
		}
	}
	if config.Definitions, err = l.given(); err != nil {
		return loader.Feed{}, loader.Config{}, err
	}
	config.Stage.Dir = l.tempDir
	if l.cache != "" {
		if l.cacheSize <= 0 {
			return loader.Feed{}, loader.Config{}, &usageError{fmt.Sprintf("--cache-size is %d", l.cacheSize), ""}
		}
		config.Stage.Cache = &stage.Cache{Dir: l.cache, Bytes: l.cacheSize * 1e9, Bucket: l.s3.Endpoint + " " + feed.Source.Bucket}
	}
	return feed, config, nil
}

// loadResult is what load --json prints.
type loadResult struct {
	Database    string                 `json:"database"`
	Before      int                    `json:"loaded_before"`
	Loaded      []loader.Record        `json:"loaded"`
	Failed      []loader.Failure       `json:"failed"`
	SyncReports int                    `json:"sync_reports"`
	Warnings    []string               `json:"warnings"`
	Accepted    []loader.Acceptance    `json:"accepted"`        // dumps that are accepted as lost
	Chosen      []loader.ReloadedTable `json:"chosen"`          // tables that came or went, as the choice of tables changed
	Error       string                 `json:"error,omitempty"` // what ended the run early
}

func (a *app) showLoad(cmd *cobra.Command, db string, s loader.Summary, failed error) error {
	if a.json {
		result := loadResult{db, s.Before, append([]loader.Record{}, s.Loaded...), append([]loader.Failure{}, s.Failed...), s.Reports, append([]string{}, s.Warnings...),
			append([]loader.Acceptance{}, s.Accepted...), append([]loader.ReloadedTable{}, s.Chosen...), ""}
		if failed != nil {
			result.Error = failed.Error()
		}
		if err := a.printJSON(result); err != nil {
			return err
		}
	} else {
		a.printLoad(db, s, failed)
	}
	a.warn(cmd, s.Warnings)
	if failed != nil {
		return failed
	}
	return a.showFailures(cmd, s.Failed)
}

// noDumps says that the feed has nothing to load and never had.
func noDumps(feed loader.Feed, s loader.Summary) error {
	if s.Before+len(s.Waiting)+len(s.Loaded)+len(s.Failed)+len(s.Accepted) > 0 {
		return nil
	}
	return &hinted{fmt.Errorf("there is no dump in %s", feed.Name),
		"a feed's manifests lie in manifests/ directly below it: check the path, or wait for the first sync"}
}

// hinted is an error with advice of the command's.
type hinted struct {
	error
	hint string
}

func (h *hinted) Unwrap() error { return h.error }
func (h *hinted) Hint() string  { return h.hint }

func (a *app) printLoad(db string, s loader.Summary, failed error) {
	for _, t := range s.Chosen {
		fmt.Fprintln(a.stdout, chosenLine(t))
	}
	for _, r := range s.Loaded {
		fmt.Fprintln(a.stdout, recordLine(r))
	}
	if failed != nil {
		return
	}
	for _, d := range s.Accepted {
		fmt.Fprintf(a.stdout, "dump %d: accepted as lost %s: %s\n", d.DumpID, instant(d.AcceptedAt), printable(d.Reason))
	}
	if len(s.Loaded) == 0 && len(s.Failed) == 0 {
		fmt.Fprintf(a.stdout, "up to date: %s loaded\n", count(s.Before, "dump"))
		return
	}
	fmt.Fprintf(a.stdout, "%s loaded into %s, %d before\n", count(len(s.Loaded), "dump"), db, s.Before)
}

// chosenLine tells in a line what became of a table as the choice of tables changed.
func chosenLine(t loader.ReloadedTable) string {
	if t.Dumps == 0 {
		return fmt.Sprintf("table %s: not wanted any more, removed", printable(t.Name))
	}
	return fmt.Sprintf("table %s: wanted from now on, %s read from %s of %s", printable(t.Name), count(t.Rows, "row"), count(t.Parts, "part"), count(t.Dumps, "dump"))
}

// recordLine tells in a line what loading a dump did.
func recordLine(r loader.Record) string {
	var parts int
	var rows, superseded, invalidated, quarantined, erased int64
	for _, t := range r.Tables {
		if t.Read {
			parts += t.Parts
		}
		rows, superseded, quarantined, erased = rows+t.Rows, superseded+t.Superseded, quarantined+t.Quarantined, erased+t.Erased
		if t.Name != plan.Migrations { // every dump replaces it
			invalidated += t.Invalidated
		}
	}
	line := fmt.Sprintf("dump %d: %s in %s, %s, %s", r.DumpID, count(rows, "row"), count(parts, "part"), size(r.Bytes), seconds(r.Seconds))
	for _, extra := range []struct {
		n    int64
		text string
	}{{superseded, "%s superseded"}, {invalidated, "%s invalidated by a full resync"}, {quarantined, "%s quarantined"},
		{erased, "%s of erased people left out"}} {
		if extra.n > 0 {
			line += "; " + fmt.Sprintf(extra.text, count(extra.n, "row"))
		}
	}
	if r.Changed > 0 {
		line += "; " + count(r.Changed, "id") + " resolved anew"
	}
	return line
}

// showFailures lists what of the feed the database does not reflect, a line each.
func (a *app) showFailures(cmd *cobra.Command, failed []loader.Failure) error {
	n := a.listFailures(cmd, failed)
	if n == 0 {
		return nil
	}
	for _, f := range failed {
		if errors.Is(f.Err, plan.ErrChanged) {
			return &incompleteError{"not in the database as the feed has it: " + count(n, "dump"),
				"the rest of the feed is; a loaded dump stays as it was loaded until its manifest is put back, or --reload reads it again"}
		}
	}
	return &incompleteError{"not in the database: " + count(n, "dump"),
		"the rest of the feed is; a later load takes in what was mended (docs/repair.md)"}
}

// listFailures writes a line for each failure, and returns of how many dumps they are.
func (a *app) listFailures(cmd *cobra.Command, failed []loader.Failure) int {
	slices.SortStableFunc(failed, func(x, y loader.Failure) int {
		return cmp.Or(cmp.Compare(x.DumpID, y.DumpID), cmp.Compare(x.Key, y.Key))
	})
	said := map[string]bool{} // advice that many failures share is given with the first
	dumps := map[string]bool{}
	for i, f := range failed {
		if i > 0 && f.DumpID >= 0 && f.DumpID == failed[i-1].DumpID && f.Err.Error() == failed[i-1].Err.Error() {
			continue // of each manifest in a conflict the same is said
		}
		err := f.Err
		if f.DumpID < 0 {
			err = fmt.Errorf("%s: %w", f.Key, err)
		}
		a.complain(cmd, err, said)
		dumps[failureName(f)] = true
	}
	return len(dumps)
}

// failureName tells dumps apart; a manifest that cannot be read counts as one.
func failureName(f loader.Failure) string {
	if f.DumpID < 0 {
		return f.Key
	}
	return fmt.Sprint(f.DumpID)
}

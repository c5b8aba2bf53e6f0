package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"smew/produce"
)

// production is what the flags of produce say.
type production struct {
	from     source
	options  produce.Options
	start    string
	layout   string
	scenario string
	partName string
	faults   []string
	answer   string
	final    bool
	every    time.Duration
	endless  bool
	print    string
	database fromDatabase
}

func (a *app) produceCmd() *cobra.Command {
	var p production
	cmd := &cobra.Command{
		Use:   "produce FEED",
		Short: "Write dumps of a made-up shop, as the vendor would",
		Long: `Write dumps of a made-up shop, as the vendor would: parts, definitions and last
the manifest. A feed that has dumps is continued when --seed, --users, --events,
--history, --first-dump, --start, --scenario and --fault are the same again.

What is in the feed that makes it hard to load is up to the scenario: a name (` + strings.Join(produce.ScenarioNames(), ", ") + `)
or a YAML file. --print-scenario everything shows all there is to choose from.

--fault damages dumps, from the second one on, each another one unless NAME@DUMP_ID
says which:
` + faultList() + `
With --history the first dump brings the 90 days before --start as well, as when
a site that has long been there is synced first.

With --every dumps are written at an interval until stopped: by SIGTERM it exits
with code 0, by Ctrl-C with code 130, and finishes the dump in hand.

With --from the next dump is made of a DuckDB database instead: of the rows that
are new or changed since the dump before, which FILE.delivered remembers. A table
from which rows are gone is delivered in full, as a feed has no other way to say so.

A directory that does not exist is made.`,
		Example: examples(
			"smew produce ./feed",
			"smew produce ./feed --dumps 1              # the next day",
			"smew produce ./feed --answer ./key         # and what a right consumer holds",
			"smew produce ./feed --scenario everything --dumps 14",
			"smew produce --print-scenario everything > mine.yaml",
			"smew produce ./feed --fault truncated-part,torn-manifest@855",
			"smew produce ./feed --every 30s            # until stopped",
			"smew produce ./feed --from shop.duckdb     # what changed in a database",
			"smew produce s3://my-bucket/test --users 10000 --events 100000",
			"smew produce ./large --users 100000 --history 1000000 --part-rows 100000"),
		Args: func(cmd *cobra.Command, args []string) error {
			if p.print != "" {
				return arguments(0)(cmd, args)
			}
			return arguments(0, "FEED")(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if p.print != "" {
				text, err := produce.ScenarioText(p.print)
				if err != nil {
					return &usageError{err.Error(), ""}
				}
				_, err = a.stdout.Write(text)
				return err
			}
			if p.database.path != "" {
				return a.produceFrom(cmd, args[0], &p)
			}
			if err := p.settle(cmd); err != nil {
				return err
			}
			return a.produce(cmd.Context(), args[0], &p)
		},
	}
	p.flags(cmd)
	return cmd
}

func (p *production) flags(cmd *cobra.Command) {
	flags, o := cmd.Flags(), &p.options
	flags.Uint64Var(&o.Seed, "seed", 1, "`number` that decides what happens in the shop")
	flags.IntVar(&o.Users, "users", 200, "`number` of people")
	flags.IntVar(&o.Dumps, "dumps", 5, "`number` of dumps to write, about one for each day; with --every it is without end unless given")
	flags.IntVar(&o.Events, "events", 1000, "`number` of events a day, about")
	flags.IntVar(&o.History, "history", 0, "`number` of events in the first dump, about; 0: as on any day")
	flags.Int64Var(&o.FirstDump, "first-dump", 852, "`dump_id` of the first day")
	flags.StringVar(&p.start, "start", "2026-01-01", "first `day`")
	flags.StringVar(&p.scenario, "scenario", produce.DefaultScenario, "what makes the feed hard to load: a YAML `file` or "+strings.Join(produce.ScenarioNames(), ", "))
	flags.StringVar(&p.print, "print-scenario", "", "print the file of the scenario of that `name`, and write no feed")
	flags.StringSliceVar(&p.faults, "fault", nil, "`names` of what is to be wrong, each perhaps with a dump_id (repeatable)")
	flags.StringVar(&p.answer, "answer", "", "write to this `directory` what a right consumer holds, see smew check")
	flags.BoolVar(&p.final, "answer-final", false, "leave out of the answer what a consumer holds after each dump; with --every it is left out anyway")
	flags.DurationVar(&p.every, "every", 0, "write a dump at this `interval`, such as 30s, until stopped")
	flags.StringVar(&p.layout, "layout", "", "`layout` of the folders: hive, plain as in older feeds, or mixed (default: the scenario's, or hive)")
	flags.StringVar(&p.partName, "part-name", "", "`name` of parts in their folder, of which {uuid}, {table} and {number} are filled in")
	flags.StringVar(&o.Codec, "codec", "snappy", "`codec` of the parts: null, deflate or snappy")
	flags.IntVar(&o.PartRows, "part-rows", 500, "`number` of rows in a part at most")
	flags.StringVar(&o.Bucket, "bucket", "csq-rs3-shop", "bucket's `name` in the manifests of a directory feed")
	p.from.s3Flags(flags)
	p.from.writeFlags(flags)
	p.database.flags(flags)
	onlyInCalls(flags, "every", "fault", "print-scenario", "answer", "answer-final", "from", "table", "full", "state")
}

func faultList() string {
	var b strings.Builder
	for _, name := range produce.FaultNames() {
		what, _ := produce.FaultMeaning(name)
		fmt.Fprintf(&b, "  %-18s %s\n", name, what)
	}
	return b.String()
}

// settle makes options of the flags.
func (p *production) settle(cmd *cobra.Command) error {
	o := &p.options
	if err := p.database.unused(cmd.Flags()); err != nil {
		return err
	}
	p.endless = p.every > 0 && !cmd.Flags().Changed("dumps")
	if !slices.Contains([]string{"null", "deflate", "snappy"}, o.Codec) {
		return &usageError{fmt.Sprintf("--codec is %q: neither null, deflate nor snappy", o.Codec), ""}
	}
	if min(o.Users, o.Dumps, o.Events, o.PartRows) < 1 || o.FirstDump < 1 {
		return &usageError{"--users, --dumps, --events, --part-rows and --first-dump are at least 1", ""}
	}
	if o.History < 0 {
		return &usageError{"--history is at least 0", ""}
	}
	if p.every < 0 {
		return &usageError{fmt.Sprintf("--every is %v: it must be more than 0", p.every), ""}
	}
	var err error
	if o.Start, err = time.Parse(time.DateOnly, p.start); err != nil {
		return &usageError{fmt.Sprintf("--start is %q: a day such as 2026-01-01 is wanted", p.start), ""}
	}
	if o.Scenario, err = readScenario(p.scenario); err != nil {
		return err
	}
	if p.layout != "" {
		o.Scenario.Layout = p.layout
	}
	if p.partName != "" {
		o.Scenario.PartName = p.partName
	}
	o.Scenario.Faults = append(o.Scenario.Faults, p.faults...)
	if _, _, err := o.Environments(); err != nil {
		return &usageError{err.Error(), ""}
	}
	return nil
}

// readScenario reads a scenario that has a name or lies in a file.
func readScenario(name string) (*produce.Scenario, error) {
	if slices.Contains(produce.ScenarioNames(), name) {
		return produce.ScenarioNamed(name)
	}
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &usageError{fmt.Sprintf("there is no scenario %q", name),
			"name a YAML file, or one of " + strings.Join(produce.ScenarioNames(), ", ")}
	}
	if err != nil {
		return nil, fmt.Errorf("read scenario: %w", err)
	}
	s, err := produce.ParseScenario(text)
	if err != nil {
		return nil, &usageError{fmt.Sprintf("%s: %v", name, err), ""}
	}
	return s, nil
}

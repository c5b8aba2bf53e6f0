package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"smew/doctor"
	"smew/iam"
	"smew/loader"
)

// examining is what the flags of doctor say.
type examining struct {
	source
	database
	role    string
	tempDir string

	from loader.Feed // when it could be opened
	part string      // the key of a part that could be read; "": none
}

// doctorResult is what doctor --json prints.
type doctorResult struct {
	Feed     string         `json:"feed"`
	Database string         `json:"database,omitempty"`
	Catalog  string         `json:"catalog,omitempty"`
	Role     iam.Role       `json:"role"`
	Checks   []doctor.Check `json:"checks"`
	Warnings int            `json:"warnings"`
	Wrong    int            `json:"wrong"`
}

func (a *app) doctorCmd() *cobra.Command {
	var e examining
	cmd := &cobra.Command{
		Use:   "doctor FEED [--db FILE]",
		Short: "Say whether a feed can be loaded from here, and what to do if not",
		Long: `Look at all that a load depends on, and say of each whether it is ok, works but
should be known (warning), or is wrong, and what to do: credentials, endpoint,
clock, region, the bucket and its name, each action of the role's policy, how
objects are encrypted, how the feed is laid out; with --db the database, its
version and who has it open, and the disks that a load writes to.

Manifests are read, parts are not. Nothing is left behind: of the folders it is
seen that a file can be made there, and of a bucket that is to be written
(--role producer, --role export), that an upload can be begun, and given up.

Exit code 0: nothing is wrong (there may be warnings), 1: something is.`,
		Example: examples(
			"smew doctor s3://csq-rs3-example --db shop.duckdb",
			"smew doctor ./feed --db shop.duckdb --json",
			"smew doctor s3://my-bucket/test/feed --role producer"),
		Args: arguments(0, "FEED"),
		RunE: func(cmd *cobra.Command, args []string) error {
			facts, err := e.facts(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			return a.showExamined(doctorResult{Feed: args[0], Database: e.path, Role: facts.Role, Checks: doctor.Judge(facts)})
		},
	}
	flags := cmd.Flags()
	e.s3Flags(flags)
	e.writeFlags(flags)
	e.mapFlags(flags)
	flags.StringVar(&e.path, "db", "", "the DuckDB `file` to load into")
	flags.StringVar(&e.tempDir, "temp-dir", "", "`directory` for parts on their way (default: the system's)")
	flags.StringVar(&e.role, "role", string(iam.Consumer), "what is to be done with FEED: `consumer`, producer or export")
	onlyInCalls(flags, "role")
	return cmd
}

func (a *app) showExamined(r doctorResult) error {
	for _, c := range r.Checks {
		switch c.Result {
		case doctor.Warning:
			r.Warnings++
		case doctor.Wrong:
			r.Wrong++
		}
	}
	if a.json {
		if err := a.printJSON(r); err != nil {
			return err
		}
	} else {
		for _, c := range r.Checks {
			fmt.Fprintf(a.stdout, "%-8s %s: %s\n", c.Result, c.Name, printable(c.Found))
			if c.Advice != "" {
				fmt.Fprintf(a.stdout, "         %s\n", printable(c.Advice))
			}
		}
	}
	if r.Wrong > 0 {
		return &hinted{fmt.Errorf("%s: %s", r.Feed, counted(r.Wrong, "thing is wrong", "things are wrong")),
			"begin with the first: what is wrong there may be why others are"}
	}
	if !a.json {
		fmt.Fprintf(a.stdout, "\nnothing is wrong, %s\n", count(r.Warnings, "warning"))
	}
	return nil
}

// check refuses a role that there is none of.
func (e *examining) check() error {
	switch iam.Role(e.role) {
	case iam.Consumer, iam.Producer, iam.Export:
		return nil
	}
	return &usageError{fmt.Sprintf("there is no role %q", e.role), "--role is consumer, producer or export"}
}

// isUsage tells errors of the command line from what doctor is to judge.
func isUsage(err error) bool {
	var usage *usageError
	return errors.As(err, &usage) || exitCode(err) == exitUsage
}

package main

import (
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"smew/loader"
)

// repair is the flags of load that see to a single dump.
type repair struct {
	reload int64
	only   []string
}

func (r *repair) flags(flags *pflag.FlagSet) {
	flags.Int64Var(&r.reload, "reload", 0, "read the loaded `dump` again, by its manifest as it is now, and nothing else")
	flags.StringArrayVar(&r.only, "only", nil, "with --reload: only this `table`, named as delivered (repeatable)")
}

func (r *repair) asked(flags *pflag.FlagSet, name string) bool { return flags.Changed(name) }

// check refuses flags that do not go together.
func (r *repair) check(flags *pflag.FlagSet, dryRun bool) error {
	switch {
	case r.asked(flags, "only") && !r.asked(flags, "reload"):
		return &usageError{"--only is for --reload", ""}
	case r.asked(flags, "reload") && dryRun:
		return &usageError{"--dry-run does not go with --reload", ""}
	}
	return nil
}

// reload reads a dump again.
func (a *app) reload(cmd *cobra.Command, p *progress, feed loader.Feed, config loader.Config, r repair) error {
	config.Progress, config.Stage.Progress = p.event, p.fetched
	rec, err := loader.Reload(cmd.Context(), feed, config, r.reload, r.only)
	p.end()
	if err != nil {
		return err
	}
	if a.json {
		if err := a.printJSON(rec); err != nil {
			return err
		}
	} else {
		a.printReload(rec)
	}
	a.warn(cmd, rec.Warnings)
	return nil
}

func (a *app) printReload(rec loader.ReloadRecord) {
	for _, t := range rec.Tables {
		if t.Dumps == 0 {
			fmt.Fprintf(a.stdout, "%s: gone, no dump has it any more\n", printable(t.Name))
			continue
		}
		line := fmt.Sprintf("%s: %s in %s of %s", printable(t.Name), count(t.Rows, "row"), count(t.Parts, "part"), count(t.Dumps, "dump"))
		if t.Superseded > 0 {
			line += "; " + count(t.Superseded, "row") + " superseded"
		}
		if t.Quarantined > 0 {
			line += "; " + count(t.Quarantined, "row") + " quarantined"
		}
		fmt.Fprintln(a.stdout, line)
	}
	line := fmt.Sprintf("dump %d read again: %s, %s, %s", rec.DumpID, count(len(rec.Tables), "table"), size(rec.Bytes), seconds(rec.Seconds))
	if rec.Changed > 0 {
		line += "; " + count(rec.Changed, "id") + " resolved anew"
	}
	fmt.Fprintln(a.stdout, line)
}

// warn writes warnings to stderr.
func (a *app) warn(cmd *cobra.Command, warnings []string) {
	for _, warning := range warnings {
		a.complain(cmd, fmt.Errorf("warning: %s", warning), map[string]bool{})
	}
}

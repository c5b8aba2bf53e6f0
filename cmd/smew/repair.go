package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"smew/loader"
)

// repair is the flags of load that see to a single dump.
type repair struct {
	reload, retry, lost int64
	only                []string
	reason              string
}

func (r *repair) flags(flags *pflag.FlagSet) {
	flags.Int64Var(&r.reload, "reload", 0, "read the loaded `dump` again, by its manifest as it is now, and nothing else")
	flags.StringArrayVar(&r.only, "only", nil, "with --reload: only this `table`, named as delivered (repeatable)")
	flags.Int64Var(&r.retry, "retry", 0, "load the `dump` that waits or failed, and nothing else")
	flags.Int64Var(&r.lost, "accept-lost", 0, "try the `dump` once more, and accept it as lost if a part is missing or damaged")
	flags.StringVar(&r.reason, "reason", "", "with --accept-lost: why, a `text` that status shows")
	onlyInCalls(flags, "reload", "only", "retry", "accept-lost", "reason")
}

func (r *repair) asked(flags *pflag.FlagSet, name string) bool { return flags.Changed(name) }

// check refuses flags that do not go together.
func (r *repair) check(flags *pflag.FlagSet, dryRun bool) error {
	var one []string
	for _, name := range []string{"reload", "retry", "accept-lost"} {
		if r.asked(flags, name) {
			one = append(one, "--"+name)
		}
	}
	switch {
	case len(one) > 1:
		return &usageError{strings.Join(one, " and ") + " do not go together", ""}
	case r.asked(flags, "accept-lost") != r.asked(flags, "reason") || r.asked(flags, "reason") && r.reason == "":
		return &usageError{"--accept-lost needs a --reason, and the other way round", ""}
	case r.asked(flags, "accept-lost") && dryRun:
		return &usageError{"--dry-run does not go with --accept-lost", ""}
	case r.asked(flags, "only") && !r.asked(flags, "reload"):
		return &usageError{"--only is for --reload", ""}
	case r.asked(flags, "reload") && dryRun:
		return &usageError{"--dry-run does not go with --reload", ""}
	}
	return nil
}

// narrow has the load do with one dump, if that is asked for.
func (r *repair) narrow(flags *pflag.FlagSet, config *loader.Config) {
	switch {
	case r.asked(flags, "retry"):
		config.Only = &r.retry
	case r.asked(flags, "accept-lost"):
		config.Only, config.Accept = &r.lost, r.reason
	}
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
		if t.Erased > 0 {
			line += "; " + count(t.Erased, "row") + " of erased people left out"
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

package main

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func (a *app) configCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Look at a configuration file",
		Args:  onlyCommands,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.configCheckCmd())
	return cmd
}

// checkResult is what config check --json prints.
type checkResult struct {
	File     string       `json:"file"`
	Problems []problem    `json:"problems"`
	Feeds    []feedResult `json:"feeds"` // what is followed; none if something is wrong
}

type feedResult struct {
	Name     string `json:"name"`
	Feed     string `json:"feed"`
	Database string `json:"database"`
	Publish  string `json:"publish,omitempty"`
}

func (a *app) configCheckCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "check [FILE]",
		Short: "Explain each wrong line of a configuration file",
		Long: `Explain each wrong line of a configuration file: settings that do not exist, values
that make no sense, feeds that would be in each other's way, variables that the
environment lacks. Nothing is opened: neither feeds nor databases.

Exits with code 2 if something is wrong. FILE is what --config or SMEW_CONFIG
names, unless it is given.`,
		Example: examples("smew config check smew.yaml", "smew config check smew.yaml --json"),
		Args:    arguments(1),
		// The file is read here and nowhere else: what is wrong in it is the result.
		PersistentPreRunE: func(*cobra.Command, []string) error { return nil },
		RunE: func(cmd *cobra.Command, args []string) error {
			path := a.configPath(cmd)
			if len(args) > 0 {
				path = args[0]
			}
			if path == "" {
				return &usageError{"FILE is missing", "usage: " + cmd.UseLine()}
			}
			c, err := a.readConfig(cmd.Root(), path)
			if err != nil {
				return err
			}
			feeds, wrong := a.checkConfig(cmd.Root(), c)
			return a.showConfig(path, feeds, wrong)
		},
	}
}

// checkConfig finds all that is wrong in a file, in the order of its lines.
func (a *app) checkConfig(root *cobra.Command, c *config) (feeds []*following, wrong []problem) {
	wrong = append(c.unset, c.unknown(root)...)
	for key, flags := range flagsOf(root) {
		value, ok := c.values[key]
		if !ok {
			continue
		}
		for _, f := range flags { // of every command that has it
			if err := setFrom(f, value); err != nil {
				wrong = append(wrong, c.at(key, err.Error()))
				break
			}
		}
	}
	wrong = append(wrong, a.topFlaws(c)...)
	if _, ok := c.values["feeds"]; ok {
		var problems []problem
		feeds, problems = c.feeds(func(flags *pflag.FlagSet) error { return a.inheritFile(c, flags) })
		wrong = append(wrong, problems...)
	}
	_, problems := c.alerts()
	wrong = append(wrong, problems...)
	_, problems = c.exports()
	wrong = append(wrong, problems...)
	return feeds, slices.CompactFunc(ordered(wrong), func(a, b problem) bool { return a.Path == b.Path })
}

// topFlaws are the settings at the top of the file that make no sense, for a feed or for the page.
func (a *app) topFlaws(c *config) (wrong []problem) {
	var f following
	var l listening
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	f.flags(flags)
	l.flags(flags, "")
	flags.VisitAll(func(flag *pflag.Flag) { _ = setFrom(flag, c.values[flag.Name]) }) // what cannot be set is complained of already
	for _, flaw := range append(f.flaws(), l.flaws()...) {
		if c.lines[flaw.setting] > 0 {
			wrong = append(wrong, c.at(flaw.setting, flaw.text))
		}
	}
	return wrong
}

// inheritFile gives a feed's flags what the environment and the top of the file say. What is wrong there is
// complained of there.
func (a *app) inheritFile(c *config, flags *pflag.FlagSet) (err error) {
	flags.VisitAll(func(f *pflag.Flag) {
		done, failed := a.fromEnvironment(f)
		if failed != nil && err == nil {
			err = failed
		}
		if f.Changed = done; !done {
			_ = setFrom(f, c.values[f.Name])
		}
	})
	return err
}

func (a *app) showConfig(path string, feeds []*following, wrong []problem) error {
	failed := &usageError{fmt.Sprintf("%s: %s", path, count(len(wrong), "mistake")), "docs/config.md describes each setting"}
	if a.json {
		result := checkResult{path, append([]problem{}, wrong...), []feedResult{}}
		if len(wrong) > 0 {
			feeds = nil
		}
		for _, f := range feeds {
			result.Feeds = append(result.Feeds, feedResult{f.name, f.location, f.into(), f.publish})
		}
		if err := a.printJSON(result); err != nil || len(wrong) == 0 {
			return err
		}
		return failed
	}
	for _, p := range wrong {
		fmt.Fprintf(a.stdout, "%s:%d: %s: %s\n", path, p.Line, p.Path, printable(p.Text))
		if p.Line > 0 {
			fmt.Fprintf(a.stdout, "%5d | %s\n", p.Line, printable(p.Source))
		}
	}
	if len(wrong) > 0 {
		return failed
	}
	for _, f := range feeds {
		line := fmt.Sprintf("%s: %s into %s", f.name, f.location, f.into())
		if f.publish != "" {
			line += ", published as " + f.publish
		}
		fmt.Fprintln(a.stdout, line)
	}
	fmt.Fprintf(a.stdout, "%s: nothing is wrong\n", path)
	return nil
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"smew/bucket"
)

// otherwise is the advice on an error that brings none: what a command line, a path or the system's word for it tells.
func otherwise(cmd *cobra.Command, err error) string {
	var usage *usageError
	var config *bucket.ConfigError
	var interrupted *interruption
	switch {
	case errors.As(err, &usage), errors.As(err, &config):
		return "see " + cmd.CommandPath() + " --help"
	case errors.As(err, &interrupted), errors.Is(err, context.Canceled):
		return "nothing is left half done: run it again to go on"
	case errors.Is(err, fs.ErrPermission):
		return "this user may not: look at owner and mode (ls -ld), or let the user who owns it run smew"
	case errors.Is(err, syscall.EROFS):
		return "that disk cannot be written: choose a place on another one"
	case errors.Is(err, syscall.EADDRINUSE):
		return "another program listens there: stop it, or choose another address with --listen"
	case errors.Is(err, syscall.ENOTDIR):
		return "a part of that path is a file where a folder should be: name another one"
	case errors.Is(err, fs.ErrNotExist):
		return "check the path; it counts from the folder in which smew runs"
	}
	return ""
}

// onlyCommands is for a command that has others below it, and takes no arguments itself.
func onlyCommands(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return noCommand(cmd, args[0])
	}
	return nil
}

// helpTopic refuses help on a command that there is not.
func helpTopic(help *cobra.Command, args []string) error {
	cmd, rest, err := help.Root().Find(args)
	if cmd.HasSubCommands() && len(rest) > 0 {
		return noCommand(cmd, rest[0])
	}
	return err
}

// noCommand says that cmd has no command of a name, and which it may have been.
func noCommand(cmd *cobra.Command, name string) error {
	path := strings.TrimPrefix(strings.TrimPrefix(cmd.CommandPath(), "smew")+" "+name, " ")
	var names []string
	for _, c := range cmd.Commands() {
		names = append(names, c.Name())
	}
	return &usageError{fmt.Sprintf("there is no command %q", path), meant(name, names, cmd.CommandPath()+" --help lists them")}
}

// wrongFlag says in short what pflag says of a flag.
func wrongFlag(cmd *cobra.Command, err error) error {
	if cmd.HasSubCommands() && cmd.Flags().NArg() > 0 { // the flag is one of the command that was meant
		return noCommand(cmd, cmd.Flags().Arg(0))
	}
	hint := "see " + cmd.CommandPath() + " --help"
	var missing *pflag.NotExistError
	if errors.As(err, &missing) {
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		hint = meant(missing.GetSpecifiedName(), names, hint, "--")
		for _, c := range cmd.Commands() {
			if c.Name() == missing.GetSpecifiedName() {
				hint = "that is a command: " + c.CommandPath()
			}
		}
	}
	var invalid *pflag.InvalidValueError
	if errors.As(err, &invalid) {
		f := invalid.GetFlag()
		return &usageError{fmt.Sprintf("--%s: %v", f.Name, wrongValue(f, invalid.GetValue(), invalid.Unwrap())), hint}
	}
	return &usageError{err.Error(), hint}
}

// wrongValue says which kind of value a flag takes, where the error is only one of Go's parsers.
func wrongValue(f *pflag.Flag, value string, err error) error {
	kinds := map[string]string{
		"int": "a whole number", "int64": "a whole number", "uint64": "a whole number, not below 0",
		"float64": "a number", "bool": "true or false", "duration": "a time such as 90s, 5m or 2h",
	}
	if kind, ok := kinds[f.Value.Type()]; ok {
		return fmt.Errorf("%q is not %s", value, kind)
	}
	return err
}

// meant asks whether one of the names was meant that are like it, and else gives the hint.
func meant(name string, names []string, hint string, before ...string) string {
	all := &cobra.Command{}
	for _, n := range names {
		all.AddCommand(&cobra.Command{Use: n, Run: func(*cobra.Command, []string) {}})
	}
	for all.SuggestionsMinimumDistance = 1; all.SuggestionsMinimumDistance <= 2; all.SuggestionsMinimumDistance++ {
		if like := all.SuggestionsFor(name); len(like) > 0 && len(like) <= 3 {
			dashes := strings.Join(before, "")
			return "did you mean " + dashes + strings.Join(like, " or "+dashes) + "? " + hint
		}
	}
	return hint
}

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"smew/bucket"
	"smew/duck"
	"smew/spark"
)

// Exit codes. docs/reference has what is said of them here.
const (
	exitDone        = 0   // done
	exitFailed      = 1   // failed: the reason is on stderr, with a hint where there is something to be done
	exitUsage       = 2   // wrong usage: an unknown flag, a missing argument, a setting that makes no sense
	exitIncomplete  = 3   // some of the feed is not in the database (each dump is named on stderr); the rest is
	exitLocked      = 4   // another process has the database locked, and --no-wait was given; or another loader has the lock of a Spark catalog
	exitInterrupted = 130 // interrupted: a dump that was being loaded is rolled back
)

// usageError says that the command line is wrong.
type usageError struct{ text, hint string }

func (e *usageError) Error() string { return e.text }

// Hint says what is right.
func (e *usageError) Hint() string { return e.hint }

// incompleteError says that some of the feed is not in the database; the single
// failures were shown already.
type incompleteError struct{ text, hint string }

func (e *incompleteError) Error() string { return e.text }
func (e *incompleteError) Hint() string  { return e.hint }

func exitCode(err error) int {
	var usage *usageError
	var incomplete *incompleteError
	var config *bucket.ConfigError
	var locked *duck.LockedError
	var catalog *spark.LockedError
	var interrupted *interruption
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &interrupted), errors.Is(err, context.Canceled):
		return exitInterrupted
	case errors.As(err, &usage), errors.As(err, &config):
		return exitUsage
	case errors.As(err, &incomplete):
		return exitIncomplete
	case errors.As(err, &locked), errors.As(err, &catalog):
		return exitLocked
	}
	return exitFailed
}

// report shows how a command ended and returns the exit code.
func (a *app) report(cmd *cobra.Command, err error) int {
	if err != nil {
		if strings.Join(a.advice(cmd, err), "") == "" {
			err = &hinted{err, otherwise(cmd, err)}
		}
		a.complain(cmd, err, map[string]bool{})
	}
	return exitCode(err)
}

// advice is what the error, or the command, knows to say about it.
func (a *app) advice(cmd *cobra.Command, err error) []string {
	return append(hints(err), policyHint(cmd, err), limitHint(err))
}

// explained adds to an error that has no advice what is known of its kind, be it the system's or, of a query, DuckDB's.
func (a *app) explained(cmd *cobra.Command, err error) error {
	if err == nil || strings.Join(a.advice(cmd, err), "") != "" {
		return err
	}
	if hint := otherwise(cmd, err); hint != "" {
		return &hinted{err, hint}
	}
	return advised(err)
}

// complain writes an error as "smew: load: …", and hints not said before on lines of their own.
func (a *app) complain(cmd *cobra.Command, err error, said map[string]bool) {
	prefix := strings.ReplaceAll(cmd.CommandPath(), " ", ": ")
	fmt.Fprintf(a.stderr, "%s: %s\n", prefix, printable(err.Error()))
	for _, hint := range a.advice(cmd, err) {
		if hint != "" && !said[hint] {
			fmt.Fprintf(a.stderr, "hint: %s\n", printable(hint))
		}
		said[hint] = true
	}
}

// hints collects the advice of an error and all that it wraps, each once.
func hints(err error) []string {
	var all []string
	var walk func(error)
	walk = func(err error) {
		if h, ok := err.(interface{ Hint() string }); ok && h.Hint() != "" && !slices.Contains(all, h.Hint()) {
			all = append(all, h.Hint())
		}
		switch e := err.(type) {
		case interface{ Unwrap() error }:
			if inner := e.Unwrap(); inner != nil {
				walk(inner)
			}
		case interface{ Unwrap() []error }:
			for _, inner := range e.Unwrap() {
				walk(inner)
			}
		}
	}
	walk(err)
	return all
}

// printJSON writes v indented to stdout.
func (a *app) printJSON(v any) error {
	e := json.NewEncoder(a.stdout)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// printJSONLine writes v to stdout in one line.
func (a *app) printJSONLine(v any) error {
	e := json.NewEncoder(a.stdout)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

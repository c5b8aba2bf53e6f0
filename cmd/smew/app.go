package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"
)

// app is one call of the program: where it reads and writes.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	environ        func(string) (string, bool)

	json, quiet bool
	file        *config // what --config names
}

const about = `smew loads the feed that Contentsquare Data Connect (once Heap Connect) writes
into a bucket: each dump exactly once into a DuckDB file, whatever their order,
with identities resolved and duplicates dropped.

FEED is a directory or s3://bucket/prefix.

Every flag can also be set in the environment (--path-style as
SMEW_PATH_STYLE) or in a YAML file (--config, or SMEW_CONFIG) whose keys are the
flags' names. A flag wins over the environment, and that over the file.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 some of the feed could not be
loaded, 4 the database is locked by another process, 130 interrupted.`

// run runs the command that args name and returns the exit code.
func run(args []string, a *app) int {
	ctx, stop := interruptible()
	defer stop()
	out := &output{Writer: a.stdout}
	a.stdout = out
	root := a.root()
	root.InitDefaultHelpCmd()
	if help, _, err := root.Find([]string{"help"}); err == nil {
		help.Args = helpTopic
	}
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		err = out.err
	}
	if err != nil && ctx.Err() != nil {
		err = context.Cause(ctx) // whatever it was that the interruption broke
	}
	return a.report(cmd, err)
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "smew",
		Short:         "Load a Contentsquare Data Connect feed into DuckDB",
		Long:          about,
		Args:          onlyCommands,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		SilenceErrors: true,
		SilenceUsage:  true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			return a.settings(cmd)
		},
	}
	root.SetIn(a.stdin)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	root.SetFlagErrorFunc(wrongFlag)
	flags := root.PersistentFlags()
	flags.BoolVar(&a.json, "json", false, "write the result as JSON")
	flags.BoolVarP(&a.quiet, "quiet", "q", false, "do not show progress")
	flags.String("config", "", "read settings from this YAML `file`")
	root.AddCommand(a.demoCmd(), a.produceCmd(), a.loadCmd(), a.pollCmd(), a.statusCmd(), a.serveCmd(), a.queryCmd(), a.askCmd(), a.compactCmd(), a.rebuildCmd(),
		a.eraseCmd(), a.defineCmd(), a.typeCmd(), a.checkCmd(), a.configCmd(), a.verifyCmd(), a.lsCmd(), a.catCmd(), a.iamCmd(), a.versionCmd(),
		a.exportCmd(), a.alertCmd(), a.doctorCmd(), a.sparkCmd(), a.manCmd())
	for _, cmd := range root.Commands() {
		cmd.DisableFlagsInUseLine = true // they are listed below it
	}
	return root
}

// arguments checks how many arguments a command gets; names are those it needs.
func arguments(optional int, names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		hint := "usage: " + cmd.UseLine()
		if len(args) < len(names) {
			return &usageError{names[len(args)] + " is missing", hint}
		}
		if most := len(names) + optional; len(args) > most {
			return &usageError{fmt.Sprintf("%q is one argument too many", args[most]), hint}
		}
		return nil
	}
}

// interruption is why a context ended: a signal.
type interruption struct{ signal os.Signal }

func (i *interruption) Error() string {
	if i.signal == syscall.SIGTERM {
		return "terminated"
	}
	return "interrupted"
}

// interruptible returns a context that the first SIGINT or SIGTERM ends; the second one
// kills the process as usual.
func interruptible() (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		select {
		case s := <-signals:
			signal.Stop(signals)
			cancel(&interruption{s})
		case <-ctx.Done():
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		cancel(nil)
	}
}

// output keeps the first error of writing, which not every printer hands on: a result that
// could not be written is no success.
type output struct {
	io.Writer
	err error
}

func (o *output) Write(p []byte) (int, error) {
	n, err := o.Writer.Write(p)
	if err != nil && o.err == nil {
		o.err = fmt.Errorf("write the result: %w", err)
	}
	return n, err
}

// isTerminal tells whether a stream is a terminal that understands escapes.
func (a *app) isTerminal(stream any) bool {
	if o, ok := stream.(*output); ok {
		stream = o.Writer
	}
	f, ok := stream.(*os.File)
	if !ok || !isatty.IsTerminal(f.Fd()) {
		return false
	}
	dumb, _ := a.environ("TERM")
	_, plain := a.environ("NO_COLOR")
	return dumb != "dumb" && !plain
}

// examples joins lines for a command's help.
func examples(lines ...string) string { return "  " + strings.Join(lines, "\n  ") }

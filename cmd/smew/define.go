package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"smew/define"
	"smew/duck"
	"smew/loader"
	"smew/views"
)

func (a *app) defineCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "define",
		Short: "Check property definitions, and show which are in force",
		Long: `Property definitions are columns that are computed from others, such as a
marketing channel. A feed brings them with each dump; the views of main apply
those of the highest dump, to all rows ever loaded.`,
		Example: examples("smew define check definitions.json", "smew define show --db shop.duckdb"),
		Args:    onlyCommands,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.defineCheckCmd(), a.defineShowCmd())
	return cmd
}

// checkedDefinitions is what define check --json prints.
type checkedDefinitions struct {
	File       string           `json:"file"`
	Properties int              `json:"properties"`
	Problems   []define.Problem `json:"problems"`
	Error      string           `json:"error,omitempty"` // why it is not in smew's format
}

const formatHint = "docs/definitions.md describes the format"

func (a *app) defineCheckCmd() *cobra.Command {
	return &cobra.Command{
		Use:     "check FILE",
		Short:   "Say whether a definitions file makes sense, and what of it does not",
		Long:    "Read a file of property definitions and name everything in it that makes no sense, each with its line.",
		Example: examples("smew define check definitions.json", "smew define check definitions.json --json"),
		Args:    arguments(0, "FILE"),
		RunE: func(_ *cobra.Command, args []string) error {
			body, err := os.ReadFile(args[0])
			if err != nil {
				return fmt.Errorf("read definitions: %w", err)
			}
			result := checkedDefinitions{File: args[0], Problems: []define.Problem{}}
			d, err := define.Parse(body)
			var problems *define.ProblemsError
			switch {
			case errors.As(err, &problems):
				result.Problems = problems.Problems
			case err != nil:
				result.Error = err.Error()
			default:
				result.Properties = len(d.Properties)
			}
			if a.json {
				if failed := a.printJSON(result); failed != nil {
					return failed
				}
			}
			for _, p := range result.Problems {
				if !a.json {
					fmt.Fprintf(a.stdout, "%s:%d:%d: %s: %s\n", args[0], p.Line, p.Column, printable(p.Path), printable(p.Text))
				}
			}
			switch {
			case len(result.Problems) > 0:
				return &hinted{fmt.Errorf("read definitions %s: %s", args[0], count(len(result.Problems), "problem")), formatHint}
			case err != nil:
				return &hinted{fmt.Errorf("read definitions %s: %w", args[0], err), formatHint}
			case !a.json:
				fmt.Fprintf(a.stdout, "%s: %s\n", args[0], counted(int64(result.Properties), "property", "properties"))
			}
			return nil
		},
	}
}

// shownDefinitions is what define show --json prints.
type shownDefinitions struct {
	loader.DefinedStatus
	Columns []views.Expression `json:"columns"`
}

func (a *app) defineShowCmd() *cobra.Command {
	var d database
	cmd := &cobra.Command{
		Use:   "show --db FILE",
		Short: "Show which definitions are in force, and as what SQL",
		Long: `Show which property definitions are in force, on which tables they act and as
what SQL. A name that a table has not is NULL there, and is named.`,
		Example: examples("smew define show --db shop.duckdb", "smew define show --db shop.duckdb --json"),
		Args:    arguments(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			options, err := d.options(a.waiting)
			if err != nil {
				return err
			}
			var shown shownDefinitions
			err = d.view(cmd.Context(), options, func(tx *duck.Tx) (err error) {
				shown.DefinedStatus, shown.Columns, err = loader.ReadDefined(cmd.Context(), tx)
				return err
			})
			if err != nil {
				return err
			}
			if a.json {
				return a.printJSON(shown)
			}
			fmt.Fprintln(a.stdout, definedLine(shown.DefinedStatus))
			for _, e := range shown.Columns {
				fmt.Fprintf(a.stdout, "\n%s.%s =\n  %s\n", printable(e.Table), printable(e.Column), printable(e.SQL))
				if len(e.Unknown) > 0 {
					fmt.Fprintf(a.stdout, "  (the table has no %s: NULL)\n", printable(strings.Join(e.Unknown, ", ")))
				}
			}
			return nil
		},
	}
	d.flags(cmd.Flags())
	return cmd
}

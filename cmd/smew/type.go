package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"smew/duck"
	"smew/loader"
	"smew/views"
)

func (a *app) typeCmd() *cobra.Command {
	var d database
	cmd := &cobra.Command{
		Use:   "type [TABLE.COLUMN TYPE] --db FILE",
		Short: "Give a column of schema typed a type, or list the types",
		Long: fmt.Sprintf(`Schema main has texts, as they were delivered; schema typed has the same tables
with values. Times are TIMESTAMP there by themselves, and ids BIGINT; those of events
and sessions stay so. Other columns get a type by this command: %s
(which takes it back). The file remembers it, and no row is rewritten.

Without a column, the types are listed, with how many values do not fit theirs
and are NULL in typed.`, strings.Join(views.Types(), ", ")),
		Example: examples(
			"smew type --db shop.duckdb order_completed.amount DOUBLE",
			"smew type --db shop.duckdb"),
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 0 && len(args) != 2 {
				return &usageError{fmt.Sprintf("wants a column and its type, or nothing, and has %s", count(len(args), "argument")), "see smew type --help"}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			options, err := d.options(a.waiting)
			if err != nil {
				return err
			}
			if len(args) == 2 {
				return a.setType(cmd, d, options, args[0], args[1])
			}
			var types []loader.Misfits
			err = d.view(cmd.Context(), options, func(tx *duck.Tx) (err error) {
				types, err = loader.ReadTypes(cmd.Context(), tx)
				return err
			})
			if err != nil {
				return err
			}
			if a.json {
				return a.printJSON(types)
			}
			g := a.list(column{"column", false}, column{"type", false}, column{"misfits", true}, column{"such as", false})
			for _, t := range types {
				example := ""
				if t.Example != nil {
					example = printable(*t.Example)
				}
				g.line(printable(t.Column), t.Type, number(t.Values), example)
			}
			g.end()
			return nil
		},
	}
	d.flags(cmd.Flags())
	return cmd
}

func (a *app) setType(cmd *cobra.Command, d database, options duck.Options, column, typ string) (err error) {
	if err := d.there(); err != nil {
		return err
	}
	db, err := duck.Open(cmd.Context(), d.path, options)
	if err != nil {
		return err
	}
	err = loader.SetType(cmd.Context(), db, time.Now(), column, typ)
	if closed := db.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(map[string]string{"column": column, "type": strings.ToUpper(typ)})
	}
	fmt.Fprintf(a.stdout, "%s is %s in typed\n", printable(column), strings.ToUpper(typ))
	return nil
}

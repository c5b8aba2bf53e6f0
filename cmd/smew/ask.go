package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"smew/ask"
	"smew/duck"
	"smew/loader"
)

func (a *app) askCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "ask",
		Short: "Ask what analysts ask: funnels, retention, paths, attribution",
		Long: `Ask the questions that analysts ask of such a feed. The answer is shown as a table
and a bar chart. --sql shows the query instead, to be run elsewhere or changed.

Events are named by their tables. Times are those of schema typed, in UTC. Rows
without a person count nowhere, those without a time that can be read nowhere
where time counts.`,
		Example: examples(
			"smew ask funnel pageviews order_completed --within 7d --by utm_source --db shop.duckdb",
			"smew ask retention --unit week --db shop.duckdb",
			"smew ask attribution order_completed --db shop.duckdb --json",
			"smew ask top --db shop.duckdb --sql"),
		Args: onlyCommands,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.askFunnelCmd(), a.askRetentionCmd(), a.askPathsCmd(), a.askAttributionCmd(),
		a.askActiveCmd(), a.askTopCmd(), a.askConversionCmd(), a.askSessionsCmd())
	for _, sub := range cmd.Commands() {
		sub.DisableFlagsInUseLine = true
	}
	return cmd
}

// question is a command that asks something. fill reads the arguments.
func (a *app) question(q ask.Question, within *ask.Range, cmd *cobra.Command, fill func(args []string)) *cobra.Command {
	var d database
	var shown bool
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		fill(args)
		options, err := d.options(a.waiting)
		if err != nil {
			return err
		}
		options.Confined = true
		return d.view(cmd.Context(), options, func(tx *duck.Tx) error {
			return a.ask(cmd.Context(), tx, q, shown)
		})
	}
	d.flags(cmd.Flags())
	cmd.Flags().BoolVar(&shown, "sql", false, "show the query, and do not run it")
	cmd.Flags().Var(&within.Since, "since", "look at events from this `day` on, or from a moment such as 2026-01-31T15:00:00Z")
	cmd.Flags().Var(&within.Until, "until", "look at events before this `day` or moment")
	return cmd
}

// unitFlag adds --unit.
func unitFlag(flags *pflag.FlagSet, unit *string, value string) {
	flags.StringVar(unit, "unit", value, "`unit` of the periods: "+strings.Join(ask.Units(), ", ")+"; weeks begin on Mondays")
}

func (a *app) askFunnelCmd() *cobra.Command {
	var q ask.Funnel
	cmd := a.question(&q, &q.Range, &cobra.Command{
		Use:   "funnel EVENT EVENT... --db FILE",
		Short: "How many people did one thing, then the next and so on",
		Long: `How many people did one thing, then the next and so on. Each step has to be later
than the one before, with whatever else between. A person counts once, for the
furthest that they got, however often they began.

--by splits them by a column of the first step's table, of sessions (the one of
the first step), of users or of enhanced_users; TABLE.COLUMN says which.`,
		Example: examples(
			"smew ask funnel pageviews checkout_started order_completed --db shop.duckdb",
			"smew ask funnel pageviews order_completed --within 7d --by utm_source --db shop.duckdb",
			"smew ask funnel product_viewed order_completed --session --since 2026-01-01 --db shop.duckdb"),
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) < 2 {
				return &usageError{"a funnel has two events or more", "usage: " + cmd.UseLine()}
			}
			return nil
		},
	}, func(args []string) { q.Steps = args })
	cmd.Flags().Var(&q.Within, "within", "the last step at most this `time` after the first: 30m, 12h, 7d, 2w")
	cmd.Flags().BoolVar(&q.SameSession, "session", false, "all steps in one session")
	cmd.Flags().BoolVar(&q.AnyOrder, "any-order", false, "the steps in whatever order: how many of them people did")
	cmd.Flags().StringVar(&q.By, "by", "", "split by this `column`")
	return cmd
}

func (a *app) askRetentionCmd() *cobra.Command {
	var q ask.Retention
	cmd := a.question(&q, &q.Range, &cobra.Command{
		Use:   "retention --db FILE",
		Short: "How many of those who came first in a week were there again later",
		Long: `How many of those who came first in a day, week or month were there again in the
ones after it, in percent. Column 0 is the period itself. What lies after the
last event is empty.`,
		Example: examples("smew ask retention --db shop.duckdb", "smew ask retention --unit day --start order_completed --return order_completed --db shop.duckdb"),
		Args:    arguments(0),
	}, func([]string) {})
	unitFlag(cmd.Flags(), &q.Unit, "week")
	cmd.Flags().IntVar(&q.Periods, "periods", 8, "`number` of periods to look on")
	cmd.Flags().StringVar(&q.Start, "start", "", "count people from their first `event` of this table on (default: of any)")
	cmd.Flags().StringVar(&q.Return, "return", "", "only this `event` counts as being there (default: any)")
	return cmd
}

func (a *app) askPathsCmd() *cobra.Command {
	var q ask.Paths
	cmd := a.question(&q, &q.Range, &cobra.Command{
		Use:     "paths --db FILE",
		Short:   "What sessions begin with",
		Long:    "Which events sessions begin with, one after the other, and how many begin just so.",
		Example: examples("smew ask paths --db shop.duckdb", "smew ask paths --first 3 --top 10 --without pageviews --db shop.duckdb"),
		Args:    arguments(0),
	}, func([]string) {})
	cmd.Flags().IntVar(&q.First, "first", 5, "`number` of events of a session")
	cmd.Flags().StringSliceVar(&q.Without, "without", nil, "pass over this `event`, or these, with commas between")
	topFlag(cmd.Flags(), &q.Top)
	return cmd
}

func topFlag(flags *pflag.FlagSet, top *int) {
	flags.IntVar(top, "top", 20, "show at most this `number`, the most frequent")
}

func (a *app) askAttributionCmd() *cobra.Command {
	var q ask.Attribution
	cmd := a.question(&q, &q.Range, &cobra.Command{
		Use:   "attribution EVENT --db FILE",
		Short: "What the sessions before a conversion came by",
		Long: `What the sessions came by that led to an event, its own session among them. Each
event counts once in every column: for the first session, for the last one, and
in equal shares for all (linear).`,
		Example: examples("smew ask attribution order_completed --db shop.duckdb", "smew ask attribution order_completed --by referrer --within 7d --model last --db shop.duckdb"),
		Args:    arguments(0, "EVENT"),
	}, func(args []string) { q.Conversion = args[0] })
	q.Within = ask.Days(30)
	cmd.Flags().StringVar(&q.By, "by", "", "`column` of sessions (default: marketing_channel, channel or utm_source)")
	cmd.Flags().Var(&q.Within, "within", "sessions that began at most this `time` before the event")
	cmd.Flags().StringVar(&q.Model, "model", "linear", "draw and order by this `column`: "+strings.Join(ask.Models(), ", "))
	return cmd
}

func (a *app) askActiveCmd() *cobra.Command {
	var q ask.Active
	cmd := a.question(&q, &q.Range, &cobra.Command{
		Use:     "active [EVENT] --db FILE",
		Short:   "How many people were there each day, week or month",
		Long:    "How many people were there each day, week or month, and how many of them for the first time.",
		Example: examples("smew ask active --db shop.duckdb", "smew ask active order_completed --unit month --db shop.duckdb"),
		Args:    arguments(1),
	}, func(args []string) { q.Event = strings.Join(args, "") })
	unitFlag(cmd.Flags(), &q.Unit, "day")
	return cmd
}

func (a *app) askTopCmd() *cobra.Command {
	var q ask.Top
	cmd := a.question(&q, &q.Range, &cobra.Command{
		Use:     "top [EVENT --by COLUMN] --db FILE",
		Short:   "Which events there are most of, or which values an event has",
		Long:    "Which events there are most of, or which values a column of one event has most.",
		Example: examples("smew ask top --db shop.duckdb", "smew ask top pageviews --by path --db shop.duckdb"),
		Args:    arguments(1),
	}, func(args []string) { q.Event = strings.Join(args, "") })
	cmd.Flags().StringVar(&q.By, "by", "", "`column` of the event")
	topFlag(cmd.Flags(), &q.Top)
	return cmd
}

func (a *app) askConversionCmd() *cobra.Command {
	var q ask.Conversion
	cmd := a.question(&q, &q.Range, &cobra.Command{
		Use:   "conversion EVENT --by COLUMN --db FILE",
		Short: "In how many sessions something happened, by a property",
		Long: `In how many sessions an event happened, by a column of sessions; or to how many
people, by a column of users or of enhanced_users.`,
		Example: examples("smew ask conversion order_completed --by device_type --db shop.duckdb", "smew ask conversion order_completed --by users.plan --db shop.duckdb"),
		Args: func(cmd *cobra.Command, args []string) error {
			if q.By == "" && len(args) == 1 {
				return &usageError{"--by is missing", "name a column of sessions or users: --by device_type"}
			}
			return arguments(0, "EVENT")(cmd, args)
		},
	}, func(args []string) { q.Event = args[0] })
	cmd.Flags().StringVar(&q.By, "by", "", "`column` of sessions, users or enhanced_users (needed)")
	topFlag(cmd.Flags(), &q.Top)
	return cmd
}

func (a *app) askSessionsCmd() *cobra.Command {
	var q ask.Sessions
	cmd := a.question(&q, &q.Range, &cobra.Command{
		Use:   "sessions --db FILE",
		Short: "Whether the delivered sessions are those that pauses make",
		Long: `Whether the delivered sessions are those that pauses make: a person's events with
no longer pause between two of them. Sessions without events are left out.`,
		Example: examples("smew ask sessions --db shop.duckdb", "smew ask sessions --gap 1h --db shop.duckdb"),
		Args:    arguments(0),
	}, func([]string) {})
	q.Gap = ask.Minutes(30)
	cmd.Flags().Var(&q.Gap, "gap", "a pause longer than this `time` ends a session")
	return cmd
}

// ask runs a question and shows its answer.
func (a *app) ask(ctx context.Context, tx *duck.Tx, q ask.Question, onlySQL bool) error {
	if err := loader.Current(ctx, tx); err != nil {
		return err
	}
	tables, err := loader.ReadCatalog(ctx, tx)
	if err != nil {
		return err
	}
	query, err := q.Query(catalog(tables))
	if err != nil {
		var meaningless *ask.MeaninglessError
		if errors.As(err, &meaningless) {
			return &usageError{meaningless.Text, meaningless.Advice}
		}
		return err
	}
	if onlySQL {
		if a.json {
			return a.printJSON(map[string]string{"sql": query.SQL})
		}
		_, err := fmt.Fprintln(a.stdout, strings.TrimSpace(query.SQL))
		return err
	}
	if a.json {
		return a.query(ctx, tx, query.SQL, nil, asking{format: "json"})
	}
	return a.showAnswer(ctx, tx, query)
}

// catalog are the tables that questions are asked of.
func catalog(tables []loader.CatalogTable) (c ask.Catalog) {
	for _, t := range tables {
		if t.Schema != "typed" {
			continue
		}
		table := ask.Table{Name: t.Name}
		for _, column := range t.Columns {
			table.Columns = append(table.Columns, column.Name)
		}
		c = append(c, table)
	}
	return c
}

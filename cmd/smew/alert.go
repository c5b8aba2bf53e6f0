package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"smew/alert"
)

func (a *app) alertCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "alert list|test|check",
		Short: "Tell people when the feed is late or broken",
		Long: `Tell people when the feed is late or broken: by Slack, PagerDuty, e-mail, SMS or
webhook. The section alerts of the configuration file says who is told what, and
smew poll does the telling. docs/alerts.md explains each alert and channel.`,
		Args: onlyCommands,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.alertListCmd(), a.alertTestCmd(), a.alertCheckCmd())
	for _, sub := range cmd.Commands() {
		sub.DisableFlagsInUseLine = true
	}
	return cmd
}

// alertsOf are the alerts that the configuration file asks for.
func (a *app) alertsOf(cmd *cobra.Command) (alert.Config, error) {
	c, err := a.configFile(cmd)
	if err != nil {
		return alert.Config{}, err
	}
	conf, err := a.alertConfig(c)
	if err == nil && len(conf.Channels) == 0 {
		err = &usageError{"no channels are configured", "name a file with a section alerts: --config FILE, or SMEW_CONFIG=FILE (docs/alerts.md)"}
	}
	return conf, err
}

func (a *app) alertTestCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "test [CHANNEL …]",
		Short: "Send a test message to each channel, or to those that are named",
		Example: examples(
			"smew alert test --config smew.yaml",
			"smew alert test on-call --config smew.yaml"),
		RunE: func(cmd *cobra.Command, names []string) error {
			conf, err := a.alertsOf(cmd)
			if err != nil {
				return err
			}
			known := make([]string, len(conf.Channels))
			for i, ch := range conf.Channels {
				known[i] = ch.Name
			}
			for _, name := range names {
				if !slices.Contains(known, name) {
					return &usageError{fmt.Sprintf("there is no channel %q", name), "there are: " + strings.Join(known, ", ")}
				}
			}
			if len(names) == 0 {
				names = known
			}
			n, err := alert.New(alert.Options{Config: conf})
			if err != nil {
				return err
			}
			return a.testChannels(cmd, n, names)
		},
	}
}

// channelTest is what alert test --json prints of a channel.
type channelTest struct {
	Channel string `json:"channel"`
	Error   string `json:"error"` // "": everyone was told
}

func (a *app) testChannels(cmd *cobra.Command, n *alert.Notifier, names []string) error {
	results := []channelTest{}
	failed := 0
	for _, name := range names {
		result := channelTest{Channel: name}
		if err := n.Test(cmd.Context(), name); err != nil {
			if cmd.Context().Err() != nil {
				return err
			}
			failed++
			result.Error = err.Error()
		}
		results = append(results, result)
		switch {
		case a.json:
		case result.Error != "":
			fmt.Fprintf(a.stdout, "%s: failed\n", name)
			fmt.Fprintf(a.stderr, "%s\n", printable(result.Error))
		default:
			fmt.Fprintf(a.stdout, "%s: sent\n", name)
		}
	}
	if a.json {
		if err := a.printJSON(results); err != nil {
			return err
		}
	}
	if failed > 0 {
		return &hinted{fmt.Errorf("%s of %d could not be reached", count(failed, "channel"), len(names)),
			"look at its settings, this machine's network, and its proxy (HTTPS_PROXY); docs/alerts.md says what each kind of channel needs"}
	}
	return nil
}

func (a *app) alertCheckCmd() *cobra.Command {
	var d database
	var name string
	cmd := &cobra.Command{
		Use:   "check --db FILE",
		Short: "Look once at what a database says of its feed, and tell what changed",
		Long: `Look once at what a database says of its feed and its exports, and tell what
changed since the last look, for those who run smew load by a timer. smew poll does this by itself:
do not run both. What was told is remembered in FILE.alerts.json.

Exits with code 1 if a message could not be sent; the next check tries again.`,
		Example: examples(
			"smew alert check --db shop.duckdb --config smew.yaml",
			"smew load s3://my-bucket --db shop.duckdb; smew alert check --db shop.duckdb --config smew.yaml --name shop"),
		Args: arguments(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			conf, err := a.alertsOf(cmd)
			if err != nil {
				return err
			}
			options, err := d.options(a.waiting)
			if err != nil {
				return err
			}
			exports, err := a.exportsOf("", d.path)
			if err != nil {
				return err
			}
			feed, err := d.readAlertFacts(cmd.Context(), options, exports)
			if err != nil {
				return err
			}
			feed.Name = cmp.Or(name, feed.Name)
			n, err := alert.New(alert.Options{Config: conf, Store: alertState(conf, d.path)})
			if err != nil {
				return err
			}
			round, err := n.Round(cmd.Context(), alert.Facts{Now: time.Now(), Feeds: []alert.Feed{feed}})
			return errors.Join(a.showRound(round), err)
		},
	}
	d.flags(cmd.Flags())
	cmd.Flags().StringVar(&name, "name", "", "what messages call the feed, a `text` (default: where it lies)")
	onlyInCalls(cmd.Flags(), "name")
	return cmd
}

// roundResult is what alert check --json prints.
type roundResult struct {
	Messages []alert.Message `json:"messages"` // that changes made
	Sent     int             `json:"sent"`
	Waiting  int             `json:"waiting"` // deliveries that are tried again
}

func (a *app) showRound(r alert.Round) error {
	if a.json {
		return a.printJSON(roundResult{append([]alert.Message{}, r.Messages...), r.Sent, r.Waiting})
	}
	for _, m := range r.Messages {
		fmt.Fprintf(a.stdout, "%s\n%s", printable(m.Subject()), printable(m.Body()))
	}
	if len(r.Messages) == 0 {
		fmt.Fprintln(a.stdout, "nothing new to tell")
	}
	if r.Waiting > 0 {
		fmt.Fprintf(a.stdout, "%s could not be sent yet\n", count(r.Waiting, "message"))
	}
	return nil
}

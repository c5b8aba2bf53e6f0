package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"smew/alert"
)

func (a *app) alertListCmd() *cobra.Command {
	var d database
	cmd := &cobra.Command{
		Use:   "list [--db FILE]",
		Short: "List the alerts, who is told of them, and what is wrong at present",
		Long: `List the alerts: how severe each is, how long it has to last until it is told, and
who is told. With --db also what was wrong with that database's feed at the last
look, and what could not be sent yet.`,
		Example: examples(
			"smew alert list --config smew.yaml",
			"smew alert list --config smew.yaml --db shop.duckdb"),
		Args: arguments(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.configFile(cmd)
			if err != nil {
				return err
			}
			conf, err := a.alertConfig(c)
			if err != nil {
				return err
			}
			list := listAlerts(conf)
			present := d.path != "" || conf.State != ""
			if present {
				state, err := alertState(conf, d.path).Peek()
				if err != nil {
					return err
				}
				list.present(state)
			}
			if a.json {
				return a.printJSON(list)
			}
			a.showAlerts(list, present)
			return nil
		},
	}
	cmd.Flags().StringVar(&d.path, "db", "", "the DuckDB `file` whose feed is watched")
	return cmd
}

// alertList is what alert list --json prints.
type alertList struct {
	Rules    []ruleResult    `json:"rules"`
	Channels []channelResult `json:"channels"`
	Present  []presentResult `json:"present"`
	Waiting  int             `json:"waiting"` // messages that could not be sent yet
}

type ruleResult struct {
	Alert    alert.Kind     `json:"alert"`
	Severity alert.Severity `json:"severity"`
	After    int64          `json:"after_seconds"`
	Escalate int64          `json:"escalate_seconds"` // 0: never
	To       []string       `json:"to"`
}

type channelResult struct {
	Name     string         `json:"name"`
	Kind     string         `json:"kind"`
	Severity alert.Severity `json:"severity"`
	Feeds    []string       `json:"feeds"`
}

type presentResult struct {
	Feed     string         `json:"feed"`
	Alert    alert.Kind     `json:"alert"`
	Severity alert.Severity `json:"severity"` // "": not told, as it has not lasted long enough
	Title    string         `json:"title"`
	Detail   string         `json:"detail"`
	Since    time.Time      `json:"since"`
}

func listAlerts(c alert.Config) alertList {
	l := alertList{Rules: []ruleResult{}, Channels: []channelResult{}, Present: []presentResult{}}
	for _, k := range alert.Kinds() {
		r := c.Rule(k)
		result := ruleResult{k, r.Severity, int64(r.After.Span.Seconds()), int64(r.Escalate.Span.Seconds()), []string{}}
		for _, ch := range c.Channels {
			if c.Reaches(ch, k) {
				result.To = append(result.To, ch.Name)
			}
		}
		l.Rules = append(l.Rules, result)
	}
	for _, ch := range c.Channels {
		l.Channels = append(l.Channels, channelResult{ch.Name, ch.Kind(), cmp.Or(ch.Severity, alert.Warning), append([]string{}, ch.Feeds...)})
	}
	return l
}

// present adds what was so at the last look.
func (l *alertList) present(s alert.State) {
	l.Waiting = len(s.Outbox)
	for _, feed := range slices.Sorted(maps.Keys(s.Feeds)) {
		for _, k := range alert.Kinds() {
			items := s.Feeds[feed].Alerts[k].Items
			for _, subject := range slices.Sorted(maps.Keys(items)) {
				if i := items[subject]; !i.Notice {
					l.Present = append(l.Present, presentResult{feed, k, i.Severity, i.Title, i.Detail, i.Since})
				}
			}
		}
	}
}

func lasting(seconds int64) string {
	if seconds == 0 {
		return "-"
	}
	return ago(time.Duration(seconds) * time.Second)
}

func (a *app) showAlerts(l alertList, present bool) {
	g := a.list(column{name: "alert"}, column{name: "severity"}, column{name: "after"}, column{name: "critical after"}, column{name: "told to"})
	for _, r := range l.Rules {
		to := cmp.Or(strings.Join(r.To, ", "), "nobody")
		g.line(string(r.Alert), string(r.Severity), lasting(r.After), lasting(r.Escalate), to)
	}
	g.end()
	if len(l.Channels) > 0 {
		fmt.Fprintln(a.stdout)
		g = a.list(column{name: "channel"}, column{name: "kind"}, column{name: "hears of"}, column{name: "feeds"})
		for _, ch := range l.Channels {
			hears := "all"
			if ch.Severity == alert.Critical {
				hears = "what is critical"
			}
			g.line(ch.Name, ch.Kind, hears, cmp.Or(strings.Join(ch.Feeds, ", "), "all"))
		}
		g.end()
	}
	if !present {
		return
	}
	fmt.Fprintln(a.stdout)
	if len(l.Present) == 0 {
		fmt.Fprintln(a.stdout, "nothing was wrong at the last look")
	}
	for _, p := range l.Present {
		label := cmp.Or(string(p.Severity), "not told yet")
		fmt.Fprintf(a.stdout, "%s: %s (%s, since %s)\n  %s\n", printable(p.Feed), printable(p.Title), label, instant(p.Since), printable(p.Detail))
	}
	if l.Waiting > 0 {
		fmt.Fprintf(a.stdout, "%s could not be sent yet\n", count(l.Waiting, "message"))
	}
}

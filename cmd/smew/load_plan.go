package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"smew/loader"
	"smew/plan"
)

// planned is one dump as --dry-run shows it.
type planned struct {
	DumpID   int64          `json:"dump_id"`
	Manifest string         `json:"manifest"`
	Tables   []plannedTable `json:"tables"`
}

type plannedTable struct {
	Name   string `json:"name"`
	Full   bool   `json:"full_resync"`
	Parts  int    `json:"parts"`
	Spared bool   `json:"spared"` // a later full resync replaces the rows, so the parts are not read
	Wanted bool   `json:"wanted"` // false: the choice of tables leaves it out
}

// planResult is what load --dry-run --json prints.
type planResult struct {
	Before  int              `json:"loaded_before"`
	Waiting []planned        `json:"waiting"`
	Failed  []loader.Failure `json:"failed"`
}

// rehearse follows the plan in its order: what is loaded first can spare parts of what comes after.
func rehearse(dumps []plan.Dump, ledger plan.Ledger) []planned {
	marks := map[string]int64{}
	for name, mark := range ledger.Resyncs {
		marks[name] = mark
	}
	then := plan.Ledger{Resyncs: marks, Choice: ledger.Choice}
	out := []planned{}
	for _, d := range dumps {
		p := planned{DumpID: d.ID, Manifest: d.Key, Tables: []plannedTable{}}
		for _, t := range d.Tables {
			p.Tables = append(p.Tables, plannedTable{t.Name, t.Full, len(t.Parts), then.Choice.Has(t.Name) && then.Spared(d, t), then.Choice.Has(t.Name)})
		}
		for _, t := range d.Tables {
			if mark, ok := marks[t.Name]; t.Full && (!ok || d.ID > mark) {
				marks[t.Name] = d.ID
			}
		}
		out = append(out, p)
	}
	return out
}

func (a *app) showPlan(cmd *cobra.Command, s loader.Summary) error {
	waiting := rehearse(s.Waiting, s.Ledger)
	if a.json {
		if err := a.printJSON(planResult{s.Before, waiting, append([]loader.Failure{}, s.Failed...)}); err != nil {
			return err
		}
		return a.showFailures(cmd, s.Failed)
	}
	for _, d := range waiting {
		fmt.Fprintln(a.stdout, plannedLine(d))
	}
	switch {
	case len(waiting) > 0:
		fmt.Fprintf(a.stdout, "%s to load, in this order; %d loaded before\n", count(len(waiting), "dump"), s.Before)
	case len(s.Failed) == 0:
		fmt.Fprintf(a.stdout, "up to date: %s loaded\n", count(s.Before, "dump"))
	}
	return a.showFailures(cmd, s.Failed)
}

// plannedLine tells in a line what loading a dump would read.
func plannedLine(d planned) string {
	read, spared, unwanted := 0, 0, 0
	var full []string
	for _, t := range d.Tables {
		switch {
		case !t.Wanted:
			unwanted += t.Parts
		case t.Spared:
			spared += t.Parts
		default:
			read += t.Parts
		}
		if t.Full && t.Name != plan.Migrations {
			full = append(full, t.Name)
		}
	}
	line := fmt.Sprintf("dump %d: %s, %s to read", d.DumpID, count(len(d.Tables), "table"), count(read, "part"))
	if spared > 0 {
		line += fmt.Sprintf(", %s spared by a later full resync", count(spared, "part"))
	}
	if unwanted > 0 {
		line += fmt.Sprintf(", %s of tables that are not wanted", count(unwanted, "part"))
	}
	if len(full) > 0 {
		slices.SortFunc(full, cmp.Compare[string])
		line += "; full resync of " + strings.Join(full, ", ")
	}
	return line
}

package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"smew/loader"
	"smew/plan"
)

// listedDump is one dump as ls shows it.
type listedDump struct {
	DumpID   int64         `json:"dump_id"`
	Manifest string        `json:"manifest"`
	Parts    int           `json:"parts"`
	Bytes    int64         `json:"bytes"`
	Missing  []string      `json:"missing"` // keys of parts that are listed and not there
	Tables   []listedTable `json:"tables"`
}

type listedTable struct {
	Name    string   `json:"name"`
	Full    bool     `json:"full_resync"`
	Parts   int      `json:"parts"`
	Bytes   int64    `json:"bytes"`
	Columns []string `json:"columns"`
}

func (a *app) lsCmd() *cobra.Command {
	var from source
	var long bool
	cmd := &cobra.Command{
		Use:     "ls FEED",
		Short:   "List the dumps of a feed",
		Long:    "List the dumps of a feed: their tables, parts, bytes and full resyncs. No database is\nneeded, and no part is read.",
		Example: examples("smew ls s3://my-bucket/data-connect", "smew ls ./feed --long"),
		Args:    arguments(0, "FEED"),
		RunE: func(cmd *cobra.Command, args []string) error {
			feed, err := from.open(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			// With no database, all dumps of the feed wait to be loaded.
			summary, err := loader.Run(cmd.Context(), feed, loader.Config{DryRun: true})
			if err != nil {
				return err
			}
			sizes, err := partSizes(cmd.Context(), feed, summary.Waiting)
			if err != nil {
				return err
			}
			dumps := listDumps(summary.Waiting, sizes)
			if err := a.printDumps(dumps, summary.Failed, long); err != nil {
				return err
			}
			if n := a.listFailures(cmd, append(summary.Failed, missing(dumps)...)); n > 0 {
				return &incompleteError{"not whole: " + count(n, "dump"), "a load takes in the rest of the feed, and these as soon as they are whole; parts that a later full resync replaces are not needed"}
			}
			return nil
		},
	}
	from.s3Flags(cmd.Flags())
	from.mapFlags(cmd.Flags())
	cmd.Flags().BoolVarP(&long, "long", "l", false, "a line for each table of each dump")
	return cmd
}

// partSizes lists the feed, and folders beside it that its manifests name.
func partSizes(ctx context.Context, f loader.Feed, dumps []plan.Dump) (map[string]int64, error) {
	folders := map[string]bool{f.Prefix: true}
	for _, d := range dumps {
		for _, t := range d.Tables {
			for _, p := range t.Parts {
				if !strings.HasPrefix(p.Key, f.Prefix) {
					folders[path.Dir(p.Key)+"/"] = true
				}
			}
		}
	}
	sizes := map[string]int64{}
	for folder := range folders {
		for o, err := range f.Bucket.List(ctx, folder) {
			if err != nil {
				return nil, err
			}
			sizes[o.Key] = o.Size
		}
	}
	return sizes, nil
}

func listDumps(dumps []plan.Dump, sizes map[string]int64) []listedDump {
	out := []listedDump{}
	for _, d := range dumps {
		l := listedDump{DumpID: d.ID, Manifest: d.Key, Missing: []string{}, Tables: []listedTable{}}
		slices.SortFunc(d.Tables, func(x, y plan.Table) int { return cmp.Compare(x.Place, y.Place) })
		for _, t := range d.Tables {
			lt := listedTable{Name: t.Name, Full: t.Full, Parts: len(t.Parts), Columns: append([]string{}, t.Columns...)}
			for _, p := range t.Parts {
				size, there := sizes[p.Key]
				if !there {
					l.Missing = append(l.Missing, p.Key)
				}
				lt.Bytes += size
			}
			l.Tables = append(l.Tables, lt)
			l.Parts, l.Bytes = l.Parts+lt.Parts, l.Bytes+lt.Bytes
		}
		out = append(out, l)
	}
	slices.SortFunc(out, func(x, y listedDump) int { return cmp.Compare(x.DumpID, y.DumpID) })
	return out
}

// missing makes failures of the dumps that lack parts.
func missing(dumps []listedDump) []loader.Failure {
	var out []loader.Failure
	for _, d := range dumps {
		if len(d.Missing) > 0 {
			err := fmt.Errorf("dump %d: %s missing, the first is %s", d.DumpID, count(len(d.Missing), "part"), d.Missing[0])
			out = append(out, loader.Failure{DumpID: d.DumpID, Key: d.Manifest, Err: err})
		}
	}
	return out
}

func (a *app) printDumps(dumps []listedDump, failed []loader.Failure, long bool) error {
	switch {
	case a.json:
		return a.printJSON(struct {
			Dumps  []listedDump     `json:"dumps"`
			Failed []loader.Failure `json:"failed"`
		}{dumps, append([]loader.Failure{}, failed...)})
	case len(dumps) == 0 && len(failed) == 0:
		return errors.New("there is no dump: no *.json below manifests/")
	case long:
		a.printListedTables(dumps)
	default:
		a.printListedDumps(dumps)
	}
	return nil
}

func (a *app) printListedDumps(dumps []listedDump) {
	g := a.list(column{"dump", true}, column{"tables", true}, column{"parts", true}, column{"size", true}, column{name: "full resync of"})
	for _, d := range dumps {
		var full []string
		for _, t := range d.Tables {
			if t.Full && t.Name != plan.Migrations { // which always is one
				full = append(full, t.Name)
			}
		}
		g.line(fmt.Sprint(d.DumpID), number(len(d.Tables)), number(d.Parts), size(d.Bytes), strings.Join(full, ", "))
	}
	g.end()
}

func (a *app) printListedTables(dumps []listedDump) {
	g := a.list(column{"dump", true}, column{name: "table"}, column{"parts", true}, column{"size", true}, column{"columns", true}, column{name: ""})
	for _, d := range dumps {
		for _, t := range d.Tables {
			full := ""
			if t.Full {
				full = "full resync"
			}
			g.line(fmt.Sprint(d.DumpID), t.Name, number(t.Parts), size(t.Bytes), number(len(t.Columns)), full)
		}
	}
	g.end()
}

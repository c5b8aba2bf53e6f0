package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"smew/bucket"
	"smew/feed"
	"smew/produce"
)

func (a *app) produceCmd() *cobra.Command {
	var from source
	var o produce.Options
	var layout, start string
	cmd := &cobra.Command{
		Use:   "produce FEED",
		Short: "Write dumps of a made-up shop, as the vendor would",
		Long: `Write dumps of a made-up shop, as the vendor would: parts, definitions and last
the manifest, with all that makes real feeds hard to load. A feed that has dumps
is continued when --seed, --users, --events, --history, --first-dump and --start
are the same again.

With --history the first dump brings the 90 days before --start as well, as when
a site that has long been there is synced first.

A directory that does not exist is made.`,
		Example: examples(
			"smew produce ./feed",
			"smew produce ./feed --dumps 1              # the next day",
			"smew produce s3://my-bucket/test --users 10000 --events 100000",
			"smew produce ./large --users 100000 --history 1000000 --part-rows 100000"),
		Args: arguments(0, "FEED"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if o.Layout, err = parseLayout(layout); err != nil {
				return err
			}
			if !slices.Contains([]string{"null", "deflate", "snappy"}, o.Codec) {
				return &usageError{fmt.Sprintf("--codec is %q: neither null, deflate nor snappy", o.Codec), ""}
			}
			if min(o.Users, o.Dumps, o.Events, o.PartRows) < 1 || o.FirstDump < 1 {
				return &usageError{"--users, --dumps, --events, --part-rows and --first-dump are at least 1", ""}
			}
			if o.History < 0 {
				return &usageError{"--history is at least 0", ""}
			}
			if o.Start, err = time.Parse(time.DateOnly, start); err != nil {
				return &usageError{fmt.Sprintf("--start is %q: a day such as 2026-01-01 is wanted", start), ""}
			}
			summary, err := produceFeed(cmd.Context(), args[0], from, o)
			if failed := a.showProduced(args[0], summary); failed != nil {
				return failed
			}
			return err
		},
	}
	flags := cmd.Flags()
	flags.Uint64Var(&o.Seed, "seed", 1, "`number` that decides what happens in the shop")
	flags.IntVar(&o.Users, "users", 200, "`number` of people")
	flags.IntVar(&o.Dumps, "dumps", 5, "`number` of dumps to write, one for each day")
	flags.IntVar(&o.Events, "events", 1000, "`number` of events a day, about")
	flags.IntVar(&o.History, "history", 0, "`number` of events in the first dump, about; 0: as on any day")
	flags.Int64Var(&o.FirstDump, "first-dump", 852, "`dump_id` of the first day")
	flags.StringVar(&start, "start", "2026-01-01", "first `day`")
	flags.StringVar(&layout, "layout", "hive", "`layout` of the folders: hive, or plain as in older feeds")
	flags.StringVar(&o.Codec, "codec", "snappy", "`codec` of the parts: null, deflate or snappy")
	flags.IntVar(&o.PartRows, "part-rows", 500, "`number` of rows in a part at most")
	flags.StringVar(&o.Bucket, "bucket", "csq-rs3-shop", "bucket's `name` in the manifests of a directory feed")
	from.s3Flags(flags)
	from.writeFlags(flags)
	return cmd
}

func parseLayout(name string) (feed.Layout, error) {
	switch name {
	case "hive":
		return feed.Hive, nil
	case "plain":
		return feed.Plain, nil
	}
	return 0, &usageError{fmt.Sprintf("--layout is %q: neither hive nor plain", name), ""}
}

// produceFeed writes dumps to where name says.
func produceFeed(ctx context.Context, name string, from source, o produce.Options) (produce.Summary, error) {
	at, err := bucket.ParseLocation(name)
	if err != nil {
		return produce.Summary{}, &usageError{err.Error(), ""}
	}
	if at.Dir != "" {
		if err := os.MkdirAll(at.Dir, 0o755); err != nil {
			return produce.Summary{}, fmt.Errorf("make feed: %w", err)
		}
	} else {
		o.Bucket, o.Prefix = at.Bucket, at.Prefix
	}
	b, err := bucket.Open(ctx, at, from.s3)
	if err != nil {
		return produce.Summary{}, err
	}
	return produce.Feed(ctx, b, o)
}

// showProduced prints what was written.
func (a *app) showProduced(name string, s produce.Summary) error {
	if a.json {
		return a.printJSON(producedJSON(name, s))
	}
	if len(s.Dumps) == 0 {
		return nil
	}
	for _, d := range s.Dumps {
		rows, parts, bytes := 0, 0, int64(0)
		var full []string
		for _, t := range d.Tables {
			rows, parts, bytes = rows+t.Rows, parts+t.Parts, bytes+t.Bytes
			if !t.Incremental && t.Name != "user_migrations" {
				full = append(full, t.Name)
			}
		}
		line := fmt.Sprintf("dump %d: %s in %s, %s", d.DumpID, count(rows, "row"), count(parts, "part"), size(bytes))
		if full != nil {
			line += "; full resync of " + strings.Join(full, ", ")
		}
		fmt.Fprintln(a.stdout, line)
	}
	fmt.Fprintf(a.stdout, "%s written to %s\n", count(len(s.Dumps), "dump"), name)
	return nil
}

// producedDump is one dump as produce --json prints it.
type producedDump struct {
	DumpID   int64           `json:"dump_id"`
	Manifest string          `json:"manifest"`
	Tables   []producedTable `json:"tables"`
}

type producedTable struct {
	Name  string `json:"name"`
	Full  bool   `json:"full_resync"`
	Rows  int    `json:"rows"`
	Parts int    `json:"parts"`
	Bytes int64  `json:"bytes"`
}

func producedJSON(name string, s produce.Summary) any {
	dumps := []producedDump{}
	for _, d := range s.Dumps {
		out := producedDump{DumpID: d.DumpID, Manifest: feed.ManifestKey(d.DumpID), Tables: []producedTable{}}
		for _, t := range d.Tables {
			out.Tables = append(out.Tables, producedTable{t.Name, !t.Incremental, t.Rows, t.Parts, t.Bytes})
		}
		dumps = append(dumps, out)
	}
	return struct {
		Feed  string         `json:"feed"`
		Dumps []producedDump `json:"dumps"`
	}{name, dumps}
}

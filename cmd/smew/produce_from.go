package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"smew/bucket"
	"smew/duck"
	"smew/feed"
	"smew/produce"
)

// fromDatabase is what the flags say about a database as a feed.
type fromDatabase struct {
	path, state, schema string
	tables              []string
	full, noWait        bool
}

// fromFlags count only with --from, and worldFlags only without. (Others may be set for all commands.)
var (
	fromFlags  = []string{"table", "full", "state"}
	worldFlags = []string{"seed", "users", "dumps", "events", "history", "start", "scenario", "fault", "answer", "answer-final", "every", "part-name"}
)

func (d *fromDatabase) flags(flags *pflag.FlagSet) {
	flags.StringVar(&d.path, "from", "", "deliver what is new in this DuckDB `file`, which is only read")
	flags.StringVar(&d.schema, "from-schema", "main", "`schema` of the tables and views to deliver, with --from")
	flags.StringArrayVar(&d.tables, "table", nil, "deliver this `table` or view only, with --from (repeatable)")
	flags.BoolVar(&d.full, "full", false, "deliver the tables in full, with --from")
	flags.StringVar(&d.state, "state", "", "DuckDB `file` that remembers what was delivered, with --from (default: FILE.delivered)")
	flags.BoolVar(&d.noWait, "no-wait", false, "exit with code 4 if another process has the database, instead of waiting, with --from")
}

// unused refuses flags that would do nothing without --from.
func (d *fromDatabase) unused(flags *pflag.FlagSet) error {
	for _, flag := range fromFlags {
		if flags.Changed(flag) {
			return &usageError{fmt.Sprintf("--%s counts only with --from", flag), ""}
		}
	}
	return nil
}

// fromPartRows is the size of parts unless it is said: as the vendor's, not as a demonstration's.
const fromPartRows = 100_000

// fromMemory is enough: what does not fit, DuckDB puts beside the database.
const fromMemory = 512 << 20

// produceFrom delivers what is new in a database.
func (a *app) produceFrom(cmd *cobra.Command, name string, p *production) error {
	ctx, d, o := cmd.Context(), p.database, p.options
	if err := d.settle(cmd.Flags(), p, &o); err != nil {
		return err
	}
	b, title, err := openForDumps(ctx, name, p.from, &o)
	if err != nil {
		return err
	}
	options := duck.Options{ReadOnly: true, AtMost: fromMemory}
	if !d.noWait {
		options.Wait, options.Waiting = -1, a.waiting
	}
	db, err := duck.Open(ctx, d.path, options)
	if err != nil {
		return err
	}
	summary, err := produce.FromDatabase(ctx, db, b, produce.FromOptions{
		Feed: title, State: d.state, Schema: d.schema, Tables: d.tables, Full: d.full, Write: o,
	})
	if err := errors.Join(err, db.Close()); err != nil {
		return err
	}
	return a.showFrom(name, summary)
}

// settle checks the flags and makes options of them.
func (d *fromDatabase) settle(flags *pflag.FlagSet, p *production, o *produce.Options) error {
	for _, flag := range worldFlags {
		if flags.Changed(flag) {
			return &usageError{fmt.Sprintf("--%s is of the made-up shop, --from of a database", flag), ""}
		}
	}
	switch p.layout {
	case "", "hive":
	case "plain":
		o.Layout = feed.Plain
	default:
		return &usageError{fmt.Sprintf("--layout is %q: with --from it is hive or plain", p.layout), ""}
	}
	if !slices.Contains([]string{"null", "deflate", "snappy"}, o.Codec) {
		return &usageError{fmt.Sprintf("--codec is %q: neither null, deflate nor snappy", o.Codec), ""}
	}
	if o.PartRows < 1 || o.FirstDump < 1 {
		return &usageError{"--part-rows and --first-dump are at least 1", ""}
	}
	if !flags.Changed("part-rows") {
		o.PartRows = fromPartRows
	}
	if _, err := os.Stat(d.path); errors.Is(err, os.ErrNotExist) {
		return &hinted{fmt.Errorf("there is no database %s", d.path), "check the path: --from takes rows out of a DuckDB file that is there"}
	}
	if d.state == "" {
		d.state = d.path + ".delivered"
	}
	return nil
}

// openForDumps opens the feed that dumps are written to, and gives it its one name.
func openForDumps(ctx context.Context, name string, from source, o *produce.Options) (bucket.Bucket, string, error) {
	at, err := bucket.ParseLocation(name)
	if err != nil {
		return nil, "", &usageError{err.Error(), ""}
	}
	o.Prefix = at.Prefix
	b, err := openForWriting(ctx, at, from, o)
	if err != nil {
		return nil, "", err
	}
	title := at.String()
	if at.Dir != "" {
		title, err = realPath(at.Dir)
	}
	return b, title, err
}

// showFrom prints what of a database was delivered.
func (a *app) showFrom(name string, s produce.FromSummary) error {
	if a.json {
		return a.printJSON(fromJSON(name, s))
	}
	if s.Dump == nil {
		fmt.Fprintf(a.stdout, "nothing to deliver: %s has all of it\n", name)
	} else {
		rows, parts, bytes := 0, 0, int64(0)
		var names []string
		for _, t := range s.Dump.Tables {
			rows, parts, bytes = rows+t.Rows, parts+t.Parts, bytes+t.Bytes
			names = append(names, printable(t.Name))
		}
		fmt.Fprintf(a.stdout, "dump %d: %s in %s, %s; %s\n", s.Dump.DumpID, count(rows, "row"), count(parts, "part"), size(bytes), strings.Join(names, ", "))
		for _, t := range s.Dump.Tables {
			if why := s.Why[t.Name]; why != "" {
				fmt.Fprintf(a.stdout, "  %s in full: %s\n", printable(t.Name), why)
			}
		}
	}
	for _, table := range s.Gone {
		fmt.Fprintf(a.stdout, "  %s is no longer in the database: its rows stay at the consumer\n", printable(table))
	}
	return nil
}

func fromJSON(name string, s produce.FromSummary) any {
	type table struct {
		producedTable
		Why string `json:"why_full,omitempty"`
	}
	type dump struct {
		DumpID   int64   `json:"dump_id"`
		Manifest string  `json:"manifest"`
		Tables   []table `json:"tables"`
	}
	out := struct {
		Feed  string   `json:"feed"`
		Dumps []dump   `json:"dumps"`
		Gone  []string `json:"gone"`
	}{name, []dump{}, append([]string{}, s.Gone...)}
	if s.Dump != nil {
		d := dump{s.Dump.DumpID, feed.ManifestKey(s.Dump.DumpID), nil}
		for _, t := range s.Dump.Tables {
			d.Tables = append(d.Tables, table{producedTable{t.Name, !t.Incremental, t.Rows, t.Parts, t.Bytes}, s.Why[t.Name]})
		}
		out.Dumps = append(out.Dumps, d)
	}
	return out
}

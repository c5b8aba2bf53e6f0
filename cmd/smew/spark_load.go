package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"smew/bucket"
	"smew/loader"
	"smew/plan"
	"smew/spark"
)

// sparkTarget is what the flags say of loading into a cluster.
type sparkTarget struct {
	cluster
	scratch, scheme string
	lease           time.Duration
}

// asked says whether there is a cluster to load into.
func (t *sparkTarget) asked() bool { return t.connect != "" || t.submitted.asked() }

func (t *sparkTarget) flags(flags *pflag.FlagSet) {
	t.cluster.flags(flags)
	flags.StringVar(&t.scratch, "scratch", "", "a `folder`, or s3://bucket/prefix, for parts that have to be written anew for Spark")
	t.schemeFlag(flags)
	flags.DurationVar(&t.lease, "lease", 2*time.Hour, "how long the lock of a loader that dies is kept, a `time` (longer than any one step takes)")
}

func (t *sparkTarget) schemeFlag(flags *pflag.FlagSet) {
	flags.StringVar(&t.scheme, "scheme", "s3a", "how the cluster reads S3: s3a, or s3 on EMR, a `scheme`")
}

func (t *sparkTarget) checkScheme() error {
	if t.scheme != "s3a" && t.scheme != "s3" {
		return &usageError{fmt.Sprintf("--scheme is %q", t.scheme), "there are s3a and s3"}
	}
	return nil
}

// sparkLoad is the flags of spark load.
type sparkLoad struct {
	load
	sparkTarget
	takeLock bool
}

func (a *app) sparkLoadCmd() *cobra.Command {
	var l sparkLoad
	cmd := &cobra.Command{
		Use:   "load FEED --connect REMOTE",
		Short: "Load every dump that is not in the tables yet",
		Long: `Load every dump of the feed that is not in the tables yet, each in one commit: readers
who take the tables' tags (smew spark views) see all of a dump or nothing. A dump
with a missing or damaged part is named, shows nothing, and holds up no other.

The cluster reads the parts where they lie: in S3 by the scheme --scheme, or below the
directory FEED if it shares that disk. Parts that Spark would read otherwise than
smew does (other types than texts and whole numbers, odd names), and parts with rows
that are left out, are written anew into --scratch, of which nothing is needed afterwards.

--include and --exclude choose tables for good: the catalog remembers them until
others are given. A table that comes in is read from all its dumps, one that
is left out is dropped; --include '*' has all tables again.

One loader works at a time: a lock in the catalog says who. A loader that died keeps
it for --lease; --take-lock takes it at once.

Exits with code 3 while some of the feed is not in the tables.`,
		Example: examples("smew spark load s3://my-bucket/data-connect --connect sc://spark:15002 --scratch s3://my-bucket/scratch",
			"smew spark load ./feed --connect sc://localhost:15002 --scratch /tmp/scratch --quarantine",
			"smew spark load ./feed --connect sc://localhost:15002 --exclude 'heap_*' --json"),
		Args: arguments(0, "FEED"),
		RunE: func(cmd *cobra.Command, args []string) error {
			feed, options, err := l.into(cmd.Context(), &l.load, args[0])
			if err != nil {
				return err
			}
			options.TakeLock = l.takeLock
			p := a.newProgress()
			watchSpark(&options, p.event, p.fetched, p.doing)
			var summary spark.Summary
			err = l.with(cmd.Context(), l.s3, func(s spark.Session) (err error) {
				summary, err = spark.Load(cmd.Context(), feed, s, options)
				return err
			})
			p.end()
			return a.showSparkLoad(cmd, summary, err)
		},
	}
	flags := cmd.Flags()
	l.sparkTarget.flags(flags)
	l.s3Flags(flags)
	l.mapFlags(flags)
	l.limits.flags(flags)
	flags.StringVar(&l.tempDir, "temp-dir", "", "`directory` for parts on their way (default: the system's)")
	flags.BoolVar(&l.otherFeed, "other-feed", false, "take FEED for the one the tables were loaded from (it moved)")
	flags.StringArrayVar(&l.include, "include", nil, "load only this `table`, named as delivered, from now on; * stands for any text (repeatable)")
	flags.StringArrayVar(&l.exclude, "exclude", nil, "load all tables but this `table`, from now on; * stands for any text (repeatable)")
	flags.BoolVar(&l.quarantine, "quarantine", false, "set rows aside in the catalog's meta.quarantine that have no whole number for an id, and load the rest of their dump")
	flags.BoolVar(&l.takeLock, "take-lock", false, "take the lock, whoever has it")
	return cmd
}

// watchSpark has a load tell how it gets on as one into DuckDB does, and what the cluster is doing.
func watchSpark(o *spark.Options, event func(loader.Event), fetched func(int64), doing func(step string)) {
	o.Stage.Progress = fetched
	o.Progress = func(p spark.Progress) {
		switch {
		case p.Planned:
			event(loader.Event{Kind: loader.Planned, Dumps: p.Dumps})
		case p.Err != nil:
			event(loader.Event{Kind: loader.Failed, Dump: p.Dump, Err: p.Err})
		case p.Record != nil:
			event(loader.Event{Kind: loader.Loaded, Dump: p.Dump, Record: sparkRecord(*p.Record)})
		case p.Step != "":
			doing(p.Step)
		case p.Done == 0:
			event(loader.Event{Kind: loader.Loading, Dump: p.Dump, Of: p.Of})
		default:
			event(loader.Event{Kind: loader.Reading, Dump: p.Dump, Parts: p.Done, Of: p.Of})
		}
	}
}

// sparkRecord tells of a load as one into DuckDB does, as far as is known.
func sparkRecord(r spark.Record) loader.Record {
	out := loader.Record{DumpID: r.DumpID, Seconds: r.Seconds, Tables: []loader.TableRecord{}}
	for _, t := range r.Tables {
		out.Tables = append(out.Tables, loader.TableRecord{Name: t.Name, Full: t.Full, Parts: t.Files, Read: t.Read, Rows: t.Rows,
			Quarantined: t.Quarantined, Erased: t.Erased})
	}
	return out
}

// into turns flags into what package spark takes.
func (t *sparkTarget) into(ctx context.Context, l *load, name string) (spark.Feed, spark.Options, error) {
	var none spark.Options
	if err := t.checkScheme(); err != nil {
		return spark.Feed{}, none, err
	}
	limits, err := l.limits.check()
	if err != nil {
		return spark.Feed{}, none, err
	}
	f, err := l.open(ctx, name)
	if err != nil {
		return spark.Feed{}, none, err
	}
	options := spark.Options{Place: t.place, Limits: limits, OtherFeed: l.otherFeed, Quarantine: l.quarantine, Lease: t.lease, Who: holdsLock()}
	if len(l.include)+len(l.exclude) > 0 {
		options.Choice = &plan.Choice{Include: l.include, Exclude: l.exclude}
		if err := options.Choice.Check(); err != nil {
			return spark.Feed{}, none, err
		}
	}
	options.Stage.Dir = l.tempDir
	if t.scratch != "" {
		if options.Scratch, err = t.scratchPlace(ctx, l.s3); err != nil {
			return spark.Feed{}, none, err
		}
	}
	if t.submitted.exchange == "" {
		t.submitted.exchange = t.scratch
	}
	return t.feed(f), options, nil
}

// feed is a feed as the cluster reaches it.
func (t *sparkTarget) feed(f loader.Feed) spark.Feed {
	root := t.scheme + "://" + f.Source.Bucket + "/"
	if f.Source.Bucket == "" {
		root = "file://" + f.Name + "/"
	}
	return spark.Feed{Name: f.Name, Bucket: f.Bucket, Prefix: f.Prefix, Source: f.Source, Root: root}
}

func (t *sparkTarget) scratchPlace(ctx context.Context, s3 bucket.S3Config) (spark.Scratch, error) {
	at, err := bucket.ParseLocation(t.scratch)
	if err != nil {
		return spark.Scratch{}, &usageError{err.Error(), ""}
	}
	opened, err := bucket.Open(ctx, at, s3)
	if err != nil {
		return spark.Scratch{}, err
	}
	if at.Dir == "" {
		return spark.Scratch{Bucket: opened, Prefix: at.Prefix, Root: t.scheme + "://" + at.Bucket + "/"}, nil
	}
	dir, err := realPath(at.Dir)
	return spark.Scratch{Bucket: opened, Root: "file://" + dir + "/"}, err
}

// sparkLoadResult is what spark load --json prints.
type sparkLoadResult struct {
	spark.Summary
	Error string `json:"error,omitempty"` // what ended the run early
}

func (a *app) showSparkLoad(cmd *cobra.Command, s spark.Summary, failed error) error {
	if a.json {
		result := sparkLoadResult{Summary: s}
		if failed != nil {
			result.Error = failed.Error()
		}
		if err := a.printJSON(result); err != nil {
			return err
		}
	} else {
		for _, c := range s.Chosen {
			fmt.Fprintln(a.stdout, chosenLine(loader.ReloadedTable{Name: c.Name, Dumps: c.Dumps, Parts: c.Parts, Rows: c.Rows}))
		}
		for _, r := range s.Loaded {
			fmt.Fprintln(a.stdout, sparkRecordLine(r))
		}
		switch {
		case failed != nil:
		case len(s.Loaded)+len(s.Failed) == 0:
			fmt.Fprintf(a.stdout, "up to date: %s loaded\n", count(s.Before, "dump"))
		default:
			fmt.Fprintf(a.stdout, "%s loaded, %d before\n", count(len(s.Loaded), "dump"), s.Before)
		}
	}
	a.warn(cmd, s.Warnings)
	if failed != nil {
		return failed
	}
	failures := make([]loader.Failure, len(s.Failed))
	for i, f := range s.Failed {
		failures[i] = loader.Failure{DumpID: f.DumpID, Key: f.Key, Err: f.Err, Reason: f.Reason}
	}
	if n := a.listFailures(cmd, failures); n > 0 {
		return &incompleteError{"not in the tables: " + count(n, "dump"), "the rest of the feed is; a later load takes in what was mended"}
	}
	return nil
}

func sparkRecordLine(r spark.Record) string {
	var rows int64
	files := 0
	var full []string
	for _, t := range r.Tables {
		if t.Read {
			rows, files = rows+t.Rows, files+t.Files
		}
		if t.Full && t.Name != "user_migrations" {
			full = append(full, printable(t.Name))
		}
	}
	line := fmt.Sprintf("dump %d: %s in %s, %s", r.DumpID, count(rows, "row"), count(files, "part"), seconds(r.Seconds))
	if full != nil {
		line += "; full resync of " + strings.Join(full, ", ")
	}
	return line
}

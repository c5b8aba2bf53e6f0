package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"smew/bucket"
	"smew/loader"
	"smew/plan"
	"smew/spark"
)

// sparkLoad is the flags of spark load.
type sparkLoad struct {
	cluster
	source
	limits
	scratch, scheme, tempDir string
	otherFeed, takeLock      bool
	include, exclude         []string
	lease                    time.Duration
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
smew does (other types than texts and whole numbers, odd names) are written anew
into --scratch, of which nothing is needed afterwards.

One loader works at a time: a lock in the catalog says who. A loader that died keeps
it for --lease; --take-lock takes it at once.

Exits with code 3 while some of the feed is not in the tables.`,
		Example: examples("smew spark load s3://my-bucket/data-connect --connect sc://spark:15002 --scratch s3://my-bucket/scratch",
			"smew spark load ./feed --connect sc://localhost:15002 --scratch /tmp/scratch --json"),
		Args: arguments(0, "FEED"),
		RunE: func(cmd *cobra.Command, args []string) error {
			feed, options, err := l.config(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if !a.quiet {
				log := a.logger()
				options.Before = func(step string) error { log.Debug("spark", "step", step); return nil }
				options.Progress = func(dump int64, done, of int) {
					log.Info("loading", "dump", dump, "dumps", fmt.Sprintf("%d/%d", done, of))
				}
			}
			var summary spark.Summary
			if l.submitted.exchange == "" {
				l.submitted.exchange = l.scratch
			}
			err = l.with(cmd.Context(), l.s3, func(s spark.Session) (err error) {
				summary, err = spark.Load(cmd.Context(), feed, s, options)
				return err
			})
			return a.showSparkLoad(cmd, summary, err)
		},
	}
	flags := cmd.Flags()
	l.cluster.flags(flags)
	l.s3Flags(flags)
	l.mapFlags(flags)
	l.limits.flags(flags)
	flags.StringVar(&l.scratch, "scratch", "", "a `folder`, or s3://bucket/prefix, for parts that have to be written anew")
	flags.StringVar(&l.scheme, "scheme", "s3a", "how the cluster reads S3: s3a, or s3 on EMR, a `scheme`")
	flags.StringVar(&l.tempDir, "temp-dir", "", "`directory` for parts on their way (default: the system's)")
	flags.BoolVar(&l.otherFeed, "other-feed", false, "take FEED for the one the tables were loaded from (it moved)")
	flags.StringArrayVar(&l.include, "include", nil, "load only this `table`, named as delivered; * stands for any text; said with the first load, for good (repeatable)")
	flags.StringArrayVar(&l.exclude, "exclude", nil, "load all tables but this `table`; as --include (repeatable)")
	flags.DurationVar(&l.lease, "lease", 2*time.Hour, "how long the lock of a loader that dies is kept, a `time` (longer than any one step takes)")
	flags.BoolVar(&l.takeLock, "take-lock", false, "take the lock, whoever has it")
	return cmd
}

// config turns flags into what package spark takes.
func (l *sparkLoad) config(ctx context.Context, name string) (spark.Feed, spark.Options, error) {
	var none spark.Options
	if l.scheme != "s3a" && l.scheme != "s3" {
		return spark.Feed{}, none, &usageError{fmt.Sprintf("--scheme is %q", l.scheme), "there are s3a and s3"}
	}
	limits, err := l.limits.check()
	if err != nil {
		return spark.Feed{}, none, err
	}
	f, err := l.open(ctx, name)
	if err != nil {
		return spark.Feed{}, none, err
	}
	options := spark.Options{Place: l.place, Limits: limits, OtherFeed: l.otherFeed, TakeLock: l.takeLock, Lease: l.lease, Who: who()}
	if len(l.include)+len(l.exclude) > 0 {
		options.Choice = &plan.Choice{Include: l.include, Exclude: l.exclude}
		if err := options.Choice.Check(); err != nil {
			return spark.Feed{}, none, err
		}
	}
	options.Stage.Dir = l.tempDir
	if l.scratch != "" {
		if options.Scratch, err = l.scratchPlace(ctx); err != nil {
			return spark.Feed{}, none, err
		}
	}
	root := l.scheme + "://" + f.Source.Bucket + "/"
	if f.Source.Bucket == "" {
		root = "file://" + f.Name + "/"
	}
	return spark.Feed{Name: f.Name, Bucket: f.Bucket, Prefix: f.Prefix, Source: f.Source, Root: root}, options, nil
}

func (l *sparkLoad) scratchPlace(ctx context.Context) (spark.Scratch, error) {
	at, err := bucket.ParseLocation(l.scratch)
	if err != nil {
		return spark.Scratch{}, &usageError{err.Error(), ""}
	}
	opened, err := bucket.Open(ctx, at, l.s3)
	if err != nil {
		return spark.Scratch{}, err
	}
	if at.Dir == "" {
		return spark.Scratch{Bucket: opened, Prefix: at.Prefix, Root: l.scheme + "://" + at.Bucket + "/"}, nil
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

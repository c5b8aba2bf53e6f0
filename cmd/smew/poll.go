package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"smew/duck"
	"smew/loader"
	"smew/poll"
)

// jitter spreads the looks of many pollers a little.
const jitter = 0.1

func (a *app) pollCmd() *cobra.Command {
	var l load
	var every time.Duration
	cmd := &cobra.Command{
		Use:   "poll FEED --db FILE",
		Short: "Follow a feed: load what is new until stopped",
		Long: `Look at the feed at an interval and load what is new, until stopped. What fails
is tried again, after pauses that grow up to 15 minutes (or --every, if that is
longer). The database is open only while dumps are loaded.

Stopped by SIGTERM it exits with code 0, by Ctrl-C with code 130; a dump that is
being loaded then is rolled back and loaded the next time.

With --json, stdout gets a line for each dump that was loaded.`,
		Example: examples(
			"smew poll s3://my-bucket/data-connect --db shop.duckdb",
			"smew poll ./feed --db shop.duckdb --every 10s"),
		Args: arguments(0, "FEED"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if every <= 0 {
				return &usageError{fmt.Sprintf("--every is %v: it must be more than 0", every), ""}
			}
			log := a.logger()
			feed, config, err := l.config(cmd.Context(), args[0], func(locked *duck.LockedError) {
				log.Info("waiting for the database", "file", locked.Path, "process", locked.PID)
			})
			if err != nil {
				return err
			}
			log.Info("following the feed", "feed", feed.Name, "database", l.path, "every", every.String())
			err = poll.Run(cmd.Context(), poll.Options{
				Every: every, Jitter: jitter, Random: rand.Float64,
				Load: func(ctx context.Context) (poll.Look, error) {
					return a.lookAt(ctx, feed, config, log)
				},
				Looked: func(_ poll.Look, err error, next time.Duration) {
					if err != nil {
						log.Error("could not look at the feed", "error", err, "again_in", next.Round(time.Second).String())
					}
				},
			})
			return stopped(err, log)
		},
	}
	l.flags(cmd.Flags())
	l.quarantineFlag(cmd.Flags())
	l.cacheFlags(cmd.Flags())
	l.choiceFlags(cmd.Flags())
	cmd.Flags().DurationVar(&every, "every", time.Minute, "`pause` between looks, such as 30s, 5m or 1h")
	return cmd
}

// lookAt looks at the feed once and logs each dump that was loaded or failed.
func (a *app) lookAt(ctx context.Context, feed loader.Feed, config loader.Config, log *slog.Logger) (poll.Look, error) {
	var written error
	config.Progress = func(e loader.Event) { // said as it happens: a backlog can take hours
		switch e.Kind {
		case loader.Loading:
			log.Info("loading", "dump", e.Dump, "parts", e.Of)
		case loader.Loaded:
			var rows int64
			for _, t := range e.Record.Tables {
				rows += t.Rows
			}
			log.Info("loaded", "dump", e.Dump, "rows", rows, "bytes", e.Bytes, "seconds", e.Record.Seconds)
			if a.json {
				written = errors.Join(written, a.printJSONLine(e.Record))
			}
		}
	}
	summary, err := loader.Run(ctx, feed, config)
	err = errors.Join(err, written)
	for _, warning := range summary.Warnings {
		log.Warn("not understood", "what", warning)
	}
	for _, f := range summary.Failed {
		log.Warn("not loaded", "manifest", f.Key, "error", f.Err)
	}
	return poll.Look{Loaded: len(summary.Loaded), Failed: len(summary.Failed)}, err
}

// stopped makes a termination a good end; another interruption keeps its exit code.
func stopped(err error, log *slog.Logger) error {
	var by *interruption
	if errors.As(err, &by) {
		log.Info("stopped", "reason", by.Error())
		if by.signal == syscall.SIGTERM {
			return nil
		}
	}
	return err
}

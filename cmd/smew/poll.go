package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"slices"
	"sync"
	"syscall"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"smew/alert"
	"smew/loader"
)

func (a *app) pollCmd() *cobra.Command {
	var f following
	var l listening
	var once bool
	cmd := &cobra.Command{
		Use:   "poll [FEED --db FILE]",
		Short: "Follow a feed: load what is new until stopped",
		Long: `Look at the feed now and then and load what is new, until stopped: when the newest
sync report says that the next dump is due, and every --every at the latest. A
directory is watched. SIGHUP has it look at once. The database is open only while
something is read from or written to it; a look that finds nothing new leaves it
alone. What fails is tried again, after pauses that grow up to 15 minutes (or
--every, if that is longer).

With --publish, readers have a copy of their own: who has one open keeps it, who
opens one gets the newest, and nobody waits for a load.

With --listen, a page shows how things stand, with a SQL console, an API and
metrics, as smew serve does: of the published copy where there is one.

Without FEED, the feeds of the configuration file are followed, all in this
process. docs/poll.md tells the rest.

Stopped by SIGTERM it exits with code 0, by Ctrl-C with code 130; a dump that is
being loaded then is rolled back and loaded the next time.

With --json, stdout gets a line for each dump that was loaded.`,
		Example: examples(
			"smew poll s3://my-bucket/data-connect --db shop.duckdb",
			"smew poll ./feed --db shop.duckdb --every 10s --publish /srv/shop.duckdb",
			"smew poll s3://my-bucket/data-connect --db shop.duckdb --listen 127.0.0.1:7377",
			"smew poll s3://my-bucket/data-connect --db shop.duckdb --once",
			"smew poll --config smew.yaml"),
		Args: arguments(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			feeds, err := a.feeds(cmd, args, &f)
			if err != nil {
				return err
			}
			log := a.logger()
			all, err := a.followers(cmd.Context(), feeds, log)
			if err != nil {
				return err
			}
			watch, err := a.watchOf(all, log)
			if err != nil {
				return err
			}
			if once {
				return all.once(cmd.Context(), watch)
			}
			var page func(context.Context) error
			if l.address != "" {
				page = func(ctx context.Context) error { return a.showFollowed(ctx, &l, all, log) }
			}
			return stopped(all.run(cmd.Context(), watch, page), log)
		},
	}
	f.flags(cmd.Flags())
	l.flags(cmd.Flags(), "")
	cmd.Flags().BoolVar(&once, "once", false, "look once and exit, with code 3 if some of the feed is not in the database")
	cmd.Flags().SetAnnotation("once", callOnly, nil)
	return cmd
}

// followers are all that one process follows.
type followers []*follower

func (a *app) followers(ctx context.Context, feeds []*following, log *slog.Logger) (all followers, err error) {
	var mu sync.Mutex // lines of several feeds come one at a time
	loaded := func(w *follower, r loader.Record) error {
		if !a.json {
			return nil
		}
		mu.Lock()
		defer mu.Unlock()
		return a.printJSONLine(struct {
			Feed string `json:"feed,omitempty"`
			loader.Record
		}{w.name, r})
	}
	for _, f := range feeds {
		of := log
		if f.name != "" {
			of = log.With("name", f.name)
		}
		w, err := a.newFollower(ctx, f, of, loaded)
		if err != nil {
			if f.name != "" {
				err = fmt.Errorf("feed %s: %w", f.name, err)
			}
			return nil, err
		}
		all = append(all, w)
	}
	return all, nil
}

// watchOf is who tells people of the feeds; nil where the configuration names no channel.
func (a *app) watchOf(all followers, log *slog.Logger) (*watch, error) {
	conf, err := a.alertConfig(a.file)
	if err != nil || len(conf.Channels) == 0 {
		return nil, err
	}
	facts := func() (feeds []alert.Feed) {
		for _, w := range all {
			feeds = append(feeds, w.alertFeed())
		}
		return feeds
	}
	db := ""
	for _, w := range slices.Backward(all) {
		db = cmp.Or(w.config.DB, db)
	}
	if db == "" && conf.State == "" {
		return nil, &usageError{"alerts.state is missing", "it names the file that remembers what was told, which otherwise lies beside a database: there is none"}
	}
	watch, err := newWatch(conf, db, facts, log)
	if err != nil {
		return nil, err
	}
	for _, w := range all {
		w.looked = watch.looked
	}
	return watch, nil
}

// run follows the feeds, each for itself, until ctx ends. watch and page may be nil.
func (all followers) run(ctx context.Context, watch *watch, page func(context.Context) error) error {
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	group, ctx := errgroup.WithContext(ctx)
	for _, w := range all {
		group.Go(func() error { return w.run(ctx) })
	}
	group.Go(func() error {
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-hangup:
				for _, w := range all {
					w.poller.Wake()
				}
			}
		}
	})
	group.Go(func() error { return all.supervised(ctx) })
	if watch != nil {
		group.Go(func() error { return watch.run(ctx) })
	}
	if page != nil {
		group.Go(func() error { return page(ctx) })
	}
	return group.Wait()
}

// once looks at each feed once.
func (all followers) once(ctx context.Context, watch *watch) error {
	var failed error
	missing := 0
	for _, w := range all {
		look, err := w.poller.Once(ctx)
		failed = errors.Join(failed, err)
		missing += look.Failed
	}
	if watch != nil {
		watch.round(ctx)
	}
	if failed == nil && missing > 0 {
		return &incompleteError{"not in the database: " + count(missing, "manifest"), "the rest of the feed is; a later look takes in what was mended"}
	}
	return failed
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

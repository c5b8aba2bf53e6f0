package main

import (
	"context"
	"errors"
	"time"

	"smew/alert"
	"smew/bucket"
	"smew/loader"
	"smew/poll"
	"smew/spark"
)

// clustered is a feed that is followed into a Spark cluster.
type clustered struct {
	target  *sparkTarget
	feed    spark.Feed
	options spark.Options
	s3      bucket.S3Config
	seen    spark.Seen // when all that it lists was loaded, or failed
	last    poll.Look
}

// clustered prepares to follow a feed into a cluster.
func (f *following) clustered(ctx context.Context) (*clustered, error) {
	feed, options, err := f.target.into(ctx, &f.load, f.location)
	if err != nil {
		return nil, err
	}
	return &clustered{target: &f.target, feed: feed, options: options, s3: f.s3}, nil
}

// lookSpark looks at the feed once, as look does. The cluster is asked only if the feed lists something else than at the last look, or what
// failed then is to be tried again: a session may cost minutes.
func (w *follower) lookSpark(ctx context.Context, again bool) (poll.Look, error) {
	c := w.clustered
	seen, err := spark.Look(ctx, c.feed)
	if err != nil {
		return poll.Look{}, err
	}
	if seen.Same(c.seen) && (c.last.Failed == 0 || !again) {
		look := c.last
		look.Loaded = 0
		return look, nil
	}
	options := c.options
	options.Untried = !again
	var written error
	watchSpark(&options, func(e loader.Event) {
		w.loading.event(e)
		w.progress(e)
		if e.Kind == loader.Loaded {
			written = errors.Join(written, w.loaded(w, e.Record))
		}
	}, w.loading.fetched, func(string) {})
	var summary spark.Summary
	var status spark.Status
	err = c.target.with(ctx, c.s3, func(s spark.Session) (err error) {
		if summary, err = spark.Load(ctx, c.feed, s, options); err != nil {
			return err
		}
		status, err = spark.ReadStatus(ctx, s, c.target.place)
		return err
	})
	w.loading.ended()
	w.progress(loader.Event{})
	if err := errors.Join(err, written); err != nil {
		return poll.Look{}, err
	}
	l := &ledger{at: time.Now().UTC(), recent: sparkRecent(status.State, alert.Window)}
	l.stored = stored{status: sparkStatus(status), history: sparkHistory(status.State, pastLoads), reports: sparkReports(status.State)}
	w.mu.Lock()
	w.ledger = l
	w.mu.Unlock()
	w.tell(sparkSummary(summary, l.status.Report), again)
	look := poll.Look{Loaded: len(summary.Loaded), Failed: len(summary.Failed)}
	if r := l.status.Report; r != nil && r.NextSyncAt != nil {
		look.Due = *r.NextSyncAt
	}
	c.seen, c.last = seen, look
	return look, nil
}

// sparkSummary tells of a load as one into DuckDB does, but for its dumps.
func sparkSummary(s spark.Summary, newest *loader.ReportStatus) loader.Summary {
	out := loader.Summary{Warnings: s.Warnings, Reports: s.Reports, Report: newest}
	for _, c := range s.Chosen {
		out.Chosen = append(out.Chosen, loader.ReloadedTable{Name: c.Name, Dumps: c.Dumps, Parts: c.Parts, Rows: c.Rows})
	}
	for _, f := range s.Failed {
		out.Failed = append(out.Failed, loader.Failure{DumpID: f.DumpID, Key: f.Key, Err: f.Err, Reason: f.Reason})
	}
	return out
}

// store is what the feed's dumps go into.
func (w *follower) store() string {
	if w.clustered != nil {
		return w.clustered.target.catalogName()
	}
	return w.config.DB
}

// noTables is what the page says where there is no database to be asked.
const noTables = "The tables are on a Spark cluster: this page tells how the feed stands, and asks no cluster. Ask them where they are; smew spark views names them."

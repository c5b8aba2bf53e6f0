package spark

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"smew/sql"
)

// lease is how long a lock is held where the options do not say.
const lease = 2 * time.Hour

// LockedError says that another loader is at work on the catalog.
type LockedError struct {
	Who   string
	Until time.Time
}

func (e *LockedError) Error() string {
	return fmt.Sprintf("lock the catalog: %s has it until %s", e.Who, e.Until.UTC().Format(time.RFC3339))
}

// Hint says what the user can do about it.
func (e *LockedError) Hint() string {
	return "if that loader is gone, say --take-lock: should it be at work all the same, it will lose, and nothing it does becomes visible"
}

// lock is a row that says who loads, until when. It is given back at the end; a loader that dies keeps it until then. It spares
// loaders work that would come to nothing: that only one commits is ensured by the head.
type lock struct {
	held    bool
	lease   time.Duration
	who     string
	renewed time.Time
	looked  time.Time // and nobody had taken it
}

// between is how long nobody looks whether the lock was taken.
const between = 10 * time.Second

// acquire takes the lock, whoever has it if take says so. stale says that the one before came to no good end.
func (c *cluster) acquire(ctx context.Context, take bool) (stale bool, err error) {
	table := c.place.meta("lock")
	rows, err := c.Rows(ctx, sql.Fill(sql.SparkMetaLocked, sql.Names{"lock": table}))
	if err != nil {
		return false, fmt.Errorf("lock: %w", err)
	}
	if len(rows) == 0 {
		if err := c.run(ctx, "lock", sql.Fill(sql.SparkMetaFirstLock, sql.Names{"lock": table})); err != nil {
			return false, err
		}
	}
	for _, row := range rows {
		until, _ := row[2].(int64)
		stale = stale || until != 0
	}
	statement := sql.SparkMetaLock
	if take {
		statement = sql.SparkMetaTakeLock
	}
	return stale, c.hold(ctx, statement)
}

// hold takes or keeps the lock. Iceberg fails one of two that do so at once.
func (c *cluster) hold(ctx context.Context, statement string) error {
	table := c.place.meta("lock")
	now := c.now()
	tried := c.run(ctx, "lock", sql.Fill(statement, sql.Names{"lock": table, "holder": QuoteText(c.writer), "who": QuoteText(c.lock.who),
		"seconds": fmt.Sprint(int64(max(c.lock.lease, time.Second).Seconds()))}))
	rows, err := c.Rows(ctx, sql.Fill(sql.SparkMetaLocked, sql.Names{"lock": table}))
	if err != nil {
		return errors.Join(tried, fmt.Errorf("lock: %w", err))
	}
	if err := c.theirs(rows, tried); err != nil || tried != nil {
		return cmp.Or(err, tried)
	}
	c.lock.held, c.lock.renewed, c.lock.looked = true, now, now
	return nil
}

// theirs says who has the lock, if we have not. tried is what went wrong when it was taken.
func (c *cluster) theirs(rows [][]any, tried error) error {
	for _, row := range rows {
		if text(row[0]) == c.writer {
			continue
		}
		c.lock.held = false
		until, at := number(row[2]), number(row[3])
		if tried != nil && until <= at { // nobody has it: that is not why
			return tried
		}
		return &LockedError{Who: text(row[1]), Until: time.Unix(max(until, at), 0)}
	}
	return nil
}

// renew keeps the lock when a third of its time is over, and now and then looks whether somebody has taken it: whoever did should soon be alone.
func (c *cluster) renew(ctx context.Context) error {
	now := c.now()
	switch {
	case now.Sub(c.lock.renewed) >= c.lock.lease/3:
		return c.hold(ctx, sql.SparkMetaLock)
	case now.Sub(c.lock.looked) < between:
		return nil
	}
	rows, err := c.Rows(ctx, sql.Fill(sql.SparkMetaLocked, sql.Names{"lock": c.place.meta("lock")}))
	if err != nil {
		return fmt.Errorf("lock: %w", err)
	}
	c.lock.looked = now
	return c.theirs(rows, nil)
}

// release gives the lock back, if it is held, and tells the next one whether all is well.
func (c *cluster) release(ctx context.Context, well bool) error {
	if !c.lock.held {
		return nil
	}
	until := "0"
	if !well {
		until = "1"
	}
	return c.run(context.WithoutCancel(ctx), "unlock", sql.Fill(sql.SparkMetaUnlock, sql.Names{"lock": c.place.meta("lock"), "holder": QuoteText(c.writer), "until": until}))
}

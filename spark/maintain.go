package spark

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"smew/sql"
)

// Maintenance says what Maintain leaves.
type Maintenance struct {
	Options
	Versions int           // tags of so many commits before the last one; 0 is 10
	Age      time.Duration // snapshots younger than this; 0 is 5 days
}

// Maintained tells what Maintain did.
type Maintained struct {
	Version int64    `json:"version"` // of the head
	Tables  []string `json:"tables"`  // whose files were put together
	Tags    int      `json:"tags"`    // that were dropped
	Wiped   bool     `json:"wiped"`   // files that held rows of erased people are gone
}

// Maintain removes rows as delivered that a resync made invalid, puts small files of main together, and lets old snapshots expire.
// Readers of the head's tags see the same rows before and after; who reads a tag that is dropped gets an error. A crash anywhere leaves
// what the next load or Maintain mends. Before anything was loaded it is a *HeadError.
func Maintain(ctx context.Context, s Session, m Maintenance) (Maintained, error) {
	l := newLoad(Feed{}, s, m.Options)
	done := Maintained{Tables: []string{}}
	err := l.existing(ctx, func(ctx context.Context) (err error) {
		done, err = l.maintain(ctx, m)
		return err
	})
	return done, err
}

func (l *load) maintain(ctx context.Context, m Maintenance) (done Maintained, err error) {
	if m.Versions <= 0 {
		m.Versions = 10
	}
	if m.Age <= 0 {
		m.Age = 5 * 24 * time.Hour
	}
	done = Maintained{Version: l.head.version, Tables: []string{}}
	for _, name := range l.head.state.inOrder() {
		if t := l.head.state.Tables[name]; t.Resync >= 0 {
			statement := sql.Fill(sql.SparkMaintainInvalid, sql.Names{"raw": l.place.raw(t), "resync": fmt.Sprint(t.Resync)})
			if err := l.run(ctx, "remove invalid rows of "+t.Stored, statement); err != nil {
				return done, err
			}
		}
	}
	unwiped := l.head.state.Unwiped
	if err := l.wipe(ctx); err != nil {
		return done, err
	}
	done.Wiped = unwiped
	if done.Tables, err = l.rewrite(ctx, sql.SparkMaintainRewrite); err != nil {
		return done, err
	}
	done.Version = l.head.version
	if done.Tags, err = l.expire(ctx, m); err != nil {
		return done, err
	}
	for _, name := range l.backstage() { // each load leaves snapshots of them, and files
		if err := errors.Join(l.renew(ctx), l.run(ctx, "expire "+name, l.expiry(name, m.Age))); err != nil {
			return done, err
		}
	}
	return done, nil
}

// rewrite has statements write files of the tables anew, and makes what comes of it the head's.
func (l *load) rewrite(ctx context.Context, how ...string) ([]string, error) {
	names := slices.Sorted(maps.Keys(l.head.state.Published))
	for _, name := range names {
		if err := l.renew(ctx); err != nil {
			return nil, err
		}
		for _, statement := range how {
			if err := l.run(ctx, "rewrite "+name, l.place.upon(name, statement)); err != nil {
				return nil, err
			}
		}
	}
	refs := make([]ref, len(names))
	for i, name := range names {
		refs[i] = ref{name, "main"}
	}
	at, err := l.snapshotsAt(ctx, refs)
	if err != nil {
		return nil, err
	}
	written := []string{}
	for _, r := range refs {
		if at[r] == l.head.state.Published[r.table].ID {
			continue
		}
		written = append(written, r.table)
		if err := l.run(ctx, "branch "+r.table, l.place.begin(r.table, at[r])); err != nil {
			return nil, err
		}
	}
	if len(written) > 0 {
		l.head, err = l.commit(ctx, l.head, l.head.state.clone(), -1, written)
	}
	return written, err
}

// expire drops old tags and lets the snapshots go that have no name then.
func (l *load) expire(ctx context.Context, m Maintenance) (tags int, err error) {
	names := slices.Sorted(maps.Keys(l.head.state.Published))
	for _, name := range names {
		rows, err := l.Rows(ctx, sql.Fill(sql.SparkMaintainRefs, sql.Names{"name": QuoteText(name), "table": l.place.of(name)}))
		if err != nil {
			return tags, fmt.Errorf("look at tags: %w", err)
		}
		var statements []string
		var versions []int64
		for _, row := range rows {
			if strings.HasPrefix(text(row[1]), "load") { // the next loader begins its own
				statements = append(statements, l.place.dropBranch(name, text(row[1])))
			}
			if version, err := strconv.ParseInt(strings.TrimPrefix(text(row[1]), "v"), 10, 64); err == nil {
				versions = append(versions, version)
			}
		}
		own, err := strconv.ParseInt(strings.TrimPrefix(l.head.state.Published[name].Tag, "v"), 10, 64)
		if err != nil {
			return tags, fmt.Errorf("read the tag of %s: %w", name, err)
		}
		for _, version := range outdated(versions, own, l.head.version, l.head.version-int64(m.Versions)) {
			statements = append(statements, sql.Fill(sql.SparkMaintainDropTag, sql.Names{"table": l.place.of(name), "tag": tagOf(version)}))
			tags++
		}
		statements = append(statements, l.expiry(name, m.Age))
		if err := errors.Join(l.renew(ctx), l.run(ctx, "expire "+name, statements...)); err != nil {
			return tags, err
		}
	}
	return tags, nil
}

// upon fills a statement about a table, which is named as statements do or as procedures do.
func (p Place) upon(name, statement string) string {
	if strings.Contains(statement, "{{table}}") {
		return sql.Fill(statement, sql.Names{"table": p.of(name)})
	}
	return sql.Fill(statement, sql.Names{"catalog": p.catalog(), "name": QuoteText(p.of(name))})
}

// ahead is how far the cluster's clock may be before this one's.
const ahead = 24 * time.Hour

// expiry is the statement that lets a table's snapshots go which have no name and such an age.
func (l *load) expiry(name string, age time.Duration) string {
	before := l.now().Add(-age).UTC().Format("2006-01-02 15:04:05")
	return sql.Fill(sql.SparkMaintainExpire, sql.Names{"catalog": l.place.catalog(), "name": QuoteText(l.place.of(name)), "before": QuoteText(before)})
}

// outdated are the versions of a table's tags that no head from the oldest on names: such a head has the newest that is not above it. The
// last head names the table's own: what lies between is of loaders that died before their commit.
func outdated(versions []int64, own, head, oldest int64) (all []int64) {
	slices.Sort(versions)
	newest := min(own, oldest)
	for i := len(versions) - 1; i >= 0; i-- {
		switch v := versions[i]; {
		case own < v && v <= head:
			all = append(all, v)
		case v <= newest:
			return append(all, versions[:i]...)
		}
	}
	return all
}

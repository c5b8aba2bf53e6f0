// Package produce is the producer's side of a feed: it lets a small shop's
// customers come and go for some days and writes one dump a day, with
// everything that makes such feeds hard to load.
//
// What dump n of a world holds depends on the options alone, never on the
// bucket, the clock or the UUIDs in the names of parts.
package produce

import (
	"context"
	"fmt"
	"path"
	"runtime"
	"strings"
	"time"

	"github.com/google/uuid"

	"smew/bucket"
	"smew/feed"
)

// Options say which world is simulated and how its feed is written. Zero values
// stand for the defaults named here. A feed is continued by giving the same
// Seed, Users, Events, History, FirstDump and Start again.
type Options struct {
	Seed      uint64
	Users     int       // people, 200
	Dumps     int       // dumps to write, 5
	Events    int       // events per dump, about, 1000
	History   int       // events of the first dump, about, if it brings the months before; as the others
	FirstDump int64     // dump_id of the first day, 852
	Start     time.Time // start of the first day, 2026-01-01 UTC

	Layout   feed.Layout
	Bucket   string        // name in the manifests' s3:// paths, csq-rs3-shop
	Prefix   string        // where the feed's keys begin
	Codec    string        // null, deflate or snappy, the default
	PartRows int           // rows in a part at most, 500
	UUID     func() string // for names of parts, random by default
	Workers  int           // parts written at once, as many as Go uses cores

	// Progress, if set, is told of every part written, of one at a time.
	Progress func(Part)
}

// Part is one part that was written.
type Part struct {
	DumpID int64
	Table  string
	Key    string
	Rows   int
	Bytes  int64
}

func (o Options) withDefaults() (Options, error) {
	for _, n := range []struct {
		name  string
		value *int
		or    int
	}{{"users", &o.Users, 200}, {"dumps", &o.Dumps, 5}, {"events", &o.Events, 1000}, {"history", &o.History, 0},
		{"part rows", &o.PartRows, 500}, {"workers", &o.Workers, runtime.GOMAXPROCS(0)}} {
		if *n.value < 0 {
			return o, fmt.Errorf("%s: %d is negative", n.name, *n.value)
		}
		if *n.value == 0 {
			*n.value = n.or
		}
	}
	if o.FirstDump < 0 {
		return o, fmt.Errorf("first dump: %d is negative", o.FirstDump)
	}
	if o.FirstDump == 0 {
		o.FirstDump = 852
	}
	if o.Start.IsZero() {
		o.Start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	if o.Bucket == "" {
		o.Bucket = "csq-rs3-shop"
	}
	if o.Prefix != "" && !strings.HasSuffix(o.Prefix, "/") {
		o.Prefix += "/"
	}
	switch o.Codec {
	case "":
		o.Codec = "snappy"
	case "null", "deflate", "snappy":
	default:
		return o, fmt.Errorf("codec %q: not null, deflate or snappy", o.Codec)
	}
	if o.UUID == nil {
		o.UUID = uuid.NewString
	}
	return o, nil
}

// Summary is what Feed wrote. Planted counts the dumps that were written, People
// and MergedIDs tell the world's state after the last of them.
type Summary struct {
	Dumps     []DumpSummary
	People    int // ids that are left once every id of a user is resolved
	MergedIDs int // rows of the last user_migrations
	Planted   Planted
}

// DumpSummary is one dump.
type DumpSummary struct {
	DumpID int64
	Tables []TableSummary
}

// TableSummary is one table of a dump.
type TableSummary struct {
	Name        string
	Incremental bool
	Rows, Parts int
	Bytes       int64
}

// Planted counts what a loader has to cope with.
type Planted struct {
	DuplicatesInPart  int // rows again in the same part
	DuplicatesInDump  int // rows again in another part of the dump
	DuplicatesLater   int // rows again in a later dump
	SecondIDs         int // rows delivered under the anonymous id and again under the identified one
	Late              int // rows delivered days after they happened
	InvalidDates      int // users' dates that cannot be read
	Retargeted        int // mappings that point to someone else than before
	TakenBack         int // mappings that are no longer there
	Invalidated       int // rows that a full resync made invalid
	Strays            int // objects in sync folders that no manifest lists
	ChangedUsers      int // users delivered again because something changed
	ColumnsComeAndGo  int // columns that were added, dropped or came back
	MergedIdentities  int // identified ids that became another person's
	AnonymousToMember int // anonymous ids that were identified
}

func (p *Planted) add(q Planted) {
	p.DuplicatesInPart += q.DuplicatesInPart
	p.DuplicatesInDump += q.DuplicatesInDump
	p.DuplicatesLater += q.DuplicatesLater
	p.SecondIDs += q.SecondIDs
	p.Late += q.Late
	p.InvalidDates += q.InvalidDates
	p.Retargeted += q.Retargeted
	p.TakenBack += q.TakenBack
	p.Invalidated += q.Invalidated
	p.Strays += q.Strays
	p.ChangedUsers += q.ChangedUsers
	p.ColumnsComeAndGo += q.ColumnsComeAndGo
	p.MergedIdentities += q.MergedIdentities
	p.AnonymousToMember += q.AnonymousToMember
}

// Feed writes o.Dumps dumps after the feed's highest dump_id. A dump's manifest
// is created last and only if absent, so a crash, a failure or a second
// producer at once leaves parts that no manifest lists and never half a dump; a
// later call writes that dump anew. When a dump fails, its sync report says so
// and Feed returns what was written before it, with the error.
func Feed(ctx context.Context, b bucket.Bucket, o Options) (Summary, error) {
	var s Summary
	o, err := o.withDefaults()
	if err != nil {
		return s, fmt.Errorf("produce feed: %w", err)
	}
	next, err := nextDump(ctx, b, o)
	if err != nil {
		return s, fmt.Errorf("produce feed: %w", err)
	}
	w := newWorld(o)
	for w.nextDump() < next {
		if err := ctx.Err(); err != nil {
			return s, fmt.Errorf("produce feed: %w", err)
		}
		w.day()
	}
	for range o.Dumps {
		d := w.day()
		wrote, err := (&writer{bucket: b, options: o}).dump(ctx, d)
		if err != nil {
			return s, fmt.Errorf("produce dump %d: %w", d.id, err)
		}
		s.Dumps = append(s.Dumps, wrote)
		s.People, s.MergedIDs = w.users-len(w.mappings), len(w.mappings)
		s.Planted.add(d.planted)
	}
	return s, nil
}

// nextDump returns the dump_id after the feed's highest, at least o.FirstDump.
func nextDump(ctx context.Context, b bucket.Bucket, o Options) (int64, error) {
	next := o.FirstDump
	for object, err := range b.List(ctx, o.Prefix+feed.ManifestsPrefix) {
		if err != nil {
			return 0, err
		}
		if !feed.IsManifest(object.Key, o.Prefix) {
			continue
		}
		id, err := dumpID(ctx, b, object)
		if err != nil {
			return 0, err
		}
		next = max(next, id+1)
	}
	return next, nil
}

// dumpID returns a manifest's dump_id. Of a torn one only its key can tell; -1
// if that does not.
func dumpID(ctx context.Context, b bucket.Bucket, object bucket.Object) (int64, error) {
	data, err := bucket.ReadAll(ctx, b, object, manifestLimit)
	if err != nil {
		return 0, err
	}
	if m, err := feed.ParseManifest(data); err == nil {
		return m.DumpID, nil
	}
	var id int64
	if _, err := fmt.Sscanf(path.Base(object.Key), "sync_%d.json", &id); err != nil {
		return -1, nil
	}
	return id, nil
}

// manifestLimit is far above the size of any manifest, in bytes.
const manifestLimit = 1 << 30

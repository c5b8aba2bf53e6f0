// Package spark loads a feed on a Spark cluster into Iceberg tables. It plans what is to be done as package loader does, reads each
// part here before the cluster does, and renders SQL; Spark does the rest.
//
// A dump is written on branches, which readers do not see, then tagged, and is there once the head says so: one row,
// which is set only if it is still the one that was read. A crash anywhere leaves a dump in whole or not at all.
package spark

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"smew/avro"
	"smew/bucket"
	"smew/manifests"
	"smew/plan"
	"smew/stage"
)

// Feed is where dumps come from.
type Feed struct {
	Name   string // as the cluster remembers it
	Bucket bucket.Bucket
	Prefix string // before manifests/: "" or "some/folder/"
	Source plan.Source
	Root   string // what the cluster calls the bucket: "s3a://bucket/", or "file:///folder/" where it shares a disk
}

// Options says how a load works.
type Options struct {
	Place      Place
	Scratch    Scratch
	Stage      stage.Options
	Limits     avro.Limits
	Now        func() time.Time
	OtherFeed  bool // take this feed for the one that was loaded
	Quarantine bool // set rows aside that cannot be read (R11), and load the rest
	Untried    bool // what failed before rests; else it is tried again
	// Choice says which tables are wanted from now on; nil: as the head remembers.
	Choice *plan.Choice
	// Small is how many rows a table has at least for a dump to be merged into it: below, working it out from all its rows is
	// cheaper. 0 is a million, less than 0 none.
	Small int64
	// Lease is how long the lock is held that keeps a second loader out, renewed when a third of it is over; 0 is two hours. It is
	// given back at the end: only a loader that died keeps it.
	Lease    time.Duration
	Who      string         // who has the lock, for people
	TakeLock bool           // whoever has it
	Progress func(Progress) // nil: nobody is told
	Random   io.Reader      // for salts; nil: the system's
	// Before is called before each step, by its name; an error ends the load there. For tests.
	Before func(step string) error
}

// Progress tells how a load gets on: with a dump, unless it is Planned.
type Progress struct {
	Planned bool // Dumps wait
	Dumps   int
	Dump    int64
	Done    int     // parts that were read here …
	Of      int     // … of so many; 0 where nothing is told of them
	Step    string  // that the cluster begins; "": none
	Record  *Record // the dump is in
	Err     error   // the dump failed
}

// Failure is a dump or manifest that the tables do not reflect, and why.
type Failure struct {
	DumpID int64  `json:"dump_id"` // -1: not known
	Key    string `json:"manifest"`
	Err    error  `json:"-"`
	Reason string `json:"error"`

	etag  string
	rests bool // it was not tried
}

// Record tells what loading a dump did.
type Record struct {
	DumpID  int64      `json:"dump_id"`
	Tables  []Delivery `json:"tables"`
	Seconds float64    `json:"seconds"`
}

// Summary tells what a load found and did.
type Summary struct {
	Loaded []Record  `json:"loaded"`
	Failed []Failure `json:"failed"`
	Before int       `json:"loaded_before"`
	// Reports is how many sync reports were read.
	Reports int `json:"sync_reports"`
	// Chosen are tables that came or went, as the choice of tables changed.
	Chosen []Chosen `json:"chosen"`
	// Warnings name what looks wrong and blocks nothing.
	Warnings []string `json:"warnings"`
}

// MismatchError says that the tables were loaded from another feed.
type MismatchError struct{ Remembered, Given string }

func (e *MismatchError) Error() string {
	return fmt.Sprintf("the tables were loaded from %s, not from %s", e.Remembered, e.Given)
}

// Hint says what the user can do about it.
func (e *MismatchError) Hint() string {
	return "if it is the same feed at another place, say --other-feed once; else choose another --catalog"
}

// Load looks at the feed once and loads every dump that is not loaded yet, each in one commit. What cannot be loaded is in
// Summary.Failed and holds up nothing else (R2); the error is for what stops the run: a cluster or a bucket that cannot be used.
func Load(ctx context.Context, f Feed, s Session, o Options) (Summary, error) {
	l := newLoad(f, s, o)
	err := l.locked(ctx, l.work)
	return l.summary, err
}

func newLoad(f Feed, s Session, o Options) *load {
	l := &load{feed: f, options: o, cluster: cluster{Session: s, place: o.Place, now: o.Now, writer: rand.Text()}}
	if l.now == nil {
		l.now = time.Now
	}
	l.before = func(step string) error {
		l.tell(Progress{Step: step})
		if o.Before != nil {
			return o.Before(step)
		}
		return nil
	}
	if l.options.Random == nil {
		l.options.Random = rand.Reader
	}
	l.place.branch = "load_" + strings.ToLower(l.writer)
	l.options.Scratch.Prefix += l.writer + "/" // others may have the same folder, and dumps of the same number
	l.lock = lock{lease: o.Lease, who: o.Who}
	if l.lock.lease <= 0 {
		l.lock.lease = lease
	}
	l.summary = Summary{Loaded: []Record{}, Failed: []Failure{}, Chosen: []Chosen{}, Warnings: []string{}}
	return l
}

// locked does its work with the lock held. Whoever did not give it back is fenced off first: the head goes on, so that what they would
// commit comes too late. Then what they left is put right.
func (l *load) locked(ctx context.Context, work func(context.Context) error) (err error) {
	if err := l.begin(ctx); err != nil {
		return err
	}
	stale, err := l.acquire(ctx, l.options.TakeLock)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.release(ctx, err == nil)) }()
	if l.head, err = l.current(ctx, l.feed.Name); err != nil {
		return err
	}
	if stale {
		if l.head, err = l.commit(ctx, l.head, l.head.state, -1, nil); err != nil {
			return err
		}
		if err := l.recover(ctx, l.head); err != nil {
			return err
		}
	}
	if err := l.remove(ctx); err != nil { // of whom an erasure left
		return err
	}
	return work(ctx)
}

// existing does its work as locked does, where a loader was before: else the place is mistaken for another, and nothing is made there.
func (l *load) existing(ctx context.Context, work func(context.Context) error) error {
	if _, err := readHead(ctx, l.Session, l.place); err != nil {
		return err
	}
	return l.locked(ctx, func(ctx context.Context) error {
		if err := l.recover(ctx, l.head); err != nil { // one who was fenced off may have gone on for a while
			return err
		}
		return work(ctx)
	})
}

type load struct {
	cluster
	feed    Feed
	options Options
	head    head
	summary Summary
	unnoted bool // the state has something that the cluster does not
	dumping int64
}

func (l *load) work(ctx context.Context) (err error) {
	if name := l.head.state.Feed; name != "" && name != l.feed.Name && !l.options.OtherFeed {
		return &MismatchError{Remembered: name, Given: l.feed.Name}
	} else if name != "" && name != l.feed.Name {
		l.head.state.Feed, l.unnoted = l.feed.Name, true
	}
	listed, err := manifests.List(ctx, l.feed.Bucket, l.feed.Prefix)
	if err != nil {
		return err
	}
	if err := l.choose(ctx, listed); err != nil {
		return err
	}
	reports, err := manifests.ListReports(ctx, l.feed.Bucket, l.feed.Prefix)
	if err != nil {
		return err
	}
	if err := l.readReports(ctx, reports); err != nil {
		return err
	}
	found, problems, err := manifests.Read(ctx, l.feed.Bucket, listed, l.head.state.manifests())
	if err != nil {
		return err
	}
	for _, p := range problems {
		l.fail(Failure{DumpID: -1, Key: p.Object.Key, Err: p.Err, etag: p.Object.ETag})
	}
	before := l.head.state.ledger()
	l.summary.Before = len(before.Dumps)
	planned := plan.New(found, before, l.feed.Source)
	if err := l.checkChoice(before, planned.Dumps); err != nil {
		return err
	}
	for _, p := range planned.Problems {
		l.fail(Failure{DumpID: p.DumpID, Key: p.Key, Err: p.Err})
	}
	rested := l.rest(planned.Dumps)
	l.tell(Progress{Planned: true, Dumps: len(rested)})
	for waiting := rested; len(waiting) > 0; {
		failed, err := l.pass(ctx, waiting)
		if err != nil {
			return err
		}
		after := l.head.state.ledger()
		waiting = plan.Again(failed, before, after)
		before = after
	}
	return l.note(ctx)
}

func (l *load) tell(p Progress) {
	if p.Dump = l.dumping; l.options.Progress != nil {
		l.options.Progress(p)
	}
}

// wanted is how many parts of a dump are to be read.
func wanted(ledger plan.Ledger, d plan.Dump) (n int) {
	for _, t := range d.Tables {
		if !ledger.Spared(d, t) {
			n += len(t.Parts)
		}
	}
	return n
}

func (l *load) fail(f Failure) {
	f.Reason = f.Err.Error()
	l.summary.Failed = append(l.summary.Failed, f)
}

// pass tries each of the dumps once and returns those that failed.
func (l *load) pass(ctx context.Context, dumps []plan.Dump) (failed []plan.Dump, err error) {
	for _, d := range dumps {
		l.dumping = d.ID
		l.tell(Progress{Of: wanted(l.head.state.ledger(), d)})
		l.summary.Failed = slices.DeleteFunc(l.summary.Failed, func(f Failure) bool { return f.DumpID == d.ID && f.Key == d.Key })
		err := l.dump(ctx, d)
		switch {
		case err == nil:
		case ctx.Err() != nil:
			return nil, context.Cause(ctx)
		case ofPart(err):
			l.fail(Failure{DumpID: d.ID, Key: d.Key, Err: err, etag: d.ETag})
			l.tell(Progress{Err: err})
			failed = append(failed, d)
		default:
			return nil, err
		}
	}
	return failed, nil
}

// ofPart says that a part is at fault, not the cluster or this machine.
func ofPart(err error) bool {
	var part *PartError
	var fetch *stage.Error
	var temp *stage.TempError
	return (errors.As(err, &part) || errors.As(err, &fetch)) && !errors.As(err, &temp)
}

func (l *load) dump(ctx context.Context, d plan.Dump) error {
	began, before := l.now(), l.head.state.clone()
	c := checker{feed: l.feed, scratch: l.options.Scratch, limits: l.options.Limits, dump: d, quarantine: l.options.Quarantine}
	c.read = func(done, of int) error {
		l.tell(Progress{Done: done, Of: of})
		return l.renew(ctx) // reading the parts of a large dump may take longer than the lock's lease
	}
	var err error
	if c.guard, err = c.newGuard(ctx, before, l.options.Stage, l.options.Random); err != nil {
		return fmt.Errorf("dump %d: %w", d.ID, err)
	}
	parts, err := c.check(ctx, before.ledger(), l.options.Stage)
	if err != nil {
		return fmt.Errorf("dump %d: %w", d.ID, err)
	}
	definitions, err := manifests.ReadDefinitions(ctx, l.feed.Bucket, l.feed.Source, d)
	if err != nil {
		return fmt.Errorf("dump %d: property definitions %s: %w", d.ID, d.Definitions, err)
	}
	if err := l.setAside(ctx, d, parts); err != nil {
		return fmt.Errorf("dump %d: %w", d.ID, err)
	}
	p := planDump(l.place, before, d, parts)
	if p.small = l.options.Small; p.small == 0 {
		p.small = 1e6
	}
	l.summary.Warnings = append(l.summary.Warnings, p.lacking()...)
	if err := p.state.define(d.ID, definitions); err != nil {
		p.state.Dumps[d.ID].Definitions = err.Error()
		l.summary.Warnings = append(l.summary.Warnings, fmt.Sprintf("dump %d: property definitions %s: %v", d.ID, d.Definitions, err))
	}
	l.summary.Warnings = append(l.summary.Warnings, p.undefined()...)
	if err := l.carry(ctx, p); err != nil {
		return fmt.Errorf("dump %d: %w", d.ID, err)
	}
	if c.guard != nil {
		if err := l.joined(ctx, p.state, c.guard.joined); err != nil {
			return fmt.Errorf("dump %d: %w", d.ID, err)
		}
	}
	p.state.Feed = l.feed.Name
	p.loaded(l.now())
	delete(p.state.Attempts, d.Key)
	if l.head, err = l.commit(ctx, l.head, p.state, d.ID, p.written); err != nil {
		return fmt.Errorf("dump %d: %w", d.ID, err)
	}
	l.unnoted = false // what was there to be noted went with the commit
	if err := l.remove(ctx); err != nil {
		return fmt.Errorf("dump %d: %w", d.ID, err)
	}
	record := Record{DumpID: d.ID, Tables: p.state.Dumps[d.ID].Tables, Seconds: l.now().Sub(began).Seconds()}
	l.summary.Loaded = append(l.summary.Loaded, record)
	l.tell(Progress{Record: &record})
	return nil
}

// carry has the cluster do all of a dump but the commit.
func (l *load) carry(ctx context.Context, p *dumpPlan) error {
	if err := l.do(ctx, p.arrive()); err != nil {
		return err
	}
	var moved, parted int64
	if query := p.moves(); query != "" {
		rows, err := l.Rows(ctx, query)
		if err != nil || len(rows) != 1 || len(rows[0]) != 2 {
			return errors.Join(err, fmt.Errorf("count moved identities: %v", rows))
		}
		moved, _ = rows[0][0].(int64)
		parted, _ = rows[0][1].(int64)
	}
	return l.do(ctx, p.settle(moved, parted))
}

func idOf(f plan.Found) manifests.ID { return manifests.ID{Key: f.Key, ETag: f.ETag} }

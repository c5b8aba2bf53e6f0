package loader

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"smew/avro"
	"smew/bucket"
	"smew/duck"
	"smew/plan"
	"smew/stage"
)

// Feed is where dumps come from.
type Feed struct {
	Name   string // as the database remembers it: s3://bucket/prefix or a directory's absolute path
	Bucket bucket.Bucket
	Prefix string // before manifests/ and sync_reports/: "" or "some/folder/"
	Source plan.Source
}

// Config says how a run works.
type Config struct {
	DB        string       // path of the database file
	Duck      duck.Options // without Memory a load takes 320 MB a thread at most, more for very wide tables
	Stage     stage.Options
	Limits    avro.Limits
	Now       func() time.Time
	OtherFeed bool // take this feed for the one the database was loaded from
	DryRun    bool // plan only; the database is not written
	// Seen, unless nil, lets looks at a feed in which nothing is new leave the database alone.
	Seen *Seen
	// Untried leaves out the dumps that failed before and whose manifests are the same still: they are in
	// Summary.Failed with what the last try said. So a poller backs off from them and takes in the others.
	Untried bool
	// Quarantine has rows with a row error set aside in smew.quarantine; else one fails its dump (R11).
	Quarantine bool
	Progress   func(Event)
	// Choice says which tables are wanted, from now on; nil: as the database remembers.
	Choice *plan.Choice
	// Definitions is a file of property definitions that counts in place of the feed's from now on, "" that the feed's
	// count again; nil: as the database remembers.
	Definitions *string
	// Only has nothing but this dump loaded, and tried also if it is accepted as lost; nil: all that wait.
	Only *int64
	// Accept has the dump that Only names accepted as lost, for this reason, if it cannot be loaded
	// because a part is missing or damaged; "": no.
	Accept string
}

// Failure is a dump or manifest that the database does not reflect, and why.
type Failure struct {
	DumpID int64  `json:"dump_id"` // -1: not known
	Key    string `json:"manifest"`
	Err    error  `json:"-"`
	Reason string `json:"error"`

	etag string
	dump *plan.Dump // nil: not a dump's own failure
}

// Summary tells what a run found and did.
type Summary struct {
	Waiting []plan.Dump `json:"-"` // as planned, in order
	Ledger  plan.Ledger `json:"-"` // before the run
	Loaded  []Record    `json:"loaded"`
	Failed  []Failure   `json:"failed"`
	Before  int         `json:"loaded_before"` // dumps that were in the database already
	Reports int         `json:"reports"`       // sync reports that were new
	// Report is the newest sync report that could be understood; nil: none (R13).
	Report *ReportStatus `json:"-"`
	// Accepted are dumps that are not in the database and accepted as lost.
	Accepted []Acceptance `json:"accepted"`
	// Chosen are the tables that loaded dumps name and that came or went, as the choice of tables changed.
	Chosen []ReloadedTable `json:"chosen,omitempty"`
	// Warnings name what could not be understood and blocks nothing: reports, definitions.
	Warnings []string `json:"warnings"`
}

// Run looks at the feed once and loads every dump that is not in the database yet, each in
// its own transaction. What cannot be loaded is in Summary.Failed and holds up nothing else
// (R2); the error is for what stops the run: a database or a bucket that cannot be used, or
// the end of ctx. The database file is open only while it is read or dumps are applied.
func Run(ctx context.Context, f Feed, c Config) (Summary, error) {
	r := &run{feed: f, config: c, loader: newLoader(c)}
	err := r.run(ctx)
	return r.summary, err
}

func newLoader(c Config) *Loader {
	l := &Loader{Now: c.Now, Limits: c.Limits, Quarantine: c.Quarantine, Progress: c.Progress}
	if l.Now == nil {
		l.Now = time.Now
	}
	return l
}

type run struct {
	feed    Feed
	config  Config
	loader  *Loader
	listed  listing
	known   snapshot
	named   []string // tables that loaded dumps name, where the choice of tables is to change
	plan    plan.Plan
	reports []report
	summary Summary
}

func (r *run) run(ctx context.Context) (err error) {
	before := fileState(r.config.DB) // before it is read: what another process writes meanwhile is then seen
	if r.listed, err = list(ctx, r.feed); err != nil {
		return err
	}
	if summary, same := r.config.Seen.same(r.listed, before, r.config.Untried); same {
		r.summary = summary
		return nil
	}
	if err := r.look(ctx); err != nil {
		return err
	}
	if err := r.choose(ctx); err != nil {
		return err
	}
	if err := r.define(ctx); err != nil {
		return err
	}
	unread, err := r.planAhead(ctx)
	if err != nil {
		return err
	}
	if r.config.DryRun || r.idle() {
		if !unread {
			r.config.Seen.keep(r.listed, before, r.summary)
		}
		return nil
	}
	first := r.fetch(ctx, 0)
	defer first.close()
	if err := r.open(ctx); err != nil {
		return err
	}
	err = r.apply(ctx, first)
	return errors.Join(err, r.loader.DB.Close())
}

// look reads the ledger, if there is one.
func (r *run) look(ctx context.Context) error {
	r.known = snapshot{ledger: plan.Ledger{Dumps: map[int64]plan.Loaded{}, Resyncs: map[string]int64{}}}
	if _, err := os.Stat(r.config.DB); errors.Is(err, os.ErrNotExist) {
		return nil
	} else if err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	db, err := duck.Open(ctx, r.config.DB, r.config.Duck)
	if err != nil {
		return err
	}
	err = db.View(ctx, func(tx *duck.Tx) error {
		version, err := versionOf(ctx, tx)
		if err != nil || version == 0 {
			return err
		}
		if r.known, err = readSnapshot(ctx, tx); err != nil {
			return err
		}
		if r.rechooses() {
			if r.named, err = namedByAny(ctx, tx); err != nil {
				return err
			}
		}
		if r.known.old = version < schemaVersion; !r.known.old {
			if r.known.accepted, err = readAccepted(ctx, tx); err != nil {
				return err
			}
		}
		if r.known.feed != "" && r.known.feed != r.feed.Name && !r.config.OtherFeed {
			return &MismatchError{Remembered: r.known.feed, Given: r.feed.Name}
		}
		return nil
	})
	return errors.Join(err, db.Close())
}

// planAhead reads what is new in the feed and plans the run. unread says that there are reports which
// the bucket did not give.
func (r *run) planAhead(ctx context.Context) (unread bool, err error) {
	found, failed, err := readManifests(ctx, r.feed, r.listed.manifests, r.known.manifests)
	if err != nil {
		return false, err
	}
	reports, warnings, err := readReports(ctx, r.feed, r.listed.reports, r.known.reports)
	if err != nil {
		return false, err
	}
	r.reports, r.summary.Warnings = reports, append(r.summary.Warnings, warnings...)
	unread = len(warnings) > 0
	r.plan = plan.New(found, r.known.ledger, r.feed.Source)
	if err := r.checkChoice(); err != nil {
		return unread, err
	}
	for _, p := range r.plan.Problems {
		failed = append(failed, Failure{DumpID: p.DumpID, Key: p.Key, Err: p.Err, etag: p.ETag})
	}
	for i := range failed {
		failed[i].Reason = failed[i].Err.Error()
	}
	if r.config.Only != nil {
		if failed, err = r.narrow(*r.config.Only, failed); err != nil {
			return false, err
		}
	} else if err := r.leaveAccepted(ctx); err != nil {
		return false, err
	}
	if r.config.Untried {
		failed = append(failed, r.postpone()...)
	}
	r.summary.Failed, r.summary.Waiting, r.summary.Before = failed, r.plan.Dumps, len(r.known.ledger.Dumps)
	r.summary.Ledger, r.summary.Report = r.known.ledger, r.known.report
	r.loader.report(Event{Kind: Planned, Dumps: len(r.plan.Dumps)})
	return unread, nil
}

// idle says that there is nothing to write.
func (r *run) idle() bool {
	return len(r.plan.Dumps) == 0 && len(r.plan.Known) == 0 && len(r.reports) == 0 && len(r.unsaid()) == 0 && !r.known.old &&
		(r.known.feed == r.feed.Name || r.summary.Before == 0) // a feed without dumps makes no database its own
}

// open opens the database for the planned dumps, and writes what comes before any of them.
func (r *run) open(ctx context.Context) error {
	return r.begin(ctx, widest(r.known.widest, r.plan.Dumps), func(tx *duck.Tx) error {
		if err := keepChoice(ctx, tx, r.known.ledger.Choice); err != nil {
			return err
		}
		if err := keepGiven(ctx, tx, r.known.given); err != nil {
			return err
		}
		return r.note(ctx, tx)
	})
}

// begin opens the database for writing, and makes it the feed's in one transaction with what else is to be written.
func (r *run) begin(ctx context.Context, columns int, also func(*duck.Tx) error) (err error) {
	o := r.config.Duck
	o.AtMost = memoryFor(o.Threads, columns)
	if r.loader.DB, err = duck.Open(ctx, r.config.DB, o); err != nil {
		return err
	}
	err = r.loader.DB.Update(ctx, func(tx *duck.Tx) error {
		if err := tx.Alone(ctx); err != nil {
			return err
		}
		if err := Migrate(ctx, tx); err != nil {
			return err
		}
		if err := adopt(ctx, tx, r.feed.Name, r.config.OtherFeed); err != nil {
			return err
		}
		return also(tx)
	})
	if err != nil {
		return errors.Join(err, r.loader.DB.Close())
	}
	return nil
}

// apply loads the planned dumps, and once more those that failed and that a full resync
// loaded since has freed from parts (R5).
func (r *run) apply(ctx context.Context, first *flow) error {
	before := r.known.ledger
	waiting := r.plan.Dumps
	for len(waiting) > 0 {
		failed, err := r.pass(ctx, waiting, first)
		if err != nil {
			return err
		}
		first = nil
		var after plan.Ledger
		err = r.loader.DB.View(ctx, func(tx *duck.Tx) (err error) {
			after, err = readLedger(ctx, tx)
			return err
		})
		if err != nil {
			return err
		}
		waiting = plan.Again(failed, before, after)
		before, r.known.ledger, r.plan.Dumps = after, after, waiting
	}
	return nil
}

// pass tries each of the dumps once and returns those that failed. While one is being applied
// the next one's parts are on their way.
func (r *run) pass(ctx context.Context, dumps []plan.Dump, flow *flow) (failed []plan.Dump, err error) {
	if flow == nil {
		flow = r.fetch(ctx, 0)
	}
	defer func() { flow.close() }()
	for i, d := range dumps {
		next := r.fetch(ctx, i+1)
		r.loader.last = i == len(dumps)-1
		rec, err := r.load(ctx, d, flow)
		flow.close()
		flow = next
		if err == nil {
			r.loaded(d, rec)
			continue
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if ofMachine(err) {
			return nil, err
		}
		if err := r.failed(ctx, d, err); err != nil {
			return nil, err
		}
		failed = append(failed, d)
	}
	return failed, nil
}

// ofMachine says that what failed a dump is this machine, not the feed: it would fail the others too.
func ofMachine(err error) bool {
	var disk *duck.DiskError
	var temp *stage.TempError
	return errors.As(err, &disk) || errors.As(err, &temp)
}

func (r *run) load(ctx context.Context, d plan.Dump, flow *flow) (Record, error) {
	r.loader.report(Event{Kind: Loading, Dump: d.ID, Of: listed(d)})
	defs, err := readDefinitions(ctx, r.feed, d)
	if err != nil {
		return Record{}, fmt.Errorf("dump %d: property definitions %s: %w", d.ID, d.Definitions, err)
	}
	return r.loader.Load(ctx, d, flow.parts(), defs)
}

// Package produce is the producer's side of a feed: it lets a small shop's
// customers come and go for some days and writes a dump a day, with everything
// that makes such feeds hard to load, as a [Scenario] says.
//
// What dump n of a world holds depends on the options alone, never on the
// bucket, the clock or the UUIDs in the names of parts.
package produce

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"smew/bucket"
)

// Feed writes o.Dumps dumps to a feed, behind those that it has. See [Producer.Next].
// It returns what was written, also with an error.
func Feed(ctx context.Context, b bucket.Bucket, o Options) (Summary, error) {
	p, err := New(ctx, b, o)
	if err != nil {
		return Summary{}, err
	}
	for range p.options.Dumps {
		if _, err := p.Next(ctx); err != nil {
			return p.Summary(), err
		}
	}
	return p.Summary(), nil
}

// Producer writes a feed, dump by dump. It keeps the world in memory, so that the next dump
// costs no more than that day.
type Producer struct {
	options Options
	writer  *writer
	world   *world
	faults  *faults
	there   presence
	missing int // dumps passed over that are not there
	summary Summary

	queue   []*dump // of the day, not yet written
	late    []*dump // whose manifests wait for dumps after them
	pending *dump   // that could not be written
	rewrite *dump   // whose manifest changes once the next has appeared
	overdue []*dump // whose manifests should have changed by now, and may not have
	last    *dump   // that is there, to compare it before anything is written
}

// New looks at which dumps a feed has, to write those that follow.
func New(ctx context.Context, b bucket.Bucket, o Options) (*Producer, error) {
	o, err := o.withDefaults()
	if err == nil && len(o.Scenario.Environments) > 0 {
		err = fmt.Errorf("the scenario has %d environments, each of which is a feed", len(o.Scenario.Environments))
	}
	if err != nil {
		return nil, fmt.Errorf("produce feed: %w", err)
	}
	there, err := dumpsOf(ctx, b, o.Prefix)
	if err != nil {
		return nil, fmt.Errorf("produce feed: %w", err)
	}
	faults, err := newFaults(o.Scenario)
	if err != nil {
		return nil, fmt.Errorf("produce feed: %w", err)
	}
	return &Producer{options: o, writer: &writer{bucket: b, options: o}, world: newWorld(o), faults: faults, there: there}, nil
}

// Summary is what was written so far.
func (p *Producer) Summary() Summary { return p.summary }

// Missed returns the faults for which no dump has come yet.
func (p *Producer) Missed() []string { return p.faults.missed() }

// Next writes the next dump that the feed does not have. A *StrangerError says that what it has was
// written with another scenario or seed. A dump's manifest is created last and only
// if absent, so a crash, a failure or a second producer at once leaves parts that no manifest lists
// and never half a dump; that dump is written anew by a later call, or by a later producer. When a
// dump fails, its sync report says so.
func (p *Producer) Next(ctx context.Context) (DumpSummary, error) {
	for {
		if err := ctx.Err(); err != nil {
			return DumpSummary{}, fmt.Errorf("produce feed: %w", context.Cause(ctx))
		}
		d := p.pending
		if p.pending = nil; d == nil {
			var err error
			if d, err = p.next(ctx); err != nil {
				return DumpSummary{}, fmt.Errorf("produce feed: %w", err)
			}
			if err := p.faults.plant(d, p.options.Scenario); err != nil {
				return DumpSummary{}, fmt.Errorf("produce dump %d: %w", d.id, err)
			}
		}
		if p.there.has(d) {
			if err := p.passed(d); err != nil {
				return DumpSummary{}, err
			}
			p.appeared(d)
			continue
		}
		if err := p.caughtUp(ctx); err != nil {
			p.pending = d
			return DumpSummary{}, err
		}
		wrote, err := p.writer.dump(ctx, d)
		if wrote.DumpID == d.id {
			p.wrote(d, wrote)
		}
		if err == nil {
			err = p.writer.change(ctx, p.rewrite)
		}
		if err != nil {
			p.pending = d
			return DumpSummary{}, fmt.Errorf("produce dump %d: %w", d.id, err)
		}
		p.appeared(d)
		return wrote, nil
	}
}

// wrote notes that a dump is there, even if what comes after its manifest fails.
func (p *Producer) wrote(d *dump, s DumpSummary) {
	p.there.ids[d.id] = true
	p.summary.Dumps = append(p.summary.Dumps, s)
	p.summary.People, p.summary.MergedIDs = p.world.users-len(p.world.mappings), len(p.world.mappings)
	p.summary.Planted.add(d.planted)
}

// next returns the dumps in the order in which their manifests appear. What waits for others counts
// those that wait themselves: there may be no other, and it would wait for ever.
func (p *Producer) next(ctx context.Context) (*dump, error) {
	for {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if i := slices.IndexFunc(p.late, func(l *dump) bool { return l.late <= 0 }); i >= 0 {
			d := p.late[i]
			p.late = slices.Delete(p.late, i, i+1)
			return d, nil
		}
		if len(p.queue) == 0 {
			p.queue = p.world.day()
		}
		d := p.queue[0]
		if d.id < 0 {
			return nil, errNoMoreIDs
		}
		p.queue = p.queue[1:]
		for _, l := range p.late {
			l.late--
		}
		if d.late == 0 {
			return d, nil
		}
		d.wasLate = true
		p.late = append(p.late, d)
	}
}

var errNoMoreIDs = errors.New("the dump_id after 2^63-1 is none: no dump can follow")

// appeared notes that a dump's manifest is there.
func (p *Producer) appeared(d *dump) {
	p.rewrite = nil
	if d.fault != nil && d.fault.name == changedManifest {
		p.rewrite = d
	}
	if key := p.options.Answer; key != nil {
		key.Add(d.answer())
		if d.fault != nil {
			key.Fault(d.fault.answer(d))
		}
	}
}

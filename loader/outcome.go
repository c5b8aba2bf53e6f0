package loader

import (
	"context"
	"errors"
	"maps"
	"slices"

	"smew/duck"
	"smew/plan"
)

// loaded counts a dump in, and takes back what an earlier try of this run noted.
func (r *run) loaded(d plan.Dump, rec Record) {
	kept := r.summary.Failed[:0]
	for _, f := range r.summary.Failed {
		if f.dump == nil || f.DumpID != d.ID {
			kept = append(kept, f)
		}
	}
	r.summary.Failed = kept
	r.summary.Accepted = slices.DeleteFunc(r.summary.Accepted, func(a Acceptance) bool { return a.DumpID == d.ID })
	r.summary.Loaded = append(r.summary.Loaded, rec)
	r.summary.Warnings = append(r.summary.Warnings, rec.Warnings...)
	r.resynced(d)
	r.loader.report(Event{Kind: Loaded, Dump: d.ID, Bytes: rec.Bytes, Record: rec})
}

// resynced has the parts that d's full resyncs replace not fetched any more in this pass (R5).
func (r *run) resynced(d plan.Dump) {
	resyncs := maps.Clone(r.known.ledger.Resyncs)
	for _, t := range d.Tables {
		if t.Full {
			resyncs[t.Name] = max(resyncs[t.Name], d.ID)
		}
	}
	r.known.ledger.Resyncs = resyncs
}

// failed notes a try in a transaction of its own. An error means that the database itself is at fault.
func (r *run) failed(ctx context.Context, d plan.Dump, cause error) error {
	f := Failure{DumpID: d.ID, Key: d.Key, Err: cause, Reason: cause.Error(), etag: d.ETag, dump: &d}
	r.loader.report(Event{Kind: Failed, Dump: d.ID, Err: cause})
	accepted, err := r.accept(ctx, d, cause)
	if err != nil {
		return err
	}
	err = r.loader.DB.Update(ctx, func(tx *duck.Tx) error {
		if err := keepAccepted(ctx, tx, d.ID, accepted); err != nil {
			return err
		}
		f.Reason, err = keepAttempt(ctx, tx, f, r.loader.Now())
		return err
	})
	if err != nil {
		return errors.Join(cause, err)
	}
	if accepted != nil {
		r.summary.Accepted = append(r.summary.Accepted, *accepted)
		return nil
	}
	for i, old := range r.summary.Failed {
		if old.dump != nil && old.DumpID == d.ID {
			r.summary.Failed[i] = f
			return nil
		}
	}
	r.summary.Failed = append(r.summary.Failed, f)
	return nil
}

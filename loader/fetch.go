package loader

import (
	"context"
	"iter"
	"slices"
	"sync"

	"smew/bucket"
	"smew/manifests"
	"smew/plan"
	"smew/stage"
)

// flow is a dump's parts on their way: fetching has begun, whether or not anyone takes them yet.
type flow struct {
	cancel context.CancelFunc
	items  chan flowItem
	once   sync.Once
}

type flowItem struct {
	part *stage.Part
	err  error
}

// fetch begins to fetch the parts of the i-th planned dump that the ledger does not spare.
// It never returns nil; beyond the plan's end the flow is empty.
func (r *run) fetch(ctx context.Context, i int) *flow {
	var wants []stage.Want
	if i < len(r.plan.Dumps) {
		wants = wanted(r.plan.Dumps[i], r.known.ledger)
	}
	return newFlow(ctx, r.feed.Bucket, wants, r.config.Stage)
}

func newFlow(ctx context.Context, b bucket.Bucket, wants []stage.Want, o stage.Options) *flow {
	ctx, cancel := context.WithCancel(ctx)
	f := &flow{cancel: cancel, items: make(chan flowItem)}
	go func() {
		defer close(f.items)
		for part, err := range stage.Fetch(ctx, b, wants, o) {
			select {
			case f.items <- flowItem{part, err}:
			case <-ctx.Done():
				if part != nil {
					part.Close()
				}
				return
			}
		}
	}()
	return f
}

// wanted are the parts in the order in which Load takes them: a table's last part first.
func wanted(d plan.Dump, ledger plan.Ledger) []stage.Want {
	var wants []stage.Want
	for _, t := range d.Tables {
		if ledger.Spared(d, t) {
			continue
		}
		wants = append(wants, wantedOf(t)...)
	}
	return wants
}

func wantedOf(t plan.Table) (wants []stage.Want) {
	for _, p := range slices.Backward(t.Parts) {
		wants = append(wants, stage.Want{Table: t.Name, Place: p.Place, Key: p.Key})
	}
	return wants
}

func (f *flow) parts() iter.Seq2[*stage.Part, error] {
	return func(yield func(*stage.Part, error) bool) {
		for item := range f.items {
			if !yield(item.part, item.err) {
				return
			}
		}
	}
}

// close ends the fetching and gives up what was not taken.
func (f *flow) close() {
	if f == nil {
		return
	}
	f.once.Do(func() {
		f.cancel()
		for item := range f.items {
			if item.part != nil {
				item.part.Close()
			}
		}
	})
}

// readDefinitions fetches a dump's definitions file.
func readDefinitions(ctx context.Context, f Feed, d plan.Dump) (Definitions, error) {
	return manifests.ReadDefinitions(ctx, f.Bucket, f.Source, d)
}

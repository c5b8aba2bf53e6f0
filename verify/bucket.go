package verify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"

	"smew/bucket"
	"smew/feed"
	"smew/manifests"
	"smew/plan"
)

// bucket holds the ledger against what lies in the bucket.
func (a *audit) bucket(ctx context.Context) error {
	all, err := manifests.List(ctx, a.feed.Bucket, a.feed.Prefix)
	if err != nil {
		return err
	}
	objects := map[string]bool{}
	for _, o := range all {
		objects[o.Key] = true
	}
	for _, id := range a.ledger.dumps {
		if slices.ContainsFunc(a.ledger.places[id], func(key string) bool { return objects[key] }) {
			continue
		}
		key := a.ledger.plan.Dumps[id].Key
		if !objects[key] {
			a.differ(Difference{Check: ManifestMissing, Dump: &id, Part: key, Text: "the manifest is not in the bucket any more"})
		}
	}
	known := a.ledger.manifests
	if a.options.Deep {
		known = nil
	}
	found, problems, err := manifests.Read(ctx, a.feed.Bucket, all, known)
	if err != nil {
		return err
	}
	for _, p := range problems {
		a.unreadable(p.Object, p.Err)
	}
	a.judge(plan.New(found, a.ledger.plan, a.feed.Source))
	return a.parts(ctx, a.listed(found))
}

// listed are the keys of all files that the manifests list, and of those that the ledger remembers.
func (a *audit) listed(found []plan.Found) map[string]bool {
	keys := map[string]bool{}
	for _, f := range found {
		a.list(f.Manifest, keys)
	}
	for _, path := range a.ledger.listed {
		if key, err := a.feed.Source.Key(path); err == nil {
			keys[key] = true
		}
	}
	return keys
}

// unreadable tells of a manifest that says nothing; if it was a dump's, the dump's manifest has changed.
func (a *audit) unreadable(o bucket.Object, err error) {
	for id, loaded := range a.ledger.plan.Dumps {
		if loaded.Key == o.Key {
			a.differ(Difference{Check: ManifestChanged, Dump: &id, Part: o.Key, Text: "it cannot be read any more: " + err.Error()})
			return
		}
	}
	a.report.NotLoaded = append(a.report.NotLoaded, Difference{Check: NotLoaded, Part: o.Key, Text: err.Error()})
}

// list collects the files that a manifest lists.
func (a *audit) list(m *feed.Manifest, into map[string]bool) {
	paths := []string{m.PropertyDefinitions}
	for _, t := range m.Tables {
		paths = append(paths, t.Files...)
	}
	for _, path := range paths {
		if key, err := a.feed.Source.Key(path); err == nil {
			into[key] = true
		}
	}
}

// judge tells what a load would find to do, or could not.
func (a *audit) judge(p plan.Plan) {
	for _, problem := range p.Problems {
		d := Difference{Check: NotLoaded, Dump: &problem.DumpID, Part: problem.Key, Text: problem.Err.Error()}
		if errors.Is(problem.Err, plan.ErrChanged) {
			d.Check = ManifestChanged
			a.differ(d)
			continue
		}
		a.report.NotLoaded = append(a.report.NotLoaded, d)
	}
	waiting := slices.Clone(p.Dumps)
	slices.SortFunc(waiting, func(x, y plan.Dump) int { return cmp.Compare(x.ID, y.ID) })
	for _, w := range waiting {
		d := Difference{Check: NotLoaded, Dump: &w.ID, Part: w.Key, Text: "it waits to be loaded"}
		if reason, ok := a.ledger.accepted[w.ID]; ok {
			d.Check, d.Text = AcceptedLost, "it is accepted as lost: "+reason
			a.report.Notes = append(a.report.Notes, d)
			continue
		}
		if said := a.ledger.attempts[manifests.ID{Key: w.Key, ETag: w.ETag}]; said != "" {
			d.Text = "the last try failed: " + said
		}
		a.report.NotLoaded = append(a.report.NotLoaded, d)
	}
}

// dumpFolder is where dumps' parts lie, below the feed's root.
var dumpFolder = regexp.MustCompile(`^sync_[0-9]+/`)

// parts holds the parts that the ledger knows against a listing of the feed, and tells what lies in
// dumps' folders and is listed by no manifest: left by a sync that failed, perhaps.
func (a *audit) parts(ctx context.Context, listed map[string]bool) error {
	at := map[string][]int{} // parts not met yet, by key
	for i, p := range a.ledger.parts {
		at[p.key] = append(at[p.key], i)
		listed[p.key] = true
		if p.live && a.wants(p.table) {
			a.report.Parts++
		}
	}
	a.sound = map[int]bool{}
	met := func(o bucket.Object) {
		for _, i := range at[o.Key] {
			a.hold(i, o)
		}
		delete(at, o.Key)
	}
	for o, err := range a.feed.Bucket.List(ctx, a.feed.Prefix) {
		if err != nil {
			return err
		}
		met(o)
		below := o.Key[len(a.feed.Prefix):]
		if !listed[o.Key] && dumpFolder.MatchString(below) && below[len(below)-1] != '/' {
			a.report.Notes = append(a.report.Notes, Difference{Check: PartUnlisted, Part: o.Key, Text: "no manifest lists it"})
		}
	}
	for i, p := range a.ledger.parts { // what is left lies outside of the feed's prefix, or nowhere
		if len(at[p.key]) == 0 {
			continue
		}
		if o, err := bucket.Stat(ctx, a.feed.Bucket, p.key); err == nil {
			met(o)
		} else if !errors.Is(err, fs.ErrNotExist) {
			return err
		} else {
			a.missing(i)
		}
	}
	return nil
}

// hold holds a part against the object of its key.
func (a *audit) hold(i int, o bucket.Object) {
	p := a.ledger.parts[i]
	if p.size == nil || p.etag == nil { // never read
		return
	}
	if o.Size == *p.size && o.ETag == *p.etag {
		a.sound[i] = true
		return
	}
	text := fmt.Sprintf("it has %d bytes, where %d were read", o.Size, *p.size)
	if o.Size == *p.size {
		text = fmt.Sprintf("it was replaced: its ETag is %s, that of what was read was %s", o.ETag, *p.etag)
	}
	a.partDiffers(p, PartChanged, text)
}

func (a *audit) missing(i int) {
	a.partDiffers(a.ledger.parts[i], PartMissing, "it is not in the bucket any more")
}

// partDiffers tells of a part; of one that no rows rest on it is only a note.
func (a *audit) partDiffers(p part, check Check, text string) {
	if !a.wants(p.table) {
		return
	}
	d := Difference{Check: check, Dump: &p.dump, Table: p.table, Part: p.key, Text: text}
	if p.live {
		a.differ(d)
		return
	}
	d.Text += "; a full resync has replaced its rows"
	a.report.Notes = append(a.report.Notes, d)
}

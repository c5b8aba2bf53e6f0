package spark

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"smew/bucket"
	"smew/manifests"
	"smew/plan"
	"smew/sql"
)

// Chosen is a table that came or went as the choice of tables changed.
type Chosen struct {
	Name  string `json:"name"`
	Dumps int    `json:"dumps"` // that it was read from; 0: it is gone
	Parts int    `json:"parts"`
	Rows  int64  `json:"rows"`
}

// choose takes a choice of tables over. Of the dumps that are loaded, tables that come in are read from all dumps whose rows count, and those
// that are left out go, all in one commit: where a part is gone from the bucket the error names it, and the choice is what it was.
func (l *load) choose(ctx context.Context, listed []bucket.Object) error {
	wanted, before := l.options.Choice, l.head.state.Choice
	if wanted == nil || wanted.Equal(before) {
		return nil
	}
	if len(l.head.state.Dumps) == 0 {
		l.head.state.Choice, l.unnoted = *wanted, true
		return nil
	}
	named := l.head.state.named()
	if err := wanted.Leaves(named); err != nil {
		return err
	}
	s := l.head.state.clone()
	s.Choice = *wanted
	var added, gone []string
	for _, name := range named {
		switch {
		case wanted.Has(name) && !before.Has(name):
			added = append(added, name)
		case !wanted.Has(name) && before.Has(name):
			gone = append(gone, name)
		}
	}
	var dropped []string
	s, written, err := l.takeIn(ctx, s, added, listed)
	if err == nil {
		dropped = l.leaveOut(s, gone) // only now: what comes in must not be stored under a name that is dropped afterwards
		l.head, err = l.commit(ctx, l.head, s, -1, written)
	}
	if err != nil {
		l.summary.Chosen = []Chosen{}
		return fmt.Errorf("change the choice of tables: %w", err)
	}
	return l.run(ctx, "drop tables", dropped...)
}

// checkChoice refuses a choice that the waiting dumps show to be a mistake where none is loaded yet.
func (l *load) checkChoice(loaded plan.Ledger, waiting []plan.Dump) error {
	if l.options.Choice == nil || len(loaded.Dumps) > 0 || len(waiting) == 0 {
		return nil
	}
	return l.options.Choice.LeavesOf(waiting)
}

// named are the tables that loaded dumps name.
func (s *State) named() []string {
	all := map[string]bool{}
	for _, d := range s.Dumps {
		for _, t := range d.Tables {
			all[t.Name] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// leaveOut takes tables out of the state, and gives the statements that drop them once that is committed. A crash in between leaves tables
// that nobody names; should one of that name come again it replaces them.
func (l *load) leaveOut(s *State, gone []string) (statements []string) {
	for _, name := range gone {
		t := s.Tables[name]
		l.summary.Chosen = append(l.summary.Chosen, Chosen{Name: name})
		for id := range s.Dumps {
			s.deliver(id, name, func(d *Delivery) { *d = Delivery{Name: d.Name, Place: d.Place, Full: d.Full, Files: d.Files} })
		}
		if t == nil {
			continue
		}
		for _, table := range []string{l.place.main(t), l.place.raw(t)} {
			statements = append(statements, sql.Fill(sql.SparkMainDrop, sql.Names{"main": table}))
		}
		statements = append(statements, sql.Fill(sql.SparkEraseRemove, sql.Names{"table": l.place.meta("quarantine"), "theirs": "table_name = " + QuoteText(name)}))
		delete(s.Published, published(t))
		delete(s.Tables, name)
	}
	return statements
}

// deliver changes what is said of a table in a loaded dump, if it names it.
func (s *State) deliver(id int64, name string, change func(*Delivery)) {
	i := slices.IndexFunc(s.Dumps[id].Tables, func(d Delivery) bool { return d.Name == name })
	if i < 0 {
		return
	}
	d := *s.Dumps[id]
	d.Tables = slices.Clone(d.Tables)
	change(&d.Tables[i])
	s.Dumps[id] = &d
}

// takeIn reads tables from all loaded dumps whose rows count, and writes them on their branches.
func (l *load) takeIn(ctx context.Context, s *State, added []string, listed []bucket.Object) (*State, []string, error) {
	if len(added) == 0 {
		return s, nil, nil
	}
	dumps, err := l.again(ctx, s, added, listed)
	if err != nil {
		return s, nil, err
	}
	counts := map[string]Chosen{}
	for _, d := range dumps {
		if s, err = l.bring(ctx, s, d); err != nil {
			return s, nil, fmt.Errorf("dump %d: %w", d.ID, err)
		}
		for _, t := range s.Dumps[d.ID].Tables {
			if slices.Contains(added, t.Name) && t.Read {
				c := counts[t.Name]
				counts[t.Name] = Chosen{t.Name, c.Dumps + 1, c.Parts + t.Files, c.Rows + t.Rows}
			}
		}
	}
	for _, name := range added {
		if t := s.Tables[name]; t != nil {
			delete(s.Published, published(t))
			s.first(name, t)
			l.summary.Chosen = append(l.summary.Chosen, counts[name])
		}
	}
	p := &dumpPlan{place: l.place, before: s, state: s}
	for _, name := range added {
		if s.Tables[name] == nil {
			continue
		}
		if err := l.do(ctx, []Step{p.write(name)}); err != nil {
			return s, nil, err
		}
	}
	return s, p.written, nil
}

// first looks where a table was named first: dumps that are not read count too.
func (s *State) first(name string, t *Table) {
	for id, d := range s.Dumps {
		for _, delivery := range d.Tables {
			if delivery.Name == name && id <= t.FirstDump {
				t.FirstDump, t.FirstPlace = id, delivery.Place
			}
		}
	}
}

// again are the loaded dumps that name some of the tables, the lowest first, with those tables alone.
func (l *load) again(ctx context.Context, s *State, added []string, listed []bucket.Object) ([]plan.Dump, error) {
	objects := map[string]bucket.Object{}
	for _, o := range listed {
		objects[o.Key] = o
	}
	var wanted []bucket.Object
	for id, d := range s.Dumps {
		if !slices.ContainsFunc(d.Tables, func(t Delivery) bool { return slices.Contains(added, t.Name) }) {
			continue
		}
		o, ok := objects[d.Manifests[0].Key]
		if !ok {
			return nil, fmt.Errorf("dump %d: find manifest %q: %w", id, d.Manifests[0].Key, fs.ErrNotExist)
		}
		wanted = append(wanted, o)
	}
	found, problems, err := manifests.Read(ctx, l.feed.Bucket, wanted, nil)
	for _, p := range problems {
		err = errors.Join(err, fmt.Errorf("manifest %s: %w", p.Object.Key, p.Err))
	}
	if err != nil {
		return nil, err
	}
	for _, f := range found { // the head does not say which parts a dump had
		if d := s.Dumps[f.Manifest.DumpID]; d == nil || d.Digest != f.Manifest.Digest() {
			return nil, fmt.Errorf("manifest %s: %w", f.Key, plan.ErrChanged)
		}
	}
	planned := plan.New(found, plan.Ledger{Choice: s.Choice}, l.feed.Source)
	for _, p := range planned.Problems {
		return nil, fmt.Errorf("manifest %s: %w", p.Key, p.Err)
	}
	resync := map[string]int64{}
	for _, d := range planned.Dumps {
		for _, t := range d.Tables {
			if t.Full {
				resync[t.Name] = max(resync[t.Name], d.ID)
			}
		}
	}
	for i := range planned.Dumps {
		d := &planned.Dumps[i]
		d.Tables = slices.DeleteFunc(slices.Clone(d.Tables), func(t plan.Table) bool { return !slices.Contains(added, t.Name) || d.ID < resync[t.Name] })
	}
	slices.SortFunc(planned.Dumps, func(a, b plan.Dump) int { return int(max(-1, min(1, a.ID-b.ID))) })
	return planned.Dumps, nil
}

// bring fills raw with tables of a loaded dump.
func (l *load) bring(ctx context.Context, s *State, d plan.Dump) (*State, error) {
	if len(d.Tables) == 0 {
		return s, nil
	}
	c := checker{feed: l.feed, scratch: l.options.Scratch, limits: l.options.Limits, dump: d, quarantine: l.options.Quarantine}
	var err error
	if c.guard, err = c.newGuard(ctx, s, l.options.Stage, l.options.Random); err != nil {
		return s, err
	}
	parts, err := c.check(ctx, s.ledger(), l.options.Stage)
	if err != nil {
		return s, err
	}
	if err := l.setAside(ctx, d, parts); err != nil {
		return s, err
	}
	entry := s.Dumps[d.ID]
	p := planDump(l.place, s, d, parts)
	l.summary.Warnings = append(l.summary.Warnings, p.lacking()...)
	if err := l.do(ctx, p.arrive()); err != nil {
		return s, err
	}
	brought := p.state.Dumps[d.ID].Tables
	p.state.Dumps[d.ID] = entry
	for _, t := range brought {
		p.state.deliver(d.ID, t.Name, func(old *Delivery) { *old = t })
		table := published(p.state.Tables[t.Name])
		if p.state.Published[table].ID == "" { // the next dump adds to it
			p.state.Published[table] = Snapshot{ID: "0"}
		}
	}
	return p.state, nil
}

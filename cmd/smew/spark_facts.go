package main

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"smew/erase"
	"smew/loader"
	"smew/spark"
)

// sparkStatus tells of a cluster what is told of a database. Rows that gave way to others are not told from those that were merged or hidden.
func sparkStatus(of spark.Status) loader.Status {
	s := of.State
	out := loader.Status{Feed: s.Feed, Dumps: len(s.Dumps), Choice: s.Choice, Tables: []loader.TableStatus{}, Unwanted: []string{},
		Failures: []loader.LastFailure{}, Accepted: []loader.Acceptance{}, Merged: loader.IdentityStatus{IDs: of.IDs, Persons: of.Persons}}
	var last *loader.LoadedDump
	unwanted := map[string]bool{}
	for id, d := range s.Dumps {
		if last == nil {
			last = &loader.LoadedDump{DumpID: id}
		}
		last.DumpID, last.LoadedAt = max(last.DumpID, id), later(last.LoadedAt, d.LoadedAt)
		for _, t := range d.Tables {
			if !s.Choice.Has(t.Name) {
				unwanted[t.Name] = true
			}
		}
	}
	out.LastDump, out.Unwanted = last, append(out.Unwanted, slices.Sorted(maps.Keys(unwanted))...)
	var erased int64
	for _, h := range s.Held() {
		t := loader.TableStatus{Name: h.Name, Shown: h.Shown, Kind: h.Kind, Rows: of.Rows[h.Name]}
		if h.Resync >= 0 {
			t.Resync = &h.Resync
		}
		var gone int64
		for id, d := range s.Dumps {
			for _, delivery := range d.Tables {
				if delivery.Name != h.Name {
					continue
				}
				t.Delivered += delivery.Rows
				t.Quarantined += delivery.Quarantined
				gone += delivery.Erased
				if id < h.Resync {
					t.Invalidated += delivery.Held()
				}
			}
		}
		erased += gone
		t.Superseded = max(0, t.Delivered-t.Invalidated-t.Quarantined-gone-t.Rows)
		out.Tables = append(out.Tables, t)
	}
	for _, key := range slices.Sorted(maps.Keys(s.Attempts)) {
		a := s.Attempts[key]
		f := loader.LastFailure{Manifest: key, TriedAt: a.TriedAt, Error: a.Error}
		if a.DumpID >= 0 {
			f.DumpID = &a.DumpID
		}
		out.Failures = append(out.Failures, f)
	}
	if key, r := s.NewestReport(); key != "" {
		out.Report = &loader.ReportStatus{Key: key, Status: r.Status, Error: textOrNil(r.Error), FinishedAt: r.FinishedAt, NextSyncAt: r.NextSyncAt}
	}
	if d := s.Definitions; d != nil {
		out.Defined = loader.DefinedStatus{From: &d.Dump, Properties: s.Properties()}
	}
	out.Erased = erase.Status{People: int64(len(s.Erased.People)), Rows: erased, Due: s.Unwiped}
	for _, ids := range s.Erased.People {
		out.Erased.IDs += int64(len(ids))
	}
	return out
}

func textOrNil(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// sparkReports tells what a feed's sync reports tell.
func sparkReports(s *spark.State) loader.Reports {
	all, dumps := []loader.SyncReport{}, map[int64]bool{}
	for key, r := range s.Reports {
		all = append(all, loader.SyncReport{Key: key, Status: r.Status, Error: textOrNil(r.Error), StartedAt: r.StartedAt, FinishedAt: r.FinishedAt,
			NextSyncAt: r.NextSyncAt, Problem: textOrNil(r.Problem)})
	}
	slices.SortFunc(all, func(a, b loader.SyncReport) int {
		x, y := cmp.Or(a.FinishedAt, a.StartedAt), cmp.Or(b.FinishedAt, b.StartedAt)
		if x != nil && y != nil && !x.Equal(*y) {
			return y.Compare(*x)
		}
		return cmp.Compare(b.Key, a.Key)
	})
	for id := range s.Dumps {
		dumps[id] = true
	}
	for _, a := range s.Attempts {
		if a.DumpID >= 0 {
			dumps[a.DumpID] = true
		}
	}
	return loader.TellReports(all, dumps)
}

// sparkRecent tells what the last dumps brought, the highest first.
func sparkRecent(s *spark.State, most int) loader.Recent {
	r := loader.Recent{Failing: map[string]time.Time{}}
	for key, a := range s.Attempts {
		r.Failing[key] = a.Since
	}
	ids := slices.Sorted(maps.Keys(s.Dumps))
	recent := ids[max(0, len(ids)-most):]
	listed := map[string][]string{} // as the dumps below have it
	for _, id := range ids {
		d := s.Dumps[id]
		told := loader.RecentDump{DumpID: id}
		for _, t := range d.Tables {
			told.Tables = append(told.Tables, loader.RecentTable{Name: t.Name, Full: t.Full, Rows: t.Rows})
			if t.Quarantined > 0 {
				r.Quarantined = append(r.Quarantined, loader.SetAside{DumpID: id, Table: t.Name, Rows: t.Quarantined})
			}
			of := s.Tables[t.Name]
			if of == nil || !t.Read || len(of.Lists[t.List].Listed) == 0 {
				continue
			}
			before, known := listed[t.Name]
			now := of.Lists[t.List].Listed
			listed[t.Name] = now
			c := loader.Change{DumpID: id, Table: t.Name, New: !known, Added: lacking(before, now), Gone: lacking(now, before)}
			isNew := id == of.FirstDump && id > ids[0] // in the feed's first dump all are
			if id >= recent[0] && len(c.Added)+len(c.Gone) > 0 && (known || isNew) {
				r.Changes = append(r.Changes, c)
			}
		}
		if id >= recent[0] {
			r.Dumps = append(r.Dumps, told)
		}
		if d.DefinitionsKey != "" {
			r.Definitions = &loader.KeptDefinitions{DumpID: id, Key: d.DefinitionsKey, Problem: textOrNil(d.Definitions)}
		}
	}
	slices.Reverse(r.Dumps)
	slices.SortStableFunc(r.Changes, func(a, b loader.Change) int { return cmp.Compare(b.DumpID, a.DumpID) })
	return r
}

func lacking(some, all []string) (left []string) {
	for _, name := range all {
		if !slices.Contains(some, name) {
			left = append(left, name)
		}
	}
	return left
}

// sparkHistory tells of the last loads.
func sparkHistory(s *spark.State, most int) loader.History {
	h := loader.History{Tries: map[string]loader.Tries{}}
	for id, d := range s.Dumps {
		past := loader.PastDump{DumpID: id, LoadedAt: d.LoadedAt}
		for _, t := range d.Tables {
			past.Tables = append(past.Tables, loader.PastTable{Name: t.Name, FullResync: t.Full, Read: t.Read, Files: t.Files, Rows: t.Rows, Quarantined: t.Quarantined})
		}
		h.Dumps = append(h.Dumps, past)
	}
	slices.SortFunc(h.Dumps, func(a, b loader.PastDump) int {
		return cmp.Or(b.LoadedAt.Compare(a.LoadedAt), cmp.Compare(b.DumpID, a.DumpID))
	})
	h.Dumps = h.Dumps[:min(len(h.Dumps), most)]
	for key, a := range s.Attempts {
		h.Tries[key] = loader.Tries{Count: 1, First: a.Since}
	}
	return h
}

// catalogName is what a place is called where a database's file would be.
func (c *cluster) catalogName() string {
	name := "catalog " + c.place.Catalog
	if c.place.Prefix != "" {
		name += " (" + c.place.Prefix + ")"
	}
	switch {
	case c.connect != "":
		name += " at " + withoutToken(c.connect)
	case c.submitted.application != "":
		name += " of EMR application " + c.submitted.application
	}
	return name
}

// withoutToken is an address without its parameters, of which one is secret.
func withoutToken(remote string) string {
	address, _, _ := strings.Cut(remote, "/;")
	return address
}

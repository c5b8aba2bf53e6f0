package spark

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"smew/manifests"
	"smew/plan"
	"smew/sql"
	"smew/verify"
)

// Verify audits a cluster: the head against the feed's manifests, raw against the head, and identities and main against what follows from
// raw, worked out anew. It changes nothing. Mappings are read into memory, some 100 bytes for each; the cluster works out the rest. A loader that
// commits meanwhile can make differences that are none.
func Verify(ctx context.Context, f Feed, s Session, p Place, tables []string) (verify.Report, error) {
	h, err := readHead(ctx, s, p)
	if err != nil {
		return verify.Report{}, err
	}
	a := &audit{load: load{cluster: cluster{Session: s, place: p}, feed: f, head: h}, tables: tables}
	a.report = verify.Report{Differences: []verify.Difference{}, NotLoaded: []verify.Difference{}, Notes: []verify.Difference{}, Dumps: len(h.state.Dumps)}
	for _, name := range tables {
		if a.stored()[name] == nil {
			return a.report, &verify.TableError{Name: name}
		}
	}
	for _, check := range []func(context.Context) error{a.manifests, a.snapshots, a.raw, a.identities, a.main} {
		if err := check(ctx); err != nil {
			return a.report, fmt.Errorf("verify: %w", err)
		}
	}
	a.report.Agrees = len(a.report.Differences) == 0
	return a.report, nil
}

type audit struct {
	load
	tables []string // nil: all
	report verify.Report
}

func (a *audit) wants(name string) bool { return a.tables == nil || slices.Contains(a.tables, name) }

func (a *audit) differ(d verify.Difference) { a.report.Differences = append(a.report.Differences, d) }

// manifests holds the head against the feed.
func (a *audit) manifests(ctx context.Context) error {
	s := a.head.state
	listed, err := manifests.List(ctx, a.feed.Bucket, a.feed.Prefix)
	if err != nil {
		return err
	}
	there := map[string]bool{}
	for _, o := range listed {
		there[o.Key] = true
	}
	for _, id := range slices.Sorted(maps.Keys(s.Dumps)) {
		d := s.Dumps[id]
		for _, t := range d.Tables {
			if t.Read {
				a.report.Parts += t.Files
			}
		}
		if key := d.Manifests[0].Key; !there[key] {
			a.differ(verify.Difference{Check: verify.ManifestMissing, Dump: &id, Part: key, Text: "the feed does not have it any more"})
		}
	}
	found, problems, err := manifests.Read(ctx, a.feed.Bucket, listed, s.manifests())
	if err != nil {
		return err
	}
	not := func(id int64, key, text string) {
		d := verify.Difference{Check: verify.NotLoaded, Part: key, Text: text}
		if id >= 0 {
			d.Dump = &id
		}
		if id >= 0 && s.Dumps[id] != nil {
			d.Check = verify.ManifestChanged
			a.differ(d)
			return
		}
		a.report.NotLoaded = append(a.report.NotLoaded, d)
	}
	for _, p := range problems {
		not(-1, p.Object.Key, p.Err.Error())
	}
	planned := plan.New(found, s.ledger(), a.feed.Source)
	for _, p := range planned.Problems {
		not(p.DumpID, p.Key, p.Err.Error())
	}
	for _, d := range planned.Dumps {
		text := "it is not loaded yet"
		if tried, ok := s.Attempts[d.Key]; ok {
			text = tried.Error
		}
		not(d.ID, d.Key, text)
	}
	return nil
}

// snapshots holds what tables show, with the head's tag and without one, against the head.
func (a *audit) snapshots(ctx context.Context) error {
	astray, at, err := a.astray(ctx, a.head.state)
	for _, r := range astray {
		a.differ(verify.Difference{Check: verify.WrongView, Table: r.table,
			Text: fmt.Sprintf("%s shows the snapshot %q, and the head says %s", r.name, at[r], a.head.state.Published[r.table].ID)})
	}
	return err
}

// raw counts the rows as delivered.
func (a *audit) raw(ctx context.Context) error {
	var queries []string
	for name, t := range a.stored() {
		if a.wants(name) {
			queries = append(queries, sql.Fill(sql.SparkVerifyRaw, sql.Names{"name": QuoteText(name), "raw": a.place.raw(t)}))
		}
	}
	if queries == nil {
		return nil
	}
	rows, err := a.Rows(ctx, strings.Join(queries, "\nUNION ALL\n"))
	if err != nil {
		return fmt.Errorf("count rows as delivered: %w", err)
	}
	held := map[string]map[int64]int64{}
	for _, row := range rows {
		name := text(row[0])
		if held[name] == nil {
			held[name] = map[int64]int64{}
		}
		held[name][number(row[1])] = number(row[2])
		a.report.Rows += number(row[2])
	}
	a.report.Differences = append(a.report.Differences, counted(a.head.state, a.stored(), held, a.wants)...)
	return nil
}

// counted holds the rows of each dump against what the head says of it.
func counted(s *State, stored map[string]*Table, held map[string]map[int64]int64, wants func(string) bool) (all []verify.Difference) {
	for _, id := range slices.Sorted(maps.Keys(s.Dumps)) {
		for _, d := range s.Dumps[id].Tables {
			t := stored[d.Name]
			if t == nil || !d.Read || !wants(d.Name) || !s.Choice.Has(d.Name) {
				continue
			}
			n := held[d.Name][id]
			if delete(held[d.Name], id); n == d.Held() || id < t.Resync && n == 0 {
				continue
			}
			all = append(all, verify.Difference{Check: verify.Unaccounted, Dump: &id, Table: d.Name,
				Text: fmt.Sprintf("%d rows are held: of %d that were read %d went to quarantine and %d were erased", n, d.Rows, d.Quarantined, d.Erased)})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(held)) {
		for _, id := range slices.Sorted(maps.Keys(held[name])) {
			all = append(all, verify.Difference{Check: verify.UnknownDump, Dump: &id, Table: name, Rows: held[name][id], Text: "rows of a dump that is not loaded"})
		}
	}
	return all
}

// identities works the canonical ids out anew.
func (a *audit) identities(ctx context.Context) error {
	t, at := a.stored()[plan.Migrations], a.head.state.Published[identities]
	if t == nil || at.ID == "" {
		return nil
	}
	rows, err := a.Rows(ctx, sql.Fill(sql.SparkVerifyMappings, sql.Names{"raw": a.place.raw(t), "dump": fmt.Sprint(t.Resync)}))
	if err != nil {
		return fmt.Errorf("read mappings: %w", err)
	}
	next := map[int64]int64{}
	for _, row := range rows {
		next[number(row[0])] = number(row[1])
	}
	if rows, err = a.Rows(ctx, sql.Fill(sql.SparkVerifyIdentities, sql.Names{"identities": a.place.identities(), "tag": QuoteText(at.Tag)})); err != nil {
		return fmt.Errorf("read identities: %w", err)
	}
	kept := map[int64]int64{}
	for _, row := range rows {
		kept[number(row[0])] = number(row[1])
	}
	a.report.Differences = append(a.report.Differences, mistaken(verify.Canonical(next), kept)...)
	return nil
}

func mistaken(want, kept map[int64]int64) (all []verify.Difference) {
	wrong := []int64{}
	for id, end := range want {
		if at, ok := kept[id]; !ok || at != end {
			wrong = append(wrong, id)
		}
	}
	for id := range kept {
		if _, ok := want[id]; !ok {
			wrong = append(wrong, id)
		}
	}
	if len(wrong) == 0 {
		return nil
	}
	of := func(m map[int64]int64, id int64) int64 {
		if end, ok := m[id]; ok {
			return end
		}
		return id
	}
	id := slices.Min(wrong)
	return []verify.Difference{{Check: verify.WrongIdentity, Table: plan.Migrations, Key: map[string]*int64{"user_id": &id}, Rows: int64(len(wrong)),
		Text: fmt.Sprintf("it resolves to %d, and is kept as %d", of(want, id), of(kept, id))}}
}

// main works the tables out anew.
func (a *audit) main(ctx context.Context) error {
	for _, name := range a.head.state.inOrder() {
		t := a.stored()[name]
		if t == nil || !a.wants(name) {
			continue
		}
		a.report.Tables++
		key := "user_id"
		if name == plan.Migrations {
			key = "from_user_id"
		} else if name != users {
			key = keyOf(name)
		}
		columns, rows := follows(a.place, a.head.state, name)
		found, err := a.Rows(ctx, sql.Fill(sql.SparkVerifyRows, sql.Names{"columns": columns, "rows": rows, "main": a.place.main(t),
			"tag": QuoteText(a.head.state.Published[published(t)].Tag), "key": Quote(key)}))
		if err != nil {
			return fmt.Errorf("work %s out anew: %w", t.Stored, err)
		}
		for _, row := range found {
			d := verify.Difference{Check: verify.RowLost, Table: name, Rows: number(row[1]), Text: "main lacks a row that follows from what was delivered: " + text(row[2])}
			if text(row[0]) == "extra" {
				d.Check, d.Text = verify.RowChanged, "main has a row that does not follow from what was delivered: "+text(row[2])
			}
			a.differ(d)
		}
	}
	return nil
}

// follows is the query that tells all rows of a table of main, and the columns that it gives: what a load writes that works it out anew.
func follows(place Place, s *State, name string) (columns, query string) {
	p := &dumpPlan{place: place, before: s, state: s}
	return p.winners(name, s.Tables[name])
}

package spark

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"smew/erase"
	"smew/plan"
	"smew/sql"
)

// Erased is what a cluster held of a person.
type Erased struct {
	erase.Found
	Version int64 `json:"version"` // of the head
	Wiped   bool  `json:"wiped"`   // no file holds the rows any more
}

// Find looks for a person and changes nothing. The errors are those of erase.Find. Rows are counted as delivered, those included that gave
// way to others; Key of a part is its table and number, as the head remembers no keys.
func Find(ctx context.Context, s Session, p Place, who erase.Who) (Erased, error) {
	h, err := readHead(ctx, s, p)
	if err != nil {
		return Erased{Found: erase.Nothing()}, err
	}
	l := &load{cluster: cluster{Session: s, place: p}, head: h}
	found, err := l.find(ctx, who)
	return Erased{Found: found.Found, Version: h.version}, err
}

// Erase removes a person from the tables and from all files, and keeps them out of later loads: by hashes in the head. What it is about to
// remove is in the head first, so that a crash anywhere is mended by the next Erase or Maintain, and the rows are removed by the next load.
// Snapshots of before are dropped: who reads by an older tag gets an error. Before anything was loaded it is a *HeadError.
func Erase(ctx context.Context, s Session, who erase.Who, o Options) (Erased, error) {
	l := newLoad(Feed{}, s, o)
	done := Erased{Found: erase.Nothing()}
	err := l.existing(ctx, func(ctx context.Context) error {
		unfinished := l.head.state.Unwiped
		found, err := l.find(ctx, who)
		var unknown *erase.UnknownError
		if err != nil && !(errors.As(err, &unknown) && unfinished) { // whom an earlier run removed has no identity any more
			return err
		}
		if err == nil {
			done.Found = found.Found
			if err := l.intend(ctx, found); err != nil {
				return err
			}
		}
		if err := l.remove(ctx); err != nil {
			return err
		}
		return l.wipe(ctx)
	})
	done.Version, done.Wiped = l.head.version, err == nil
	return done, err
}

// person is what is held of one, by table, dump and part.
type person struct {
	erase.Found
	names []string
	rows  []theirs
}

type theirs struct {
	table       string
	dump        int64
	part        int64
	rows        int64
	quarantined bool
}

func (l *load) find(ctx context.Context, who erase.Who) (p person, err error) {
	p.Found = erase.Nothing()
	id := who.UserID
	if who.Identity != "" {
		if id, err = l.identified(ctx, who.Identity); err != nil {
			return p, err
		}
	}
	if p.IDs, err = l.ids(ctx, sql.Fill(sql.SparkEraseIDs, sql.Names{"identities": l.place.identitiesOf(l.head.state), "id": strconv.FormatInt(id, 10)})); err != nil {
		return p, fmt.Errorf("look up the person's ids: %w", err)
	}
	return p, l.held(ctx, &p)
}

// identified is the id of the one person with that identity.
func (l *load) identified(ctx context.Context, identity string) (int64, error) {
	t := l.head.state.Tables[users]
	if t == nil || l.head.state.Published[published(t)].ID == "" {
		return 0, &erase.UnknownError{Identity: identity}
	}
	found, err := l.ids(ctx, sql.Fill(sql.SparkEraseIdentity, sql.Names{"raw": l.place.raw(t), "identities": l.place.identitiesOf(l.head.state),
		"since": strconv.FormatInt(t.Resync, 10), "identity": QuoteText(identity)}))
	switch {
	case err != nil:
		return 0, fmt.Errorf("look up identity: %w", err)
	case len(found) == 0:
		return 0, &erase.UnknownError{Identity: identity}
	case len(found) > 1:
		return 0, &erase.SeveralError{Identity: identity, IDs: found}
	}
	return found[0], nil
}

func (l *load) ids(ctx context.Context, query string) (ids []int64, err error) {
	rows, err := l.Rows(ctx, query)
	for _, row := range rows {
		id, ok := row[0].(int64)
		if !ok {
			return nil, fmt.Errorf("an id came back as %v", row[0])
		}
		ids = append(ids, id)
	}
	return ids, err
}

// are is the condition that rows of a table are about ids.
func are(table string, ids []int64, columns ...string) string {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = strconv.FormatInt(id, 10)
	}
	if columns == nil {
		columns = []string{"user_id"}
	}
	if table == plan.Migrations {
		columns = []string{"from_user_id", "to_user_id"}
	}
	for i, c := range columns {
		columns[i] = c + " IN (" + strings.Join(texts, ", ") + ")"
	}
	return strings.Join(columns, " OR ")
}

// held looks for rows and names of p.IDs.
func (l *load) held(ctx context.Context, p *person) error {
	var queries []string
	tables := map[string]bool{}
	for name, t := range l.stored() {
		queries = append(queries, sql.Fill(sql.SparkEraseCount, sql.Names{"name": QuoteText(name), "raw": l.place.raw(t), "theirs": are(name, p.IDs)}))
		tables[name] = true
	}
	if queries != nil {
		rows, err := l.Rows(ctx, strings.Join(queries, "\nUNION ALL\n"))
		if err != nil {
			return fmt.Errorf("count the person's rows: %w", err)
		}
		for _, row := range rows {
			p.rows = append(p.rows, theirs{text(row[0]), number(row[1]), number(row[2]), number(row[3]), false})
		}
	}
	if tables[users] {
		rows, err := l.Rows(ctx, sql.Fill(sql.SparkEraseNames, sql.Names{"raw": l.place.raw(l.head.state.Tables[users]), "theirs": are(users, p.IDs)}))
		if err != nil {
			return fmt.Errorf("read the person's names: %w", err)
		}
		for _, row := range rows {
			p.names = append(p.names, text(row[0]))
		}
	}
	memory := l.head.state.Erased.Clone()
	if err := memory.Remember(zeros{}, p.IDs, p.names); err != nil { // for this look only
		return err
	}
	set, _, err := l.quarantined(ctx, &memory)
	if err != nil {
		return err
	}
	for _, q := range set {
		p.rows = append(p.rows, theirs{q.table, q.dump, q.part, 1, true})
	}
	p.tell()
	return nil
}

// zeros is a salt that hides nothing.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}

func number(v any) int64 {
	switch v := v.(type) {
	case int64:
		return v
	case int32:
		return int64(v)
	}
	return 0
}

// tell sums up what was found.
func (p *person) tell() {
	rows, parts := map[string]int64{}, map[erase.PartRows]int64{}
	for _, r := range p.rows {
		rows[r.table] += r.rows
		parts[erase.PartRows{DumpID: r.dump, Table: r.table, Key: fmt.Sprintf("%s, part %d", r.table, r.part)}] += r.rows
	}
	for _, name := range slices.Sorted(maps.Keys(rows)) {
		p.Tables = append(p.Tables, erase.TableRows{Name: name, Rows: rows[name]})
	}
	for part, n := range parts {
		part.Rows = n
		p.Parts = append(p.Parts, part)
	}
	slices.SortFunc(p.Parts, func(a, b erase.PartRows) int {
		return cmp.Or(cmp.Compare(a.DumpID, b.DumpID), cmp.Compare(a.Table, b.Table), cmp.Compare(a.Key, b.Key))
	})
}

// stored are the tables that the cluster has, by delivered name.
func (l *load) stored() map[string]*Table {
	all := map[string]*Table{}
	for name, t := range l.head.state.Tables {
		if l.head.state.Published[published(t)].ID != "" {
			all[name] = t
		}
	}
	return all
}

// intend has the head say whom is to be erased, before anything of them is removed.
func (l *load) intend(ctx context.Context, p person) error {
	s := l.head.state.clone()
	if err := s.Erased.Remember(l.options.Random, p.IDs, p.names); err != nil {
		return err
	}
	s.forget(p)
	head, err := l.commit(ctx, l.head, s, -1, nil)
	l.head = head
	return err
}

// forget counts rows as erased, and has them removed.
func (s *State) forget(p person) {
	s.Unwiped = true
	for _, id := range p.IDs {
		if !slices.Contains(s.Erasing, id) {
			s.Erasing = append(s.Erasing, id)
		}
	}
	for key, a := range s.Attempts {
		a.Error = s.Erased.Redact(a.Error)
		s.Attempts[key] = a
	}
	for _, r := range p.rows {
		d := s.Dumps[r.dump]
		if d == nil { // an attempt left them
			continue
		}
		changed := *d
		changed.Tables = slices.Clone(d.Tables)
		for i := range changed.Tables {
			if t := &changed.Tables[i]; t.Name == r.table {
				t.Erased += r.rows
				if r.quarantined {
					t.Quarantined -= r.rows
				}
			}
		}
		s.Dumps[r.dump] = &changed
	}
}

// joined has those erased too whom a dump makes one person with somebody who is: what is stored of them goes with its commit.
func (l *load) joined(ctx context.Context, s *State, ids map[int64]bool) error {
	if len(ids) == 0 {
		return nil
	}
	p := person{Found: erase.Nothing()}
	p.IDs = slices.Sorted(maps.Keys(ids))
	if err := l.held(ctx, &p); err != nil {
		return err
	}
	if err := s.Erased.Remember(l.options.Random, p.IDs, p.names); err != nil {
		return err
	}
	p.rows = slices.DeleteFunc(p.rows, func(t theirs) bool { return l.head.state.Dumps[t.dump] == nil }) // the dump's own were kept out
	s.forget(p)
	l.summary.Warnings = append(l.summary.Warnings, fmt.Sprintf("%d ids have become an erased person's, and %d rows of theirs were removed; smew spark maintain removes the files that still hold them",
		len(p.IDs), p.Rows()))
	return nil
}

// remove removes the rows of those who are being erased. It may be done again.
func (l *load) remove(ctx context.Context) error {
	ids := l.head.state.Erasing
	if len(ids) == 0 {
		return nil
	}
	delete := func(step, table, condition string) error {
		if err := l.renew(ctx); err != nil {
			return err
		}
		return l.run(ctx, step, sql.Fill(sql.SparkEraseRemove, sql.Names{"table": table, "theirs": condition}))
	}
	var written []string
	branch := func(name, condition string) error {
		if l.head.state.Published[name].ID == "" {
			return nil
		}
		written = append(written, name)
		if err := l.run(ctx, "branch "+name, l.place.begin(name, l.head.state.Published[name].ID)); err != nil {
			return err
		}
		return delete("erase "+name, l.place.onBranch(l.place.of(name)), condition)
	}
	if err := l.removeAside(ctx); err != nil {
		return err
	}
	for _, name := range l.head.state.inOrder() {
		t := l.stored()[name]
		if t == nil {
			continue
		}
		if err := delete("erase raw "+t.Stored, l.place.raw(t), are(name, ids)); err != nil {
			return err
		}
		columns := []string{"user_id", "smew_delivered_id"}
		if name == users {
			columns = columns[:1]
		}
		if err := branch(published(t), are(name, ids, columns...)); err != nil {
			return err
		}
	}
	if err := branch(identities, are("", ids, "user_id", "canonical_id")); err != nil {
		return err
	}
	s := l.head.state.clone()
	s.Erasing = nil
	head, err := l.commit(ctx, l.head, s, -1, written)
	l.head = head
	return err
}

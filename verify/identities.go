package verify

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"smew/duck"
	"smew/plan"
	"smew/sql"
)

// identities works out who every mapped id stands for from the delivered mappings, by walking
// them one by one, and holds the kept identities against it (R8). Those that are wrong go to a
// temporary table with what is right, so that rows are judged by the truth.
func (a *audit) identities(ctx context.Context, tx *duck.Tx) error {
	if _, err := tx.Exec(ctx, sql.VerifyBeginCorrected); err != nil {
		return err
	}
	var m mapping
	at := slices.IndexFunc(a.ledger.tables, func(t table) bool { return t.name == plan.Migrations && t.there })
	t := &table{}
	if at >= 0 {
		t = &a.ledger.tables[at]
		err := tx.Each(ctx, duck.Fill(sql.VerifyMappings, t.names("", "")), nil, func(scan func(...any) error) error {
			var from int64
			var to *int64
			err := scan(&from, &to)
			m.add(from, to)
			return err
		})
		if err != nil {
			return fmt.Errorf("read mappings: %w", err)
		}
	}
	m.resolve()
	wrong, err := compare(ctx, tx, &m)
	if err != nil {
		return fmt.Errorf("read identities: %w", err)
	}
	for _, w := range wrong {
		d := Difference{Check: WrongIdentity, Table: plan.Migrations, Key: map[string]*int64{"from_user_id": &w.id}, Text: w.text()}
		if err := a.mappingOf(ctx, tx, t, w.id, &d); err != nil {
			return err
		}
		a.differ(d)
	}
	return correct(ctx, tx, wrong)
}

// mappingOf adds the place of an id's mapping, where it has one.
func (a *audit) mappingOf(ctx context.Context, tx *duck.Tx, t *table, id int64, d *Difference) error {
	if t.relation == "" {
		return nil
	}
	var dump, part int64
	there, err := tx.Row(ctx, duck.Fill(sql.VerifyMapping, t.names("", "")), []any{id}, &dump, &part, &d.Row)
	if err != nil || !there {
		return err
	}
	d.Dump = &dump
	_, err = tx.Row(ctx, sql.VerifyPartKey, []any{dump, t.name, part}, &d.Part)
	return err
}

// wrongIdentity is an id whose kept identity is not the right one.
type wrongIdentity struct {
	id, should int64
	is         string
	step       *int64 // the kept first step, where only that is wrong
}

func (w wrongIdentity) text() string {
	if w.step != nil {
		return fmt.Sprintf("the id stands for %d, by a first step to %d that its mapping does not say", w.should, *w.step)
	}
	return fmt.Sprintf("the id stands for %d, and is kept as standing for %s", w.should, w.is)
}

// compare goes through the kept identities and the right ones side by side, both in order.
func compare(ctx context.Context, tx *duck.Tx, m *mapping) (wrong []wrongIdentity, err error) {
	i := 0
	before := func(id int64) { // right ones that are not kept
		for ; i < len(m.from) && m.from[i] < id; i++ {
			if m.found[i] != m.from[i] {
				wrong = append(wrong, wrongIdentity{id: m.from[i], should: m.found[i], is: "itself"})
			}
		}
	}
	var last int64
	seen := false
	err = tx.Each(ctx, sql.VerifyIdentities, nil, func(scan func(...any) error) error {
		var id, canonical int64
		var step *int64
		if err := scan(&id, &canonical, &step); err != nil {
			return err
		}
		before(id)
		mapped := i < len(m.from) && m.from[i] == id
		should := m.of(id)
		switch {
		case seen && id == last:
			wrong = append(wrong, wrongIdentity{id: id, should: should, is: fmt.Sprintf("%d as well", canonical)})
		case canonical != should || canonical == id:
			wrong = append(wrong, wrongIdentity{id: id, should: should, is: fmt.Sprint(canonical)})
		case step != nil && mapped && m.to[i] != *step:
			wrong = append(wrong, wrongIdentity{id: id, should: should, step: step})
		}
		if mapped {
			i++
		}
		last, seen = id, true
		return nil
	})
	if err != nil {
		return nil, err
	}
	for ; i < len(m.from); i++ {
		if m.found[i] != m.from[i] {
			wrong = append(wrong, wrongIdentity{id: m.from[i], should: m.found[i], is: "itself"})
		}
	}
	return wrong, nil
}

func correct(ctx context.Context, tx *duck.Tx, wrong []wrongIdentity) error {
	for some := range slices.Chunk(wrong, 10_000) {
		rows := make([][2]int64, len(some))
		for i, w := range some {
			rows[i] = [2]int64{w.id, w.should}
		}
		text, err := json.Marshal(rows)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, sql.VerifyCorrect, string(text)); err != nil {
			return fmt.Errorf("correct identities: %w", err)
		}
	}
	return nil
}

// Canonical are the ids that stand for another, and for which, by the steps of a mapping (R8): the end of their chain, or
// the least id of the ring that it leads into.
func Canonical(steps map[int64]int64) map[int64]int64 {
	var m mapping
	for _, id := range slices.Sorted(maps.Keys(steps)) {
		to := steps[id]
		m.add(id, &to)
	}
	m.resolve()
	ends := map[int64]int64{}
	for i, id := range m.from {
		if m.found[i] != id {
			ends[id] = m.found[i]
		}
	}
	return ends
}

// mapping holds mapped ids in order, where each leads, and who it stands for.
type mapping struct{ from, to, found []int64 }

// add takes the next delivered row, ids in order and an id's last row last; that one counts, and is none if
// it leads to itself or nowhere.
func (m *mapping) add(from int64, to *int64) {
	if n := len(m.from); n > 0 && m.from[n-1] == from {
		m.from, m.to = m.from[:n-1], m.to[:n-1]
	}
	target := from
	if to != nil {
		target = *to
	}
	m.from, m.to = append(m.from, from), append(m.to, target) // one that leads to itself is the end of a chain
}

// of is who an id stands for, once all are resolved.
func (m *mapping) of(id int64) int64 {
	if i, mapped := slices.BinarySearch(m.from, id); mapped {
		return m.found[i]
	}
	return id
}

// resolve walks from every id until the way ends, meets an id that is resolved, or
// meets itself: then the least id on the ring is what all of the way stands for.
func (m *mapping) resolve() {
	m.found = make([]int64, len(m.from))
	state := make([]byte, len(m.from)) // 0: not visited, 1: on the way, 2: resolved
	var way []int
	for start := range m.from {
		way = way[:0]
		at, end := start, int64(0)
		for {
			if state[at] == 2 {
				end = m.found[at]
				break
			}
			if state[at] == 1 { // a ring; the way enters it at at
				ring := way[slices.Index(way, at):]
				end = m.from[at]
				for _, i := range ring {
					end = min(end, m.from[i])
				}
				break
			}
			state[at] = 1
			way = append(way, at)
			next, mapped := slices.BinarySearch(m.from, m.to[at])
			if !mapped {
				end = m.to[at]
				break
			}
			at = next
		}
		for _, i := range way {
			m.found[i], state[i] = end, 2
		}
	}
}

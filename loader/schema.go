package loader

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"smew/dedupe"
	"smew/duck"
	"smew/feed"
	"smew/plan"
	"smew/sql"
	"smew/views"
)

// held is a delivered table and the relation with its rows.
type held struct {
	name       string
	relation   string
	firstDump  int64
	firstPlace int
	resync     int64 // -1: none
	isNew      bool
	fresh      bool        // the relation holds rows of the dump being loaded only
	weighed    bool        // rows of the dump being loaded were held against the stored ones
	contested  bool        // … and some of either have rivals
	columns    []columnRow // live, in order

	kept        heldRow     // what the ledger holds of it
	keptColumns []columnRow // … and of its columns

	physical []string // of the relation, read when first needed
}

// heldRow is a table as the ledger holds it.
type heldRow struct {
	relation   string
	firstDump  int64
	firstPlace int
	resync     int64
}

func (h *held) row() heldRow { return heldRow{h.relation, h.firstDump, h.firstPlace, h.resync} }

// users is the table whose records are merged.
const users = "users"

// keyed is the table as deduplication sees it. A table of no special name counts by
// event_id: where it has none, no row has a rival.
func (h *held) keyed() dedupe.Table {
	id := "event_id"
	switch h.name {
	case users:
		id = "user_id"
	case "sessions":
		id = "session_id"
	}
	return dedupe.Table{Relation: h.relation, ID: id}
}

// since is the lowest dump whose stored rows the dump's rows compete with.
func (h *held) since(row *tableRow) int64 {
	if row.Full {
		return row.DumpID
	}
	return 0
}

// kind is what the table's live columns make it (R4).
func (h *held) kind() feed.Kind {
	names := make([]string, len(h.columns))
	for i, c := range h.columns {
		names[i] = c.Name
	}
	return feed.KindOf(h.name, names)
}

// schema is all delivered tables, as they stand in a transaction.
type schema struct {
	tables map[string]*held
	last   int // the highest number in a relation's name
}

func readSchema(ctx context.Context, tx *duck.Tx) (*schema, error) {
	s := &schema{tables: map[string]*held{}}
	err := tx.Each(ctx, sql.LedgerHeld, nil, func(scan func(...any) error) error {
		h := &held{resync: -1}
		var resync *int64
		if err := scan(&h.name, &h.relation, &h.firstDump, &h.firstPlace, &resync); err != nil {
			return err
		}
		if resync != nil {
			h.resync = *resync
		}
		h.kept = h.row()
		s.tables[h.name] = h
		if digits, ok := strings.CutPrefix(h.relation, "held_"); ok {
			if n, err := strconv.Atoi(digits); err == nil {
				s.last = max(s.last, n)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read tables: %w", err)
	}
	err = tx.Each(ctx, sql.LedgerAllColumns, nil, func(scan func(...any) error) error {
		var c columnRow
		if err := scan(&c.Table, &c.Name, &c.FirstDump, &c.Listed, &c.Place, &c.Physical); err != nil {
			return err
		}
		h := s.tables[c.Table]
		h.columns, h.keptColumns = append(h.columns, c), append(h.keptColumns, c)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read columns: %w", err)
	}
	return s, nil
}

// resyncs are the highest full resync of each table that has had one.
func (s *schema) resyncs() map[string]int64 {
	highest := map[string]int64{}
	for name, h := range s.tables {
		if h.resync >= 0 {
			highest[name] = h.resync
		}
	}
	return highest
}

// table returns the table of that name, creating its relation when it is new.
// columns are those it is known to have then; others can be added.
func (s *schema) table(ctx context.Context, tx *duck.Tx, name string, columns []string) (*held, error) {
	if h, ok := s.tables[name]; ok {
		return h, nil
	}
	h := &held{name: name, resync: -1, isNew: true}
	if err := s.create(ctx, tx, h, columns); err != nil {
		return nil, err
	}
	s.tables[name] = h
	return h, nil
}

// create makes an empty relation for the table's rows, under a name that no table has, with all
// the columns at once: DuckDB copies the whole table's description for each that is added later.
func (s *schema) create(ctx context.Context, tx *duck.Tx, h *held, columns []string) error {
	s.last++
	h.fresh = true
	h.relation, h.physical, h.columns = fmt.Sprintf("held_%d", s.last), slices.Clone(plan.BuiltIn(h.name)), nil
	definitions := h.define(columns)
	create := sql.DeliveredCreateEvents
	switch h.name {
	case users:
		create = sql.DeliveredCreateUsers
	case plan.Migrations:
		create = sql.DeliveredCreateMigrations
	}
	if _, err := tx.Exec(ctx, duck.Fill(create, duck.Names{"relation": duck.Quote(h.relation), "columns": definitions})); err != nil {
		return fmt.Errorf("create table %q: %w", h.name, err)
	}
	if h.name == users {
		if _, err := tx.Exec(ctx, duck.Fill(sql.DeliveredCreatePeople, duck.Names{"columns": definitions})); err != nil {
			return fmt.Errorf("create merged users: %w", err)
		}
	}
	return nil
}

// replace begins a full resync. Where no rows of later dumps stay, the table gets a new relation and
// the old one goes as a whole; it returns how many rows that made invalid (R5). Else
// invalidate removes them one by one.
func (s *schema) replace(ctx context.Context, tx *duck.Tx, h *held, dump int64, columns []string) (invalidated int64, err error) {
	old := duck.Names{"relation": duck.Quote(h.relation)}
	var later int64
	if _, err := tx.Row(ctx, duck.Fill(sql.DeliveredLaterRows, old), []any{dump}, &later); err != nil {
		return 0, fmt.Errorf("count later rows of %q: %w", h.name, err)
	}
	if later > 0 || h.isNew {
		return 0, nil
	}
	if _, err := tx.Row(ctx, duck.Fill(sql.DeliveredCount, old), nil, &invalidated); err != nil {
		return 0, fmt.Errorf("count rows of %q: %w", h.name, err)
	}
	// Later dumps may list columns without having brought rows.
	seen, err := h.laterLists(ctx, tx, dump)
	if err != nil {
		return 0, err
	}
	for _, c := range seen {
		columns = append(columns[:len(columns):len(columns)], c.Name)
	}
	if err := s.create(ctx, tx, h, columns); err != nil {
		return 0, err
	}
	if _, err := tx.Exec(ctx, duck.Fill(sql.DeliveredDrop, old)); err != nil {
		return 0, fmt.Errorf("drop replaced rows of %q: %w", h.name, err)
	}
	return invalidated, nil
}

// invalidate ends a full resync: it removes what is left of the rows of dumps below.
func (h *held) invalidate(ctx context.Context, tx *duck.Tx, dump int64) (int64, error) {
	n, err := tx.Exec(ctx, duck.Fill(sql.DeliveredInvalidate, duck.Names{"relation": duck.Quote(h.relation)}), dump)
	if err != nil {
		return 0, fmt.Errorf("invalidate rows of %q: %w", h.name, err)
	}
	return n, nil
}

// settle counts the dump into the table's place, resync and columns (R5, R10) and
// writes them to the ledger. row is the table's row of the dump; it was read.
func (h *held) settle(ctx context.Context, tx *duck.Tx, row tableRow) error {
	if err := h.place(ctx, tx, row); err != nil {
		return err
	}
	seen := row.appearances()
	if row.Full {
		// The columns of what was replaced go: those of the dumps that stay are counted anew.
		later, err := h.laterLists(ctx, tx, row.DumpID)
		if err != nil {
			return err
		}
		seen = append(seen, later...)
	} else {
		for _, c := range h.columns {
			if c.FirstDump != pending {
				seen = append(seen, c.Column)
			}
		}
	}
	return h.count(ctx, tx, seen)
}

// count makes the columns that were seen the live ones, in their order (R10).
func (h *held) count(ctx context.Context, tx *duck.Tx, seen []plan.Column) error {
	physical := map[string]string{}
	for _, c := range h.columns {
		physical[c.Name] = c.Physical
	}
	h.columns = []columnRow{}
	for _, column := range plan.FirstAppearances(seen) {
		c := columnRow{Table: h.name, Column: column, Physical: physical[column.Name]}
		if slices.Contains(plan.BuiltIn(h.name), c.Name) {
			c.Physical = c.Name
		}
		h.columns = append(h.columns, c)
	}
	if slices.Equal(h.columns, h.keptColumns) {
		return nil
	}
	if _, err := tx.Exec(ctx, sql.LedgerForgetColumns, h.name); err != nil {
		return fmt.Errorf("forget columns of %q: %w", h.name, err)
	}
	return keepRows(ctx, tx, sql.LedgerKeepColumns, h.columns)
}

// place keeps the earliest naming and the highest resync, also for a table that was not read.
func (h *held) place(ctx context.Context, tx *duck.Tx, row tableRow) error {
	if h.isNew || row.DumpID < h.firstDump {
		h.firstDump, h.firstPlace = row.DumpID, row.Place
	}
	if row.Full && row.DumpID > h.resync {
		h.resync = row.DumpID
	}
	var resync any
	if h.resync >= 0 {
		resync = h.resync
	}
	if h.isNew {
		h.isNew = false
		if _, err := tx.Exec(ctx, sql.LedgerKeepHeld, h.name, h.relation, h.firstDump, h.firstPlace, resync); err != nil {
			return fmt.Errorf("keep table %q: %w", h.name, err)
		}
		return nil
	}
	if h.row() == h.kept {
		return nil
	}
	if _, err := tx.Exec(ctx, sql.LedgerUpdateHeld, h.name, h.firstDump, h.firstPlace, resync, h.relation); err != nil {
		return fmt.Errorf("update table %q: %w", h.name, err)
	}
	return nil
}

// inOrder gives the tables in the order of their first naming, which decides between
// names that clash (R10).
func (s *schema) inOrder() []*held {
	return slices.SortedFunc(maps.Values(s.tables), func(a, b *held) int {
		return cmp.Or(cmp.Compare(a.firstDump, b.firstDump), cmp.Compare(a.firstPlace, b.firstPlace))
	})
}

// viewTables gives the tables as package views wants them.
func (s *schema) viewTables() []views.Table {
	all := s.inOrder()
	tables := make([]views.Table, len(all))
	for i, h := range all {
		tables[i] = views.Table{Name: h.name, Relation: h.relation}
		for _, c := range h.columns {
			tables[i].Columns = append(tables[i].Columns, views.Column{Name: c.Name, Physical: c.Physical})
		}
	}
	return tables
}

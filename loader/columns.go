package loader

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"smew/avro"
	"smew/duck"
	"smew/feed"
	"smew/plan"
	"smew/sql"
	"smew/views"
)

// timed says that the relation has the instant of each row in smew_time.
func (h *held) timed() bool { return slices.Contains(plan.BuiltIn(h.name), "time") }

// ensure gives every delivered column of a table a physical one and returns them in
// the same order. Columns are only ever added before rows of the table are removed or
// changed in a transaction: DuckDB refuses to commit the other order.
func (h *held) ensure(ctx context.Context, tx *duck.Tx, delivered []string) ([]string, error) {
	known := map[string]string{}
	for _, c := range h.columns {
		known[c.Name] = c.Physical
	}
	out := make([]string, len(delivered))
	for i, name := range delivered {
		physical, ok := known[name]
		if !ok && slices.Contains(plan.BuiltIn(h.name), name) {
			physical, ok = name, true
		}
		if !ok {
			var err error
			if physical, err = h.add(ctx, tx, name); err != nil {
				return nil, err
			}
			// Not live yet, but it must be found again by the next batch of parts.
			h.columns = append(h.columns, columnRow{Table: h.name, Column: plan.Column{Name: name, FirstDump: pending}, Physical: physical})
		}
		out[i] = physical
	}
	return out, nil
}

// pending marks a column that the dump being loaded brings, until settle has counted it.
const pending = int64(-1)

func (h *held) add(ctx context.Context, tx *duck.Tx, name string) (string, error) {
	if h.physical == nil {
		err := tx.Each(ctx, sql.LedgerPhysical, []any{"smew." + h.relation}, func(scan func(...any) error) error {
			var c string
			err := scan(&c)
			h.physical = append(h.physical, c)
			return err
		})
		if err != nil {
			return "", fmt.Errorf("read columns of %s: %w", h.relation, err)
		}
	}
	physical := "c" + strconv.Itoa(nextNumber(h.physical))
	relations := []string{h.relation}
	if h.name == users {
		relations = append(relations, views.People)
	}
	for _, relation := range relations {
		alter := duck.Fill(sql.DeliveredAddColumn, duck.Names{"relation": duck.Quote(relation), "column": physical, "type": typeOf(h.name, name)})
		if _, err := tx.Exec(ctx, alter); err != nil {
			return "", fmt.Errorf("add column %q to table %q: %w", name, h.name, err)
		}
	}
	h.physical = append(h.physical, physical)
	return physical, nil
}

// define gives the columns of a relation that is being created their physical names, and returns
// their definitions, each after a comma.
func (h *held) define(columns []string) string {
	var definitions strings.Builder
	seen := map[string]bool{}
	for _, name := range columns {
		if seen[name] || slices.Contains(plan.BuiltIn(h.name), name) {
			continue
		}
		seen[name] = true
		physical := "c" + strconv.Itoa(len(seen))
		fmt.Fprintf(&definitions, ", %s %s", physical, typeOf(h.name, name))
		h.physical = append(h.physical, physical)
		h.columns = append(h.columns, columnRow{Table: h.name, Column: plan.Column{Name: name, FirstDump: pending}, Physical: physical})
	}
	return definitions.String()
}

func typeOf(table, column string) string {
	if feed.IsID(table, column) {
		return "BIGINT"
	}
	return "VARCHAR"
}

func nextNumber(physical []string) int {
	highest := 0
	for _, c := range physical {
		if digits, ok := strings.CutPrefix(c, "c"); ok {
			if n, err := strconv.Atoi(digits); err == nil {
				highest = max(highest, n)
			}
		}
	}
	return highest + 1
}

// scanColumns are the columns a table's parts are read into: the built-in ones always,
// as resolution and deduplication look at them, and the delivered ones.
func (h *held) scanColumns(delivered, physical []string) []duck.Column {
	var columns []duck.Column
	for _, name := range plan.BuiltIn(h.name) {
		columns = append(columns, duck.Column{Delivered: name, As: name, Kind: kindOf(h.name, name)})
	}
	for i, name := range delivered {
		if !slices.Contains(plan.BuiltIn(h.name), name) {
			columns = append(columns, duck.Column{Delivered: name, As: physical[i], Kind: kindOf(h.name, name)})
		}
	}
	return columns
}

func kindOf(table, column string) avro.Kind {
	if feed.IsID(table, column) {
		return avro.Long
	}
	return avro.Text
}

func (h *held) laterLists(ctx context.Context, tx *duck.Tx, dump int64) (all []plan.Column, err error) {
	err = tx.Each(ctx, sql.LedgerLiveLists, []any{h.name, dump}, func(scan func(...any) error) error {
		var row tableRow
		var listed, unlisted string
		if err := scan(&row.DumpID, &listed, &unlisted); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(listed), &row.Listed); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(unlisted), &row.Unlisted); err != nil {
			return err
		}
		all = append(all, row.appearances()...)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read column lists of %q: %w", h.name, err)
	}
	return all, nil
}

// appearances are the columns of a table of a dump.
func (row tableRow) appearances() []plan.Column {
	return plan.Appearances(row.DumpID, row.Listed, row.Unlisted)
}

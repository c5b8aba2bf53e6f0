package loader

import (
	"context"
	"fmt"
	"time"

	"smew/duck"
	"smew/sql"
)

// History is what a database remembers of its last loads, beside its Status. Times are UTC.
type History struct {
	Dumps []PastDump // the last load first
	Tries map[string]Tries
}

// PastDump is the load of a dump.
type PastDump struct {
	DumpID   int64
	LoadedAt time.Time
	Seconds  float64
	Bytes    int64 // of the parts that were read
	Tables   []PastTable
}

// PastTable is what a dump brought of a table, in rows, and what its load did to rows of any dump.
type PastTable struct {
	Name        string // as delivered
	FullResync  bool
	Read        bool // false: a later full resync had replaced it
	Files       int
	Rows        int64 // that were read
	Superseded  int64 // gave way to a newer one of the same key
	Invalidated int64 // removed by the full resync
	Quarantined int64 // that are set aside still
}

// Tries are the tries of a manifest that failed.
type Tries struct {
	Count int
	First time.Time
}

// ReadHistory reads the last loads, at most so many. The errors are those of Current.
func ReadHistory(ctx context.Context, tx *duck.Tx, most int) (h History, err error) {
	if err := Current(ctx, tx); err != nil {
		return h, err
	}
	if h.Dumps, err = pastDumps(ctx, tx, most); err != nil {
		return h, fmt.Errorf("read past loads: %w", err)
	}
	h.Tries = map[string]Tries{}
	err = tx.Each(ctx, sql.StatusTries, nil, func(scan func(...any) error) error {
		var key string
		var t Tries
		err := scan(&key, &t.Count, &t.First)
		h.Tries[key] = t
		return err
	})
	if err != nil {
		return h, fmt.Errorf("read failed tries: %w", err)
	}
	return h, nil
}

func pastDumps(ctx context.Context, tx *duck.Tx, most int) ([]PastDump, error) {
	var dumps []PastDump
	place := map[int64]int{}
	err := tx.Each(ctx, sql.StatusHistory, []any{most}, func(scan func(...any) error) error {
		var d PastDump
		err := scan(&d.DumpID, &d.LoadedAt, &d.Seconds, &d.Bytes)
		place[d.DumpID] = len(dumps)
		dumps = append(dumps, d)
		return err
	})
	if err != nil {
		return nil, err
	}
	err = tx.Each(ctx, sql.StatusHistoryTables, []any{most}, func(scan func(...any) error) error {
		var id int64
		var t PastTable
		if err := scan(&id, &t.Name, &t.FullResync, &t.Read, &t.Files, &t.Rows, &t.Superseded, &t.Invalidated, &t.Quarantined); err != nil {
			return err
		}
		d := &dumps[place[id]]
		d.Tables = append(d.Tables, t)
		return nil
	})
	return dumps, err
}

// CatalogTable is a table or view that can be queried, with its columns in order.
type CatalogTable struct {
	Schema, Name string
	Columns      []CatalogColumn
}

// CatalogColumn is a column and its type in DuckDB.
type CatalogColumn struct{ Name, Type string }

// ReadCatalog lists what a database offers for queries, schema main first. A database without a ledger gives ErrNoLedger.
func ReadCatalog(ctx context.Context, tx *duck.Tx) ([]CatalogTable, error) {
	if version, err := versionOf(ctx, tx); err != nil || version == 0 {
		if err == nil {
			err = ErrNoLedger
		}
		return nil, err
	}
	var tables []CatalogTable
	err := tx.Each(ctx, sql.StatusCatalog, nil, func(scan func(...any) error) error {
		var schema, table string
		var c CatalogColumn
		if err := scan(&schema, &table, &c.Name, &c.Type); err != nil {
			return err
		}
		if n := len(tables); n == 0 || tables[n-1].Schema != schema || tables[n-1].Name != table {
			tables = append(tables, CatalogTable{Schema: schema, Name: table})
		}
		t := &tables[len(tables)-1]
		t.Columns = append(t.Columns, c)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list tables and columns: %w", err)
	}
	return tables, nil
}

package duck

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// What people who share a database may run: one statement that reads. Nothing that stays.
func TestSelect(t *testing.T) {
	ctx := context.Background()
	db := memory(t, Options{Confined: true})
	for statement, allowed := range map[string]bool{
		"SELECT 1":       true,
		"FROM range(3);": true,
		"-- a comment\nWITH a AS (SELECT 1 AS x) FROM a": true,
		"VALUES (1)":         true,
		"DESCRIBE SELECT 1":  true,
		"SUMMARIZE SELECT 1": true,
		"SHOW TABLES":        true,
		"PIVOT (SELECT 1 AS n, 'a' AS k) ON k IN ('a') USING sum(n)": true,
		"PIVOT (SELECT 1 AS n, 'a' AS k) ON k USING sum(n)":          false, // it makes a type first
		"EXPLAIN SELECT 1":                     true,
		"SELECT 1; SELECT 2":                   false,
		"CREATE TEMP TABLE t (a INT)":          false,
		"CREATE TEMP MACRO m() AS 1":           false,
		"ATTACH ':memory:' AS other":           false,
		"SET threads = 1":                      false,
		"SET VARIABLE x = 1":                   false,
		"USE memory":                           false,
		"PREPARE p AS SELECT 1":                false,
		"COMMIT":                               false,
		"ROLLBACK; SELECT 1":                   false,
		"SELECT 1; CREATE TABLE t AS SELECT 1": false,
	} {
		err := db.View(ctx, func(tx *Tx) error {
			rows, err := tx.Select(ctx, statement)
			if err != nil {
				return err
			}
			return rows.Close()
		})
		if allowed && err != nil || !allowed && !errors.Is(err, ErrNotSelect) {
			t.Errorf("%s: error %v, allowed: %v", statement, err, allowed)
		}
	}
	err := db.View(ctx, func(tx *Tx) error { _, err := tx.Select(ctx, "SELEKT 1"); return err })
	if err == nil || errors.Is(err, ErrNotSelect) {
		t.Errorf("a mistake gives %v, not DuckDB's message", err)
	}
}

// A query that goes on and on ends with its context.
func TestSelectEnds(t *testing.T) {
	db := memory(t, Options{Confined: true})
	ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	err := db.View(ctx, func(tx *Tx) error {
		rows, err := tx.Select(ctx, "SELECT sum(a.range * b.range) FROM range(10000000) AS a, range(10000000) AS b")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
		}
		return rows.Err()
	})
	if err == nil || ctx.Err() == nil {
		t.Fatalf("error %v, context %v", err, ctx.Err())
	}
}

// A result in Parquet has the names, types and values of the query.
func TestParquetOfQuery(t *testing.T) {
	ctx := context.Background()
	db := memory(t, Options{Confined: true})
	path := filepath.Join(t.TempDir(), "result's.parquet")
	err := db.View(ctx, func(tx *Tx) error {
		rows, err := tx.Select(ctx, `SELECT 9007199254740993 AS id, 'ü' AS "a b", NULL::VARCHAR AS "A B", 1.50::DECIMAL(9,2) AS price, 2.5::DOUBLE AS d,
			TIMESTAMP '2026-01-02 03:04:05.678' AS at, DATE '2026-01-02' AS day, true AS yes, [1, 2] AS list, 1::HUGEINT AS huge
			UNION ALL SELECT NULL, '', 'x', NULL, NULL, NULL, NULL, NULL, NULL, NULL`)
		if err != nil {
			return err
		}
		defer rows.Close()
		n, err := Parquet(ctx, path, rows, func(v any, kind string) (string, error) { return kind + fmt.Sprint(v), nil })
		if n != 2 {
			t.Errorf("%d rows", n)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	reader := memory(t, Options{})
	if diff := cmp.Diff([][]any{
		{"id", "BIGINT"}, {"a b", "VARCHAR"}, {"A B_2", "VARCHAR"}, {"price", "DECIMAL(9,2)"}, {"d", "DOUBLE"}, {"at", "TIMESTAMP"},
		{"day", "DATE"}, {"yes", "BOOLEAN"}, {"list", "VARCHAR"}, {"huge", "VARCHAR"},
	}, query(t, reader, "SELECT column_name, column_type FROM (DESCRIBE FROM "+QuoteText(path)+")")); diff != "" {
		t.Error(diff)
	}
	got := query(t, reader, `SELECT id, "a b", "A B_2", price::VARCHAR, d, "at"::VARCHAR, list, huge FROM `+QuoteText(path)+" ORDER BY id")
	want := [][]any{
		{int64(9007199254740993), "ü", nil, "1.50", 2.5, "2026-01-02 03:04:05.678", "INTEGER[][1 2]", "HUGEINT1"},
		{nil, "", "x", nil, nil, nil, nil, nil},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

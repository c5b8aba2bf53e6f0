package duck

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"

	"github.com/duckdb/duckdb-go/v2"

	"smew/sql"
)

// Parquet writes what is left of rows to a new Parquet file and returns how many there were. Numbers,
// texts, dates and times keep their types; of values of other types text makes a text. On their way the
// rows lie in a database in memory, so that the one that they come from may be confined.
func Parquet(ctx context.Context, path string, rows *Rows, text func(value any, kind string) (string, error)) (n int64, err error) {
	db, err := open(ctx, "", Options{Memory: "512MB"})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	types, err := rows.ColumnTypes()
	if err != nil {
		return 0, err
	}
	kinds := make([]string, len(types))
	names := map[string]bool{}
	definition := ""
	for i, t := range types {
		kinds[i] = t.DatabaseTypeName()
		kept := kinds[i]
		if !keepsType(kept) {
			kept = "VARCHAR"
		}
		definition += ", " + Quote(free(t.Name(), names)) + " " + kept
	}
	err = db.run(ctx, db.conn, "ROLLBACK", func(tx *Tx) error {
		if _, err := tx.Exec(ctx, Fill(sql.AnswerCreate, Names{"columns": strings.TrimPrefix(definition, ", ")})); err != nil {
			return fmt.Errorf("create table: %w", err)
		}
		if n, err = tx.appendRows(ctx, rows, kinds, text); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, Fill(sql.AnswerCopy, Names{"file": QuoteText(path)}))
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("write Parquet: %w", err)
	}
	return n, nil
}

// free gives a column a name that no other has in any case.
func free(name string, taken map[string]bool) string {
	if name == "" {
		name = "column"
	}
	out := name
	for n := 2; taken[strings.ToLower(out)]; n++ {
		out = fmt.Sprintf("%s_%d", name, n)
	}
	taken[strings.ToLower(out)] = true
	return out
}

// keepsType tells the types whose values the appender takes as the driver gives them.
func keepsType(kind string) bool {
	switch kind {
	case "BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT",
		"FLOAT", "DOUBLE", "VARCHAR", "DATE", "TIMESTAMP", "TIMESTAMPTZ", "BLOB":
		return true
	}
	return strings.HasPrefix(kind, "DECIMAL(")
}

// appendRows adds rows to the table "written".
func (tx *Tx) appendRows(ctx context.Context, rows *Rows, kinds []string, text func(any, string) (string, error)) (n int64, err error) {
	values, at, given := make([]any, len(kinds)), make([]any, len(kinds)), make([]driver.Value, len(kinds))
	for i := range values {
		at[i] = &values[i]
	}
	err = tx.conn.Raw(func(conn any) error {
		appender, err := duckdb.NewAppenderFromConn(conn.(driver.Conn), "", "written")
		if err != nil {
			return err
		}
		fail := func(err error) error { return errors.Join(err, appender.Clear(), appender.Close()) }
		for rows.Next() {
			if err := errors.Join(ctx.Err(), rows.Scan(at...)); err != nil {
				return fail(err)
			}
			for i, v := range values {
				if given[i] = v; v != nil && !keepsType(kinds[i]) {
					if given[i], err = text(v, kinds[i]); err != nil {
						return fail(err)
					}
				}
			}
			if err := appender.AppendRow(given...); err != nil {
				return fail(fmt.Errorf("row %d: %w", n+1, err))
			}
			n++
		}
		if err := rows.Err(); err != nil {
			return fail(err)
		}
		return appender.Close()
	})
	return n, explained(err)
}

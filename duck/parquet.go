package duck

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"iter"

	"github.com/duckdb/duckdb-go/v2"

	"smew/sql"
)

// ParquetColumn is a column of a Parquet file: BIGINT or VARCHAR.
type ParquetColumn struct {
	Name  string
	IsInt bool
}

// WriteParquet writes rows to a new Parquet file and returns how many there were. A row has a
// value per column: nil, int64 or string. On its way the table lies in db, which is left as it was.
func (db *DB) WriteParquet(ctx context.Context, path string, columns []ParquetColumn, rows iter.Seq[[]any]) (n int64, err error) {
	definition := ""
	for i, c := range columns {
		if i > 0 {
			definition += ", "
		}
		definition += Quote(c.Name)
		if c.IsInt {
			definition += " BIGINT"
		} else {
			definition += " VARCHAR"
		}
	}
	err = db.run(ctx, db.conn, "ROLLBACK", func(tx *Tx) error {
		if _, err := tx.Exec(ctx, Fill(sql.AnswerCreate, Names{"columns": definition})); err != nil {
			return fmt.Errorf("create table: %w", err)
		}
		if n, err = tx.append(ctx, rows); err != nil {
			return fmt.Errorf("append row %d: %w", n+1, err)
		}
		_, err := tx.Exec(ctx, Fill(sql.AnswerCopy, Names{"file": QuoteText(path)}))
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("write %s: %w", path, err)
	}
	return n, nil
}

// append adds rows to the table that WriteParquet has made.
func (tx *Tx) append(ctx context.Context, rows iter.Seq[[]any]) (n int64, err error) {
	err = tx.conn.Raw(func(conn any) error {
		appender, err := duckdb.NewAppenderFromConn(conn.(driver.Conn), "", "written")
		if err != nil {
			return err
		}
		var values []driver.Value
		for row := range rows {
			if n%1024 == 0 && ctx.Err() != nil {
				return errors.Join(ctx.Err(), appender.Clear(), appender.Close())
			}
			values = values[:0]
			for _, v := range row {
				values = append(values, v)
			}
			if err := appender.AppendRow(values...); err != nil {
				return errors.Join(err, appender.Clear(), appender.Close())
			}
			n++
		}
		return appender.Close()
	})
	return n, explained(err)
}

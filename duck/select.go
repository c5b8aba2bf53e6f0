package duck

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/duckdb/duckdb-go/v2"
)

// ErrNotSelect says that a statement does more than read, or that there are several.
var ErrNotSelect = errors.New("only one statement that reads can be run here: SELECT, FROM, WITH, DESCRIBE, SUMMARIZE, SHOW or EXPLAIN")

// Select runs a query of people who share a database. Other statements than one that reads give
// ErrNotSelect: what they make or set would stay for whoever gets the connection next.
func (tx *Tx) Select(ctx context.Context, statement string) (*Rows, error) {
	if err := tx.before("query"); err != nil {
		return nil, err
	}
	if err := tx.readsOnly(statement); err != nil {
		return nil, explained(err)
	}
	rows, err := tx.conn.QueryContext(ctx, statement) //nolint:rowserrcheck // it is the caller's
	if err != nil {
		return nil, explained(err)
	}
	return &Rows{rows}, nil
}

// readsOnly prepares a statement and says whether it is one that reads.
func (tx *Tx) readsOnly(statement string) error {
	return tx.conn.Raw(func(conn any) error {
		c, ok := conn.(*duckdb.Conn)
		if !ok {
			return fmt.Errorf("prepare statement: the connection is a %T", conn)
		}
		prepared, err := c.Prepare(statement) // refuses several, where PrepareContext would run them
		if err != nil {
			if strings.Contains(err.Error(), "multi-statement") {
				return ErrNotSelect
			}
			return err
		}
		defer prepared.Close()
		kind, err := prepared.(*duckdb.Stmt).StatementType()
		if err == nil && kind != duckdb.STATEMENT_TYPE_SELECT && kind != duckdb.STATEMENT_TYPE_EXPLAIN {
			err = ErrNotSelect
		}
		return err
	})
}

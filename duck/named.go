package duck

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/duckdb/duckdb-go/v2"
)

// ParameterError says that a statement's parameters and the values that are given are not the same.
type ParameterError struct {
	Name  string
	Given bool // there is a value, but no such parameter
}

func (e *ParameterError) Error() string {
	if e.Given {
		return fmt.Sprintf("the query has no parameter $%s", e.Name)
	}
	return fmt.Sprintf("the query has a parameter $%s, and no value is given for it", e.Name)
}

// Hint says how a value is given.
func (e *ParameterError) Hint() string {
	if e.Given {
		return fmt.Sprintf("write $%s in the query where its value goes; in a shell, '…' around the query keeps the $", e.Name)
	}
	return fmt.Sprintf("give it with --param %s=…", e.Name)
}

// errScript says that values were given for a script.
var errScript = errors.New("parameters can be given to a single statement only")

// QueryNamed runs a query with a text for each parameter $name of it. Names have to be the same on both sides, or
// the error is a *ParameterError: the driver would take any value where it knows none by its name.
func (tx *Tx) QueryNamed(ctx context.Context, statement string, values map[string]string) (*Rows, error) {
	var args []any
	err := tx.conn.Raw(func(conn any) error {
		c, ok := conn.(*duckdb.Conn)
		if !ok {
			return fmt.Errorf("prepare statement: the connection is a %T", conn)
		}
		prepared, err := c.Prepare(statement)
		switch {
		case err == nil:
		case len(values) > 0 && strings.Contains(err.Error(), "multi-statement"):
			return errScript
		default:
			return nil // a script, or a mistake that the query will give
		}
		defer prepared.Close()
		args, err = named(prepared.(*duckdb.Stmt), values)
		return err
	})
	if err != nil {
		return nil, explained(err)
	}
	return tx.Query(ctx, statement, args...)
}

// named are the arguments of a statement, by the names that it has for them.
func named(s *duckdb.Stmt, values map[string]string) (args []any, err error) {
	used := map[string]bool{}
	for i := 1; i <= s.NumInput(); i++ {
		name, err := s.ParamName(i)
		if err != nil {
			return nil, err
		}
		value, ok := values[name]
		if !ok {
			return nil, &ParameterError{Name: name}
		}
		used[name] = true
		args = append(args, sql.Named(name, value))
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if !used[name] {
			return nil, &ParameterError{Name: name, Given: true}
		}
	}
	return args, nil
}

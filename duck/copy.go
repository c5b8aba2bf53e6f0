package duck

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"smew/sql"
)

// QueryColumn is a column of a query, as DuckDB writes its type.
type QueryColumn struct{ Name, Type string }

// Columns checks that a query is one statement that reads (else ErrNotSelect), and returns its columns. It is not run.
func (tx *Tx) Columns(ctx context.Context, query string) (columns []QueryColumn, err error) {
	if err := tx.before("query"); err != nil {
		return nil, err
	}
	if err := tx.readsOnly(query); err != nil {
		return nil, explained(err)
	}
	err = tx.Each(ctx, Fill(sql.ExportDescribe, Names{"query": query}), nil, func(scan func(...any) error) error {
		var c QueryColumn
		var rest [4]any
		err := scan(&c.Name, &c.Type, &rest[0], &rest[1], &rest[2], &rest[3])
		columns = append(columns, c)
		return err
	})
	return columns, err
}

// Copy is a running COPY, whose output is read as it comes. The transaction runs no other statement until it is closed.
type Copy struct {
	from   *os.File
	cancel context.CancelFunc
	done   chan struct{} // closed when COPY has ended
	rows   int64         // good when done
	err    error
}

// CopyOut begins COPY of a query, with COPY's options. DuckDB writes into a pipe, so memory does not grow
// with the result. It does not compress into a pipe, whatever the options say (Parquet's own compression apart).
func (tx *Tx) CopyOut(ctx context.Context, query, options string) (*Copy, error) {
	from, to, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("make pipe: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	c := &Copy{from: from, cancel: cancel, done: make(chan struct{})}
	statement := Fill(sql.ExportCopy, Names{"query": query, "file": QuoteText(fmt.Sprintf("/dev/fd/%d", to.Fd())), "options": options})
	go func() {
		defer close(c.done)
		c.rows, c.err = tx.Exec(ctx, statement)
		// The pipe ends only now: DuckDB has opened it a second time, or, without rows, perhaps not at all.
		c.err = errors.Join(c.err, to.Close())
	}()
	return c, nil
}

// Read gives what COPY writes. It ends with io.EOF only if COPY came to its end, and otherwise with COPY's error.
func (c *Copy) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	if err == io.EOF {
		<-c.done
		if c.err != nil {
			err = c.err
		}
	}
	return n, err
}

// Rows says how many rows were written, once Read has given io.EOF.
func (c *Copy) Rows() int64 { return c.rows }

// Close ends COPY, also in its middle. What is in the pipe is read away, as writing into a closed one is a signal. It does not wait
// for the pipe's end, but for COPY's: DuckDB may keep a file open that a COPY which was interrupted wrote to.
func (c *Copy) Close() error {
	c.cancel()
	empty := make(chan struct{})
	go func() {
		defer close(empty)
		io.Copy(io.Discard, c.from) //nolint:errcheck // it is thrown away
	}()
	<-c.done
	err := c.from.Close()
	<-empty
	return err
}

package duck

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	statements "smew/sql"
)

// Tx is a running transaction. It is good for one goroutine.
type Tx struct {
	conn    *sql.Conn
	before  func(operation string) error
	threads int // that Alone took away; 0: none
	direct  bool
	over    bool // the database takes no more statements
}

// Rows are the rows of a query, read to the end or closed before the next statement.
type Rows struct{ *sql.Rows }

// Update runs fn in a transaction that commits if and only if fn returns nil.
// A crash at any moment leaves all or nothing of it. One Update runs at a time.
func (db *DB) Update(ctx context.Context, fn func(*Tx) error) error {
	return db.run(ctx, db.conn, "COMMIT", fn)
}

// View runs fn in a transaction that sees one state of the database and is always rolled back.
func (db *DB) View(ctx context.Context, fn func(*Tx) error) error {
	conn, err := db.pool.Conn(ctx)
	if err != nil {
		return fmt.Errorf("open connection: %w", err)
	}
	defer conn.Close()
	return db.run(ctx, conn, "ROLLBACK", fn)
}

func (db *DB) run(ctx context.Context, conn *sql.Conn, end string, fn func(*Tx) error) (err error) {
	tx := &Tx{conn: conn, before: db.before}
	if _, err := tx.control(ctx, "begin", "BEGIN TRANSACTION"); err != nil {
		return fmt.Errorf("begin transaction: %w", explained(err))
	}
	done := false
	defer func() { err = errors.Join(err, tx.restore(context.WithoutCancel(ctx))) }()
	defer func() {
		if done {
			return
		}
		// Also after a panic in fn, and when ctx is over: the connection must not stay inside.
		_, back := tx.control(context.WithoutCancel(ctx), "rollback", "ROLLBACK")
		if back != nil && !strings.Contains(back.Error(), "no transaction is active") {
			err = errors.Join(err, fmt.Errorf("roll back: %w", back))
		}
	}()
	if err := fn(tx); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	// A statement that failed while running ends the transaction, also if fn passed over its
	// error; COMMIT would then roll back and say nothing. Any statement tells.
	ending := strings.ToLower(end)
	if _, err := tx.control(ctx, "exec", "SELECT 1"); err != nil {
		return fmt.Errorf("%s transaction: %w", ending, err)
	}
	if _, err := tx.control(ctx, ending, end); err != nil {
		tx.over = strings.HasPrefix(err.Error(), "FATAL Error")
		done = tx.over
		return fmt.Errorf("%s transaction: %w", ending, explained(err))
	}
	done = true
	if end == "COMMIT" {
		return db.before("committed")
	}
	return nil
}

// Alone has one thread do the rest of the transaction. Where there is little to do DuckDB's others take more time
// to wait for it, by spinning, than it takes to do it; in a commit they also wait for the disk that way.
func (tx *Tx) Alone(ctx context.Context) error {
	if tx.threads > 0 {
		return nil
	}
	if err := tx.conn.QueryRowContext(ctx, "SELECT current_setting('threads')").Scan(&tx.threads); err != nil {
		return fmt.Errorf("read the number of threads: %w", err)
	}
	return setThreads(ctx, tx.conn, 1)
}

// Direct has COMMIT write into the file what else it would write into the log, and closing into the file. It is for
// the last of several transactions: bringing the log in once costs less than going past it each time.
// While another transaction runs, it is the log all the same. Where the file cannot be written, nothing more can be
// done but to close the database, and only opening it tells whether the transaction is in it.
func (tx *Tx) Direct(ctx context.Context) error {
	tx.direct = true
	return setLogLimit(ctx, tx.conn, "0KB")
}

// restore gives back what Alone took, and lets the log grow again.
func (tx *Tx) restore(ctx context.Context) (err error) {
	if tx.over {
		return nil
	}
	if tx.threads > 1 {
		err = setThreads(ctx, tx.conn, tx.threads)
	}
	if tx.direct {
		err = errors.Join(err, setLogLimit(ctx, tx.conn, logLimit))
	}
	return err
}

func setLogLimit(ctx context.Context, conn *sql.Conn, bytes string) error {
	if _, err := conn.ExecContext(ctx, fmt.Sprintf("SET checkpoint_threshold = '%s'", bytes)); err != nil {
		return fmt.Errorf("set the limit of the log: %w", err)
	}
	return nil
}

func setThreads(ctx context.Context, conn *sql.Conn, threads int) error {
	if _, err := conn.ExecContext(ctx, fmt.Sprintf("SET threads = %d", threads)); err != nil {
		return fmt.Errorf("set the number of threads: %w", err)
	}
	return nil
}

// control runs a statement about the transaction itself.
func (tx *Tx) control(ctx context.Context, operation, statement string) (sql.Result, error) {
	if err := tx.before(operation); err != nil {
		return nil, err
	}
	return tx.conn.ExecContext(ctx, statement)
}

// Exec runs a statement and returns how many rows it wrote.
func (tx *Tx) Exec(ctx context.Context, statement string, args ...any) (int64, error) {
	if err := tx.before("exec"); err != nil {
		return 0, err
	}
	result, err := tx.conn.ExecContext(ctx, statement, args...)
	if err != nil {
		return 0, explained(err)
	}
	return result.RowsAffected()
}

// Query runs a query.
func (tx *Tx) Query(ctx context.Context, statement string, args ...any) (*Rows, error) {
	if err := tx.before("query"); err != nil {
		return nil, err
	}
	rows, err := tx.conn.QueryContext(ctx, statement, args...) //nolint:rowserrcheck // by who reads them
	if err != nil {
		return nil, explained(err)
	}
	return &Rows{rows}, nil
}

// Row reads the first row of a query into dest and says whether there was one.
func (tx *Tx) Row(ctx context.Context, statement string, args []any, dest ...any) (bool, error) {
	if err := tx.before("query"); err != nil {
		return false, err
	}
	err := tx.conn.QueryRowContext(ctx, statement, args...).Scan(dest...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, explained(err)
}

// Each calls fn for every row of a query; scan reads the row's columns.
func (tx *Tx) Each(ctx context.Context, statement string, args []any, fn func(scan func(...any) error) error) error {
	rows, err := tx.Query(ctx, statement, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := tx.before("row"); err != nil {
			return err
		}
		if err := fn(rows.Scan); err != nil {
			return err
		}
	}
	return explained(rows.Err())
}

// Names are the identifiers (or lists of them) that a statement leaves open as {{key}}.
type Names = statements.Names

// Fill is sql.Fill.
func Fill(statement string, names Names) string { return statements.Fill(statement, names) }

// Quote writes any name as an SQL identifier. DuckDB takes neither the empty
// name nor NUL, which plan.Names never gives.
func Quote(name string) string {
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

// QuoteText writes a text as an SQL literal, for statements that take no parameters (the bodies of views).
func QuoteText(text string) string {
	return `'` + strings.ReplaceAll(text, `'`, `''`) + `'`
}

// List quotes names and joins them with commas.
func List(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = Quote(name)
	}
	return strings.Join(quoted, ", ")
}

package duck

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
)

// copiedOut is what COPY writes of a query.
func copiedOut(t *testing.T, db *DB, query, options string) (string, int64, error) {
	t.Helper()
	var out []byte
	var rows int64
	err := db.View(t.Context(), func(tx *Tx) error {
		c, err := tx.CopyOut(t.Context(), query, options)
		if err != nil {
			return err
		}
		out, err = io.ReadAll(c)
		rows = c.Rows()
		return errors.Join(err, c.Close())
	})
	return string(out), rows, err
}

func TestCopyOut(t *testing.T) {
	db := memory(t, Options{})
	for _, test := range []struct{ query, options, want string }{
		{"SELECT 1 AS a, '' AS b, NULL AS c -- the end", "FORMAT csv, HEADER true", "a,b,c\n1,\"\",\n"},
		{"SELECT 1 AS a WHERE false", "FORMAT csv, HEADER true", "a\n"},
		{"SELECT 1 AS a WHERE false", "FORMAT csv, HEADER false", ""},
		{"SELECT 'x;\"y' AS a", "FORMAT csv, HEADER false, DELIMITER ';'", "\"x;\"\"y\"\n"},
		{"SELECT 'x' AS a, 2 AS b", "FORMAT csv, HEADER false, DELIMITER '\t', FORCE_QUOTE (a)", "\"x\"\t2\n"},
		{"SELECT 'x' AS a, 2 AS b", "FORMAT csv, HEADER true, FORCE_QUOTE *, NEW_LINE '\\r\\n'", "\"a\",\"b\"\r\n\"x\",\"2\"\r\n"},
		{"SELECT NULL AS a, '\\N' AS b, '' AS c", "FORMAT csv, HEADER false, NULLSTR '\\N'", "\\N,\"\\N\",\n"},
		{"SELECT 'a\nb' AS a, 1.5::DOUBLE AS x, NULL AS n, [1, 2] AS l", "FORMAT json", "{\"a\":\"a\\nb\",\"x\":1.5,\"n\":null,\"l\":[1,2]}\n"},
		{"SELECT 1 AS a WHERE false", "FORMAT parquet, WRITE_EMPTY_FILE false", ""},
	} {
		out, _, err := copiedOut(t, db, test.query, test.options)
		if err != nil || out != test.want {
			t.Errorf("%s (%s): %q, %v; want %q", test.query, test.options, out, err, test.want)
		}
	}
}

// An error late in the query is the reader's, which so never takes a torn result for a whole one.
func TestCopyOutFails(t *testing.T) {
	db := memory(t, Options{})
	out, _, err := copiedOut(t, db, "SELECT CASE WHEN i = 999999 THEN error('late') ELSE i END FROM range(1000000) AS t(i)", "FORMAT csv")
	if err == nil || !strings.Contains(err.Error(), "late") {
		t.Errorf("%d bytes, %v", len(out), err)
	}
	if _, rows, err := copiedOut(t, db, "SELECT i FROM range(1000000) AS t(i)", "FORMAT csv"); err != nil || rows != 1000000 {
		t.Errorf("%d rows, %v", rows, err)
	}
}

// A reader that stops in the middle does not wait for the rest, and leaves a connection that is good for the next transaction.
// Whether DuckDB takes its own as aborted depends on where in the statement the interruption met it.
func TestCopyOutIsGivenUp(t *testing.T) {
	db := memory(t, Options{})
	for range 3 {
		err := db.View(t.Context(), func(tx *Tx) error {
			c, err := tx.CopyOut(t.Context(), "SELECT i FROM range(100000000000) AS t(i)", "FORMAT csv")
			if err != nil {
				return err
			}
			if _, err := io.ReadFull(c, make([]byte, 100000)); err != nil {
				return err
			}
			return c.Close()
		})
		if err != nil && !strings.Contains(strings.ToLower(err.Error()), "transaction") {
			t.Errorf("give up: %v", err)
		}
		if out, _, err := copiedOut(t, db, "SELECT 1 AS a", "FORMAT csv, HEADER true"); err != nil || out != "a\n1\n" {
			t.Errorf("afterwards: %q, %v", out, err)
		}
	}
}

func TestColumns(t *testing.T) {
	db := memory(t, Options{})
	err := db.View(t.Context(), func(tx *Tx) error {
		columns, err := tx.Columns(t.Context(), `SELECT 1 AS a, '' AS "B b", 1.5 AS c -- x`)
		if err != nil || len(columns) != 3 || columns[1] != (QueryColumn{"B b", "VARCHAR"}) || columns[2].Type != "DECIMAL(2,1)" {
			t.Errorf("%v, %v", columns, err)
		}
		for _, bad := range []string{"SELECT 1; SELECT 2", "CREATE TABLE x (a INT)", "SELECT 1) TO '/tmp/x'; --"} {
			if _, err := tx.Columns(context.Background(), bad); err == nil {
				t.Errorf("%s was taken", bad)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A COPY that has ended is closed though somebody else has the pipe open still.
func TestCopyClosedWithOpenPipe(t *testing.T) {
	from, to, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer to.Close()
	if _, err := to.WriteString("the rest"); err != nil {
		t.Fatal(err)
	}
	c := &Copy{from: from, cancel: func() {}, done: make(chan struct{})}
	close(c.done)
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}

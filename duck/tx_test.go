package duck

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"smew/avro/avrotest"
)

var errNo = errors.New("no")

// Update commits if and only if fn returns nil, and the connection never stays in a transaction.
func TestUpdate(t *testing.T) {
	for _, c := range []struct {
		name string
		fn   func(ctx context.Context, cancel func(), tx *Tx) error
		want string // of the error; "": committed
	}{
		{"commits", func(context.Context, func(), *Tx) error { return nil }, ""},
		{"an error of fn", func(context.Context, func(), *Tx) error { return errNo }, "no"},
		{"a failed statement", func(ctx context.Context, _ func(), tx *Tx) error {
			_, err := tx.Exec(ctx, "INSERT INTO missing VALUES (1)")
			return err
		}, "missing"},
		// A statement that fails while running ends DuckDB's transaction, and COMMIT would not say so:
		// passing over the error must not look as if the rest had been committed.
		{"a failed statement that fn passes over", func(ctx context.Context, _ func(), tx *Tx) error {
			tx.Exec(ctx, "INSERT INTO t SELECT ('x' || a)::INT FROM t")
			return nil
		}, "commit transaction"},
		{"the context ends", func(_ context.Context, cancel func(), _ *Tx) error { cancel(); return nil }, context.Canceled.Error()},
		{"rows left open", func(ctx context.Context, _ func(), tx *Tx) error {
			rows, err := tx.Query(ctx, "FROM range(100000)")
			if err != nil || !rows.Next() {
				return fmt.Errorf("no rows: %w", err)
			}
			rows.Close()
			return errNo
		}, "no"},
	} {
		t.Run(c.name, func(t *testing.T) {
			db := memory(t, Options{})
			update(t, db, "CREATE TABLE t (a INT)")
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			err := db.Update(ctx, func(tx *Tx) error {
				if _, err := tx.Exec(ctx, "INSERT INTO t VALUES (1)"); err != nil {
					return err
				}
				return c.fn(ctx, cancel, tx)
			})
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Fatalf("error %v, want %q", err, c.want)
			}
			want := [][]any{{int32(1)}}
			if c.want != "" {
				want = nil
			}
			equalRows(t, query(t, db, "FROM t"), want)
			update(t, db, "INSERT INTO t VALUES (2)")
			equalRows(t, query(t, db, "FROM t"), append(want, []any{int32(2)}))
		})
	}
}

func TestPanicRollsBack(t *testing.T) {
	db := memory(t, Options{})
	update(t, db, "CREATE TABLE t (a INT)")
	func() {
		defer func() {
			if r := recover(); r != "boom" {
				t.Errorf("the panic became %v", r)
			}
		}()
		db.Update(context.Background(), func(tx *Tx) error {
			if _, err := tx.Exec(context.Background(), "INSERT INTO t VALUES (1)"); err != nil {
				return err
			}
			panic("boom")
		})
	}()
	equalRows(t, query(t, db, "FROM t"), nil)
	update(t, db, "INSERT INTO t VALUES (2)")
	equalRows(t, query(t, db, "FROM t"), [][]any{{int32(2)}})
}

// A view sees one state, changes nothing, and sees nothing of a transaction before it commits;
// neither do the rows that DuckDB's threads insert from parts.
func TestIsolation(t *testing.T) {
	ctx := context.Background()
	db := opened(t, tempPath(t), Options{})
	update(t, db, "CREATE TABLE t (a BIGINT, b VARCHAR)")
	scan := Scan{Columns: numberColumns, Parts: []Part{part(t, 1, avrotest.Options{BlockRows: 500}, numberFields, numbers(0, 300000)...)}}
	err := db.Update(ctx, func(tx *Tx) error {
		if _, err := tx.Insert(ctx, "INSERT INTO t SELECT a, b FROM smew_parts()", scan); err != nil {
			return err
		}
		equalRows(t, query(t, db, "SELECT count(*) FROM t"), [][]any{{int64(0)}})
		if own, err := rowsOf(tx, "SELECT count(*) FROM t"); err != nil || own[0][0] != int64(300000) {
			return fmt.Errorf("the transaction does not see its own rows: %v, %w", own, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	err = db.View(ctx, func(view *Tx) error {
		if _, err := rowsOf(view, "SELECT count(*) FROM t"); err != nil {
			return err
		}
		update(t, db, "DELETE FROM t WHERE a < 100000")
		got, err := rowsOf(view, "SELECT count(*) FROM t")
		if err != nil || got[0][0] != int64(300000) {
			return fmt.Errorf("the view does not stay with its state: %v, %w", got, err)
		}
		_, err = view.Exec(ctx, "CREATE TABLE of_a_view (a INT)")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	equalRows(t, query(t, db, "SELECT count(*) FROM t"), [][]any{{int64(200000)}})
	equalRows(t, query(t, db, "SELECT table_name FROM duckdb_tables()"), [][]any{{"t"}})
}

// DuckDB commits a column that is added before rows of the table are changed or removed, and
// refuses the other order when it comes to the commit: the loader adds all columns first.
func TestColumnsAreAddedBeforeRowsChange(t *testing.T) {
	const add = "ALTER TABLE t ADD COLUMN c VARCHAR"
	for _, change := range []string{"DELETE FROM t WHERE a = 1", "UPDATE t SET b = 'new' WHERE a = 1"} {
		db := opened(t, tempPath(t), Options{})
		update(t, db, "CREATE TABLE t (a BIGINT, b VARCHAR)", "INSERT INTO t SELECT range, 'old' FROM range(5000)")
		update(t, db, add, "INSERT INTO t VALUES (9, 'b', 'c')", change)
		equalRows(t, query(t, db, "SELECT count(*) FROM t WHERE c = 'c'"), [][]any{{int64(1)}})

		update(t, db, "ALTER TABLE t DROP COLUMN c")
		err := db.Update(context.Background(), func(tx *Tx) error {
			for _, s := range []string{strings.ReplaceAll(change, "= 1", "= 2"), add} {
				if _, err := tx.Exec(context.Background(), s); err != nil {
					return err
				}
			}
			return nil
		})
		if err == nil {
			t.Errorf("%s, then a new column: DuckDB takes it now, the loader's order could be given up", change)
		}
	}
}

// Nothing is left in the log once the file is closed, whatever happened before.
func TestCloseLeavesNoLog(t *testing.T) {
	path := tempPath(t)
	db := opened(t, path, Options{})
	update(t, db, "CREATE TABLE t AS FROM range(1000)")
	if _, err := os.Stat(path + ".wal"); err != nil {
		t.Errorf("no log while the database is open: %v", err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path + ".wal"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the log is still there: %v", err)
	}
	equalRows(t, query(t, opened(t, path, Options{ReadOnly: true}), "SELECT count(*) FROM t"), [][]any{{int64(1000)}})
}

// The rows of a day's dump wait in the log for those of the next days: bringing them into the file writes the last rows of a
// table again.
func TestDaysShareACheckpoint(t *testing.T) {
	path := tempPath(t)
	db := opened(t, path, Options{})
	update(t, db, "CREATE TABLE x (a VARCHAR)")
	for range 3 {
		update(t, db, "INSERT INTO x SELECT repeat(sha256(i::VARCHAR), 10) FROM range(30000) AS t(i)")
	}
	if info, err := os.Stat(path + ".wal"); err != nil || info.Size() < 3*30000*640 {
		t.Errorf("the log of three times 19 MB of rows: %v, %v", info, err)
	}
}

func TestRowAndEach(t *testing.T) {
	ctx := context.Background()
	db := memory(t, Options{})
	err := db.View(ctx, func(tx *Tx) error {
		var n int64
		if ok, err := tx.Row(ctx, "SELECT $1::BIGINT + 1", []any{41}, &n); !ok || err != nil || n != 42 {
			t.Errorf("%v, %v, %d", ok, err, n)
		}
		if ok, err := tx.Row(ctx, "SELECT 1 WHERE false", nil, &n); ok || err != nil {
			t.Errorf("no row: %v, %v", ok, err)
		}
		var seen []int64
		err := tx.Each(ctx, "FROM range(5)", nil, func(scan func(...any) error) error {
			var n int64
			err := scan(&n)
			if seen = append(seen, n); n == 2 {
				return errNo
			}
			return err
		})
		if !errors.Is(err, errNo) || len(seen) != 3 {
			t.Errorf("Each went on after an error: %v, %v", seen, err)
		}
		_, err = tx.Row(ctx, "SELECT nosuch", nil, &n)
		if err == nil {
			t.Error("a wrong query gave no error")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// hostile are names that users of the feed's vendor could give, and worse.
var hostile = []string{
	"select", "Order", `"`, `""`, `a"b`, `"; DROP TABLE t; --`, "'", "a b", " ", "\n", "a\r\nb\tc", "\\", "{{relation}}", "{{", "}}", "$1", "?", "%s",
	"ü", "\U0001f986", "\u202eabc", "a\u0301", "--", "/*", ";", ".", "main.users", strings.Repeat("long ", 400), "\ufffd", "0", "1a",
}

func TestQuote(t *testing.T) {
	db := memory(t, Options{})
	update(t, db, "CREATE TABLE t (a INT)")
	for _, name := range hostile {
		q := Quote(name)
		update(t, db, Fill("CREATE TABLE {{relation}} ({{column}} VARCHAR)", Names{"relation": q, "column": q}),
			Fill("INSERT INTO {{relation}} VALUES ({{name}})", Names{"relation": q, "name": QuoteText(name)}))
		got := query(t, db, Fill("SELECT {{relation}}.{{relation}}, (SELECT count(*) FROM duckdb_tables() WHERE table_name = {{name}}) FROM {{relation}}", Names{"relation": q, "name": QuoteText(name)}))
		equalRows(t, got, [][]any{{name, int64(1)}})
	}
	update(t, db, "CREATE TABLE all_of_them ("+strings.ReplaceAll(List(hostile), ", \"", " INT, \"")+" INT)")
	if n := len(query(t, db, "SELECT column_name FROM duckdb_columns() WHERE table_name = 'all_of_them'")); n != len(hostile) {
		t.Errorf("%d columns of %d names", n, len(hostile))
	}
	for _, name := range []string{"", "a\x00b"} {
		err := db.Update(context.Background(), func(tx *Tx) error {
			_, err := tx.Exec(context.Background(), "CREATE TABLE "+Quote(name)+" (a INT)")
			if err == nil {
				_, err = tx.Exec(context.Background(), "DROP TABLE "+Quote(name))
			}
			return err
		})
		if err == nil {
			t.Errorf("DuckDB takes the name %q now, plan.Names need not change it", name)
		}
	}
}

// Names are compared without case only as far as ASCII goes; plan.Names compares more strictly.
func TestNamesDifferByCase(t *testing.T) {
	ctx := context.Background()
	for names, clash := range map[[2]string]bool{{"a", "A"}: true, {"select", "SELECT"}: true, {"a", "a_2"}: false} {
		db := memory(t, Options{})
		err := db.Update(ctx, func(tx *Tx) error {
			_, err := tx.Exec(ctx, fmt.Sprintf("CREATE TABLE t (%s INT, %s INT)", Quote(names[0]), Quote(names[1])))
			return err
		})
		if clash != (err != nil) {
			t.Errorf("%q: %v", names, err)
		}
	}
}

func TestFill(t *testing.T) {
	got := Fill("SELECT {{a}}, {{b}}, {{a}} FROM x", Names{"a": `"{{b}}"`, "b": `"{{c}}"`})
	if want := `SELECT "{{b}}", "{{c}}", "{{b}}" FROM x`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	for _, wrong := range []func(){
		func() { Fill("SELECT {{a}}", Names{}) },
		func() { Fill("SELECT {{a}} {{b}}", Names{"a": `"b"`}) },
		func() { Fill("SELECT 1", Names{"a": `"b"`}) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Error("a mistake in a statement was passed over")
				}
			}()
			wrong()
		}()
	}
}

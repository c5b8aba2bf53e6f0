package duck

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/duckdb/duckdb-go/v2"

	"smew/avro"
	"smew/avro/avrotest"
)

func numbers(from, to int64) (rows [][]any) {
	for i := from; i < to; i++ {
		rows = append(rows, []any{i, fmt.Sprintf("text number %d", i)})
	}
	return rows
}

var (
	numberFields  = []partField{{"a", maybeLong}, {"b", maybeText}}
	numberColumns = []Column{{"a", "a", avro.Long}, {"b", "b", avro.Text}}
)

// An error in a part comes out of DuckDB as itself, with the part's name, and nothing of the
// transaction stays.
func TestErrorsAreTyped(t *testing.T) {
	whole := func() []byte {
		var b bytes.Buffer
		if err := avrotest.Write(&b, schema(numberFields), avrotest.Options{Codec: "snappy", BlockRows: 100}, numbers(0, 5000)...); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	flipped := whole()
	flipped[len(flipped)/2] ^= 4
	textID := part(t, 2, avrotest.Options{BlockRows: 10}, []partField{{"a", maybeText}, {"b", maybeText}},
		append(texts(1, 35), []any{"twelve", "b"})...)
	var damage *avro.DamageError
	var row *avro.RowError
	broken := errors.New("the disk is on fire")

	for _, c := range []struct {
		name   string
		bad    Part
		target any
		text   string
	}{
		{"cut off", partOf(2, whole()[:len(flipped)-20]), &damage, "part-2: block "},
		{"cut off in the header", partOf(2, whole()[:20]), &damage, "part-2: header "},
		{"another file", partOf(2, []byte("PAR1 this is no Avro at all")), &damage, "part-2: header "},
		{"empty", partOf(2, nil), &damage, "part-2: header "},
		{"a flipped bit", partOf(2, flipped), &damage, "part-2: block "},
		{"an id that is no number", textID, &row, `part-2: row 36: column "a": "twelve"`},
		{"a reader that fails", Part{"part-2", 2, failingReader{broken}, 1000}, &broken, "the disk is on fire"},
	} {
		t.Run(c.name, func(t *testing.T) {
			db := memory(t, Options{})
			update(t, db, "CREATE TABLE t (a BIGINT, b VARCHAR)", "INSERT INTO t VALUES (-1, 'before')")
			scan := Scan{Columns: numberColumns, Parts: []Part{
				part(t, 1, avrotest.Options{BlockRows: 50}, numberFields, numbers(0, 300)...), c.bad,
				part(t, 3, avrotest.Options{BlockRows: 50}, numberFields, numbers(0, 300)...),
			}}
			ctx := context.Background()
			err := db.Update(ctx, func(tx *Tx) error {
				if _, err := tx.Exec(ctx, "INSERT INTO t VALUES (-2, 'in the transaction')"); err != nil {
					return err
				}
				_, err := tx.Insert(ctx, "INSERT INTO t SELECT a, b FROM smew_parts()", scan)
				return err
			})
			var partError *PartError
			if !errors.As(err, &partError) || partError.Part != "part-2" {
				t.Fatalf("no PartError: %v", err)
			}
			if target, ok := c.target.(*error); ok && !errors.Is(err, *target) || !ok && !errors.As(err, c.target) {
				t.Errorf("%T %v does not hold a %T", partError.Err, err, c.target)
			}
			if !strings.Contains(err.Error(), c.text) {
				t.Errorf("the text is %q and should hold %q", err, c.text)
			}
			equalRows(t, query(t, db, "FROM t"), [][]any{{int64(-1), "before"}})
			// The connection is good for the next transaction.
			if n, err := insert(db, "INSERT INTO t SELECT a, b FROM smew_parts()", Scan{Columns: numberColumns, Parts: scan.Parts[:1]}); err != nil || n[0] != 300 {
				t.Fatal(n, err)
			}
		})
	}
}

func texts(from, to int) (rows [][]any) {
	for i := from; i <= to; i++ {
		rows = append(rows, []any{fmt.Sprint(i), "b"})
	}
	return rows
}

type failingReader struct{ err error }

func (r failingReader) ReadAt([]byte, int64) (int, error) { return 0, r.err }

// panickingReader panics while DuckDB's thread is in Go code.
type panickingReader struct{}

func (panickingReader) ReadAt([]byte, int64) (int, error) { panic("boom") }

// A panic while decoding becomes an error: DuckDB's threads must not be torn down by it.
func TestPanicWhileDecoding(t *testing.T) {
	db := memory(t, Options{})
	_, err := insert(db, intoT, Scan{Columns: numberColumns, Parts: []Part{{"part-1", 1, panickingReader{}, 100}}})
	if err == nil || !strings.Contains(err.Error(), "boom") {
		t.Fatal(err)
	}
	update(t, db, "CREATE TABLE t (a INT)")
}

// A failing statement around good parts gives DuckDB's own error.
func TestErrorOfTheStatement(t *testing.T) {
	db := memory(t, Options{})
	scan := Scan{Columns: numberColumns, Parts: []Part{part(t, 1, avrotest.Options{}, numberFields, numbers(0, 3)...)}}
	for statement, want := range map[string]string{
		"INSERT INTO missing SELECT a FROM smew_parts()":         "missing",
		"CREATE TABLE t AS SELECT nosuch FROM smew_parts()":      "nosuch",
		"CREATE TABLE t AS SELECT error('no') FROM smew_parts()": "no",
	} {
		_, err := insert(db, statement, scan)
		var part *PartError
		if err == nil || errors.As(err, &part) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", statement, err)
		}
	}
}

// A statement that stops early would lose rows in silence, so it is an error.
func TestPartsLeftUnread(t *testing.T) {
	db := memory(t, Options{Threads: 1})
	scan := Scan{Columns: numberColumns}
	for p := range 20 {
		scan.Parts = append(scan.Parts, part(t, p+1, avrotest.Options{BlockRows: 2048}, numberFields, numbers(0, 8000)...))
	}
	if n, err := insert(db, "CREATE TABLE t AS SELECT a FROM smew_parts() LIMIT 1", scan); err == nil {
		t.Fatalf("no error; rows %v", n)
	}
	if n, err := insert(db, "CREATE TABLE t AS SELECT 1 AS a", scan); err == nil {
		t.Fatalf("no error; rows %v", n)
	}
}

// Outside of Insert the function has nothing to read.
func TestScanFunctionAlone(t *testing.T) {
	db := memory(t, Options{})
	err := db.Update(context.Background(), func(tx *Tx) error {
		_, err := tx.Exec(context.Background(), "CREATE TABLE t AS FROM smew_parts()")
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "only inside smew") {
		t.Fatal(err)
	}
}

// cancelReader ends a context at the n-th reading and goes on as if nothing were.
type cancelReader struct {
	io.ReaderAt
	left   *atomic.Int64
	cancel context.CancelFunc
}

func (r cancelReader) ReadAt(p []byte, off int64) (int, error) {
	if r.left.Add(-1) == 0 {
		r.cancel()
	}
	return r.ReaderAt.ReadAt(p, off)
}

// A context that ends in the middle of an insert rolls back, and the connection is good for the
// next transaction, whenever the interruption arrives.
func TestCancelledInsert(t *testing.T) {
	good := part(t, 1, avrotest.Options{BlockRows: 100}, numberFields, numbers(0, 20000)...)
	for _, n := range []int64{1, 2, 3, 4, 10, 20, 50, 100, 150, 199, 200, 201} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel() // the driver takes half a second to end a cancelled statement
			db := memory(t, Options{})
			update(t, db, "CREATE TABLE t (a BIGINT, b VARCHAR)")
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			left := &atomic.Int64{}
			left.Store(n)
			bad := good
			bad.Bytes = cancelReader{good.Bytes, left, cancel}
			err := db.Update(ctx, func(tx *Tx) error {
				_, err := tx.Insert(ctx, "INSERT INTO t SELECT a, b FROM smew_parts()", Scan{Columns: numberColumns, Parts: []Part{bad}})
				return err
			})
			if !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
			equalRows(t, query(t, db, "SELECT count(*) FROM t"), [][]any{{int64(0)}})
			update(t, db, "INSERT INTO t VALUES (1, 'after')")
			equalRows(t, query(t, db, "FROM t"), [][]any{{int64(1), "after"}})
		})
	}
}

// The one private access to the driver is refused with a text that says what to do, where the
// driver's chunk is not what it was.
func TestAccessGuard(t *testing.T) {
	if _, err := accessTo(reflect.ValueOf(duckdb.DataChunk{}), 2); err != nil {
		t.Errorf("the linked driver: %v", err)
	}
	type pointer struct{ Ptr *int }
	for _, chunk := range []any{
		struct{}{},
		struct{ chunk pointer }{},
		struct{ projection []int }{},
		struct {
			chunk      *int
			projection []int
		}{},
		struct {
			chunk      struct{ Other int }
			projection []int
		}{},
		struct {
			chunk      struct{ Ptr uintptr }
			projection []int
		}{},
		struct {
			chunk      pointer
			projection int
		}{},
		struct {
			chunk      pointer
			projection []string
		}{projection: []string{"a"}},
	} {
		if _, err := accessTo(reflect.ValueOf(chunk), 1); err == nil || !strings.Contains(err.Error(), "pinned version") {
			t.Errorf("%T: %v", chunk, err)
		}
	}
}

// Of many errors the first in the parts is told, whichever thread meets one first.
func TestFirstErrorIsTold(t *testing.T) {
	fields := []partField{{"a", maybeText}, {"b", maybeText}}
	bad := func(from int) (rows [][]any) { // from there on every other row is bad
		for i := range 3000 {
			id := strconv.Itoa(i)
			if i >= from && i%2 == 1 {
				id = "bad"
			}
			rows = append(rows, []any{id, "b"})
		}
		return rows
	}
	for _, blockRows := range []int{20, 2900} {
		db := memory(t, Options{Threads: 4})
		update(t, db, "CREATE TABLE t (a BIGINT, b VARCHAR)")
		scan := Scan{Columns: numberColumns, Parts: []Part{
			part(t, 1, avrotest.Options{BlockRows: blockRows}, fields, bad(3000)...),
			part(t, 2, avrotest.Options{BlockRows: blockRows}, fields, bad(2800)...),
			part(t, 3, avrotest.Options{BlockRows: blockRows}, fields, bad(0)...),
			part(t, 4, avrotest.Options{BlockRows: blockRows}, fields, bad(0)...),
		}}
		for range 30 {
			ctx := context.Background()
			err := db.Update(ctx, func(tx *Tx) error {
				_, err := tx.Insert(ctx, "INSERT INTO t SELECT a, b FROM smew_parts()", scan)
				return err
			})
			if err == nil || !strings.HasPrefix(err.Error(), `part-2: row 2802: column "a": "bad"`) {
				t.Fatalf("blocks of %d rows: %v", blockRows, err)
			}
		}
	}
}

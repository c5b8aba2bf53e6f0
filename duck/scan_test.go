package duck

import (
	"context"
	"encoding/hex"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"smew/avro"
	"smew/avro/avrotest"
)

// Texts of every length around the 12 bytes that DuckDB keeps inside, and long ones, survive;
// those that stand in the block as well as those that were rendered from other types.
func TestTextLengths(t *testing.T) {
	var texts []string
	for n := range 40 {
		texts = append(texts, strings.Repeat("abcdefghij", 4)[:n])
	}
	for _, n := range []int{255, 256, 4095, 4096, 65535, 65536, 1 << 20} {
		texts = append(texts, strings.Repeat("x", n-1)+"y")
	}
	texts = append(texts, "\x00", "a\x00b", "nul\x00 in a long text\x00", "ü", "äöüäöü", "äöüäöüä", "\U0001f986\U0001f986\U0001f986", "\U0001f986\U0001f986\U0001f986a", "\n", "'", `"`)
	var rows, want [][]any
	for i, s := range texts {
		rows = append(rows, []any{s, []byte(s), int64(i), s})
		want = append(want, []any{s, hex.EncodeToString([]byte(s)), fmt.Sprint(i), s, int64(1), int64(i + 1)})
	}
	fields := []partField{{"block", maybeText}, {"rendered", `"bytes"`}, {"number", `"long"`}, {"again", `"string"`}}
	for _, blockRows := range []int{0, 1, 7} {
		db := memory(t, Options{})
		scan := Scan{
			Columns: []Column{{Delivered: "block", As: "block"}, {Delivered: "rendered", As: "rendered"}, {Delivered: "number", As: "number"}, {Delivered: "again", As: "again"}},
			Parts:   []Part{part(t, 1, avrotest.Options{BlockRows: blockRows}, fields, rows...)},
		}
		n, err := insert(db, intoT, scan)
		if err != nil || !slices.Equal(n, []int64{int64(len(rows))}) {
			t.Fatal(n, err)
		}
		equalRows(t, query(t, db, "SELECT * FROM t ORDER BY smew_row"), want)
	}
}

// nullPatterns are rules for which rows are NULL, around 64-bit words of validity and chunks of 2,048 rows.
var nullPatterns = []func(i, rows int) bool{
	func(i, rows int) bool { return false },
	func(i, rows int) bool { return true },
	func(i, rows int) bool { return i == 0 },
	func(i, rows int) bool { return i == rows-1 },
	func(i, rows int) bool { return i%64 == 0 },
	func(i, rows int) bool { return i%64 == 63 },
	func(i, rows int) bool { return i%2048 == 2047 },
	func(i, rows int) bool { return i%2048 == 0 },
	func(i, rows int) bool { return i%2 == 1 },
	func(i, rows int) bool { return i%64 != 5 },
	func(i, rows int) bool { return i >= 2048 },
	func(i, rows int) bool { return i < 2048 },
	func(i, rows int) bool { return i/64%2 == 0 },
}

func TestNullsAtEveryBorder(t *testing.T) {
	var fields []partField
	var columns []Column
	for i := range nullPatterns {
		a, b := fmt.Sprintf("long%d", i), fmt.Sprintf("text%d", i)
		fields = append(fields, partField{a, maybeLong}, partField{b, maybeText})
		columns = append(columns, Column{a, a, avro.Long}, Column{b, b, avro.Text})
	}
	for _, count := range []int{1, 2, 63, 64, 65, 127, 128, 129, 2047, 2048, 2049, 4096, 4097} {
		var rows, want [][]any
		for i := range count {
			var row []any
			for j, null := range nullPatterns {
				if null(i, count) {
					row = append(row, nil, nil)
				} else {
					row = append(row, int64(i), strings.Repeat(string(rune('a'+j)), i%25))
				}
			}
			rows = append(rows, row)
			want = append(want, append(slices.Clone(row), int64(1), int64(i+1)))
		}
		for _, blockRows := range []int{0, 100} {
			db := memory(t, Options{})
			scan := Scan{Columns: columns, Parts: []Part{part(t, 1, avrotest.Options{BlockRows: blockRows}, fields, rows...)}}
			if _, err := insert(db, intoT, scan); err != nil {
				t.Fatal(err)
			}
			equalRows(t, query(t, db, "SELECT * FROM t ORDER BY smew_row"), want)
		}
	}
}

// Several parts with blocks of their own, decoded by several threads: every row comes once, with
// the place of its part and its number in it.
func TestPartsAndThreads(t *testing.T) {
	if runtime.GOMAXPROCS(0) < 4 {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	}
	db := memory(t, Options{Threads: 4})
	fields := []partField{{"a", maybeLong}, {"b", maybeText}}
	var scan Scan
	var want [][]any
	var counts []int64
	for p, blockRows := range []int{1, 3, 64, 2048, 5000, 0, 0} {
		place := 10 * (p + 1)
		var rows [][]any
		for i := range []int{300, 5000, 10000, 10000, 10000, 1, 0}[p] {
			b := fmt.Sprintf("part %d row %d %s", place, i, strings.Repeat("z", i%30))
			rows = append(rows, []any{int64(i), b})
			want = append(want, []any{int64(i), b, int64(place), int64(i + 1)})
		}
		counts = append(counts, int64(len(rows)))
		codec := []string{"null", "snappy", "deflate", "zstandard"}[p%4]
		scan.Parts = append(scan.Parts, part(t, place, avrotest.Options{BlockRows: blockRows, Codec: codec}, fields, rows...))
	}
	scan.Columns = []Column{{"a", "a", avro.Long}, {"b", "b", avro.Text}}
	got, err := insert(db, intoT, scan)
	if err != nil || !slices.Equal(got, counts) {
		t.Fatalf("counts %v, want %v; %v", got, counts, err)
	}
	equalRows(t, query(t, db, "SELECT * FROM t ORDER BY smew_part, smew_row"), want)
}

// Each part may have its own columns in its own order.
func TestColumnsDiffer(t *testing.T) {
	db := memory(t, Options{})
	scan := Scan{
		Columns: []Column{{"id", "c1", avro.Long}, {"b \"quoted\"\n", "c2", avro.Text}, {"never", "c3", avro.Text}, {"never id", "c4", avro.Long}},
		Parts: []Part{
			part(t, 1, avrotest.Options{}, []partField{{"id", maybeLong}, {"b \"quoted\"\n", maybeText}}, []any{int64(1), "one"}, []any{nil, nil}),
			part(t, 2, avrotest.Options{}, []partField{{"extra", maybeText}, {"b \"quoted\"\n", maybeText}, {"ID", maybeLong}, {"id", maybeText}}, []any{"x", "two", int64(9), "2"}),
			part(t, 3, avrotest.Options{}, []partField{{"extra", maybeText}}, []any{"x"}, []any{"y"}),
			part(t, 4, avrotest.Options{}, nil, []any{}, []any{}, []any{}),
		},
	}
	n, err := insert(db, intoT, scan)
	if err != nil || !slices.Equal(n, []int64{2, 1, 2, 3}) {
		t.Fatal(n, err)
	}
	equalRows(t, query(t, db, "SELECT c1, c2, c3, c4, smew_part, smew_row FROM t ORDER BY smew_part, smew_row"), [][]any{
		{int64(1), "one", nil, nil, int64(1), int64(1)},
		{nil, nil, nil, nil, int64(1), int64(2)},
		{int64(2), "two", nil, nil, int64(2), int64(1)},
		{nil, nil, nil, nil, int64(3), int64(1)}, {nil, nil, nil, nil, int64(3), int64(2)},
		{nil, nil, nil, nil, int64(4), int64(1)}, {nil, nil, nil, nil, int64(4), int64(2)}, {nil, nil, nil, nil, int64(4), int64(3)},
	})
	equalRows(t, query(t, db, "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = 't' ORDER BY column_index"), [][]any{
		{"c1", "BIGINT"}, {"c2", "VARCHAR"}, {"c3", "VARCHAR"}, {"c4", "BIGINT"}, {"smew_part", "BIGINT"}, {"smew_row", "BIGINT"},
	})
}

// A statement may ask for any columns of the scan, in any order, more than once, filtered and
// joined: texts stay what they are, although DuckDB keeps them longer than a chunk.
func TestProjections(t *testing.T) {
	db := memory(t, Options{})
	update(t, db, "CREATE TABLE m AS SELECT range AS a, 'm' || range AS name FROM range(0, 30000, 997)")
	name := func(i int) string { return fmt.Sprintf("a text longer than twelve bytes, %d", i) }
	var rows [][]any
	for i := range 30000 {
		rows = append(rows, []any{int64(i), name(i), []byte(name(i))})
	}
	scan := func() Scan {
		return Scan{
			Columns: []Column{{"a", "a", avro.Long}, {"b", "b", avro.Text}, {"c", "c", avro.Text}},
			Parts:   []Part{part(t, 1, avrotest.Options{BlockRows: 700}, []partField{{"a", maybeLong}, {"b", maybeText}, {"c", `"bytes"`}}, rows...)},
		}
	}
	for statement, want := range map[string]func(i int) []any{
		"SELECT b FROM smew_parts() WHERE a % 997 = 0":                                                func(i int) []any { return []any{name(i)} },
		"SELECT smew_row, b, b AS b2 FROM smew_parts() WHERE a % 997 = 0":                             func(i int) []any { return []any{int64(i + 1), name(i), name(i)} },
		"SELECT c, a FROM smew_parts() WHERE a % 997 = 0":                                             func(i int) []any { return []any{hex.EncodeToString([]byte(name(i))), int64(i)} },
		"SELECT p.b, p.c, m.name FROM smew_parts() p JOIN m USING (a)":                                func(i int) []any { return []any{name(i), hex.EncodeToString([]byte(name(i))), fmt.Sprintf("m%d", i)} },
		"SELECT p.b, m.name FROM smew_parts() p LEFT JOIN m USING (a) WHERE a % 997 = 0":              func(i int) []any { return []any{name(i), fmt.Sprintf("m%d", i)} },
		"SELECT max(b) AS b FROM smew_parts() WHERE a % 997 = 0 GROUP BY a":                           func(i int) []any { return []any{name(i)} },
		"SELECT b FROM (SELECT * FROM smew_parts() ORDER BY b DESC) WHERE b LIKE '%' AND a % 997 = 0": func(i int) []any { return []any{name(i)} },
	} {
		if _, err := insert(db, "CREATE OR REPLACE TABLE t AS "+statement, scan()); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
		var wanted [][]any
		for i := 0; i < 30000; i += 997 {
			wanted = append(wanted, want(i))
		}
		got := query(t, db, "FROM t")
		order := func(a, b []any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) }
		slices.SortFunc(got, order)
		slices.SortFunc(wanted, order)
		equalRows(t, got, wanted)
	}
	if n, err := insert(db, "CREATE OR REPLACE TABLE t AS SELECT count(*) AS n FROM smew_parts()", scan()); err != nil || n[0] != 30000 {
		t.Fatal(n, err)
	}
	equalRows(t, query(t, db, "FROM t"), [][]any{{int64(30000)}})
}

func TestNoParts(t *testing.T) {
	db := memory(t, Options{})
	rows, err := insert(db, intoT, Scan{Columns: []Column{{"a", "a", avro.Long}}})
	if err != nil || len(rows) != 0 {
		t.Fatal(rows, err)
	}
	equalRows(t, query(t, db, "SELECT count(*) FROM t"), [][]any{{int64(0)}})
}

// A statement's own parameters stand beside the scan.
func TestParameters(t *testing.T) {
	ctx := context.Background()
	db := memory(t, Options{})
	update(t, db, "CREATE TABLE t (dump BIGINT, a BIGINT)")
	scan := Scan{Columns: []Column{{"a", "a", avro.Long}}, Parts: []Part{part(t, 1, avrotest.Options{}, []partField{{"a", maybeLong}}, []any{int64(7)})}}
	err := db.Update(ctx, func(tx *Tx) error {
		_, err := tx.Insert(ctx, "INSERT INTO t SELECT $1::BIGINT, p.a FROM smew_parts() p", scan, int64(math.MaxInt64))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	equalRows(t, query(t, db, "FROM t"), [][]any{{int64(math.MaxInt64), int64(7)}})
}

// TestRandomTables writes random tables as random parts and reads them back by SQL.
func TestRandomTables(t *testing.T) {
	if runtime.GOMAXPROCS(0) < 3 {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(3))
	}
	db := memory(t, Options{})
	for seed := range uint64(25) {
		rng := rand.New(rand.NewPCG(seed, 3))
		scan, want := randomTable(t, rng)
		if _, err := insert(db, intoT, scan); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		got := query(t, db, "SELECT * FROM t ORDER BY smew_part, smew_row")
		if len(got) != len(want) {
			t.Fatalf("seed %d: %d rows, want %d", seed, len(got), len(want))
		}
		for i := range want {
			if !slices.Equal(got[i], want[i]) {
				t.Fatalf("seed %d, row %d: %s, want %s", seed, i, short(got[i]), short(want[i]))
			}
		}
	}
}

func randomTable(t *testing.T, rng *rand.Rand) (Scan, [][]any) {
	var scan Scan
	for i := range 1 + rng.IntN(8) {
		kind := avro.Text
		if rng.IntN(3) == 0 {
			kind = avro.Long
		}
		scan.Columns = append(scan.Columns, Column{fmt.Sprintf("field %d", i), fmt.Sprintf("c%d", i), kind})
	}
	var want [][]any
	for p := range 1 + rng.IntN(4) {
		var fields []partField
		var places []int // of each field in scan.Columns
		for _, i := range rng.Perm(len(scan.Columns)) {
			if rng.IntN(6) == 0 {
				continue // this part lacks the column
			}
			kind := maybeText
			if scan.Columns[i].Kind == avro.Long {
				kind = maybeLong
			} else if rng.IntN(4) == 0 {
				kind = `["bytes","null"]`
			}
			fields, places = append(fields, partField{scan.Columns[i].Delivered, kind}), append(places, i)
		}
		var rows [][]any
		nulls := []int{0, 1, 10, 100}[rng.IntN(4)]
		for i := range rng.IntN([]int{5, 300, 5000}[rng.IntN(3)]) {
			row := make([]any, len(fields))
			wanted := make([]any, len(scan.Columns), len(scan.Columns)+2)
			for f := range fields {
				if rng.IntN(100) < nulls {
					continue
				}
				row[f], wanted[places[f]] = randomValue(rng, fields[f].kind)
			}
			rows = append(rows, row)
			want = append(want, append(wanted, int64(p+1), int64(i+1)))
		}
		o := avrotest.Options{BlockRows: []int{0, 1 + rng.IntN(50), 2048}[rng.IntN(3)], Codec: []string{"", "snappy", "zstandard"}[rng.IntN(3)]}
		scan.Parts = append(scan.Parts, part(t, p+1, o, fields, rows...))
	}
	return scan, want
}

func randomValue(rng *rand.Rand, kind string) (written, read any) {
	if kind == maybeLong {
		v := int64(rng.Uint64())
		return v, v
	}
	n := rng.IntN(20)
	if rng.IntN(20) == 0 {
		n = rng.IntN(3000)
	}
	var b strings.Builder
	for b.Len() < n {
		b.WriteRune([]rune("abc äß\U0001f986\x00\n'\"")[rng.IntN(11)])
	}
	if kind == maybeText {
		return b.String(), b.String()
	}
	return []byte(b.String()), hex.EncodeToString([]byte(b.String()))
}

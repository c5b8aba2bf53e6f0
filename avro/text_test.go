package avro

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"smew/avro/avrotest"
)

func logicalType(base, name, more string) string {
	return fmt.Sprintf(`{"type":%q,"logicalType":%q%s}`, base, name, more)
}

type textTest struct {
	schema string
	value  any
	want   string
}

// textTests is what becomes of values wanted as text (R11).
func textTests() []textTest {
	const us = int64(1e6)
	var (
		maxDay = int64(2932896)
		minDay = int64(-719162)
		day    = logicalType("int", "date", "")
		micros = logicalType("long", "timestamp-micros", "")
		millis = logicalType("long", "timestamp-millis", "")
		nanos  = logicalType("long", "timestamp-nanos", "")
		price  = logicalType("bytes", "decimal", `,"precision":30,"scale":3`)
		clock  = logicalType("long", "time-micros", "")
		list   = `{"type":"array","items":"double"}`
	)
	return []textTest{
		{`"string"`, "", ""},
		{`["null","string"]`, nil, null}, {`["string","null"]`, "x", "x"},
		{`["string"]`, "only", "only"},
		{`["null"]`, nil, null}, {`"null"`, nil, null},
		{`["null","string","long"]`, "5", "5"}, {`["null","string","long"]`, int64(5), "5"},
		{`["long","null","string"]`, nil, null},
		{`["null",` + list + `]`, []any{}, "[]"},
		{`"int"`, int64(math.MinInt32), "-2147483648"},
		{`"double"`, math.Copysign(0, -1), "-0"},
		{`"double"`, 1e21, "1e+21"}, {`"double"`, 0.30000000000000004, "0.30000000000000004"},
		{`"double"`, math.Inf(1), "Infinity"},
		{`"float"`, float32(3.4028235e38), "3.4028235e+38"},
		{`"float"`, math.NaN(), "NaN"},
		{list, []any{1.5, math.NaN(), math.Inf(-1)}, `[1.5,"NaN","-Infinity"]`},
		{day, maxDay, "9999-12-31"}, {day, maxDay + 1, "2932897"},
		{day, minDay, "0001-01-01"}, {day, minDay - 1, "-719163"},
		{day, -1, "1969-12-31"}, {day, 11016, "2000-02-29"}, {day, -25509, "1900-02-28"}, {day, -25508, "1900-03-01"},
		{micros, maxDay*86400*us + 86400*us - 1, "9999-12-31T23:59:59.999999Z"},
		{micros, (maxDay + 1) * 86400 * us, "253402300800000000"},
		{micros, minDay*86400*us - 1, "-62135596800000001"},
		{micros, int64(math.MinInt64), "-9223372036854775808"},
		{millis, -1, "1969-12-31T23:59:59.999000Z"},
		{millis, int64(math.MaxInt64), "9223372036854775807"},
		{nanos, 999, "1970-01-01T00:00:00Z"}, {nanos, -999, "1969-12-31T23:59:59.999999Z"},
		{nanos, int64(math.MaxInt64), "2262-04-11T23:47:16.854775Z"},
		{logicalType("long", "local-timestamp-nanos", ""), 1001, "1970-01-01T00:00:00.000001"},
		{clock, 86400*us - 1, "23:59:59.999999"}, {clock, 86400 * us, "86400000000"}, {clock, -1, "-1"},
		{logicalType("int", "time-millis", ""), 3723004, "01:02:03.004000"},
		{logicalType("long", "date", ""), 1, "1"},
		{logicalType("int", "timestamp-micros", ""), 1, "1"},
		{logicalType("long", "frobnicated", ""), 1, "1"},
		{logicalType("bytes", "uuid", ""), []byte{1}, "01"},
		{price, []byte{}, "0.000"}, {price, []byte{5}, "0.005"}, {price, []byte{0xff}, "-0.001"},
		{price, []byte{0x80}, "-0.128"}, {price, []byte{0, 0x80}, "0.128"}, {price, []byte{0x03, 0xe8}, "1.000"},
		{price, []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, "-0.001"},
		{price, []byte{0x80, 0, 0, 0, 0, 0, 0, 0}, "-9223372036854775.808"},
		{price, []byte{0x80, 0, 0, 0, 0, 0, 0, 0, 0}, "-2361183241434822606.848"},
		{price, []byte{0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, "18446744073709551.615"},
		{logicalType("bytes", "decimal", `,"precision":2,"scale":3`), []byte{5}, "05"},
		{logicalType("bytes", "decimal", `,"precision":0`), []byte{5}, "05"},
		{logicalType("bytes", "decimal", ``), []byte{5}, "05"},
		{`{"type":"fixed","name":"f","size":1,"logicalType":"decimal","precision":3}`, []byte{5}, "05"},
		{`{"type":"fixed","name":"f","size":1,"logicalType":"decimal","precision":2}`, []byte{5}, "5"},
		{`{"type":"fixed","name":"f","size":0}`, []byte{}, ""},
		{`{"type":"array","items":` + price + `}`, []any{[]byte{5}}, `[0.005]`},
		{`{"type":"array","items":` + day + `}`, []any{0, maxDay + 1}, `["1970-01-01",2932897]`},
		{`{"type":"map","values":["null","string"]}`, map[string]any{"b": nil, "a": "</ü\x7f\x01\">"}, `{"a":"</ü` + "\x7f" + `\u0001\">","b":null}`},
		{`{"type":"map","values":"int"}`, avrotest.Raw("\x04\x02b\x02\x02a\x04\x02\x02b\x06\x00"), `{"a":2,"b":3}`},
		{`{"type":"map","values":"int"}`, avrotest.Raw("\x03\x0c\x02b\x02\x02a\x04\x00"), `{"a":2,"b":1}`},
		{`{"type":"array","items":"int"}`, avrotest.Raw("\x01\x02\x02\x04\x04\x06\x00"), `[1,2,3]`},
		{`{"type":"record","name":"in","fields":[]}`, map[string]any{}, `{}`},
		{`{"type":"enum","name":"e","symbols":["a b","\"ü"]}`, `"ü`, `"ü`},
		{`{"type":"array","items":{"type":"enum","name":"e","symbols":["a b","\"ü"]}}`, []any{`"ü`}, `["\"ü"]`},
	}
}

func TestText(t *testing.T) {
	for _, test := range textTests() {
		schema := `{"type":"record","name":"r","fields":[{"name":"before","type":"string"},{"name":"c","type":` + test.schema + `},{"name":"after","type":["string","null"]}]}`
		p := part(t, schema, avrotest.Options{}, []any{"b", test.value, "a"}, []any{"B", test.value, nil})
		got, err := readAs(p, Limits{}, 2048, nil)
		want := [][]string{{"b", test.want, "a"}, {"B", test.want, null}}
		if err != nil || !slices.EqualFunc(got, want, slices.Equal) {
			t.Errorf("%s of %v: got %q, %v, want %q", test.schema, test.value, got, err, test.want)
		}
		got, err = readAs(p, Limits{}, 2048, []Column{{Name: "after"}})
		if err != nil || !slices.EqualFunc(got, [][]string{{"a"}, {null}}, slices.Equal) {
			t.Errorf("%s passed over: got %q, %v", test.schema, got, err)
		}
	}
}

// What becomes of a value wanted as an id: the number, or a RowError that says which.
func TestLong(t *testing.T) {
	const maxText = "9223372036854775807"
	tests := []struct {
		schema string
		value  any
		want   string // "" for a row error
		shown  string
	}{
		{`"long"`, int64(math.MinInt64), "-9223372036854775808", ""},
		{`["null","long"]`, int64(math.MaxInt64), maxText, ""},
		{`["long","null"]`, nil, null, ""},
		{`"null"`, nil, null, ""},
		{`"int"`, -7, "-7", ""},
		{`["null","string","long"]`, int64(8), "8", ""},
		{logicalType("long", "timestamp-micros", ""), 9, "9", ""},
		{`"string"`, maxText, maxText, ""},
		{`["string","null"]`, nil, null, ""},
		{`["string","null"]`, "-12", "-12", ""},
		{`"double"`, 5.0, "5", ""},
		{`"bytes"`, []byte{0x12}, "", "12"}, // its hex looks like a number, which is not what was delivered
		{logicalType("bytes", "decimal", `,"precision":30`), []byte{1, 0}, "256", ""},
		{`"string"`, "", "", ""},
		{`"string"`, "abc", "", "abc"},
		{`"string"`, " 1", "", " 1"},
		{`"string"`, "1.0", "", "1.0"},
		{`"string"`, "1_0", "", "1_0"},
		{`"string"`, "9223372036854775808", "", "9223372036854775808"},
		{`"string"`, strings.Repeat("ü", 40), "", strings.Repeat("ü", 32)},
		{`"string"`, "x" + strings.Repeat("ü", 40), "", "x" + strings.Repeat("ü", 31)},
		{`"double"`, 1.5, "", "1.5"},
		{`"boolean"`, true, "", "true"},
		{`{"type":"array","items":"int"}`, []any{1}, "", "[1]"},
	}
	for _, test := range tests {
		schema := `{"type":"record","name":"r","fields":[{"name":"user_id","type":` + test.schema + `},{"name":"t","type":"boolean"}]}`
		p := part(t, schema, avrotest.Options{}, []any{test.value, true})
		got, err := readAs(p, Limits{}, 2048, []Column{{Name: "t"}, {"user_id", Long}})
		if test.want != "" {
			if err != nil || !slices.EqualFunc(got, [][]string{{"true", test.want}}, slices.Equal) {
				t.Errorf("%s of %v: got %q, %v, want %q", test.schema, test.value, got, err, test.want)
			}
			continue
		}
		var bad *RowError
		if !errors.As(err, &bad) || *bad != (RowError{1, "user_id", test.shown, "is not a whole 64-bit number"}) {
			t.Errorf("%s of %v: got %q, %v, want a row error with %q", test.schema, test.value, got, err, test.shown)
		}
	}
}

// Rows whose ids are bad can be passed over one by one, wherever they stand in a batch and a
// block, and told in full; nothing of them gets into the batches.
func TestPassOverBadRows(t *testing.T) {
	schema := `{"type":"record","name":"r","fields":[{"name":"name","type":["null","string"]},{"name":"id","type":["null","string"]},{"name":"n","type":["null","int"]}]}`
	var rows [][]any
	var want, wantBad []string
	for i := range 200 {
		row := []any{fmt.Sprint("name ", i), fmt.Sprint(i), i}
		text := fmt.Sprintf("name %d|%d|%d", i, i, i)
		switch {
		case i == 0, i == 49, i == 50, i == 51, i == 120, i == 199:
			row = []any{nil, "bad", nil}
			wantBad = append(wantBad, fmt.Sprintf(`row %d: column "id": "bad" is not a whole 64-bit number {"name":null,"id":"bad","n":null}`, i+1))
		default:
			want = append(want, text)
		}
		rows = append(rows, row)
	}
	for _, o := range []avrotest.Options{{BlockRows: 50}, {BlockRows: 200, Codec: "snappy"}} {
		for _, max := range []int{1, 64, 2048} {
			var got, gotBad []string
			p := part(t, schema, o, rows...)
			f, err := Open(bytes.NewReader(p), int64(len(p)), Limits{})
			if err != nil {
				t.Fatal(err)
			}
			d, err := NewDecoder(f, []Column{{Name: "name"}, {"id", Long}, {Name: "n"}})
			if err != nil {
				t.Fatal(err)
			}
			var block Block
			var batch Batch
			for f.Next(&block) == nil {
				if err := d.Block(&block); err != nil {
					t.Fatal(err)
				}
				for {
					n, err := d.Rows(&batch, max)
					if batch.Rows != n || batch.Cols[0].Nulls != 0 {
						t.Fatalf("%d rows in a batch of %d, %d NULL", n, batch.Rows, batch.Cols[0].Nulls)
					}
					for i, row := range texts(&batch) {
						got = append(got, strings.Join(row, "|"))
						if row[1] != fmt.Sprint(batch.FirstRow+int64(i)) {
							t.Fatalf("row %s stands at %d", row[1], batch.FirstRow+int64(i))
						}
					}
					var bad *RowError
					if errors.As(err, &bad) {
						row, err := d.BadRow(nil)
						if err != nil {
							t.Fatal(err)
						}
						gotBad = append(gotBad, bad.Error()+" "+string(row))
					} else if err != nil {
						t.Fatal(err)
					} else if n == 0 {
						break
					}
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("blocks of %d, batches of %d: got %d rows, want %d", o.BlockRows, max, len(got), len(want))
			}
			if !slices.Equal(gotBad, wantBad) {
				t.Errorf("blocks of %d, batches of %d: got %q, want %q", o.BlockRows, max, gotBad, wantBad)
			}
		}
	}
}

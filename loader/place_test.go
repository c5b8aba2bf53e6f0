package loader_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"smew/loader"
)

func TestFindPlace(t *testing.T) {
	t.Parallel()
	none := func(p loader.Place) loader.Place {
		if p.Block == 0 {
			p.Block = -1
		}
		if p.Byte == 0 {
			p.Byte = -1
		}
		return p
	}
	for _, test := range []struct {
		text string
		want loader.Place
	}{
		{`dump 870: table "pageviews": sync_870/_heap_table_name=pageviews/part-00004-50c5e18e.avro: row 252: column "user_id": "not a number" is not a whole 64-bit number`,
			loader.Place{Table: "pageviews", Part: "sync_870/_heap_table_name=pageviews/part-00004-50c5e18e.avro", Row: 252, Column: "user_id", Reason: `"not a number" is not a whole 64-bit number`}},
		{`dump 873: table "a \"b\": c": x/part-1.avro: block 1 at byte 12615: it has 10936 bytes and a marker, the file only 8564 more: unexpected EOF`,
			loader.Place{Table: `a "b": c`, Part: "x/part-1.avro", Block: 1, Byte: 12615, Reason: "it has 10936 bytes and a marker, the file only 8564 more: unexpected EOF"}},
		{`dump 875: fetch part "sync_875/users/part-1.avro": it is not in the bucket: file does not exist`,
			loader.Place{Part: "sync_875/users/part-1.avro", Reason: "it is not in the bucket: file does not exist"}},
		{`table "t": p.avro: header at byte 4: schema is not JSON: unexpected end of JSON input`,
			loader.Place{Table: "t", Part: "p.avro", Byte: 4, Reason: "schema is not JSON: unexpected end of JSON input"}},
		{`table "t": p.avro: block 2 at byte 99: row 7: column "a: b": a string is not valid UTF-8`,
			loader.Place{Table: "t", Part: "p.avro", Block: 2, Byte: 99, Row: 7, Column: "a: b", Reason: "a string is not valid UTF-8"}},
		{"manifest: not JSON: unexpected end of JSON input", loader.Place{Reason: "manifest: not JSON: unexpected end of JSON input"}},
		{"", loader.Place{}},
	} {
		if diff := cmp.Diff(none(test.want), loader.FindPlace(test.text)); diff != "" {
			t.Errorf("FindPlace(%q):\n%s", test.text, diff)
		}
	}
}

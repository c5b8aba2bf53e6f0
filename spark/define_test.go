package spark_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"smew/define"
	"smew/define/definetest"
	"smew/feed"
	"smew/spark"
)

// definitions holds what Spark makes of random definitions against define.Eval. Letters that become more than one in small letters are
// left out: Java knows them, and Go does not.
func definitions(t *testing.T, s *server) {
	session := s.session(t)
	columns := []define.Column{{Name: "event_id", As: "event_id", ID: true}, {Name: "a", As: "a"}, {Name: "B", As: "B_2"}, {Name: "odd ` name", As: "odd ` name"}}
	for _, seed := range seeds(t, 2, 5) {
		r := rand.New(rand.NewPCG(uint64(seed), 3))
		g := &definetest.Generator{Rand: r, Names: []string{"event_id", "a", "B", "odd ` name"}}
		d := &define.Definitions{}
		for i := range 12 {
			d.Properties = append(d.Properties, g.Property(fmt.Sprintf("p%d", i)))
		}
		on := d.For("t", feed.Events)
		var names, selected []string
		for _, p := range on {
			names = append(names, "smew "+p.Name)
			selected = append(selected, spark.Quote("smew "+p.Name))
		}
		data := make([]map[string]*string, 60)
		var tuples []string
		for i := range data {
			id, a, b, odd := strconv.FormatInt(r.Int64()>>r.IntN(64), 10), text(r), text(r), text(r)
			data[i] = map[string]*string{"event_id": &id, "a": a, "B": b, "odd ` name": odd}
			tuples = append(tuples, fmt.Sprintf("(%d, %s, %s, %s, %s)", i, id, literal(a), literal(b), literal(odd)))
		}
		rows := "SELECT n, CAST(event_id AS BIGINT) AS event_id, a, B_2, `odd `` name` FROM VALUES " + strings.Join(tuples, ", ") + " AS t (n, event_id, a, B_2, `odd `` name`)"
		query, _ := spark.Defined(rows, on, define.Table{Columns: columns, Names: names})
		got, err := session.Rows(t.Context(), "SELECT n, "+strings.Join(selected, ", ")+" FROM ("+query+") ORDER BY n")
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if len(got) != len(data) {
			t.Fatalf("%d rows", len(got))
		}
		for n, row := range got {
			want := define.Eval(on, data[n])
			for i, p := range on {
				value, isText := row[i+1].(string)
				if w := want[p.Name]; isText != (w != nil) || isText && value != *w {
					t.Errorf("seed %d, row %s, property %s: Spark gives %v, Eval %s", seed, tuples[n], p.Name, row[i+1], literal(w))
				}
			}
		}
	}
}

func text(r *rand.Rand) *string {
	if r.IntN(5) == 0 {
		return nil
	}
	return &definetest.Odd[r.IntN(len(definetest.Odd))]
}

func literal(text *string) string {
	if text == nil {
		return "CAST(NULL AS STRING)"
	}
	return spark.QuoteText(*text)
}

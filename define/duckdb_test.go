package define_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"smew/define"
	"smew/define/definetest"
	"smew/duck"
	"smew/feed"
	"smew/sql"
	"smew/views"
)

var kinds = []feed.Kind{feed.Users, feed.Sessions, feed.Events, feed.UserMigrations}

// TestDuckDB: over random definitions and rows the expressions give in DuckDB what Eval gives.
func TestDuckDB(t *testing.T) {
	rounds, _ := strconv.Atoi(os.Getenv("SMEW_TEST_DEFINITIONS"))
	if rounds == 0 {
		rounds = 210
	}
	const rows, properties = 100, 6
	ctx := context.Background()
	db, err := duck.Open(ctx, filepath.Join(t.TempDir(), "x.duckdb"), duck.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, script := range []string{sql.LedgerSchema, sql.LedgerMacros} {
		if err := db.Update(ctx, func(tx *duck.Tx) error { _, err := tx.Exec(ctx, script); return err }); err != nil {
			t.Fatal(err)
		}
	}
	compared := 0
	for seed := range rounds {
		r := rand.New(rand.NewPCG(uint64(seed), 3))
		g := &definetest.Generator{Rand: r, Names: []string{"event_id", "a", "B", `odd " name`, "line\nbreak"}}
		columns := []define.Column{{Name: "event_id", As: "event_id", ID: true}, {Name: "a", As: "a"}, {Name: "B", As: "B_2"}, {Name: `odd " name`, As: `odd " name`}, {Name: "line\nbreak", As: "line\nbreak"}}
		d := &define.Definitions{}
		for i := range properties {
			name := fmt.Sprintf("p%d", i)
			if i == properties-1 && r.IntN(3) == 0 {
				name = "a" // a column has this name
			}
			d.Properties = append(d.Properties, g.Property(name))
		}
		on := d.For("t", feed.Events)
		var names []string
		for _, p := range on {
			names = append(names, "smew "+p.Name)
		}
		data := make([]map[string]*string, rows)
		err := db.Update(ctx, func(tx *duck.Tx) error {
			create := "CREATE OR REPLACE TABLE t (n INTEGER"
			for _, c := range columns {
				kind := " VARCHAR"
				if c.ID {
					kind = " BIGINT"
				}
				create += ", " + duck.Quote(c.As) + kind
			}
			if _, err := tx.Exec(ctx, create+")"); err != nil {
				return err
			}
			var tuples []string
			var args []any
			for i := range data {
				data[i] = map[string]*string{}
				tuples = append(tuples, fmt.Sprintf("($%d, $%d, $%d, $%d, $%d, $%d)", 6*i+1, 6*i+2, 6*i+3, 6*i+4, 6*i+5, 6*i+6))
				args = append(args, i)
				for _, c := range columns {
					var text *string
					switch {
					case c.ID:
						id := strconv.FormatInt(r.Int64()>>r.IntN(64), 10)
						text = &id
					case r.IntN(5) > 0:
						odd := definetest.Odd[r.IntN(len(definetest.Odd))]
						text = &odd
					}
					data[i][c.Name] = text
					args = append(args, text)
				}
			}
			_, err := tx.Exec(ctx, "INSERT INTO t VALUES "+strings.Join(tuples, ", "), args...)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		query := views.Defined("SELECT * FROM t", on, define.Table{Columns: columns, Names: names})
		selected := "SELECT n"
		for _, name := range names {
			selected += ", " + duck.Quote(name)
		}
		err = db.View(ctx, func(tx *duck.Tx) error {
			return tx.Each(ctx, selected+" FROM ("+query+") ORDER BY n", nil, func(scan func(...any) error) error {
				got := make([]*string, len(on))
				var n int
				into := []any{&n}
				for i := range on {
					into = append(into, &got[i])
				}
				if err := scan(into...); err != nil {
					return err
				}
				want := define.Eval(on, data[n])
				for i, p := range on {
					compared++
					if a, b := told(got[i]), told(want[p.Name]); a != b {
						t.Errorf("seed %d, row %v, property %s: DuckDB gives %s, Eval %s", seed, show(data[n]), p.Name, a, b)
					}
				}
				return nil
			})
		})
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, query)
		}
		if t.Failed() {
			t.Fatalf("definitions %+v\n%s", d.Properties, query)
		}
	}
	t.Logf("%d values compared", compared)
}

func told(text *string) string {
	if text == nil {
		return "NULL"
	}
	return strconv.Quote(*text)
}

func show(row map[string]*string) string {
	text := map[string]string{}
	for name, value := range row {
		text[name] = told(value)
	}
	return fmt.Sprint(text)
}

// What DuckDB has to work out grows with a formula as it is written, and not by twice with each of its parts.
func TestFormulasGrowByTheirParts(t *testing.T) {
	one := "1"
	part := define.Formula{Value: define.Value{Constant: &one}}
	sum := define.Formula{Op: define.Add, Parts: slices.Repeat([]define.Formula{part}, 49)}
	text := define.Formula{Op: define.Concat, Parts: []define.Formula{part, sum}}
	for range 48 {
		text = define.Formula{Op: define.Concat, Parts: []define.Formula{text, part}}
	}
	d := &define.Definitions{Properties: []define.Property{{Name: "p", Formula: &text}}}
	query := views.Defined("SELECT 5 AS event_id", d.For("t", feed.Events), define.Table{Columns: []define.Column{{Name: "event_id", As: "event_id", ID: true}}, Names: []string{"p"}})
	ctx := context.Background()
	db, err := duck.Open(ctx, "", duck.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var got string
	err = db.Update(ctx, func(tx *duck.Tx) error {
		for _, script := range []string{sql.LedgerSchema, sql.LedgerMacros} {
			if _, err := tx.Exec(ctx, script); err != nil {
				return err
			}
		}
		_, err := tx.Row(ctx, "SELECT p FROM ("+query+")", nil, &got)
		return err
	})
	if want := "149" + strings.Repeat("1", 48); err != nil || got != want {
		t.Errorf("%q, %v, want %q", got, err, want)
	}
}

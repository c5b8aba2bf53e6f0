package dedupe

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"smew/avro"
	"smew/avro/avrotest"
	"smew/duck"
	"smew/sql"
)

// row is a delivered row: id and user are NULL at 0.
type row struct {
	dump, part, number int64
	id, user           int64
}

// newer compares rows by what decides between them (R7).
func newer(a, b row) int {
	return cmp.Or(cmp.Compare(b.dump, a.dump), cmp.Compare(b.part, a.part), cmp.Compare(b.number, a.number))
}

// expected is, in plain Go, which rows are stored and whether they are hidden.
func expected(rows []row, canonical map[int64]int64) map[row]bool {
	resolved := func(user int64) int64 {
		if to, ok := canonical[user]; ok {
			return to
		}
		return user
	}
	stored := map[row]bool{}
	delivered, shown := map[[2]int64]bool{}, map[[2]int64]bool{}
	rows = slices.SortedFunc(slices.Values(rows), newer)
	for _, r := range rows {
		if r.id == 0 || r.user == 0 {
			stored[r] = false
			continue
		}
		if key := [2]int64{r.id, r.user}; !delivered[key] {
			delivered[key] = true
			key[1] = resolved(r.user)
			stored[r] = shown[key]
			shown[key] = true
		}
	}
	return stored
}

type feed struct {
	t         *testing.T
	db        *duck.DB
	rng       *rand.Rand
	canonical map[int64]int64
	table     Table
}

const schema = `{"type": "record", "name": "r", "fields": [{"name": "event_id", "type": ["null", "long"]}, {"name": "user_id", "type": ["null", "long"]}]}`

// load brings a dump in as the loader does: in batches, the last parts first. canonical is what ids stand for
// from this dump on; nil leaves it as it is.
func (f *feed) load(dump int64, parts [][]row, canonical map[int64]int64) {
	f.t.Helper()
	ctx := context.Background()
	columns := []duck.Column{{Delivered: "event_id", As: "event_id", Kind: avro.Long}, {Delivered: "user_id", As: "user_id", Kind: avro.Long}}
	insert := duck.Fill(sql.DeliveredInsert, duck.Names{"relation": f.table.Relation, "columns": "event_id, user_id", "values": "p.event_id, p.user_id"})
	err := f.db.Update(ctx, func(tx *duck.Tx) error {
		if err := f.begin(ctx, tx, canonical); err != nil {
			return err
		}
		for left := len(parts); left > 0; {
			n := 1 + f.rng.IntN(left)
			scan := duck.Scan{Columns: columns}
			for i := left - 1; i >= left-n; i-- {
				scan.Parts = append(scan.Parts, f.part(int64(i+1), parts[i]))
			}
			weighed, err := f.table.Weigh(ctx, tx, scan, dump, 0)
			if err != nil {
				return err
			}
			scan.Verdict = weighed.Verdict
			if _, err := tx.Insert(ctx, insert, scan, dump); err != nil {
				return err
			}
			left -= n
		}
		if err := f.table.Supersede(ctx, tx); err != nil {
			return err
		}
		return f.hide(ctx, tx, dump)
	})
	if err != nil {
		f.t.Fatal(err)
	}
}

// begin changes what ids stand for, as a dump with user_migrations does, and readies the table.
func (f *feed) begin(ctx context.Context, tx *duck.Tx, canonical map[int64]int64) error {
	statements := []string{sql.ResolveUnchanged}
	if canonical != nil {
		var identities []string
		for id, to := range canonical {
			identities = append(identities, fmt.Sprintf("(%d, %d)", id, to))
		}
		statements = []string{"CREATE OR REPLACE TEMP TABLE before AS FROM smew.identities", "DELETE FROM smew.identities"}
		if len(identities) > 0 {
			statements = append(statements, "INSERT INTO smew.identities (user_id, canonical_id) VALUES "+strings.Join(identities, ", "))
		}
		statements = append(statements, `CREATE OR REPLACE TEMP TABLE changed_identities AS
			SELECT user_id, coalesce(b.canonical_id, user_id) AS old_id, coalesce(i.canonical_id, user_id) AS new_id
			FROM before AS b FULL JOIN smew.identities AS i USING (user_id) WHERE b.canonical_id IS DISTINCT FROM i.canonical_id`)
		f.canonical = canonical
	}
	for _, s := range statements {
		if _, err := tx.Exec(ctx, s); err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	if err := Begin(ctx, tx); err != nil {
		return err
	}
	return f.table.Changed(ctx, tx)
}

// hide carries changed identities to the rows of other dumps and marks those that are hidden.
func (f *feed) hide(ctx context.Context, tx *duck.Tx, dump int64) error {
	if _, err := tx.Exec(ctx, duck.Fill(sql.ResolveApply, duck.Names{"relation": f.table.Relation}), dump); err != nil {
		return err
	}
	return f.table.Hide(ctx, tx)
}

func (f *feed) part(place int64, rows []row) duck.Part {
	f.t.Helper()
	null := func(v int64) any {
		if v == 0 {
			return nil
		}
		return v
	}
	values := make([][]any, len(rows))
	for i, r := range rows {
		values[i] = []any{null(r.id), null(r.user)}
	}
	var b bytes.Buffer
	if err := avrotest.Write(&b, schema, avrotest.Options{BlockRows: 3}, values...); err != nil {
		f.t.Fatal(err)
	}
	return duck.Part{Name: "part", Place: int(place), Bytes: bytes.NewReader(b.Bytes()), Size: int64(b.Len())}
}

// remap changes what ids stand for without bringing rows of the table.
func (f *feed) remap(canonical map[int64]int64) {
	f.t.Helper()
	ctx := context.Background()
	err := f.db.Update(ctx, func(tx *duck.Tx) error {
		if err := f.begin(ctx, tx, canonical); err != nil {
			return err
		}
		if err := f.table.WeighStored(ctx, tx); err != nil {
			return err
		}
		return f.hide(ctx, tx, -1)
	})
	if err != nil {
		f.t.Fatal(err)
	}
}

func (f *feed) stored() map[row]bool {
	f.t.Helper()
	ctx := context.Background()
	rows := map[row]bool{}
	err := f.db.View(ctx, func(tx *duck.Tx) error {
		const statement = "SELECT smew_dump_id, smew_part, smew_row, coalesce(event_id, 0), coalesce(user_id, 0), smew_hidden FROM smew.held_1"
		return tx.Each(ctx, statement, nil, func(scan func(...any) error) error {
			var r row
			var hidden bool
			err := scan(&r.dump, &r.part, &r.number, &r.id, &r.user, &hidden)
			if _, twice := rows[r]; twice {
				f.t.Errorf("row %+v is there twice", r)
			}
			rows[r] = hidden
			return err
		})
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return rows
}

// TestR7ArrivalOrders delivers random rows of few keys in several dumps, in any order and in batches of
// any size, while ids come to stand for others, by the dump itself or between two, and holds the table
// against the rules after each step.
func TestR7ArrivalOrders(t *testing.T) {
	lost, hidden := 0, 0
	for seed := range uint64(24) {
		rng := rand.New(rand.NewPCG(seed, 11))
		db, err := duck.Open(context.Background(), "", duck.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		err = db.Update(context.Background(), func(tx *duck.Tx) error {
			for _, s := range []string{sql.LedgerSchema, duck.Fill(sql.DeliveredCreateEvents, duck.Names{"relation": "held_1", "columns": ""})} {
				if _, err := tx.Exec(context.Background(), s); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		f := &feed{t, db, rng, map[int64]int64{}, Table{Relation: "held_1", ID: "event_id"}}
		var arrived []row
		for _, dump := range rng.Perm(4) {
			parts := randomParts(rng, int64(dump))
			for _, p := range parts {
				arrived = append(arrived, p...)
			}
			if rng.IntN(2) == 0 {
				f.load(int64(dump), parts, randomMapping(rng))
			} else {
				f.load(int64(dump), parts, nil)
			}
			if rng.IntN(3) == 0 {
				f.remap(randomMapping(rng))
			}
			want, got := expected(arrived, f.canonical), f.stored()
			if !maps.Equal(want, got) {
				t.Fatalf("seed %d, after dump %d:\nwant %v\ngot  %v", seed, dump, want, got)
			}
			lost += len(arrived) - len(want)
			for _, h := range want {
				if h {
					hidden++
				}
			}
		}
	}
	if lost < 200 || hidden < 60 {
		t.Errorf("%d rows lost, %d hidden: the feeds are too tame", lost, hidden)
	}
}

func randomMapping(rng *rand.Rand) map[int64]int64 {
	canonical := map[int64]int64{}
	for range rng.IntN(4) {
		canonical[1+rng.Int64N(3)] = 4 + rng.Int64N(2)
	}
	return canonical
}

func randomParts(rng *rand.Rand, dump int64) [][]row {
	parts := make([][]row, 1+rng.IntN(4))
	for p := range parts {
		for n := range rng.IntN(12) {
			parts[p] = append(parts[p], row{dump, int64(p + 1), int64(n + 1), rng.Int64N(6), rng.Int64N(6)})
		}
	}
	return parts
}

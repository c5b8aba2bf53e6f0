package resolve

import (
	"context"
	"encoding/json"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"smew/duck"
	"smew/sql"
)

// migration is a row of user_migrations; its place in a list is its age, the last is the newest.
type migration struct{ from, to *int64 }

func of(id int64) *int64 { return &id }

// canonicalIDs is what Identities must find, in plain Go: every id that stands for another one.
func canonicalIDs(rows []migration) map[int64]int64 {
	next := map[int64]int64{}
	for _, m := range rows {
		if m.from == nil {
			continue
		}
		delete(next, *m.from)
		if m.to != nil && *m.to != *m.from {
			next[*m.from] = *m.to
		}
	}
	canonical := map[int64]int64{}
	for id := range next {
		seen := map[int64]bool{}
		at := id
		for to, on := next[at]; on && !seen[at]; to, on = next[at] {
			seen[at] = true
			at = to
		}
		if _, on := next[at]; on { // at is on a ring
			least := at
			for n := next[at]; n != at; n = next[n] {
				least = min(least, n)
			}
			at = least
		}
		if at != id {
			canonical[id] = at
		}
	}
	return canonical
}

func ledger(t *testing.T) *duck.DB {
	t.Helper()
	ctx := context.Background()
	db, err := duck.Open(ctx, "", duck.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	err = db.Update(ctx, func(tx *duck.Tx) error {
		if _, err := tx.Exec(ctx, sql.LedgerSchema); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, duck.Fill(sql.DeliveredCreateMigrations, duck.Names{"relation": "held_1", "columns": ""}))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// identities makes rows the delivered migrations and returns the canonical ids and how many changed.
func identities(t *testing.T, db *duck.DB, rng *rand.Rand, rows []migration) (canonical map[int64]int64, changed int64) {
	t.Helper()
	ctx := context.Background()
	values := make([][5]*int64, len(rows))
	for i, m := range rows { // some rows a part, some parts a dump: ages are the order of the list
		values[i] = [5]*int64{of(int64(i / 100)), of(int64(i / 10)), of(int64(i)), m.from, m.to}
	}
	rng.Shuffle(len(values), func(i, j int) { values[i], values[j] = values[j], values[i] })
	text, err := json.Marshal(values)
	if err != nil {
		t.Fatal(err)
	}
	canonical = map[int64]int64{}
	err = db.Update(ctx, func(tx *duck.Tx) error {
		if _, err := tx.Exec(ctx, "DELETE FROM smew.held_1"); err != nil {
			return err
		}
		const insert = "INSERT INTO smew.held_1 SELECT r[1], r[2], r[3], r[4], r[5] FROM (SELECT unnest(from_json($1::VARCHAR, '[[\"BIGINT\"]]')) AS r)"
		if _, err := tx.Exec(ctx, insert, string(text)); err != nil {
			return err
		}
		var err error
		if changed, err = Identities(ctx, tx, "held_1", false); err != nil {
			return err
		}
		return tx.Each(ctx, "SELECT user_id, canonical_id FROM smew.identities", nil, func(scan func(...any) error) error {
			var id, to int64
			err := scan(&id, &to)
			if _, twice := canonical[id]; twice {
				t.Errorf("id %d has two canonical ids", id)
			}
			canonical[id] = to
			return err
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return canonical, changed
}

func check(t *testing.T, db *duck.DB, rng *rand.Rand, before map[int64]int64, rows []migration) map[int64]int64 {
	t.Helper()
	return checkAgainst(t, db, rng, before, rows, canonicalIDs(rows))
}

func checkAgainst(t *testing.T, db *duck.DB, rng *rand.Rand, before map[int64]int64, rows []migration, want map[int64]int64) map[int64]int64 {
	t.Helper()
	got, changed := identities(t, db, rng, rows)
	if !maps.Equal(got, want) {
		for id := range want {
			if got[id] != want[id] {
				t.Fatalf("%d rows: id %d is %d, want %d", len(rows), id, got[id], want[id])
			}
		}
		t.Fatalf("%d rows: %d canonical ids, want %d", len(rows), len(got), len(want))
	}
	var differ int64
	for id, to := range want {
		if old, ok := before[id]; !ok || old != to {
			differ++
		}
	}
	for id := range before {
		if _, ok := want[id]; !ok {
			differ++
		}
	}
	if changed != differ {
		t.Fatalf("%d ids changed, want %d", changed, differ)
	}
	return want
}

// TestR8Identities follows random migrations, each set replacing the one before, and holds the
// canonical ids against a plain walk: chains, trees, rings and what leads into them, self maps, NULL.
func TestR8Identities(t *testing.T) {
	db := ledger(t)
	before := map[int64]int64{}
	mapped := 0
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(seed, 5))
		n, ids := rng.IntN(60), 1+rng.Int64N(40)
		var rows []migration
		id := func() *int64 {
			if rng.IntN(15) == 0 {
				return nil
			}
			return of(rng.Int64N(ids) - ids/2)
		}
		for range n {
			rows = append(rows, migration{id(), id()})
		}
		before = check(t, db, rng, before, rows)
		for _, to := range before {
			if _, onRing := before[to]; onRing {
				t.Fatalf("seed %d: canonical id %d is mapped itself", seed, to)
			}
			mapped++
		}
	}
	if mapped < 200 {
		t.Errorf("only %d ids were mapped: the rows are too tame", mapped)
	}
}

// A list that changes a little is resolved by what changed: rows that come, go, are repeated and lead elsewhere, in
// chains and rings that they lengthen, cut, close and open.
func TestR8ListsThatChangeALittle(t *testing.T) {
	for seed := range uint64(4) {
		db := ledger(t)
		rng := rand.New(rand.NewPCG(seed, 9))
		ids := 20 + rng.Int64N(60)
		id := func() *int64 {
			if rng.IntN(25) == 0 {
				return nil
			}
			return of(rng.Int64N(ids))
		}
		var rows []migration
		for range ids / 2 {
			rows = append(rows, migration{id(), id()})
		}
		before := map[int64]int64{}
		for range 60 {
			before = check(t, db, rng, before, rows)
			for range rng.IntN(4) {
				switch at := rng.IntN(len(rows) + 1); {
				case at == len(rows) || rng.IntN(3) == 0:
					rows = slices.Insert(rows, at, migration{id(), id()})
				case rng.IntN(2) == 0:
					rows = slices.Delete(rows, at, at+1)
				default:
					rows[at].to = id()
				}
			}
		}
	}
}

// Identities that are not what the mapping says, and whose mapping did not change, are found by going through all.
func TestAll(t *testing.T) {
	db := ledger(t)
	rng := rand.New(rand.NewPCG(1, 1))
	rows := []migration{{of(1), of(2)}, {of(2), of(3)}, {of(5), of(6)}}
	want := check(t, db, rng, nil, rows)
	ctx := context.Background()
	err := db.Update(ctx, func(tx *duck.Tx) error {
		if _, err := tx.Exec(ctx, "UPDATE smew.identities SET canonical_id = 7 WHERE user_id = 5"); err != nil {
			return err
		}
		changed, err := Identities(ctx, tx, "held_1", true)
		if err == nil && changed != 1 {
			t.Errorf("%d changed", changed)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	check(t, db, rng, want, rows)
}

// Chains and rings of thousands, at powers of two and beside them, as the walk doubles its steps.
func TestR8LongChains(t *testing.T) {
	db := ledger(t)
	rng := rand.New(rand.NewPCG(1, 1))
	before := map[int64]int64{}
	for _, n := range []int64{1, 2, 3, 4, 5, 7, 8, 9, 63, 64, 65, 1023, 1024, 1025, 5000} {
		var rows []migration
		want := map[int64]int64{}
		const lead = 1_000_000
		least := -n - 9 // of the ring -10 … -n-9
		for i := range n {
			rows = append(rows, migration{of(i), of(i + 1)}) // a chain 0 … n
			want[i] = n
			rows = append(rows, migration{of(-i - 10), of(-(i+1)%n - 10)})
			if id := -i - 10; id != least {
				want[id] = least
			}
			rows = append(rows, migration{of(lead + i), of(lead + i + 1)})
			want[lead+i] = least
		}
		rows = append(rows, migration{of(lead + n), of(-10)}) // a chain into the ring
		want[lead+n] = least
		before = checkAgainst(t, db, rng, before, rows, want)
	}
}

// The extremes of 64 bits are ids like any others.
func TestExtremeIDs(t *testing.T) {
	const least, greatest = -1 << 63, 1<<63 - 1
	db := ledger(t)
	rng := rand.New(rand.NewPCG(1, 1))
	check(t, db, rng, nil, []migration{{of(least), of(greatest)}, {of(greatest), of(0)}, {of(1), of(least)}})
}

// Every id that leads somewhere is changed back when nothing leads on any more.
func TestNoMigrations(t *testing.T) {
	db := ledger(t)
	rng := rand.New(rand.NewPCG(1, 1))
	before := check(t, db, rng, nil, []migration{{of(1), of(2)}, {of(2), of(3)}})
	check(t, db, rng, before, nil)
}

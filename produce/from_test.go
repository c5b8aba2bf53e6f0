package produce_test

import (
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"smew/bucket"
	"smew/duck"
	"smew/feed"
	"smew/loader"
	"smew/produce"
)

// source is a database that is delivered to feeds.
type source struct {
	t    *testing.T
	path string
}

func newSource(t *testing.T, statements ...string) source {
	s := source{t, filepath.Join(t.TempDir(), "source.duckdb")}
	s.change(statements...)
	return s
}

func (s source) change(statements ...string) {
	s.t.Helper()
	db, err := duck.Open(s.t.Context(), s.path, duck.Options{Threads: 1})
	if err != nil {
		s.t.Fatal(err)
	}
	defer db.Close()
	for _, statement := range statements {
		err := db.Update(s.t.Context(), func(tx *duck.Tx) error {
			_, err := tx.Exec(s.t.Context(), statement)
			return err
		})
		if err != nil {
			s.t.Fatalf("%s: %v", statement, err)
		}
	}
}

func (s source) deliver(b bucket.Bucket, o produce.FromOptions) (produce.FromSummary, error) {
	s.t.Helper()
	db, err := duck.Open(s.t.Context(), s.path, duck.Options{ReadOnly: true, Threads: 1})
	if err != nil {
		s.t.Fatal(err)
	}
	defer db.Close()
	if o.State == "" {
		o.State = s.path + ".delivered"
	}
	if o.Feed == "" {
		o.Feed = "feed"
	}
	return produce.FromDatabase(s.t.Context(), db, b, o)
}

func (s source) mustDeliver(b bucket.Bucket, o produce.FromOptions) produce.FromSummary {
	s.t.Helper()
	summary, err := s.deliver(b, o)
	if err != nil {
		s.t.Fatal(err)
	}
	return summary
}

// told is what a dump delivers, as "users 3" or "users 3 full".
func told(s produce.FromSummary) []string {
	if s.Dump == nil {
		return nil
	}
	var out []string
	for _, t := range s.Dump.Tables {
		line := fmt.Sprintf("%s %d", t.Name, t.Rows)
		if !t.Incremental {
			line += " full"
		}
		out = append(out, line)
	}
	return out
}

// consume loads a feed into a database.
func consume(t *testing.T, b bucket.Bucket, db string) {
	t.Helper()
	s, err := loader.Run(t.Context(), loader.Feed{Name: "feed", Bucket: b}, loader.Config{DB: db, Duck: duck.Options{Threads: 1}})
	if err != nil || len(s.Failed) > 0 {
		t.Fatal(err, s.Failed)
	}
}

// rows are a table's rows as texts, sorted.
func rows(t *testing.T, path string, tables ...string) map[string][]string {
	t.Helper()
	db, err := duck.Open(t.Context(), path, duck.Options{ReadOnly: true, Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	out := map[string][]string{}
	err = db.View(t.Context(), func(tx *duck.Tx) error {
		for _, table := range tables {
			err := tx.Each(t.Context(), "SELECT to_json(r)::VARCHAR FROM (SELECT COLUMNS(*)::VARCHAR FROM main."+duck.Quote(table)+") AS r ORDER BY 1", nil, func(scan func(...any) error) error {
				var row string
				err := scan(&row)
				out[table] = append(out[table], row)
				return err
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func equalTables(t *testing.T, one, other string, tables ...string) {
	t.Helper()
	a, b := rows(t, one, tables...), rows(t, other, tables...)
	for _, table := range tables {
		if !slices.Equal(a[table], b[table]) {
			t.Errorf("%s: the source has\n%s\nand the consumer\n%s", table, strings.Join(a[table], "\n"), strings.Join(b[table], "\n"))
		}
	}
}

// A feed that was loaded, delivered as another feed and loaded again, gives the same tables, day by
// day.
func TestDatabaseRoundTrip(t *testing.T) {
	t.Parallel()
	first, second := bucket.NewMemory(), bucket.NewMemory()
	s := source{t, filepath.Join(t.TempDir(), "one.duckdb")}
	consumer := filepath.Join(t.TempDir(), "two.duckdb")
	tables := []string{"users", "sessions", "pageviews", "product_viewed", "order_completed", "user_migrations", "all_events"}
	for day := range 4 { // the fourth delivers a table in full
		o := options()
		o.Dumps, o.Users, o.Events = 1, 60, 150
		mustFeed(t, first, o)
		consume(t, first, s.path)
		summary := s.mustDeliver(second, produce.FromOptions{Write: produce.Options{PartRows: 60}})
		if summary.Dump == nil || day > 0 && summary.Why["pageviews"] == "it was not delivered before" {
			t.Fatalf("day %d: %v, %v", day, told(summary), summary.Why)
		}
		consume(t, second, consumer)
		equalTables(t, s.path, consumer, tables...)
	}
	if again := s.mustDeliver(second, produce.FromOptions{}); again.Dump != nil {
		t.Errorf("nothing changed, and %v is delivered", told(again))
	}
}

var shop = []string{
	"CREATE TABLE users (user_id BIGINT, email VARCHAR, age INTEGER)",
	"INSERT INTO users VALUES (1, 'a@x', 30), (2, NULL, 40), (3, '', NULL)",
	"CREATE TABLE clicks (event_id VARCHAR, user_id BIGINT, time TIMESTAMP)",
	"INSERT INTO clicks VALUES ('10', 1, '2026-01-01'), ('11', 1, '2026-01-02'), ('10', 2, NULL)",
	"CREATE TABLE sessions (session_id BIGINT, user_id BIGINT)",
	"INSERT INTO sessions VALUES (7, 1)",
	"CREATE TABLE notes (note VARCHAR)",
	"INSERT INTO notes VALUES ('x'), ('x')",
	"CREATE TABLE user_migrations (from_user_id BIGINT, to_user_id BIGINT)",
	"INSERT INTO user_migrations VALUES (900, 901)",
}

var shopTables = []string{"users", "clicks", "sessions", "notes", "user_migrations"}

func TestIncrements(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		change []string
		want   []string
		why    string // of the first table
	}{
		{"nothing", nil, nil, ""},
		{"rewritten as it was", []string{"CREATE OR REPLACE TABLE users AS SELECT age::HUGEINT AS age, email, user_id::VARCHAR AS user_id FROM users ORDER BY 1"}, nil, ""},
		{"new row", []string{"INSERT INTO users VALUES (4, 'd', 1)"}, []string{"users 1", "user_migrations 1 full"}, ""},
		{"changed row", []string{"UPDATE users SET age = 31 WHERE user_id = 1"}, []string{"users 1", "user_migrations 1 full"}, ""},
		{"NULL and empty text", []string{"UPDATE users SET email = '' WHERE user_id = 2"}, []string{"users 1", "user_migrations 1 full"}, ""},
		{"values that change places", []string{"UPDATE users SET email = '40', age = NULL WHERE user_id = 2"}, []string{"users 1", "user_migrations 1 full"}, ""},
		{"keys of two columns", []string{"INSERT INTO clicks VALUES ('11', 2, NULL)", "UPDATE clicks SET time = '2026-02-01' WHERE event_id = 10 AND user_id = 2", "INSERT INTO sessions VALUES (7, 2)"},
			[]string{"clicks 2", "sessions 1", "user_migrations 1 full"}, ""},
		{"row that is gone", []string{"DELETE FROM clicks WHERE user_id = 2"}, []string{"clicks 2 full", "user_migrations 1 full"}, "1 of its keys are gone"},
		{"changed key", []string{"UPDATE users SET user_id = 5 WHERE user_id = 1"}, []string{"users 3 full", "user_migrations 1 full"}, "1 of its keys are gone"},
		{"emptied", []string{"DELETE FROM sessions"}, []string{"sessions 0 full", "user_migrations 1 full"}, "1 of its keys are gone"},
		{"no key", []string{"INSERT INTO notes VALUES ('x')"}, []string{"notes 3 full", "user_migrations 1 full"}, "it changed, and its rows have no key"},
		{"no key, one of two equal rows gone", []string{"CREATE OR REPLACE TABLE notes AS SELECT 'x' AS note"}, []string{"notes 1 full", "user_migrations 1 full"}, "it changed, and its rows have no key"},
		{"mapping", []string{"UPDATE user_migrations SET to_user_id = 902"}, []string{"user_migrations 1 full"}, ""},
		{"new column", []string{"ALTER TABLE sessions ADD COLUMN city VARCHAR DEFAULT 'Ulm'"}, []string{"sessions 1", "user_migrations 1 full"}, ""},
		{"dropped column", []string{"ALTER TABLE users DROP COLUMN age"}, []string{"users 3 full", "user_migrations 1 full"}, `column "age" is gone`},
		{"new table", []string{"CREATE TABLE a (event_id BIGINT, user_id BIGINT)", "INSERT INTO a VALUES (1, 1)"}, []string{"a 1 full", "user_migrations 1 full"}, "it was not delivered before"},
		{"view", []string{"CREATE VIEW a AS SELECT event_id, user_id FROM clicks"}, []string{"a 3 full", "user_migrations 1 full"}, "it was not delivered before"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, b, consumer := newSource(t, shop...), bucket.NewMemory(), filepath.Join(t.TempDir(), "consumer.duckdb")
			first := s.mustDeliver(b, produce.FromOptions{})
			if want := []string{"clicks 3 full", "notes 2 full", "sessions 1 full", "user_migrations 1 full", "users 3 full"}; !slices.Equal(told(first), want) {
				t.Fatalf("at first %q is delivered, want %q", told(first), want)
			}
			consume(t, b, consumer)
			s.change(tt.change...)
			second := s.mustDeliver(b, produce.FromOptions{})
			if !slices.Equal(told(second), tt.want) {
				t.Errorf("%q is delivered, want %q", told(second), tt.want)
			}
			if len(tt.want) > 0 && second.Why[strings.Fields(tt.want[0])[0]] != tt.why {
				t.Errorf("why: %q", second.Why)
			}
			consume(t, b, consumer)
			if tt.name != "rewritten as it was" { // the columns lie in another order
				equalTables(t, s.path, consumer, shopTables...)
			}
			if third := s.mustDeliver(b, produce.FromOptions{}); third.Dump != nil {
				t.Errorf("and then %q", told(third))
			}
		})
	}
}

// Rows with NULL in their key replace nothing, so they are not delivered a second time.
func TestNullInKey(t *testing.T) {
	t.Parallel()
	s, b, consumer := newSource(t, shop...), bucket.NewMemory(), filepath.Join(t.TempDir(), "consumer.duckdb")
	s.mustDeliver(b, produce.FromOptions{})
	for _, step := range []struct{ change, want string }{
		{"INSERT INTO clicks VALUES (NULL, 1, NULL), (NULL, 1, '2026-01-03')", "clicks 2"},
		{"INSERT INTO clicks VALUES ('12', 1, NULL)", "clicks 1"},
		{"INSERT INTO clicks VALUES (NULL, 1, NULL)", "clicks 7 full"},
		{"INSERT INTO clicks VALUES (NULL, 2, NULL)", "clicks 1"},
	} {
		s.change(step.change)
		if got := told(s.mustDeliver(b, produce.FromOptions{})); len(got) == 0 || got[0] != step.want {
			t.Errorf("%s: %q, want %q", step.change, got, step.want)
		}
		consume(t, b, consumer)
		equalTables(t, s.path, consumer, "clicks")
	}
}

// Which tables are delivered, and that feeds keep apart.
func TestFromChoice(t *testing.T) {
	t.Parallel()
	s := newSource(t, slices.Concat(shop, []string{
		"CREATE VIEW all_events AS SELECT * FROM clicks", "CREATE SCHEMA other", "CREATE TABLE other.users AS SELECT 9 AS user_id",
	})...)
	one, two := bucket.NewMemory(), bucket.NewMemory()
	if got := told(s.mustDeliver(one, produce.FromOptions{Tables: []string{"USERS", "all_events", "users"}})); !slices.Equal(got, []string{"users 3 full", "all_events 3 full"}) {
		t.Errorf("%q", got)
	}
	if got := told(s.mustDeliver(one, produce.FromOptions{Tables: []string{"users"}})); got != nil {
		t.Errorf("%q", got)
	}
	if got := told(s.mustDeliver(one, produce.FromOptions{Tables: []string{"users"}, Full: true})); !slices.Equal(got, []string{"users 3 full"}) {
		t.Errorf("%q", got)
	}
	if got := told(s.mustDeliver(two, produce.FromOptions{Feed: "second", Schema: "Other"})); !slices.Equal(got, []string{"users 1 full"}) {
		t.Errorf("the second feed: %q", got)
	}
	if got := s.mustDeliver(one, produce.FromOptions{}); len(told(got)) != 4 || got.Gone == nil || got.Gone[0] != "all_events" {
		t.Errorf("the rest: %q, gone %q", told(got), got.Gone)
	}
	// Another feed in the place of the first lacks what the first had.
	if got := s.mustDeliver(bucket.NewMemory(), produce.FromOptions{}); len(told(got)) != 5 || !strings.Contains(got.Why["users"], "lost manifests/sync_854.json") {
		t.Errorf("%q, %q", told(got), got.Why)
	}
}

func TestFromRefused(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ statement, want string }{
		{"CREATE TABLE users AS SELECT 'x1' AS user_id", `table "users": column "user_id": "x1" is not a whole 64-bit number`},
		{"CREATE TABLE users AS SELECT 1.5::DOUBLE AS user_id", `"1.5" is not a whole`},
		{"CREATE TABLE users AS SELECT 9223372036854775808::HUGEINT AS user_id", `"9223372036854775808" is not a whole`},
		{"CREATE TABLE user_migrations AS SELECT '' AS to_user_id, 1 AS from_user_id", `column "to_user_id": "" is not a whole`},
		{`CREATE TABLE a AS SELECT 1 AS "the column"`, `column "the column": Avro has no such names`},
		{`CREATE TABLE users AS SELECT 1 AS id`, `column "user_id": is not there`},
		{"CREATE SCHEMA a", `schema "main" has no tables`},
		{"CREATE VIEW a AS SELECT random() AS x FROM range(3) AS r WHERE random() < 0.5", "others each time"},
	} {
		s, b := newSource(t, tt.statement), bucket.NewMemory()
		if strings.Contains(tt.want, "others") {
			s.change("CREATE OR REPLACE VIEW a AS SELECT * FROM range(1000) AS r(x) WHERE random() < 0.5")
		}
		summary, err := s.deliver(b, produce.FromOptions{})
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %s", tt.statement, err, tt.want)
		}
		if dumps := read(t, b, ""); len(dumps) > 0 || summary.Dump != nil {
			t.Errorf("%s: a dump all the same", tt.statement)
		}
	}
	s := newSource(t, shop...)
	if _, err := s.deliver(bucket.NewMemory(), produce.FromOptions{Tables: []string{"nothing"}}); err == nil || !strings.Contains(err.Error(), `no table "nothing"`) {
		t.Error(err)
	}
	if _, err := s.deliver(bucket.NewMemory(), produce.FromOptions{State: s.path}); err == nil {
		t.Error("the database is its own state")
	}
}

// What ids and other types become.
func TestFromTypes(t *testing.T) {
	t.Parallel()
	s := newSource(t, `CREATE TABLE users AS SELECT '-9223372036854775808' AS user_id, 18446744073709551615::UBIGINT AS big, 1.50::DECIMAL(9, 2) AS amount,
		TIMESTAMPTZ '2026-01-01 00:00:00+02' AS at, true AS yes, '\xFFa'::BLOB AS bytes, [1, NULL] AS list, NULL::DATE AS day`)
	b := bucket.NewMemory()
	s.mustDeliver(b, produce.FromOptions{})
	want := map[string]any{"user_id": int64(-1 << 63), "big": "18446744073709551615", "amount": "1.50",
		"at": "2025-12-31 22:00:00+00", "yes": "true", "bytes": `\xFFa`, "list": "[1, NULL]", "day": nil}
	if got := read(t, b, "")[0].rows("users"); len(got) != 1 || !reflect.DeepEqual(got[0], want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// Parts are cut where they should be, however many rows are read at once, and hold each row once.
func TestFromParts(t *testing.T) {
	t.Parallel()
	s := newSource(t, "CREATE TABLE users AS SELECT range AS user_id, repeat('x', range % 50) AS name FROM range(20000)")
	b := bucket.NewMemory()
	summary := s.mustDeliver(b, produce.FromOptions{Write: produce.Options{PartRows: 9000, Layout: feed.Plain, Codec: "deflate"}})
	if got := summary.Dump.Tables[0]; got.Parts != 3 || got.Rows != 20000 {
		t.Errorf("%+v", got)
	}
	var sizes []int
	seen := map[int64]bool{}
	for _, part := range read(t, b, "")[0].parts["users"] {
		sizes = append(sizes, len(part))
		for _, row := range part {
			id := row["user_id"].(int64)
			if seen[id] || row["name"] != strings.Repeat("x", int(id%50)) {
				t.Fatalf("row %v", row)
			}
			seen[id] = true
		}
	}
	if !slices.Equal(sizes, []int{9000, 9000, 2000}) || len(seen) != 20000 {
		t.Errorf("parts of %v rows, %d ids", sizes, len(seen))
	}
}

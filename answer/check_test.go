package answer_test

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"smew/answer"
	"smew/duck"
)

// writeKey writes a key of three dumps, the second of them refused and the third of it arriving
// late, and returns its directory.
func writeKey(t *testing.T) string {
	t.Helper()
	f := newHandFeed(t).
		dump(1,
			inc("users", "=", "user_id|email|plan\n1|a@x|''\n2|b@x|-\n3|c@x|gold"),
			inc("clicks", "=", "event_id|user_id|time|href\n10|1|t1|/\n11|2|t2|/a\n12|3|t3|-"),
			inc("_event_metadata", "=", "name|note\nclick|x\nclick|x\nview|-"),
			full("user_migrations", "=", "from_user_id|to_user_id\n3|2"))
	refused := handDump(t, 2, inc("carts", "=", "event_id|user_id\n1|1"))
	refused.Refused = true
	f.key.Add(refused)
	f.key.Fault(answer.Fault{Name: "torn-manifest", DumpID: 2, Object: "manifests/sync_2.json", Must: "load nothing of it"})
	f.dump(3, inc("clicks", "=", "event_id|user_id|time|href\n10|1|t1|/new"), inc("orders", "=", "event_id|user_id|time\n20|1|t9"))
	dir := filepath.Join(t.TempDir(), "key")
	if err := f.key.Write(context.Background(), dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

// right is what a right consumer holds of writeKey's feed, in names of its own case.
var right = []string{
	`CREATE TABLE Users (user_id BIGINT, email VARCHAR, plan VARCHAR)`,
	`INSERT INTO users VALUES (1, 'a@x', ''), (2, 'c@x', 'gold')`,
	`CREATE TABLE clicks (href VARCHAR, event_id BIGINT, user_id BIGINT, TIME VARCHAR)`,
	`INSERT INTO clicks VALUES ('/new', 10, 1, 't1'), ('/a', 11, 2, 't2'), (NULL, 12, 2, 't3')`,
	`CREATE TABLE _event_metadata (name VARCHAR, note VARCHAR)`,
	`INSERT INTO _event_metadata VALUES ('click', 'x'), ('view', NULL), ('click', 'x')`,
	`CREATE TABLE user_migrations (from_user_id BIGINT, to_user_id BIGINT)`,
	`INSERT INTO user_migrations VALUES (3, 2)`,
	`CREATE TABLE orders (event_id BIGINT, user_id BIGINT, time VARCHAR)`,
	`INSERT INTO orders VALUES (20, 1, 't9')`,
	`CREATE VIEW all_events AS
		SELECT 'clicks' AS event_table_name, event_id, user_id, NULL::BIGINT AS session_id, time FROM clicks
		UNION ALL SELECT 'orders', event_id, user_id, NULL, time FROM orders`,
}

// database makes a database of the right consumer's statements and then others.
func database(t *testing.T, statements ...string) string {
	t.Helper()
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "consumer.duckdb")
	db, err := duck.Open(ctx, path, duck.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.Update(ctx, func(tx *duck.Tx) error {
		for _, s := range append(append([]string{}, right...), statements...) {
			if _, err := tx.Exec(ctx, s); err != nil {
				return errors.Join(errors.New(s), err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// TestCheckFinds plants differences and holds, for each table that is then said to differ, what is
// said of it.
func TestCheckFinds(t *testing.T) {
	dir := writeKey(t)
	tests := []struct {
		name    string
		options answer.Options
		plant   []string
		want    map[string]string // by table: its report without what is empty, as JSON; none: all agree
	}{
		{"nothing", answer.Options{}, nil, nil},
		{"a row is missing", answer.Options{}, []string{`DELETE FROM orders`}, map[string]string{
			"orders":     `{"got":0,"missing":1,"missing_rows":[{"row":{"event_id":20,"user_id":1,"time":"t9"},"times":1}]}`,
			"all_events": `{"got":3,"missing":1,"missing_rows":[{"row":{"event_table_name":"orders","event_id":20,"user_id":1,"session_id":null,"time":"t9"},"times":1}]}`}},
		{"a row is doubled", answer.Options{}, []string{`INSERT INTO users FROM users WHERE user_id = 1`}, map[string]string{
			"users": `{"got":3,"extra":1,"extra_rows":[{"row":{"user_id":1,"email":"a@x","plan":""},"times":1}]}`}},
		{"a row of a table without key is too few times, another one too often", answer.Options{},
			[]string{`DELETE FROM _event_metadata WHERE name = 'click'`, `INSERT INTO _event_metadata VALUES ('click', 'x'), ('n', NULL), ('n', NULL)`},
			map[string]string{"_event_metadata": `{"got":4,"missing":1,"extra":2,"missing_rows":[{"row":{"name":"click","note":"x"},"times":1}],"extra_rows":[{"row":{"name":"n","note":null},"times":2}]}`}},
		{"a value is another one", answer.Options{}, []string{`UPDATE clicks SET href = '/' WHERE event_id IN (10, 12)`}, map[string]string{
			"clicks": `{"got":3,"differing":2,"differing_columns":[{"column":"href","rows":2}],"differing_rows":[` +
				`{"key":{"event_id":10,"user_id":1},"columns":[{"column":"href","wanted":"/new","got":"/"}],"times":1},` +
				`{"key":{"event_id":12,"user_id":2},"columns":[{"column":"href","wanted":null,"got":"/"}],"times":1}]}`}},
		{"'' is NULL", answer.Options{}, []string{`UPDATE users SET plan = NULL WHERE plan = ''`}, map[string]string{
			"users": `{"got":2,"differing":1,"differing_columns":[{"column":"plan","rows":1}],"differing_rows":[{"key":{"user_id":1},"columns":[{"column":"plan","wanted":"","got":null}],"times":1}]}`}},
		{"an identity is not resolved", answer.Options{Skip: []string{"ALL_EVENTS"}}, []string{`UPDATE clicks SET user_id = 3 WHERE event_id = 12`}, map[string]string{
			"clicks": `{"got":3,"differing":1,"differing_columns":[{"column":"user_id","rows":1}],"differing_rows":[{"key":{"event_id":12,"user_id":2},"columns":[{"column":"user_id","wanted":2,"got":3}],"times":1}]}`}},
		{"a table is missing", answer.Options{}, []string{`DROP TABLE user_migrations`}, map[string]string{
			"user_migrations": `{"verdict":"missing","in":"","got":0,"missing":1}`}},
		{"columns are missing, the key among them", answer.Options{}, []string{`ALTER TABLE users DROP plan`, `ALTER TABLE _event_metadata RENAME note TO remark`}, map[string]string{
			"users":           `{"got":2,"missing_columns":["plan"]}`,
			"_event_metadata": `{"got":3,"missing_columns":["note"],"extra_columns":["remark"]}`}},
		{"no column is there", answer.Options{}, []string{`DROP TABLE users`, `CREATE TABLE users AS SELECT 1 AS x FROM range(5)`}, map[string]string{
			"users": `{"got":5,"extra":3,"missing_columns":["user_id","email","plan"],"extra_columns":["x"]}`}},
		{"ids of other types that hold the same numbers", answer.Options{},
			[]string{`ALTER TABLE users ALTER user_id TYPE HUGEINT`, `ALTER TABLE user_migrations ALTER to_user_id TYPE VARCHAR`, `ALTER TABLE user_migrations ALTER from_user_id TYPE DOUBLE`}, nil},
		{"ids that are none, or only nearly", answer.Options{},
			[]string{`ALTER TABLE users ALTER user_id TYPE VARCHAR`, `UPDATE users SET user_id = 'u1' WHERE user_id = '1'`, `ALTER TABLE user_migrations ALTER to_user_id TYPE DOUBLE`, `UPDATE user_migrations SET to_user_id = 1.5`},
			map[string]string{
				"users":           `{"got":2,"missing":1,"extra":1,"missing_rows":[{"row":{"user_id":1,"email":"a@x","plan":""},"times":1}],"extra_rows":[{"row":{"user_id":"u1","email":"a@x","plan":""},"times":1}]}`,
				"user_migrations": `{"got":1,"missing":1,"extra":1,"missing_rows":[{"row":{"from_user_id":3,"to_user_id":2},"times":1}],"extra_rows":[{"row":{"from_user_id":3,"to_user_id":"1.5"},"times":1}]}`}},
		{"ids of other types that are whole, however they are written", answer.Options{},
			[]string{`ALTER TABLE users ALTER user_id TYPE DECIMAL(38,10)`, `ALTER TABLE user_migrations ALTER to_user_id TYPE VARCHAR`,
				`UPDATE user_migrations SET to_user_id = ' +0002.000 '`, `ALTER TABLE user_migrations ALTER from_user_id TYPE VARCHAR`, `UPDATE user_migrations SET from_user_id = '3e+00'`}, nil},
		{"ids that a cast rounds", answer.Options{},
			[]string{`ALTER TABLE users ALTER user_id TYPE DECIMAL(38,10)`, `UPDATE users SET user_id = 1.0000004 WHERE user_id = 1`,
				`ALTER TABLE user_migrations ALTER to_user_id TYPE VARCHAR`, `UPDATE user_migrations SET to_user_id = '002.0000004 '`},
			map[string]string{
				"users":           `{"got":2,"missing":1,"extra":1,"missing_rows":[{"row":{"user_id":1,"email":"a@x","plan":""},"times":1}],"extra_rows":[{"row":{"user_id":"1.0000004000","email":"a@x","plan":""},"times":1}]}`,
				"user_migrations": `{"got":1,"missing":1,"extra":1,"missing_rows":[{"row":{"from_user_id":3,"to_user_id":2},"times":1}],"extra_rows":[{"row":{"from_user_id":3,"to_user_id":"002.0000004 "},"times":1}]}`}},
		{"a collation hides nothing", answer.Options{},
			[]string{`DROP TABLE users`, `CREATE TABLE users (user_id BIGINT, email VARCHAR COLLATE NOCASE, plan VARCHAR)`, `INSERT INTO users VALUES (1, 'A@X', ''), (2, 'c@x', 'gold')`},
			map[string]string{"users": `{"got":2,"differing":1,"differing_columns":[{"column":"email","rows":1}],"differing_rows":[{"key":{"user_id":1},"columns":[{"column":"email","wanted":"a@x","got":"A@X"}],"times":1}]}`}},
		{"columns of the consumer's own", answer.Options{IgnoreColumns: []string{"_SDC_*"}}, []string{`ALTER TABLE users ADD _sdc_batched_at TIMESTAMP`, `ALTER TABLE users ADD other INT`},
			map[string]string{"users": `{"got":2,"extra_columns":["other"]}`}},
		{"other names, in another schema", answer.Options{Schema: "HEAP", Skip: []string{"all_events", "clicks", "_event_metadata", "user_migrations", "orders"},
			Map: map[string]string{"users": "heap_users", "Users.Plan": "tier"}},
			[]string{`CREATE SCHEMA heap`, `CREATE TABLE heap.heap_users AS SELECT user_id, email, plan AS tier FROM users`, `INSERT INTO heap.heap_users VALUES (4, NULL, 'x')`},
			map[string]string{"users": `{"in":"heap_users","got":3,"extra":1,"extra_rows":[{"row":{"user_id":4,"email":null,"plan":"x"},"times":1}]}`}},
		{"a schema called like the file", answer.Options{Schema: "consumer", Skip: []string{"all_events", "clicks", "_event_metadata", "user_migrations", "orders"}},
			[]string{`CREATE SCHEMA consumer`, `CREATE TABLE consumer.consumer.users AS FROM consumer.main.users`}, nil},
		{"a table of a dump that may not be loaded", answer.Options{}, []string{`CREATE TABLE Carts AS SELECT 1 AS event_id, 1 AS user_id`, `CREATE TABLE notes (x INT)`},
			map[string]string{"Carts": `{"in":"Carts","verdict":"unwanted","wanted":0,"got":1,"extra":1}`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := check(t, dir, database(t, test.plant...), test.options)
			if r.Agrees != (test.want == nil) {
				t.Errorf("agrees: %v", r.Agrees)
			}
			for _, table := range r.Tables {
				want, planted := test.want[table.Table]
				if !planted {
					if table.Verdict != answer.Agrees || table.Got != table.Wanted {
						t.Errorf("table %s: %s", table.Table, brief(t, table))
					}
					continue
				}
				if got := brief(t, table); got != normal(t, want, table) {
					t.Errorf("table %s:\n got %s\nwant %s", table.Table, got, normal(t, want, table))
				}
				delete(test.want, table.Table)
			}
			for table := range test.want {
				t.Errorf("nothing is said of table %s", table)
			}
		})
	}
}

// brief is the report as JSON, without what is empty or the same in all.
func brief(t *testing.T, r answer.TableReport) string {
	t.Helper()
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	if err := json.Unmarshal(text, &fields); err != nil {
		t.Fatal(err)
	}
	return dropEmpty(t, fields)
}

func dropEmpty(t *testing.T, fields map[string]any) string {
	for name, v := range fields {
		list, isList := v.([]any)
		if v == nil || v == 0.0 && name != "got" || isList && len(list) == 0 {
			delete(fields, name)
		}
	}
	text, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// normal adds to what is wanted of a report what most have in common.
func normal(t *testing.T, want string, r answer.TableReport) string {
	t.Helper()
	fields := map[string]any{"table": r.Table, "in": r.Table, "verdict": "differs", "wanted": r.Wanted}
	if strings.EqualFold(r.Table, "users") {
		fields["in"] = r.In
	}
	if err := json.Unmarshal([]byte(want), &fields); err != nil {
		t.Fatal(err)
	}
	return dropEmpty(t, fields)
}

// TestCheckAfter: an earlier state, before the last dump had appeared.
func TestCheckAfter(t *testing.T) {
	dir, path := writeKey(t), database(t)
	first, second, none := int64(1), int64(2), int64(4)
	for _, after := range []*int64{&first, &second} {
		r := check(t, dir, path, answer.Options{After: after})
		said := map[string]answer.Verdict{}
		for _, table := range r.Tables {
			said[table.Table] = table.Verdict
		}
		if said["clicks"] != answer.Differs || said["orders"] != answer.Unwanted || said["users"] != answer.Agrees {
			t.Errorf("after dump %d: %v", *after, said)
		}
	}
	// A table that is not to be judged is not, whatever it is called, also where a right consumer does not have it yet.
	renamed := database(t, "ALTER TABLE orders RENAME TO shop_orders")
	r := check(t, dir, renamed, answer.Options{After: &first, Map: map[string]string{"orders": "shop_orders"}, Skip: []string{"Orders", "all_events"}})
	for _, table := range r.Tables {
		if strings.Contains(table.Table, "orders") {
			t.Errorf("orders are judged: %+v", table)
		}
	}
	if r := check(t, dir, path, answer.Options{}); len(r.Faults) != 1 || r.Faults[0].DumpID != 2 || r.Feed != "by hand" {
		t.Errorf("the feed and its faults: %+v", r)
	}
	var state *answer.StateError
	if _, err := tryCheck(dir, path, answer.Options{After: &none}); !errors.As(err, &state) {
		t.Errorf("after a dump that is not there: %v", err)
	}
}

func TestCheckWrongQuestions(t *testing.T) {
	dir, path := writeKey(t), database(t)
	var name *answer.NameError
	for _, o := range []answer.Options{
		{Map: map[string]string{"usres": "x"}}, {Map: map[string]string{"users.mail": "x"}},
		{Skip: []string{"usres"}}, {IgnoreColumns: []string{"[a"}},
	} {
		if _, err := tryCheck(dir, path, o); !errors.As(err, &name) {
			t.Errorf("%+v: %v", o, err)
		}
	}
	var noKey *answer.DirError
	if _, err := tryCheck(t.TempDir(), path, answer.Options{}); !errors.As(err, &noKey) {
		t.Errorf("a directory without a key: %v", err)
	}
}

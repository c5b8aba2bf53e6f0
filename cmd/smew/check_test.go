package main

import (
	"context"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"smew/answer"
	"smew/duck"
)

// answerKey writes an answer key: answer DIR. Dump 1 has users, one of whom is another one, and a
// click; dump 2 cannot be loaded.
func answerKey(ts *testscript.TestScript, neg bool, args []string) {
	key := &answer.Key{Feed: "a shop"}
	key.Add(answer.Dump{ID: 1, Tables: []answer.Table{
		{Name: "users", Parts: []answer.Part{{Columns: []string{"user_id", "email", "plan"},
			Rows: answerRows{{int64(1), "a@x", ""}, {int64(2), "b@x", nil}, {int64(3), "c@x", "gold"}}}}},
		{Name: "clicks", Parts: []answer.Part{{Columns: []string{"event_id", "user_id", "time"},
			Rows: answerRows{{int64(10), int64(3), "t1"}}}}},
		{Name: "user_migrations", Full: true, Parts: []answer.Part{{Columns: []string{"from_user_id", "to_user_id"},
			Rows: answerRows{{int64(3), int64(2)}}}}},
	}})
	key.Add(answer.Dump{ID: 2, Tables: []answer.Table{{Name: "carts", Parts: []answer.Part{{Broken: true}}}}})
	key.Fault(answer.Fault{Name: "truncated-part", DumpID: 2, Object: "sync_2/carts/part-00000.avro", Must: "load nothing of dump 2, and tell"})
	ts.Check(key.Write(context.Background(), ts.MkAbs(args[0])))
}

type answerRows [][]any

func (r answerRows) Len() int                  { return len(r) }
func (r answerRows) Value(row, column int) any { return r[row][column] }

// runSQL runs the statements of a file, parted by semicolons, on a database: sql DB FILE.
func runSQL(ts *testscript.TestScript, neg bool, args []string) {
	ctx := context.Background()
	db, err := duck.Open(ctx, ts.MkAbs(args[0]), duck.Options{})
	ts.Check(err)
	defer db.Close()
	for statement := range strings.SplitSeq(strings.TrimSpace(ts.ReadFile(args[1])), ";\n") {
		ts.Check(db.Update(ctx, func(tx *duck.Tx) error {
			_, err := tx.Exec(ctx, statement)
			return err
		}))
	}
}

package answer_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"smew/answer"
	"smew/duck"
)

// rows are those of one part.
type rows [][]any

func (r rows) Len() int                  { return len(r) }
func (r rows) Value(row, column int) any { return r[row][column] }

// The writer of a feed tells a key what each dump holds. The key works out what a right consumer shows, and judges one that
// kept the record of dump 852 though that of 853 is newer.
func ExampleCheck() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)

	key := &answer.Key{Feed: "two days of one person"}
	for i, email := range []string{"old@example.com", "new@example.com"} {
		columns := []string{"user_id", "email"}
		part := answer.Part{Columns: columns, Rows: rows{{int64(17), email}}}
		key.Add(answer.Dump{ID: int64(852 + i), Tables: []answer.Table{{Name: "users", Columns: columns, Parts: []answer.Part{part}}}})
	}
	keyDir := filepath.Join(dir, "key")
	if err := key.Write(ctx, keyDir); err != nil {
		fmt.Println(err)
		return
	}

	db, err := duck.Open(ctx, "", duck.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()
	const theirs = "CREATE TABLE users AS FROM (VALUES (17::BIGINT, NULL, NULL, NULL, NULL, 'old@example.com')) t (user_id, joindate, last_modified, identity, handle, email)"
	if err := db.Update(ctx, func(tx *duck.Tx) error { _, err := tx.Exec(ctx, theirs); return err }); err != nil {
		fmt.Println(err)
		return
	}
	report, err := answer.Check(ctx, keyDir, db, answer.Options{Skip: []string{"all_events"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, t := range report.Tables {
		fmt.Println(t.Table, t.Verdict, t.Differing, t.DifferingColumns)
	}
	// Output:
	// users differs 1 [{email 1}]
}

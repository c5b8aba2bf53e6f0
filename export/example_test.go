package export_test

import (
	"context"
	"fmt"
	"io"
	"time"

	"smew/bucket"
	"smew/duck"
	"smew/export"
)

// A sync in mode diff: the first run sends everything as added, the second what has changed since.
func ExampleSend() {
	ctx := context.Background()
	db, err := duck.Open(ctx, "", duck.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()
	to := bucket.NewMemory()
	job := export.Job{
		Model: export.Model{ID: "people", SQL: "SELECT * FROM people", PrimaryKey: []string{"user_id"}},
		Sync:  export.Sync{ID: "crm", Model: "people", To: "s3://my-bucket", File: "{mode}.csv", Mode: export.Diff},
	}
	options := export.Options{
		Now:  func() time.Time { return time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC) },
		Open: func(context.Context, string, export.S3) (bucket.Bucket, string, error) { return to, "", nil },
	}
	for _, change := range []string{
		"CREATE SCHEMA smew; CREATE TABLE people AS FROM (VALUES (1, 'ada'), (2, 'bob')) t (user_id, name)",
		"UPDATE people SET name = 'bea' WHERE user_id = 2",
	} {
		if err := db.Update(ctx, func(tx *duck.Tx) error { _, err := tx.Exec(ctx, change); return err }); err != nil {
			fmt.Println(err)
			return
		}
		run, err := export.Send(ctx, db, job, options)
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, file := range run.Files {
			o, _ := bucket.Stat(ctx, to, file.Key)
			r, err := to.Open(ctx, o)
			if err != nil {
				fmt.Println(err)
				return
			}
			text, _ := io.ReadAll(r)
			fmt.Printf("run %d, %s: %q\n", run.ID, file.Key, text)
		}
	}
	// Output:
	// run 1, added.csv: "user_id,name\n1,ada\n2,bob\n"
	// run 2, changed.csv: "user_id,name\n2,bea\n"
}

package loader_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"smew/bucket"
	"smew/duck"
	"smew/loader"
	"smew/plan"
	"smew/produce"
)

// A feed of two days is loaded; the second look finds nothing new. Then the database tells what it holds.
func ExampleRun() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	b := bucket.NewMemory()
	if _, err := produce.Feed(ctx, b, produce.Options{Dumps: 2, Users: 20, Events: 50, Bucket: "csq-rs3-shop"}); err != nil {
		fmt.Println(err)
		return
	}
	feed := loader.Feed{Name: "s3://csq-rs3-shop", Bucket: b, Source: plan.Source{Bucket: "csq-rs3-shop"}}
	config := loader.Config{DB: filepath.Join(dir, "shop.duckdb")}
	for range 2 {
		summary, err := loader.Run(ctx, feed, config)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(len(summary.Loaded), "loaded,", len(summary.Failed), "failed,", summary.Before, "before")
	}

	db, err := duck.Open(ctx, config.DB, duck.Options{ReadOnly: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()
	err = db.View(ctx, func(tx *duck.Tx) error {
		status, err := loader.ReadStatus(ctx, tx)
		fmt.Println(status.Feed, status.Dumps, status.LastDump.DumpID)
		return err
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// 2 loaded, 0 failed, 0 before
	// 0 loaded, 0 failed, 2 before
	// s3://csq-rs3-shop 2 853
}

// Command load brings what is new of a feed into a DuckDB file. The feed is a directory or s3://bucket/prefix.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"smew/bucket"
	"smew/loader"
	"smew/plan"
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) != 2 {
		return errors.New("usage: load FEED DATABASE")
	}
	place, err := bucket.ParseLocation(args[0])
	if err != nil {
		return err
	}
	from, err := bucket.Open(ctx, place, bucket.S3Config{})
	if err != nil {
		return err
	}
	feed := loader.Feed{Name: place.String(), Bucket: from, Prefix: place.Prefix, Source: plan.Source{Bucket: place.Bucket}}
	summary, err := loader.Run(ctx, feed, loader.Config{DB: args[1]})
	if err != nil {
		return err
	}
	for _, dump := range summary.Loaded {
		fmt.Printf("dump %d: %d tables\n", dump.DumpID, len(dump.Tables))
	}
	for _, failure := range summary.Failed { // they hold up no other, and the next run tries them again
		fmt.Printf("not loaded: %s: %s\n", failure.Key, failure.Reason)
	}
	return nil
}

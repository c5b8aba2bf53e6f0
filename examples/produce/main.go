// Command produce writes a feed of three days into a directory, and what a right consumer holds of it into another.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"smew/answer"
	"smew/bucket"
	"smew/produce"
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "produce:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) != 2 {
		return errors.New("usage: produce FEED KEY")
	}
	if err := os.MkdirAll(args[0], 0o755); err != nil {
		return err
	}
	to, err := bucket.OpenDir(args[0])
	if err != nil {
		return err
	}
	key := &answer.Key{Feed: args[0]}
	summary, err := produce.Feed(ctx, to, produce.Options{Dumps: 3, Users: 50, Events: 200, Answer: key})
	if err != nil {
		return err
	}
	for _, dump := range summary.Dumps {
		fmt.Printf("dump %d: %d tables\n", dump.DumpID, len(dump.Tables))
	}
	return key.Write(ctx, args[1])
}

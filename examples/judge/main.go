// Command judge holds a database, whoever filled it, against the answer key of a feed, and tells where they differ.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"smew/answer"
	"smew/duck"
)

func main() {
	agrees, err := run(context.Background(), os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "judge:", err)
	}
	if err != nil || !agrees {
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) (agrees bool, err error) {
	if len(args) != 2 {
		return false, errors.New("usage: judge KEY DATABASE")
	}
	db, err := duck.Open(ctx, args[1], duck.Options{ReadOnly: true})
	if err != nil {
		return false, err
	}
	defer db.Close()
	report, err := answer.Check(ctx, args[0], db, answer.Options{})
	if err != nil {
		return false, err
	}
	for _, table := range report.Tables {
		fmt.Printf("%-18s %s: %d missing, %d extra, %d differing of %d rows\n",
			table.Table, table.Verdict, table.Missing, table.Extra, table.Differing, table.Wanted)
	}
	return report.Agrees, nil
}

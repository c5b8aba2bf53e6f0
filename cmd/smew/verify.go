package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"smew/duck"
	"smew/loader"
	"smew/verify"
)

// verifying is what the flags of verify say.
type verifying struct {
	load
	options verify.Options
}

// verifyResult is what verify --json prints.
type verifyResult struct {
	Database string `json:"database"`
	verify.Report
}

func (a *app) verifyCmd() *cobra.Command {
	var v verifying
	cmd := &cobra.Command{
		Use:   "verify FEED --db FILE",
		Short: "Audit a database: against its ledger, its feed and the rules",
		Long: `Audit a database, which is opened for reading only:

  - the ledger against the bucket: manifests and parts that are gone or changed
  - the tables against the ledger: of the rows each dump brought, how many are held,
    and how many gave way to what
  - the data against the rules: one row a key, identities resolved anew, users
    merged anew, views as they should be

Each difference is named with table, dump, part and an example. Parts in dumps'
folders that no manifest lists are told of and do not count.

With --deep the parts are read again and every row is held against its part.

Exit code 0: all holds, 1: it does not, 3: what is loaded is right, and some of the
feed is not in the database yet.`,
		Example: examples("smew verify s3://my-bucket/data-connect --db shop.duckdb",
			"smew verify ./feed --db shop.duckdb --deep --json",
			"smew verify ./feed --db shop.duckdb --table users --table sessions"),
		Args: arguments(0, "FEED"),
		RunE: func(cmd *cobra.Command, args []string) error {
			report, err := a.verify(cmd, &v, args[0])
			if err != nil {
				return err
			}
			if a.json {
				err = a.printJSON(verifyResult{v.path, report})
			} else {
				a.printAudit(report, v.options.Deep)
			}
			if err != nil {
				return err
			}
			return audited(v.path, "smew load", report)
		},
	}
	flags := cmd.Flags()
	v.flags(flags)
	flags.BoolVar(&v.options.Deep, "deep", false, "read the parts again and hold every row against them")
	flags.StringArrayVar(&v.options.Tables, "table", nil, "look at this `table` only, by its delivered name (repeatable)")
	onlyInCalls(flags, "table")
	return cmd
}

// verify audits the database that the flags name.
func (a *app) verify(cmd *cobra.Command, v *verifying, name string) (verify.Report, error) {
	ctx := cmd.Context()
	feed, config, err := v.config(ctx, name, a.waiting)
	if err != nil {
		return verify.Report{}, err
	}
	if err := v.there(); err != nil {
		return verify.Report{}, err
	}
	v.options.Stage = config.Stage
	config.Duck.ReadOnly, config.Duck.AtMost = true, checkMemory
	db, err := duck.Open(ctx, v.path, config.Duck)
	if err != nil {
		return verify.Report{}, err
	}
	err = db.View(ctx, func(tx *duck.Tx) error { return loader.Audits(ctx, tx, feed.Name, v.otherFeed) })
	if err != nil {
		return verify.Report{}, errors.Join(err, db.Close())
	}
	report, err := verify.Run(ctx, db, verify.Feed{Bucket: feed.Bucket, Prefix: feed.Prefix, Source: feed.Source}, v.options)
	var table *verify.TableError
	if errors.As(err, &table) {
		err = &usageError{table.Error(), "smew status --db " + v.path + " lists them"}
	}
	return report, errors.Join(err, db.Close())
}

// audited is the error of a database in which not all holds, or that lacks some of the feed, which a command would load.
func audited(path, load string, r verify.Report) error {
	if n := len(r.Differences); n > 0 {
		return fmt.Errorf("%s: %s", path, count(n, "difference"))
	}
	if n := len(r.NotLoaded); n > 0 {
		return &incompleteError{fmt.Sprintf("%s: what is loaded is right; %s not reflected", path, counted(n, "manifest is", "manifests are")),
			load + " takes in what can be loaded, and says what is wrong with the rest"}
	}
	return nil
}

func (a *app) printAudit(r verify.Report, deep bool) {
	for _, list := range []struct {
		title string
		found []verify.Difference
	}{{"", r.Differences}, {"not in the database:", r.NotLoaded}, {"of no consequence:", r.Notes}} {
		if len(list.found) > 0 && list.title != "" {
			fmt.Fprintln(a.stdout, list.title)
		}
		for _, d := range list.found {
			fmt.Fprintf(a.stdout, "%s: %s\n", d.Check, printable(d.String()))
		}
		if len(list.found) > 0 {
			fmt.Fprintln(a.stdout)
		}
	}
	read := ""
	if deep {
		read = fmt.Sprintf(", %s of parts read again", number(r.Read)+" rows")
	}
	verdict := "all holds"
	if !r.Agrees {
		verdict = count(len(r.Differences), "difference")
	}
	fmt.Fprintf(a.stdout, "%s, %s, %s with %s%s: %s\n", count(r.Dumps, "dump"), count(r.Parts, "part"),
		count(r.Tables, "table"), count(r.Rows, "row"), read, verdict)
}

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"smew/bucket"
	"smew/duck"
	"smew/export"
)

// exportMemory is DuckDB's limit for exports; what does not fit goes beside the database.
const exportMemory = 640 << 20

// shipping is what the flags of all exports say.
type shipping struct {
	database
	source
	dry bool
}

func (s *shipping) flags(flags *pflag.FlagSet) {
	s.database.flags(flags)
	flags.Lookup("memory").Usage = "DuckDB's memory limit, a `size` such as 2GB (default: 640MB; what does not fit goes beside the database)"
	s.s3Flags(flags)
	s.writeFlags(flags)
	flags.BoolVar(&s.dry, "dry-run", false, "say which files there would be, and write none")
	onlyInCalls(flags, "dry-run")
}

// options of a run.
func (s *shipping) options(full bool) export.Options {
	return export.Options{Full: full, Now: time.Now, Open: s.open}
}

// open opens where files go. A directory that is not there is made.
func (s *shipping) open(ctx context.Context, to string, own export.S3) (bucket.Bucket, string, error) {
	at, err := bucket.ParseLocation(to)
	if err != nil {
		return nil, "", &usageError{err.Error(), ""}
	}
	if at.Dir != "" {
		if err := os.MkdirAll(at.Dir, 0o755); err != nil {
			return nil, "", fmt.Errorf("make directory: %w", err)
		}
	}
	b, err := bucket.Open(ctx, at, own.Over(s.s3))
	return b, at.Prefix, err
}

// with runs fn on the database.
func (s *shipping) with(ctx context.Context, a *app, readOnly bool, fn func(*duck.DB) error) error {
	o, err := s.database.options(a.waiting)
	if err != nil {
		return err
	}
	if err := s.there(); err != nil {
		return err
	}
	o.ReadOnly, o.AtMost = readOnly, exportMemory
	db, err := duck.Open(ctx, s.path, o)
	if err != nil {
		return err
	}
	return errors.Join(fn(db), db.Close())
}

func (a *app) exportCmd() *cobra.Command {
	var s shipping
	var j export.Job
	var noHeader bool
	cmd := &cobra.Command{
		Use:   "export --db FILE --query SQL --to PLACE",
		Short: "Ship the results of queries to a bucket or a directory",
		Long: `Ship the result of a query to a bucket or a directory, as CSV, JSON or Parquet.

With --query and --to it is a single export of all rows, of which nothing is
remembered. Models and syncs in a configuration file are run by smew export run:
they can also send only what is new, or what was added, changed and removed
since the last run (docs/export.md).

Names of files may have variables, in UTC: {YYYY} {YY} {MM} {DD} {HH} {mm} {ss}
{ms} {X} {x} (Unix seconds and milliseconds) {part} {hash} {mode} {model.id}
{model.name} {sync.id} {sync.run.id}.`,
		Example: examples(
			`smew export --db shop.duckdb --query "FROM users" --to s3://my-bucket/reports --file "{YYYY}-{MM}-{DD}/users.csv"`,
			`smew export --db shop.duckdb --query "FROM all_events" --to out --format parquet --batch-rows 1000000`,
			"smew export run --config smew.yaml --db shop.duckdb people-to-crm",
			"smew export list --config smew.yaml --db shop.duckdb"),
		Args: onlyCommands,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if j.Model.SQL == "" && j.Sync.To == "" {
				return cmd.Help()
			}
			if noHeader {
				no := false
				j.Sync.CSV.Header = &no
			}
			return a.explained(cmd, a.exportOnce(cmd.Context(), &s, j))
		},
	}
	s.flags(cmd.Flags())
	onceFlags(cmd.Flags(), &j, &noHeader)
	cmd.AddCommand(a.exportRunCmd(), a.exportResetCmd(), a.exportListCmd(), a.exportLogCmd())
	for _, sub := range cmd.Commands() {
		sub.DisableFlagsInUseLine = true
	}
	return cmd
}

// onceFlags are a sync as flags. They are of a call only: a configuration has syncs.
func onceFlags(all *pflag.FlagSet, j *export.Job, noHeader *bool) {
	j.Model.ID, j.Sync.ID = "query", "export"
	s, flags := &j.Sync, pflag.NewFlagSet("", pflag.ContinueOnError)
	flags.StringVar(&j.Model.SQL, "query", "", "the `SQL` of the rows; - reads it from stdin")
	flags.StringVar(&s.To, "to", "", "the `place`: a directory or s3://bucket/prefix")
	flags.StringVar(&s.File, "file", "", "`name` of the file below it (default: export-{YYYY}{MM}{DD}T{HH}{mm}{ss}Z and the format)")
	flags.Int64Var(&s.Offset, "offset", 0, "`seconds` that are added to the times in names")
	flags.StringVar((*string)(&s.Format), "format", "csv", "`format`: csv, json, jsonl or parquet")
	flags.StringVar(&s.CSV.Delimiter, "delimiter", "", "CSV's `delimiter`: one of , ; | ~ and tab (default: ,)")
	flags.BoolVar(noHeader, "no-header", false, "leave out CSV's header")
	flags.BoolVar(&s.CSV.BOM, "bom", false, "begin CSV with a byte order mark")
	flags.StringVar(&s.CSV.Quote, "quote", "", "`what` CSV quotes: needed, text or all (default: needed)")
	flags.StringVar(&s.CSV.Null, "null", "", "`text` that stands for NULL in CSV (default: nothing; '' is \"\")")
	flags.StringVar(&s.CSV.LineEnd, "line-end", "", "CSV's line `end`: lf or crlf (default: lf)")
	flags.StringVar(&s.Compression, "compression", "", "`compression`: gzip or zstd (default: none); of Parquet see --parquet-compression")
	flags.StringArrayVar(&s.Encrypt, "encrypt", nil, "encrypt files for this age `recipient`, age1… (repeatable)")
	flags.StringVar(&s.Parquet.Compression, "parquet-compression", "", "Parquet's `compression`: snappy, zstd, gzip, brotli, lz4_raw or uncompressed (default: snappy)")
	flags.Int64Var(&s.Parquet.RowGroup, "row-group", 0, "`rows` of Parquet's row groups (default: 122880)")
	flags.Int64Var(&s.Batch.Rows, "batch-rows", 0, "begin another file after so many `rows`")
	flags.Int64Var(&s.Batch.Bytes, "batch-bytes", 0, "begin another file before one gets larger than so many `bytes`, not compressed")
	flags.StringVar(&s.Empty, "empty", "", "what becomes of files without rows: `skip` or write (default: skip)")
	flags.BoolVar(&s.Manifest, "manifest", false, "write _manifest.json when all files are whole")
	flags.BoolVar(&s.IfAbsent, "if-absent", false, "overwrite nothing")
	flags.Int64Var(&s.S3.PartSize, "part-size", 0, "`bytes` of a part of an upload to S3: there are at most 10,000 (default: 8388608)")
	flags.VisitAll(func(f *pflag.Flag) {
		all.AddFlag(f)
		onlyInCalls(all, f.Name)
	})
}

// exportOnce sends a query's rows, and remembers nothing.
func (a *app) exportOnce(ctx context.Context, s *shipping, j export.Job) (err error) {
	switch {
	case j.Model.SQL == "":
		return &usageError{"--query is missing", "say which rows are to be sent, such as --query \"FROM users\""}
	case j.Sync.To == "":
		return &usageError{"--to is missing", "say where files go: a directory or s3://bucket/prefix"}
	}
	for _, p := range j.Sync.Validate() {
		return &usageError{fmt.Sprintf("--%s: %s", flagOf(p.Path), p.Text), ""}
	}
	if j.Model.SQL, err = a.statement("", []string{j.Model.SQL}); err != nil {
		return err
	}
	var r export.Run
	err = s.with(ctx, a, true, func(db *duck.DB) (err error) {
		send := export.Once
		if s.dry {
			send = export.Preview
		}
		r, err = send(ctx, db, j, s.options(false))
		return err
	})
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(r)
	}
	a.printRun(r)
	return nil
}

// flagOf is the flag of a sync's setting.
func flagOf(path string) string {
	for _, f := range [][2]string{{"csv.", ""}, {"parquet.compression", "parquet-compression"}, {"parquet.row-group", "row-group"}, {"batch.", "batch-"}, {"s3.", ""}} {
		if len(path) >= len(f[0]) && path[:len(f[0])] == f[0] {
			return f[1] + path[len(f[0]):]
		}
	}
	return path
}

// printRun says what a run sent.
func (a *app) printRun(r export.Run) {
	line := count(r.Rows(), "row")
	switch r.Mode {
	case export.Diff:
		line = fmt.Sprintf("%s added, %s changed, %s removed", number(r.Added), number(r.Changed), number(r.Removed))
	case export.Insert:
		line = count(r.Added, "new row")
	}
	if r.ID != 0 {
		line = fmt.Sprintf("%s: run %d: %s", r.Sync, r.ID, line)
	}
	if r.Status == "dry run" {
		line += " (dry run: nothing was written)"
	}
	fmt.Fprintf(a.stdout, "%s in %s, %s, %s\n", line, count(len(r.Files), "file"), size(r.Bytes), seconds(r.Seconds))
	if r.NullKeys+r.Duplicates > 0 {
		fmt.Fprintf(a.stdout, "  left out: %s with NULL in the key, %s\n", count(r.NullKeys, "row"), count(r.Duplicates, "duplicate"))
	}
	for _, f := range r.Files {
		fmt.Fprintf(a.stdout, "  %s  %s, %s\n", printable(f.Key), count(f.Rows, "row"), size(f.Bytes))
		for _, first := range f.First {
			fmt.Fprintf(a.stdout, "    | %s\n", printable(first))
		}
	}
}

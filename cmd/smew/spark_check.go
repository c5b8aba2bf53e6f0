package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"smew/bucket"
	"smew/duck"
	"smew/feed"
	"smew/spark"
	"smew/sql"
)

func (a *app) sparkCheckCmd() *cobra.Command {
	var of cluster
	var c checking
	cmd := &cobra.Command{
		Use:   "check --answer DIR --connect REMOTE",
		Short: "Hold the tables against the answer key of a feed",
		Long: `Hold the tables of a cluster, as readers of the last commit have them, against the
answer key of a feed (smew produce --answer), as smew check does a database. Their rows
are brought to this machine, a table at a time: this is for feeds of tests.

Exit code 0: the tables agree, 1: they do not.`,
		Example: examples("smew spark check --answer key --connect sc://localhost:15002", "smew spark check --answer key --connect sc://localhost:15002 --after 852 --json"),
		Args:    arguments(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := c.ready(cmd.Flags()); err != nil {
				return err
			}
			dir, err := os.MkdirTemp("", "smew-check-")
			if err != nil {
				return err
			}
			defer os.RemoveAll(dir)
			db, err := duck.Open(cmd.Context(), filepath.Join(dir, "tables.duckdb"), duck.Options{AtMost: checkMemory})
			if err != nil {
				return err
			}
			err = of.with(cmd.Context(), bucket.S3Config{}, func(s spark.Session) error { return bringTables(cmd.Context(), s, of.place, db, dir) })
			if err != nil {
				return errors.Join(err, db.Close())
			}
			c.options.Schema = "main"
			return a.judge(cmd, &c, db, of.catalogName())
		},
	}
	of.flags(cmd.Flags())
	c.flags(cmd.Flags())
	return cmd
}

// bringTables copies the tables of a cluster's last commit into a database. Files on the way lie in dir.
func bringTables(ctx context.Context, s spark.Session, p spark.Place, db *duck.DB, dir string) error {
	state, err := spark.ReadState(ctx, s, p)
	if err != nil {
		return err
	}
	for i, shown := range state.Shown(p) {
		path := filepath.Join(dir, fmt.Sprintf("%d.json", i))
		rows, err := s.Rows(ctx, shown.Query)
		if err == nil {
			err = writeLines(path, rows)
		}
		if err == nil {
			err = db.Update(ctx, func(tx *duck.Tx) error { return bringTable(ctx, tx, shown, path, len(rows)) })
		}
		if err != nil {
			return fmt.Errorf("bring table %q here: %w", shown.Name, err)
		}
	}
	return nil
}

// writeLines writes rows as objects with the keys c0, c1 …
func writeLines(path string, rows [][]any) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := bufio.NewWriter(f)
	e := json.NewEncoder(w)
	for _, row := range rows {
		line := map[string]any{}
		for i, v := range row {
			line[fmt.Sprintf("c%d", i)] = v
		}
		if err := e.Encode(line); err != nil {
			return err
		}
	}
	return w.Flush()
}

func bringTable(ctx context.Context, tx *duck.Tx, t spark.Shown, path string, rows int) error {
	columns, from, types := make([]string, len(t.Columns)), make([]string, len(t.Columns)), make([]string, len(t.Columns))
	for i, name := range t.Columns {
		kind := "VARCHAR"
		if feed.IsID(t.Name, name) {
			kind = "BIGINT"
		}
		from[i] = fmt.Sprintf("c%d", i)
		columns[i], types[i] = duck.Quote(name)+" "+kind, from[i]+": '"+kind+"'"
	}
	create := duck.Fill(sql.CheckCreate, duck.Names{"table": duck.Quote(t.Name), "columns": strings.Join(columns, ", ")})
	if _, err := tx.Exec(ctx, create); err != nil || rows == 0 {
		return err
	}
	insert := duck.Fill(sql.CheckCopy, duck.Names{"table": duck.Quote(t.Name), "columns": strings.Join(from, ", "), "types": "{" + strings.Join(types, ", ") + "}"})
	_, err := tx.Exec(ctx, insert, path)
	return err
}

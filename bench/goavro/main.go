// Command goavro loads parts of one table into a fresh database as a Go program would without
// smew: goavro decodes, DuckDB's Appender appends, each worker on a connection of its own.
//
//	goavro DATABASE WORKERS PART...
package main

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/duckdb/duckdb-go/v2"
	"github.com/linkedin/goavro/v2"
)

const table = "pageviews"

func main() {
	if err := load(context.Background(), os.Args[1], os.Args[2], os.Args[3:]); err != nil {
		fmt.Fprintln(os.Stderr, "goavro:", err)
		os.Exit(1)
	}
}

func load(ctx context.Context, path, workers string, parts []string) (err error) {
	n, err := strconv.Atoi(workers)
	if err != nil {
		return err
	}
	columns, err := columnsOf(parts[0])
	if err != nil {
		return err
	}
	connector, err := duckdb.NewConnector(path+"?threads="+workers, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, connector.Close()) }()
	if err := create(ctx, connector, columns); err != nil {
		return err
	}
	queue := make(chan string, len(parts))
	for _, part := range parts {
		queue <- part
	}
	close(queue)
	failed := make([]error, n)
	var all sync.WaitGroup
	for i := range failed {
		all.Go(func() { failed[i] = work(ctx, connector, columns, queue) })
	}
	all.Wait()
	return errors.Join(failed...)
}

func create(ctx context.Context, connector *duckdb.Connector, columns []string) error {
	conn, err := connector.Connect(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	ids := []string{"event_id", "user_id", "session_id"}
	typed := make([]string, len(columns))
	for i, c := range columns {
		kind := "VARCHAR"
		if slices.Contains(ids, c) {
			kind = "BIGINT"
		}
		typed[i] = fmt.Sprintf("%q %s", c, kind)
	}
	_, err = conn.(driver.ExecerContext).ExecContext(ctx, "CREATE TABLE "+table+" ("+strings.Join(typed, ", ")+")", nil)
	return err
}

// columnsOf reads the names of a part's columns from its schema.
func columnsOf(part string) ([]string, error) {
	f, err := os.Open(part)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r, err := goavro.NewOCFReader(f)
	if err != nil {
		return nil, err
	}
	var schema struct {
		Fields []struct{ Name string }
	}
	if err := json.Unmarshal([]byte(r.Codec().Schema()), &schema); err != nil {
		return nil, err
	}
	var names []string
	for _, f := range schema.Fields {
		names = append(names, f.Name)
	}
	return names, nil
}

func work(ctx context.Context, connector *duckdb.Connector, columns []string, parts <-chan string) (err error) {
	conn, err := connector.Connect(ctx)
	if err != nil {
		return err
	}
	appender, err := duckdb.NewAppenderFromConn(conn, "", table)
	if err != nil {
		return errors.Join(err, conn.Close())
	}
	defer func() { err = errors.Join(err, appender.Close(), conn.Close()) }()
	for part := range parts {
		if err := appendPart(appender, columns, part); err != nil {
			return fmt.Errorf("%s: %w", part, err)
		}
	}
	return nil
}

func appendPart(appender *duckdb.Appender, columns []string, part string) error {
	f, err := os.Open(part)
	if err != nil {
		return err
	}
	defer f.Close()
	r, err := goavro.NewOCFReader(f)
	if err != nil {
		return err
	}
	row := make([]driver.Value, len(columns))
	for r.Scan() {
		datum, err := r.Read()
		if err != nil {
			return err
		}
		record := datum.(map[string]any)
		for i, c := range columns {
			row[i] = nil
			if branch, ok := record[c].(map[string]any); ok { // a union is a map of its one branch
				for _, v := range branch {
					row[i] = v
				}
			}
		}
		if err := appender.AppendRow(row...); err != nil {
			return err
		}
	}
	return r.Err()
}

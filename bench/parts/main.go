// Command parts loads parts of one table into a fresh database with smew's scan and nothing
// around it: all columns, and where each row came from.
//
// DuckDB gets the memory that smew load gives it by default.
//
//	parts DATABASE THREADS PART...
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"

	"smew/avro"
	"smew/duck"
)

func main() {
	if err := load(context.Background(), os.Args[1], os.Args[2], os.Args[3:]); err != nil {
		fmt.Fprintln(os.Stderr, "parts:", err)
		os.Exit(1)
	}
}

func load(ctx context.Context, path, threads string, names []string) (err error) {
	n, err := strconv.Atoi(threads)
	if err != nil {
		return err
	}
	scan, err := open(names)
	if err != nil {
		return err
	}
	db, err := duck.Open(ctx, path, duck.Options{Threads: n, Memory: "640MB"})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return db.Update(ctx, func(tx *duck.Tx) error {
		_, err := tx.Insert(ctx, "CREATE TABLE pageviews AS SELECT 1::BIGINT AS smew_dump_id, * FROM "+duck.ScanFunction+"()", scan)
		return err
	})
}

// open opens the parts; the columns are those of the first.
func open(names []string) (duck.Scan, error) {
	var scan duck.Scan
	for i, name := range names {
		f, err := os.Open(name)
		if err != nil {
			return scan, err
		}
		info, err := f.Stat()
		if err != nil {
			return scan, err
		}
		scan.Parts = append(scan.Parts, duck.Part{Name: name, Place: i + 1, Bytes: f, Size: info.Size()})
	}
	first, err := avro.Open(scan.Parts[0].Bytes, scan.Parts[0].Size, avro.Limits{})
	if err != nil {
		return scan, err
	}
	ids := []string{"event_id", "user_id", "session_id"}
	for _, field := range first.Schema().Fields {
		kind := avro.Text
		if slices.Contains(ids, field.Name) {
			kind = avro.Long
		}
		scan.Columns = append(scan.Columns, duck.Column{Delivered: field.Name, As: field.Name, Kind: kind})
	}
	return scan, nil
}

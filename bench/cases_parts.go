package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

// partCases load the parts of one table, in two codecs, and nothing else.
func partCases() []benchCase {
	var cases []benchCase
	for _, codec := range []string{"snappy", "deflate"} {
		for _, peer := range []struct {
			name, about string
			side        func(b *bench, feed string) (side, error)
		}{
			{"read_avro", "parts by smew's scan, beside DuckDB's read_avro", (*bench).readAvroParts},
			{"parquet", "parts by smew's scan, beside the same rows from Parquet", (*bench).parquetParts},
			{"goavro", "parts by smew's scan, beside goavro and DuckDB's Appender", (*bench).goavroParts},
		} {
			cases = append(cases, benchCase{"parts-" + codec + "/" + peer.name, peer.about, func(b *bench, name string) error {
				scan, err := b.programParts("smew's scan", b.tools.parts, codec)
				if err != nil {
					return err
				}
				other, err := peer.side(b, codec)
				if err != nil {
					return err
				}
				return b.pair(name, scan, other, comparison{tables: []string{"pageviews"}})
			}})
		}
	}
	return cases
}

// programParts is a program that takes a database, a number of threads and the parts.
func (b *bench) programParts(name, program, feed string) (side, error) {
	dir, err := b.feeds.get(feed)
	if err != nil {
		return side{}, err
	}
	parts, err := partsOf(dir, "pageviews")
	return side{name: name, schema: "main", command: func(dir string) command {
		return command{args: append([]string{program, result(dir), strconv.Itoa(b.threads)}, parts...)}
	}}, err
}

func (b *bench) goavroParts(feed string) (side, error) {
	return b.programParts("goavro + Appender", b.tools.goavro, feed)
}

func (b *bench) readAvroParts(feed string) (side, error) {
	dir, err := b.feeds.get(feed)
	if err != nil {
		return side{}, err
	}
	return b.tableFrom("read_avro", filepath.Join(dir, "sync_*", "_heap_table_name=pageviews", "*.avro"))
}

// parquetParts reads the rows from Parquet, which is made of the parts once.
func (b *bench) parquetParts(feed string) (side, error) {
	parquet := filepath.Join(b.feeds.dir, feed+".parquet")
	if err := b.makeParquet(feed, parquet); err != nil {
		return side{}, err
	}
	return b.tableFrom("read_parquet", filepath.Join(parquet, "*.parquet"))
}

func (b *bench) makeParquet(feed, to string) error {
	dir, err := b.feeds.get(feed)
	if err != nil {
		return err
	}
	made, err := os.Stat(to)
	if source, e := os.Stat(dir + ".recipe"); e == nil && err == nil && made.ModTime().After(source.ModTime()) {
		return warm(to)
	}
	parts, err := partsOf(dir, "pageviews")
	if err != nil {
		return err
	}
	script, err := b.tools.script("duckdb", "parquet.py")
	if err != nil {
		return err
	}
	if err := errors.Join(os.RemoveAll(to), os.RemoveAll(to+".new"), os.MkdirAll(to+".new", 0o777)); err != nil {
		return err
	}
	args := append(append(script, to+".new"), parts...)
	if err := quiet(exec.CommandContext(b.ctx, args[0], args[1:]...)); err != nil {
		return err
	}
	return os.Rename(to+".new", to)
}

// tableFrom is CREATE TABLE AS from what a reading function finds.
func (b *bench) tableFrom(function, files string) (side, error) {
	script, err := b.tools.script("duckdb", "table_from.py")
	return side{name: "DuckDB " + function, schema: "main", command: func(dir string) command {
		return command{args: append(script[:2:2], result(dir), strconv.Itoa(b.threads), function, files)}
	}}, err
}

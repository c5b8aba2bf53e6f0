package main

import (
	"path/filepath"
	"strconv"
)

// loadCases load whole feeds.
func loadCases() []benchCase {
	return []benchCase{
		{"load/read_avro", "a feed by smew, beside read_avro into plain tables", func(b *bench, name string) error {
			return b.loadPair(name, "snappy", "delivered", "read_avro alone", "main", "raw.py",
				comparison{known: "rows that were repeated stay, and nobody is resolved"})
		}},
		{"load/by-hand", "a feed by smew, beside a loader in SQL that resolves nobody", func(b *bench, name string) error {
			return b.loadPair(name, "snappy", "delivered", "loader by hand", "final", "by_hand.py", comparison{})
		}},
		{"load/dlt", "a small feed by smew, beside dlt", (*bench).loadDLT},
		{"load/tap-heap", "a small feed in S3 by smew, beside tap-heap and target-duckdb", (*bench).loadTap},
	}
}

// smewLoad is smew load of a feed into a fresh database.
func (b *bench) smewLoad(feed, schema string, flags ...string) side {
	return side{name: "smew", schema: schema, command: func(dir string) command {
		return command{args: b.loadArgs(feed, result(dir), flags...)}
	}}
}

func (b *bench) loadArgs(feed, db string, flags ...string) []string {
	return append([]string{b.tools.smew, "load", feed, "--db", db, "--threads", strconv.Itoa(b.threads), "--quiet"}, flags...)
}

// loadPair is smew beside a script for DuckDB that takes a database, threads and a feed.
func (b *bench) loadPair(name, feed, ours, peer, theirs, script string, c comparison) error {
	dir, err := b.feeds.get(feed)
	if err != nil {
		return err
	}
	args, err := b.tools.script("duckdb", script)
	if err != nil {
		return err
	}
	other := side{name: peer, schema: theirs, command: func(to string) command {
		return command{args: append(args[:2:2], result(to), strconv.Itoa(b.threads), dir)}
	}}
	return b.pair(name, b.smewLoad(dir, ours), other, c)
}

func (b *bench) loadDLT(name string) error {
	feed, err := b.feeds.get("dlt")
	if err != nil {
		return err
	}
	args, err := b.tools.script("dlt", "dlt_load.py")
	if err != nil {
		return err
	}
	dlt := side{name: "dlt", schema: "dlt_feed", command: func(dir string) command {
		return command{
			args: append(args[:2:2], result(dir), filepath.Join(dir, "pipelines"), feed), dir: dir,
			env: []string{"RUNTIME__DLTHUB_TELEMETRY=false"},
		}
	}}
	return b.pair(name, b.smewLoad(feed, "delivered"), dlt, comparison{known: "it knows no full resync, and times become timestamps"})
}

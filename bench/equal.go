package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os/exec"
	"slices"
	"strings"
)

// stored is a schema of a database file.
type stored struct{ file, schema string }

// comparison says what two results have to do with each other.
type comparison struct {
	tables    []string // what is held against each other; nil: every table of A
	known     string   // why B is known to differ from A
	unrelated string   // why there is nothing to hold against each other
}

// digest is a table's content: how many rows, and a sum of hashes that the order does not change,
// over the keys and a few texts together. The sums of each column are for saying what differs.
type digest struct {
	Rows    int64             `json:"rows"`
	Hash    string            `json:"hash"`
	Columns map[string]string `json:"columns"`
}

// differs says how a table's content differs from the other's, "" if it does not.
func (d digest) differs(table string, from digest) string {
	if d.Rows != from.Rows {
		return fmt.Sprintf("%s has %d and %d rows", table, d.Rows, from.Rows)
	}
	if d.Hash == from.Hash && maps.Equal(d.Columns, from.Columns) {
		return ""
	}
	var columns []string
	for _, c := range slices.Sorted(maps.Keys(d.Columns)) {
		if d.Columns[c] != from.Columns[c] {
			columns = append(columns, c)
		}
	}
	if columns == nil {
		return table + " has the same values in other rows"
	}
	return fmt.Sprintf("%s has others in %s", table, strings.Join(columns, ", "))
}

// differentError says that two results that should be equal are not.
type differentError struct{ what string }

func (e *differentError) Error() string { return "the results differ: " + e.what }

// compare tells in a line how the results stand to each other. Those that should be equal and
// are not are an error, and their times are not shown.
func (b *bench) compare(c comparison, of [2]stored) (string, error) {
	if c.unrelated != "" {
		return c.unrelated, nil
	}
	var digests [2]map[string]digest
	for i, s := range of {
		var err error
		if digests[i], err = b.digests(s, c.tables); err != nil {
			return "", err
		}
	}
	var rows int64
	var differ []string
	for _, table := range slices.Sorted(maps.Keys(digests[0])) {
		rows += digests[0][table].Rows
		if how := digests[0][table].differs(table, digests[1][table]); how != "" {
			differ = append(differ, how)
		}
	}
	what := strings.Join(differ, "; ")
	switch {
	case len(digests[0]) == 0:
		return "", &differentError{"there are no tables"}
	case c.known != "" && what != "":
		return fmt.Sprintf("differs (%s): %s", c.known, what), nil
	case what != "":
		return "", &differentError{what}
	}
	return fmt.Sprintf("equal: %d rows in %d tables", rows, len(digests[0])), nil
}

// digests are taken by a process of their own, to keep this one small.
func (b *bench) digests(s stored, tables []string) (map[string]digest, error) {
	script, err := b.tools.script("duckdb", "digest.py")
	if err != nil {
		return nil, err
	}
	args := append(append(script, s.file, s.schema), tables...)
	out, err := output(exec.CommandContext(b.ctx, args[0], args[1:]...))
	if err != nil {
		return nil, err
	}
	found := map[string]digest{}
	return found, json.Unmarshal(out, &found)
}

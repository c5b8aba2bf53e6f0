package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"smew/duck"
)

// shownColumn is one of a database.
type shownColumn struct{ schema, table, name, kind string }

// columnsIn lists all columns of smew's schemas.
func columnsIn(t *testing.T, path string) (columns []shownColumn) {
	t.Helper()
	db, err := duck.Open(t.Context(), path, duck.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	const statement = `SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns
		WHERE table_schema IN ('main', 'typed', 'delivered', 'smew') ORDER BY table_schema, table_name, ordinal_position`
	err = db.View(t.Context(), func(tx *duck.Tx) error {
		return tx.Each(t.Context(), statement, nil, func(scan func(...any) error) error {
			var c shownColumn
			err := scan(&c.schema, &c.table, &c.name, &c.kind)
			columns = append(columns, c)
			return err
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(columns) < 300 {
		t.Fatalf("there are only %d columns", len(columns))
	}
	return columns
}

// tracks are the columns of delivered that smew adds.
var tracks = map[string]string{
	"smew_dump_id": "the dump the row came in",
	"smew_part":    "the part, by its place in the manifest's list, from 1; `smew.parts` has its key",
	"smew_row":     "the row of the part, from 1",
	"smew_user_id": "the id it is resolved to (R8)",
	"smew_hidden":  "a newer row of the same resolved key stands for it; `main` does not show it (R7)",
	"smew_time":    "the instant of `time`, as `typed` shows it",
}

// ofOurs are the tables of main and typed that no feed delivers.
var ofOurs = map[string]string{
	"all_events":     "a row for every row of every event table",
	"enhanced_users": "`users`, with when they were first and last seen and what their first and last session say",
	"session_facts":  "a row for every session: how long, how many events, where it began and ended",
	"_sync_history":  "for each dump and table, when it was loaded and how many rows came",
	"_sync_info":     "the same of each table's highest dump",
}

// describeViews describes the three schemas that are read, a table at a time: what type a column has in each.
func describeViews(columns []shownColumn) string {
	var b strings.Builder
	b.WriteString("## main, typed and delivered\n\n" +
		"`main` is what one queries, `typed` the same with values, `delivered` the rows as they came ([concepts.md](../concepts.md), [rules.md](../rules.md)).\n" +
		"`smew type` changes types in `typed`. An empty cell: the schema's table has no such column.\n")
	names := map[string]bool{}
	for _, c := range columns {
		names[c.table] = names[c.table] || c.schema != "smew"
	}
	sorted := []string{}
	for name, read := range names {
		if read {
			sorted = append(sorted, name)
		}
	}
	slices.Sort(sorted)
	for _, table := range sorted {
		fmt.Fprintf(&b, "\n### %s\n\n", table)
		if about := ofOurs[table]; about != "" {
			fmt.Fprintf(&b, "%s: %s.\n\n", "Made by smew", about)
		}
		b.WriteString("| column | main | typed | delivered | |\n|---|---|---|---|---|\n")
		var order []string
		kinds := map[string]map[string]string{}
		for _, schema := range []string{"main", "typed", "delivered"} {
			for _, c := range columns {
				if c.schema != schema || c.table != table {
					continue
				}
				if kinds[c.name] == nil {
					kinds[c.name] = map[string]string{}
					order = append(order, c.name)
				}
				kinds[c.name][schema] = c.kind
			}
		}
		for _, name := range order {
			in := kinds[name]
			fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", name, in["main"], in["typed"], in["delivered"], tracks[name])
		}
	}
	return b.String()
}

// describeLedger describes schema smew. What columns mean is what the statements that make the tables say.
func describeLedger(t *testing.T, columns []shownColumn) string {
	t.Helper()
	said := created(t)
	var b strings.Builder
	b.WriteString("\n## smew\n\nThe ledger. It is smew's to write; to be read by whoever likes. `smew.held_N` has the rows of a delivered table: " +
		"read them by the views of `delivered`.\n`smew.export_state_N` and `smew.export_pending_N` are what the export with that number has sent, and is about to send.\n")
	numbered := regexp.MustCompile(`^(held|export_state|export_pending)_\d+$`)
	table, tables := "", 0
	for _, c := range columns {
		if c.schema != "smew" || numbered.MatchString(c.table) {
			continue
		}
		about, ok := said[c.table]
		if !ok {
			t.Errorf("no statement says what smew.%s is", c.table)
		}
		if c.table != table {
			table = c.table
			tables++
			fmt.Fprintf(&b, "\n### smew.%s\n\n%s\n\n| column | type | |\n|---|---|---|\n", table, about.table)
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", c.name, c.kind, mdCell(about.columns[c.name]))
	}
	if tables < 20 {
		t.Errorf("there are only %d tables", tables)
	}
	return b.String()
}

// saying is what a statement's comments say.
type saying struct {
	table   string
	columns map[string]string
}

var (
	createTable = regexp.MustCompile(`(?s)((?:--[^\n]*\n)+)CREATE (?:OR REPLACE )?TABLE (?:IF NOT EXISTS )?smew\.([a-z_]+) \((.*?)\n?\)(?:;|\s*$|\n)`)
	columnLine  = regexp.MustCompile(`(?m)^\s+"?([a-z_0-9]+)"? [A-Z][^\n]*?--\s*(.*)$`)
)

// created reads what the statements that make smew's tables say of them and their columns.
func created(t *testing.T) map[string]saying {
	t.Helper()
	files, err := filepath.Glob("../../sql/duckdb/*/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]saying{}
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(filepath.Base(path), "upgrade_") {
			continue
		}
		for _, m := range createTable.FindAllStringSubmatch(string(text), -1) {
			s := saying{columns: map[string]string{}}
			for line := range strings.Lines(m[1]) {
				s.table = strings.TrimSpace(s.table + " " + strings.TrimSpace(strings.TrimPrefix(line, "--")))
			}
			for _, c := range columnLine.FindAllStringSubmatch(m[3], -1) {
				s.columns[c[1]] = c[2]
			}
			found[m[2]] = s
		}
	}
	return found
}

package spark

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"smew/sql"
)

// ref is a branch or tag of a table.
type ref struct{ table, name string }

func (r ref) query(p Place) string {
	return sql.Fill(sql.SparkRefsSnapshot, sql.Names{"name": QuoteText(r.table), "table": p.of(r.table), "ref": QuoteText(r.name)})
}

// onBranch is the branch of a table that a loader writes. Each has its own: one that was fenced off and is still at work writes another.
func (p Place) onBranch(table string) string { return table + ".branch_" + p.branchName() }
func (p Place) branchName() string           { return cmp.Or(p.branch, "load") }

// begin is the statement that begins a table's branch, from a snapshot of it; "": from what it shows.
func (p Place) begin(name, snapshot string) string {
	at := ""
	if snapshot != "" {
		at = " AS OF VERSION " + snapshot
	}
	return sql.Fill(sql.SparkRefsBranch, sql.Names{"table": p.of(name), "branch": Quote(p.branchName()), "at": at})
}

func (p Place) dropBranch(name, branch string) string {
	return sql.Fill(sql.SparkMaintainDropBranch, sql.Names{"table": p.of(name), "branch": Quote(branch)})
}

// snapshotsAt are the snapshots at which branches and tags stand, of those that there are.
func (c *cluster) snapshotsAt(ctx context.Context, refs []ref) (map[ref]string, error) {
	at, queries := map[ref]string{}, make([]string, len(refs))
	if len(refs) == 0 {
		return at, nil
	}
	for i, r := range refs {
		queries[i] = r.query(c.place)
	}
	rows, err := c.Rows(ctx, strings.Join(queries, "\nUNION ALL\n"))
	if err != nil {
		return nil, fmt.Errorf("look at snapshots: %w", err)
	}
	for _, row := range rows {
		at[ref{text(row[0]), text(row[1])}] = text(row[2])
	}
	return at, nil
}

// astray are the tags of a state, and what the tables show without one, where they do not stand at the snapshot that the state says, and where
// all of them stand.
func (c *cluster) astray(ctx context.Context, s *State) (wrong []ref, at map[ref]string, err error) {
	var refs []ref
	for _, name := range slices.Sorted(maps.Keys(s.Published)) {
		refs = append(refs, ref{name, s.Published[name].Tag}, ref{name, "main"})
	}
	if at, err = c.snapshotsAt(ctx, refs); err != nil {
		return nil, nil, err
	}
	return slices.DeleteFunc(refs, func(r ref) bool { return at[r] == s.Published[r.table].ID }), at, nil
}

func (c *cluster) publish(name, tag string) string {
	return sql.Fill(sql.SparkRefsPublish, sql.Names{"catalog": c.place.catalog(), "name": QuoteText(c.place.of(name)), "tag": QuoteText(tag)})
}

// tag tags what was written, and notes it in the state.
func (c *cluster) tag(ctx context.Context, s *State, tag string, written []string) error {
	refs := make([]ref, len(written))
	for i, name := range written {
		refs[i] = ref{name, c.place.branchName()}
	}
	at, err := c.snapshotsAt(ctx, refs)
	if err != nil {
		return err
	}
	for _, r := range refs {
		if at[r] == "" {
			return fmt.Errorf("tag %s: its branch is missing", r.table)
		}
		s.Published[r.table] = Snapshot{ID: at[r], Tag: tag}
		statement := sql.Fill(sql.SparkRefsTag, sql.Names{"table": c.place.of(r.table), "tag": tag, "snapshot": at[r]})
		if err := c.run(ctx, "tag "+r.table, statement); err != nil {
			return err
		}
	}
	return nil
}

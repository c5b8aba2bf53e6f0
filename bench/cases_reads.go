package main

import (
	"encoding/json"
	"maps"
	"os/exec"
	"slices"
	"strconv"
)

// readCases ask questions of a database of ten million events and a few days.
func readCases() []benchCase {
	return []benchCase{{"reads/10M", "queries on smew's views, on plain tables, and on the specification's views", (*bench).reads}}
}

// asked is what one database took for one question.
type asked struct {
	Runs   []measure `json:"runs"`
	Answer string    `json:"answer"` // a hash
	Rows   int       `json:"rows"`
}

// reads are pairs of queries in one process, not of processes: starting one takes longer than
// most answers. There is no peak of each.
func (b *bench) reads(name string) error {
	const ours, plain, spec = "smew", "plain tables", "the specification's views"
	paths, err := b.readTargets("history-10M", 6)
	if err != nil {
		return err
	}
	script, err := b.tools.script("duckdb", "reads.py")
	if err != nil {
		return err
	}
	args := append(script[2:], strconv.Itoa(b.pairs), strconv.Itoa(b.threads))
	for i, target := range []string{ours, plain, spec} {
		args = append(args, target+"="+paths[i])
	}
	out, err := output(exec.CommandContext(b.ctx, script[0], append(script[1:2], args...)...))
	if err != nil {
		return err
	}
	var found map[string]map[string]asked
	if err := json.Unmarshal(out, &found); err != nil {
		return err
	}
	for _, query := range slices.Sorted(maps.Keys(found)) {
		for _, other := range []string{plain, spec} {
			x, y := found[query][ours], found[query][other]
			said, err := sameAnswer(x, y, other == spec)
			if err != nil {
				return err
			}
			runs := make([][2]measure, len(x.Runs))
			for i := range runs {
				runs[i] = [2]measure{x.Runs[i], y.Runs[i]}
			}
			b.report.add(pairResult{Name: name + "/" + query, A: ours, B: other, Content: said, Runs: runs})
		}
	}
	return nil
}

func sameAnswer(x, y asked, mayDiffer bool) (string, error) {
	switch {
	case x.Answer == y.Answer:
		return "equal answers, " + strconv.Itoa(x.Rows) + " rows", nil
	case mayDiffer:
		return "answers differ (the specification's join follows one mapping, not chains of them)", nil
	}
	return "", &differentError{"other answers to the same query"}
}

// readTargets makes the databases: smew's, plain tables of what it shows, and the raw rows with
// the specification's views.
func (b *bench) readTargets(feed string, dumps int) ([3]string, error) {
	var paths [3]string
	var err error
	if paths[0], err = b.database(feed, dumps); err != nil {
		return paths, err
	}
	if paths[1], err = b.fresh(feed + "-plain"); err != nil {
		return paths, err
	}
	if err := b.script("plain.py", paths[1], paths[0]); err != nil {
		return paths, err
	}
	part, err := b.feeds.first(feed, dumps)
	if err != nil {
		return paths, err
	}
	if paths[2], err = b.fresh(feed + "-spec"); err != nil {
		return paths, err
	}
	return paths, b.script("spec_views.py", paths[2], part)
}

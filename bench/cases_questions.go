package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"os/exec"
	"slices"
	"strconv"
)

// questions are those of smew ask, by their names here.
var questions = map[string][]string{
	"funnel":       {"funnel", "pageviews", "checkout_started", "order_completed", "--within", "7d"},
	"funnel-by":    {"funnel", "pageviews", "checkout_started", "order_completed", "--within", "7d", "--by", "sessions.utm_source"},
	"session":      {"funnel", "product_viewed", "cart_updated", "order_completed", "--session"},
	"any-order":    {"funnel", "product_viewed", "cart_updated", "order_completed", "--any-order", "--within", "7d"},
	"retention":    {"retention", "--unit", "day"},
	"paths":        {"paths"},
	"attribution":  {"attribution", "order_completed"},
	"active":       {"active"},
	"top":          {"top"},
	"top-paths":    {"top", "pageviews", "--by", "path"},
	"conversion":   {"conversion", "order_completed", "--by", "device_type"},
	"first-source": {"conversion", "order_completed", "--by", "initial_utm_source"},
	"sessions":     {"sessions"},
}

// questionCases ask the questions of smew ask of a database of ten million events and a few days.
func questionCases() []benchCase {
	return []benchCase{{"questions/10M", "the questions of smew ask, and the same on plain tables of resolved rows", (*bench).questions}}
}

// questions are pairs in one process, as reads are. What is plain is resolved already and has its times; the query is the same, to
// the letter.
func (b *bench) questions(name string) error {
	const ours, plain = "smew", "plain tables"
	path, err := b.database("history-10M", 6)
	if err != nil {
		return err
	}
	copied, err := b.fresh("history-10M-typed")
	if err != nil {
		return err
	}
	if err := b.script("plain_typed.py", copied, path); err != nil {
		return err
	}
	targets := []string{ours + "=" + path, plain + "=" + copied}
	queries := map[string]string{}
	for question, args := range questions {
		text, err := output(exec.CommandContext(b.ctx, b.tools.smew, slices.Concat([]string{"ask"}, args, []string{"--sql", "--db", path})...))
		if err != nil {
			return err
		}
		queries[question] = string(text)
	}
	given, err := json.Marshal(queries)
	if err != nil {
		return err
	}
	script, err := b.tools.script("duckdb", "questions.py")
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(b.ctx, script[0], slices.Concat(script[1:], []string{strconv.Itoa(b.pairs), strconv.Itoa(b.threads)}, targets)...)
	cmd.Stdin = bytes.NewReader(given)
	out, err := output(cmd)
	if err != nil {
		return err
	}
	var found map[string]map[string]asked
	if err := json.Unmarshal(out, &found); err != nil {
		return err
	}
	for _, question := range slices.Sorted(maps.Keys(found)) {
		x, y := found[question][ours], found[question][plain]
		said, err := sameAnswer(x, y, false)
		if err != nil {
			return err
		}
		runs := make([][2]measure, len(x.Runs))
		for i := range runs {
			runs[i] = [2]measure{x.Runs[i], y.Runs[i]}
		}
		b.report.add(pairResult{Name: name + "/" + question, A: ours, B: plain, Content: said, Runs: runs})
	}
	return nil
}

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// benchCase is one comparison. Its name's part before the slash is the group that a chart shows.
type benchCase struct {
	name  string
	about string
	run   func(b *bench, name string) error
}

// allCases is every case, in the order in which they run.
func allCases() []benchCase {
	var all []benchCase
	for _, group := range [][]benchCase{partCases(), loadCases(), incrementCases(), readCases(), questionCases(), manyCases(), memoryCases(), produceCases(), exportCases()} {
		all = append(all, group...)
	}
	return all
}

// bench is one run of the program.
type bench struct {
	settings
	held     *os.File // the lock
	ctx      context.Context
	feeds    feeds
	tools    tools
	report   *report
	prepared map[string]string // databases made in this run, by what was loaded
}

func newBench(ctx context.Context, s settings) (*bench, error) {
	if err := os.MkdirAll(s.data, 0o777); err != nil {
		return nil, err
	}
	held, err := lock(s.data)
	if err != nil {
		return nil, err
	}
	t, err := newTools(ctx, s)
	if err != nil {
		return nil, err
	}
	r, err := openReport(s, t)
	if err != nil {
		return nil, err
	}
	f := feeds{ctx: ctx, dir: filepath.Join(s.data, fmt.Sprintf("feeds-%g", s.scale)), smew: t.smew, recipes: recipes(s.scale)}
	b := &bench{settings: s, held: held, ctx: ctx, feeds: f, tools: t, report: r, prepared: map[string]string{}}
	return b, os.RemoveAll(b.work()) // what a killed run left
}

// runAll runs the cases. One that fails holds up no other, and the results are written after
// each: a run takes long.
func (b *bench) runAll(cases []benchCase) error {
	var failed error
	for _, c := range cases {
		fmt.Fprintf(os.Stderr, "%s %s: %s\n", time.Now().Format(time.TimeOnly), c.name, c.about)
		b.report.forget(c.name)
		err := c.run(b, c.name)
		if err != nil {
			err = fmt.Errorf("%s: %w", c.name, err)
			fmt.Fprintln(os.Stderr, err)
		}
		failed = errors.Join(failed, err, b.report.save())
		if b.ctx.Err() != nil {
			break
		}
	}
	b.report.print(os.Stdout, cases)
	return errors.Join(failed, drawCharts(b.report, b.charts), os.RemoveAll(b.work()))
}

// work is the folder of the runs' databases.
func (b *bench) work() string { return filepath.Join(b.data, "work") }

// of is a number of rows at the run's scale.
func (b *bench) of(n int) int { return scaled(n, b.scale) }

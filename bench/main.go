// Command bench measures smew beside others that load the same feed, and writes down the ratios.
// Every comparison is made in pairs of whole processes, A B A B …, and its times are shown only
// once the results were found equal, or were known not to be.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"syscall"
)

// settings are the command line's.
type settings struct {
	run     *regexp.Regexp
	list    bool
	pairs   int
	threads int
	scale   float64
	root    string // the checkout
	data    string
	results string
	charts  string
	python  string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := mainError(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func mainError(ctx context.Context) error {
	s, err := parse()
	if err != nil {
		return err
	}
	chosen := chosenCases(s)
	if s.list {
		for _, c := range chosen {
			fmt.Printf("%-28s %s\n", c.name, c.about)
		}
		return nil
	}
	b, err := newBench(ctx, s)
	if err != nil {
		return err
	}
	return b.runAll(chosen)
}

// parse reads the flags. What a scaled run finds says little, so it goes beside the data and
// not into the repository, unless it is told where.
func parse() (settings, error) {
	var s settings
	var run string
	flag.StringVar(&run, "run", "", "run only the cases that match this `regexp`")
	flag.BoolVar(&s.list, "list", false, "list the cases")
	flag.IntVar(&s.pairs, "n", 5, "`number` of pairs")
	flag.IntVar(&s.threads, "threads", 2, "`number` of threads each side may use")
	flag.Float64Var(&s.scale, "scale", 1, "`factor` on the sizes of the data, such as 0.01 for a smoke run")
	flag.StringVar(&s.root, "root", "..", "`folder` of smew's checkout")
	flag.StringVar(&s.data, "data", "data", "`folder` where feeds and databases are made")
	flag.StringVar(&s.results, "results", "", "`file` for the results (default results.json)")
	flag.StringVar(&s.charts, "charts", "", "`folder` for the charts (default docs of the checkout)")
	flag.StringVar(&s.python, "python", "python3", "`program` that makes the peers' Python environments")
	flag.Parse()
	var err error
	if s.run, err = regexp.Compile(run); err != nil {
		return s, err
	}
	for _, folder := range []*string{&s.root, &s.data} {
		if *folder, err = filepath.Abs(*folder); err != nil {
			return s, err
		}
	}
	results, charts := "results.json", filepath.Join(s.root, "docs")
	if s.scale != 1 {
		results, charts = filepath.Join(s.data, fmt.Sprintf("results-%g.json", s.scale)), s.data
	}
	if s.results == "" {
		s.results = results
	}
	if s.charts == "" {
		s.charts = charts
	}
	return s, nil
}

func chosenCases(s settings) []benchCase {
	var chosen []benchCase
	for _, c := range allCases() {
		if s.run.MatchString(c.name) {
			chosen = append(chosen, c)
		}
	}
	return chosen
}

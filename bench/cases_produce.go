package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

// produceCases write feeds, beside goavro writing the same rows.
func produceCases() []benchCase {
	return []benchCase{
		{"produce/goavro", "10M rows in 25 dumps by smew produce, beside goavro's encoder of maps", (*bench).produceDumps},
		{"produce/one-dump", "10M rows in one dump by smew produce, beside goavro's encoder of maps", (*bench).produceOneDump},
	}
}

func (b *bench) produceDumps(name string) error {
	return b.produceBesideGoavro(name, recipe{events: b.of(272_000), users: b.of(200_000), dumps: 25, partRows: b.of(100_000)})
}

func (b *bench) produceOneDump(name string) error {
	return b.produceBesideGoavro(name, recipe{events: b.of(9_850_000), users: b.of(200_000), dumps: 1, partRows: b.of(100_000)})
}

// produceBesideGoavro holds the whole of smew produce, the making of the rows among it, against
// what goavro adds to a program that has the same rows: of a run that reads them and writes them again, a run
// that only reads them is taken off.
func (b *bench) produceBesideGoavro(name string, r recipe) error {
	ours, theirs, aside := filepath.Join(b.work(), "a"), filepath.Join(b.work(), "b"), filepath.Join(b.work(), "c")
	threads := strconv.Itoa(b.threads)
	produced := filepath.Join(ours, "feed")
	produce := side{name: "smew produce", command: func(string) command {
		return command{args: append([]string{b.tools.smew, "produce", produced, "--quiet"}, r.flags()...)}
	}}
	write := side{name: "goavro", command: func(dir string) command {
		return command{args: []string{b.tools.encode, produced, threads, filepath.Join(dir, "feed")}}
	}}
	read := side{name: "reading alone", command: func(string) command {
		return command{args: []string{b.tools.encode, produced, threads}}
	}}
	runs := make([][2]measure, b.pairs)
	for i := range runs {
		var took [3]measure
		for s, one := range []struct {
			side
			dir string
		}{{produce, ours}, {write, theirs}, {read, aside}} {
			if s == 1 {
				if err := warm(produced); err != nil {
					return err
				}
			}
			var err error
			if took[s], err = b.measured(one.side, one.dir); err != nil {
				return fmt.Errorf("%s: %w", one.name, err)
			}
		}
		runs[i] = [2]measure{took[0], {Wall: took[1].Wall - took[2].Wall, CPU: took[1].CPU - took[2].CPU, PeakMiB: took[1].PeakMiB}}
		fmt.Fprintf(os.Stderr, "  cpu %.2f / %.2f s, reading %.2f\n", runs[i][0].CPU, runs[i][1].CPU, took[2].CPU)
	}
	said, err := b.sameRows(produced, filepath.Join(theirs, "feed"))
	if err != nil {
		return err
	}
	p := pairResult{Name: name, A: "smew produce", B: "goavro", Content: said, Runs: runs}
	b.report.add(p)
	more := func(of func(measure) float64) float64 {
		return 1 / ratioOf(runs, of).Median
	}
	b.report.figure(name+"/cpu", "rows a cpu second of smew produce / of goavro", more(func(m measure) float64 { return m.CPU }))
	b.report.figure(name+"/wall", "rows a second of smew produce / of goavro", more(func(m measure) float64 { return m.Wall }))
	return errors.Join(os.RemoveAll(ours), os.RemoveAll(theirs), os.RemoveAll(aside))
}

// sameRows holds the pageviews of two feeds against each other.
func (b *bench) sameRows(feeds ...string) (string, error) {
	var of [2]stored
	for i, feed := range feeds {
		parts, err := partsOf(feed, "pageviews")
		if err != nil {
			return "", err
		}
		dir := filepath.Dir(feed)
		if _, err := (command{args: append([]string{b.tools.parts, result(dir), strconv.Itoa(b.threads)}, parts...)}).run(b.ctx, b.threads); err != nil {
			return "", err
		}
		of[i] = stored{result(dir), "main"}
	}
	return b.compare(comparison{tables: []string{"pageviews"}}, of)
}

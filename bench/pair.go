package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// side is one of the two ways that a pair compares.
type side struct {
	name   string
	schema string // where what it made is found, for holding one against the other
	// ready is done before each run and is not measured; it may be nil. dir is empty before.
	ready func(dir string) error
	// command is what is measured. It leaves its database as result(dir).
	command func(dir string) command
}

func result(dir string) string { return filepath.Join(dir, "result.duckdb") }

// ratio is A/B over the pairs.
type ratio struct {
	Median float64 `json:"median"`
	Min    float64 `json:"min"`
	Max    float64 `json:"max"`
}

func ratioOf(runs [][2]measure, of func(measure) float64) ratio {
	all := make([]float64, len(runs))
	for i, r := range runs {
		all[i] = of(r[0]) / of(r[1])
	}
	return ratio{median(all), slices.Min(all), slices.Max(all)}
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// pair runs A and B in turn, holds their results against each other, and reports.
func (b *bench) pair(name string, sideA, sideB side, holds comparison) error {
	sides, dirs := [2]side{sideA, sideB}, [2]string{filepath.Join(b.work(), "a"), filepath.Join(b.work(), "b")}
	runs := make([][2]measure, b.pairs)
	for i := range runs {
		for s, one := range sides {
			var err error
			if runs[i][s], err = b.measured(one, dirs[s]); err != nil {
				return fmt.Errorf("%s: %w", one.name, err)
			}
		}
		fmt.Fprintf(os.Stderr, "  cpu %.2f / %.2f s\n", runs[i][0].CPU, runs[i][1].CPU)
	}
	said, err := b.compare(holds, [2]stored{{result(dirs[0]), sideA.schema}, {result(dirs[1]), sideB.schema}})
	if err != nil {
		return err
	}
	b.report.add(pairResult{Name: name, A: sideA.name, B: sideB.name, Content: said, Runs: runs})
	return errors.Join(os.RemoveAll(dirs[0]), os.RemoveAll(dirs[1]))
}

// measured runs a side once, into a fresh folder.
func (b *bench) measured(s side, dir string) (measure, error) {
	if err := errors.Join(os.RemoveAll(dir), os.MkdirAll(dir, 0o777)); err != nil {
		return measure{}, err
	}
	if s.ready != nil {
		if err := s.ready(dir); err != nil {
			return measure{}, err
		}
	}
	return s.command(dir).run(b.ctx, b.threads)
}

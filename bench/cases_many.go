package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// manyCases are feeds of many small things.
func manyCases() []benchCase {
	return []benchCase{
		{"many/parts", "parts of 100 rows, beside the same rows in large parts", (*bench).manyParts},
		{"many/dumps", "many small dumps in one run: what one takes, and whether it grows", (*bench).smallDumps},
	}
}

func (b *bench) manyParts(name string) error {
	many, err := b.feeds.get("many-parts")
	if err != nil {
		return err
	}
	few, err := b.feeds.get("few-parts")
	if err != nil {
		return err
	}
	sideA, sideB := b.smewLoad(many, "main"), b.smewLoad(few, "main")
	sideA.name, sideB.name = "smew, parts of 100 rows", "smew, large parts"
	return b.pair(name, sideA, sideB, comparison{})
}

// smallDumps asks smew itself how long each dump took: a process for each would mostly start.
func (b *bench) smallDumps(name string) error {
	feed, err := b.feeds.get("small-dumps")
	if err != nil {
		return err
	}
	var each, growth, cpu []float64
	for range b.pairs {
		dir := filepath.Join(b.work(), "a")
		one := side{name: "smew", command: func(dir string) command {
			c := b.smewLoad(feed, "main", "--json").command(dir)
			c.stdout = filepath.Join(dir, "result.json")
			return c
		}}
		took, err := b.measured(one, dir)
		if err != nil {
			return err
		}
		seconds, err := dumpSeconds(filepath.Join(dir, "result.json"))
		if err != nil {
			return err
		}
		tenth := len(seconds) / 10
		if tenth == 0 {
			return fmt.Errorf("%d dumps are too few", len(seconds))
		}
		each = append(each, took.Wall/float64(len(seconds)))
		cpu = append(cpu, took.CPU/float64(len(seconds)))
		growth = append(growth, sum(seconds[len(seconds)-tenth:])/sum(seconds[:tenth]))
	}
	b.report.figure(name+"/growth", "time of the last tenth of the dumps / the first tenth", median(growth))
	b.report.figure(name+"/each", "seconds a dump", median(each))
	b.report.figure(name+"/each-cpu", "cpu seconds a dump", median(cpu))
	return os.RemoveAll(filepath.Join(b.work(), "a"))
}

// dumpSeconds reads how long each dump took from what load --json printed.
func dumpSeconds(path string) ([]float64, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var printed struct {
		Loaded []struct {
			Seconds float64 `json:"seconds"`
		} `json:"loaded"`
	}
	if err := json.Unmarshal(data, &printed); err != nil {
		return nil, err
	}
	seconds := make([]float64, len(printed.Loaded))
	for i, d := range printed.Loaded {
		seconds[i] = d.Seconds
	}
	return seconds, nil
}

func sum(values []float64) (total float64) {
	for _, v := range values {
		total += v
	}
	return total
}

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// histories are the sizes that a day is loaded on top of.
var histories = []string{"1M", "3M", "10M"}

// incrementCases load one day's dump on top of a history.
func incrementCases() []benchCase {
	var cases []benchCase
	for _, size := range histories {
		cases = append(cases,
			benchCase{"increment/rebuild-" + size, "a day on top of " + size + " events, beside deriving all anew by SQL", func(b *bench, name string) error {
				return b.dayBesideRebuild(name, "history-"+size)
			}},
			benchCase{"increment/anew-" + size, "a day on top of " + size + " events, beside loading all of the feed", func(b *bench, name string) error {
				return b.dayBesideAll(name, "history-"+size)
			}})
	}
	return append(cases,
		benchCase{"increment/growth", "a day on top of 10M events, beside one on top of 1M", (*bench).dayGrowth},
		benchCase{"increment/file", "bytes a day adds to the file, beside what its rows need", (*bench).fileGrowth})
}

// day is smew load of the first day after a feed's history.
func (b *bench) day(feed string) (side, error) {
	before, err := b.database(feed, 1)
	if err != nil {
		return side{}, err
	}
	after, err := b.feeds.first(feed, 2)
	return side{
		name: "smew, a day", schema: "main",
		ready:   func(dir string) error { return copyFile(before, result(dir)) },
		command: func(dir string) command { return command{args: b.loadArgs(after, result(dir))} },
	}, err
}

// dayBesideRebuild lets the other side derive from the delivered rows, which it is given: it reads no part.
func (b *bench) dayBesideRebuild(name, feed string) error {
	day, err := b.day(feed)
	if err != nil {
		return err
	}
	loaded, err := b.database(feed, 2)
	if err != nil {
		return err
	}
	script, err := b.tools.script("duckdb", "rebuild.py")
	if err != nil {
		return err
	}
	rebuild := side{
		name: "rebuild by SQL", schema: "derived",
		ready: func(dir string) error { return copyFile(loaded, result(dir)) },
		command: func(dir string) command {
			return command{args: append(script[:2:2], result(dir), strconv.Itoa(b.threads))}
		},
	}
	return b.pair(name, day, rebuild, comparison{})
}

func (b *bench) dayBesideAll(name, feed string) error {
	day, err := b.day(feed)
	if err != nil {
		return err
	}
	both, err := b.feeds.first(feed, 2)
	if err != nil {
		return err
	}
	all := b.smewLoad(both, "main")
	all.name = "smew, all anew"
	return b.pair(name, day, all, comparison{})
}

func (b *bench) dayGrowth(name string) error {
	large, err := b.day("history-10M")
	if err != nil {
		return err
	}
	small, err := b.day("history-1M")
	if err != nil {
		return err
	}
	large.name, small.name = "smew, a day on 10M", "smew, a day on 1M"
	return b.pair(name, large, small, comparison{unrelated: "two sizes of one feed"})
}

// fileGrowth loads 25 days, one by one, and holds what the last 20 of them add to the file
// against a file with nothing but their rows.
func (b *bench) fileGrowth(name string) error {
	const fifth, last = 5, 25
	for _, size := range histories {
		feed := "history-" + size
		before, err := b.database(feed, 1)
		if err != nil {
			return err
		}
		db, err := b.fresh(feed + "-growing")
		if err != nil {
			return err
		}
		if err := copyFile(before, db); err != nil {
			return err
		}
		var bytes [last + 1]int64
		for day := 1; day <= last; day++ {
			part, err := b.feeds.first(feed, 1+day)
			if err != nil {
				return err
			}
			if err := b.quietly(b.loadArgs(part, db)); err != nil {
				return err
			}
			if bytes[day], err = fileSize(db); err != nil {
				return err
			}
			if err := os.RemoveAll(part); err != nil {
				return err
			}
		}
		need, err := b.rowsAlone(feed, db, fifth)
		if err != nil {
			return err
		}
		b.report.figure(name+"/"+size, "growth over the last 20 of 25 days / a file of their rows alone", float64(bytes[last]-bytes[fifth])/float64(need))
		if err := os.Remove(db); err != nil {
			return err
		}
	}
	return nil
}

// rowsAlone is the size of a file with the rows of the dumps after a day, and nothing else.
func (b *bench) rowsAlone(feed, db string, day int) (int64, error) {
	whole, err := b.feeds.get(feed)
	if err != nil {
		return 0, err
	}
	manifests, err := manifestsOf(whole)
	if err != nil {
		return 0, err
	}
	if day >= len(manifests) {
		return 0, fmt.Errorf("feed %s has only %d dumps", feed, len(manifests))
	}
	dump := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(manifests[day]), "sync_"), ".json")
	alone, err := b.fresh(feed + "-rows-alone")
	if err != nil {
		return 0, err
	}
	defer os.Remove(alone)
	if err := b.script("rows_alone.py", alone, db, dump); err != nil {
		return 0, err
	}
	return fileSize(alone)
}

func fileSize(path string) (int64, error) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

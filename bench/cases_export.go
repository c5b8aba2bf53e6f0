package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

// exportCases send tables of 10 and of 50 million rows.
func exportCases() []benchCase {
	return []benchCase{
		{"export/diff", "Diff of 10M rows of which 1 % changed, beside All of them, to a local file", (*bench).exportDiff},
		{"export/copy", "All of 10M rows as CSV to a local file, beside DuckDB's COPY", (*bench).exportCopy},
		{"export/s3", "All of 50M rows as CSV to S3, beside DuckDB's COPY and aws s3 cp", (*bench).exportS3},
	}
}

// exportConfig has a sync of each mode.
const exportConfig = `exports:
  models: [{id: m, table: main.m, primary-key: [id]}]
  syncs:
    - {id: all, model: m, to: %[1]q, file: all.csv}
    - {id: diff, model: m, to: %[1]q, file: diff.csv, mode: diff}
`

// exported is a database with the table, whose state is sent and behind by a hundredth of the rows.
func (b *bench) exported() (path string, script []string, err error) {
	if script, err = b.tools.script("duckdb", "export.py"); err != nil {
		return "", nil, err
	}
	path, err = b.once("export", func(path string) error {
		if err := b.makeTable(path, script, 10_000_000); err != nil {
			return err
		}
		dir := filepath.Dir(path)
		run, err := b.exportRun("diff", dir, filepath.Join(dir, "out"), path)
		if err == nil {
			err = b.quietly(run)
		}
		if err == nil {
			err = b.quietly(append(script[:2:2], "change", path))
		}
		return err
	})
	return path, script, err
}

// makeTable makes a database of smew's that has a table of so many rows.
func (b *bench) makeTable(path string, script []string, rows int) error {
	small, err := b.database("history-1M", 1)
	if err != nil {
		return err
	}
	if err := copyFile(small, path); err != nil {
		return err
	}
	return b.quietly(append(script[:2:2], "make", path, strconv.Itoa(b.of(rows))))
}

// exportRun is a run of a sync to a place. Its configuration lies in dir.
func (b *bench) exportRun(sync, dir, to, path string) ([]string, error) {
	config := filepath.Join(dir, "export.yaml")
	err := os.WriteFile(config, fmt.Appendf(nil, exportConfig, to), 0o666)
	return []string{b.tools.smew, "export", "run", sync, "--config", config, "--db", path, "--threads", strconv.Itoa(b.threads)}, err
}

// exportSide runs a sync on a copy of the database.
func (b *bench) exportSide(name, sync, path string) side {
	return side{
		name: name,
		ready: func(dir string) error {
			_, err := b.exportRun(sync, dir, filepath.Join(dir, "out"), "")
			return errors.Join(err, copyFile(path, result(dir)), warm(result(dir)))
		},
		command: func(dir string) command {
			args, _ := b.exportRun(sync, dir, filepath.Join(dir, "out"), result(dir)) // it was written before
			return command{args: args}
		},
	}
}

func (b *bench) exportDiff(name string) error {
	path, _, err := b.exported()
	if err != nil {
		return err
	}
	return b.exportPair(name, b.exportSide("smew, Diff", "diff", path), b.exportSide("smew, All", "all", path), func(dirs [2]string) (string, error) {
		changed, err := os.Stat(filepath.Join(dirs[0], "out", "diff_changed.csv"))
		if err != nil {
			return "", err
		}
		all, err := os.Stat(filepath.Join(dirs[1], "out", "all.csv"))
		if err == nil && changed.Size() > all.Size()/50 {
			err = fmt.Errorf("the changed rows have %d bytes, all rows %d", changed.Size(), all.Size())
		}
		return "one row in a hundred, beside all", err
	})
}

func (b *bench) exportCopy(name string) error {
	path, script, err := b.exported()
	if err != nil {
		return err
	}
	ours := b.exportSide("smew, All", "all", path)
	theirs := side{name: "DuckDB's COPY", ready: ours.ready, command: func(dir string) command {
		return command{args: append(append([]string{}, script...), "copy", result(dir), filepath.Join(dir, "copy.csv"), strconv.Itoa(b.threads))}
	}}
	return b.exportPair(name, ours, theirs, func(dirs [2]string) (string, error) {
		one, err := os.Stat(filepath.Join(dirs[0], "out", "all.csv"))
		if err != nil {
			return "", err
		}
		other, err := os.Stat(filepath.Join(dirs[1], "copy.csv"))
		if err == nil && one.Size() != other.Size() {
			err = fmt.Errorf("files of %d and of %d bytes", one.Size(), other.Size())
		}
		return "the same number of bytes", err
	})
}

// exportPair is pair for what leaves files.
func (b *bench) exportPair(name string, sideA, sideB side, holds func(dirs [2]string) (string, error)) error {
	sides, dirs := [2]side{sideA, sideB}, [2]string{filepath.Join(b.work(), "a"), filepath.Join(b.work(), "b")}
	runs := make([][2]measure, b.pairs)
	for i := range runs {
		for s, one := range sides {
			var err error
			if runs[i][s], err = b.measured(one, dirs[s]); err != nil {
				return fmt.Errorf("%s: %w", one.name, err)
			}
		}
		fmt.Fprintf(os.Stderr, "  cpu %.2f / %.2f s, wall %.2f / %.2f s\n", runs[i][0].CPU, runs[i][1].CPU, runs[i][0].Wall, runs[i][1].Wall)
	}
	said, err := holds(dirs)
	if err != nil {
		return err
	}
	b.report.add(pairResult{Name: name, A: sideA.name, B: sideB.name, Content: said, Runs: runs})
	return errors.Join(os.RemoveAll(dirs[0]), os.RemoveAll(dirs[1]))
}

// Package driver holds what every way of talking to Spark's driver has in common: the settings of a session, how files are named
// to it, and what its errors mean. It talks to none.
package driver

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"
)

// Settings of every session. SQL means what smew's says, whatever the cluster's defaults are, and a file is read by one task, whole: no file
// is that large, and opening one counts as reading that much.
func Settings() map[string]string {
	return map[string]string{
		"spark.sql.caseSensitive":                "false",
		"spark.sql.storeAssignmentPolicy":        "ANSI",
		"spark.sql.parser.escapedStringLiterals": "false",
		"spark.sql.session.timeZone":             "UTC",
		"spark.sql.ansi.enabled":                 "true",
		"spark.sql.ansi.doubleQuotedIdentifiers": "true",
		"spark.sql.files.maxPartitionBytes":      "1125899906842624b",
		"spark.sql.files.openCostInBytes":        "1125899906842624b",
		// A whole table is overwritten by no rows too: Iceberg passes over an overwrite of partitions that brings none.
		"spark.sql.sources.partitionOverwriteMode": "static",
		// ${env:NAME} in a delivered text is that text, and not what the driver's environment says.
		"spark.sql.variable.substitute": "false",
		// A name in backticks is a name, not a pattern.
		"spark.sql.parser.quotedRegexColumnNames": "false",
	}
}

// AvroOptions are those of reading Avro files: all of them, and no columns out of the names of folders.
func AvroOptions() map[string]string {
	return map[string]string{"ignoreMissingFiles": "false", "ignoreCorruptFiles": "false", "recursiveFileLookup": "true"}
}

// Paths are the files as Spark takes them, where a path may be a pattern. Files that are listed twice are an error.
func Paths(files []string) ([]string, error) {
	if len(files) == 0 {
		return nil, errors.New("there are no files")
	}
	sorted := slices.Sorted(slices.Values(files))
	paths := make([]string, len(files))
	for i, f := range files {
		if i > 0 && sorted[i] == sorted[i-1] {
			return nil, fmt.Errorf("file %q is listed twice", sorted[i])
		}
		paths[i] = literal.Replace(f)
	}
	return paths, nil
}

var literal = strings.NewReplacer(`\`, `\\`, "{", `\{`, "}", `\}`, "[", `\[`, "]", `\]`, "*", `\*`, "?", `\?`)

// Complete holds the files that a view reads, as Spark lists them, against those it should: Spark leaves out files whose names
// begin with _ or a dot, and says nothing.
func Complete(files, read []string) error {
	if len(read) == len(files) {
		return nil
	}
	names := map[string]bool{}
	for _, f := range read {
		if name, err := url.PathUnescape(path.Base(f)); err == nil {
			names[name] = true
		}
	}
	for _, f := range files {
		if !names[path.Base(f)] {
			return fmt.Errorf("Spark does not read file %q", f)
		}
	}
	return fmt.Errorf("Spark reads %d files", len(read))
}

// Named puts before an error what the statement does, in the words of its first comment, or else its own first words.
func Named(sql string, err error) error {
	if err == nil {
		return nil
	}
	first, _, _ := strings.Cut(strings.TrimSpace(sql), "\n")
	if comment, ok := strings.CutPrefix(first, "--"); ok {
		return fmt.Errorf("%s: %w", strings.TrimRight(strings.TrimSpace(comment), ".:"), err)
	}
	if short := []rune(first); len(short) > 60 {
		first = string(short[:60]) + "…"
	}
	return fmt.Errorf("run %s: %w", first, err)
}

// InView puts before an error which view was being made.
func InView(view string, files []string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("make view %s of %d files: %w", view, len(files), err)
}

// KeepAlive uses a session every now and then, until stop is called: a driver forgets those that nobody uses. What is wrong with it
// the next statement says.
func KeepAlive(every time.Duration, use func(context.Context)) (stop context.CancelFunc) {
	ctx, stop := context.WithCancel(context.Background())
	go func() {
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				use(ctx)
			}
		}
	}()
	return stop
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// recipe says how a feed is produced. Zeros are left to produce's defaults.
type recipe struct {
	history  int // events of the first dump
	events   int // events of every other dump
	users    int
	dumps    int
	partRows int
	codec    string
}

func scaled(n int, scale float64) int { return max(1, int(float64(n)*scale)) }

// recipes are the feeds by name. Of a dump's rows about six in ten are pageviews; the more users
// there are to the events, the more ids get mapped, here about one to twenty events.
func recipes(scale float64) map[string]recipe {
	n := func(full int) int { return scaled(full, scale) }
	history := func(events int) recipe {
		return recipe{history: n(events), events: n(27_000), users: n(events / 2), dumps: 26, partRows: n(380_000)}
	}
	large := recipe{history: n(4_200_000), users: n(215_000), dumps: 1, partRows: n(380_000)}
	small := recipe{history: n(350_000), users: n(18_000), dumps: 1, partRows: n(380_000)} // a twelfth of large
	deflate := large
	deflate.codec = "deflate"
	return map[string]recipe{
		"snappy":      large,
		"deflate":     deflate,
		"history-1M":  history(985_000),
		"history-3M":  history(2_950_000),
		"history-10M": history(9_850_000),
		"rows-3M":     {events: n(2_400_000), users: n(100_000), dumps: 1, partRows: n(400_000)},
		"rows-15M":    {events: n(12_000_000), users: n(500_000), dumps: 1, partRows: n(400_000)},
		"dlt":         {events: n(10_000), users: n(1_000), dumps: 5, partRows: n(5_000)},
		"tap-heap":    small,
		"many-parts":  {events: n(790_000), users: n(50_000), dumps: 1, partRows: 100},
		"few-parts":   {events: n(790_000), users: n(50_000), dumps: 1, partRows: n(400_000)},
		"small-dumps": {events: 100, users: 100, dumps: max(20, n(1000))},
	}
}

func (r recipe) flags() []string {
	flags := []string{"--seed", "1"}
	for _, f := range []struct {
		name  string
		value int
	}{{"history", r.history}, {"events", r.events}, {"users", r.users}, {"dumps", r.dumps}, {"part-rows", r.partRows}} {
		if f.value > 0 {
			flags = append(flags, "--"+f.name, strconv.Itoa(f.value))
		}
	}
	if r.codec != "" {
		flags = append(flags, "--codec", r.codec)
	}
	return flags
}

// feeds makes feeds when they are first asked for, and keeps them from run to run.
type feeds struct {
	ctx     context.Context
	dir     string
	smew    string
	recipes map[string]recipe
}

// noRecipeError names a feed that nobody described.
type noRecipeError struct{ feed string }

func (e *noRecipeError) Error() string { return fmt.Sprintf("no recipe for feed %q", e.feed) }

// get returns the folder of a feed. Beside it lies the recipe it was made by, written last: a
// feed that is half done, or of another recipe, is made anew.
func (f feeds) get(name string) (string, error) {
	r, ok := f.recipes[name]
	if !ok {
		return "", &noRecipeError{name}
	}
	dir, mark := filepath.Join(f.dir, name), filepath.Join(f.dir, name+".recipe")
	flags := r.flags()
	text := strings.Join(flags, " ") + "\n"
	if made, err := os.ReadFile(mark); err == nil && string(made) == text {
		return dir, warm(dir)
	}
	if err := errors.Join(os.RemoveAll(dir), os.MkdirAll(f.dir, 0o777)); err != nil {
		return "", err
	}
	fmt.Fprintln(os.Stderr, "  producing", name)
	if err := quiet(exec.CommandContext(f.ctx, f.smew, append([]string{"produce", dir, "--quiet"}, flags...)...)); err != nil {
		return "", err
	}
	return dir, os.WriteFile(mark, []byte(text), 0o666)
}

// warm reads files once, so that no side is the one that waits for the disk.
func warm(dir string) error {
	return filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		f, err := os.Open(file)
		if err != nil {
			return err
		}
		defer f.Close()
		_, err = io.Copy(io.Discard, f)
		return err
	})
}

// first makes a feed that has only the first dumps of another, its files linked. It is always at one place, as a feed
// that grows is: a database that another place was loaded into has to be told so, and that is a commit.
func (f feeds) first(name string, dumps int) (string, error) {
	whole, err := f.get(name)
	if err != nil {
		return "", err
	}
	dir := whole + "-begun"
	if err := os.RemoveAll(dir); err != nil {
		return "", err
	}
	manifests, err := manifestsOf(whole)
	if err != nil {
		return "", err
	}
	left := manifests[min(dumps, len(manifests)):]
	return dir, filepath.WalkDir(whole, func(file string, d fs.DirEntry, err error) error {
		if err != nil || slices.Contains(left, file) {
			return err
		}
		to := filepath.Join(dir, strings.TrimPrefix(file, whole))
		if d.IsDir() {
			return os.MkdirAll(to, 0o777)
		}
		return os.Link(file, to)
	})
}

// manifestsOf lists a feed's manifests in the order of their dumps.
func manifestsOf(feed string) ([]string, error) {
	files, err := filepath.Glob(filepath.Join(feed, "manifests", "*.json"))
	if err != nil {
		return nil, err
	}
	slices.SortFunc(files, func(a, b string) int { // sync_999 comes before sync_1000
		if len(a) != len(b) {
			return len(a) - len(b)
		}
		return strings.Compare(a, b)
	})
	return files, nil
}

// partsOf lists a table's parts in all of a feed.
func partsOf(feed, table string) ([]string, error) {
	parts, err := filepath.Glob(filepath.Join(feed, "sync_*", "_heap_table_name="+table, "*.avro"))
	if err == nil && len(parts) == 0 {
		err = fmt.Errorf("feed %s has no parts of %s", filepath.Base(feed), table)
	}
	return parts, err
}

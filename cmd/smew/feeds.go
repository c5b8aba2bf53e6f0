package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// following is what flags, environment and configuration say about following one feed.
type following struct {
	load
	name, location string
	target         sparkTarget // in place of a database

	every, floor time.Duration
	publish      string
	publishEvery time.Duration
}

func (f *following) flags(flags *pflag.FlagSet) {
	f.load.flags(flags)
	f.target.flags(flags)
	f.quarantineFlag(flags)
	f.cacheFlags(flags)
	f.choiceFlags(flags)
	flags.DurationVar(&f.every, "every", 5*time.Minute, "longest `pause` between looks, such as 30s, 5m or 1h")
	flags.DurationVar(&f.floor, "floor", defaultFloor, "shortest `pause` between looks")
	flags.StringVar(&f.publish, "publish", "", "keep a copy of the database in this `file`, for readers who shall never be locked out")
	flags.DurationVar(&f.publishEvery, "publish-every", 0, "make that copy at most once in this `time`: it costs reading and writing the whole file (default: after each look that loads)")
}

// into is where the feed goes: a database, or a cluster's catalog.
func (f *following) into() string {
	if f.target.asked() {
		return f.target.catalogName()
	}
	return f.path
}

// samePath tells whether two paths lead to the same file, by links too, whether or not it exists yet.
func samePath(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	return resolved(a) == resolved(b) || errX == nil && errY == nil && os.SameFile(x, y)
}

// resolved is a path without links, as far as it exists.
func resolved(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	dir := filepath.Dir(path)
	if dir == path {
		return path
	}
	return filepath.Join(resolved(dir), filepath.Base(path))
}

// sections are the keys of a configuration file that are no flags.
var sections = []string{"feeds", alertSection, exportSection}

// ofFeed are the keys of a feed that are no flags.
const feedKey, nameKey = "feed", "name"

// names of feeds stand in addresses and in logs.
var feedName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

// feeds are those that a call is to follow: the one that it names, or those of the configuration file.
func (a *app) feeds(cmd *cobra.Command, args []string, f *following) ([]*following, error) {
	if len(args) > 0 {
		f.location = args[0]
		for _, wrong := range f.flaws() {
			switch wrong.setting {
			case "db", feedKey, "map": // said better where it is used
			default:
				return nil, &usageError{wrong.Error(), ""}
			}
		}
		return []*following{f}, nil
	}
	if _, ok := a.file.values["feeds"]; !ok {
		return nil, &usageError{"FEED is missing", "usage: " + cmd.UseLine() + ", or feeds in a configuration file (--config)"}
	}
	all, wrong := a.file.feeds(func(flags *pflag.FlagSet) error { return a.inherit(flags, cmd.Flags()) })
	if len(wrong) == 0 {
		return all, nil
	}
	err := a.file.wrong(wrong[0])
	if len(wrong) > 1 {
		err = &hinted{err, fmt.Sprintf("smew config check %s shows what else is wrong", a.file.path)}
	}
	return nil, err
}

// inherit gives a feed's flags the values that a call's flags have, and marks those that were given there or in
// the environment: they win over the feed's own.
func (a *app) inherit(flags, call *pflag.FlagSet) (err error) {
	flags.VisitAll(func(f *pflag.Flag) {
		of := call.Lookup(f.Name)
		if of == nil || err != nil {
			return
		}
		inEnvironment, _ := a.environ(variable(f))
		if f.Changed = of.Changed || inEnvironment != ""; !f.Changed && of.Value.String() == of.DefValue {
			return
		}
		values := []string{of.Value.String()}
		if list, ok := of.Value.(pflag.SliceValue); ok {
			values = list.GetSlice()
		}
		err = set(f, values...)
	})
	return err
}

// feeds reads the section of that name. inherit puts into a feed's flags what holds for all of them.
func (c *config) feeds(inherit func(*pflag.FlagSet) error) (all []*following, wrong []problem) {
	list, ok := c.values["feeds"].([]any)
	if !ok || len(list) == 0 {
		return nil, []problem{c.at("feeds", "a list of feeds is wanted, each with feed and db")}
	}
	wrong = c.missing("feeds")
	seen := map[string]string{} // what only one feed may have, and which
	for i, item := range list {
		at := fmt.Sprintf("feeds[%d]", i)
		values, ok := item.(map[string]any)
		if !ok {
			wrong = append(wrong, c.at(at, "a feed is wanted, with feed and db"))
			continue
		}
		f := &following{}
		problems := c.feed(at, values, f, inherit)
		for _, own := range f.owns() {
			if other, taken := seen[own.what]; taken && other != at {
				problems = append(problems, c.at(at+"."+own.key, own.said+" is that of "+other+" already"))
			} else {
				seen[own.what] = at
			}
		}
		wrong, all = append(wrong, problems...), append(all, f)
	}
	return all, ordered(wrong)
}

// own is what only one feed may have, and the setting that says so.
type own struct{ key, what, said string }

func (f *following) owns() []own {
	all := []own{{nameKey, "name " + f.name, "the name " + f.name}}
	for _, file := range []own{{"db", f.path, "the file"}, {"publish", f.publish, "the file"}} {
		if file.what == "" {
			continue
		}
		file.what = resolved(file.what)
		all = append(all, file)
	}
	return all
}

// feedNameOf is what a feed is called: its name, or else its database's without the ending.
func feedNameOf(name, database string) string {
	if name == "" {
		name, _, _ = strings.Cut(filepath.Base(database), ".")
	}
	return name
}

// feed reads one feed of the section.
func (c *config) feed(at string, values map[string]any, f *following, inherit func(*pflag.FlagSet) error) (wrong []problem) {
	flags := pflag.NewFlagSet(at, pflag.ContinueOnError)
	f.flags(flags)
	if err := inherit(flags); err != nil {
		return []problem{c.at(at, err.Error())}
	}
	bad := map[string]bool{}
	complain := func(key, text string) {
		if !bad[key] {
			wrong = append(wrong, c.at(at+"."+key, text))
		}
		bad[key] = true
	}
	for key, value := range values {
		flag := flags.Lookup(key)
		text, isText := value.(string)
		switch {
		case (key == feedKey || key == nameKey) && !isText:
			complain(key, "a text is wanted")
		case key == feedKey:
			f.location = text
		case key == nameKey:
			f.name = text
		case flag == nil:
			complain(key, "there is no setting of this name for a feed")
		case !flag.Changed:
			if err := setFrom(flag, value); err != nil {
				complain(key, err.Error())
			}
		}
	}
	f.name = feedNameOf(f.name, f.path)
	if !feedName.MatchString(f.name) {
		complain(nameKey, fmt.Sprintf("%q is no name: letters, digits, '.', '_' and '-' make one", f.name))
	}
	if f.location == "" {
		complain(feedKey, "where the feed lies is missing: a directory or s3://bucket/prefix")
	}
	for _, flaw := range f.flaws() {
		complain(flaw.setting, flaw.text)
	}
	for i, p := range wrong { // what the feed does not say itself is wrong where it is said
		key := strings.TrimPrefix(p.Path, at+".")
		if _, own := values[key]; !own && c.lines[key] > 0 {
			wrong[i] = c.at(key, p.Text)
		}
	}
	return wrong
}

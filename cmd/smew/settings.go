package main

import (
	"errors"
	"fmt"
	"os"
	"sort"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// settings fills in the flags that were not given, from the environment and then from
// the configuration file.
func (a *app) settings(cmd *cobra.Command) error {
	file, err := a.configFile(cmd)
	if err != nil {
		return err
	}
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if err != nil || f.Changed || !isSetting(f) {
			return
		}
		name := variable(f)
		if value, ok := a.environ(name); ok && value != "" {
			if failed := set(f, strings.Split(value, ",")...); failed != nil {
				err = &usageError{fmt.Sprintf("%s: %v", name, failed), ""}
			}
			return
		}
		err = file.fill(f)
	})
	return err
}

// isSetting tells the flags that can be set elsewhere from those that only make sense in a call.
func isSetting(f *pflag.Flag) bool {
	_, only := f.Annotations[callOnly]
	return f.Name != "help" && f.Name != "config" && !only
}

// callOnly marks a flag that can be given in a call only.
const callOnly = "call only"

// variable is the name of a flag in the environment.
func variable(f *pflag.Flag) string {
	return "SMEW_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
}

func set(f *pflag.Flag, values ...string) error {
	list, ok := f.Value.(pflag.SliceValue)
	if !ok {
		return f.Value.Set(strings.Join(values, ","))
	}
	return list.Replace(values)
}

// config is a configuration file as it was read.
type config struct {
	path   string
	source []byte
	values map[string]any
}

func (a *app) configFile(cmd *cobra.Command) (*config, error) {
	path := cmd.Flag("config").Value.String()
	if path == "" {
		path, _ = a.environ("SMEW_CONFIG")
	}
	if path == "" {
		return &config{}, nil
	}
	source, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	c := &config{path: path, source: source}
	if err := yaml.Unmarshal(source, &c.values); err != nil {
		return nil, &usageError{fmt.Sprintf("read configuration %s: %s", path, yaml.FormatError(err, false, true)), ""}
	}
	return c, c.check(cmd.Root())
}

// check refuses keys that no command has a flag for. Keys of other commands are fine: one file
// serves them all.
func (c *config) check(root *cobra.Command) error {
	known := map[string]bool{}
	note := func(f *pflag.Flag) {
		if isSetting(f) {
			known[f.Name] = true
		}
	}
	root.PersistentFlags().VisitAll(note)
	for _, cmd := range root.Commands() {
		cmd.Flags().VisitAll(note)
	}
	keys := make([]string, 0, len(c.values))
	for key := range c.values {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	for _, key := range keys {
		if !known[key] && key != alertSection {
			return c.wrong(key, errors.New("there is no setting of this name"))
		}
	}
	return nil
}

// fill sets a flag from the file, if the file names it.
func (c *config) fill(f *pflag.Flag) error {
	value, ok := c.values[f.Name]
	if !ok || value == nil {
		return nil
	}
	list, ok := value.([]any)
	if !ok {
		list = []any{value}
	} else if _, many := f.Value.(pflag.SliceValue); !many {
		return c.wrong(f.Name, errors.New("a list where one value is wanted"))
	}
	texts := make([]string, len(list))
	for i, v := range list {
		switch v.(type) {
		case map[string]any, []any, nil:
			return c.wrong(f.Name, errors.New("not a plain value"))
		}
		texts[i] = fmt.Sprint(v)
	}
	if err := set(f, texts...); err != nil {
		return c.wrong(f.Name, err)
	}
	return nil
}

// yamlPath is a key's place. Those of sections are paths already.
func yamlPath(key string) string {
	if strings.HasPrefix(key, alertSection+".") {
		return "$." + key
	}
	return "$.'" + strings.ReplaceAll(key, "'", "\\'") + "'"
}

// wrong places an error in the file, with the lines around.
func (c *config) wrong(key string, err error) error {
	text := fmt.Sprintf("configuration %s: %s: %v", c.path, key, err)
	if path, failed := yaml.PathString(yamlPath(key)); failed == nil {
		if lines, failed := path.AnnotateSource(c.source, false); failed == nil {
			text += "\n" + strings.TrimRight(string(lines), "\n")
		}
	}
	return &usageError{text, ""}
}

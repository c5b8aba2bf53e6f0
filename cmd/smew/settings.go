package main

import (
	"errors"
	"fmt"
	"strings"

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
	a.file = file
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if err != nil || f.Changed || !isSetting(f) {
			return
		}
		var done bool
		if done, err = a.fromEnvironment(f); !done && err == nil {
			err = file.fill(f)
		}
	})
	return err
}

// fromEnvironment sets a flag from the environment, if that has it.
func (a *app) fromEnvironment(f *pflag.Flag) (done bool, err error) {
	name := variable(f)
	value, ok := a.environ(name)
	if !ok || value == "" {
		return false, nil
	}
	if err := set(f, strings.Split(value, ",")...); err != nil {
		return true, &usageError{fmt.Sprintf("%s: %v", name, err), ""}
	}
	return true, nil
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
		value := strings.Join(values, ",")
		if err := f.Value.Set(value); err != nil {
			return wrongValue(f, value, err)
		}
		return nil
	}
	return list.Replace(values)
}

// setFrom sets a flag from what YAML made of a setting.
func setFrom(f *pflag.Flag, value any) error {
	if value == nil {
		return nil
	}
	list, ok := value.([]any)
	if !ok {
		list = []any{value}
	} else if _, many := f.Value.(pflag.SliceValue); !many {
		return errors.New("a list where one value is wanted")
	}
	texts := make([]string, len(list))
	for i, v := range list {
		switch v.(type) {
		case map[string]any, []any, nil:
			return errors.New("not a plain value")
		}
		texts[i] = fmt.Sprint(v)
	}
	return set(f, texts...)
}

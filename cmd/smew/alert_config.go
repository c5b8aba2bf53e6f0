package main

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"smew/alert"
)

// alertSection is the key of a configuration file that says what is told to whom.
const alertSection = "alerts"

// alertConfig reads the section of alerts; there may be none. What is wrong in it is shown in its place.
func (a *app) alertConfig(c *config) (alert.Config, error) {
	conf, wrong := c.alerts()
	return conf, c.allWrong(wrong)
}

// alerts reads the section of that name, and tells all that is wrong in it. No secret is shown.
func (c *config) alerts() (conf alert.Config, wrong []problem) {
	if c.nodes[alertSection] == nil {
		return conf, nil
	}
	wrong = append(c.missing(alertSection), c.unknownKeys(alertSection, c.values[alertSection], reflect.TypeFor[alert.Config]())...)
	if mistyped := c.decode(alertSection, &conf); len(mistyped) > 0 {
		return conf, ordered(append(wrong, mistyped...)) // the rest was not read
	}
	told := map[string]bool{} // a variable that is not set makes no proper value either
	for _, p := range wrong {
		told[p.Path] = true
	}
	for _, p := range append(conf.Validate(), c.strangers(conf)...) {
		if path := alertSection + "." + p.Path; !told[path] {
			wrong = append(wrong, c.at(path, p.Text))
		}
	}
	for i := range wrong {
		wrong[i].Text = conf.Hide(wrong[i].Text)
	}
	return conf, ordered(wrong)
}

// strangers are channels' feeds that the file does not have: such a channel would never be told anything.
func (c *config) strangers(conf alert.Config) (wrong []alert.Problem) {
	list, _ := c.values["feeds"].([]any)
	if len(list) == 0 {
		return nil // what it is called is up to the call
	}
	var names []string
	for _, item := range list {
		values, _ := item.(map[string]any)
		name, _ := values[nameKey].(string)
		path, _ := values["db"].(string)
		names = append(names, feedNameOf(name, path))
	}
	for i, ch := range conf.Channels {
		for j, name := range ch.Feeds {
			if !slices.Contains(names, name) {
				wrong = append(wrong, alert.Problem{Path: fmt.Sprintf("channels[%d].feeds[%d]", i, j), Text: fmt.Sprintf("there is no feed %q: there are %s", name, strings.Join(names, ", "))})
			}
		}
	}
	return wrong
}

// unknownKeys are keys of a section that the struct it is read into has no field for, at any depth.
func (c *config) unknownKeys(path string, value any, into reflect.Type) (wrong []problem) {
	for into.Kind() == reflect.Pointer {
		into = into.Elem()
	}
	switch v := value.(type) {
	case []any:
		if into.Kind() == reflect.Slice {
			for i, item := range v {
				wrong = append(wrong, c.unknownKeys(fmt.Sprintf("%s[%d]", path, i), item, into.Elem())...)
			}
		}
	case map[string]any:
		for key, item := range v {
			switch field, ok := fieldOf(into, key); {
			case ok:
				wrong = append(wrong, c.unknownKeys(path+"."+key, item, field)...)
			case into.Kind() == reflect.Struct:
				wrong = append(wrong, c.at(path+"."+key, "there is no setting of this name"))
			}
		}
	}
	return wrong
}

// fieldOf is the type of what a key stands for; false: for nothing.
func fieldOf(into reflect.Type, key string) (reflect.Type, bool) {
	switch into.Kind() {
	case reflect.Map:
		return into.Elem(), true
	case reflect.Struct:
		for i := range into.NumField() {
			if into.Field(i).Tag.Get("yaml") == key {
				return into.Field(i).Type, true
			}
		}
	}
	return nil, false
}

package main

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"smew/alert"
	"smew/section"
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
	wrong = c.check(alertSection, &conf, func() []section.Problem { return append(conf.Validate(), c.strangers(conf)...) })
	for i := range wrong {
		wrong[i].Text = conf.Hide(wrong[i].Text)
	}
	return conf, wrong
}

// strangers are channels' feeds that the file does not have: such a channel would never be told anything.
func (c *config) strangers(conf alert.Config) (wrong []section.Problem) {
	for i, ch := range conf.Channels {
		for j, name := range ch.Feeds {
			if text := c.stranger(name); text != "" {
				wrong = append(wrong, section.Problem{Path: fmt.Sprintf("channels[%d].feeds[%d]", i, j), Text: text})
			}
		}
	}
	return wrong
}

// stranger says that the file has no feed of that name; "": it has, or it lists none, and what the only one is called is
// up to the call.
func (c *config) stranger(name string) string {
	feeds := c.feedNames()
	if len(feeds) == 0 || slices.ContainsFunc(feeds, func(f namedFeed) bool { return f.name == name }) {
		return ""
	}
	names := make([]string, len(feeds))
	for i, f := range feeds {
		names[i] = f.name
	}
	return fmt.Sprintf("there is no feed %q: there are %s", name, strings.Join(names, ", "))
}

// namedFeed is what a feed of the file is called, its database, and the copy that it publishes.
type namedFeed struct{ name, path, publish string }

// has tells whether a file is the feed's database or its copy.
func (f namedFeed) has(path string) bool {
	return f.path != "" && samePath(f.path, path) || f.publish != "" && samePath(f.publish, path)
}

// feedNames are the feeds of the file, as far as they make sense; one without a name is called as its database.
func (c *config) feedNames() (all []namedFeed) {
	list, _ := c.values["feeds"].([]any)
	for _, item := range list {
		values, _ := item.(map[string]any)
		name, _ := values[nameKey].(string)
		path, _ := values["db"].(string)
		publish, _ := values["publish"].(string)
		all = append(all, namedFeed{feedNameOf(name, path), path, publish})
	}
	return all
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

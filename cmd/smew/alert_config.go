package main

import (
	"strings"

	"smew/alert"
)

// alertSection is the key of a configuration file that says what is told to whom.
const alertSection = "alerts"

// alertConfig reads the section of alerts; there may be none. What is wrong in it is shown in its place.
func (a *app) alertConfig(c *config) (alert.Config, error) {
	conf, wrong := c.alerts()
	var texts []string
	for _, p := range wrong {
		texts = append(texts, c.wrong(p).Error())
	}
	if texts != nil {
		return conf, &usageError{strings.Join(texts, "\n"), ""}
	}
	return conf, nil
}

// alerts reads the section of that name, and tells all that is wrong in it. No secret is shown.
func (c *config) alerts() (conf alert.Config, wrong []problem) {
	if c.nodes[alertSection] == nil {
		return conf, nil
	}
	if wrong = append(c.missing(alertSection), c.decode(alertSection, &conf)...); len(wrong) > 0 {
		return conf, wrong
	}
	for _, p := range conf.Validate() {
		wrong = append(wrong, c.at(alertSection+"."+p.Path, p.Text))
	}
	for i := range wrong {
		wrong[i].Text = conf.Hide(wrong[i].Text)
	}
	return conf, wrong
}

package main

import (
	"fmt"
	"slices"

	"smew/export"
)

// exportSection is the key of a configuration file that says what is exported where.
const exportSection = "exports"

// exports reads the section of that name, and tells all that is wrong in it.
func (c *config) exports() (conf export.Config, wrong []problem) {
	if c.nodes[exportSection] == nil {
		return conf, nil
	}
	if wrong = append(c.missing(exportSection), c.decode(exportSection, &conf)...); len(wrong) > 0 {
		return conf, wrong
	}
	for _, p := range conf.Validate() {
		wrong = append(wrong, c.at(exportSection+"."+p.Path, p.Text))
	}
	feeds, _ := c.values["feeds"].([]any)
	for i, s := range conf.Syncs {
		named := func(feed any) bool { f, _ := feed.(map[string]any); return f["name"] == s.Feed }
		if s.Feed != "" && !slices.ContainsFunc(feeds, named) {
			wrong = append(wrong, c.at(fmt.Sprintf("%s.syncs[%d].feed", exportSection, i), fmt.Sprintf("there is no feed %q", s.Feed)))
		}
	}
	return conf, wrong
}

// exportConfig is the section of a command's file. What is wrong in it is shown in its place.
func (a *app) exportConfig() (export.Config, error) {
	conf, wrong := a.file.exports()
	return conf, a.file.allWrong(wrong)
}

// jobs are the syncs of those ids, or all of a feed's.
func (a *app) jobs(ids []string, feed string) (jobs []export.Job, err error) {
	conf, err := a.exportConfig()
	if err != nil {
		return nil, err
	}
	if feed != "" {
		conf = conf.Of(feed)
	}
	if len(ids) == 0 {
		for _, s := range conf.Syncs {
			ids = append(ids, s.ID)
		}
	}
	if len(ids) == 0 {
		return nil, &usageError{"there are no exports", "list models and syncs below exports in a configuration file (--config), or give --query and --to (see smew export --help)"}
	}
	for _, id := range ids {
		j, ok := conf.Job(id)
		if !ok {
			return nil, &usageError{fmt.Sprintf("there is no export %q", id), "smew export list shows those of the configuration file"}
		}
		jobs = append(jobs, j)
	}
	return jobs, nil
}

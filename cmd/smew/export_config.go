package main

import (
	"fmt"

	"smew/export"
	"smew/section"
)

// exportSection is the key of a configuration file that says what is exported where.
const exportSection = "exports"

// exports reads the section of that name, and tells all that is wrong in it.
func (c *config) exports() (conf export.Config, wrong []problem) {
	if c.nodes[exportSection] == nil {
		return conf, nil
	}
	wrong = c.check(exportSection, &conf, func() []section.Problem {
		problems := conf.Validate()
		for i, s := range conf.Syncs {
			if text := c.stranger(s.Feed); s.Feed != "" && text != "" {
				problems = append(problems, section.Problem{Path: fmt.Sprintf("syncs[%d].feed", i), Text: text})
			}
		}
		return problems
	})
	return conf, wrong
}

// exportConfig is the section of a command's file. What is wrong in it is shown in its place.
func (a *app) exportConfig() (export.Config, error) {
	conf, wrong := a.file.exports()
	return conf, a.file.allWrong(wrong)
}

// jobs are the syncs of those ids, or all, of the database's feed: of the one that is named, or else of the file's feed that has
// this database. One of another feed would run its model on rows that it was not made for.
func (a *app) jobs(ids []string, feed, db string) (jobs []export.Job, err error) {
	conf, err := a.exportConfig()
	if err != nil {
		return nil, err
	}
	if text := a.file.stranger(feed); feed != "" && text != "" {
		return nil, &usageError{text, ""}
	}
	for _, f := range a.file.feedNames() {
		if feed == "" && f.path != "" && samePath(f.path, db) {
			feed = f.name
		}
	}
	whole := conf
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
		if of, elsewhere := whole.Job(id); !ok && elsewhere {
			return nil, &usageError{fmt.Sprintf("export %q is of the feed %q", id, of.Sync.Feed), "--db has to be that feed's database"}
		}
		if !ok {
			return nil, &usageError{fmt.Sprintf("there is no export %q", id), "smew export list shows those of the configuration file"}
		}
		jobs = append(jobs, j)
	}
	return jobs, nil
}

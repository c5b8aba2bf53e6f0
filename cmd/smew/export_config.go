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
			text := c.stranger(s.Feed)
			if s.Feed == "" {
				text = ""
				if feeds := c.feedNames(); len(feeds) > 1 {
					text = "there are several feeds, which would write the same files: feed says of whose database it is"
				}
			}
			if text != "" {
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

// exportsOf are the exports of a database's feed: of the one that is named, or else of the file's feed that has this database, or
// publishes it. One of another feed would run its model on rows that it was not made for.
func (a *app) exportsOf(feed, db string) (conf export.Config, err error) {
	if conf, err = a.exportConfig(); err != nil {
		return conf, err
	}
	for _, f := range a.file.feedNames() {
		if feed == "" && f.has(db) {
			feed = f.name
		}
	}
	if feed != "" {
		conf = conf.Of(feed)
	}
	return conf, nil
}

// jobs are the syncs of those ids, or all, of a database's feed.
func (a *app) jobs(ids []string, feed, db string) (jobs []export.Job, err error) {
	if text := a.file.stranger(feed); feed != "" && text != "" {
		return nil, &usageError{text, ""}
	}
	conf, err := a.exportsOf(feed, db)
	if err != nil {
		return nil, err
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
			return nil, a.noExport(id)
		}
		jobs = append(jobs, j)
	}
	return jobs, nil
}

// noExport says why there is no such export for a database.
func (a *app) noExport(id string) error {
	whole, _ := a.file.exports() // it was read without a mistake
	if j, ok := whole.Job(id); ok {
		return &usageError{fmt.Sprintf("export %q is of the feed %q", id, j.Sync.Feed), "--db has to be that feed's database"}
	}
	return &usageError{fmt.Sprintf("there is no export %q", id), "smew export list shows those of the configuration file"}
}

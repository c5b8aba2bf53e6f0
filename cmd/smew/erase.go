package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"smew/duck"
	"smew/erase"
	"smew/loader"
	"smew/stage"
)

// eraseResult is what erase --json prints.
type eraseResult struct {
	Database string `json:"database"`
	erase.Found
	Rows      int64 `json:"rows"`
	DryRun    bool  `json:"dry_run"`
	Rewritten bool  `json:"rewritten"`
	Cached    int   `json:"cached_parts"` // removed from --cache
	Published bool  `json:"published"`    // the copy for readers was made anew
}

// unfinishedError says that a person's rows are gone from the tables, and not yet from the file.
type unfinishedError struct{ err error }

func (e *unfinishedError) Error() string {
	return "the rows are removed, but copies are left in the file: " + e.err.Error()
}
func (e *unfinishedError) Unwrap() error { return e.err }

// Hint says what the user can do about it.
func (e *unfinishedError) Hint() string {
	return "the same command again, or smew compact, finishes it"
}

func (a *app) eraseCmd() *cobra.Command {
	var d database
	var who erase.Who
	var dry bool
	var cache stage.Cache
	var publish string
	cmd := &cobra.Command{
		Use:   "erase --db FILE (--user-id N | --identity X)",
		Short: "Remove a person, and keep them out",
		Long: `Remove a person from the database: the rows of all ids that resolve to them, in
every table, and the mappings that name one of these ids. Of each id a salted
hash is remembered, so that later dumps, resyncs and reloads do not bring the
person back. Then the file is rewritten, as by smew compact, so that no free
block of it keeps a copy.

The feed is not touched: the parts that still hold rows of the person are listed.
Copies of parts that loads keep in --cache are removed, all of them, and the copy
that readers have (--publish) is made anew.`,
		Example: examples("smew erase --db shop.duckdb --identity ada@example.com --dry-run",
			"smew erase --db shop.duckdb --identity ada@example.com", "smew erase --db shop.duckdb --user-id 1234 --cache /var/cache/smew --json"),
		Args: arguments(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if cmd.Flags().Changed("user-id") == (who.Identity != "") {
				return &usageError{"who is to be erased?", "say either --user-id or --identity"}
			}
			options, err := d.options(a.waiting)
			if err != nil {
				return err
			}
			if err := d.there(); err != nil {
				return err
			}
			result := eraseResult{Database: d.path, DryRun: dry}
			if dry {
				result.Found, err = findPerson(cmd.Context(), d, options, who)
			} else {
				err = a.erasePerson(cmd.Context(), d.path, options, who, cache, publish, &result)
			}
			if err != nil {
				return err
			}
			if result.Rows = result.Found.Rows(); a.json {
				return a.printJSON(result)
			}
			a.printErased(result)
			return nil
		},
	}
	d.flags(cmd.Flags())
	cmd.Flags().Int64Var(&who.UserID, "user-id", 0, "any `id` of the person, resolved or as delivered")
	cmd.Flags().StringVar(&who.Identity, "identity", "", "the person's `identity`, as in users")
	cmd.Flags().StringVar(&cache.Dir, "cache", "", "empty this `directory` of fetched parts (see smew load)")
	cmd.Flags().StringVar(&publish, "publish", "", "make the published copy in this `file` anew (see smew poll)")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "say what would go, and remove nothing")
	onlyInCalls(cmd.Flags(), "user-id", "identity") // nobody is to be erased because of what is set somewhere
	return cmd
}

func findPerson(ctx context.Context, d database, o duck.Options, who erase.Who) (found erase.Found, err error) {
	err = d.view(ctx, o, func(tx *duck.Tx) error {
		if err := loader.Current(ctx, tx); err != nil {
			return err
		}
		found, err = erase.Find(ctx, tx, who)
		return err
	})
	return found, err
}

// erasePerson removes the rows in one transaction and then rewrites the file, also where a removal before
// was left without that. A crash in between leaves the word in the file that it is due; the cache is emptied
// before, so that the same command does both then, and the copy for readers is made where it is not the file's.
func (a *app) erasePerson(ctx context.Context, path string, o duck.Options, who erase.Who, cache stage.Cache, publish string, r *eraseResult) error {
	if publish != "" { // before anybody is erased
		if err := loader.CheckPublish(ctx, path, publish, o); err != nil {
			return err
		}
	}
	due, err := eraseRows(ctx, path, o, who, r)
	if err != nil {
		return err
	}
	if cache.Dir != "" {
		if r.Cached, err = cache.Clear(); err != nil {
			return &unfinishedError{err}
		}
	}
	if due {
		if _, err := a.rewrite(ctx, path, o); err != nil {
			return &unfinishedError{err}
		}
		r.Rewritten = true
	}
	if publish == "" || duck.Published(path, publish) {
		return nil
	}
	if _, err := duck.Publish(ctx, path, publish, o); err != nil {
		return &unfinishedError{err}
	}
	r.Published = true
	return nil
}

// eraseRows removes the rows, and says whether the file is to be rewritten.
func eraseRows(ctx context.Context, path string, o duck.Options, who erase.Who, r *eraseResult) (due bool, err error) {
	db, err := duck.Open(ctx, path, o)
	if err != nil {
		return false, err
	}
	var before bool
	err = db.Update(ctx, func(tx *duck.Tx) error {
		if err := migrated(ctx, tx); err != nil {
			return err
		}
		if before, err = erase.Due(ctx, tx); err != nil {
			return err
		}
		if r.Found, err = erase.Erase(ctx, tx, who, time.Now(), rand.Reader); err != nil {
			return err
		}
		due, err = erase.Due(ctx, tx)
		return err
	})
	err = errors.Join(err, db.Close())
	var unknown *erase.UnknownError
	if errors.As(err, &unknown) && before {
		// Whom an earlier run removed has no identity any more: what is left to do is the rewriting.
		due, err, r.Found = true, nil, erase.Nothing()
	}
	return due, err
}

// migrated brings the ledger up, where there is one.
func migrated(ctx context.Context, tx *duck.Tx) error {
	if err := loader.Current(ctx, tx); errors.Is(err, loader.ErrNoLedger) {
		return err
	}
	return loader.Migrate(ctx, tx)
}

func (a *app) printErased(r eraseResult) {
	removed := "removed"
	if r.DryRun {
		removed = "to be removed"
	}
	if len(r.IDs) > 0 {
		fmt.Fprintf(a.stdout, "%s: %s %s\n", count(int64(len(r.IDs)), "id"), count(r.Rows, "row"), removed)
	}
	if len(r.Tables) > 0 {
		g := a.list(column{name: "table"}, column{"rows", true})
		for _, t := range r.Tables {
			g.line(t.Name, number(t.Rows))
		}
		g.end()
	}
	if len(r.Parts) > 0 {
		fmt.Fprintf(a.stdout, "\nthe feed still has them, in these parts at least:\n")
		g := a.list(column{"dump", true}, column{"rows", true}, column{name: "part"})
		for _, p := range r.Parts {
			g.line(fmt.Sprint(p.DumpID), number(p.Rows), p.Key)
		}
		g.end()
	}
	if len(r.Foreign) > 0 {
		fmt.Fprintf(a.stdout, "\nnot looked at, as they are not smew's: %s\n", printable(strings.Join(r.Foreign, ", ")))
	}
	if r.Cached > 0 {
		fmt.Fprintf(a.stdout, "\n%s removed from the cache\n", count(int64(r.Cached), "part"))
	}
	if r.Rewritten {
		fmt.Fprintf(a.stdout, "\nthe file was rewritten: it holds no copy\n")
	}
	if r.Published {
		fmt.Fprintf(a.stdout, "the published copy was made anew\n")
	}
}

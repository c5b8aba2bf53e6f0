package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"smew/bucket"
	"smew/duck"
	"smew/feed"
	"smew/loader"
	"smew/plan"
	"smew/produce"
	"smew/sql"
)

// demoMark is a file that says that a folder holds a demo, which the next one replaces.
const demoMark = ".smew-demo"

// demoWorld is a shop in whose first days everything happens that makes a feed hard to load.
var demoWorld = produce.Options{Seed: 1, Users: 150, Dumps: 1, Events: 400}

// demoDumps is how many days pass.
const demoDumps = 6

// demoResult is what demo --json prints.
type demoResult struct {
	Feed     string        `json:"feed"`
	Database string        `json:"database"`
	Status   loader.Status `json:"status"`
	Person   person        `json:"person"`
}

// person is somebody who came under several ids.
type person struct {
	UserID int64   `json:"user_id"`
	Email  string  `json:"email"`
	Others []int64 `json:"merged_ids"`
	Events []event `json:"events"`
}

type event struct {
	Time        string `json:"time"`
	Name        string `json:"event"`
	DeliveredID int64  `json:"delivered_user_id"`
	Detail      string `json:"detail"`
	DumpID      int64  `json:"dump_id"`
}

func (a *app) demoCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "demo [DIR]",
		Short: "Write a small feed, load it and show what came out",
		Long: `Write the feed of a made-up shop to DIR/feed, load it into DIR/demo.duckdb and
show what came out. DIR is ./smew-demo unless given; it must be new, empty or an
earlier demo, which is replaced.`,
		Example: examples("smew demo", "smew demo /tmp/shop"),
		Args:    arguments(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir := "smew-demo"
			if len(args) > 0 {
				dir = args[0]
			}
			return a.demo(cmd, dir)
		},
	}
}

func (a *app) demo(cmd *cobra.Command, dir string) error {
	ctx := cmd.Context()
	feedDir, db := filepath.Join(dir, "feed"), filepath.Join(dir, "demo.duckdb")
	if err := clearDemo(dir); err != nil {
		return err
	}
	run, err := a.demoDays(cmd, feedDir, db)
	if err != nil {
		return err
	}
	result := demoResult{Feed: feedDir, Database: db}
	err = (&database{path: db}).view(ctx, duck.Options{}, func(tx *duck.Tx) (err error) {
		if result.Status, err = loader.ReadStatus(ctx, tx); err != nil {
			return err
		}
		result.Person, err = readPerson(ctx, tx)
		return err
	})
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(result)
	}
	a.printDemo(result, run)
	return nil
}

// demoDays lets the shop's days pass: each writes a dump, which is loaded before the next one.
func (a *app) demoDays(cmd *cobra.Command, feedDir, db string) ([]loader.Record, error) {
	var loaded []loader.Record
	for range demoDumps {
		world := demoWorld
		b, err := openForWriting(cmd.Context(), bucket.Location{Dir: feedDir}, source{}, &world)
		if err != nil {
			return nil, err
		}
		if _, err := produce.Feed(cmd.Context(), b, world); err != nil {
			return nil, err
		}
		feed, err := (&source{}).open(cmd.Context(), feedDir)
		if err != nil {
			return nil, err
		}
		summary, err := loader.Run(cmd.Context(), feed, loader.Config{DB: db})
		if err != nil {
			return nil, err
		}
		if err := a.showFailures(cmd, summary.Failed); err != nil {
			return nil, err
		}
		loaded = append(loaded, summary.Loaded...)
	}
	return loaded, nil
}

// clearDemo makes a folder ready: what an earlier demo left goes, anything else is refused.
func clearDemo(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("make demo: %w", err)
	}
	ours := slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == demoMark })
	if len(entries) > 0 && !ours {
		return &foreignError{dir}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("make demo: %w", err)
	}
	// The mark goes in first, so that a demo that was cut short is known as one.
	if err := os.WriteFile(filepath.Join(dir, demoMark), []byte("smew demo replaces what is in this folder\n"), 0o644); err != nil {
		return fmt.Errorf("make demo: %w", err)
	}
	for _, name := range []string{"feed", "demo.duckdb", "demo.duckdb.wal", "demo.duckdb.tmp"} {
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			return fmt.Errorf("replace demo: %w", err)
		}
	}
	return nil
}

// foreignError says that a folder holds something else.
type foreignError struct{ dir string }

func (e *foreignError) Error() string { return fmt.Sprintf("%s is not empty and no demo", e.dir) }

// Hint says what to do instead.
func (e *foreignError) Hint() string { return "name another folder: smew demo DIR" }

func readPerson(ctx context.Context, tx *duck.Tx) (p person, err error) {
	there, err := tx.Row(ctx, sql.DemoPerson, nil, &p.UserID)
	if err != nil {
		return p, fmt.Errorf("find a person: %w", err)
	}
	if !there {
		return p, errors.New("find a person: nobody has several ids")
	}
	if _, err := tx.Row(ctx, sql.DemoEmail, []any{p.UserID}, &p.Email); err != nil {
		return p, fmt.Errorf("read person %d: %w", p.UserID, err)
	}
	err = tx.Each(ctx, sql.DemoIds, []any{p.UserID}, func(scan func(...any) error) error {
		var id int64
		err := scan(&id)
		p.Others = append(p.Others, id)
		return err
	})
	if err != nil {
		return p, fmt.Errorf("read ids of %d: %w", p.UserID, err)
	}
	err = tx.Each(ctx, sql.DemoJourney, []any{p.UserID}, func(scan func(...any) error) error {
		var e event
		err := scan(&e.Time, &e.Name, &e.DeliveredID, &e.Detail, &e.DumpID)
		p.Events = append(p.Events, e)
		return err
	})
	if err != nil {
		return p, fmt.Errorf("read events of %d: %w", p.UserID, err)
	}
	return p, nil
}

func (a *app) printDemo(r demoResult, loaded []loader.Record) {
	fmt.Fprintf(a.stdout, "%s of a made-up shop, written to %s\n", count(len(loaded), "day"), r.Feed)
	fmt.Fprintf(a.stdout, "and loaded into %s day by day:\n\n", r.Database)
	for _, record := range loaded {
		fmt.Fprintln(a.stdout, "  "+recordLine(record))
	}
	fmt.Fprintf(a.stdout, "\nWhat came out:\n\n")
	a.printTables(r.Status.Tables)

	fmt.Fprintf(a.stdout, "\nOne person, %s, user_id %d.\n", printable(r.Person.Email), r.Person.UserID)
	fmt.Fprintf(a.stdout, "The feed delivered them under %s:\n\n", count(len(r.Person.Others)+1, "id"))
	g := a.list(column{name: "time"}, column{name: "event"}, column{name: "detail"}, column{"delivered as", true}, column{"dump", true})
	for _, e := range r.Person.Events {
		g.line(e.Time, e.Name, e.Detail, fmt.Sprint(e.DeliveredID), fmt.Sprint(e.DumpID))
	}
	g.end()
	fmt.Fprintln(a.stdout)
	a.printEffects(r.Status, loaded)
	fmt.Fprintf(a.stdout, `
Next:
  smew status --db %[1]s
  smew query --db %[1]s "SELECT event_table_name, count(*) FROM all_events GROUP BY ALL"
  smew produce %[2]s --dumps 1 --users %[3]d --events %[4]d   # another day
  smew load %[2]s --db %[1]s
`, r.Database, r.Feed, demoWorld.Users, demoWorld.Events)
}

// printEffects says what was invalidated, merged and dropped.
func (a *app) printEffects(s loader.Status, loaded []loader.Record) {
	for _, r := range loaded {
		for _, t := range r.Tables {
			if t.Invalidated > 0 && t.Name != plan.Migrations { // which every dump replaces
				fmt.Fprintf(a.stdout, "invalidated: %s of %s, by the full resync in dump %d\n", count(t.Invalidated, "row"), t.Name, r.DumpID)
			}
		}
	}
	var superseded, hidden, people, records int64
	for _, t := range s.Tables {
		superseded, hidden = superseded+t.Superseded, hidden+t.Hidden
		if t.Kind == feed.Users.String() {
			people, records = t.Rows, t.Delivered-t.Superseded-t.Invalidated
		}
	}
	fmt.Fprintf(a.stdout, "merged:      %s of users into %s; %s turned out to be another's\n",
		count(records, "record"), counted(people, "person", "people"), count(s.Merged.IDs, "id"))
	fmt.Fprintf(a.stdout, "dropped:     %s that came again (the newest stays), %s that came under two ids of one person\n",
		count(superseded, "row"), count(hidden, "row"))
}

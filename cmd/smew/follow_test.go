package main

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"

	"smew/alert"
	"smew/avro"
	"smew/feed"
	"smew/loader"
)

// TestFollow holds what a look at a feed has to come to, for who follows it into a database. TestSpark has the same of a cluster.
func TestFollow(t *testing.T) {
	t.Parallel()
	followed(t, "--db", filepath.Join(t.TempDir(), "shop.duckdb"))
}

// sight is what a look came to, and what is known after it.
type sight struct {
	Told           []int64 // dumps, as they went in
	Loaded, Failed int
	Due            string
	Highest        int64    // dump that is known
	Dumps          []int64  // that are in
	Shown          int64    // rows of pageviews
	Failing        []string // manifest, the dump if it is known, and whether this look tried it
	Aside          []string
	Changes        []string
	Report         string
}

// followed takes a feed through what happens to feeds, and looks after each. The flags are those of poll that say where it goes.
func followed(t *testing.T, flags ...string) {
	f := newFollowed(t, flags)
	whole := sight{Loaded: 2, Told: []int64{1, 2}, Highest: 2, Dumps: []int64{2, 1}, Shown: 3}
	var cut []byte
	for _, step := range []struct {
		name   string
		happen func()
		again  bool         // what failed is to be tried
		now    func(*sight) // how what is known changes
		fails  bool
	}{
		{"all that is there", func() { f.dump(1, "", "1 7 a", "2 7 b"); f.dump(2, "", "3 8 c") }, true, func(s *sight) { *s = whole }, false},
		{"nothing new", func() {}, true, func(*sight) {}, false},
		{"a part is cut", func() { f.dump(3, "", "4 7 d"); cut = f.cut(3) }, false,
			func(s *sight) { s.Failed, s.Highest, s.Failing = 1, 3, []string{"sync_3.json of 3, tried"} }, false},
		{"it rests", func() {}, false, func(s *sight) { s.Failed, s.Failing = 1, []string{"sync_3.json of 3"} }, false},
		{"another goes in beside", func() { f.dump(4, "", "5 7 e") }, false,
			func(s *sight) {
				s.Told, s.Loaded, s.Failed, s.Highest, s.Dumps, s.Shown = []int64{4}, 1, 1, 4, []int64{4, 2, 1}, 4
			}, false},
		{"it is tried again", func() {}, true, func(s *sight) { s.Failed, s.Failing = 1, []string{"sync_3.json of 3, tried"} }, false},
		{"it is mended", func() { f.write(f.part(3), cut) }, true,
			func(s *sight) {
				s.Told, s.Loaded, s.Failing, s.Dumps, s.Shown = []int64{3}, 1, nil, []int64{4, 3, 2, 1}, 5
			}, false},
		{"a manifest is torn", func() { f.write(feed.ManifestKey(5), []byte("{")) }, false, func(s *sight) { s.Failed, s.Failing = 1, []string{"sync_5.json, tried"} }, false},
		{"another one comes, with a row for nobody", func() { f.dump(5, "", "6 nobody f", "7 7 g") }, false, func(s *sight) {
			s.Told, s.Loaded, s.Highest, s.Dumps, s.Shown, s.Failing, s.Aside = []int64{5}, 1, 5, []int64{5, 4, 3, 2, 1}, 6, nil, []string{"5 pageviews 1"}
		}, false},
		{"the vendor tells of a failure", func() {
			f.write(feed.ReportsPrefix+"sync_5.json", []byte(`{"status": "failed", "error": {"code": 7}, "finish_time": 1000, "next_sync_at": 2000000000000}`))
		}, false, func(s *sight) { s.Due, s.Report = "2033-05-18T03:33:20Z", `failed {"code":7}` }, false},
		{"nobody reaches the feed", func() { f.rename(f.dir, f.dir+".away") }, true, func(s *sight) { s.Due = "" }, true},
		{"it is there again, with a column more", func() { f.rename(f.dir+".away", f.dir); f.dump(6, "plan", "8 7 h pro") }, false, func(s *sight) {
			s.Told, s.Loaded, s.Highest, s.Dumps, s.Shown, s.Due = []int64{6}, 1, 6, []int64{6, 5, 4, 3, 2, 1}, 7, "2033-05-18T03:33:20Z"
			s.Changes = slices.Insert(s.Changes, 0, "6 pageviews [plan] []")
		}, false},
		{"it is followed anew", f.begin, true, func(*sight) {}, false},
	} {
		step.happen()
		want := f.last
		want.Told, want.Loaded, want.Failed = nil, 0, 0
		step.now(&want)
		got, err := f.look(step.again)
		if (err != nil) != step.fails {
			t.Fatalf("%s: %v", step.name, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%s: -want +got\n%s", step.name, diff)
		}
	}
}

// shopFollowed is a feed of one table, and who follows it.
type shopFollowed struct {
	t     *testing.T
	dir   string
	flags []string
	*follower
	told  []int64
	last  sight
	tried map[string]time.Time
	since map[string]time.Time
}

func newFollowed(t *testing.T, flags []string) *shopFollowed {
	t.Helper()
	f := &shopFollowed{t: t, dir: filepath.Join(t.TempDir(), "feed"), flags: append(flags, "--quarantine"), tried: map[string]time.Time{}, since: map[string]time.Time{}}
	if err := os.MkdirAll(f.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	f.begin()
	return f
}

// begin has somebody else follow the feed.
func (f *shopFollowed) begin() {
	f.t.Helper()
	var conf following
	flags := pflag.NewFlagSet("poll", pflag.ContinueOnError)
	conf.flags(flags)
	if err := flags.Parse(f.flags); err != nil {
		f.t.Fatal(err)
	}
	conf.location = f.dir
	w, err := (&app{}).newFollower(f.t.Context(), &conf, slog.New(slog.DiscardHandler), func(_ *follower, r loader.Record) error {
		f.told = append(f.told, r.DumpID)
		return nil
	})
	if err != nil {
		f.t.Fatal(err)
	}
	f.follower = w
}

// look looks once, and tells what it came to. Since when something fails stays, however often it is tried.
func (f *shopFollowed) look(again bool) (sight, error) {
	f.t.Helper()
	f.told = nil
	look, err := f.follower.look(f.t.Context(), again)
	s := sight{Told: f.told, Loaded: look.Loaded, Failed: look.Failed}
	if !look.Due.IsZero() {
		s.Due = look.Due.UTC().Format(time.RFC3339)
	}
	l := f.known().Ledger
	if l == nil {
		return s, err
	}
	for _, t := range l.status.Tables {
		s.Shown += t.Rows
	}
	tried := map[string]time.Time{}
	for _, failure := range l.status.Failures {
		tried[failure.Manifest] = failure.TriedAt
	}
	f.facts(&s, *f.alertFeed().Ledger, tried)
	f.last = s
	return s, err
}

func (f *shopFollowed) facts(s *sight, facts alert.Ledger, tried map[string]time.Time) {
	f.t.Helper()
	s.Highest = facts.Highest
	for _, d := range facts.Dumps {
		s.Dumps = append(s.Dumps, d.ID)
	}
	for _, failure := range facts.Failures {
		told := filepath.Base(failure.Manifest)
		if failure.Dump != nil {
			told += fmt.Sprint(" of ", *failure.Dump)
		}
		if !tried[failure.Manifest].Equal(f.tried[failure.Manifest]) {
			told += ", tried"
		}
		if since, ok := f.since[failure.Manifest]; ok && !since.Equal(failure.Since) {
			f.t.Errorf("%s fails since %s, and then since %s", told, since, failure.Since)
		}
		f.since[failure.Manifest] = failure.Since
		s.Failing = append(s.Failing, told)
	}
	f.tried = tried
	for _, q := range facts.Quarantined {
		s.Aside = append(s.Aside, fmt.Sprint(q.Dump, " ", q.Table, " ", q.Rows))
	}
	for _, c := range facts.Changes {
		told := fmt.Sprint(c.Dump, " ", c.Table, " ")
		if c.New {
			told += "new "
		}
		added := c.Added
		if c.New {
			added = nil
		}
		s.Changes = append(s.Changes, told+fmt.Sprint(added, " ", c.Gone))
	}
	if r := facts.Report; r != nil {
		s.Report = r.Status + " " + r.Error
	}
}

func (f *shopFollowed) part(dump int) string {
	return fmt.Sprintf("sync_%d/pageviews/part-00000.avro", dump)
}

// dump delivers rows of an event, a user, a path, and a column more if one is named.
func (f *shopFollowed) dump(id int, more string, rows ...string) {
	f.t.Helper()
	names := []string{"event_id", "user_id", "path"}
	if more != "" {
		names = append(names, more)
	}
	var body bytes.Buffer
	var columns []avro.Column
	for _, name := range names {
		columns = append(columns, avro.Column{Name: name, Kind: avro.Text})
	}
	w, err := avro.NewWriter(&body, columns, avro.WriterOptions{})
	for _, row := range rows {
		for _, cell := range strings.Fields(row) {
			w.Text(cell)
		}
		if err == nil {
			err = w.EndRow()
		}
	}
	if err == nil {
		err = w.Flush()
	}
	if err != nil {
		f.t.Fatal(err)
	}
	f.write(f.part(id), body.Bytes())
	f.write(feed.ManifestKey(int64(id)), fmt.Appendf(nil, `{"dump_id": %d, "tables": [{"name": "pageviews", "files": ["s3://feed/%s"], "incremental": true, "columns": ["%s"]}], "property_definitions": null}`,
		id, f.part(id), strings.Join(names, `", "`)))
}

// cut cuts a dump's part, and returns it as it was.
func (f *shopFollowed) cut(id int) []byte {
	f.t.Helper()
	body, err := os.ReadFile(filepath.Join(f.dir, f.part(id)))
	if err != nil {
		f.t.Fatal(err)
	}
	f.write(f.part(id), body[:len(body)-5])
	return body
}

func (f *shopFollowed) write(key string, body []byte) {
	f.t.Helper()
	path := filepath.Join(f.dir, filepath.FromSlash(key))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		f.t.Fatal(err)
	}
	if err := os.WriteFile(path, body, 0o644); err != nil {
		f.t.Fatal(err)
	}
}

func (f *shopFollowed) rename(from, to string) {
	f.t.Helper()
	if err := os.Rename(from, to); err != nil {
		f.t.Fatal(err)
	}
}

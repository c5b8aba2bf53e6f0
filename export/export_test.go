package export

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"smew/bucket"
	"smew/bucket/buckettest"
	"smew/duck"
)

// place is a database and a bucket that its exports go to.
type place struct {
	t   *testing.T
	db  *duck.DB
	to  bucket.Bucket
	now time.Time
}

// newPlace makes a database, in memory, with the schema that smew's own have.
func newPlace(t *testing.T) *place {
	t.Helper()
	p := &place{t: t, to: bucket.NewMemory(), now: time.Date(2026, 3, 4, 5, 6, 7, 89e6, time.UTC)}
	db, err := duck.Open(context.Background(), "", duck.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	p.db = db
	p.sql("CREATE SCHEMA smew")
	return p
}

func (p *place) options() Options {
	return Options{
		Now:  func() time.Time { return p.now },
		Open: func(context.Context, string, S3) (bucket.Bucket, string, error) { return p.to, "out/", nil },
		Temp: p.t.TempDir(),
	}
}

func (p *place) sql(statements ...string) {
	p.t.Helper()
	err := p.db.Update(context.Background(), func(tx *duck.Tx) error {
		for _, s := range statements {
			if _, err := tx.Exec(context.Background(), s); err != nil {
				return fmt.Errorf("%s: %w", s, err)
			}
		}
		return nil
	})
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *place) send(j Job, change func(*Options)) (Run, error) {
	p.t.Helper()
	o := p.options()
	if change != nil {
		change(&o)
	}
	r, err := Send(context.Background(), p.db, j, o)
	p.now = p.now.Add(time.Minute)
	return r, err
}

func (p *place) mustSend(j Job) Run {
	p.t.Helper()
	r, err := p.send(j, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	return r
}

// content is what all objects hold, by key.
func content(t *testing.T, b bucket.Bucket) map[string]string {
	t.Helper()
	all := map[string]string{}
	for o, err := range b.List(context.Background(), "") {
		if err != nil {
			t.Fatal(err)
		}
		r, err := b.Open(context.Background(), o)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		r.Close()
		all[o.Key] = string(text)
	}
	return all
}

func (p *place) want(want map[string]string) {
	p.t.Helper()
	got := content(p.t, p.to)
	for key, text := range want {
		if got[key] != text {
			p.t.Errorf("%s: %q, want %q", key, got[key], text)
		}
	}
	for key := range got {
		if _, ok := want[key]; !ok {
			p.t.Errorf("%s was not to be there: %q", key, got[key])
		}
	}
}

func people(s Sync) Job {
	s.ID, s.Model = "crm", "people"
	return Job{Model{ID: "people", Name: "all people", Table: "main.people", PrimaryKey: []string{"id"}}, s}
}

const twoPeople = "CREATE OR REPLACE TABLE people AS FROM (VALUES (1, 'Ada', ''), (2, 'Bo', NULL)) AS t(id, name, note)"

func TestAll(t *testing.T) {
	p := newPlace(t)
	p.sql(twoPeople)
	r := p.mustSend(people(Sync{File: "{YYYY}/{MM}/people.csv"}))
	p.want(map[string]string{"out/2026/03/people.csv": "id,name,note\n1,Ada,\"\"\n2,Bo,\n"})
	if r.ID != 1 || r.Added != 2 || len(r.Files) != 1 || r.Files[0].Bytes != 28 || r.Files[0].SHA256 == "" || r.Status != done {
		t.Errorf("%+v", r)
	}
}

func TestFormats(t *testing.T) {
	no := false
	for name, test := range map[string]struct {
		sync Sync
		want string
	}{
		"bare":   {Sync{CSV: CSVOptions{Header: &no, Delimiter: "tab"}}, "1\tAda\t\"\"\n2\tBo\t\n"},
		"bom":    {Sync{CSV: CSVOptions{BOM: true, Delimiter: "~", LineEnd: "crlf"}}, "\ufeffid~name~note\r\n1~Ada~\"\"\r\n2~Bo~\r\n"},
		"quoted": {Sync{CSV: CSVOptions{Quote: "all", Delimiter: "|"}}, "\"id\"|\"name\"|\"note\"\n\"1\"|\"Ada\"|\"\"\n\"2\"|\"Bo\"|\n"},
		"texts":  {Sync{CSV: CSVOptions{Quote: "text", Delimiter: ";", Null: `\N`}}, "id;\"name\";\"note\"\n1;\"Ada\";\"\"\n2;\"Bo\";\\N\n"},
		"json":   {Sync{Format: JSON}, "[\n{\"id\":1,\"name\":\"Ada\",\"note\":\"\"},\n{\"id\":2,\"name\":\"Bo\",\"note\":null}\n]\n"},
		"lines":  {Sync{Format: JSONLines}, "{\"id\":1,\"name\":\"Ada\",\"note\":\"\"}\n{\"id\":2,\"name\":\"Bo\",\"note\":null}\n"},
		"mapped": {Sync{Format: JSONLines, Columns: []Column{{Name: "ID", From: "id"}, {Name: "who", Template: "{{name | upcase}}-{{ note }}!"}, {Name: "n", SQL: "id * 2 -- twice"},
			{Name: "name"}}}, "{\"ID\":1,\"who\":\"ADA-!\",\"n\":2,\"name\":\"Ada\"}\n{\"ID\":2,\"who\":\"BO-!\",\"n\":4,\"name\":\"Bo\"}\n"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			p.sql(twoPeople)
			test.sync.File = "x"
			p.mustSend(people(test.sync))
			p.want(map[string]string{"out/x": test.want})
		})
	}
}

func TestBatches(t *testing.T) {
	const rows = "CREATE TABLE people AS SELECT i AS id, 'a\nb' AS name FROM range(5) AS t(i) ORDER BY i"
	for name, test := range map[string]struct {
		sync Sync
		want map[string]string
	}{
		"rows": {Sync{File: "p.csv.gz", Batch: Batch{Rows: 2}}, map[string]string{"out/p_00001.csv.gz": "id,name\n0,\"a\nb\"\n1,\"a\nb\"\n",
			"out/p_00002.csv.gz": "id,name\n2,\"a\nb\"\n3,\"a\nb\"\n", "out/p_00003.csv.gz": "id,name\n4,\"a\nb\"\n"}},
		"bytes": {Sync{File: "{part}", Format: JSON, Batch: Batch{Bytes: 50}}, map[string]string{
			"out/00001": "[\n{\"id\":0,\"name\":\"a\\nb\"},\n{\"id\":1,\"name\":\"a\\nb\"}\n]\n",
			"out/00002": "[\n{\"id\":2,\"name\":\"a\\nb\"},\n{\"id\":3,\"name\":\"a\\nb\"}\n]\n",
			"out/00003": "[\n{\"id\":4,\"name\":\"a\\nb\"}\n]\n"}},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			p.sql(rows)
			p.mustSend(people(test.sync))
			p.want(test.want)
		})
	}
}

func TestDiff(t *testing.T) {
	p := newPlace(t)
	p.sql(twoPeople)
	j := people(Sync{File: "{sync.run.id}.csv", Mode: Diff, Columns: []Column{{Name: "name"}, {Name: "id"}}})
	if r := p.mustSend(j); r.Added != 2 {
		t.Errorf("%+v", r)
	}
	p.sql("CREATE OR REPLACE TABLE people AS FROM (VALUES (2, 'Beth', NULL), (1, 'Ada', 'not mapped'), (3, 'Cy', 'x'), (NULL, 'Nobody', ''), (3, 'Cy', 'y')) AS t(id, name, note)")
	r := p.mustSend(j)
	if r.NullKeys != 1 || r.Duplicates != 1 || r.Added != 1 || r.Changed != 1 || r.Removed != 0 {
		t.Errorf("%+v", r)
	}
	p.sql("DELETE FROM people WHERE id = 2")
	p.mustSend(j)
	p.want(map[string]string{
		"out/1_added.csv": "name,id\nAda,1\nBo,2\n",
		"out/2_added.csv": "name,id\nCy,3\n", "out/2_changed.csv": "name,id\nBeth,2\n",
		"out/3_removed.csv": "name,id\nBeth,2\n",
	})
	full, err := p.send(j, func(o *Options) { o.Full = true })
	if err != nil || full.Added != 2 || !full.Full || full.Removed != 0 {
		t.Errorf("%+v, %v", full, err)
	}
}

// A model that gives other rows each time is run as if it were run once.
func TestUnstableModel(t *testing.T) {
	for _, query := range []string{"SELECT id, random() AS r FROM people", "SELECT (random() * 1000)::BIGINT AS id, 1 AS r FROM range(1000)"} {
		p := newPlace(t)
		p.sql(twoPeople)
		j := people(Sync{File: "{sync.run.id}.csv", Mode: Diff})
		j.Model.Table, j.Model.SQL = "", query
		for run := range 3 {
			r := p.mustSend(j)
			lines := strings.Count(content(t, p.to)[fmt.Sprintf("out/%d_added.csv", run+1)], "\n")
			if r.Added > 0 && int64(lines) != r.Added+1 || r.Rows() == 0 {
				t.Errorf("%s: %+v, %d lines", query, r, lines)
			}
			var twins int64
			err := p.db.View(t.Context(), func(tx *duck.Tx) error {
				_, err := tx.Row(t.Context(), "SELECT count(*) - count(DISTINCT k1) FROM smew.export_state_1", nil, &twins)
				return err
			})
			if err != nil || twins != 0 {
				t.Errorf("%s: %d keys are there twice, %v", query, twins, err)
			}
		}
	}
}

func TestInsert(t *testing.T) {
	p := newPlace(t)
	p.sql(twoPeople)
	j := people(Sync{File: "{sync.run.id}.csv", Mode: Insert, Columns: []Column{{Name: "id"}}})
	p.mustSend(j)
	p.sql("UPDATE people SET name = 'other'", "INSERT INTO people VALUES (3, 'Cy', '')", "DELETE FROM people WHERE id = 1")
	p.mustSend(j)
	p.sql("INSERT INTO people VALUES (1, 'again', '')")
	p.mustSend(j)
	p.mustSend(j)
	p.want(map[string]string{"out/1.csv": "id\n1\n2\n", "out/2.csv": "id\n3\n", "out/3.csv": "id\n1\n"})
}

// What a bucket's n-th operation breaks, the next run repeats under the same id, to the same files.
func TestFailedRunIsRepeated(t *testing.T) {
	for _, mode := range []Mode{All, Insert, Diff} {
		for n := 0; n < 7; n++ {
			p := newPlace(t)
			p.sql(twoPeople)
			j := people(Sync{File: "{YYYY}{MM}{DD}{HH}{mm}/{sync.run.id}/{mode}.csv", Mode: mode, Manifest: true, Empty: "write", Batch: Batch{Rows: 1}})
			sound := p.to
			p.to = buckettest.FailAt(sound, n, buckettest.Fail)
			first, err := p.send(j, nil)
			if err == nil {
				break
			}
			p.to = sound
			again := p.mustSend(j)
			if n > 0 && (again.ID != first.ID || !again.Began.Equal(first.Began)) {
				t.Fatalf("%s, %d: run %d at %v, then %d at %v", mode, n, first.ID, first.Began, again.ID, again.Began)
			}
			once := newPlace(t)
			once.sql(twoPeople)
			once.mustSend(j)
			if got, want := content(t, p.to), content(t, once.to); len(got) != len(want) || n > 0 && fmt.Sprint(got) != fmt.Sprint(want) {
				t.Fatalf("%s, %d:\n%v\nwant\n%v", mode, n, got, want)
			}
		}
	}
}

func TestUnknownNames(t *testing.T) {
	for template, want := range map[string]string{
		"{YYYY}-{x}.csv": "", "{yyyy}.csv": "{yyyy}", "a{b": "{", "{{sync.id}}": "{", "{model.id}}": "}", "{sync.run.id}{hash}": "",
	} {
		if got := strings.Join(unknownNames(template), " "); got != want {
			t.Errorf("%s: %q, want %q", template, got, want)
		}
	}
}

func TestFileNames(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 6e6, time.UTC)
	for _, test := range []struct {
		sync Sync
		want string
	}{
		{Sync{File: "{YYYY}{YY}{MM}{DD}{HH}{mm}{ss}{ms}"}, "20262601020304" + "05006"},
		{Sync{File: "{X} {x}"}, "1767323045 1767323045006"},
		{Sync{File: "{YYYY}-{MM}-{DD}", Offset: -86400}, "2026-01-01"},
		{Sync{File: "{model.id}/{model.name}/{sync.id}/{sync.run.id}/{mode}/{part}/{hash}"}, "people/all people/crm/7/added/00003/abc"},
		{Sync{File: "a.b/c.csv.gz", Mode: Diff}, "a.b/c_added.csv.gz"},
		{Sync{File: "a.b/c", Mode: Diff, Batch: Batch{Rows: 1}}, "a.b/c_added_00003"},
		{Sync{File: "{YYYY}.{MM}.csv", Batch: Batch{Rows: 1}}, "2026.01_00003.csv"},
		{Sync{File: "x.{model.id}", Mode: Diff}, "x.people_added"},
		{Sync{File: ".csv", Mode: Diff}, ".csv_added"},
		{Sync{Format: JSONLines}, "crm-20260102T030405Z.jsonl"},
	} {
		if got := nameOf(people(test.sync), 7, at).key("added", 3, "abc"); got != test.want {
			t.Errorf("%s: %q, want %q", test.sync.File, got, test.want)
		}
	}
}

func TestEmpty(t *testing.T) {
	for _, test := range []struct {
		format Format
		mode   Mode
		want   map[string]string
	}{
		{CSV, All, map[string]string{"out/x": "id,name,note\n"}},
		{JSON, All, map[string]string{"out/x": "[]\n"}},
		{JSONLines, All, map[string]string{"out/x": ""}},
		{CSV, Diff, map[string]string{"out/x_added": "id,name,note\n", "out/x_changed": "id,name,note\n", "out/x_removed": "id,name,note\n"}},
		{CSV, Insert, map[string]string{"out/x": "id,name,note\n"}},
	} {
		for _, empty := range []string{"write", "skip", ""} {
			p := newPlace(t)
			p.sql(twoPeople, "DELETE FROM people")
			p.mustSend(people(Sync{File: "x", Format: test.format, Mode: test.mode, Empty: empty}))
			if empty != "write" {
				test.want = nil
			}
			p.want(test.want)
		}
	}
	for _, batch := range []Batch{{}, {Rows: 1}} { // what is in it, TestParquetReaders sees
		p := newPlace(t)
		p.sql(twoPeople, "DELETE FROM people")
		p.mustSend(people(Sync{File: "a/{part}", Format: Parquet, Batch: batch}))
		p.want(nil)
		p.mustSend(people(Sync{File: "b/{part}", Format: Parquet, Empty: "write", Batch: batch}))
		if all := content(t, p.to); len(all) != 1 || !strings.HasPrefix(all["out/b/00001"], "PAR1") {
			t.Errorf("%q", all)
		}
	}
}

func TestTemplates(t *testing.T) {
	p := newPlace(t)
	for template, want := range map[string]string{
		"{{ a }} {{b}}!":                               "It's <nil>",
		"{{a|upcase|append:'|x'}}":                     "IT'S|x",
		"{{ b | default: 'none' | prepend: \">\" }}":   ">none",
		"{{ a | replace: 't', 'd' | truncate: 3 }}":    "Id'",
		"{{ d | date: '%d.%m.%Y' }}{{ c | downcase }}": "02.01.2026x y",
		"{{ c | strip }}":                              "X Y",
		"'quoted'":                                     "'quoted'",
		"":                                             "",
	} {
		want = strings.ReplaceAll(want, " <nil>", " !")
		expression, err := templateSQL(template, []string{"a", "b", "c", "d"})
		if err != nil {
			t.Errorf("%s: %v", template, err)
			continue
		}
		var got string
		err = p.db.View(t.Context(), func(tx *duck.Tx) error {
			_, err := tx.Row(t.Context(), "SELECT "+expression+" FROM (SELECT 'It''s' AS a, NULL AS b, 'X Y' AS c, DATE '2026-01-02' AS d)", nil, &got)
			return err
		})
		if err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q", template, got, err, want)
		}
	}
	for _, bad := range []string{"{{ e }}", "{{ a | nothing }}", "{{ a | append }}", "{{ a", "{% if a %}", "{{ a | 'x' }}", "{{ }}"} {
		if sql, err := templateSQL(bad, []string{"a"}); err == nil {
			t.Errorf("%s was taken: %s", bad, sql)
		}
	}
}

func TestTroubles(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC)
	run := func(minute int, status string, rows, out int64, took float64) Run {
		ended := at.Add(time.Duration(minute)*time.Minute + time.Second)
		return Run{Began: at.Add(time.Duration(minute) * time.Minute), Ended: &ended, Status: status, Added: rows, Duplicates: out, Seconds: took, Error: "why"}
	}
	s := Sync{ID: "s", Alerts: Limits{Rejected: 10, Slow: time.Minute, Drop: 50, Rise: 100, Late: time.Hour}}
	for name, test := range map[string]struct {
		runs []Run
		now  time.Duration
		want string
	}{
		"well":        {[]Run{run(2, done, 100, 10, 1), run(1, done, 199, 0, 1)}, 3 * time.Minute, ""},
		"never":       {nil, 0, ""},
		"failed":      {[]Run{run(3, failed, 0, 0, 1), run(2, failed, 0, 0, 1), run(1, done, 5, 0, 1)}, 4 * time.Minute, "failed why 03:02"},
		"under way":   {[]Run{run(3, running, 0, 0, 0), run(2, done, 5, 0, 1)}, 4 * time.Minute, ""},
		"rejected":    {[]Run{run(1, done, 80, 20, 1)}, 2 * time.Minute, "rejected 20 of 100 rows were left out: 0 without a key, 20 duplicates 03:01"},
		"slow":        {[]Run{run(1, done, 1, 0, 61)}, 2 * time.Minute, "slow the run took 61 s 03:01"},
		"dropped":     {[]Run{run(3, done, 49, 0, 1), run(2, abandoned, 0, 0, 1), run(1, done, 100, 0, 1)}, 4 * time.Minute, "dropped 49 rows, after 100 03:03"},
		"risen":       {[]Run{run(3, done, 201, 0, 1), run(1, done, 100, 0, 1)}, 4 * time.Minute, "risen 201 rows, after 100 03:03"},
		"late":        {[]Run{run(1, done, 1, 0, 1)}, 2 * time.Hour, "late no run was done since 2026-01-02T03:01:01Z 04:01"},
		"late, fails": {[]Run{run(100, failed, 1, 0, 1)}, 3 * time.Hour, "late no run was done since 2026-01-02T04:40:00Z 05:40; failed why 04:40"},
	} {
		var got []string
		for _, trouble := range s.Troubles(test.runs, at.Add(test.now)) {
			got = append(got, trouble.Kind+" "+trouble.Text+" "+trouble.Since.Format("15:04"))
		}
		if text := strings.Join(got, "; "); text != test.want {
			t.Errorf("%s: %q, want %q", name, text, test.want)
		}
	}
}

func TestDue(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 30, 0, 0, time.UTC)
	c := Config{Syncs: []Sync{{ID: "loads"}, {ID: "hand", Schedule: "manual"}, {ID: "clock", Schedule: "0 * * * *"}, {ID: "berlin", Schedule: "CRON_TZ=Europe/Berlin 0 6 * * *"}}}
	for _, test := range []struct {
		began  map[string]time.Time
		now    time.Time
		loaded bool
		want   string
	}{
		{nil, at, true, "[loads]"},
		{nil, at, false, "[]"},
		{nil, at.Add(29 * time.Minute), false, "[]"},
		{nil, at.Add(30 * time.Minute), true, "[loads clock]"},
		{map[string]time.Time{"clock": at.Add(30 * time.Minute)}, at.Add(80 * time.Minute), false, "[]"},
		{map[string]time.Time{"clock": at.Add(30 * time.Minute)}, at.Add(90 * time.Minute), false, "[clock berlin]"}, // 5:00 UTC
		{map[string]time.Time{"clock": at.Add(-100 * time.Hour)}, at, false, "[clock]"},
	} {
		if got := fmt.Sprint(c.Due(test.began, at, test.now, test.loaded)); got != test.want {
			t.Errorf("%+v: %s", test, got)
		}
	}
	if next := c.Next(nil, at); !next.Equal(at.Add(30 * time.Minute)) {
		t.Errorf("next at %v", next)
	}
}

// Another definition gives up the run that failed, and what it has to send.
func TestChangedDefinition(t *testing.T) {
	p := newPlace(t)
	p.sql(twoPeople)
	sound := p.to
	j := people(Sync{File: "{sync.run.id}.csv", Mode: Insert})
	p.to = buckettest.FailAt(sound, 1, buckettest.Fail)
	if _, err := p.send(j, nil); err == nil {
		t.Fatal("nothing failed")
	}
	p.to, j.Sync.Format = sound, JSONLines
	if r := p.mustSend(j); r.ID != 2 || r.Added != 2 {
		t.Errorf("%+v", r)
	}
	var runs []Run
	err := p.db.View(t.Context(), func(tx *duck.Tx) (err error) {
		runs, err = Log(t.Context(), tx, "crm", 10)
		return err
	})
	if err != nil || len(runs) != 2 || runs[1].Status != abandoned || runs[0].Status != done || len(runs[0].Files) != 1 || runs[0].Files[0].Rows != 2 {
		t.Errorf("%+v, %v", runs, err)
	}
}

func TestMappingErrors(t *testing.T) {
	p := newPlace(t)
	p.sql(twoPeople)
	for want, change := range map[string]func(*Job){
		`no column "nothing"; it has id, name, note`: func(j *Job) { j.Sync.Columns = []Column{{Name: "nothing"}} },
		`two are called "ID"`:                        func(j *Job) { j.Sync.Columns = []Column{{Name: "id"}, {Name: "ID", From: "name"}} },
		`there is no column "x"`:                     func(j *Job) { j.Sync.Columns = []Column{{Name: "a", Template: "{{x}}"}} },
		`"nokey"`:                                    func(j *Job) { j.Sync.Mode, j.Model.PrimaryKey = Diff, []string{"nokey"} },
		`Binder Error`:                               func(j *Job) { j.Sync.Columns = []Column{{Name: "a", SQL: "nothing + 1"}} },
	} {
		j := people(Sync{})
		change(&j)
		_, err := p.send(j, nil)
		var mapping *MappingError
		if !errors.As(err, &mapping) || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

package export

import (
	"context"
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
	t.Parallel()
	p := newPlace(t)
	p.sql(twoPeople)
	r := p.mustSend(people(Sync{File: "{YYYY}/{MM}/people.csv"}))
	p.want(map[string]string{"out/2026/03/people.csv": "id,name,note\n1,Ada,\"\"\n2,Bo,\n"})
	if r.ID != 1 || r.Added != 2 || len(r.Files) != 1 || r.Files[0].Bytes != 28 || r.Files[0].SHA256 == "" || r.Status != done {
		t.Errorf("%+v", r)
	}
}

func TestFormats(t *testing.T) {
	t.Parallel()
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
	t.Parallel()
	const rows = "CREATE TABLE people AS SELECT i AS id, 'a\nb' AS name FROM range(5) AS t(i) ORDER BY i"
	for name, test := range map[string]struct {
		sync Sync
		want map[string]string
	}{
		"rows": {Sync{File: "p.csv.gz", Batch: Batch{Rows: 2}}, map[string]string{"out/p_00001.csv.gz": "id,name\n0,\"a\nb\"\n1,\"a\nb\"\n",
			"out/p_00002.csv.gz": "id,name\n2,\"a\nb\"\n3,\"a\nb\"\n", "out/p_00003.csv.gz": "id,name\n4,\"a\nb\"\n"}},
		"bytes": {Sync{File: "{part}", Format: JSON, Batch: Batch{Bytes: 53}}, map[string]string{
			"out/00001": "[\n{\"id\":0,\"name\":\"a\\nb\"},\n{\"id\":1,\"name\":\"a\\nb\"}\n]\n",
			"out/00002": "[\n{\"id\":2,\"name\":\"a\\nb\"},\n{\"id\":3,\"name\":\"a\\nb\"}\n]\n",
			"out/00003": "[\n{\"id\":4,\"name\":\"a\\nb\"}\n]\n"}},
		"bytes, with the header's": {Sync{File: "p", CSV: CSVOptions{BOM: true}, Columns: []Column{{Name: "id"}}, Batch: Batch{Bytes: 10}}, map[string]string{
			"out/p_00001": "\ufeffid\n0\n1\n", "out/p_00002": "\ufeffid\n2\n3\n", "out/p_00003": "\ufeffid\n4\n"}},
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
	t.Parallel()
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
	t.Parallel()
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
	t.Parallel()
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
	t.Parallel()
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
			if n > 0 && (again.Attempts != 2 || again.ID != first.ID || !again.Began.Equal(first.Began)) {
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
	t.Parallel()
	for template, want := range map[string]string{
		"{YYYY}-{x}.csv": "", "{yyyy}.csv": "{yyyy}", "a{b": "{", "{{sync.id}}": "{", "{model.id}}": "}", "{sync.run.id}{hash}": "",
	} {
		if got := strings.Join(unknownNames(template), " "); got != want {
			t.Errorf("%s: %q, want %q", template, got, want)
		}
	}
}

func TestFileNames(t *testing.T) {
	t.Parallel()
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

package export

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Two syncs that would write one file are refused, however their place is spelled.
func TestOverlaps(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	if err := os.MkdirAll("real/below", 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("real", "link"); err != nil {
		t.Fatal(err)
	}
	const same, folder = "writes the same files", "into the same folder"
	for name, test := range map[string]struct {
		one, two Sync
		want     string // "": nothing is wrong
	}{
		"other folders":           {Sync{To: "out", File: "a.csv"}, Sync{To: "out2", File: "a.csv"}, ""},
		"other names":             {Sync{To: "out", File: "a.csv"}, Sync{To: "out", File: "b.csv"}, ""},
		"as it stands":            {Sync{To: "out", File: "a.csv"}, Sync{To: "out", File: "a.csv"}, same},
		"dotted":                  {Sync{To: "out", File: "a.csv"}, Sync{To: "./x/../out/", File: "a.csv"}, same},
		"above":                   {Sync{To: "out", File: "a.csv"}, Sync{To: ".", File: "out/a.csv"}, same},
		"absolute":                {Sync{To: "out", File: "a.csv"}, Sync{To: filepath.Join(dir, "out"), File: "a.csv"}, same},
		"as a URL":                {Sync{To: "out", File: "a.csv"}, Sync{To: "file://" + dir + "/out", File: "a.csv"}, same},
		"by a link":               {Sync{To: "real/new", File: "a.csv"}, Sync{To: "link/new", File: "a.csv"}, same},
		"S3":                      {Sync{To: "s3://bbb/out", File: "a.csv"}, Sync{To: "s3://bbb", File: "out/a.csv"}, same},
		"S3 with a slash":         {Sync{To: "s3://bbb/out/", File: "a.csv"}, Sync{To: "s3://bbb/out", File: "a.csv"}, same},
		"other buckets":           {Sync{To: "s3://bbb/out", File: "a.csv"}, Sync{To: "s3://ccc/out", File: "a.csv"}, ""},
		"other servers":           {Sync{To: "s3://bbb/out", File: "a.csv"}, Sync{To: "s3://bbb/out", File: "a.csv", S3: S3{Endpoint: "http://127.0.0.1:9"}}, ""},
		"by sync.id":              {Sync{To: "out", File: "{sync.id}.csv"}, Sync{To: "out", File: "{sync.id}.csv"}, ""},
		"by sync.id and its name": {Sync{To: "out", File: "{sync.id}.csv"}, Sync{To: "out", File: "one.csv"}, same},
		"by model":                {Sync{To: "out", File: "{model.id}.csv"}, Sync{To: "out", File: "people.csv"}, same},
		"by name":                 {Sync{To: "out", File: "{model.name}.csv"}, Sync{To: "out", File: "all of them.csv"}, same},
		"by run":                  {Sync{To: "out", File: "{sync.run.id}.csv"}, Sync{To: "out", File: "{sync.run.id}.csv"}, ""},
		"by run, other feeds":     {Sync{To: "out", File: "{sync.run.id}.csv", Feed: "a"}, Sync{To: "out", File: "{sync.run.id}.csv", Feed: "b"}, same},
		"added":                   {Sync{To: "out", File: "a.csv", Mode: Diff}, Sync{To: "out", File: "a_added.csv"}, same},
		"diff beside all":         {Sync{To: "out", File: "a.csv", Mode: Diff}, Sync{To: "out", File: "a.csv"}, ""},
		"default names":           {Sync{To: "out"}, Sync{To: "out"}, ""},
		"manifests":               {Sync{To: "out", File: "a.csv", Manifest: true}, Sync{To: "out", File: "b.csv", Manifest: true}, folder},
		"one manifest":            {Sync{To: "out", File: "a.csv", Manifest: true}, Sync{To: "out", File: "b.csv"}, ""},
		"manifests of runs":       {Sync{To: "out", File: "{sync.run.id}/a.csv", Manifest: true}, Sync{To: "out", File: "{sync.run.id}/b.csv", Manifest: true}, ""},
		"another's manifest":      {Sync{To: "out", File: "a.csv", Manifest: true}, Sync{To: "out", File: "_manifest.json"}, same},
		"another's guard":         {Sync{To: "out", File: "a.csv", Guard: true}, Sync{To: "out", File: "_smew-one.json"}, same},
	} {
		one, two := test.one, test.two
		one.ID, two.ID, one.Model, two.Model = "one", "two", "people", "people"
		var got []string
		for _, p := range (Config{[]Model{{ID: "people", Name: "all of them", Table: "people", PrimaryKey: []string{"id"}}}, []Sync{one, two}}).Validate() {
			got = append(got, p.String())
		}
		if text := strings.Join(got, "; "); (text == "") != (test.want == "") || !strings.Contains(text, test.want) || test.want != "" && (len(got) != 1 || !strings.HasPrefix(text, "syncs[1].file: ")) {
			t.Errorf("%s: %q, want %q", name, text, test.want)
		}
	}
}

// Names that lead out of the place, or to what smew writes there itself, are refused when the configuration is looked at.
func TestWrongNames(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		sync  Sync
		model string
		want  string // path and text; "": nothing is wrong
	}{
		{Sync{File: "a/{model.name}.csv"}, "b/c", ""},
		{Sync{File: "{model.name}.csv"}, "../../evil", `file: "{model.name}.csv" gives "../../evil.csv", which is no name below`},
		{Sync{File: "a/{model.name}"}, "..", "file: "},
		{Sync{File: "a/{model.name}/b"}, "", ""},
		{Sync{File: "../x"}, "m", `file: "../x" is no name below`},
		{Sync{File: "/x"}, "m", "file: "},
		{Sync{File: "a//x"}, "m", "file: "},
		{Sync{File: "x/"}, "m", "file: "},
		{Sync{File: "."}, "m", "file: "},
		{Sync{File: "a\nb"}, "m", "file: "},
		{Sync{File: "{model.name}"}, strings.Repeat("x", 1100), "file: "},
		{Sync{File: "..x"}, "m", ""},
		{Sync{File: "a/.smew-tmp-x"}, "m", "file: "},
		{Sync{File: "_manifest.json"}, "m", ""},
		{Sync{File: "_manifest.json", Manifest: true}, "m", `file: "_manifest.json" is what the manifest is called`},
		{Sync{File: "a/{model.name}.json", Manifest: true}, "_manifest", "file: "},
		{Sync{File: "_smew-v.json"}, "m", ""},
		{Sync{File: "_smew-v.json", Guard: true}, "m", `file: "_smew-v.json" is what guards the place`},
		{Sync{File: "_smew-{sync.id}.json", Guard: true}, "m", "file: "},
		{Sync{To: "s3://bbb/a/../c"}, "m", "to: "},
		{Sync{To: "s3://b/c"}, "m", `to: "b" is no name of a bucket`},
		{Sync{To: "s3://bbb//c"}, "m", "to: "},
		{Sync{To: "s3://bbb/c/"}, "m", ""},
		{Sync{Columns: []Column{{Name: "a", Template: "{{ a | shout }}"}}}, "m", `columns[0].template: there is no filter "shout"`},
		{Sync{Columns: []Column{{Name: "a", Template: "{{ a | truncate: 'x' }}"}}}, "m", "columns[0].template: "},
		{Sync{Columns: []Column{{Name: "a", Template: "{{ a "}}}, "m", "columns[0].template: "},
		{Sync{Columns: []Column{{Name: "a", Template: "{{ a | append: '!' }}"}}}, "m", ""},
		{Sync{Columns: []Column{{Name: "a"}, {Name: "A", From: "b"}}}, "m", "columns[1].name: "},
		{Sync{Offset: -86400 * 365}, "m", ""},
		{Sync{Offset: 99999999999}, "m", "offset: "}, // whose times would overflow
	} {
		s := test.sync
		s.ID, s.Model = "v", "m"
		if s.To == "" {
			s.To = "out"
		}
		wrong := (Config{[]Model{{ID: "m", Name: test.model, Table: "t"}}, []Sync{s}}).Validate()
		got := strings.TrimPrefix(strings.Trim(fmt.Sprint(wrong), "[]"), "syncs[0].")
		if (got == "") != (test.want == "") || !strings.HasPrefix(got, test.want) || len(wrong) > 1 {
			t.Errorf("%+v of %q: %q, want %q", test.sync, test.model, got, test.want)
		}
	}
}

// Where there is no such model, that alone is said.
func TestNoModel(t *testing.T) {
	wrong := (Config{Syncs: []Sync{{ID: "a", Model: "nobody", To: "out", File: "{model.id}/{model.name}.csv"}, {ID: "b", To: "out", File: "{model.id}/{model.name}"}}}).Validate()
	if got := fmt.Sprint(wrong); got != `[syncs[0].model: there is no model "nobody" syncs[1]: model is missing]` {
		t.Error(got)
	}
}

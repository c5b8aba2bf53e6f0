package plan

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"smew/feed"
)

// R3: which listed files are read, and from where.
func TestR3Paths(t *testing.T) {
	parse := func(texts ...string) (maps []Map) {
		for _, text := range texts {
			m, err := ParseMap(text)
			if err != nil {
				t.Fatal(err)
			}
			maps = append(maps, m)
		}
		return maps
	}
	for _, c := range []struct {
		name    string
		src     Source
		files   []string
		want    []string // nil: refused
		outside bool
	}{
		{"in the feed's bucket", Source{Bucket: "b"}, []string{"s3://b/p/x.avro", "s3://b/y"}, []string{"p/x.avro", "y"}, false},
		{"odd keys are taken as they are", Source{Bucket: "b"}, []string{"s3://b/_heap_table_name=a b/%2e%2e/ü ?#x"}, []string{"_heap_table_name=a b/%2e%2e/ü ?#x"}, false},
		{"another bucket", Source{Bucket: "b"}, []string{"s3://b/x", "s3://c/x"}, nil, true},
		{"bucket names count exactly", Source{Bucket: "b"}, []string{"s3://B/x"}, nil, true},
		{"a bucket whose name begins alike", Source{Bucket: "b"}, []string{"s3://b2/x"}, nil, true},
		{"a directory stands for any bucket", Source{}, []string{"s3://any/x", "s3://any/y"}, []string{"x", "y"}, false},
		{"but for one", Source{}, []string{"s3://any/x", "s3://other/y"}, nil, true},
		{"up", Source{}, []string{"s3://b/a/../../etc/passwd"}, nil, false},
		{"up at once", Source{}, []string{"s3://../x"}, nil, false},
		{"absolute", Source{}, []string{"s3://b//etc/passwd"}, nil, false},
		{"a local path", Source{}, []string{"/etc/passwd"}, nil, false},
		{"another scheme", Source{}, []string{"file:///etc/passwd"}, nil, false},
		{"no key", Source{}, []string{"s3://b"}, nil, false},
		{"mapped to the feed's bucket", Source{Bucket: "n", Maps: parse("s3://old/pre=s3://n/fix")}, []string{"s3://old/pre/x", "s3://n/y"}, []string{"fix/x", "y"}, false},
		{"mapped by whole segments", Source{Bucket: "n", Maps: parse("s3://old/pre=s3://n/fix")}, []string{"s3://old/prefix/x"}, nil, true},
		{"the first map that fits counts, once", Source{Bucket: "n", Maps: parse("s3://old=s3://n", "s3://n=s3://wrong", "s3://old/a=s3://wrong")}, []string{"s3://old/a/x"}, []string{"a/x"}, false},
		{"a map takes a prefix off", Source{Bucket: "n", Maps: parse("s3://old/a/b/=s3://n")}, []string{"s3://old/a/b/c"}, []string{"c"}, false},
		{"a map of a key is no map of what begins so", Source{Bucket: "n", Maps: parse("s3://old/a=s3://n")}, []string{"s3://old/a"}, nil, true},
		{"mapped away", Source{Bucket: "n", Maps: parse("s3://n/a=s3://m")}, []string{"s3://n/a/x"}, nil, true},
		{"maps bring a directory's files together", Source{Maps: parse("s3://c=s3://b/moved")}, []string{"s3://b/x", "s3://c/y"}, []string{"x", "moved/y"}, false},
		{"a map does not let .. in", Source{Maps: parse("s3://c=s3://b")}, []string{"s3://c/../y"}, nil, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := &feed.Manifest{DumpID: 3, Tables: []feed.Table{{Name: "users", Files: c.files, Incremental: true}}}
			p := New([]Found{found(m)}, Ledger{}, c.src)
			if c.want == nil {
				var outside *OutsideError
				if len(p.Dumps) != 0 || len(p.Problems) != 1 || errors.As(p.Problems[0].Err, &outside) != c.outside {
					t.Fatalf("not refused as it should be: %+v", p)
				}
				last := c.files[len(c.files)-1]
				if text := p.Problems[0].Error(); !strings.Contains(text, last) || !strings.Contains(text, `"users"`) {
					t.Errorf("the error does not name file and table: %s", text)
				}
				if c.outside && (outside.File != last || !strings.Contains(outside.Hint(), "--map")) {
					t.Errorf("outside error %+v, hint %q", outside, outside.Hint())
				}
				return
			}
			if len(p.Problems) != 0 {
				t.Fatal(p.Problems)
			}
			var keys []string
			for _, part := range p.Dumps[0].Tables[0].Parts {
				keys = append(keys, part.Key)
			}
			if !slices.Equal(keys, c.want) {
				t.Errorf("keys %q, want %q", keys, c.want)
			}
		})
	}
}

// All tables of a manifest in a directory share one bucket name; each manifest has its own.
func TestDirectoryBucketName(t *testing.T) {
	m := func(id int64, files ...string) Found {
		manifest := &feed.Manifest{DumpID: id}
		for _, f := range files {
			manifest.Tables = append(manifest.Tables, feed.Table{Name: f, Files: []string{f}, Incremental: true})
		}
		return found(manifest)
	}
	p := New([]Found{m(1, "s3://a/x", "s3://a/y"), m(2, "s3://b/x"), m(3, "s3://a/x", "s3://b/y")}, Ledger{}, Source{})
	if !slices.Equal(ids(p.Dumps), []int64{1, 2}) || len(p.Problems) != 1 || p.Problems[0].DumpID != 3 {
		t.Errorf("dumps %v, problems %v", ids(p.Dumps), p.Problems)
	}
}

func TestParseMap(t *testing.T) {
	for text, want := range map[string]Map{
		"s3://a=s3://b":          {feed.Ref{Bucket: "a"}, feed.Ref{Bucket: "b"}},
		"s3://a/=s3://b/":        {feed.Ref{Bucket: "a"}, feed.Ref{Bucket: "b"}},
		"s3://a/x/y/=s3://b/z":   {feed.Ref{Bucket: "a", Key: "x/y"}, feed.Ref{Bucket: "b", Key: "z"}},
		"s3://a/k=v/=s3://b/k=w": {feed.Ref{Bucket: "a", Key: "k=v"}, feed.Ref{Bucket: "b", Key: "k=w"}},
	} {
		if got, err := ParseMap(text); err != nil || got != want {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "s3://a", "s3://a=", "a=s3://b", "s3://a=b", "s3://=s3://b", "s3://a=s3://", "s3://a=s3:///x"} {
		if got, err := ParseMap(text); err == nil || !strings.Contains(err.Error(), "map ") {
			t.Errorf("%q was taken: %+v, %v", text, got, err)
		}
	}
}

func TestSourceKey(t *testing.T) {
	if key, err := (Source{Bucket: "b"}).Key("s3://b/d/p.json"); err != nil || key != "d/p.json" {
		t.Errorf("%q, %v", key, err)
	}
	if _, err := (Source{Bucket: "b"}).Key("s3://c/d/p.json"); err == nil {
		t.Error("a file outside the feed was taken")
	}
}

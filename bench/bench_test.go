package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestRatioIsOfEachPair(t *testing.T) {
	runs := [][2]measure{{{CPU: 1}, {CPU: 2}}, {{CPU: 9}, {CPU: 3}}, {{CPU: 4}, {CPU: 4}}, {{CPU: 1}, {CPU: 1}}}
	got := ratioOf(runs, func(m measure) float64 { return m.CPU })
	if want := (ratio{Median: 1, Min: 0.5, Max: 3}); got != want {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestDigestsThatDiffer(t *testing.T) {
	a := digest{Rows: 2, Hash: "1", Columns: map[string]string{"time": "5", "path": "6"}}
	for _, c := range []struct {
		name, want string
		other      digest
	}{
		{"the same", "", digest{Rows: 2, Hash: "1", Columns: map[string]string{"time": "5", "path": "6"}}},
		{"another row", "t has 2 and 3 rows", digest{Rows: 3, Hash: "1"}},
		{"no table", "t has 2 and 0 rows", digest{}},
		{"another value", "t has others in path", digest{Rows: 2, Hash: "2", Columns: map[string]string{"time": "5", "path": "7"}}},
		{"values in other rows", "t has the same values in other rows", digest{Rows: 2, Hash: "2", Columns: a.Columns}},
		{"no column", "t has others in path", digest{Rows: 2, Hash: "2", Columns: map[string]string{"time": "5"}}},
	} {
		if got := a.differs("t", c.other); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// Dumps count by their number, not by their manifests' names.
func TestManifestsInOrder(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "manifests"), 0o777); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"sync_1000.json", "sync_999.json", "sync_1001.json"} {
		if err := os.WriteFile(filepath.Join(dir, "manifests", name), nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	files, err := manifestsOf(dir)
	for i := range files {
		files[i] = filepath.Base(files[i])
	}
	if want := []string{"sync_999.json", "sync_1000.json", "sync_1001.json"}; err != nil || !slices.Equal(files, want) {
		t.Errorf("%v, %v", files, err)
	}
}

func TestCasesHaveNamesOfTheirOwn(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range allCases() {
		if seen[c.name] || caseOf(c.name+"/more") != c.name || strings.Count(c.name, "/") != 1 {
			t.Errorf("case %q", c.name)
		}
		seen[c.name] = true
	}
}

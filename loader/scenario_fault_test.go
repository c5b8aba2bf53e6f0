package loader_test

import (
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"smew/answer"
	"smew/bucket"
	"smew/loader"
	"smew/produce"
	"smew/sample"
)

// TestFaults: of a feed in which each dump has something wrong, everything is loaded but what the answer key says must
// not be, and what is said names it. With any codec, and with no checksum of a bucket to help.
func TestFaults(t *testing.T) {
	t.Parallel()
	says := map[string]string{
		"truncated-part":    "unexpected EOF",
		"flipped-bit":       "block ",
		"missing-part":      "not exist",
		"empty-part":        "header ",
		"foreign-part":      "header ",
		"trailing-bytes":    "block ",
		"wrong-count":       "block ",
		"invalid-utf8":      "UTF-8",
		"bad-id":            `column "user_id": "not a number"`,
		"torn-manifest":     "not JSON",
		"outside-path":      "outside",
		"twice-named-table": `table "users" is already`,
		"duplicate-dump-id": "same dump_id",
		"changed-manifest":  "changed after",
	}
	for _, name := range produce.FaultNames() {
		if says[name] == "" {
			t.Errorf("nothing is known of fault %s", name)
		}
	}
	groups, codecs := map[string][]string{"all": produce.FaultNames()}, []string{"null", "deflate", "snappy"}
	if sample.Count(t, sample.Scenarios, 1, 100) > 1 { // make soak
		for _, name := range produce.FaultNames() {
			groups[name] = []string{name}
		}
	}
	for _, n := range sample.Seeds(t, sample.Scenarios, 1, len(codecs)) { // the bytes of blocks differ
		for which, names := range groups {
			t.Run(which+"/"+codecs[n%len(codecs)], func(t *testing.T) {
				t.Parallel()
				checkFaults(t, names, codecs[n%len(codecs)], says)
			})
		}
	}
}

func checkFaults(t *testing.T, names []string, codec string, says map[string]string) {
	s, err := produce.ScenarioNamed(produce.DefaultScenario)
	if err != nil {
		t.Fatal(err)
	}
	s.Faults = names
	memory, db, key := bucket.NewMemory(), filepath.Join(t.TempDir(), "shop.duckdb"), &answer.Key{}
	p, err := produce.New(t.Context(), memory, produce.Options{Users: 20, Events: 80, PartRows: 30, Codec: codec, Scenario: s, Answer: key})
	if err != nil {
		t.Fatal(err)
	}
	var last loader.Summary
	var planted []answer.Fault
	var want []int64
	for day := range len(names) + 3 { // the second is the first that is wrong, the fourth is a full resync of one table
		dump, err := p.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		planted = append(planted, dump.Faults...)
		changes := len(dump.Faults) > 0 && dump.Faults[0].Name == "changed-manifest"
		if changes || len(dump.Faults) == 0 {
			want = append(want, dump.DumpID)
		}
		if changes || day == len(names)+2 {
			last = loadSome(t, memory, db)
		}
	}
	matches(t, key, nil, db)
	counted, err := key.Counted(nil)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(counted, want) {
		t.Errorf("the key counts %v, want %v", counted, want)
	}
	if len(planted) != len(names) || len(p.Missed()) > 0 {
		t.Fatalf("the key names %+v, and not %q", planted, p.Missed())
	}
	for _, f := range planted {
		said := ""
		for _, failed := range last.Failed {
			if failed.DumpID == f.DumpID || strings.Contains(failed.Key, fmt.Sprint(f.DumpID)) {
				said += fmt.Sprintln(failed.Key, failed.Err)
			}
		}
		if !strings.Contains(f.Must, fmt.Sprint(f.DumpID)) {
			t.Errorf("the key says %+v", f)
		}
		if !strings.Contains(said, says[f.Name]) || !strings.Contains(said, path.Base(f.Object)) {
			t.Errorf("%s: %q names neither %q nor %s", f.Name, said, says[f.Name], f.Object)
		}
	}
}

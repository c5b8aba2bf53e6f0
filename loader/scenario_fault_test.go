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

// TestFaults: of a feed with one thing wrong, everything is loaded but what the answer key says must
// not be, and what is said names it. With any codec, and with no checksum of a bucket to help.
func TestFaults(t *testing.T) {
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
		codec := "snappy"
		switch name {
		case "truncated-part", "flipped-bit", "trailing-bytes", "wrong-count": // the bytes of blocks differ
			codec = []string{"null", "deflate", "snappy"}[sample.Seeds(t, sample.Scenarios, 1, 3)[0]]
		}
		t.Run(name+"/"+codec, func(t *testing.T) {
			t.Parallel()
			checkFault(t, name, codec, says[name])
		})
	}
}

func checkFault(t *testing.T, name, codec, says string) {
	s, err := produce.ScenarioNamed(produce.DefaultScenario)
	if err != nil {
		t.Fatal(err)
	}
	s.Faults = []string{name}
	memory, db, key := bucket.NewMemory(), filepath.Join(t.TempDir(), "shop.duckdb"), &answer.Key{}
	p, err := produce.New(t.Context(), memory, produce.Options{Users: 20, Events: 80, PartRows: 30, Codec: codec, Scenario: s, Answer: key})
	if err != nil {
		t.Fatal(err)
	}
	var last loader.Summary
	var planted []answer.Fault
	for day := range 4 { // the second is wrong, the fourth is a full resync of one table
		dump, err := p.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		planted = append(planted, dump.Faults...)
		if day == 1 || day == 3 {
			last = loadSome(t, memory, db)
		}
	}
	matches(t, key, nil, db)
	counted, err := key.Counted(nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []int64{852, 854, 855}
	if name == "changed-manifest" {
		want = []int64{852, 853, 854, 855}
	}
	if !slices.Equal(counted, want) {
		t.Errorf("the key counts %v, want %v", counted, want)
	}
	if len(last.Failed) == 0 {
		t.Fatal("nothing is reported")
	}
	if len(planted) != 1 || planted[0].DumpID != 853 || !strings.Contains(planted[0].Must, "853") {
		t.Fatalf("the key names %+v", planted)
	}
	var said string
	for _, f := range last.Failed {
		said += fmt.Sprintln(f.Key, f.Err)
	}
	if !strings.Contains(said, says) || !strings.Contains(said, path.Base(planted[0].Object)) {
		t.Errorf("%q names neither %q nor %s", said, says, planted[0].Object)
	}
}

package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"smew/avro/avrotest"
	"smew/feed"
)

var update = flag.Bool("update", false, "write anew what tests hold docs/ and testdata/damage against (damage needs bzip2)")

const (
	damageFolder = "../../testdata/damage"
	damageDocs   = "../../docs/damage.md"
)

// outcome is what became of a damaged part: the rows that were loaded, or the error.
type outcome struct{ damage, codec, result string }

func (o outcome) file() string {
	return strings.ReplaceAll(o.damage, " ", "_") + "." + o.codec + ".avro"
}

// TestDamageTable loads each damage in each codec, each as a dump of its own, holds what is said
// against testdata/damage/smew.txt, and sees to it that nothing of a dump that failed is visible.
// docs/damage.md is made from that and from what make damage found others to do. SMEW_TEST_DAMAGE
// names a folder for the parts, to be read by them.
func TestDamageTable(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("SMEW_TEST_DAMAGE")
	if dir == "" {
		dir = t.TempDir()
	}
	outcomes := damagedFeed(t, dir)
	db := filepath.Join(t.TempDir(), "damage.duckdb")
	loaded := loadDamaged(t, dir, db, outcomes)
	checkVisible(t, db, outcomes, loaded)
	var lines []string
	for _, o := range outcomes {
		lines = append(lines, o.damage+"\t"+o.codec+"\t"+o.result)
	}
	golden(t, filepath.Join(damageFolder, "smew.txt"), strings.Join(lines, "\n")+"\n")
	golden(t, damageDocs, damagePage(t, outcomes))
}

// golden holds text against a file, or writes it.
func golden(t *testing.T, path, text string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), text); diff != "" {
		t.Errorf("%s (-update writes it anew):\n%.6000s", path, diff)
	}
}

// damagedFeed writes a feed with a dump for each damage in each codec, dump N being outcome N-1.
func damagedFeed(t *testing.T, dir string) []outcome {
	t.Helper()
	var outcomes []outcome
	write := func(key string, data []byte) {
		path := filepath.Join(dir, filepath.FromSlash(key))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	packers := map[string]func([]byte) []byte{}
	for _, codec := range spoiltCodecs {
		packers[codec] = packer(t, codec)
	}
	add := func(damage, codec string, data []byte) {
		o := outcome{damage: damage, codec: codec}
		outcomes = append(outcomes, o)
		id := int64(len(outcomes))
		key := fmt.Sprintf("sync_%d/clicks/%s", id, o.file())
		write(key, data)
		text, err := (&feed.Manifest{DumpID: id, Tables: []feed.Table{{
			Name: "clicks", Files: []string{"s3://shop/" + key}, Columns: []string{"id", "href"}, Incremental: true,
		}}}).Encode()
		if err != nil {
			t.Fatal(err)
		}
		write(feed.ManifestKey(id), text)
	}
	for _, kind := range damageKinds {
		for _, codec := range spoiltCodecs {
			whole := newWholePart(t, codec, packers[codec])
			data := kind.spoil(whole)
			if data == nil && kind.name == "wrong checksum of a block" {
				continue
			}
			if kind.name != "none" && bytes.Equal(data, whole.bytes()) {
				t.Fatalf("%s does nothing to %s", kind.name, codec)
			}
			add(kind.name, codec, data)
		}
	}
	for _, kind := range foreignFiles {
		add(kind.name, "any", kind.spoil(wholePart{}))
	}
	return outcomes
}

// packer compresses blocks. Go has no writer for bzip2: what its blocks come to is kept in testdata.
func packer(t *testing.T, codec string) func([]byte) []byte {
	t.Helper()
	if codec != "bzip2" {
		return func(raw []byte) []byte {
			packed, err := avrotest.Pack(codec, raw)
			if err != nil {
				t.Fatal(err)
			}
			return packed
		}
	}
	path := filepath.Join(damageFolder, "bzip2.json")
	known := map[string]string{}
	if text, err := os.ReadFile(path); err == nil {
		if err := json.Unmarshal(text, &known); err != nil {
			t.Fatal(err)
		}
	}
	return func(raw []byte) []byte {
		key := base64.StdEncoding.EncodeToString(raw)
		if known[key] == "" && *update {
			cmd := exec.Command("bzip2", "-9", "-c")
			cmd.Stdin = bytes.NewReader(raw)
			packed, err := cmd.Output()
			if err != nil {
				t.Fatal(err)
			}
			known[key] = base64.StdEncoding.EncodeToString(packed)
			text, _ := json.MarshalIndent(known, "", " ")
			if err := os.WriteFile(path, append(text, '\n'), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		packed, err := base64.StdEncoding.DecodeString(known[key])
		if err != nil || len(packed) == 0 {
			t.Fatalf("%s has no such block: run the test with -update", path)
		}
		return packed
	}
}

// loadDamaged loads the feed, notes what smew says of each dump, and returns the ids of those that
// it took.
func loadDamaged(t *testing.T, dir, db string, outcomes []outcome) map[int64]bool {
	t.Helper()
	cmd := start(t, "smew", "load", dir, "--db", db, "--quiet")
	err := cmd.Wait()
	said := cmd.Stderr.(*lockedBuffer).String()
	if code := cmd.ProcessState.ExitCode(); code != exitIncomplete {
		t.Fatalf("exit code %d, %v\n%s", code, err, said)
	}
	line := regexp.MustCompile(`(?m)^smew: load: (warning: )?dump (\d+): (.*)$`)
	failed := map[int64]string{}
	warned := map[int64]string{}
	for _, m := range line.FindAllStringSubmatch(said, -1) {
		id, _ := strconv.ParseInt(m[2], 10, 64)
		o := outcomes[id-1]
		text := strings.ReplaceAll(m[3], fmt.Sprintf("sync_%d/clicks/%s", id, o.file()), "PART")
		if m[1] != "" {
			warned[id] += "; warning: " + text
		} else {
			failed[id] = text
		}
	}
	loaded := map[int64]bool{}
	for i := range outcomes {
		id := int64(i + 1)
		if text, ok := failed[id]; ok {
			if !strings.Contains(text, "PART") {
				t.Errorf("the part is not named: %s", text)
			}
			outcomes[i].result = text
			continue
		}
		loaded[id] = true
		outcomes[i].result = warned[id]
	}
	return loaded
}

// checkVisible counts the rows of the dumps that were loaded, and wants nothing of the others.
func checkVisible(t *testing.T, db string, outcomes []outcome, loaded map[int64]bool) {
	t.Helper()
	rows := map[int64]int{}
	for _, line := range query(t, db, "SELECT smew_dump_id, count(*) FROM delivered.clicks GROUP BY ALL") {
		id, n, _ := strings.Cut(line, ",")
		dump, _ := strconv.ParseInt(id, 10, 64)
		rows[dump], _ = strconv.Atoi(n)
	}
	total := 0
	for id, n := range rows {
		if !loaded[id] {
			t.Errorf("%d rows of dump %d are visible, which failed: %s", n, id, outcomes[id-1].result)
		}
		total += n
	}
	for i := range outcomes {
		if id := int64(i + 1); loaded[id] {
			outcomes[i].result = fmt.Sprintf("%d of %d rows", rows[id], spoiltRows) + outcomes[i].result
		}
	}
	if got := query(t, db, "SELECT count(*) FROM main.clicks"); !slices.Equal(got, []string{strconv.Itoa(total)}) {
		t.Errorf("main.clicks has %v rows, want %d", got, total)
	}
	if got := query(t, db, "SELECT count(*) FROM smew.dumps"); !slices.Equal(got, []string{strconv.Itoa(len(loaded))}) {
		t.Errorf("the ledger has %v dumps, want %d", got, len(loaded))
	}
}

// query returns the lines of a result as CSV, without the names of its columns.
func query(t *testing.T, db, statement string) []string {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary, "query", "--db", db, "--format", "csv", statement)
	cmd.Args[0] = "smew"
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")[1:]
}

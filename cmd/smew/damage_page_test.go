package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// damagePage renders docs/damage.md: what smew says of each damage, beside what others do, which
// make damage keeps in testdata/damage/peers.txt. Codecs of which the same is said share a line.
func damagePage(t *testing.T, outcomes []outcome) string {
	t.Helper()
	versions, peers := peerResults(t)
	var b strings.Builder
	b.WriteString(damageIntro)
	b.WriteString(damageSummary(outcomes, peers))
	fmt.Fprintf(&b, "\nMeasured with %s.\n", versions)
	b.WriteString("\n| damage | codecs | smew | read_avro | fastavro |\n|---|---|---|---|---|\n")
	for _, kind := range slices.Concat(damageKinds, foreignFiles) {
		var order []string
		codecs := map[string][]string{}
		for _, o := range outcomes {
			if o.damage != kind.name {
				continue
			}
			theirs := peers[o.file()]
			line := fmt.Sprintf("%s | %s | %s |", tableCell(o.result), tableCell(theirs[0]), tableCell(theirs[1]))
			if codecs[line] == nil {
				order = append(order, line)
			}
			codecs[line] = append(codecs[line], o.codec)
		}
		name := kind.name
		for _, line := range order {
			which := strings.Join(codecs[line], ", ")
			if len(codecs[line]) == len(spoiltCodecs) {
				which = "all"
			}
			fmt.Fprintf(&b, "| %s | %s | %s\n", name, which, line)
			name = ""
		}
	}
	return b.String()
}

const damageIntro = `# Damage

What smew makes of damaged parts, and what DuckDB's ` + "`read_avro`" + ` and fastavro make of them. Each part has 60 rows in three
blocks; the damage, where it is one of a block, is in the second. smew loads a dump whole or not at all, so where it
gives an error nothing of the part is visible; where it gives a count, the damage leaves a legal file that nothing in it
gives away (rule R12): in S3, the object's size, ETag and checksum still do, for damage done after the upload.

This page is made by ` + "`TestDamageTable`" + ` in cmd/smew, from testdata/damage; ` + "`make damage`" + ` asks the others again. "error"
stands for any error, "crash" for the end of the process. PART stands for the part's key, … for a place in it.

`

// unknownCodec is the result of a reader on the parts of a codec that it does not read.
const unknownCodec = "codec not read"

// damageSummary counts the damaged files of which rows were loaded without an error.
func damageSummary(outcomes []outcome, peers map[string][2]string) string {
	var total, silent, partly [3]int
	whole := fmt.Sprintf("%d of %d rows", spoiltRows, spoiltRows)
	for _, o := range outcomes {
		if o.damage == "none" {
			continue
		}
		theirs := peers[o.file()]
		for i, result := range []string{o.result, theirs[0], theirs[1]} {
			if result != unknownCodec {
				total[i]++
			}
			if countOfRows.MatchString(result) {
				silent[i]++
				if !strings.HasPrefix(result, whole) {
					partly[i]++
				}
			}
		}
	}
	var b strings.Builder
	b.WriteString("| | damaged files, of codecs it reads | loaded without an error | of these with rows missing or added |\n|---|---|---|---|\n")
	for i, name := range []string{"smew", "read_avro", "fastavro"} {
		fmt.Fprintf(&b, "| %s | %d | %d | %d |\n", name, total[i], silent[i], partly[i])
	}
	return b.String()
}

var (
	countOfRows = regexp.MustCompile(`^\d+ of \d+ rows`)
	places      = regexp.MustCompile(`at byte \d+`)
	numbers     = regexp.MustCompile(`(it has|claim to hold|only) \d+|\d+ (bytes|more)`)
)

// tableCell is a text as a cell of a table of Markdown, without places that differ from codec to codec.
func tableCell(s string) string {
	s = places.ReplaceAllString(strings.TrimPrefix(s, `table "clicks": PART: `), "at byte …")
	s = numbers.ReplaceAllStringFunc(s, func(m string) string { return regexp.MustCompile(`\d+`).ReplaceAllString(m, "…") })
	if s == "" {
		return "not measured"
	}
	return strings.NewReplacer("|", `\|`, "<", "&lt;", "*", `\*`, "`", "'").Replace(s)
}

// peerResults reads what make damage wrote: a line of versions, then a file, read_avro's result and fastavro's.
func peerResults(t *testing.T) (versions string, results map[string][2]string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(damageFolder, "peers.txt"))
	if err != nil {
		t.Fatal(err)
	}
	results = map[string][2]string{}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	for _, line := range lines[1:] {
		fields := strings.Split(line, "\t")
		if len(fields) != 3 {
			t.Fatalf("peers.txt: %q", line)
		}
		results[fields[0]] = [2]string{fields[1], fields[2]}
	}
	for _, codec := range spoiltCodecs { // what does not read a whole part does not know its codec
		whole := results[outcome{damage: "none", codec: codec}.file()]
		for i := range whole {
			if countOfRows.MatchString(whole[i]) {
				continue
			}
			for file, result := range results {
				if strings.HasSuffix(file, "."+codec+".avro") {
					result[i] = unknownCodec
					results[file] = result
				}
			}
		}
	}
	return lines[0], results
}

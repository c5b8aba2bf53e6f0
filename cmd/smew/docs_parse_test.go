package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// block is code on a page: a fence, or indented lines.
type block struct {
	page       string
	line       int    // of its first line, from 1
	lang, name string // ```yaml smew.yaml; indented lines have none
	lines      []string
	from, to   int // its lines on the page, without the fences
}

var fence = regexp.MustCompile("^( *)```([a-z]*) ?(\\S*)$")

// codeOf lists the blocks of a page, in their order.
func codeOf(page, text string) (found []block) {
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		b := block{page: page, line: i + 1, from: i, to: i}
		if open := fence.FindStringSubmatch(lines[i]); open != nil {
			b.lang, b.name, b.from = open[2], open[3], i+1
			for i++; i < len(lines) && strings.TrimSpace(lines[i]) != "```"; i++ {
				b.lines = append(b.lines, strings.TrimPrefix(lines[i], open[1]))
			}
			b.to = i
			b.line++
			found = append(found, b)
			continue
		}
		for ; i < len(lines) && strings.HasPrefix(lines[i], "    "); i++ {
			b.lines = append(b.lines, lines[i][4:])
		}
		if len(b.lines) > 0 {
			b.to = i
			found = append(found, b)
		}
	}
	return found
}

// step is a command that a block shows.
type step struct {
	page    string
	line    int
	command string // for a shell, with continued lines
}

func (s step) String() string { return fmt.Sprintf("%s:%d: %s", s.page, s.line, s.command) }

// steps are the commands of a block: all lines of sh, those behind $ of console, and indented ones that begin as commands do.
func (b block) steps() (found []step) {
	for i := 0; i < len(b.lines); i++ {
		line := b.lines[i]
		switch {
		case b.lang == "console" && strings.HasPrefix(line, "$ "):
			line = line[2:]
		case b.lang == "sh" && line != "" && !strings.HasPrefix(line, "#"):
		case b.lang == "" && regexp.MustCompile(`^smew [a-z-]`).MatchString(line):
		default:
			continue
		}
		s := step{b.page, b.line + i, line}
		for strings.HasSuffix(s.command, "\\") && i+1 < len(b.lines) {
			i++
			s.command = strings.TrimSuffix(s.command, "\\") + strings.TrimSpace(b.lines[i])
		}
		found = append(found, s)
	}
	return found
}

// words takes a line apart as a shell does, into commands. What a redirection names is no word of them.
func words(line string) (commands [][]string) {
	var words []string
	var word strings.Builder
	inWord, quote, redirected := false, byte(0), false
	end := func() {
		if inWord && !redirected {
			words = append(words, word.String())
		}
		redirected = redirected && !inWord
		inWord = false
		word.Reset()
	}
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case quote != 0 && c == quote:
			quote = 0
		case quote != 0:
			word.WriteByte(c)
		case c == '\'' || c == '"':
			quote, inWord = c, true
		case c == ' ':
			end()
		case c == '#' && !inWord:
			return append(commands, words)
		case c == '>' || c == '<':
			end()
			redirected = true
		case c == '|' || c == ';' || c == '&':
			end()
			commands, words = append(commands, words), nil
		default:
			inWord = true
			word.WriteByte(c)
		}
	}
	end()
	return append(commands, words)
}

func TestWords(t *testing.T) {
	for line, want := range map[string]string{
		`smew query --db x "SELECT 'a'"  # why`:    `[["smew" "query" "--db" "x" "SELECT 'a'"]]`,
		`smew iam x > policy.json; smew ls s3://b`: `[["smew" "iam" "x"] ["smew" "ls" "s3://b"]]`,
		`smew load '' --exclude 'heap_*' | head`:   `[["smew" "load" "" "--exclude" "heap_*"] ["head"]]`,
	} {
		if got := fmt.Sprintf("%q", words(line)); got != want {
			t.Errorf("%s: %s, want %s", line, got, want)
		}
	}
}

// quietApp is the program without an environment, whose output goes nowhere.
func quietApp() *app {
	return &app{stdin: strings.NewReader(""), stdout: io.Discard, stderr: io.Discard, environ: func(string) (string, bool) { return "", false }}
}

// understood tells what is wrong with a command line of smew, without running it.
func understood(args []string) error {
	root := quietApp().root()
	cmd, rest, err := root.Find(args)
	if err != nil {
		return err
	}
	cmd.InitDefaultHelpFlag()
	root.InitDefaultVersionFlag()
	if err := cmd.ParseFlags(rest); err != nil {
		return err
	}
	if help, err := cmd.Flags().GetBool("help"); err == nil && help {
		return nil
	}
	return cmd.ValidateArgs(cmd.Flags().Args())
}

// mentioned tells what is wrong with a command that a sentence mentions: it may lack arguments, but what it has must be there.
func mentioned(args []string) error {
	cmd, rest, err := quietApp().root().Find(args)
	if err != nil {
		return err
	}
	if !cmd.HasParent() && len(rest) > 0 && !strings.HasPrefix(rest[0], "-") {
		return fmt.Errorf("there is no command %q", rest[0])
	}
	for _, arg := range rest {
		name, _, _ := strings.Cut(arg, "=")
		if strings.HasPrefix(name, "--") && name != "--help" && knownFlag(cmd, name[2:]) == nil {
			return fmt.Errorf("%s has no flag %s", cmd.CommandPath(), name)
		}
	}
	return nil
}

func knownFlag(cmd *cobra.Command, name string) any {
	if f := cmd.Flags().Lookup(name); f != nil {
		return f
	}
	if f := cmd.InheritedFlags().Lookup(name); f != nil {
		return f
	}
	for _, sub := range cmd.Commands() { // "smew ask --sql" speaks of all questions
		if f := knownFlag(sub, name); f != nil {
			return f
		}
	}
	return nil
}

// pages are the Markdown files that people read, by their paths from the repository's root.
func pages(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/reference/*.md", "bench/README.md"} {
		paths, err := filepath.Glob(filepath.Join("../..", pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			found[strings.TrimPrefix(filepath.ToSlash(path), "../../")] = string(text)
		}
	}
	if len(found) < 25 {
		t.Fatalf("there are only %d pages", len(found))
	}
	return found
}

var codeSpan = regexp.MustCompile("`(smew [^`]+)`")

// TestDocsParse holds that every command that a page shows or mentions is one of smew's, with flags that it has.
func TestDocsParse(t *testing.T) {
	shown, spans := 0, 0
	for page, text := range pages(t) {
		if page == "docs/errors.md" {
			continue // of mistakes
		}
		for _, b := range codeOf(page, text) {
			for _, s := range b.steps() {
				for _, args := range words(s.command) {
					if len(args) == 0 || args[0] != "smew" {
						continue
					}
					shown++
					if err := understood(args[1:]); err != nil {
						t.Errorf("%s: %v", s, err)
					}
				}
			}
		}
		for _, span := range codeSpan.FindAllStringSubmatch(text, -1) {
			if args := words(span[1])[0]; !strings.ContainsAny(span[1], "…:") && len(args) > 1 {
				spans++
				if err := mentioned(args[1:]); err != nil && page != "CHANGELOG.md" {
					t.Errorf("%s: %s: %v", page, span[0], err)
				}
			}
		}
	}
	if shown < 150 || spans < 100 {
		t.Errorf("only %d commands are shown and %d mentioned", shown, spans)
	}
}

// TestDocsTargets holds that every target of make that a page names is there.
func TestDocsTargets(t *testing.T) {
	makefile, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	named := 0
	for page, text := range pages(t) {
		for _, m := range regexp.MustCompile("(?m)(?:`|^    )make ([a-z]+)").FindAllStringSubmatch(text, -1) {
			named++
			if !bytes.Contains(makefile, []byte("\n"+m[1]+":")) {
				t.Errorf("%s: the Makefile has no %s", page, m[1])
			}
		}
	}
	if named < 20 {
		t.Errorf("only %d targets are named", named)
	}
}

var link = regexp.MustCompile(`\]\(([^)\s]+)\)`)

// TestDocsLinks holds that links between pages lead somewhere, to headings too, and that each page is reached from the contents and in the site.
func TestDocsLinks(t *testing.T) {
	all := pages(t)
	reached := map[string]bool{}
	for page, text := range all {
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			if strings.Contains(m[1], "://") || strings.HasPrefix(m[1], "/") {
				continue
			}
			file, heading, _ := strings.Cut(m[1], "#")
			to := page
			if file != "" {
				to = filepath.ToSlash(filepath.Join(filepath.Dir(page), file))
			}
			if _, err := os.Stat(filepath.Join("../..", to)); err != nil {
				t.Errorf("%s leads to %s, which is not there", page, m[1])
			}
			if heading != "" && !slices.Contains(headings(all[to]), heading) {
				t.Errorf("%s leads to %s, and there is no such heading", page, m[1])
			}
			if page == "docs/README.md" {
				reached[to] = true
			}
		}
	}
	site, err := os.ReadFile("../../packaging/site/mkdocs.yml")
	if err != nil {
		t.Fatal(err)
	}
	for page := range all {
		if strings.HasPrefix(page, "docs/") && page != "docs/README.md" && !reached[page] {
			t.Errorf("docs/README.md does not name %s", page)
		}
		if !bytes.Contains(site, []byte(page)) {
			t.Errorf("packaging/site/mkdocs.yml does not name %s", page)
		}
	}
}

// headings are the anchors of a page, as GitHub makes them.
func headings(text string) (anchors []string) {
	for _, m := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(text, -1) {
		anchor := strings.ReplaceAll(strings.ToLower(m[1]), " ", "-")
		anchors = append(anchors, regexp.MustCompile(`[^\p{L}\p{N}_-]`).ReplaceAllString(anchor, ""))
	}
	return anchors
}

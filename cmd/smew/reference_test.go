package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"smew/alert"
)

const referencePages = "../../docs/reference/"

// referenced holds a page of docs/reference against what the code says now.
func referenced(t *testing.T, name, text string) {
	t.Helper()
	was, err := os.ReadFile(referencePages + name)
	if err != nil && !*update {
		t.Fatal(err)
	}
	compared(t, referencePages+name, was, []byte(text))
}

const generated = "\n<!-- Generated from the code: go test ./cmd/smew -run TestReference -update -->\n"

// mdCell makes a text a cell of a Markdown table.
func mdCell(text string) string {
	text = strings.ReplaceAll(text, "|", `\|`)
	return regexp.MustCompile(`<([a-z]+)>`).ReplaceAllString(text, "&lt;$1&gt;")
}

// TestReferenceCommands holds docs/reference/commands.md against the commands and flags that there are.
func TestReferenceCommands(t *testing.T) {
	root := quietApp().root()
	var b bytes.Buffer
	b.WriteString("# Commands\n" + generated + "\n```text\n" + root.Long + "\n```\n\n")
	b.WriteString("Flags of all commands:\n")
	writeFlags(&b, root.PersistentFlags())
	for _, cmd := range root.Commands() {
		writeCommand(&b, cmd)
	}
	if n := strings.Count(b.String(), "\n## "); n < 20 {
		t.Errorf("only %d commands", n)
	}
	referenced(t, "commands.md", b.String())
}

func writeCommand(b *bytes.Buffer, cmd *cobra.Command) {
	if cmd.Hidden || cmd.Name() == "help" || cmd.Name() == "completion" {
		return
	}
	fmt.Fprintf(b, "\n## %s\n\n", cmd.CommandPath())
	about := cmd.Long
	if about == "" {
		about = cmd.Short + "."
	}
	fmt.Fprintf(b, "```text\n%s\n```\n\n", about)
	if cmd.Runnable() {
		fmt.Fprintf(b, "Usage: `%s`\n", cmd.UseLine())
	}
	if cmd.Example != "" {
		lines := strings.Split(cmd.Example, "\n")
		for i := range lines {
			lines[i] = strings.TrimPrefix(lines[i], "  ")
		}
		fmt.Fprintf(b, "\n```sh\n%s\n```\n", strings.Join(lines, "\n"))
	}
	writeFlags(b, cmd.LocalNonPersistentFlags())
	for _, sub := range cmd.Commands() {
		writeCommand(b, sub)
	}
}

func writeFlags(b *bytes.Buffer, flags *pflag.FlagSet) {
	if listed := 0; !flags.HasAvailableFlags() {
		return
	} else if flags.VisitAll(func(f *pflag.Flag) { listed++ }); listed == 1 && flags.Lookup("help") != nil {
		return
	}
	b.WriteString("\n| flag | default | |\n|---|---|---|\n")
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" {
			return
		}
		value, usage := pflag.UnquoteUsage(f)
		name := "`--" + f.Name
		if f.Shorthand != "" {
			name = "`-" + f.Shorthand + "`, " + name
		}
		if value != "" {
			name += " " + value
		}
		def := f.DefValue
		if def == "false" || def == "[]" || def == "0" || def == "0s" {
			def = ""
		}
		fmt.Fprintf(b, "| %s` | %s | %s |\n", name, mdCell(def), mdCell(usage))
	})
}

// TestReferenceExitCodes holds docs/reference/exit-codes.md against the constants in errors.go and what is said of them there.
func TestReferenceExitCodes(t *testing.T) {
	parsed, err := parser.ParseFile(token.NewFileSet(), "errors.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("# Exit codes\n" + generated + "\n| code | |\n|---|---|\n")
	codes := 0
	ast.Inspect(parsed, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok && strings.HasPrefix(spec.Names[0].Name, "exit") && spec.Comment != nil {
			codes++
			fmt.Fprintf(&b, "| %s | %s |\n", spec.Values[0].(*ast.BasicLit).Value, mdCell(strings.TrimSpace(spec.Comment.Text())))
		}
		return true
	})
	if codes != 6 {
		t.Errorf("%d codes are explained", codes)
	}
	b.WriteString("\n`smew verify` and `smew check` exit with 1 where something does not hold, and `smew verify` with 3 where all that is loaded is right and some of " +
		"the feed is missing.\n`smew poll` ends with 0 on SIGTERM. With `--json` errors are texts on stderr all the same.\n")
	referenced(t, "exit-codes.md", b.String())
}

// TestReferenceAlerts holds docs/reference/alerts.md against the alerts that there are, and that docs/alerts.md and the list of
// what to do in docs/operating.md have each of them.
func TestReferenceAlerts(t *testing.T) {
	all := pages(t)
	var b strings.Builder
	b.WriteString("# Alerts\n" + generated + "\nThe rules where a configuration says nothing else ([alerts.md](../alerts.md) says what each means, and how to change it).\n\n" +
		"| alert | severity | after | becomes critical after | other settings |\n|---|---|---|---|---|\n")
	for _, kind := range alert.Kinds() {
		rule := alert.Defaults()[kind]
		others := []string{}
		if rule.Drop != 0 {
			others = append(others, fmt.Sprintf("`drop: %d`", rule.Drop))
		}
		if rule.MinRows != 0 {
			others = append(others, fmt.Sprintf("`min-rows: %d`", rule.MinRows))
		}
		fmt.Fprintf(&b, "| [`%s`](../alerts.md#%s) | %s | %s | %s | %s |\n", kind, anchorOf(all["docs/alerts.md"], string(kind)), rule.Severity,
			span(rule.After), span(rule.Escalate), strings.Join(others, ", "))
		for page, want := range map[string]string{"docs/alerts.md": "| `" + string(kind) + "` |", "docs/operating.md": "| [`" + string(kind) + "`]("} {
			if !strings.Contains(all[page], "\n"+want) {
				t.Errorf("%s has no line for %s", page, kind)
			}
		}
	}
	referenced(t, "alerts.md", b.String())
}

func span(d alert.Duration) string {
	if d.Span == 0 {
		return ""
	}
	return strings.NewReplacer("h0m0s", "h", "m0s", "m").Replace(d.Span.Round(time.Second).String())
}

// anchorOf is the heading of a page that names an alert.
func anchorOf(page, kind string) string {
	at := slices.IndexFunc(headings(page), func(heading string) bool {
		return regexp.MustCompile("(^|-)" + kind + "(-|$)").MatchString(heading)
	})
	if at < 0 {
		return "of-no-section"
	}
	return headings(page)[at]
}

// TestReferenceTables holds docs/reference/tables.md against a database: that of the demo, once something was exported.
func TestReferenceTables(t *testing.T) {
	t.Parallel()
	dir, _ := demoIn(t)
	db := filepath.Join("smew-demo", "demo.duckdb")
	config := "exports: {models: [{id: people, table: main.users, primary-key: [user_id]}], syncs: [{id: people, model: people, to: out, mode: diff}]}"
	if err := os.WriteFile(filepath.Join(dir, "smew.yaml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	smewIn(t, dir, exitDone, "export", "run", "--config", "smew.yaml", "--db", db, "--quiet")
	columns := columnsIn(t, filepath.Join(dir, db))
	var b strings.Builder
	b.WriteString("# Tables\n" + generated + `
What the database of the demo holds, after an export. Tables and columns of the feed are those that the feed delivers; yours will have others.

`)
	b.WriteString(describeViews(columns))
	b.WriteString(describeLedger(t, columns))
	referenced(t, "tables.md", b.String())
}

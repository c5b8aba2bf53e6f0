package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const packaging = "../../packaging"

// TestPackagedConfiguration holds that the file that is shipped is right.
func TestPackagedConfiguration(t *testing.T) {
	var out bytes.Buffer
	a := &app{stdout: &out, stderr: &out, environ: func(string) (string, bool) { return "", false }}
	if code := run([]string{"config", "check", filepath.Join(packaging, "smew.yaml")}, a); code != exitDone || !strings.Contains(out.String(), "shop: s3://") {
		t.Errorf("exit code %d\n%s", code, &out)
	}
}

// TestManPages holds that each command has a page, which names its flags, and that bash takes the completions.
func TestManPages(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	a := &app{stdout: &out, stderr: &out, environ: func(string) (string, bool) { return "", false }}
	dir := t.TempDir()
	if code := run([]string{"man", dir}, a); code != exitDone {
		t.Fatalf("exit code %d\n%s", code, &out)
	}
	pages := 0
	var visit func(cmd *cobra.Command)
	visit = func(cmd *cobra.Command) {
		for _, below := range cmd.Commands() {
			if below.IsAvailableCommand() && !below.IsAdditionalHelpTopicCommand() {
				visit(below)
			}
		}
		name := strings.ReplaceAll(cmd.CommandPath(), " ", "-") + ".1"
		page, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Error(err)
		}
		pages++
		cmd.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
			if !bytes.Contains(page, []byte("--"+f.Name)) {
				t.Errorf("%s does not tell of --%s", name, f.Name)
			}
		})
	}
	visit(a.root())
	if pages < 30 {
		t.Errorf("only %d pages", pages)
	}
	out.Reset()
	if code := run([]string{"completion", "bash"}, a); code != exitDone {
		t.Fatalf("exit code %d", code)
	}
	bash := exec.Command("bash", "-c", "source /dev/stdin && complete -p smew")
	bash.Stdin = &out
	if said, err := bash.CombinedOutput(); err != nil || !strings.Contains(string(said), "__start_smew") {
		t.Errorf("%v: %s", err, said)
	}
}

// TestUnit holds that the unit starts smew as it can be started and, where systemd is there, that it understands all of it.
func TestUnit(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(packaging, "smew.service"))
	if err != nil {
		t.Fatal(err)
	}
	const path = "/usr/local/bin/smew"
	_, line, _ := strings.Cut(string(text), "\nExecStart="+path+" ")
	line, _, _ = strings.Cut(line, "\n")
	root := (&app{}).root()
	cmd, args, err := root.Find(strings.Fields(line))
	if err != nil || cmd.Name() != "poll" || cmd.ParseFlags(args) != nil || cmd.Flag("config").Value.String() != "/etc/smew/smew.yaml" {
		t.Errorf("the unit starts %q: %v", line, err)
	}
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Log("systemd is not here to read the unit")
		return
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	unit := filepath.Join(t.TempDir(), "smew.service")
	if err := os.WriteFile(unit, []byte(strings.ReplaceAll(string(text), path, self)), 0o600); err != nil {
		t.Fatal(err)
	}
	if said, err := exec.Command(analyze, "verify", "--man=false", unit).CombinedOutput(); err != nil || len(said) > 0 {
		t.Errorf("systemd says of the unit: %v\n%s", err, said)
	}
}

package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// demo is a folder where smew demo was run, for tests to copy. It goes with the last of them.
var demo struct {
	once sync.Once
	dir  string
}

// demoIn is a folder where smew demo was run, and the environment of a shell that knows smew.
func demoIn(t *testing.T) (dir string, env []string) {
	t.Helper()
	demo.once.Do(func() {
		var err error
		if demo.dir, err = os.MkdirTemp("", "smew-demo-"); err != nil {
			t.Fatal(err)
		}
		smewIn(t, demo.dir, exitDone, "demo", "--quiet")
	})
	dir = t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(demo.dir)); err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	if err := os.Symlink(mustExecutable(t), filepath.Join(bin, "smew")); err != nil {
		t.Fatal(err)
	}
	return dir, append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "SMEW_DB=smew-demo/demo.duckdb")
}

// compared holds a file that shows what programs print against what they print now, or writes it anew.
func compared(t *testing.T, path string, was, is []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, is, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(was), string(is)); diff != "" {
		t.Errorf("%s (-update writes it anew):\n%.6000s", path, diff)
	}
}

// What docs/analysis.md shows of the demo is what comes out.
func TestAnalysisPage(t *testing.T) {
	t.Parallel()
	const path = "../../docs/analysis.md"
	dir, env := demoIn(t)
	was, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	blocks := 0
	is := regexp.MustCompile("(?ms)^```console\n\\$ (.*?)\n(.*?)^```$").ReplaceAllFunc(was, func(block []byte) []byte {
		blocks++
		command, _, _ := strings.Cut(strings.TrimPrefix(string(block), "```console\n$ "), "\n")
		cmd := exec.Command("sh", "-c", command)
		cmd.Dir, cmd.Env = dir, env
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v\n%s", command, err, out)
		}
		return []byte("```console\n$ " + command + "\n" + string(out) + "```")
	})
	if blocks < 8 {
		t.Errorf("only %d blocks are shown", blocks)
	}
	compared(t, path, was, is)
}

// notebook is what a test takes of a Jupyter notebook.
type notebook struct {
	Cells []struct {
		Type   string   `json:"cell_type"`
		Source []string `json:"source"`
	} `json:"cells"`
}

// python finds an interpreter that has the package duckdb. SMEW_TEST_PYTHON names it, and then it has to be there.
func python(t *testing.T) string {
	t.Helper()
	path := os.Getenv("SMEW_TEST_PYTHON")
	if path == "" {
		var err error
		if path, err = filepath.Abs("../../.tools/notebook/bin/python"); err != nil {
			t.Fatal(err)
		}
		if exec.Command(path, "-c", "import duckdb").Run() != nil {
			t.Skip("there is no Python with the package duckdb: make tools installs it where pip can, or set SMEW_TEST_PYTHON to one")
		}
	}
	return path
}

// The notebook runs from its first cell to its last on the demo, and shows what it showed when it was written.
func TestNotebook(t *testing.T) {
	t.Parallel()
	interpreter := python(t)
	dir, env := demoIn(t)
	const folder = "../../docs/notebook/"
	raw, err := os.ReadFile(folder + "shop.ipynb")
	if err != nil {
		t.Fatal(err)
	}
	var n notebook
	if err := json.Unmarshal(raw, &n); err != nil {
		t.Fatal(err)
	}
	var script strings.Builder
	for _, cell := range n.Cells {
		if cell.Type == "code" {
			script.WriteString(strings.Join(cell.Source, "") + "\n")
		}
	}
	cmd := exec.Command(interpreter, "-")
	cmd.Dir, cmd.Env, cmd.Stdin = dir, append(env, "PYTHONIOENCODING=utf-8"), strings.NewReader(script.String())
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	is, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s%s", err, is, complaints.Bytes())
	}
	was, err := os.ReadFile(folder + "shop.txt")
	if err != nil && !*update {
		t.Fatal(err)
	}
	compared(t, folder+"shop.txt", was, is)

	// The package has to be the DuckDB that smew has, or what is shown need not be what readers see.
	smewIn(t, dir, exitDone, "query", "--db", "smew-demo/demo.duckdb", "SELECT version()", "-o", "version.csv")
	version, err := os.ReadFile(filepath.Join(dir, "version.csv"))
	if err != nil {
		t.Fatal(err)
	}
	pinned, err := os.ReadFile(folder + "requirements.txt")
	if err != nil {
		t.Fatal(err)
	}
	want := "duckdb==" + strings.TrimPrefix(strings.Fields(string(version))[1], "v")
	if strings.TrimSpace(string(pinned)) != want {
		t.Errorf("requirements.txt pins %s, and smew has %s", pinned, want)
	}
}

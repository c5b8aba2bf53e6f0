package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"smew/bucket/s3test"
	"smew/duck"
)

const errorsPage = "../../docs/errors.md"

// TestErrorsPage makes each mistake and holds docs/errors.md against what is printed: the exit code, that the thing is
// named, and that there is a hint. -update writes the page anew.
func TestErrorsPage(t *testing.T) {
	t.Parallel()
	m := newMistakes(t)
	before, err := os.ReadFile(errorsPage)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString(errorsIntro)
	n := 0
	for _, c := range chapters {
		fmt.Fprintf(&b, "\n## %s\n", c.title)
		for _, wrong := range c.mistakes {
			n++
			head := fmt.Sprintf("\n%s:\n\n```console\n$ %s\n", wrong.title, m.names.Replace(wrong.command))
			said, ok := m.make(t, wrong)
			if !ok { // this machine cannot make it: the page is taken at its word
				_, rest, _ := strings.Cut(string(before), head)
				said, _, _ = strings.Cut(rest, "```")
			}
			fmt.Fprintf(&b, "%s%s```\n\nExit code %d.\n", head, said, wrong.code)
		}
	}
	if n < 40 {
		t.Errorf("only %d mistakes", n)
	}
	golden(t, errorsPage, b.String())
}

const errorsIntro = `# Errors

What smew prints when something is wrong, so that an error that is searched for is found here with what to do. Every error
names the thing and ends in a hint; the exit codes are those of the README. ` + "`smew doctor FEED`" + ` looks for most of this beforehand
([s3.md](s3.md)); what is said of damaged parts is in [damage.md](damage.md), and how to mend a feed in [repair.md](repair.md).

This page is made by ` + "`TestErrorsPage`" + ` in cmd/smew, which makes each of these mistakes.
`

// mistakes is where mistakes are made.
type mistakes struct {
	base, dir string // what there is to begin with, and the folder that the commands run in
	server    *s3test.Server
	env       []string
	names     *strings.Replacer
}

// functions are what mistakes call to make their folder.
const functions = `set -e
feed() { cp -r "$BASE/feed" feed; }
shop() { feed; cp "$BASE/shop.duckdb" .; }
take() { cp "$BASE/$1" .; }
locked() { cp "$BASE/shop.duckdb" locked.duckdb; keep locked.duckdb & keeper=$!; trap 'kill -INT $keeper; wait $keeper || true' EXIT; until [ -e locked.duckdb.kept ]; do sleep 0.05; done; }
`

func newMistakes(t *testing.T) *mistakes {
	t.Helper()
	m := &mistakes{base: t.TempDir(), server: s3test.Start(t)}
	m.dir = filepath.Join(m.base, "work") // the database remembers where its feed was
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { taken.Close() })
	untrusted := httptest.NewTLSServer(nil)
	untrusted.Config.ErrorLog = nil
	t.Cleanup(untrusted.Close)
	name := m.server.Bucket(t)
	nobody := m.server.User(t)
	m.server.Policy(t, name, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":["`+m.server.User(t).AccessKey+`"]},"Action":["s3:ListBucket"],"Resource":["arn:aws:s3:::`+name+`"]}]}`)
	m.env = append(os.Environ(), "BASE="+m.base, "HOME="+m.base, "TMPDIR="+m.base, "BUCKET="+name, "NOBODY="+nobody.AccessKey, "TAKEN="+taken.Addr().String(),
		"ENDPOINT="+m.server.URL, "UNTRUSTED="+untrusted.URL, "AWS_REGION=us-east-1", "AWS_ACCESS_KEY_ID=AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY=secret",
		"AWS_EC2_METADATA_DISABLED=true", "AWS_CONFIG_FILE="+os.DevNull, "AWS_SHARED_CREDENTIALS_FILE="+os.DevNull)
	m.names = strings.NewReplacer("$BUCKET", "csq-rs3-example", "$TAKEN", "127.0.0.1:7377", "https://${ENDPOINT#http://}", "https://s3.example.com",
		"$UNTRUSTED", "https://s3.example.com", name, "csq-rs3-example", taken.Addr().String(), "127.0.0.1:7377", untrusted.URL, "https://s3.example.com",
		strings.Replace(m.server.URL, "http:", "https:", 1), "https://s3.example.com", nobody.AccessKey, "AKIAEXAMPLE")
	m.sh(t, m.base, "set -e; mkdir work; cd work; smew produce feed --dumps 2 --users 20 --events 60 --quiet; smew load feed --db ../shop.duckdb --quiet; mv feed ..; cd ..; smew produce feed --dumps 1 --users 20 --events 60 --quiet")
	for file, statements := range map[string][]string{
		"other.duckdb": {"CREATE TABLE t (i INTEGER)"},
		"own.duckdb":   {"CREATE SCHEMA smew", "CREATE TABLE smew.dumps (i INTEGER)"},
	} {
		execute(t, filepath.Join(m.base, file), statements...)
	}
	for file, version := range map[string]string{"newer.duckdb": "99", "older.duckdb": "3"} {
		m.sh(t, m.base, "cp shop.duckdb "+file)
		execute(t, filepath.Join(m.base, file), "UPDATE smew.settings SET value = '"+version+"' WHERE name = 'schema_version'")
	}
	return m
}

// execute runs statements in a database.
func execute(t *testing.T, path string, statements ...string) {
	t.Helper()
	db, err := duck.Open(t.Context(), path, duck.Options{})
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(t.Context(), func(tx *duck.Tx) error {
		for _, s := range statements {
			if _, err := tx.Exec(t.Context(), s); err != nil {
				return err
			}
		}
		return nil
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

func (m *mistakes) sh(t *testing.T, dir, script string) {
	t.Helper()
	cmd := exec.Command("sh", "-c", script)
	cmd.Dir, cmd.Env = dir, m.env
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", script, err, out)
	}
}

// able tells whether this machine has what the way of running a command takes.
func (m *mistakes) able(t *testing.T, under string) bool {
	t.Helper()
	try := map[string]string{readOnly: "unshare --user --map-root-user --mount true", plainUser: "[ $(id -u) != 0 ] || setpriv --version"}[under]
	if try == "" {
		return true
	}
	out, err := exec.Command("sh", "-c", try).CombinedOutput()
	if err != nil {
		t.Logf("not tried here: %s: %v %s", try, err, out)
	}
	return err == nil
}

// make makes one mistake and returns what is printed; ok is false where it cannot be made.
func (m *mistakes) make(t *testing.T, wrong mistake) (said string, ok bool) {
	t.Helper()
	if !m.able(t, wrong.under) {
		return "", false
	}
	if err := errors.Join(os.RemoveAll(m.dir), os.Mkdir(m.dir, 0o755)); err != nil {
		t.Fatal(err)
	}
	run := wrong.command
	if wrong.under != "" {
		run = fmt.Sprintf(wrong.under, wrong.command)
	}
	script := functions + wrong.before + "\nset +e\n(" + run + ")\ncode=$?\nchmod -R u+rwX .\nexit $code"
	cmd := exec.Command("sh", "-c", script)
	cmd.Dir, cmd.Env = m.dir, m.env
	if wrong.s3 {
		cmd.Env = append(append(cmd.Env, m.server.Env()...), "SMEW_PATH_STYLE=true")
	}
	var output bytes.Buffer
	cmd.Stderr = &output
	if wrong.all {
		cmd.Stdout = &output
	}
	err := cmd.Run()
	text := m.plain(output.String())
	if code := cmd.ProcessState.ExitCode(); code != wrong.code {
		t.Errorf("%s: exit code %d, want %d (%v)\n%s", wrong.title, code, wrong.code, err, text)
	}
	if !strings.Contains(text, "\nhint: ") {
		t.Errorf("%s: there is no hint:\n%s", wrong.title, text)
	}
	return text, true
}

// What differs from one run to the next, or from one machine to the next.
var passing = []struct {
	is    *regexp.Regexp
	shown string
}{
	{regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`), "…"},
	{regexp.MustCompile(`process \d+`), "process 4711"},
	{regexp.MustCompile(`request [A-Za-z0-9]+\)`), "request …)"},
	{regexp.MustCompile(`lookup s3\.invalid.*`), "lookup s3.invalid: no such host"},
	{regexp.MustCompile(`\.new-\d+`), ".new-1"},
	{regexp.MustCompile(`PID \d+`), "PID 4711"},
}

func (m *mistakes) plain(s string) string {
	s = m.names.Replace(strings.NewReplacer(m.dir+"/", "/home/me/", m.dir, "/home/me", m.base, "/home/me").Replace(s))
	for _, p := range passing {
		s = p.is.ReplaceAllString(s, p.shown)
	}
	return s
}

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"smew/bucket"
	"smew/bucket/s3test"
)

// walked are the pages whose commands are run, one after the other, each page in a folder of its own. A server has the buckets
// csq-rs3-example, which has the shop's feed, and my-bucket. The folder has the same feed as ./feed, its answer as key, and
// shop.duckdb, into which it was loaded, unless a page begins with nothing.
var walked = map[string]struct {
	nothing bool     // there is no database yet
	env     []string // of the shell
	swap    []string // what stands for something else: old, new …
}{
	"docs/alerts.md":      {env: []string{"SLACK_URL=https://hooks.slack.com/services/x"}, swap: []string{"/etc/smew/", ""}},
	"docs/answer.md":      {swap: []string{"--after 852", "--after 855"}},
	"docs/comparison.md":  {},
	"docs/definitions.md": {swap: placeholders},
	"docs/erase.md":       {},
	"docs/export.md":      {env: []string{"SMEW_CONFIG=smew.yaml", "SMEW_DB=shop.duckdb"}},
	"docs/howto.md":       {},
	"docs/operating.md":   {},
	"docs/page.md":        {swap: placeholders},
	"docs/poll.md":        {swap: []string{"/var/lib/smew/", "", "/srv/smew/shop.duckdb", "public.duckdb"}},
	"docs/produce.md":     {swap: []string{"FEED", "./out", "./feed", "./new-feed", "./key", "./new-key", "--db shop.duckdb", "--db new.duckdb"}},
	"docs/repair.md":      {swap: placeholders},
	"docs/s3.md":          {},
	"docs/start.md":       {nothing: true},
	"docs/verify.md":      {},
}

var placeholders = []string{"FEED", "s3://csq-rs3-example", "s3://BUCKET", "s3://csq-rs3-example", "FILE", "shop.duckdb", "DIR", "cache"}

// notRun are commands that are only looked at, as what they need is not there.
var notRun = map[string]string{
	"smew alert test --config smew.yaml":                      "it would send to Slack",
	"smew alert check --db shop.duckdb":                       "the same",
	"smew load FEED --db FILE --accept-lost 853":              "no part is lost; testdata/script/accept_lost.txtar",
	"smew poll --config /etc/smew/smew.yaml":                  "there is no such file; TestPackagedConfiguration",
	"smew config check /etc/smew/smew.yaml":                   "the same",
	"smew serve --db shop.duckdb --listen :7377 --token-file": "it would answer other machines; TestPageLogin",
}

// TestDocs runs what the pages show. What console blocks print is held against the page.
func TestDocs(t *testing.T) {
	t.Parallel()
	w := newWalk(t)
	all := pages(t)
	skipped := map[string]bool{}
	for page, how := range walked {
		text, ok := all[page]
		if !ok {
			t.Errorf("there is no %s", page)
			continue
		}
		for _, b := range codeOf(page, text) {
			for _, s := range b.steps() {
				skipped[reason(s)] = true
			}
		}
		t.Run(strings.TrimPrefix(page, "docs/"), func(t *testing.T) {
			t.Parallel()
			at := w.begin(t, how.nothing)
			at.env, at.swap = append(at.env, how.env...), strings.NewReplacer(append(how.swap, "ada@example.com", w.identity)...)
			compared(t, filepath.Join("../..", page), []byte(text), []byte(at.walk(t, page, text)))
		})
	}
	for line := range notRun {
		if !skipped[line] {
			t.Errorf("no page shows %q", line)
		}
	}
	for page, text := range all {
		if _, ok := walked[page]; ok || strings.HasPrefix(page, "docs/reference/") || page == "docs/analysis.md" || page == "README.md" {
			continue // analysis.md: TestAnalysisPage, README.md: TestStranger
		}
		for _, b := range codeOf(page, text) {
			if found := b.steps(); len(found) > 0 && b.lang != "" {
				t.Errorf("%s: nobody runs it", found[0])
			}
		}
	}
}

func reason(s step) string {
	for line := range notRun {
		if strings.HasPrefix(s.command+"  ", line) {
			return line
		}
	}
	return ""
}

// walks is what all pages begin with: a server, and a folder that is copied for each.
type walks struct {
	server   *s3test.Server
	bin      string
	folder   string
	identity string // of somebody in the shop
}

func newWalk(t *testing.T) *walks {
	t.Helper()
	w := &walks{server: s3test.Start(t), bin: t.TempDir(), folder: t.TempDir()}
	if err := os.Symlink(mustExecutable(t), filepath.Join(w.bin, "smew")); err != nil {
		t.Fatal(err)
	}
	smewIn(t, w.folder, exitDone, "produce", "feed", "--answer", "key", "--bucket", "csq-rs3-example", "--dumps", "4", "--users", "40", "--events", "200", "--quiet")
	for _, name := range []string{"csq-rs3-example", "my-bucket"} {
		w.server.MakeBucket(t, name)
	}
	to := w.server.Open(t, "csq-rs3-example")
	copyFeed(t, filepath.Join(w.folder, "feed"), to, "")
	copyFeed(t, filepath.Join(w.folder, "feed"), to, "copy/")
	at := &walking{walks: w, dir: w.folder, env: w.env()}
	at.shell(t, step{page: "TestDocs", command: "smew load s3://csq-rs3-example --db shop.duckdb --quiet"}, exitDone)
	w.identity = strings.TrimSpace(at.shell(t, step{page: "TestDocs", command: `smew query --db shop.duckdb --format csv "SELECT max(identity) FROM users" | tail -n 1`}, exitDone))
	for _, secret := range []string{"slack-url", "pagerduty", "smtp"} {
		if err := os.WriteFile(filepath.Join(w.folder, secret), []byte("https://hooks.slack.com/services/x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

func copyFeed(t *testing.T, dir string, to bucket.Bucket, prefix string) {
	t.Helper()
	from, err := bucket.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for o, err := range from.List(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		r, err := from.Open(t.Context(), o)
		if err == nil {
			err = errors.Join(to.Create(t.Context(), prefix+o.Key, r, bucket.Options{}), r.Close())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func (w *walks) env() []string {
	return append(append(os.Environ(), w.server.Env()...), "SMEW_PATH_STYLE=true", "PATH="+w.bin+":"+os.Getenv("PATH"), "NO_COLOR=1")
}

func (w *walks) begin(t *testing.T, nothing bool) *walking {
	t.Helper()
	at := &walking{walks: w, dir: t.TempDir(), env: w.env(), swap: strings.NewReplacer()}
	if err := os.CopyFS(at.dir, os.DirFS(w.folder)); err != nil {
		t.Fatal(err)
	}
	if nothing {
		os.Remove(filepath.Join(at.dir, "shop.duckdb"))
	}
	return at
}

// walking is somebody who reads a page with a shell beside it.
type walking struct {
	*walks
	dir  string
	env  []string
	swap *strings.Replacer
}

// walk runs a page's commands and returns the page with what console blocks print now. Times do not count.
func (at *walking) walk(t *testing.T, page, text string) string {
	t.Helper()
	lines := strings.Split(text, "\n")
	for _, b := range codeOf(page, text) {
		if b.name != "" { // a file that the page has its reader write
			if err := os.WriteFile(filepath.Join(at.dir, b.name), []byte(at.swap.Replace(strings.Join(b.lines, "\n"))), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	var is []string
	copied := 0
	for _, b := range codeOf(page, text) {
		var printed []string
		for _, s := range b.steps() {
			if reason(s) == "" {
				out := strings.ReplaceAll(at.step(t, s), at.dir, "/home/you")
				printed = append(printed, "$ "+s.command, strings.TrimSuffix(out, "\n"))
			}
		}
		was, now := strings.Join(b.lines, "\n"), strings.Join(printed, "\n")
		if b.lang == "console" && settled(was) != settled(now) {
			is = append(append(is, lines[copied:b.from]...), now)
			copied = b.to
		}
	}
	return strings.Join(append(is, lines[copied:]...), "\n")
}

var clocks = regexp.MustCompile(`\d+\.\d s\b|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC|\(\d+ days ago\)`)

// settled is a text without the times at which things happened.
func settled(text string) string { return clocks.ReplaceAllString(text, "TIME") }

var listens = regexp.MustCompile(` --listen \S+`)

// step runs a command and returns what it prints. One that goes on until it is stopped is stopped.
func (at *walking) step(t *testing.T, s step) string {
	t.Helper()
	s.command = at.swap.Replace(s.command)
	code := exitDone
	if _, said, ok := strings.Cut(s.command, "# exit code "); ok {
		fmt.Sscan(said, &code)
	}
	args := words(s.command)[0]
	poll := slices.Contains(args, "poll") && !slices.Contains(args, "--once")
	switch {
	case args[0] == "smew" && (args[1] == "serve" || poll && slices.Contains(args, "--listen")):
		at.page(t, s)
		return ""
	case args[0] == "smew" && poll:
		command, _, _ := strings.Cut(s.command, "  #")
		s.command = command + " --once"
	}
	return at.shell(t, s, code)
}

// shell has a shell run a command.
func (at *walking) shell(t *testing.T, s step, code int) string {
	t.Helper()
	cmd := exec.Command("sh", "-c", s.command)
	cmd.Dir, cmd.Env = at.dir, at.env
	out, _ := cmd.CombinedOutput()
	if got := cmd.ProcessState.ExitCode(); got != code {
		t.Errorf("%s: exit code %d, want %d\n%s", s, got, code, out)
	}
	return string(out)
}

// page starts a command that shows a page, waits until the page is there, and ends it.
func (at *walking) page(t *testing.T, s step) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	command, _, _ := strings.Cut(s.command, "  #")
	cmd := exec.Command("sh", "-c", "exec "+listens.ReplaceAllString(command, "")+" --listen "+address)
	said := &lockedBuffer{}
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = at.dir, at.env, said, said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	defer cmd.Process.Kill()
	shown := func() bool {
		answer, err := http.Get("http://" + address + "/")
		if err != nil {
			return false
		}
		answer.Body.Close()
		return answer.StatusCode == http.StatusOK
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	published := !strings.Contains(command, "--publish")
	for !published || !shown() {
		published = published || strings.Contains(said.String(), "msg=published")
		select {
		case err := <-ended:
			t.Fatalf("%s: %v\n%s", s, err, said)
		case <-ctx.Done():
			t.Fatalf("%s: there is no page\n%s", s, said)
		case <-time.After(20 * time.Millisecond):
		}
	}
	cmd.Process.Signal(syscall.SIGTERM)
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("%s: %v\n%s", s, err, said)
		}
	case <-time.After(time.Minute):
		t.Errorf("%s: it does not end\n%s", s, said)
	}
}

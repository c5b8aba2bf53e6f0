package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// chromium finds a browser. SMEW_TEST_BROWSER names it, and then it has to be there.
func chromium(t *testing.T) string {
	t.Helper()
	if path := os.Getenv("SMEW_TEST_BROWSER"); path != "" {
		return path
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("there is no chromium: make tools installs it where apt can, or set SMEW_TEST_BROWSER to one")
	return ""
}

// tab is a page in a headless browser, and what it did that it should not.
type tab struct {
	t   *testing.T
	ctx context.Context
	own string // addresses that it may ask begin so

	mu     sync.Mutex
	faults []string
}

func (b *tab) fault(format string, args ...any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.faults = append(b.faults, fmt.Sprintf(format, args...))
}

// openTab starts a browser. At the end of the test it says what the console complained of, and what was
// asked of other servers.
func openTab(t *testing.T, own, downloads string) *tab {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium(t)), chromedp.WindowSize(1280, 900),
		chromedp.Flag("force-prefers-reduced-motion", true), chromedp.Flag("lang", "en"))
	if os.Getuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	limited, stop := context.WithTimeout(context.Background(), 8*time.Minute)
	allocator, ended := chromedp.NewExecAllocator(limited, options...)
	ctx, closed := chromedp.NewContext(allocator)
	b := &tab{t: t, ctx: ctx, own: own}
	t.Cleanup(func() {
		closed()
		ended()
		stop()
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, f := range b.faults {
			t.Error(f)
		}
	})
	if err := chromedp.Listen(ctx, b.watch); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.CallBrowser(ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
		Behavior: browser.SetDownloadBehaviorBehaviorAllow, DownloadPath: downloads}); err != nil {
		t.Fatal(err)
	}
	b.wide()
	return b
}

func (b *tab) watch(event any) {
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		b.fault("exception: %s %+v", e.ExceptionDetails.Text, e.ExceptionDetails.Exception)
	case *runtime.EventConsoleAPICalled:
		b.fault("console: %s %v", e.Type, e.Args)
	case *log.EventEntryAdded:
		if text := e.Entry.Text; !strings.Contains(text, "status of 422") && !strings.Contains(text, "status of 403") { // they are wanted
			b.fault("browser's log: %s (%s)", text, e.Entry.URL)
		}
	case *network.EventRequestWillBeSent:
		if url := e.Request.URL; !strings.HasPrefix(url, b.own) && !strings.HasPrefix(url, "blob:"+b.own) && !strings.HasPrefix(url, "data:") {
			b.fault("a request to %s", url)
		}
	}
}

func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.t.Fatal(err)
	}
}

// is evaluates a condition once; one that fails does not hold, nor does one that is asked just when the page goes over
// to another, which the browser answers with an error.
func (b *tab) is(condition string) bool {
	b.t.Helper()
	yes, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool]("(() => { try { return !!("+condition+") } catch { return false } })()"))
	if b.ctx.Err() != nil {
		b.t.Fatalf("%s: %v", condition, err)
	}
	return err == nil && yes
}

// until waits for conditions. (chromedp's own waiting needs eval, which the page's policy refuses.)
func (b *tab) until(conditions ...string) {
	b.t.Helper()
	for _, condition := range conditions {
		for end := time.Now().Add(time.Minute); !b.is(condition); time.Sleep(30 * time.Millisecond) {
			if time.Now().After(end) {
				text, err := chromedp.Run(b.ctx, chromedp.Evaluate[string]("document.body.innerText"))
				b.t.Fatalf("waited in vain for %s; the page is\n%s (%v)", condition, text, err)
			}
		}
	}
}

func (b *tab) keys(text string, modifiers ...chromedp.Modifier) {
	b.t.Helper()
	b.do(chromedp.KeyEvent(text, chromedp.KeyModifiers(modifiers...)))
}

func (b *tab) scheme(value string) {
	b.t.Helper()
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: value}}})
	if err != nil {
		b.t.Fatal(err)
	}
}

// wide gives the window a desktop's size.
func (b *tab) wide() {
	b.t.Helper()
	b.do(chromedp.EmulateViewport(1280, 900))
}

// picture writes what the window shows to docs/, if SMEW_TEST_PICTURES is set.
func (b *tab) picture(name string) {
	b.t.Helper()
	if os.Getenv("SMEW_TEST_PICTURES") == "" {
		return
	}
	b.do(chromedp.Evaluate[chromedp.Void](`scrollTo(0, 0); document.querySelectorAll(".hero .mono").forEach(e => { e.textContent = "s3://csq-rs3-shop" })`))
	png, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(filepath.Join("..", "..", "docs", name+".png"), png, 0o644)
	}
	if err != nil {
		b.t.Fatal(err)
	}
}

// smewIn runs a command of smew in a directory and wants its exit code.
func smewIn(t *testing.T, dir string, code int, args ...string) {
	t.Helper()
	cmd := exec.Command(mustExecutable(t), args...)
	cmd.Args[0], cmd.Dir = "smew", dir
	out, _ := cmd.CombinedOutput()
	if cmd.ProcessState.ExitCode() != code {
		t.Fatalf("smew %v: exit code %d, want %d\n%s", args, cmd.ProcessState.ExitCode(), code, out)
	}
}

func mustExecutable(t *testing.T) string {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// serveIn starts smew serve in a directory and returns where the page is.
func serveIn(t *testing.T, dir string, args ...string) string {
	t.Helper()
	_, url := serving(t, dir, args...)
	return url
}

func serving(t *testing.T, dir string, args ...string) (*exec.Cmd, string) {
	t.Helper()
	cmd := exec.Command(mustExecutable(t), append([]string{"serve", "--json", "--listen", "127.0.0.1:0"}, args...)...)
	cmd.Args[0], cmd.Dir, cmd.Stderr = "smew", dir, &lockedBuffer{}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	line, err := bufio.NewReader(out).ReadBytes('\n')
	var ready struct{ URL string }
	if err == nil {
		err = json.Unmarshal(line, &ready)
	}
	if err != nil {
		t.Fatalf("smew serve says %q: %v\n%s", line, err, cmd.Stderr)
	}
	return cmd, ready.URL
}

// shopFeed makes a feed that ends today, of whose dumps one has a bad id and one a part that is cut off, and
// loads it into shop.duckdb. The whole dumps are in the directory whole.
func shopFeed(t *testing.T, dir string) {
	t.Helper()
	size := []string{"60", "300"}
	if os.Getenv("SMEW_TEST_PICTURES") != "" {
		size = []string{"4000", "20000"}
	}
	const days = 16
	args := []string{"--dumps", fmt.Sprint(days), "--users", size[0], "--events", size[1], "--start", time.Now().UTC().AddDate(0, 0, 1-days).Format(time.DateOnly), "--quiet"}
	smewIn(t, dir, exitDone, append([]string{"produce", "whole"}, args...)...)
	smewIn(t, dir, exitDone, append([]string{"produce", "feed", "--fault", "bad-id@862,truncated-part@865"}, args...)...)
	smewIn(t, dir, exitIncomplete, "load", "feed", "--db", "shop.duckdb", "--quiet")
}

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"smew/bucket/faultproxy"
	"smew/bucket/s3test"
	"smew/duck"
)

// liveTime is how long TestLive goes on.
func liveTime(t *testing.T) time.Duration {
	text := os.Getenv("SMEW_TEST_LIVE")
	if text == "" {
		return 12 * time.Second
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// smewProcess is a smew process with an environment of its own.
func smewProcess(t *testing.T, env []string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := process(t, "smew", args...)
	cmd.Env = append(os.Environ(), env...)
	return cmd
}

// TestLive is a day of smew in little: a producer writes a feed into a real S3 server, a poller follows it through a
// proxy that hurts every few seconds, publishes and shows a page, and readers use both all the time. In the end every
// table is as the answer key says, and the poller holds no more memory and no more files than it did early on.
func TestLive(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t)
	name := server.Bucket(t)
	proxy, err := faultproxy.Start(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer proxy.Close()
	dir := t.TempDir()
	db, published, answer := filepath.Join(dir, "shop.duckdb"), filepath.Join(dir, "copy.duckdb"), filepath.Join(dir, "answer")
	direct := append(server.Env(), "SMEW_PATH_STYLE=true")
	hurt := append(server.Env(), "SMEW_PATH_STYLE=true", "SMEW_ENDPOINT="+proxy.URL, "AWS_ENDPOINT_URL="+proxy.URL, "AWS_ENDPOINT_URL_S3="+proxy.URL)

	producer := smewProcess(t, direct, "produce", "s3://"+name, "--scenario", "everything", "--users", "12", "--every", "700ms", "--answer", answer)
	poller := smewProcess(t, hurt, "poll", "s3://"+name, "--db", db, "--publish", published, "--every", "1s", "--floor", "300ms", "--listen", "127.0.0.1:0", "--threads", "1")
	for _, cmd := range []*exec.Cmd{producer, poller} {
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
	}
	output := poller.Stderr.(*lockedBuffer)
	address := regexp.MustCompile(`url=(\S+)`)
	waitFor(t, func() bool { return address.MatchString(output.String()) })
	l := &live{page: address.FindStringSubmatch(output.String())[1], copy: published, t: t}
	waitFor(t, func() bool {
		s, err := readSeen(t.Context(), published, duck.Options{Apart: true})
		return err == nil && s.dumps > 0
	})

	ctx, stop := context.WithTimeout(t.Context(), liveTime(t))
	defer stop()
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() { l.readCopy(ctx) })
		all.Go(func() { l.readPage(ctx) })
	}
	all.Go(func() { l.harm(ctx, proxy) })
	early := early(ctx, liveTime(t), poller.Process.Pid)
	all.Wait()

	proxy.Use(nil)
	producer.Process.Signal(syscall.SIGINT)
	producer.Wait()
	checked := func() *exec.Cmd {
		return smewProcess(t, direct, "check", "--answer", answer, "--db", published, "--json")
	}
	poller.Process.Signal(syscall.SIGHUP)
	waitFor(t, func() bool { // the last dumps come in; those that the scenario spoils do not
		poller.Process.Signal(syscall.SIGHUP)
		time.Sleep(500 * time.Millisecond)
		return checked().Run() == nil
	})
	late := usage(poller.Process.Pid)
	t.Logf("%d reads of the copy, %d of the page, harm %v; %+v early, %+v late", l.copies.Load(), l.pages.Load(), l.done, early, late)
	if l.copies.Load() == 0 || l.pages.Load() == 0 {
		t.Error("nobody read")
	}
	if late.files > early.files+8 {
		t.Errorf("the poller had %d files open early on, and %d in the end", early.files, late.files)
	}
	if late.memory > early.memory*3/2+64<<20 {
		t.Errorf("the poller took %d MB early on, and %d MB in the end", early.memory>>20, late.memory>>20)
	}
	poller.Process.Signal(syscall.SIGTERM)
	if err := poller.Wait(); err != nil {
		t.Errorf("the poller ended with %v\n%s", err, output)
	}
}

// live is what goes on around a poller.
type live struct {
	t             *testing.T
	page, copy    string
	copies, pages atomic.Int64
	done          map[string]int // harm by kind
}

// readCopy opens the published copy again and again: never refused, never torn, never going back.
func (l *live) readCopy(ctx context.Context) {
	last := 0
	for ctx.Err() == nil {
		s, err := readSeen(context.Background(), l.copy, duck.Options{Apart: true, Threads: 1})
		if err != nil || s.dumps != len(strings.Fields(s.ledger)) || s.dumps < last {
			l.t.Errorf("a reader of the copy saw %d dumps before, and then %+v, %v", last, s, err)
			return
		}
		last = s.dumps
		l.copies.Add(1)
		time.Sleep(100 * time.Millisecond)
	}
}

// readPage asks the page for its state and for a query, which must always be answered.
func (l *live) readPage(ctx context.Context) {
	for ctx.Err() == nil {
		for _, ask := range []func() (*http.Response, error){
			func() (*http.Response, error) { return http.Get(l.page + "api/v1/feeds/shop") },
			func() (*http.Response, error) {
				body := strings.NewReader(`{"sql": "SELECT count(*) FROM main.all_events"}`)
				return http.Post(l.page+"api/v1/feeds/shop/query", "application/json", body)
			},
		} {
			r, err := ask()
			if err != nil {
				l.t.Errorf("the page did not answer: %v", err)
				return
			}
			text, _ := io.ReadAll(r.Body)
			r.Body.Close()
			if r.StatusCode != http.StatusOK || !json.Valid(text) {
				l.t.Errorf("the page answered %s: %s", r.Status, text)
				return
			}
			l.pages.Add(1)
		}
		time.Sleep(150 * time.Millisecond)
	}
}

// harm hurts the poller's connections for a while, lets go for a while, and so on.
func (l *live) harm(ctx context.Context, proxy *faultproxy.Proxy) {
	l.done = map[string]int{}
	r := rand.New(rand.NewPCG(1, 2))
	plans := map[string]faultproxy.Plan{
		"errors":  faultproxy.Random(r.Uint64(), 0.5, faultproxy.Fault{Kind: faultproxy.Answer, Status: 500, Code: "InternalError"}),
		"slow":    faultproxy.Random(r.Uint64(), 0.8, faultproxy.Fault{Kind: faultproxy.Answer, Status: 503, Code: "SlowDown"}),
		"resets":  faultproxy.Random(r.Uint64(), 0.4, faultproxy.Fault{Kind: faultproxy.Reset, After: 100}, faultproxy.Fault{Kind: faultproxy.Refuse}),
		"cut":     faultproxy.Random(r.Uint64(), 0.4, faultproxy.Fault{Kind: faultproxy.Cut, After: 50}, faultproxy.Fault{Kind: faultproxy.Short, After: 50}),
		"latency": faultproxy.Always(faultproxy.Fault{Delay: 200 * time.Millisecond}, nil),
		"off":     faultproxy.Always(faultproxy.Fault{Kind: faultproxy.Refuse}, nil),
	}
	for n := 0; ctx.Err() == nil; n++ {
		for kind, plan := range plans { // in whatever order
			proxy.Use(plan)
			l.done[kind]++
			wait(ctx, 1500*time.Millisecond)
			proxy.Use(nil)
			wait(ctx, 2*time.Second)
			if ctx.Err() != nil {
				return
			}
		}
	}
}

func wait(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// used is what a process takes.
type used struct {
	memory int64
	files  int
}

// early is what a process takes at its most after a first stretch: a minute, or a third of a shorter time.
func early(ctx context.Context, whole time.Duration, pid int) (most used) {
	until := time.Now().Add(min(time.Minute, whole/3))
	for time.Now().Before(until) && ctx.Err() == nil {
		now := usage(pid)
		most = used{max(most.memory, now.memory), max(most.files, now.files)}
		wait(ctx, 100*time.Millisecond)
	}
	return most
}

// usage is what a process takes now, as Linux tells it; elsewhere nothing.
func usage(pid int) (u used) {
	files, _ := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	u.files = len(files)
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if m := regexp.MustCompile(`VmRSS:\s+(\d+) kB`).FindSubmatch(status); m != nil {
		kb, _ := strconv.ParseInt(string(m[1]), 10, 64)
		u.memory = kb << 10
	}
	return u
}

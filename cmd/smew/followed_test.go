package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"smew/duck"
	"smew/poll"
	"smew/web"
)

// pollIn starts smew poll with a page and returns where that is, and what the poller says.
func pollIn(t *testing.T, args ...string) (url string, output *lockedBuffer, signal func(os.Signal) error) {
	t.Helper()
	cmd := start(t, "smew", append([]string{"poll", "--listen", "127.0.0.1:0", "--every", "1h", "--floor", "100ms"}, args...)...)
	output = cmd.Stderr.(*lockedBuffer)
	address := regexp.MustCompile(`url=(\S+)`)
	waitFor(t, func() bool { return address.MatchString(output.String()) })
	return address.FindStringSubmatch(output.String())[1], output, cmd.Process.Signal
}

// shopState reads the state of the feed shop, which has to be there at all times.
func shopState(t *testing.T, url string) (s web.State) {
	t.Helper()
	code, body := get(t, url+"api/v1/feeds/shop")
	if err := json.Unmarshal([]byte(body), &s); code != 200 || err != nil {
		t.Fatalf("%d %v %s", code, err, body)
	}
	return s
}

// hasReason tells whether a state has a reason.
func hasReason(s web.State, level web.Level, code string) bool {
	for _, r := range s.Health.Reasons {
		if r.Level == level && r.Code == code {
			return true
		}
	}
	return false
}

// What failed is on the page, in /readyz and in the metrics though the copy that the console reads is as it was before.
func TestPageKnowsMoreThanTheCopy(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	smewIn(t, dir, exitDone, "produce", "feed", "--dumps", "1", "--users", "20", "--events", "50", "--quiet")
	feed, db, copied := filepath.Join(dir, "feed"), filepath.Join(dir, "shop.duckdb"), filepath.Join(dir, "copy.duckdb")
	url, output, _ := pollIn(t, feed, "--db", db, "--publish", copied, "--publish-every", "1h", "--grace", "1000000h")
	waitFor(t, func() bool { return strings.Contains(output.String(), "msg=published") })
	if code, body := get(t, url+"readyz"); code != 200 {
		t.Fatalf("/readyz: %d %s", code, body)
	}
	if err := os.WriteFile(filepath.Join(feed, "manifests", "torn.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	waitFor(t, func() bool { return hasReason(shopState(t, url), web.Critical, "dump_failed") })
	if s := shopState(t, url); s.Dumps != 1 || len(s.Tables) == 0 || len(s.History) != 1 || s.Following.Published == nil || s.Database != db {
		t.Errorf("%+v", s)
	}
	if code, body := get(t, url+"readyz"); code != 503 || !strings.Contains(body, "dump_failed") {
		t.Errorf("/readyz: %d %s", code, body)
	}
	if _, body := get(t, url+"metrics"); !strings.Contains(body, `smew_failed_dumps{feed="shop"} 1`) || !strings.Contains(body, `smew_healthy{feed="shop"} 0`) {
		t.Error("the metrics do not tell of the failure")
	}
	if code, body := askConsole(t, url, "SELECT count(*) FROM smew.attempts"); code != 200 || !strings.Contains(body, `"0"`) {
		t.Errorf("the console reads another file than the copy: %d %s", code, body)
	}
}

// A copy that cannot be made is told of, once a try, and is made at once on SIGHUP when it can be.
func TestPageTellsOfNoCopy(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	smewIn(t, dir, exitDone, "produce", "feed", "--dumps", "1", "--users", "20", "--events", "50", "--quiet")
	folder := filepath.Join(dir, "readers")
	url, output, signal := pollIn(t, filepath.Join(dir, "feed"), "--db", filepath.Join(dir, "shop.duckdb"), "--publish", filepath.Join(folder, "copy.duckdb"), "--floor", "1h")
	waitFor(t, func() bool { return hasReason(shopState(t, url), web.Warning, "publish_failed") })
	if s := shopState(t, url); s.Dumps != 1 || s.Following.PublishFailing == nil {
		t.Errorf("%+v", s)
	}
	if code, body := askConsole(t, url, "SELECT 1"); code != 503 || !strings.Contains(body, "No copy is published yet") {
		t.Errorf("a query gives %d %s", code, body)
	}
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	signal(syscall.SIGHUP)
	waitFor(t, func() bool {
		s := shopState(t, url)
		return s.Following.PublishError == "" && s.Following.Published != nil
	})
	if n := strings.Count(output.String(), "could not publish"); n != 1 {
		t.Errorf("the failure was logged %d times:\n%s", n, output)
	}
}

// Before the first load there is nothing to read, and that is no trouble of the database's.
func TestPageBeforeTheFirstLoad(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	missing := filepath.Join(dir, "feed")
	for name, flags := range map[string][]string{"copy": {"--publish", filepath.Join(dir, "copy.duckdb")}, "no copy": nil} {
		url, _, _ := pollIn(t, append([]string{"s3://bucket/shop", "--endpoint", "http://127.0.0.1:1", "--db", filepath.Join(missing+name, "shop.duckdb")}, flags...)...)
		s := shopState(t, url)
		if s.Dumps != 0 || !hasReason(s, web.Unknown, "no_dumps") || hasReason(s, web.Critical, "unreadable") {
			t.Errorf("%s: %+v", name, s.Health)
		}
		if code, body := get(t, url+"feeds/shop"); code != 200 || strings.Contains(body, "cannot be read") {
			t.Errorf("%s: the page is %d", name, code)
		}
	}
}

// Who waits for the database says for whom: on the page at once, and as an alert when it has lasted.
func TestPageNamesWhoHasTheDatabase(t *testing.T) {
	t.Parallel()
	for _, flags := range [][]string{{"--publish", "copy.duckdb"}, nil} {
		dir := smallShop(t, 1)
		db := filepath.Join(dir, "shop.duckdb")
		kept := start(t, "keep", db)
		waitFor(t, func() bool { _, err := os.Stat(db + ".kept"); return err == nil })
		if flags != nil {
			flags[1] = filepath.Join(dir, flags[1])
		}
		url, output, _ := pollIn(t, append([]string{filepath.Join(dir, "feed"), "--db", db}, flags...)...)
		waitFor(t, func() bool { return strings.Contains(output.String(), "waiting for the database") })
		who := fmt.Sprintf("Process %d has the database", kept.Process.Pid)
		waitFor(t, func() bool { return strings.HasPrefix(shopState(t, url).Busy, who) }) // the log is a moment ahead of the page
		kept.Process.Signal(os.Interrupt)
		waitFor(t, func() bool { s := shopState(t, url); return s.Busy == "" && s.Dumps == 1 })
	}
}

func TestWaitingIsTold(t *testing.T) {
	t.Parallel()
	now := time.Now()
	w := &follower{name: "shop"}
	var err error
	if w.poller, err = poll.New(poll.Options{Every: time.Hour}); err != nil {
		t.Fatal(err)
	}
	if f := w.alertFeed(); f.Look != nil {
		t.Errorf("before the first look: %+v", f.Look)
	}
	w.waiting = &waiting{&duck.LockedError{Path: "shop.duckdb", PID: 7, Err: errors.New("lock")}, now.Add(-time.Hour)}
	if f := w.alertFeed(); f.Look == nil || f.Look.Error != "open shop.duckdb: process 7 has the database open" || !f.Look.Since.Equal(w.waiting.since) {
		t.Errorf("while it waits: %+v", f.Look)
	}
	if f := shownFollowing(w.known(), now); f.FailingSince == nil || !f.FailingSince.Equal(w.waiting.since) || f.Error == "" {
		t.Errorf("the page is told %+v", f)
	}
	if f := shownFollowing(w.known(), w.waiting.since.Add(briefly-1)); f.Error != "" || f.FailingSince != nil {
		t.Errorf("a short wait is told: %+v", f)
	}
	w.got()
	if f := w.alertFeed(); f.Look != nil {
		t.Errorf("afterwards: %+v", f.Look)
	}
}

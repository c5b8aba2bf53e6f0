package main

import (
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"smew/produce"
)

// TestSystemd holds what systemd is told: ready, how it stands, alive again and again, and the stop.
func TestSystemd(t *testing.T) {
	dir := t.TempDir()
	address := &net.UnixAddr{Name: filepath.Join(dir, "notify"), Net: "unixgram"}
	socket, err := net.ListenUnixgram("unixgram", address)
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	t.Setenv("NOTIFY_SOCKET", address.Name)
	t.Setenv("WATCHDOG_USEC", "60000")
	os.Unsetenv("WATCHDOG_PID")
	poller := start(t, "smew", "poll", emptyFeed(t, dir), "--db", filepath.Join(dir, "shop.duckdb"), "--every", "1h")

	said := func() string {
		t.Helper()
		socket.SetReadDeadline(time.Now().Add(2 * time.Minute))
		text := make([]byte, 4096)
		n, err := socket.Read(text)
		if err != nil {
			t.Fatal(err)
		}
		return string(text[:n])
	}
	if first := said(); first != "READY=1" {
		t.Errorf("the first message is %q", first)
	}
	stands := regexp.MustCompile(`^STATUS=1 dump loaded, next look 20.* UTC\nWATCHDOG=1$`)
	for message := said(); !stands.MatchString(message); message = said() {
		if !strings.HasPrefix(message, "STATUS=") || !strings.HasSuffix(message, "WATCHDOG=1") {
			t.Fatalf("it said %q", message)
		}
	}
	poller.Process.Signal(syscall.SIGTERM)
	for message := said(); message != "STOPPING=1"; message = said() {
	}
	if err := poller.Wait(); err != nil {
		t.Error(err)
	}
}

// TestHangup has a poller look at once, and try again what failed.
func TestHangup(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	feed := emptyFeed(t, dir)
	poller := start(t, "smew", "poll", feed, "--db", filepath.Join(dir, "shop.duckdb"), "--every", "1h", "--floor", "1h")
	output := poller.Stderr.(*lockedBuffer)
	waitFor(t, func() bool { return strings.Contains(output.String(), "msg=loaded") })
	torn := filepath.Join(feed, "manifests", "torn.json")
	if err := os.WriteFile(torn, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	failures := func() int { return strings.Count(output.String(), "manifests/torn.json") }
	waitFor(t, func() bool { return failures() > 0 }) // the directory is watched
	for n := range 3 {
		poller.Process.Signal(syscall.SIGHUP)
		waitFor(t, func() bool { return failures() > n+1 })
	}
}

// TestStopWithinDump terminates a poller while it loads: that is a good end, and the dump is in the database
// whole or not at all, for the next one to take in.
func TestStopWithinDump(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	feed, db := filepath.Join(dir, "feed"), filepath.Join(dir, "shop.duckdb")
	b, err := makeDir(feed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := produce.Feed(t.Context(), b, produce.Options{Seed: 7, Users: 500, Events: 20_000, Dumps: 1}); err != nil {
		t.Fatal(err)
	}
	poller := start(t, "smew", "poll", feed, "--db", db)
	output := poller.Stderr.(*lockedBuffer)
	waitFor(t, func() bool { return strings.Contains(output.String(), "msg=loading") })
	poller.Process.Signal(syscall.SIGTERM)
	if err := poller.Wait(); err != nil || !strings.Contains(output.String(), "msg=stopped reason=terminated") {
		t.Errorf("it ended with %v\n%s", err, output)
	}
	loaded := strings.Contains(output.String(), "msg=loaded")
	if n := dumps(db); n != map[bool]int{false: 0, true: 1}[loaded] {
		t.Errorf("the database has %d dumps, loaded: %v", n, loaded)
	}
	if err := start(t, "smew", "load", feed, "--db", db, "--quiet").Wait(); err != nil || dumps(db) != 1 {
		t.Errorf("the next load: %v, %d dumps", err, dumps(db))
	}
}

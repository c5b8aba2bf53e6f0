package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"

	"smew/alert"
	"smew/loader"
)

// catch starts a server whose address goes into a variable, and that writes the path and body of each request
// into a file. While a file FILE.refuse is there it answers with its content as a status: catch VAR FILE
func catch(ts *testscript.TestScript, neg bool, args []string) {
	path := ts.MkAbs(args[1])
	var lock sync.Mutex
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		lock.Lock()
		defer lock.Unlock()
		if text, err := os.ReadFile(path + ".refuse"); err == nil {
			var status int
			fmt.Sscan(string(text), &status)
			w.WriteHeader(status)
			return
		}
		body, err := io.ReadAll(r.Body)
		if err == nil {
			err = appendTo(path, r.URL.Path+" "+string(body)+"\n")
		}
		if err != nil {
			w.WriteHeader(http.StatusInternalServerError)
		}
	}))
	ts.Defer(server.Close)
	ts.Setenv(args[0], server.URL)
}

func appendTo(path, text string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if closed := f.Close(); err == nil {
		err = closed
	}
	return err
}

// A watch has a round when a look has ended, and now and then without one, and stops.
func TestWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var rounds []time.Duration
		began := time.Now()
		facts := func() []alert.Feed {
			rounds = append(rounds, time.Since(began))
			return []alert.Feed{{Name: "shop", Look: &alert.Look{Error: "denied", Since: began.Add(-time.Hour)}}}
		}
		var log lockedBuffer
		db := filepath.Join(t.TempDir(), "shop.duckdb")
		w, err := newWatch(alert.Config{}, db, facts, slog.New(slog.NewTextHandler(&log, nil)))
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- w.run(ctx) }()
		time.Sleep(10 * time.Second)
		w.looked()
		time.Sleep(100 * time.Second)
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if want := []time.Duration{10 * time.Second, 60 * time.Second}; !slices.Equal(rounds, want) {
			t.Errorf("rounds at %v, want %v", rounds, want)
		}
		if n := strings.Count(log.String(), "the feed cannot be looked at"); n != 1 {
			t.Errorf("told %d times:\n%s", n, &log)
		}
		if _, err := os.Stat(db + ".alerts.json"); err != nil {
			t.Error(err)
		}
	})
}

// What the ledger says becomes facts; what is not known stays so.
func TestAlertLedger(t *testing.T) {
	t.Parallel()
	day := func(d int) time.Time { return time.Date(2026, 3, d, 0, 0, 0, 0, time.UTC) }
	id, next, text, problem := int64(858), day(5), `{"code": 7}`, "not JSON"
	s := loader.Status{
		LastDump: &loader.LoadedDump{DumpID: 857, LoadedAt: day(1)},
		Failures: []loader.LastFailure{
			{Manifest: "manifests/x.json", TriedAt: day(3), Error: "torn"},
			{DumpID: &id, Manifest: "manifests/sync_858.json", TriedAt: day(3), Error: "cut off"},
		},
		Report: &loader.ReportStatus{Key: "sync_reports/r.json", Status: "failed", Error: &text, NextSyncAt: &next},
	}
	r := loader.Recent{
		Failing:     map[string]time.Time{"manifests/sync_858.json": day(2)},
		Definitions: &loader.KeptDefinitions{DumpID: 857, Key: "k", Problem: &problem},
		Changes:     []loader.Change{{DumpID: 857, Table: "users", Added: []string{"plan"}}},
		Quarantined: []loader.SetAside{{DumpID: 857, Table: "users", Rows: 3}},
		Dumps:       []loader.RecentDump{{DumpID: 857, Tables: []loader.RecentTable{{Name: "users", Full: true, Rows: 9}}}},
	}
	want := &alert.Ledger{
		Highest: 858, Arrived: day(2),
		Failures: []alert.Failure{
			{Manifest: "manifests/x.json", Error: "torn", Since: day(3)},
			{Manifest: "manifests/sync_858.json", Dump: &id, Error: "cut off", Since: day(2)},
		},
		Report:      &alert.Report{Key: "sync_reports/r.json", Status: "failed", Error: text, NextSyncAt: &next},
		Quarantined: []alert.Quarantined{{Dump: 857, Table: "users", Rows: 3}},
		Definitions: &alert.Definitions{Dump: 857, Key: "k", Problem: problem},
		Changes:     []alert.Change{{Dump: 857, Table: "users", Added: []string{"plan"}}},
		Dumps:       []alert.Dump{{ID: 857, Tables: []alert.Table{{Name: "users", Full: true, Rows: 9}}}},
	}
	if diff := cmp.Diff(want, alertLedger(s, r)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(&alert.Ledger{}, alertLedger(loader.Status{}, loader.Recent{})); diff != "" {
		t.Error(diff)
	}
}

package web

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

var now = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

func at(d time.Duration) *time.Time { t := now.Add(d); return &t }

func to[T any](v T) *T { return &v }

// shop is the state of a feed that has something of everything.
func shop() State {
	counts := Counts{Rows: 100, New: 90, Replaced: 7, Invalidated: 3, Quarantined: 1}
	return State{
		Source: "s3://shop/feed", Database: "shop.duckdb", Bytes: 1 << 20, ReadAt: at(-time.Minute), Dumps: 4, Highest: to[int64](855),
		People: People{Users: 1204, IDs: 31, Persons: 12},
		Tables: []Table{{Name: "users", Rows: 1204, Delivered: 1300, Superseded: 96}, {Name: `odd "name"</script>`, Kind: "events", Rows: 5, Resync: to[int64](853)}},
		History: []Dump{{DumpID: 855, LoadedAt: now.Add(-time.Hour), Seconds: 1.5, Bytes: 4096, Counts: counts,
			Tables: []DumpTable{{Name: "users", Read: true, Files: 2, Counts: counts}}}},
		Failures: []Failure{}, Accepted: []Accepted{{DumpID: 850, At: now, Reason: "gone"}},
		Reports:  []Report{{Key: "sync_reports/1.json", Status: "succeeded", StartedAt: at(-2 * time.Hour), FinishedAt: at(-time.Hour), NextSyncAt: at(time.Hour)}},
		NextSync: at(time.Hour), Exports: []Export{crm(), {Name: "never", Mode: "all", Troubles: []ExportTrouble{}, Runs: []ExportRun{}}},
		Loading: &Loading{Since: now, DumpID: 856, Dumps: 2, Parts: 3, Of: 9, Fetched: 1000}, Following: &Following{LastLook: at(-time.Minute), NextLook: at(time.Minute)},
	}
}

// crm is an export whose last run was done, after one that failed.
func crm() Export {
	file := ExportFile{Key: `crm/2_added"<b>.csv`, Kind: "added", Rows: 3, Bytes: 99, SHA256: strings.Repeat("ab", 32), First: []string{"id,name", "1,<i>Ada</i>"}}
	return Export{Name: "crm", Model: "people", Mode: "diff", To: "s3://crm/in", Schedule: "after-load", Troubles: []ExportTrouble{}, Runs: []ExportRun{
		{ID: 2, Export: "crm", Mode: "diff", Began: now.Add(-time.Minute), Ended: at(-time.Minute + time.Second), Status: "done", Attempts: 2, Seconds: 1, Rows: 6,
			Added: 3, Changed: 2, Removed: 1, LeftOut: 4, ModelRows: 1000, FileCount: 1, Bytes: 99, Files: []ExportFile{file}},
		{ID: 1, Export: "crm", Mode: "diff", Began: now.Add(-time.Hour), Ended: at(-time.Hour), Status: "failed", Error: "no <room>", Attempts: 1, Files: []ExportFile{}},
	}}
}

// broken is a failure with a place.
func broken() Failure {
	return Failure{DumpID: to[int64](854), Manifest: "manifests/sync_854.json", TriedAt: now, Since: at(-time.Hour), Tries: 3, Error: "all of it", Reason: "<b>not a number</b>",
		Table: "pageviews", Part: "sync_854/part-00016-50c5e18e-1559-4a08-9c89-e7b1a02bb5c1.avro", Row: to[int64](1204), Column: "user_id"}
}

// fake is a feed whose answers a test sets.
type fake struct {
	state  State
	err    error                           // of State and Schema
	query  func(ctx context.Context) error // of Query, before its result
	export func(w io.Writer, f string) error
	looks  int
}

func (f *fake) feed(name string) Feed {
	return Feed{
		Name:  name,
		State: func(context.Context) (State, error) { return f.state, f.err },
		Schema: func(context.Context) ([]Relation, error) {
			return []Relation{{"main", "users", []Column{{"user_id", "BIGINT", "number"}}}}, f.err
		},
		Query: func(ctx context.Context, sql string, most int) (Result, error) {
			if f.query != nil {
				if err := f.query(ctx); err != nil {
					return Result{}, err
				}
			}
			r := Result{Columns: []Column{{"n", "BIGINT", "number"}, {"t", "VARCHAR", "text"}}, Rows: [][]*string{{to("9007199254740993"), nil}, {to("2"), to("")}}}
			if most < len(r.Rows) {
				r.Rows, r.Truncated = r.Rows[:most], true
			}
			return r, nil
		},
		Export: func(_ context.Context, sql, format string, w io.Writer) error {
			if f.export != nil {
				return f.export(w, format)
			}
			_, err := io.WriteString(w, "n,t\n1,\n")
			return err
		},
		Look: func() { f.looks++ },
	}
}

// serve starts a server that shows one feed, changed by o.
func serve(t *testing.T, f *fake, change func(*Options)) *httptest.Server {
	t.Helper()
	o := Options{Feeds: []Feed{f.feed("shop")}, Version: "test", Now: func() time.Time { return now }, Grace: time.Hour,
		Queries: []Ready{{"Events", "All", "All events.", "FROM all_events"}}}
	if change != nil {
		change(&o)
	}
	h, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server
}

// reply is an answer, of which the body was read.
type reply struct {
	StatusCode int
	Header     http.Header
	Request    *http.Request
	Cookies    []*http.Cookie
}

// call makes a request and returns the answer with its body. Headers are pairs.
func call(t *testing.T, server *httptest.Server, method, path, body string, headers ...string) (reply, string) {
	t.Helper()
	r, err := http.NewRequest(method, server.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			r.Host = headers[i+1]
		}
		r.Header.Set(headers[i], headers[i+1])
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Fatal(err)
	}
	return reply{answer.StatusCode, answer.Header, answer.Request, answer.Cookies()}, string(text)
}

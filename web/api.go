package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"
)

// httpError is an error with its status; code is for programs.
type httpError struct {
	status     int
	code, text string
}

func (e *httpError) Error() string { return e.text }

// errCancelled says that nobody waits for the answer any more.
var errCancelled = &httpError{499, "cancelled", "the query was cancelled"}

// failure is the JSON of an error.
type failure struct {
	Error struct {
		Code string `json:"code"`
		Text string `json:"text"`
	} `json:"error"`
}

// explain turns an error into a status, a code and a text.
func explain(err error) *httpError {
	var known *httpError
	var busy *BusyError
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &busy):
		return &httpError{http.StatusServiceUnavailable, "busy", busy.Text}
	}
	return &httpError{http.StatusInternalServerError, "failed", err.Error()}
}

// fail answers with an error: a page to a browser, else JSON.
func (s *server) fail(w http.ResponseWriter, r *http.Request, err error) {
	e := explain(err)
	if e.status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "5")
	}
	if wantsPage(r) {
		s.render(w, r, e.status, "error", page{Title: http.StatusText(e.status), Error: e.text})
		return
	}
	var f failure
	f.Error.Code, f.Error.Text = e.code, e.text
	writeJSON(w, e.status, f)
}

func (s *server) nowhere(w http.ResponseWriter, r *http.Request) {
	s.fail(w, r, &httpError{http.StatusNotFound, "no_page", fmt.Sprintf("there is nothing at %s", r.URL.Path)})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil { // a type of ours that has no JSON
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // nobody is left to be told
}

func (s *server) describe(w http.ResponseWriter, r *http.Request) {
	text, err := files.ReadFile("openapi.yaml")
	if err != nil {
		s.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/yaml")
	_, _ = w.Write(text) // nobody is left to be told
}

// summary is a feed in the list of all.
type summary struct {
	Feed     string     `json:"feed"`
	Source   string     `json:"source"`
	Health   Health     `json:"health"`
	Dumps    int        `json:"dumps"`
	Highest  *int64     `json:"highest_dump"`
	LoadedAt *time.Time `json:"loaded_at"` // of the last load
	NextSync *time.Time `json:"next_sync_at"`
	Rows     int64      `json:"rows"` // of all tables
}

func (s *server) summaries(ctx context.Context) []summary {
	all := []summary{}
	for i := range s.Feeds {
		state, err := s.state(ctx, &s.Feeds[i])
		if err != nil {
			all = append(all, summary{Feed: s.Feeds[i].Name, Health: unreadable(err)})
			continue
		}
		one := summary{Feed: state.Feed, Source: state.Source, Health: state.Health, Dumps: state.Dumps, Highest: state.Highest, NextSync: state.NextSync}
		if len(state.History) > 0 {
			one.LoadedAt = &state.History[0].LoadedAt
		}
		for _, t := range state.Tables {
			one.Rows += t.Rows
		}
		all = append(all, one)
	}
	return all
}

func unreadable(err error) Health {
	return Health{Level: Critical, Headline: "The database cannot be read", Reasons: []Reason{{Critical, "unreadable", err.Error()}}}
}

func (s *server) apiFeeds(w http.ResponseWriter, r *http.Request) {
	writeJSON(w, http.StatusOK, map[string]any{"feeds": s.summaries(r.Context())})
}

func (s *server) apiFeed(w http.ResponseWriter, r *http.Request) {
	f, err := s.feed(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	state, err := s.state(r.Context(), f)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	writeJSON(w, http.StatusOK, state)
}

func (s *server) apiSchema(w http.ResponseWriter, r *http.Request) {
	f, err := s.feed(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	relations, err := f.Schema(r.Context())
	if err != nil {
		s.fail(w, r, err)
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{"relations": relations})
}

func (s *server) apiQueries(w http.ResponseWriter, r *http.Request) {
	queries := s.Queries
	if queries == nil {
		queries = []Ready{}
	}
	writeJSON(w, http.StatusOK, map[string]any{"queries": queries})
}

func (s *server) apiLook(w http.ResponseWriter, r *http.Request) {
	f, err := s.feed(r)
	if err == nil && f.Look == nil {
		err = &httpError{http.StatusConflict, "not_followed", "nobody here follows this feed: smew poll --listen does"}
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	f.Look()
	writeJSON(w, http.StatusAccepted, map[string]bool{"looking": true})
}

// question is the body of a query or an export.
type question struct {
	SQL    string `json:"sql"`
	Limit  int    `json:"limit"`  // of a query; 0: as many rows as the server gives
	Format string `json:"format"` // of an export
}

const mostSQL = 1 << 20

// ask reads a question. Only JSON is taken: no form of another page can send it.
func ask(w http.ResponseWriter, r *http.Request) (q question, err error) {
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	if strings.TrimSpace(kind) != "application/json" {
		return q, &httpError{http.StatusUnsupportedMediaType, "not_json", "the body must be application/json"}
	}
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, mostSQL))
	d.DisallowUnknownFields()
	if err := d.Decode(&q); err != nil {
		return q, &httpError{http.StatusBadRequest, "bad_request", "the body is not as it should be: " + err.Error()}
	}
	if strings.TrimSpace(q.SQL) == "" {
		return q, &httpError{http.StatusBadRequest, "no_sql", "the query is empty"}
	}
	if q.Limit < 0 {
		return q, &httpError{http.StatusBadRequest, "bad_request", "limit is below 0"}
	}
	return q, nil
}

func (s *server) apiQuery(w http.ResponseWriter, r *http.Request) {
	f, err := s.feed(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	q, err := ask(w, r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	if q.Limit == 0 || q.Limit > s.QueryRows {
		q.Limit = s.QueryRows
	}
	var result Result
	err = s.run(r.Context(), s.QueryTime, func(ctx context.Context) error {
		begun := time.Now()
		result, err = f.Query(ctx, q.SQL, q.Limit)
		result.Seconds = time.Since(begun).Seconds()
		return err
	})
	if err != nil {
		s.fail(w, r, err)
		return
	}
	if result.Rows == nil {
		result.Rows = [][]*string{}
	}
	writeJSON(w, http.StatusOK, result)
}

// run gives a query its turn and its time, counts it, and says which of its ends an error is. It waits for its turn no longer than it
// may take, and has all of its time from then on.
func (s *server) run(ctx context.Context, limit time.Duration, query func(context.Context) error) error {
	begun := time.Now()
	waiting, stop := context.WithTimeout(ctx, limit)
	defer stop()
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-waiting.Done():
		err := &httpError{http.StatusServiceUnavailable, "busy", "too many queries are running: try again later"}
		if ctx.Err() != nil {
			err = errCancelled
		}
		s.metrics.ran(err, time.Since(begun))
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	err := query(ctx)
	var busy *BusyError
	var known *httpError
	switch {
	case err == nil:
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		err = &httpError{http.StatusGatewayTimeout, "too_slow", fmt.Sprintf("the query took longer than %s and was ended", span(limit))}
	case errors.Is(err, os.ErrDeadlineExceeded):
		err = &httpError{499, "cancelled", "nobody took the result"}
	case ctx.Err() != nil:
		err = errCancelled
	case !errors.As(err, &busy) && !errors.As(err, &known):
		err = &httpError{http.StatusUnprocessableEntity, "sql", err.Error()}
	}
	s.metrics.ran(err, time.Since(begun))
	return err
}

func (s *server) apiExport(w http.ResponseWriter, r *http.Request) {
	f, err := s.feed(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	q, err := ask(w, r)
	if err == nil && !slices.Contains(Formats, q.Format) {
		err = &httpError{http.StatusBadRequest, "bad_request", fmt.Sprintf("the format %q is none of %s", q.Format, strings.Join(Formats, ", "))}
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	out := &attachment{ResponseWriter: w, format: q.Format, stall: s.Stall}
	err = s.run(r.Context(), 10*s.QueryTime, func(ctx context.Context) error {
		return f.Export(ctx, q.SQL, q.Format, out)
	})
	switch {
	case err == nil:
		out.begin() // it may be empty
		out.end()
	case out.begun:
		panic(http.ErrAbortHandler) // so that nobody takes what was sent for the whole
	default:
		s.fail(w, r, err)
	}
}

// attachment sets the headers of a file with its first byte, so that what fails before is still an error.
type attachment struct {
	http.ResponseWriter
	format string
	stall  time.Duration
	begun  bool
}

var _ io.Writer = (*attachment)(nil)

func (a *attachment) begin() {
	if a.begun {
		return
	}
	a.begun = true
	kind := map[string]string{"csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet"}[a.format]
	a.Header().Set("Content-Type", kind)
	a.Header().Set("Content-Disposition", `attachment; filename="result.`+a.format+`"`)
}

func (a *attachment) Write(p []byte) (int, error) {
	a.begin()
	// Whoever reads the database keeps loads out, so a client that takes nothing is left.
	if err := http.NewResponseController(a.ResponseWriter).SetWriteDeadline(time.Now().Add(a.stall)); err != nil {
		return 0, err
	}
	return a.ResponseWriter.Write(p)
}

// end sends the rest, and leaves the connection to other requests without a deadline.
func (a *attachment) end() {
	c := http.NewResponseController(a.ResponseWriter)
	_ = c.Flush() // a client that is gone is nobody to be told
	_ = c.SetWriteDeadline(time.Time{})
}

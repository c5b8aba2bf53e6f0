// Package web is what a browser and a program see of feeds: a page that tells whether they are fresh, a
// console for queries, a JSON API described by OpenAPI, metrics, and health. It is given functions, no database.
package web

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Feed is a feed and its database, as functions. They are called by many goroutines at once.
type Feed struct {
	Name string // in addresses and on the page
	// State reads what the page shows. It is called often, so it should remember what has not changed.
	State func(context.Context) (State, error)
	// Schema lists what can be queried.
	Schema func(context.Context) ([]Relation, error)
	// Query runs one statement that reads, and returns so many rows at most.
	Query func(ctx context.Context, sql string, most int) (Result, error)
	// Export writes all rows of a query to w, in one of Formats.
	Export func(ctx context.Context, sql, format string, w io.Writer) error
	// Look has the feed looked at now. nil: nobody here follows it.
	Look func()
}

// Formats are those in which results can be had as files.
var Formats = []string{"csv", "parquet"}

// BusyError says that the database cannot be read for now, and why.
type BusyError struct{ Text string }

func (e *BusyError) Error() string { return e.Text }

// Options say what is shown, and to whom.
type Options struct {
	Feeds   []Feed
	Queries []Ready // that the console offers
	Version string
	// Token is wanted of everybody, but for /healthz and /readyz; "": of nobody.
	Token string
	// Hosts are the names by which the server may be called, without port. A page elsewhere whose name
	// was made to lead here is so refused. nil: any.
	Hosts []string
	Now   func() time.Time // nil: time.Now
	// Grace is for how long a dump may be late before /readyz says so.
	Grace time.Duration
	// QueryTime is how long a query may take; 0: 30 seconds. A file may take ten times as long.
	QueryTime time.Duration
	// Stall is how long a download waits for a client that takes nothing before it is ended; 0: 15 seconds.
	Stall time.Duration
	// QueryRows is how many rows the console gets at most; 0: 10,000.
	QueryRows int
	// Queries beyond this number wait; 0: 4.
	Parallel int
}

//go:embed assets templates openapi.yaml
var files embed.FS

type server struct {
	Options
	pages   *template.Template
	metrics *metrics
	slots   chan struct{} // a query holds one
	version string        // of the assets, in their addresses
}

// New returns the handler of it all. An error is a mistake in the options.
func New(o Options) (http.Handler, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.QueryTime == 0 {
		o.QueryTime = 30 * time.Second
	}
	if o.Stall == 0 {
		o.Stall = 15 * time.Second
	}
	if o.QueryRows == 0 {
		o.QueryRows = 10_000
	}
	if o.Parallel == 0 {
		o.Parallel = 4
	}
	for i, f := range o.Feeds {
		if f.Name == "" {
			return nil, fmt.Errorf("feed %d has no name", i+1)
		}
		if slices.ContainsFunc(o.Feeds[:i], func(other Feed) bool { return other.Name == f.Name }) {
			return nil, fmt.Errorf("two feeds are called %q", f.Name)
		}
	}
	if len(o.Feeds) == 0 {
		return nil, errors.New("there is no feed to show")
	}
	s := &server{Options: o, slots: make(chan struct{}, o.Parallel)}
	s.metrics = newMetrics(s)
	version, err := digest(files)
	if err != nil {
		return nil, err
	}
	s.version = version
	if s.pages, err = s.parse(); err != nil {
		return nil, err
	}
	return s.handler()
}

// digest is of all that is embedded, so that browsers may keep assets for good.
func digest(files fs.FS) (string, error) {
	h := sha256.New()
	err := fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(files, path)
		fmt.Fprintf(h, "%s\n%d\n%s", path, len(data), data)
		return err
	})
	return hex.EncodeToString(h.Sum(nil))[:12], err
}

func (s *server) handler() (http.Handler, error) {
	assets, err := fs.Sub(files, "assets")
	if err != nil {
		return nil, err
	}
	open := http.NewServeMux() // to everybody
	open.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, map[string]string{"status": "alive"})
	})
	open.HandleFunc("GET /readyz", s.ready)
	open.Handle("GET /assets/", http.StripPrefix("/assets/", cached(http.FileServerFS(assets))))
	open.HandleFunc("GET /login", s.loginPage)
	open.HandleFunc("POST /login", s.login)
	open.HandleFunc("POST /logout", s.logout)

	closed := http.NewServeMux()
	closed.HandleFunc("GET /{$}", s.home)
	closed.HandleFunc("GET /feeds/{feed}", s.feedPage)
	closed.HandleFunc("GET /feeds/{feed}/live", s.livePage)
	closed.HandleFunc("GET /feeds/{feed}/sql", s.consolePage)
	closed.HandleFunc("GET /live", s.liveHome)
	closed.HandleFunc("GET /metrics", s.metrics.handler().ServeHTTP)
	closed.HandleFunc("GET /api/openapi.yaml", s.describe)
	closed.HandleFunc("GET /api/v1/feeds", s.apiFeeds)
	closed.HandleFunc("GET /api/v1/feeds/{feed}", s.apiFeed)
	closed.HandleFunc("GET /api/v1/feeds/{feed}/schema", s.apiSchema)
	closed.HandleFunc("POST /api/v1/feeds/{feed}/query", s.apiQuery)
	closed.HandleFunc("POST /api/v1/feeds/{feed}/export", s.apiExport)
	closed.HandleFunc("POST /api/v1/feeds/{feed}/look", s.apiLook)
	closed.HandleFunc("GET /api/v1/queries", s.apiQueries)
	closed.HandleFunc("/", s.nowhere)
	open.Handle("/", s.authorized(closed))

	csrf := http.NewCrossOriginProtection()
	csrf.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.fail(w, r, &httpError{http.StatusForbidden, "cross_origin", "the request comes from another site"})
	}))
	return s.called(headers(csrf.Handler(open))), nil
}

// called refuses requests under another name than those of the server.
func (s *server) called(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		u := url.URL{Host: r.Host}
		if s.Hosts != nil && !slices.Contains(s.Hosts, strings.ToLower(u.Hostname())) {
			http.Error(w, fmt.Sprintf("this server is not called %q", u.Hostname()), http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

type nonceKey struct{}

// headers sets what keeps a page to itself: nothing is loaded from elsewhere, no script is inline, and no
// other page may frame it. Styles of the editor carry a nonce.
func headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		nonce := rand.Text()
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-"+nonce+"'; img-src 'self' data:; "+
			"font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), nonceKey{}, nonce)))
	})
}

func cached(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Has("v") {
			w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		}
		next.ServeHTTP(w, r)
	})
}

// state reads a feed's state and judges it.
func (s *server) state(ctx context.Context, f *Feed) (State, error) {
	state, err := f.State(ctx)
	if err != nil {
		return state, fmt.Errorf("read the state of %s: %w", f.Name, err)
	}
	state.Feed = f.Name
	state.Health = judge(state, s.Now(), s.Grace)
	return state, nil
}

// feed finds the feed that an address names.
func (s *server) feed(r *http.Request) (*Feed, error) {
	name := r.PathValue("feed")
	for i := range s.Feeds {
		if s.Feeds[i].Name == name {
			return &s.Feeds[i], nil
		}
	}
	return nil, &httpError{http.StatusNotFound, "no_feed", fmt.Sprintf("there is no feed %q", name)}
}

// ready answers whether all feeds are fresh, and if not, why.
func (s *server) ready(w http.ResponseWriter, r *http.Request) {
	type reason struct {
		Feed string `json:"feed,omitempty"`
		Code string `json:"code"`
		Text string `json:"text,omitempty"`
	}
	result := struct {
		Ready   bool     `json:"ready"`
		Reasons []reason `json:"reasons"`
	}{Reasons: []reason{}}
	told := s.allowed(r) // others learn no names and no details
	for i := range s.Feeds {
		state, err := s.state(r.Context(), &s.Feeds[i])
		if err != nil {
			state.Health = Health{Reasons: []Reason{{Critical, "unreadable", err.Error()}}}
		}
		for _, x := range state.Health.Reasons {
			if x.Level == Warning {
				continue
			}
			out := reason{Code: x.Code}
			if told {
				out.Feed, out.Text = s.Feeds[i].Name, x.Text
			}
			result.Reasons = append(result.Reasons, out)
		}
	}
	result.Ready = len(result.Reasons) == 0
	status := http.StatusOK
	if !result.Ready {
		status = http.StatusServiceUnavailable
	}
	writeJSON(w, status, result)
}

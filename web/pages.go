package web

import (
	"bytes"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// page is what a template gets.
type page struct {
	Title   string
	Error   string
	Feeds   []summary // for the choice
	Feed    *State    // of the page's feed
	Tab     string    // status or sql
	Now     time.Time
	Nonce   string
	Guarded bool // a token is wanted
	Version string
	CanLook bool
	Refresh string // the address of the live part

	Next, Fragment string // where logging in leads to

	Queries   []Ready
	QueryRows int
	QueryTime time.Duration
	Formats   []string
}

func (s *server) parse() (*template.Template, error) {
	now := s.Now
	t := template.New("").Funcs(template.FuncMap{
		"number": number, "short": short, "size": size, "part": part,
		"from": func(t time.Time) string { return from(now(), t) },
		"span": func(seconds float64) string { return span(time.Duration(seconds * float64(time.Second))) },
		"late": func(s State) string {
			if d := s.late(now()); d > 0 {
				return rough(d)
			}
			return ""
		},
		"between": func(a, b time.Time) string { return span(b.Sub(a)) },
		"time":    func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") },
		"minute":  func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") },
		"iso":     func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"path":    url.PathEscape,
		"asset":   func(name string) string { return "/assets/" + name + "?v=" + s.version },
		"plural":  plural,
		"percent": percent,
		"rate":    rate,
		"more":    func(n, than int) int { return n - than },
		"total":   total,
		"change":  func(s State, table string) *DumpTable { return lastChange(s, table) },
		"good":    Report.succeeded,
		"lastRun": Export.last,
		"says":    ExportTrouble.says,
		"runs":    exportRuns,
		"len64":   func(files []ExportFile) int64 { return int64(len(files)) },
		"quote":   func(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` },
	})
	return t.ParseFS(files, "templates/*.html")
}

// percent is a's share of b, from 0 to 100.
func percent(a, b int) int {
	if b <= 0 {
		return 0
	}
	return min(100, a*100/b)
}

// rate is the rows that a load took in a second.
func rate(d Dump) string {
	if d.Seconds <= 0 {
		return "–"
	}
	return short(int64(float64(d.Rows)/d.Seconds)) + "/s"
}

// total is the rows that all tables show.
func total(s State) (n int64) {
	for _, t := range s.Tables {
		n += t.Rows
	}
	return n
}

// lastChange is what the last load that had a table did to it; nil: none that is known of.
func lastChange(s State, table string) *DumpTable {
	for _, d := range s.History {
		for i := range d.Tables {
			if d.Tables[i].Name == table {
				return &d.Tables[i]
			}
		}
	}
	return nil
}

// render writes a page, in whole or not at all.
func (s *server) render(w http.ResponseWriter, r *http.Request, status int, name string, p page) {
	p.Now, p.Version, p.Guarded = s.Now(), s.Version, s.Token != ""
	p.Nonce, _ = r.Context().Value(nonceKey{}).(string)
	var b bytes.Buffer
	if err := s.pages.ExecuteTemplate(&b, name, p); err != nil {
		http.Error(w, "write the page: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // nobody is left to be told
}

// home is the list of all feeds, or the only one's page.
func (s *server) home(w http.ResponseWriter, r *http.Request) {
	if len(s.Feeds) == 1 {
		http.Redirect(w, r, feedPath(s.Feeds[0].Name), http.StatusSeeOther)
		return
	}
	s.render(w, r, http.StatusOK, "home", page{Title: "Feeds", Feeds: s.summaries(r.Context()), Refresh: "/live"})
}

func (s *server) liveHome(w http.ResponseWriter, r *http.Request) {
	s.render(w, r, http.StatusOK, "home-live", page{Feeds: s.summaries(r.Context())})
}

func feedPath(name string) string { return "/feeds/" + url.PathEscape(name) }

func (s *server) feedPage(w http.ResponseWriter, r *http.Request) { s.showFeed(w, r, "status") }
func (s *server) livePage(w http.ResponseWriter, r *http.Request) { s.showFeed(w, r, "live") }

func (s *server) showFeed(w http.ResponseWriter, r *http.Request, name string) {
	f, err := s.feed(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	state, err := s.state(r.Context(), f)
	if err != nil { // it is what the page has to tell
		state = State{Feed: f.Name, Health: unreadable(err)}
	}
	s.render(w, r, http.StatusOK, name, page{
		Title: f.Name, Feed: &state, Tab: "status", Feeds: s.names(), CanLook: f.Look != nil, Refresh: feedPath(f.Name) + "/live",
	})
}

// names are the feeds, without what they hold: for the choice in the head of a page.
func (s *server) names() []summary {
	all := make([]summary, len(s.Feeds))
	for i, f := range s.Feeds {
		all[i].Feed = f.Name
	}
	return all
}

func (s *server) consolePage(w http.ResponseWriter, r *http.Request) {
	f, err := s.feed(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.render(w, r, http.StatusOK, "console", page{
		Title: f.Name + " · SQL", Feed: &State{Feed: f.Name}, Tab: "sql", Feeds: s.names(),
		Queries: s.Queries, QueryRows: s.QueryRows, QueryTime: s.QueryTime, Formats: Formats,
	})
}

package web

import (
	"errors"
	"html"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

func TestMistakesInOptions(t *testing.T) {
	f := &fake{}
	for want, feeds := range map[string][]Feed{
		"there is no feed to show": nil,
		"feed 1 has no name":       {f.feed("")},
		`two feeds are called "a"`: {f.feed("a"), f.feed("b"), f.feed("a")},
	} {
		if _, err := New(Options{Feeds: feeds}); err == nil || err.Error() != want {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

// Every address but a few wants the token, in the header or as the cookie that logging in gives.
func TestToken(t *testing.T) {
	const token = "a token of some length"
	server := serve(t, &fake{state: shop()}, func(o *Options) { o.Token = token })
	browser := []string{"Accept", "text/html"}
	for _, c := range []struct {
		path    string
		headers []string
		status  int
	}{
		{"/", nil, 401},
		{"/", browser, 303},
		{"/feeds/shop", browser, 303},
		{"/feeds/shop/live", nil, 401},
		{"/api/v1/feeds", browser, 401},
		{"/nowhere", nil, 401},
		{"/metrics", nil, 401},
		{"/healthz", nil, 200},
		{"/login", nil, 200},
		{"/assets/smew.css", nil, 200},
		{"/api/v1/feeds", []string{"Authorization", "Bearer " + token}, 200},
		{"/api/v1/feeds", []string{"Authorization", "bearer " + token}, 200},
		{"/api/v1/feeds", []string{"Authorization", "Bearer " + token + "x"}, 401},
		{"/api/v1/feeds", []string{"Authorization", "Bearer "}, 401},
		{"/api/v1/feeds", []string{"Authorization", token}, 401},
		{"/api/v1/feeds", []string{"Cookie", "smew_session=" + token}, 401},
		{"/feeds/shop", []string{"Cookie", "smew_session="}, 401},
	} {
		if answer, _ := call(t, server, "GET", c.path, "", c.headers...); answer.StatusCode != c.status {
			t.Errorf("GET %s with %v: %d, want %d", c.path, c.headers, answer.StatusCode, c.status)
		}
	}
	form := func(token string) (reply, string) {
		return call(t, server, "POST", "/login", url.Values{"token": {token}}.Encode(), "Content-Type", "application/x-www-form-urlencoded")
	}
	if answer, body := form("wrong"); answer.StatusCode != 403 || len(answer.Cookies) != 0 || !strings.Contains(body, "not the token") {
		t.Errorf("a wrong token: %d %v", answer.StatusCode, answer.Cookies)
	}
	answer, _ := form(token)
	if answer.StatusCode != 303 || len(answer.Cookies) != 1 {
		t.Fatalf("the token: %d %v", answer.StatusCode, answer.Cookies)
	}
	c := answer.Cookies[0]
	if !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || strings.Contains(c.Value, token) {
		t.Errorf("the cookie is %v", c)
	}
	if answer, body := call(t, server, "GET", "/feeds/shop", "", "Cookie", c.Name+"="+c.Value); answer.StatusCode != 200 || !strings.Contains(body, "Log out") {
		t.Errorf("with the cookie: %d", answer.StatusCode)
	}
	if answer, _ := call(t, server, "POST", "/logout", "", "Cookie", c.Name+"="+c.Value); answer.Cookies[0].MaxAge >= 0 {
		t.Error("logging out leaves the cookie")
	}
}

// Who logs in gets the page that was asked for, and no other server's.
func TestLoginLeadsOn(t *testing.T) {
	const token = "a token of some length"
	server := serve(t, &fake{state: shop()}, func(o *Options) { o.Token = token })
	answer, _ := call(t, server, "GET", "/feeds/shop/sql?a=b%26c", "", "Accept", "text/html")
	login := answer.Header.Get("Location")
	_, body := call(t, server, "GET", login, "")
	field := regexp.MustCompile(`name="next" value="([^"]*)"`).FindStringSubmatch(body)
	if field == nil {
		t.Fatalf("%s has no field: %s", login, body)
	}
	for _, c := range []struct{ next, fragment, want string }{
		{html.UnescapeString(field[1]), "q=SELECT%201%20//%202%20--%3F%20..%2F", "/feeds/shop/sql?a=b%26c#q=SELECT%201%20//%202%20--%3F%20..%2F"},
		{"/feeds/a%2Fb", "", "/feeds/a%2Fb"},
		{"", "", "/"},
		{"/login?next=/login", "", "/"},
		{"/feeds/shop", "%zz", "/feeds/shop"},
		{"/feeds/shop", "a\r\nSet-Cookie: x", "/feeds/shop#a%0D%0ASet-Cookie:%20x"},
		{"https://evil.example/", "", "/"},
		{"//evil.example/", "", "/"},
		{"///evil.example/", "", "/"},
		{"/%2F/evil.example/", "", "/"},
		{`/\evil.example/`, "", "/%5Cevil.example/"},
		{`\\evil.example/`, "", "/"},
		{"/\t/evil.example", "", "/"},
		{"javascript:alert(1)", "", "/"},
		{"evil.example", "", "/"},
	} {
		form := url.Values{"token": {token}, "next": {c.next}, "fragment": {c.fragment}}.Encode()
		answer, _ := call(t, server, "POST", "/login", form, "Content-Type", "application/x-www-form-urlencoded")
		if got := answer.Header.Get("Location"); answer.StatusCode != 303 || got != c.want {
			t.Errorf("%q and %q: %d to %q, want %q", c.next, c.fragment, answer.StatusCode, got, c.want)
		}
	}
	form := url.Values{"token": {"wrong"}, "next": {"/feeds/shop"}, "fragment": {"q=1"}}.Encode()
	if _, body := call(t, server, "POST", "/login", form, "Content-Type", "application/x-www-form-urlencoded"); !strings.Contains(body, `value="/feeds/shop"`) || !strings.Contains(body, `value="q=1"`) {
		t.Error("a wrong token loses the page")
	}
}

// A page elsewhere whose name was made to lead here gets nothing, nor does one that is not of this site.
func TestOtherSites(t *testing.T) {
	f := &fake{state: shop()}
	server := serve(t, f, func(o *Options) { o.Hosts = []string{"localhost", "127.0.0.1", "::1"} })
	for host, status := range map[string]int{"localhost": 200, "LOCALHOST:80": 200, "127.0.0.1:1": 200, "[::1]:7": 200, "evil.example": 421, "localhost.evil.example": 421} {
		if answer, _ := call(t, server, "GET", "/api/v1/feeds", "", "Host", host); answer.StatusCode != status {
			t.Errorf("called %s: %d, want %d", host, answer.StatusCode, status)
		}
	}
	for _, headers := range [][]string{{"Origin", "https://evil.example"}, {"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}} {
		if answer, _ := call(t, server, "POST", "/api/v1/feeds/shop/look", "", headers...); answer.StatusCode != 403 || f.looks != 0 {
			t.Errorf("POST with %v: %d, %d looks", headers, answer.StatusCode, f.looks)
		}
	}
	if call(t, server, "POST", "/api/v1/feeds/shop/look", "", "Sec-Fetch-Site", "same-origin"); f.looks != 1 {
		t.Errorf("%d looks", f.looks)
	}
}

var inline = regexp.MustCompile(`(?i)<script>|<script [^>]*>[^<]|<style| style=|\son[a-z]+=|javascript:|https?://`)

// Pages carry nothing that the policy would refuse, and what comes from a feed is text in them.
func TestPages(t *testing.T) {
	state := shop()
	state.Failures = []Failure{broken()}
	server := serve(t, &fake{state: state}, nil)
	for path, wants := range map[string][]string{
		"/feeds/shop": {"1 dump could not be loaded", "Dump 854", "<dd>1,204</dd>", "user_id", "pageviews", "&lt;b&gt;not a number", "tried 3 times", "31 ids merged into 12",
			"Loading dump 856", "part 3 of 9", "accepted as lost", "90", "hx-post"},
		"/feeds/shop/live":  {"Dump 854"},
		"/feeds/shop/sql":   {"Ready-made", "FROM all_events", "data-nonce"},
		"/login":            {},
		"/feeds/none":       {"there is no feed"},
		"/feeds/shop/other": {"there is nothing at"},
	} {
		answer, body := call(t, server, "GET", path, "", "Accept", "text/html")
		if found := inline.FindString(body); found != "" {
			t.Errorf("%s has %q", path, found)
		}
		policy := answer.Header.Get("Content-Security-Policy")
		if !strings.Contains(policy, "default-src 'none'; script-src 'self';") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s: policy %q", path, policy)
		}
		for _, want := range wants {
			if !strings.Contains(strings.ToLower(body), strings.ToLower(want)) {
				t.Errorf("%s lacks %q", path, want)
			}
		}
	}
}

// Names of any length and direction keep to their place, and no reason is told twice.
func TestPageIsTidy(t *testing.T) {
	state := shop()
	state.Tables[1].Name = "\u202eslaed" + strings.Repeat("x", 200)
	state.Tables[1].Kind, state.Tables[0].Kind = "events", "users"
	state.Tables[0].Quarantined, state.Following.Error = 3, "no route"
	_, body := call(t, serve(t, &fake{state: state}, nil), "GET", "/feeds/shop", "")
	if !strings.Contains(body, "<bdi>"+state.Tables[1].Name+"</bdi>") {
		t.Error("a name turns round what stands behind it")
	}
	if n := strings.Count(body, `class="kind"`); n != 1 {
		t.Errorf("%d kinds are told, want that of the table whose name does not tell", n)
	}
	for _, text := range []string{"The last look at the feed failed: no route", "3 rows set aside in quarantine"} {
		if n := strings.Count(body, text); n != 1 {
			t.Errorf("%q is told %d times", text, n)
		}
	}
}

// What cannot be read is told, on the page and in short.
func TestUnreadable(t *testing.T) {
	server := serve(t, &fake{err: errors.New("the disk is gone")}, nil)
	if _, body := call(t, server, "GET", "/feeds/shop", ""); !strings.Contains(body, "The database cannot be read") {
		t.Error("the page does not tell")
	}
	if answer, body := call(t, server, "GET", "/readyz", ""); answer.StatusCode != 503 || !strings.Contains(body, "the disk is gone") {
		t.Error(answer.StatusCode, body)
	}
	if _, body := call(t, server, "GET", "/metrics", ""); !strings.Contains(body, `smew_up{feed="shop"} 0`) {
		t.Error("the metrics do not tell")
	}
}

func TestSeveralFeeds(t *testing.T) {
	one, two := &fake{state: shop()}, &fake{state: State{ReadAt: &now}}
	server := serve(t, one, func(o *Options) { o.Feeds = append(o.Feeds, two.feed("a/b c")) })
	if answer, body := call(t, server, "GET", "/", ""); answer.StatusCode != 200 || !strings.Contains(body, `href="/feeds/a%2Fb%20c"`) || !strings.Contains(body, "No dump is loaded yet") {
		t.Errorf("%d %s", answer.StatusCode, body)
	}
	if answer, body := call(t, server, "GET", "/feeds/a%2Fb%20c", ""); answer.StatusCode != 200 || !strings.Contains(body, "none loaded yet") {
		t.Error(answer.StatusCode)
	}
}

func TestMetrics(t *testing.T) {
	f := &fake{state: shop()}
	f.state.Failures, f.state.NextSync = []Failure{broken()}, at(-90*time.Second)
	s := &server{Options: Options{Feeds: []Feed{f.feed("shop")}, Now: func() time.Time { return now }}}
	registry := prometheus.NewRegistry()
	registry.MustRegister(feedCollector{s})
	if problems, err := testutil.GatherAndLint(registry); err != nil || len(problems) > 0 {
		t.Error(err, problems)
	}
	want := `
# HELP smew_failed_dumps Manifests that the database does not reflect.
# TYPE smew_failed_dumps gauge
smew_failed_dumps{feed="shop"} 1
# HELP smew_healthy Whether the feed is fresh and in whole: 1 or 0.
# TYPE smew_healthy gauge
smew_healthy{feed="shop"} 0
# HELP smew_late_seconds For how long the next dump has been due; 0: it is not.
# TYPE smew_late_seconds gauge
smew_late_seconds{feed="shop"} 90
# HELP smew_last_load_rows Rows that the last load read.
# TYPE smew_last_load_rows gauge
smew_last_load_rows{feed="shop"} 100
`
	if err := testutil.GatherAndCompare(registry, strings.NewReader(want), "smew_failed_dumps", "smew_healthy", "smew_late_seconds", "smew_last_load_rows"); err != nil {
		t.Error(err)
	}
}

// The dashboard asks for metrics that are there, as they are called, and for all that are smew's own.
func TestDashboard(t *testing.T) {
	_, body := call(t, serve(t, &fake{state: shop()}, nil), "GET", "/metrics", "")
	text, err := os.ReadFile("../docs/grafana.json")
	if err != nil {
		t.Fatal(err)
	}
	asked := map[string]bool{}
	for _, name := range regexp.MustCompile(`smew_[a-z_]+`).FindAllString(string(text), -1) {
		asked[name] = true
		if !strings.Contains(body, "\n"+name+"{") && !strings.Contains(body, "\n"+name+" ") {
			t.Errorf("the dashboard asks for %s, which there is not", name)
		}
	}
	told := regexp.MustCompile(`(?m)^# TYPE (smew_[a-z_]+) `).FindAllStringSubmatch(body, -1)
	if len(told) < 25 {
		t.Errorf("only %d metrics are told", len(told))
	}
	for _, name := range told {
		if !asked[name[1]] && !asked[name[1]+"_bucket"] {
			t.Errorf("the dashboard does not show %s", name[1])
		}
	}
	page, err := os.ReadFile("../docs/page.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range told {
		if !strings.Contains(string(page), "`"+name[1]+"`") {
			t.Errorf("docs/page.md does not tell of %s", name[1])
		}
	}
}

// What is wrong with exports is told, and what is sent is shown as it is.
func TestShowsExports(t *testing.T) {
	state := shop()
	state.Exports[0].Troubles = []ExportTrouble{{"dropped", "49 rows, after 100", now.Add(-time.Hour)}}
	server := serve(t, &fake{state: state}, nil)
	_, body := call(t, server, "GET", "/feeds/shop", "")
	for _, want := range []string{`id="export-crm"`, "has far fewer rows than before", "49 rows, after 100", "s3://crm/in", `id="run-2"`, "no &lt;room&gt;", "1,&lt;i&gt;Ada&lt;/i&gt;",
		"2 attempts", "1,000 rows in the model", "ababababab", "never"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not have %q", want)
		}
	}
	if answer, body := call(t, server, "GET", "/readyz", ""); answer.StatusCode != 200 {
		t.Errorf("an export keeps the feed from being ready: %s", body)
	}
	_, metrics := call(t, server, "GET", "/metrics", "")
	for _, want := range []string{`smew_export_troubles{export="crm",feed="shop"} 1`, `smew_export_troubles{export="never",feed="shop"} 0`, `smew_export_rows{export="crm",feed="shop"} 6`,
		`smew_export_left_out_rows{export="crm",feed="shop"} 4`, `smew_export_bytes{export="crm",feed="shop"} 99`} {
		if !strings.Contains(metrics, want+"\n") {
			t.Errorf("the metrics do not have %s", want)
		}
	}
	if strings.Contains(metrics, `smew_export_rows{export="never"`) {
		t.Error("an export that never ran has rows")
	}
}

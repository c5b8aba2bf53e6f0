package alert

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"crypto/hmac"
	"crypto/sha256"
)

// service is a local server that keeps what it gets, and answers what it is told to, in turn and then 200.
type service struct {
	*httptest.Server
	lock    sync.Mutex
	got     []received
	answers []answer
	refuse  func(body string) bool // answered with 403
}

type received struct {
	path   string
	header http.Header
	body   string
}

type answer struct {
	status int
	header map[string]string
	body   string
}

func serve(t *testing.T, answers ...answer) *service {
	s := &service{answers: answers}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.lock.Lock()
		s.got = append(s.got, received{r.URL.Path, r.Header.Clone(), string(body)})
		a := answer{status: 200, body: "ok"}
		if len(s.answers) > 0 {
			a, s.answers = s.answers[0], s.answers[1:]
		}
		if s.refuse != nil && s.refuse(string(body)) {
			a = answer{status: 403}
		}
		s.lock.Unlock()
		if a.status == 0 { // never answers
			<-r.Context().Done()
			return
		}
		for name, value := range a.header {
			w.Header().Set(name, value)
		}
		w.WriteHeader(a.status)
		io.WriteString(w, a.body)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *service) received() []received {
	s.lock.Lock()
	defer s.lock.Unlock()
	return slices.Clone(s.got)
}

// one is the only request that the service got.
func (s *service) one(t *testing.T) received {
	t.Helper()
	got := s.received()
	if len(got) != 1 {
		t.Fatalf("%d requests came: %v", len(got), got)
	}
	return got[0]
}

func quick() wire {
	client := newClient()
	client.Timeout = 300 * time.Millisecond
	return wire{client: client, first: time.Millisecond, most: 5 * time.Second, now: func() time.Time { return noon }}
}

var firing = Message{
	ID: "smew-1", At: noon, Feed: "shop", Alert: DumpFailed, State: Firing, Severity: Critical,
	Title: "dump <856> could not be loaded", Details: []string{"part 3 & 4"}, Advice: "See docs.", Link: "https://smew.example",
}

func over(m Message) Message {
	m.ID, m.State, m.Title = "smew-2", Recovered, "no dump fails any more"
	return m
}

// decode reads JSON into nested maps.
func decode(t *testing.T, text string) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return v
}

// in finds a value in nested maps and lists: in(v, "attachments", 0, "color")
func in(v any, path ...any) any {
	for _, step := range path {
		switch at := step.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[at]
		case int:
			l, _ := v.([]any)
			if at >= len(l) {
				return nil
			}
			v = l[at]
		}
	}
	return v
}

func TestSlack(t *testing.T) {
	s := serve(t)
	ch := Channel{Name: "team", Slack: &Slack{URL: Secret(s.URL + "/services/T1/B2/xyz")}}
	if err := quick().send(t.Context(), ch, "", firing); err != nil {
		t.Fatal(err)
	}
	got := s.one(t)
	body := decode(t, got.body)
	for _, want := range []struct {
		is   any
		want string
	}{
		{got.path, "/services/T1/B2/xyz"}, {got.header.Get("Content-Type"), "application/json"},
		{in(body, "text"), "[CRITICAL] shop: dump &lt;856&gt; could not be loaded"},
		{in(body, "attachments", 0, "color"), "#c62828"},
		{in(body, "attachments", 0, "text"), "- part 3 &amp; 4\n\nSee docs.\nhttps://smew.example\n"},
	} {
		if want.is != want.want {
			t.Errorf("got %v, want %q", want.is, want.want)
		}
	}
}

func TestPagerDuty(t *testing.T) {
	s := serve(t, answer{status: 202}, answer{status: 202}, answer{status: 202})
	ch := Channel{Name: "call", PagerDuty: &PagerDuty{RoutingKey: "R0123456789", BaseURL: s.URL}}
	notice := firing
	notice.ID, notice.State = "smew-3", Notice
	for _, m := range []Message{firing, over(firing), notice} {
		if err := quick().send(t.Context(), ch, "", m); err != nil {
			t.Fatal(err)
		}
	}
	var events []map[string]any
	for _, r := range s.received() {
		if r.path != "/v2/enqueue" {
			t.Errorf("sent to %s", r.path)
		}
		events = append(events, decode(t, r.body))
	}
	first, last, third := events[0], events[1], events[2]
	if in(first, "event_action") != "trigger" || in(last, "event_action") != "resolve" || in(first, "routing_key") != "R0123456789" {
		t.Errorf("got %v and %v", first, last)
	}
	if in(first, "dedup_key") != in(last, "dedup_key") {
		t.Error("the incident is not resolved by the key it was triggered with")
	}
	if in(third, "dedup_key") == in(first, "dedup_key") {
		t.Error("a notice went into the incident of an alert, which would end it")
	}
	payload := in(first, "payload")
	if in(payload, "severity") != "critical" || in(payload, "summary") != firing.Subject() || in(payload, "source") != "smew shop" ||
		in(payload, "custom_details", "details", 0) != "part 3 & 4" || in(first, "links", 0, "href") != firing.Link {
		t.Errorf("got %v", payload)
	}
}

func TestSMS(t *testing.T) {
	s := serve(t, answer{status: 201})
	ch := Channel{Name: "phone", SMS: &SMS{Account: "AC1", Token: "token", From: "+4930123456", To: []string{"+49170111222"}, BaseURL: s.URL + "/"}}
	if err := quick().send(t.Context(), ch, "+49170111222", firing); err != nil {
		t.Fatal(err)
	}
	got := s.one(t)
	if got.path != "/2010-04-01/Accounts/AC1/Messages.json" {
		t.Errorf("sent to %s", got.path)
	}
	req := http.Request{Header: got.header}
	if user, password, _ := req.BasicAuth(); user != "AC1" || password != "token" {
		t.Errorf("logged in as %s with %s", user, password)
	}
	if want := "Body=smew+%5BCRITICAL%5D+shop%3A+dump+%3C856%3E+could+not+be+loaded&From=%2B4930123456&To=%2B49170111222"; got.body != want {
		t.Errorf("got  %s\nwant %s", got.body, want)
	}
	by := serve(t, answer{status: 201})
	service := Channel{SMS: &SMS{Account: "AC1", Token: "token", From: "MG77", BaseURL: by.URL}}
	if err := quick().send(t.Context(), service, "+49170111222", firing); err != nil || !strings.Contains(by.one(t).body, "MessagingServiceSid=MG77") {
		t.Errorf("a messaging service is not used: %v", err)
	}
}

// A receiver that follows the Standard Webhooks specification can check the signature.
func TestWebhook(t *testing.T) {
	key := []byte("a key of some bytes")
	s := serve(t)
	ch := Channel{Name: "hook", Webhook: &Webhook{URL: Secret(s.URL), Secret: Secret("whsec_" + base64.StdEncoding.EncodeToString(key))}}
	if err := quick().send(t.Context(), ch, "", firing); err != nil {
		t.Fatal(err)
	}
	got := s.one(t)
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("smew-1." + fmt.Sprint(noon.Unix()) + "." + got.body))
	want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	if got.header.Get("webhook-signature") != want || got.header.Get("webhook-id") != "smew-1" || got.header.Get("webhook-timestamp") != fmt.Sprint(noon.Unix()) {
		t.Errorf("signed %v, want %s", got.header, want)
	}
	if body := decode(t, got.body); in(body, "alert") != "dump-failed" || in(body, "severity") != "critical" || in(body, "state") != "firing" || in(body, "details", 0) != "part 3 & 4" {
		t.Errorf("got %v", body)
	}
}

func TestRetries(t *testing.T) {
	for name, test := range map[string]struct {
		answers []answer
		tries   int
		fails   string
		final   bool
	}{
		"well":                           {[]answer{{status: 204}}, 1, "", false},
		"busy, then well":                {[]answer{{status: 503}, {status: 500}}, 3, "", false},
		"too many, and asked to wait":    {[]answer{{status: 429, header: map[string]string{"Retry-After": "1"}}}, 2, "", false},
		"too many, and to wait for long": {[]answer{{status: 429, header: map[string]string{"Retry-After": "600"}}}, 1, "429 Too Many Requests", false},
		"no such channel":                {[]answer{{status: 404, body: "no_service"}}, 1, "404 Not Found: no_service", true},
		"wrong key":                      {[]answer{{status: 403}}, 1, "403 Forbidden", true},
		"a redirect is not followed":     {[]answer{{status: 302, header: map[string]string{"Location": "/elsewhere"}}}, 1, "302 Found", true},
		"down":                           {[]answer{{status: 502}, {status: 502}, {status: 502}, {status: 502}, {status: 502}}, 4, "502 Bad Gateway", false},
		"an answer that never comes":     {[]answer{{}}, 2, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, test.answers...)
			err := quick().send(t.Context(), Channel{Slack: &Slack{URL: Secret(s.URL + "/secret-path")}}, "", firing)
			if n := len(s.received()); n != test.tries {
				t.Errorf("%d tries, want %d", n, test.tries)
			}
			if (err == nil) != (test.fails == "") || err != nil && !strings.Contains(err.Error(), test.fails) {
				t.Errorf("error %v, want %q", err, test.fails)
			}
			var failed *sendError
			if errors.As(err, &failed) && failed.final != test.final {
				t.Errorf("final is %v", failed.final)
			}
		})
	}
}

// No error tells a secret, whatever the server answers and the network does.
func TestErrorsHideSecrets(t *testing.T) {
	const secret = "s3cr3t-t0k3n"
	dead := httptest.NewServer(nil)
	dead.Close()
	echo := serve(t)
	echo.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.WriteHeader(400)
		fmt.Fprint(w, r.URL.Path, r.Header.Get("Authorization"), string(body))
	})
	for _, url := range []string{dead.URL, echo.URL} {
		for _, ch := range []Channel{
			{Slack: &Slack{URL: Secret(url + "/" + secret)}},
			{PagerDuty: &PagerDuty{RoutingKey: secret, BaseURL: url}},
			{SMS: &SMS{Account: "AC1", Token: secret, BaseURL: url}},
			{Webhook: &Webhook{URL: Secret(url + "/" + secret), Secret: secret}},
			{Slack: &Slack{URL: "http://%zz/" + secret}},
		} {
			err := quick().send(t.Context(), ch, "+4930123456", Message{Title: "x"})
			if err == nil || strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), base64.StdEncoding.EncodeToString([]byte("AC1:"+secret))) {
				t.Errorf("%s: error %v", ch.Kind(), err)
			}
		}
	}
}

func TestSecret(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(path, []byte("from-file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for s, want := range map[Secret]string{"given": "given", Secret("file:" + path): "from-file"} {
		if got, err := s.reveal(); err != nil || got != want {
			t.Errorf("%q, %v", got, err)
		}
		text, err := json.Marshal(map[string]any{"s": s})
		all := fmt.Sprintf("%v %s %q %x %+v %#v %d %s %v", s, s, s, s, struct{ S Secret }{s}, s, s, text, err)
		if strings.Contains(all, "given") || strings.Contains(all, fmt.Sprintf("%x", "given")) || strings.Contains(all, path) {
			t.Errorf("printed: %s", all)
		}
	}
	if _, err := Secret("file:" + path + ".not").reveal(); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v", err)
	}
}

func TestInterruptedWhileWaiting(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := serve(t, answer{status: 429, header: map[string]string{"Retry-After": "4"}})
	go func() {
		for len(s.received()) == 0 {
			time.Sleep(time.Millisecond)
		}
		cancel()
	}()
	if err := quick().send(ctx, Channel{Slack: &Slack{URL: Secret(s.URL)}}, "", firing); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

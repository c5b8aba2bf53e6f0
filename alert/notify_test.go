package alert

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// told is a notifier with a clock that stands still until it is moved.
type told struct {
	*Notifier
	clock time.Time
}

func newTold(t *testing.T, c Config, store Store) *told {
	t.Helper()
	to := &told{clock: noon}
	n, err := New(Options{Config: c, Store: store, Now: func() time.Time { return to.clock }})
	if err != nil {
		t.Fatal(err)
	}
	n.wire.first = time.Millisecond
	to.Notifier = n
	return to
}

// after moves the clock and has a round.
func (to *told) after(d time.Duration, feeds ...Feed) (Round, error) {
	to.clock = noon.Add(d)
	for i := range feeds {
		if feeds[i].Name == "" {
			feeds[i].Name = "shop"
		}
	}
	return to.Round(context.Background(), Facts{Now: to.clock, Feeds: feeds})
}

func hook(name string, s *service) Channel {
	return Channel{Name: name, Webhook: &Webhook{URL: Secret(s.URL)}}
}

// titles are the subjects of the messages that a webhook got.
func titles(t *testing.T, s *service) (all []string) {
	t.Helper()
	for _, r := range s.received() {
		m := decode(t, r.body)
		all = append(all, fmt.Sprint(in(m, "state"), ": ", in(m, "title")))
	}
	return all
}

func want(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

const (
	isFailing = "firing: dump 856 could not be loaded"
	isOver    = "recovered: no dump fails any more"
)

func file(t *testing.T) File { return File(filepath.Join(t.TempDir(), "shop.duckdb.alerts.json")) }

func TestRoundsTellEachChangeOnce(t *testing.T) {
	s, store := serve(t), file(t)
	c := Config{Channels: []Channel{hook("hook", s)}}
	for i, round := range []struct {
		after time.Duration
		feed  Feed
		sent  int
	}{{time.Hour, failing(856), 1}, {2 * time.Hour, failing(856), 0}, {3 * time.Hour, failing(), 1}, {4 * time.Hour, failing(), 0}} {
		to := newTold(t, c, store) // every round is a new process
		if r, err := to.after(round.after, round.feed); err != nil || r.Sent != round.sent || r.Waiting != 0 {
			t.Errorf("round %d: %+v, %v", i+1, r, err)
		}
	}
	want(t, titles(t, s), isFailing, isOver)
}

// What could not be sent is sent later and in order, after a pause, also by the next process.
func TestWhatCouldNotBeSentIsSentLater(t *testing.T) {
	s, store := serve(t, answer{status: 503}, answer{status: 503}, answer{status: 503}, answer{status: 503}), file(t)
	c := Config{Channels: []Channel{hook("hook", s)}}
	to := newTold(t, c, store)
	if r, err := to.after(time.Hour, failing(856)); err == nil || r.Sent != 0 || r.Waiting != 1 || !strings.Contains(err.Error(), "tell hook: ") {
		t.Fatalf("%+v, %v", r, err)
	}
	tries := len(s.received())
	if r, err := to.after(time.Hour+30*time.Second, failing()); err != nil || r.Waiting != 2 {
		t.Errorf("%+v, %v", r, err)
	}
	if len(s.received()) != tries {
		t.Error("a channel that was just down is tried again at once")
	}
	to = newTold(t, c, store)
	if r, err := to.after(time.Hour+2*time.Minute, failing()); err != nil || r.Sent != 2 || r.Waiting != 0 {
		t.Errorf("%+v, %v", r, err)
	}
	want(t, titles(t, s)[tries:], isFailing, isOver)
	if id := in(decode(t, s.received()[0].body), "id"); id != in(decode(t, s.received()[tries].body), "id") {
		t.Error("the message has another id when it is sent again: it cannot be told from a new one")
	}
}

// When a message is sent, the state that it comes of is saved already, with the message in it.
func TestStateIsSavedBeforeSending(t *testing.T) {
	s, store := serve(t), file(t)
	var saved State
	var err error
	s.refuse = func(string) bool { saved, err = store.Peek(); return false }
	newTold(t, Config{Channels: []Channel{hook("hook", s)}}, store).after(time.Hour, failing(856))
	if err != nil || len(saved.Outbox) != 1 || len(saved.Feeds["shop"].Alerts[DumpFailed].Items) != 1 {
		t.Errorf("%+v, %v", saved, err)
	}
}

// crashing is a store that dies before or after a save.
type crashing struct {
	File
	at    int // the save that is not done
	saves int
}

func (c *crashing) Save(s State) error {
	if c.saves++; c.saves == c.at {
		panic("crash")
	}
	return c.File.Save(s)
}

// A process that dies at any save has lost no message and sent none more than twice.
func TestCrashes(t *testing.T) {
	for at := 1; at <= 3; at++ {
		s, store := serve(t), file(t)
		c := Config{Channels: []Channel{hook("hook", s)}}
		func() {
			defer func() { recover() }()
			to := newTold(t, c, &crashing{File: store, at: at})
			// The goroutine that sends would take the test with it, so it is called as Round does.
			to.clock = noon.Add(time.Hour)
			feed := failing(856)
			feed.Name = "shop"
			after, messages := Judge(c, Facts{Now: to.clock, Feeds: []Feed{feed}}, State{})
			after.Outbox = c.post(after.Outbox, messages)
			to.state = after
			to.save()
			(&sending{Notifier: to.Notifier}).sendTo(t.Context(), c.Channels[0], Target{"hook", ""}, messages)
		}()
		if _, err := newTold(t, c, store).after(2*time.Hour, failing(856)); err != nil {
			t.Fatal(err)
		}
		if _, err := newTold(t, c, store).after(3*time.Hour, failing(856)); err != nil {
			t.Fatal(err)
		}
		got := titles(t, s)
		if len(got) < 1 || len(got) > 2 || slices.ContainsFunc(got, func(m string) bool { return m != isFailing }) {
			t.Errorf("crash at save %d: told %q", at, got)
		}
	}
}

// full is a store whose disk is full, or whose file cannot be read.
type full struct{ load, save error }

func (f full) Load() (State, error) { return State{}, f.load }
func (f full) Save(State) error     { return f.save }

// Where nothing can be saved, everything is told all the same, and once.
func TestFullDisk(t *testing.T) {
	s := serve(t)
	to := newTold(t, Config{Channels: []Channel{hook("hook", s)}}, full{errors.New("denied"), errors.New("no room")})
	_, err := to.after(time.Hour, failing(856))
	if err == nil || !strings.Contains(err.Error(), "no room") || !strings.Contains(err.Error(), "denied") {
		t.Errorf("error %v", err)
	}
	to.after(2*time.Hour, failing(856))
	want(t, titles(t, s), isFailing)
}

func TestBrokenState(t *testing.T) {
	s, store := serve(t), file(t)
	if err := os.WriteFile(string(store), []byte(`{"feeds": `), 0o600); err != nil {
		t.Fatal(err)
	}
	to := newTold(t, Config{Channels: []Channel{hook("hook", s)}}, store)
	_, err := to.after(time.Hour, failing(856))
	var broken *BrokenError
	if !errors.As(err, &broken) {
		t.Errorf("error %v", err)
	}
	if text, err := os.ReadFile(string(store) + ".broken"); err != nil || string(text) != `{"feeds": ` {
		t.Errorf("the broken state is not kept: %q, %v", text, err)
	}
	want(t, titles(t, s), isFailing)
	info, err := os.Stat(string(store))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if left, _ := filepath.Glob(string(store) + ".new-*"); left != nil {
		t.Errorf("left behind: %v", left)
	}
}

func TestRoutes(t *testing.T) {
	all, critical, other, chosen := serve(t), serve(t), serve(t), serve(t)
	pager, elsewhere, dumps := hook("critical", critical), hook("other", other), hook("chosen", chosen)
	pager.Severity, elsewhere.Feeds = Critical, []string{"blog"}
	c := Config{
		Channels: []Channel{hook("all", all), pager, elsewhere, dumps},
		Rules: map[Kind]Rule{
			DumpFailed: {Severity: Warning, After: Span(0), Escalate: Span(2 * time.Hour)},
			FeedLate:   {Severity: Warning, To: []string{"chosen"}},
		},
	}
	to := newTold(t, c, file(t))
	to.after(0, failing(856))
	want(t, titles(t, critical))
	to.after(2*time.Hour, failing(856)) // it became critical
	to.after(3*time.Hour, failing())
	want(t, titles(t, all), isFailing, isFailing, isOver)
	want(t, titles(t, critical), isFailing, isOver)
	want(t, titles(t, other))
	to.after(4*time.Hour, reported(856, "succeeded", 0, time.Hour))
	want(t, titles(t, chosen)[3:], "firing: the next dump is late")
	if len(titles(t, all)) != 3 {
		t.Error("a channel that is not chosen was told")
	}
}

// unreachableFeeds are so many feeds that cannot be looked at since noon.
func unreachableFeeds(n int) (all []Feed) {
	for i := range n {
		all = append(all, Feed{Name: fmt.Sprint("feed", i), Look: &Look{"denied", noon}})
	}
	return all
}

// Many alerts at once are one message, except where each opens an incident.
func TestFlood(t *testing.T) {
	s, pager := serve(t), serve(t)
	c := Config{Channels: []Channel{hook("hook", s), {Name: "call", PagerDuty: &PagerDuty{RoutingKey: "key", BaseURL: pager.URL}}}}
	to := newTold(t, c, file(t))
	to.after(time.Hour, unreachableFeeds(5)...)
	if n := len(s.received()); n != 5 {
		t.Errorf("five alerts made %d messages", n)
	}
	to = newTold(t, c, file(t))
	r, err := to.after(time.Hour, unreachableFeeds(60)...)
	if err != nil || r.Waiting != 0 || len(r.Messages) != 60 {
		t.Errorf("%d messages, %d waiting, %v", len(r.Messages), r.Waiting, err)
	}
	want(t, titles(t, s)[5:], "summary: 60 alerts at once, 0 of them over")
	last := decode(t, s.received()[5].body)
	if in(last, "severity") != "critical" || in(last, "details", 0) != "[CRITICAL] feed0: the feed cannot be looked at" ||
		in(last, "details", 40) != "and 20 more" || in(last, "parts", 59, "feed") != "feed59" {
		t.Errorf("got %v", last)
	}
	if n := len(pager.received()); n != 65 {
		t.Errorf("%d incidents, want 65", n)
	}
}

// A summary that is sent again is told from one that has more to say: who passes over ids that they know would miss that.
func TestSummariesAreToldApart(t *testing.T) {
	var messages []Message
	for i := range 7 {
		messages = append(messages, Message{ID: fmt.Sprint(i), State: Firing})
	}
	id := func(n int, now time.Time) string { return gather(messages[:n], 5, now)[0].ID }
	if id(6, noon) != id(6, noon.Add(time.Hour)) {
		t.Error("sent again, it has another id")
	}
	if id(6, noon) == id(7, noon) {
		t.Error("with a message more, it has the same id")
	}
}

// A message that is refused for ever holds up the others for a round at most, and one that will never be taken ends.
func TestRefused(t *testing.T) {
	s := serve(t, answer{status: 400, body: "too odd"})
	to := newTold(t, Config{Channels: []Channel{hook("hook", s)}}, file(t))
	r, err := to.after(time.Hour, failing(856))
	if err == nil || r.Waiting != 1 || !strings.Contains(err.Error(), "too odd") {
		t.Fatalf("%+v, %v", r, err)
	}
	s.lock.Lock()
	s.answers = []answer{{status: 400}}
	s.lock.Unlock()
	if r, err = to.after(2*time.Hour, failing()); err == nil || r.Sent != 1 || r.Waiting != 0 {
		t.Errorf("%+v, %v", r, err)
	}
	want(t, titles(t, s), isFailing, isFailing, isOver)
}

// A key that is refused costs requests after each pause, not in each round, and loses nothing.
func TestWrongKey(t *testing.T) {
	s := serve(t, answer{status: 403}, answer{status: 403}, answer{status: 403}, answer{status: 403})
	to := newTold(t, Config{Channels: []Channel{hook("hook", s)}}, file(t))
	other := failing(7)
	other.Name = "other"
	for _, round := range []struct {
		after    time.Duration
		requests int // so far: one a message
	}{{0, 2}, {10 * time.Second, 2}, {70 * time.Second, 4}, {140 * time.Second, 4}} { // the second pause is two minutes
		to.after(time.Hour+round.after, failing(856), other)
		if n := len(s.received()); n != round.requests {
			t.Errorf("%d requests after %v, want %d", n, round.after, round.requests)
		}
	}
	if r, err := to.after(2*time.Hour, failing(856), other); err != nil || r.Sent != 2 || r.Waiting != 0 {
		t.Errorf("%+v, %v", r, err)
	}
}

// A service that asks to be left alone for a while is.
func TestRetryAfter(t *testing.T) {
	s := serve(t, answer{status: 429, header: map[string]string{"Retry-After": "600"}})
	to := newTold(t, Config{Channels: []Channel{hook("hook", s)}}, file(t))
	to.after(time.Hour, failing(856))
	to.after(time.Hour+9*time.Minute, failing(856))
	if n := len(s.received()); n != 1 {
		t.Errorf("%d requests", n)
	}
	if r, err := to.after(time.Hour+10*time.Minute, failing(856)); err != nil || r.Sent != 1 {
		t.Errorf("%+v, %v", r, err)
	}
}

// Each of several people is told once, though one of them cannot be reached.
func TestPeopleAreToldApart(t *testing.T) {
	s := serve(t)
	s.refuse = func(body string) bool { return strings.Contains(body, "To=%2B49170000002") }
	sms := &SMS{Account: "AC1", Token: "token", From: "+4930123456", To: []string{"+49170000001", "+49170000002", "+49170000003"}, BaseURL: s.URL}
	to := newTold(t, Config{Channels: []Channel{{Name: "phone", SMS: sms}}}, file(t))
	if r, err := to.after(time.Hour, failing(856)); err == nil || r.Sent != 2 || r.Waiting != 1 {
		t.Errorf("%+v, %v", r, err)
	}
	s.lock.Lock()
	s.refuse = nil
	s.lock.Unlock()
	if r, err := to.after(2*time.Hour, failing(856)); err != nil || r.Sent != 1 || r.Waiting != 0 {
		t.Errorf("%+v, %v", r, err)
	}
}

// A channel that is no longer configured leaves nothing waiting.
func TestChannelIsGone(t *testing.T) {
	s, store := serve(t, answer{status: 403}), file(t)
	newTold(t, Config{Channels: []Channel{hook("hook", s)}}, store).after(time.Hour, failing(856))
	if r, err := newTold(t, Config{}, store).after(2*time.Hour, failing(856)); err != nil || r.Waiting != 0 {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestStopped(t *testing.T) {
	s := serve(t, answer{status: 503, header: map[string]string{"Retry-After": "5"}})
	store := file(t)
	to := newTold(t, Config{Channels: []Channel{hook("hook", s)}}, store)
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	feed := failing(856)
	feed.Name = "shop"
	to.clock = noon.Add(time.Hour)
	if r, err := to.Round(ctx, Facts{Now: to.clock, Feeds: []Feed{feed}}); r.Sent != 0 || r.Waiting != 1 {
		t.Errorf("%+v, %v", r, err)
	}
	// The next process sends it at once: that this one was stopped says nothing of the channel.
	if r, err := newTold(t, to.config, store).after(time.Hour, failing(856)); err != nil || r.Sent != 1 {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestTestMessage(t *testing.T) {
	good, bad := serve(t), serve(t, answer{status: 404, body: "no_service"})
	to := newTold(t, Config{Channels: []Channel{hook("good", good), hook("bad", bad)}}, full{})
	if err := to.Test(t.Context(), "good"); err != nil {
		t.Error(err)
	}
	want(t, titles(t, good), "test: a test message of smew")
	if err := to.Test(t.Context(), "bad"); err == nil || !strings.Contains(err.Error(), "tell bad: ") || !strings.Contains(err.Error(), "no_service") {
		t.Errorf("error %v", err)
	}
	if err := to.Test(t.Context(), "none"); err == nil {
		t.Error("there is no such channel")
	}
}

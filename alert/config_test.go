package alert

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
)

const whole = `
channels:
  - name: team
    slack: {url: "https://hooks.slack.com/services/T/B/x"}
  - name: on-call
    severity: critical
    pagerduty: {routing-key: abc}
  - name: desk
    feeds: [shop]
    email: {host: smtp.example.com, tls: tls, username: smew, password: secret, from: smew@example.com, to: [a@example.com, "B <b@example.com>"]}
  - name: phone
    sms: {account: AC1, token: "12345", from: "+4930123456", to: ["+4930123457"]}
  - name: hook
    webhook: {url: "https://example.com/hook", secret: whsec_c2VjcmV0}
rules:
  feed-late: {after: 90m, escalate: 0s, max-age: 26h, to: [team]}
  rows-dropped: {drop: 95, min-rows: 10}
  schema-changed: {severity: off}
most: 3
remind: 24h
link: https://smew.example
`

func decodeConfig(t *testing.T, text string) (c Config) {
	t.Helper()
	if err := yaml.UnmarshalWithOptions([]byte(text), &c, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestConfig(t *testing.T) {
	c := decodeConfig(t, whole)
	if problems := c.Validate(); len(problems) > 0 {
		t.Fatal(problems)
	}
	late := c.Rule(FeedLate)
	if late.Severity != Warning || late.After.Span != 90*time.Minute || late.Escalate.Span != 0 || late.MaxAge.Span != 26*time.Hour || late.To[0] != "team" {
		t.Errorf("feed-late is %+v", late)
	}
	if dropped := c.Rule(RowsDropped); dropped.Drop != 95 || dropped.MinRows != 10 || dropped.Severity != Warning {
		t.Errorf("rows-dropped is %+v", dropped)
	}
	if off := c.Rule(SchemaChanged); off.Severity != Off {
		t.Errorf("schema-changed is %+v", off)
	}
	if failed := c.Rule(DumpFailed); failed.Severity != Critical || failed.After.Span != 10*time.Minute {
		t.Errorf("dump-failed is %+v", failed)
	}
	for _, k := range Kinds() {
		if c.Rule(k).Severity == "" || words[k].many == "" || words[k].recovered == "" || words[k].advice == "" {
			t.Errorf("%s has no severity, or no words", k)
		}
	}
	text, err := yaml.Marshal(c)
	if err != nil || strings.Contains(string(text), "secret") && strings.Contains(string(text), "password: secret") || strings.Contains(string(text), "hooks.slack.com") {
		t.Errorf("written with secrets: %s %v", text, err)
	}
}

// Each problem is told with its place, which is a path in the file.
func TestValidate(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, []byte("\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ text, want string }{
		{`channels: [{slack: {url: "https://x"}}]`, "channels[0]: name is missing"},
		{`channels: [{name: a, slack: {url: "https://x"}}, {name: a, slack: {url: "https://x"}}]`, `channels[1].name: another channel is called "a" too`},
		{`channels: [{name: a}]`, "channels[0]: want exactly one of slack, pagerduty, email, sms and webhook"},
		{`channels: [{name: a, slack: {url: "https://x"}, webhook: {url: "https://x"}}]`, "channels[0]: want exactly one of"},
		{`channels: [{name: a, severity: loud, slack: {url: "https://x"}}]`, `channels[0].severity: "loud" is neither`},
		{`channels: [{name: a, severity: off, slack: {url: "https://x"}}]`, `channels[0].severity: "off" is neither`},
		{`channels: [{name: a, slack: {}}]`, "channels[0].slack: url is missing"},
		{`channels: [{name: a, slack: {url: hooks.slack.com}}]`, "channels[0].slack.url: is no address: want https://…"},
		{`channels: [{name: a, slack: {url: "file:/not/there"}}]`, "channels[0].slack.url: read secret: open /not/there"},
		{`channels: [{name: a, pagerduty: {routing-key: "file:` + empty + `"}}]`, "channels[0].pagerduty.routing-key: read secret: " + empty + " is empty"},
		{`channels: [{name: a, pagerduty: {routing-key: x, base-url: ftp://x}}]`, `channels[0].pagerduty.base-url: "ftp://x" is no address`},
		{`channels: [{name: a, email: {from: a@b, to: [a@b]}}]`, "channels[0].email: host is missing"},
		{`channels: [{name: a, email: {host: h, to: [a@b]}}]`, "channels[0].email: from is missing"},
		{`channels: [{name: a, email: {host: h, from: a@b}}]`, "channels[0].email: to is missing"},
		{`channels: [{name: a, email: {host: h, from: a@b, to: [a@b, nobody]}}]`, `channels[0].email.to[1]: "nobody" is no mail address`},
		{`channels: [{name: a, email: {host: h, port: 70000, from: a@b, to: [a@b]}}]`, "channels[0].email.port: 70000 is no port"},
		{`channels: [{name: a, email: {host: h, tls: ssl, from: a@b, to: [a@b]}}]`, `channels[0].email.tls: "ssl" is none of`},
		{`channels: [{name: a, email: {host: h, username: u, from: a@b, to: [a@b]}}]`, "channels[0].email: password is missing"},
		{`channels: [{name: a, email: {host: h, password: p, from: a@b, to: [a@b]}}]`, "channels[0].email: username is missing"},
		{`channels: [{name: a, email: {host: h, tls: none, username: u, password: p, from: a@b, to: [a@b]}}]`, "channels[0].email.tls: a password is not sent without encryption"},
		{`channels: [{name: a, sms: {account: A, token: t, from: "+4930123456", to: [+4930123456]}}]`, `channels[0].sms.to[0]: "4930123456" is no number: want it in quotes`},
		{`channels: [{name: a, sms: {account: A, token: t, from: "", to: ["+4930123456"]}}]`, "channels[0].sms: from is missing"},
		{`channels: [{name: a, webhook: {url: "https://x", secret: whsec_?}}]`, "channels[0].webhook.secret: is not base64 behind whsec_"},
		{`rules: {feed-lost: {}}`, "rules.feed-lost: there is no alert of this name: want one of feed-unreachable, feed-late"},
		{`rules: {feed-late: {severity: loud}}`, `rules.feed-late.severity: "loud" is none of off, warning and critical`},
		{`rules: {feed-late: {after: soon}}`, `rules.feed-late.after: "soon" is no duration: want one such as 30m or 24h`},
		{`rules: {feed-late: {after: -1h}}`, `rules.feed-late.after: "-1h" is no duration`},
		{`rules: {feed-late: {after: 5}}`, `rules.feed-late.after: "5" is no duration`},
		{`rules: {feed-late: {to: [nobody]}}`, `rules.feed-late.to[0]: there is no channel "nobody"`},
		{`rules: {dump-failed: {max-age: 1h}}`, "rules.dump-failed.max-age: is for feed-late only"},
		{`rules: {dump-failed: {drop: 10}}`, "rules.dump-failed.drop: is for rows-dropped only"},
		{`rules: {rows-dropped: {drop: 101}}`, "rules.rows-dropped.drop: 101 is no percentage"},
		{`most: -1`, "most: -1 is less than 0"},
		{`remind: daily`, `remind: "daily" is no duration`},
		{`link: here`, `link: "here" is no address`},
	} {
		problems := decodeConfig(t, test.text).Validate()
		if len(problems) != 1 || !strings.HasPrefix(problems[0].String(), test.want) {
			t.Errorf("%s:\ngot  %v\nwant %s", test.text, problems, test.want)
			continue
		}
		place, err := yaml.PathString("$." + problems[0].Path)
		if err != nil {
			t.Errorf("%s: %v", test.text, err)
			continue
		}
		if _, err := place.AnnotateSource([]byte(test.text), false); err != nil {
			t.Errorf("%s: the file has no %s: %v", test.text, problems[0].Path, err)
		}
	}
	if _, err := New(Options{Config: Config{Most: -1}}); err == nil {
		t.Error("a configuration with a problem is taken")
	}
}

// A state is written and read as it was.
func TestStateIsKept(t *testing.T) {
	before := State{
		Feeds: map[string]FeedState{"shop": {
			Known: true, Expected: Expected{Due: noon, Learned: noon, Highest: 856, Came: true},
			Alerts: map[Kind]Alert{DumpFailed: {Items: map[string]Item{"x": {Since: noon, Title: "t", Detail: "d", Severity: Critical, Notice: true}}, Severity: Critical, Told: noon}},
		}},
		Outbox: []Delivery{{Target{"phone", "+49"}, Message{ID: "1", At: noon, State: Firing, Parts: []Message{{ID: "2"}}}}},
		Pauses: map[Target]Pause{{"a, \"b\"", "c"}: {2, noon}},
	}
	f := file(t)
	if err := f.Save(before); err != nil {
		t.Fatal(err)
	}
	after, err := f.Load()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, after); diff != "" {
		t.Error(diff)
	}
	if s, err := file(t).Load(); err != nil || fmt.Sprint(s) != fmt.Sprint(State{}) {
		t.Errorf("a state that was never saved: %v, %v", s, err)
	}
}

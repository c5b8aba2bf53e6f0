package alert

import (
	"fmt"
	"time"
)

// Config says what is told to whom. The zero Config has no channels, so that nothing is told.
type Config struct {
	Channels []Channel     `yaml:"channels"`
	Rules    map[Kind]Rule `yaml:"rules"`
	// Most is how many messages a channel gets at once before they become one summary; 0: 5.
	Most int `yaml:"most"`
	// Remind has what is still wrong told again after so long; 0: never.
	Remind Duration `yaml:"remind"`
	// Link is the address of the page, for those who get a message.
	Link string `yaml:"link"`
	// State is the file that remembers what was told; where it lies otherwise is up to the caller.
	State string `yaml:"state"`
}

const defaultMost = 5

func (c Config) most() int {
	if c.Most > 0 {
		return c.Most
	}
	return defaultMost
}

// Rule says when an alert is told, and to whom. What is not given is as in [Defaults].
type Rule struct {
	Severity Severity `yaml:"severity"`
	After    Duration `yaml:"after"`    // it has to last so long
	Escalate Duration `yaml:"escalate"` // it becomes critical when it has lasted so long; 0s: never
	To       []string `yaml:"to"`       // channels; none: all

	MaxAge  Duration `yaml:"max-age"`  // of feed-late: also when no dump came for so long; 0: no
	Drop    int      `yaml:"drop"`     // of rows-dropped: by so many percent
	MinRows int64    `yaml:"min-rows"` // of rows-dropped: of tables that had so many rows
}

// Defaults are the rules where a configuration says nothing else.
func Defaults() map[Kind]Rule {
	return map[Kind]Rule{
		FeedUnreachable: {Severity: Critical, After: Span(15 * time.Minute)},
		FeedLate:        {Severity: Warning, After: Span(time.Hour), Escalate: Span(6 * time.Hour)},
		ReportFailed:    {Severity: Warning, After: Span(2 * time.Hour)},
		DumpFailed:      {Severity: Critical, After: Span(10 * time.Minute)},
		RowsQuarantined: {Severity: Warning},
		RowsDropped:     {Severity: Warning, Drop: 80, MinRows: 500},
		SchemaChanged:   {Severity: Warning},
		DefinitionsBad:  {Severity: Warning},
		PublishFailed:   {Severity: Warning, After: Span(15 * time.Minute), Escalate: Span(6 * time.Hour)},
		ExportFailed:    {Severity: Critical},
		ExportLate:      {Severity: Warning},
		ExportSlow:      {Severity: Warning},
		ExportRejected:  {Severity: Warning},
		ExportRows:      {Severity: Warning},
	}
}

// Rule returns the rule in force for an alert.
func (c Config) Rule(k Kind) Rule {
	r, given := Defaults()[k], c.Rules[k]
	if given.Severity != "" {
		r.Severity = given.Severity
	}
	for _, d := range []struct{ to, from *Duration }{{&r.After, &given.After}, {&r.Escalate, &given.Escalate}, {&r.MaxAge, &given.MaxAge}} {
		if d.from.given() {
			*d.to = *d.from
		}
	}
	if given.Drop != 0 {
		r.Drop = given.Drop
	}
	if given.MinRows != 0 {
		r.MinRows = given.MinRows
	}
	r.To = given.To
	return r
}

// Channel is one way to tell people. Exactly one of the kinds is given.
type Channel struct {
	Name     string   `yaml:"name"`
	Severity Severity `yaml:"severity"` // the least it is told of; default: warning
	Feeds    []string `yaml:"feeds"`    // it is told of these only; none: of all

	Slack     *Slack     `yaml:"slack"`
	PagerDuty *PagerDuty `yaml:"pagerduty"`
	Email     *Email     `yaml:"email"`
	SMS       *SMS       `yaml:"sms"`
	Webhook   *Webhook   `yaml:"webhook"`
}

// Slack is a channel's incoming webhook. Its URL is a secret: who has it can post.
type Slack struct {
	URL Secret `yaml:"url"`
}

// PagerDuty is a service's integration by the Events API v2.
type PagerDuty struct {
	RoutingKey Secret `yaml:"routing-key"`
	BaseURL    string `yaml:"base-url"` // default: https://events.pagerduty.com
}

// Email is an SMTP server and those who get mail from it.
type Email struct {
	Host     string   `yaml:"host"`
	Port     int      `yaml:"port"` // default: 587, with tls 465, without any 25
	TLS      string   `yaml:"tls"`  // starttls (default), tls, or none
	Username string   `yaml:"username"`
	Password Secret   `yaml:"password"`
	From     string   `yaml:"from"`
	To       []string `yaml:"to"`
}

// How mail is encrypted on its way to the server.
const (
	startTLS = "starttls"
	fullTLS  = "tls"
	noTLS    = "none"
)

// SMS is a Twilio account and those who get text messages from it.
type SMS struct {
	Account string   `yaml:"account"` // SID
	Token   Secret   `yaml:"token"`
	From    string   `yaml:"from"` // a number, or a messaging service's SID
	To      []string `yaml:"to"`
	BaseURL string   `yaml:"base-url"` // default: https://api.twilio.com
}

// Webhook is an address that gets each message as JSON, signed as Standard Webhooks are.
type Webhook struct {
	URL    Secret `yaml:"url"`
	Secret Secret `yaml:"secret"` // the signing key; none: not signed
}

// Duration is a time such as 90m or 24h in a configuration. It is read leniently: Validate says what
// is wrong, as a configuration's reader cannot say where.
type Duration struct {
	Span time.Duration
	text string // as given; "": not given
}

// Span makes a Duration.
func Span(d time.Duration) Duration { return Duration{d, d.String()} }

// UnmarshalText reads a duration.
func (d *Duration) UnmarshalText(text []byte) error {
	span, err := time.ParseDuration(string(text))
	if err != nil || span < 0 {
		span = -1
	}
	*d = Duration{span, string(text)}
	return nil
}

// MarshalText writes a duration as it was given.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.text), nil }

func (d Duration) given() bool { return d.text != "" }

func (d Duration) problem() string {
	if d.Span >= 0 {
		return ""
	}
	return fmt.Sprintf("%q is no duration: want one such as 30m or 24h", d.text)
}

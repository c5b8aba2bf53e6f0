package alert

import (
	"encoding/base64"
	"fmt"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"smew/section"
)

// check gathers what is wrong with alerts.
type check struct{ section.Check }

// Validate says what is wrong, nothing if nothing is. It looks whether the files of secrets can be read.
func (c Config) Validate() []section.Problem {
	k := &check{}
	for i, ch := range c.Channels {
		c.validateChannel(k, fmt.Sprintf("channels[%d]", i), ch, i)
	}
	for kind := range c.Rules {
		c.validateRule(k, kind)
	}
	if c.Most < 0 {
		k.Wrong("most", "%d is less than 0", c.Most)
	}
	k.duration("remind", c.Remind)
	if c.Link != "" {
		k.address("link", c.Link)
	}
	slices.SortStableFunc(k.Problems, func(a, b section.Problem) int { return strings.Compare(a.Path, b.Path) })
	return k.Problems
}

func (c Config) validateChannel(k *check, path string, ch Channel, i int) {
	switch {
	case ch.Name == "":
		k.Wrong(path, "name is missing")
	case slices.ContainsFunc(c.Channels[:i], func(other Channel) bool { return other.Name == ch.Name }):
		k.Wrong(path+".name", "another channel is called %q too", ch.Name)
	}
	if ch.Severity == Off || ch.Severity != "" && ch.Severity.rank() == 0 {
		k.Wrong(path+".severity", "%q is neither warning nor critical", ch.Severity)
	}
	kinds := 0
	if s := ch.Slack; s != nil {
		kinds++
		k.secretURL(path+".slack", "url", s.URL)
	}
	if p := ch.PagerDuty; p != nil {
		kinds++
		k.secret(path+".pagerduty", "routing-key", p.RoutingKey)
		k.baseURL(path+".pagerduty.base-url", p.BaseURL)
	}
	if e := ch.Email; e != nil {
		kinds++
		k.email(path+".email", *e)
	}
	if s := ch.SMS; s != nil {
		kinds++
		k.sms(path+".sms", *s)
	}
	if w := ch.Webhook; w != nil {
		kinds++
		k.webhook(path+".webhook", *w)
	}
	if kinds != 1 {
		k.Wrong(path, "want exactly one of slack, pagerduty, email, sms and webhook")
	}
}

func (c Config) validateRule(k *check, kind Kind) {
	path, r := "rules."+string(kind), c.Rules[kind]
	if !slices.Contains(Kinds(), kind) {
		k.Wrong(path, "there is no alert of this name: want one of %s", list(Kinds()))
		return
	}
	if r.Severity != "" && r.Severity != Off && r.Severity.rank() == 0 {
		k.Wrong(path+".severity", "%q is none of off, warning and critical", r.Severity)
	}
	k.duration(path+".after", r.After)
	k.duration(path+".escalate", r.Escalate)
	k.duration(path+".max-age", r.MaxAge)
	for i, name := range r.To {
		if !slices.ContainsFunc(c.Channels, func(ch Channel) bool { return ch.Name == name }) {
			k.Wrong(fmt.Sprintf("%s.to[%d]", path, i), "there is no channel %q", name)
		}
	}
	if kind != FeedLate && r.MaxAge.given() {
		k.Wrong(path+".max-age", "is for %s only", FeedLate)
	}
	if kind != RowsDropped && r.Drop != 0 {
		k.Wrong(path+".drop", "is for %s only", RowsDropped)
	}
	if kind != RowsDropped && r.MinRows != 0 {
		k.Wrong(path+".min-rows", "is for %s only", RowsDropped)
	}
	if r.Drop < 0 || r.Drop > 100 {
		k.Wrong(path+".drop", "%d is no percentage", r.Drop)
	}
	if r.MinRows < 0 {
		k.Wrong(path+".min-rows", "%d is less than 0", r.MinRows)
	}
}

var number = regexp.MustCompile(`^\+[0-9]{6,15}$`)

func (k *check) sms(path string, s SMS) {
	k.needed(path, "account", s.Account)
	k.secret(path, "token", s.Token)
	if !strings.HasPrefix(s.From, "MG") {
		k.number(path, "from", s.From)
	}
	if len(s.To) == 0 {
		k.Wrong(path, "to is missing")
	}
	for i, to := range s.To {
		k.number(path, fmt.Sprintf("to[%d]", i), to)
	}
	k.baseURL(path+".base-url", s.BaseURL)
}

func (k *check) number(path, key, value string) {
	if k.needed(path, key, value) && !number.MatchString(value) {
		k.Wrong(path+"."+key, "%q is no number: want it in quotes, as \"+4930123456\"", value)
	}
}

func (k *check) email(path string, e Email) {
	k.needed(path, "host", e.Host)
	if e.Port < 0 || e.Port > 65535 {
		k.Wrong(path+".port", "%d is no port", e.Port)
	}
	if !slices.Contains([]string{"", startTLS, fullTLS, noTLS}, e.TLS) {
		k.Wrong(path+".tls", "%q is none of starttls, tls and none", e.TLS)
	}
	if e.Username != "" {
		k.secret(path, "password", e.Password)
		if e.TLS == noTLS {
			k.Wrong(path+".tls", "a password is not sent without encryption")
		}
	}
	if e.Username == "" && e.Password != "" {
		k.Wrong(path, "username is missing")
	}
	if k.needed(path, "from", e.From) {
		k.mailbox(path+".from", e.From)
	}
	if len(e.To) == 0 {
		k.Wrong(path, "to is missing")
	}
	for i, to := range e.To {
		k.mailbox(fmt.Sprintf("%s.to[%d]", path, i), to)
	}
}

func (k *check) mailbox(path, value string) {
	if _, err := mail.ParseAddress(value); err != nil {
		k.Wrong(path, "%q is no mail address", value)
	}
}

func (k *check) webhook(path string, w Webhook) {
	k.secretURL(path, "url", w.URL)
	if w.Secret == "" {
		return
	}
	if key, ok := k.secret(path, "secret", w.Secret); ok {
		if _, err := signingKey(key); err != nil {
			k.Wrong(path+".secret", "%v", err)
		}
	}
}

// signingKey is the key of a Standard Webhooks secret: base64 behind whsec_, else the text itself.
func signingKey(secret string) ([]byte, error) {
	encoded, ok := strings.CutPrefix(secret, "whsec_")
	if !ok {
		return []byte(secret), nil
	}
	key, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return nil, fmt.Errorf("is not base64 behind whsec_")
	}
	return key, nil
}

// needed says so if a value is missing, at the place where it should be.
func (k *check) needed(path, key, value string) bool {
	if value == "" {
		k.Wrong(path, "%s is missing", key)
	}
	return value != ""
}

func (k *check) secret(path, key string, s Secret) (string, bool) {
	if !k.needed(path, key, string(s)) {
		return "", false
	}
	value, err := s.reveal()
	if err != nil {
		k.Wrong(path+"."+key, "%v", err)
	}
	return value, err == nil
}

func (k *check) secretURL(path, key string, s Secret) {
	if value, ok := k.secret(path, key, s); ok && !isAddress(value) {
		k.Wrong(path+"."+key, "is no address: want https://…") // without the value: it is a secret
	}
}

func (k *check) baseURL(path, value string) {
	if value != "" {
		k.address(path, value)
	}
}

func (k *check) address(path, value string) {
	if !isAddress(value) {
		k.Wrong(path, "%q is no address: want https://…", value)
	}
}

func isAddress(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}

func (k *check) duration(path string, d Duration) {
	if text := d.problem(); text != "" {
		k.Wrong(path, "%s", text)
	}
}

func list(kinds []Kind) string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = string(k)
	}
	return strings.Join(names, ", ")
}

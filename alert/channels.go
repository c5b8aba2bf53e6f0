package alert

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

const jsonType = "application/json"

// send tells a message to one target of a channel.
func (w wire) send(ctx context.Context, ch Channel, to string, m Message) error {
	switch {
	case ch.Slack != nil:
		return w.slack(ctx, *ch.Slack, m)
	case ch.PagerDuty != nil:
		return w.pagerDuty(ctx, *ch.PagerDuty, m)
	case ch.Email != nil:
		return w.email(ctx, *ch.Email, to, m)
	case ch.SMS != nil:
		return w.sms(ctx, *ch.SMS, to, m)
	case ch.Webhook != nil:
		return w.webhook(ctx, *ch.Webhook, m)
	}
	return &sendError{err: fmt.Errorf("channel %s has no kind", ch.Name), final: true}
}

// Kind names what a channel is, by its key in a configuration.
func (c Channel) Kind() string {
	switch {
	case c.Slack != nil:
		return "slack"
	case c.PagerDuty != nil:
		return "pagerduty"
	case c.Email != nil:
		return "email"
	case c.SMS != nil:
		return "sms"
	case c.Webhook != nil:
		return "webhook"
	}
	return ""
}

// targets are those whom a channel tells one by one: one who cannot be reached does not have the
// others told twice.
func (c Channel) targets() []string {
	switch {
	case c.Email != nil:
		return c.Email.To
	case c.SMS != nil:
		return c.SMS.To
	}
	return []string{""}
}

// gathers tells whether a flood becomes a summary there. PagerDuty opens and closes an incident for each
// alert, and so needs each message; it gathers them itself.
func (c Channel) gathers() bool { return c.PagerDuty == nil }

// slack posts to an incoming webhook.
func (w wire) slack(ctx context.Context, s Slack, m Message) error {
	address, err := s.URL.reveal()
	if err != nil {
		return err
	}
	escape := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	// An attachment and no blocks: others that take Slack's format know no blocks.
	attachment := map[string]any{"color": color(m), "fallback": m.Subject(), "text": cut(escape.Replace(m.Body()), 3000)}
	body, err := json.Marshal(map[string]any{"text": escape.Replace(m.Subject()), "attachments": []any{attachment}})
	if err != nil {
		return fmt.Errorf("encode message: %w", err)
	}
	return w.post(ctx, request{address, map[string]string{"Content-Type": jsonType}, body, ofAddress(address)})
}

func color(m Message) string {
	switch {
	case m.State == Recovered || m.Severity == "":
		return "#2e8b57"
	case m.Severity == Critical:
		return "#c62828"
	}
	return "#e6a700"
}

// pagerDuty triggers or resolves an incident by the Events API v2. One incident stands for an alert
// of a feed: what is new of it is added to the open one.
func (w wire) pagerDuty(ctx context.Context, p PagerDuty, m Message) error {
	key, err := p.RoutingKey.reveal()
	if err != nil {
		return err
	}
	event := map[string]any{"routing_key": key, "event_action": "trigger", "dedup_key": "smew/" + identify(m.key())}
	if m.State == Recovered {
		event["event_action"] = "resolve"
	}
	severity := m.Severity
	if m.State == Test {
		severity = "info"
	}
	event["payload"] = map[string]any{
		"summary": cut(m.Subject(), 1024), "source": cut("smew "+m.Feed, 255), "severity": severity,
		"timestamp": m.At, "component": m.Feed, "class": m.Alert,
		"custom_details": map[string]any{"details": m.Details, "advice": m.Advice, "message": m.ID},
	}
	if m.Link != "" {
		event["links"] = []any{map[string]string{"href": m.Link, "text": "smew"}}
	}
	body, err := json.Marshal(event)
	if err != nil {
		return fmt.Errorf("encode message: %w", err)
	}
	address := base(p.BaseURL, "https://events.pagerduty.com") + "/v2/enqueue"
	return w.post(ctx, request{address, map[string]string{"Content-Type": jsonType}, body, []string{key}})
}

func base(given, usual string) string {
	if given == "" {
		return usual
	}
	return strings.TrimRight(given, "/")
}

// sms sends a text message by Twilio: the subject alone, as each 160 characters cost.
func (w wire) sms(ctx context.Context, s SMS, to string, m Message) error {
	token, err := s.Token.reveal()
	if err != nil {
		return err
	}
	text := strings.ReplaceAll(cut("smew "+m.Subject(), 297), "…", "...") // which would halve what a message holds
	form := url.Values{"To": {to}, "From": {s.From}, "Body": {text}}
	if strings.HasPrefix(s.From, "MG") {
		form.Del("From")
		form.Set("MessagingServiceSid", s.From)
	}
	login := base64.StdEncoding.EncodeToString([]byte(s.Account + ":" + token))
	address := base(s.BaseURL, "https://api.twilio.com") + "/2010-04-01/Accounts/" + url.PathEscape(s.Account) + "/Messages.json"
	header := map[string]string{"Content-Type": "application/x-www-form-urlencoded", "Authorization": "Basic " + login}
	return w.post(ctx, request{address, header, []byte(form.Encode()), []string{token, login}})
}

// webhook posts the message as JSON, signed as the Standard Webhooks specification (1.0) has it.
func (w wire) webhook(ctx context.Context, h Webhook, m Message) error {
	address, err := h.URL.reveal()
	if err != nil {
		return err
	}
	body, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("encode message: %w", err)
	}
	at := strconv.FormatInt(w.now().Unix(), 10)
	header := map[string]string{"Content-Type": jsonType, "webhook-id": m.ID, "webhook-timestamp": at}
	secrets := ofAddress(address)
	if h.Secret != "" {
		secret, err := h.Secret.reveal()
		if err != nil {
			return err
		}
		key, err := signingKey(secret)
		if err != nil {
			return fmt.Errorf("sign message: the secret %w", err)
		}
		mac := hmac.New(sha256.New, key)
		fmt.Fprintf(mac, "%s.%s.%s", m.ID, at, body)
		header["webhook-signature"] = "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
		secrets = append(secrets, secret)
	}
	return w.post(ctx, request{address, header, body, secrets})
}

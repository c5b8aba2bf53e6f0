package alert

import (
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"strings"
)

// Secret is a value that is never printed: a text, or file:PATH for a file that holds it. The file is
// read whenever the secret is needed, so that a new one is taken up without a restart.
type Secret string

const hidden = "(hidden)"

// String, and its like for every way to print or encode, hide the value.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return hidden
}

// Format hides the value from every verb of package fmt.
func (s Secret) Format(f fmt.State, _ rune) { fmt.Fprint(f, s.String()) }

// MarshalText hides the value from JSON, YAML and text.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue hides the value from logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// reveal returns the value. Its errors do not tell it.
func (s Secret) reveal() (string, error) {
	path, ok := strings.CutPrefix(string(s), "file:")
	if !ok {
		return string(s), nil
	}
	value, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("read secret: %w", err)
	}
	text := strings.TrimSpace(string(value))
	if text == "" {
		return "", fmt.Errorf("read secret: %s is empty", path)
	}
	return text, nil
}

// ofAddress are the secrets of a secret address: a server that answers with parts of it tells them.
func ofAddress(address string) []string {
	secrets := []string{address}
	if u, err := url.Parse(address); err == nil {
		password, _ := u.User.Password()
		secrets = append(secrets, u.RequestURI(), u.Path, u.RawQuery, password)
	}
	return secrets
}

// redact hides secrets that a server, or a library, put into an error's text.
func redact(text string, secrets ...string) string {
	for _, s := range secrets {
		if len(s) > 3 { // shorter ones would hide half of the text, and no secret is that short
			text = strings.ReplaceAll(text, s, hidden)
		}
	}
	return text
}

// Hide hides the secrets of a configuration in a text, such as a line of its file.
func (c Config) Hide(text string) string {
	for _, ch := range c.Channels {
		var secrets []Secret
		switch {
		case ch.Slack != nil:
			secrets = []Secret{ch.Slack.URL}
		case ch.PagerDuty != nil:
			secrets = []Secret{ch.PagerDuty.RoutingKey}
		case ch.Email != nil:
			secrets = []Secret{ch.Email.Password}
		case ch.SMS != nil:
			secrets = []Secret{ch.SMS.Token}
		case ch.Webhook != nil:
			secrets = []Secret{ch.Webhook.URL, ch.Webhook.Secret}
		}
		for _, s := range secrets {
			if !strings.HasPrefix(string(s), "file:") {
				text = redact(text, string(s))
			}
		}
	}
	return text
}

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Whatever mistake is in a configuration file, no command shows a secret that stands in it.
func TestConfigHidesSecrets(t *testing.T) {
	const channel = "alerts:\n  channels:\n    - name: desk\n      "
	for name, text := range map[string]string{
		"no url":              channel + "slack: \"https://hooks.example.com/SECRET\"\n",
		"no url, next line":   channel + "slack:\n        https://hooks.example.com/SECRET\n",
		"no routing key":      channel + "pagerduty: SECRET\n",
		"misspelled":          channel + "email:\n        pasword: SECRET\n",
		"misspelled, flow":    channel + "email: {host: x, pasword: SECRET, port: 1}\n",
		"flow":                channel + "sms: {token: SECRET, to: \"+49\"}\n",
		"neighbour":           channel + "webhook: {secret: SECRET, timeout: 3}\n",
		"line below":          channel + "webhook:\n        timeout: 3\n        secret: SECRET\n",
		"of a wrong type":     channel + "email:\n        port: SECRET\n",
		"twice":               channel + "email:\n        password: SECRET\n        password: SECRET\n",
		"twice, below":        channel + "email:\n        password: SECRET\n        host: x\n        host: y\n",
		"no end of quotes":    channel + "email:\n        password: \"SECRET\n        host: x\n",
		"no end, above":       channel + "email:\n        host: \"x\n        password: SECRET\n",
		"wrong indentation":   channel + "email:\n        host: x\n          password: SECRET\n",
		"colon":               channel + "email:\n        password: SECRET: x\n",
		"not escaped":         channel + "email:\n        password: \"\\SECRET\"\n",
		"at":                  channel + "email:\n        password: @SECRET\n",
		"alias":               channel + "email:\n        password: *SECRET\n",
		"percent":             channel + "email:\n        password: %SECRET\n",
		"tag":                 channel + "email:\n        port: !!int SECRET\n",
		"block":               channel + "email:\n        password: |\n          SECRET\n         x\n",
		"tabs":                channel + "email:\n\t\tpassword: SECRET\n",
		"comment":             channel + "email:\n        # password: SECRET\n        host: [\n",
		"braces":              "{\n  \"alerts\": {\"channels\": [{\"name\": \"desk\",\n    \"email\": {\"password\": \"SECRET\" \"host\": 1}}]}\n}\n",
		"one line":            "alerts: {channels: [{name: desk, slack: SECRET}]}\n",
		"section misspelled":  "alert:\n  channels:\n    - {name: desk, slack: {url: SECRET}}\n",
		"section given twice": channel + "slack: {url: SECRET}\nalerts: {channels: [{slack: {url: SECRET}}]}\n",
		"at the top":          "password: SECRET\n",
		"in a feed":           "feeds:\n  - feed: ./x\n    db: x.duckdb\n    password: SECRET\n",
		"in a feed, flow":     "feeds: [{feed: ./x, db: x.duckdb, password: SECRET, every: 3}]\n",
		"in a feed's address": "feeds: [{db: x.duckdb, feed: \"gs://me:SECRET@host/x\"}]\n",
		"in an endpoint":      "endpoint: https://me:SECRET@host/x\nfeeds: [{feed: s3://x, db: x.duckdb, endpoint: [\"https://me:SECRET@host/x\"]}]\n",
		"in a cluster's":      "feeds:\n  - name: x\n    feed: ./x\n    db: x.duckdb\n    connect: sc://host/;token=SECRET\n",
		"all is a list":       "- SECRET\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "smew.yaml")
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			for _, args := range [][]string{{"config", "check", path}, {"config", "check", path, "--json"}, {"poll", "--once", "--config", path},
				{"status", "--db", "none.duckdb", "--config", path}, {"alert", "test", "--config", path}} {
				var said bytes.Buffer
				code := run(args, &app{stdin: strings.NewReader(""), stdout: &said, stderr: &said, environ: func(string) (string, bool) { return "", false }})
				if code == exitDone || said.Len() == 0 {
					t.Errorf("%v: exit code %d with %q", args, code, &said)
				}
				if strings.Contains(said.String(), "SECRET") {
					t.Errorf("%v tells a secret: %s", args, &said)
				}
			}
		})
	}
}

// What is no secret is shown as it stands in the file.
func TestSourceLines(t *testing.T) {
	const text = `every: 10 # often
bogus: 1
feeds:
  - {name: "a b", feed: ./f, evry: 3m, db: y.duckdb}
  - name: b
    map:
      - s3://old=s3://new
alerts:
  channels:
    - name: desk
region: eu-west-1
`
	const want = `every: 10 # often
bogus: (hidden)
feeds:
  - {name: "a b", feed: ./f, evry: (hidden)
  - name: b
    map:
      - (hidden)
alerts:
  channels:
    - name: (hidden)
region: eu-west-1
`
	if got := strings.Join(sourceLines([]byte(text), harmlessKeys((&app{}).root())), "\n"); got != want {
		t.Errorf("got %s", got)
	}
}

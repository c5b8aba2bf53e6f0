package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/spf13/cobra"
)

// What the call or the environment says wins over a feed's own settings, also where it says what holds anyway.
func TestFeedsInherit(t *testing.T) {
	const file = "every: 1h\nmemory: 1GB\nfeeds:\n  - {feed: ./x, db: x.duckdb, every: 30s, quarantine: true, path-style: true, memory: 2GB}\n"
	path := filepath.Join(t.TempDir(), "smew.yaml")
	if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name                  string
		args                  []string
		environ               map[string]string
		every                 time.Duration
		quarantine, pathStyle bool
		memory                string
	}{
		{"the feed's own", nil, nil, 30 * time.Second, true, true, "2GB"},
		{"flags", []string{"--every=2m", "--path-style=true", "--memory=3GB"}, nil, 2 * time.Minute, true, true, "3GB"},
		{"flags that say the default", []string{"--every=5m", "--quarantine=false", "--memory="}, nil, 5 * time.Minute, false, true, ""},
		{"environment", nil, map[string]string{"SMEW_EVERY": "5m", "SMEW_QUARANTINE": "false", "SMEW_PATH_STYLE": "false"}, 5 * time.Minute, false, false, "2GB"},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := &app{environ: func(name string) (string, bool) { value, ok := test.environ[name]; return value, ok }}
			cmd, _, err := a.root().Find([]string{"poll"})
			if err != nil {
				t.Fatal(err)
			}
			var feeds []*following
			cmd.RunE = func(cmd *cobra.Command, _ []string) (err error) {
				feeds, err = a.feeds(cmd, nil, &following{})
				return err
			}
			cmd.Root().SetArgs(slices.Concat([]string{"poll", "--config", path}, test.args))
			if err := cmd.Root().Execute(); err != nil {
				t.Fatal(err)
			}
			f := feeds[0]
			if f.every != test.every || f.quarantine != test.quarantine || f.s3.PathStyle != test.pathStyle || f.memory != test.memory {
				t.Errorf("got every %v, quarantine %v, path-style %v, memory %q", f.every, f.quarantine, f.s3.PathStyle, f.memory)
			}
		})
	}
}

func TestSamePath(t *testing.T) {
	dir := t.TempDir()
	at := func(names ...string) string { return filepath.Join(append([]string{dir}, names...)...) }
	for _, err := range []error{os.Mkdir(at("data"), 0o700), os.Symlink(at("data"), at("link")), os.WriteFile(at("data", "there"), nil, 0o600),
		os.Symlink(at("data", "there"), at("to")), os.Link(at("data", "there"), at("hard"))} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		a, b string
		want bool
	}{
		{at("data", "new"), at("link", "new"), true},
		{at("data", "new"), at("data", "other"), false},
		{at("data", "deep", "new"), at("link", "deep", ".", "new"), true},
		{at("data", "there"), at("to"), true},
		{at("data", "there"), at("hard"), true},
		{at("data", "there"), at("link", "new"), false},
	} {
		if got := samePath(test.a, test.b); got != test.want {
			t.Errorf("%s and %s: got %v", test.a, test.b, got)
		}
	}
}

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"smew/duck"
	"smew/web"
)

// listening is the flags of what shows a page.
type listening struct {
	address, tokenFile, memory string
	threads                    int
	hosts                      []string
	queryTime, grace           time.Duration
}

func (l *listening) flags(flags *pflag.FlagSet, address string) {
	flags.StringVar(&l.address, "listen", address, "`address` of the page, the API and the metrics, such as 127.0.0.1:7377")
	flags.StringVar(&l.tokenFile, "token-file", "", "want the token in this `file` of everybody; needed for any address but this machine's own")
	flags.StringSliceVar(&l.hosts, "host", nil, "`name` by which the page is called, behind a proxy or beyond this machine (repeatable)")
	flags.DurationVar(&l.queryTime, "query-time", 30*time.Second, "end a query of the console after this `time`; a download may take ten times as long")
	flags.StringVar(&l.memory, "query-memory", "1GB", "DuckDB's memory `limit` for the console")
	flags.IntVar(&l.threads, "query-threads", 0, "threads of the console's queries (default: one a core)")
	flags.DurationVar(&l.grace, "grace", time.Hour, "how long a dump may be late before the page and /readyz call it so")
}

func (a *app) serveCmd() *cobra.Command {
	var d database
	var l listening
	cmd := &cobra.Command{
		Use:   "serve --db FILE",
		Short: "Show a database on a page: its state, a SQL console, an API, metrics",
		Long: `Show a database on a page: whether its feed is fresh, what failed and why, what
the last loads did; with a SQL console, a JSON API (/api/openapi.yaml describes
it) and metrics for Prometheus (/metrics). Nothing is loaded: smew poll --listen does both.

The file is open only while it is read, so that loads are not kept out; while one
runs, the page shows the state before it. Where the page is to be read at all times,
serve the copy that smew poll --publish makes.

A query reads the database and nothing else, within --query-time and --query-memory.

The page answers on this machine only, unless --listen says otherwise. Beyond it a token
is wanted: put a long random text into a file, and name it with --token-file.`,
		Example: examples(
			"smew serve --db shop.duckdb",
			"smew serve --db shop.duckdb --listen :7377 --token-file token --host data.example.com",
			"curl -s localhost:7377/api/v1/feeds/shop | jq .health"),
		Args: arguments(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if _, err := d.options(nil); err != nil {
				return err
			}
			if err := d.there(); err != nil {
				return err
			}
			exports, err := a.exportsOf("", d.path)
			if err != nil {
				return err
			}
			feed := &served{name: nameOfFile(d.path), file: l.shared(d.path), conf: exports}
			log := a.logger()
			return stopped(a.listen(cmd.Context(), &l, []*served{feed}, func(url string) error {
				log.Info("the page is there", "url", url, "database", d.path)
				if !a.json {
					return nil
				}
				return a.printJSONLine(map[string]string{"url": url})
			}), log)
		},
	}
	cmd.Flags().StringVar(&d.path, "db", "", "DuckDB `file`, or the published copy of one")
	l.flags(cmd.Flags(), "127.0.0.1:7377")
	return cmd
}

// shared is a database file as the page reads it.
func (l *listening) shared(path string) *shared {
	return &shared{path: path, options: duck.Options{Memory: l.memory, Threads: l.threads}}
}

// nameOfFile is what a feed is called that nobody gave a name: as its file.
func nameOfFile(path string) string {
	name := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	if name == "" {
		return "feed"
	}
	return name
}

// listen shows feeds on a page until ctx ends. ready is told where, once it answers.
func (a *app) listen(ctx context.Context, l *listening, feeds []*served, ready func(url string) error) error {
	handler, err := a.page(l, feeds)
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", l.address)
	if err != nil {
		return fmt.Errorf("answer at %s: %w", l.address, errors.Unwrap(err))
	}
	queries, cancel := context.WithCancel(context.WithoutCancel(ctx)) // they have their time when ctx ends
	defer cancel()
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10, BaseContext: func(net.Listener) context.Context { return queries }}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	if err := ready("http://" + listener.Addr().String() + "/"); err != nil {
		return errors.Join(err, server.Close())
	}
	select {
	case err := <-ended:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	quick, done := context.WithTimeout(queries, 2*time.Second)
	defer done()
	if server.Shutdown(quick) != nil { // a query is running: it is ended
		cancel()
		_ = server.Close() // what ctx ended with counts
	}
	return context.Cause(ctx)
}

// page makes the handler of the page, and refuses what would show it to everybody.
func (a *app) page(l *listening, feeds []*served) (http.Handler, error) {
	own, err := loopback(l.address)
	if wrong := l.flaws(); len(wrong) > 0 {
		hint := ""
		if wrong[0].setting == "listen" && err == nil {
			hint = "head -c 32 /dev/urandom | base64 > token; smew serve --token-file token …"
		}
		return nil, &usageError{wrong[0].Error(), hint}
	}
	if err != nil {
		return nil, err
	}
	token, err := l.token()
	if err != nil {
		return nil, err
	}
	o := web.Options{Version: programVersion().Smew, Token: token, Grace: l.grace, QueryTime: l.queryTime, Queries: readyQueries()}
	if own || len(l.hosts) > 0 {
		o.Hosts = append([]string{"localhost", "127.0.0.1", "::1"}, l.hosts...)
	}
	for _, f := range feeds {
		o.Feeds = append(o.Feeds, web.Feed{Name: f.name, State: f.state, Schema: f.schema, Query: f.query, Export: f.export, Look: f.look})
	}
	return web.New(o)
}

// token reads the token's file; without one there is none.
func (l *listening) token() (string, error) {
	if l.tokenFile == "" {
		return "", nil
	}
	raw, err := os.ReadFile(l.tokenFile)
	if err != nil {
		return "", fmt.Errorf("read token: %w", err)
	}
	token := strings.TrimSpace(string(raw))
	if len(token) < 16 {
		return "", &usageError{fmt.Sprintf("the token in %s has %d characters: 16 are the least", l.tokenFile, len(token)), "head -c 32 /dev/urandom | base64 > " + l.tokenFile}
	}
	return token, nil
}

// loopback tells whether an address is this machine's own.
func loopback(address string) (bool, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return false, fmt.Errorf("give it as HOST:PORT or :PORT: %w", err)
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return false, fmt.Errorf("the port %q is no number from 0 to 65535", port)
	}
	if host == "localhost" {
		return true, nil
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback(), nil
}

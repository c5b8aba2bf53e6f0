package loader_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"smew/bucket"
	"smew/bucket/s3test"
	"smew/duck"
	"smew/feed"
	"smew/loader"
	"smew/plan"
)

// TestIdleS3 holds what an idle look costs at a bucket with thousands of manifests: pages of a listing, and
// nothing that is read.
func TestIdleS3(t *testing.T) {
	t.Parallel()
	const manifests, most = 2_500, 4
	server := s3test.Start(t)
	name := server.Bucket(t)
	b := server.Open(t, name)
	text, err := (&feed.Manifest{DumpID: 1}).Encode()
	if err == nil {
		err = b.Create(t.Context(), feed.ManifestKey(1), bytes.NewReader(text), bucket.Options{})
	}
	if err != nil {
		t.Fatal(err)
	}
	config := loader.Config{DB: filepath.Join(t.TempDir(), "idle.duckdb"), Seen: &loader.Seen{}}
	from := loader.Feed{Name: "s3://" + name, Bucket: b, Source: plan.Source{Bucket: name}}
	if _, err := loader.Run(t.Context(), from, config); err != nil {
		t.Fatal(err)
	}
	keys := make([]string, manifests-1)
	for i := range keys {
		keys[i] = feed.ManifestKey(int64(i + 2))
	}
	server.Copy(t, name, feed.ManifestKey(1), keys)
	// Reading them would take long: the ledger is told that it did.
	var known []string
	for o, err := range b.List(t.Context(), feed.ManifestsPrefix) {
		if err != nil {
			t.Fatal(err)
		}
		known = append(known, fmt.Sprintf("(%s, %s, 1)", duck.QuoteText(o.Key), duck.QuoteText(o.ETag)))
	}
	if len(known) != manifests {
		t.Fatalf("the bucket has %d manifests", len(known))
	}
	forget(t, config.DB, "DELETE FROM smew.manifests; INSERT INTO smew.manifests VALUES "+strings.Join(known, ", "))

	var lists, others atomic.Int64
	counting := countRequests(t, server.URL, &lists, &others)
	s3 := server.Config()
	s3.Endpoint = counting
	if from.Bucket, err = bucket.OpenS3(t.Context(), name, s3); err != nil {
		t.Fatal(err)
	}
	for _, look := range []string{"that reads the ledger", "that remembers the last one"} {
		lists.Store(0)
		others.Store(0)
		summary, err := loader.Run(t.Context(), from, config)
		if err != nil || len(summary.Loaded)+len(summary.Failed) > 0 {
			t.Errorf("%+v, %v", summary, err)
		}
		// One request is for sync_reports/, which is empty.
		if n := lists.Load() - 1; n > most || n < manifests/1000 || others.Load() != 0 {
			t.Errorf("an idle look %s takes %d list requests for %d manifests and %d other requests", look, n, manifests, others.Load())
		}
		t.Logf("an idle look %s: %d list requests for manifests/", look, lists.Load()-1)
	}
}

// countRequests stands before an S3 server and counts what is asked of it.
func countRequests(t *testing.T, target string, lists, others *atomic.Int64) string {
	t.Helper()
	to, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(to)
		r.Out.Host = r.In.Host // it is signed
	}}
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet && r.URL.Query().Get("list-type") == "2" {
			lists.Add(1)
		} else {
			others.Add(1)
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	return front.URL
}

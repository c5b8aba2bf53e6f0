package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// TestOpenAPI holds the API against its description: each answer is as it is described, and each answer that is
// described is given.
func TestOpenAPI(t *testing.T) {
	_, text := call(t, serve(t, &fake{state: shop()}, nil), "GET", "/api/openapi.yaml", "")
	doc, err := openapi3.NewLoader().LoadFromData([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(context.Background()); err != nil {
		t.Fatal(err)
	}
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	const feed, ask = "/api/v1/feeds/shop", `{"sql": "SELECT 1"}`
	empty := State{Tables: []Table{}, History: []Dump{}, Failures: []Failure{}, Accepted: []Accepted{}, Reports: []Report{}, Exports: []Export{}}
	failing := shop()
	failing.Failures = []Failure{broken(), {Manifest: "manifests/x.json", TriedAt: now, Tries: 1, Error: "e", Reason: "e"}}
	late := crm()
	late.Running, late.Runs = at(-time.Minute), late.Runs[1:]
	for kind := range map[string]bool{"failed": true, "late": true, "slow": true, "rejected": true, "dropped": true, "risen": true} {
		late.Troubles = append(late.Troubles, ExportTrouble{kind, "text", now})
	}
	failing.Exports = []Export{late}
	fails := func(err error) *fake {
		return &fake{err: err, query: func(context.Context) error { return err }, export: func(io.Writer, string) error { return err }}
	}
	never := func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
	slow := &fake{query: never, export: func(io.Writer, string) error { time.Sleep(30 * time.Millisecond); return errors.New("ended") }}
	quick := func(o *Options) { o.QueryTime = time.Millisecond }
	noLook := func(o *Options) { o.Feeds[0].Look = nil }
	token := func(o *Options) { o.Token = "a token of some length" }
	seen := map[string]bool{}
	for _, c := range []struct {
		method, path, body string
		status             int
		fake               *fake
		change             func(*Options)
		headers            []string
	}{
		{"GET", "/healthz", "", 200, nil, nil, nil},
		{"GET", "/healthz", "", 200, nil, token, nil},
		{"GET", "/readyz", "", 200, nil, nil, nil},
		{"GET", "/readyz", "", 503, &fake{state: failing}, nil, nil},
		{"GET", "/readyz", "", 503, &fake{state: failing}, token, nil},
		{"GET", "/readyz", "", 503, fails(errors.New("no")), nil, nil},
		{"GET", "/metrics", "", 200, nil, nil, nil},
		{"GET", "/metrics", "", 401, nil, token, nil},
		{"GET", "/api/openapi.yaml", "", 200, nil, nil, nil},
		{"GET", "/api/openapi.yaml", "", 401, nil, token, nil},
		{"GET", "/api/v1/feeds", "", 200, nil, nil, nil},
		{"GET", "/api/v1/feeds", "", 200, &fake{state: empty}, nil, nil},
		{"GET", "/api/v1/feeds", "", 200, fails(errors.New("no")), nil, nil},
		{"GET", "/api/v1/feeds", "", 401, nil, token, nil},
		{"GET", feed, "", 200, nil, nil, nil},
		{"GET", feed, "", 200, &fake{state: empty}, nil, nil},
		{"GET", feed, "", 200, &fake{state: failing}, nil, nil},
		{"GET", feed, "", 401, nil, token, nil},
		{"GET", "/api/v1/feeds/other", "", 404, nil, nil, nil},
		{"GET", feed, "", 500, fails(errors.New("no")), nil, nil},
		{"GET", feed + "/schema", "", 200, nil, nil, nil},
		{"GET", feed + "/schema", "", 401, nil, token, nil},
		{"GET", "/api/v1/feeds/other/schema", "", 404, nil, nil, nil},
		{"GET", feed + "/schema", "", 500, fails(errors.New("no")), nil, nil},
		{"GET", feed + "/schema", "", 503, fails(&BusyError{"a load"}), nil, nil},
		{"POST", feed + "/query", ask, 200, nil, nil, nil},
		{"POST", feed + "/query", `{"sql": "SELECT 1", "limit": 1}`, 200, nil, nil, nil},
		{"POST", feed + "/query", `{"sql": "SELECT 1", "limit": -1}`, 400, nil, nil, nil},
		{"POST", feed + "/query", `{"sql": " "}`, 400, nil, nil, nil},
		{"POST", feed + "/query", `{"sql": "SELECT 1", "other": 1}`, 400, nil, nil, nil},
		{"POST", feed + "/query", `{`, 400, nil, nil, nil},
		{"POST", feed + "/query", ask, 401, nil, token, nil},
		{"POST", feed + "/query", ask, 403, nil, nil, []string{"Sec-Fetch-Site", "cross-site"}},
		{"POST", "/api/v1/feeds/other/query", ask, 404, nil, nil, nil},
		{"POST", feed + "/query", ask, 415, nil, nil, []string{"Content-Type", "text/plain"}},
		{"POST", feed + "/query", ask, 422, fails(errors.New("Parser Error")), nil, nil},
		{"POST", feed + "/query", ask, 503, fails(&BusyError{"a load"}), nil, nil},
		{"POST", feed + "/query", ask, 504, slow, quick, nil},
		{"POST", feed + "/export", `{"sql": "SELECT 1", "format": "csv"}`, 200, nil, nil, nil},
		{"POST", feed + "/export", `{"sql": "SELECT 1", "format": "parquet"}`, 200, nil, nil, nil},
		{"POST", feed + "/export", `{"sql": "SELECT 1", "format": "xlsx"}`, 400, nil, nil, nil},
		{"POST", feed + "/export", `{"sql": "SELECT 1", "format": "csv"}`, 401, nil, token, nil},
		{"POST", feed + "/export", `{"sql": "SELECT 1", "format": "csv"}`, 403, nil, nil, []string{"Origin", "https://elsewhere.example"}},
		{"POST", "/api/v1/feeds/other/export", `{"sql": "SELECT 1", "format": "csv"}`, 404, nil, nil, nil},
		{"POST", feed + "/export", `{"sql": "SELECT 1", "format": "csv"}`, 415, nil, nil, []string{"Content-Type", "text/plain"}},
		{"POST", feed + "/export", `{"sql": "SELECT 1", "format": "csv"}`, 422, fails(errors.New("Parser Error")), nil, nil},
		{"POST", feed + "/export", `{"sql": "SELECT 1", "format": "csv"}`, 503, fails(&BusyError{"a load"}), nil, nil},
		{"POST", feed + "/export", `{"sql": "SELECT 1", "format": "csv"}`, 504, slow, quick, nil},
		{"POST", feed + "/look", "", 202, nil, nil, nil},
		{"POST", feed + "/look", "", 401, nil, token, nil},
		{"POST", feed + "/look", "", 403, nil, nil, []string{"Sec-Fetch-Site", "same-site"}},
		{"POST", "/api/v1/feeds/other/look", "", 404, nil, nil, nil},
		{"POST", feed + "/look", "", 409, nil, noLook, nil},
		{"GET", "/api/v1/queries", "", 200, nil, nil, nil},
		{"GET", "/api/v1/queries", "", 401, nil, token, nil},
	} {
		if c.fake == nil {
			c.fake = &fake{state: shop()}
		}
		answer, body := call(t, serve(t, c.fake, c.change), c.method, c.path, c.body, c.headers...)
		name := fmt.Sprintf("%s %s %s → %d", c.method, c.path, c.body, answer.StatusCode)
		if answer.StatusCode != c.status {
			t.Errorf("%s, want %d: %s", name, c.status, body)
		}
		if answer.StatusCode < 400 && c.method == "GET" && strings.Contains(body, "null,null") {
			t.Errorf("%s: %s", name, body)
		}
		held(t, router, answer, body, name, seen)
	}
	for path, item := range doc.Paths.Map() {
		for method, operation := range item.Operations() {
			for status := range operation.Responses.Map() {
				if key := method + " " + path + " " + status; !seen[key] {
					t.Errorf("nothing here gives what is described: %s", key)
				}
			}
		}
	}
}

// held holds an answer against its description.
func held(t *testing.T, router routers.Router, answer reply, body, name string, seen map[string]bool) {
	t.Helper()
	request := answer.Request.Clone(context.Background())
	request.URL.Scheme, request.URL.Host = "", ""
	route, parameters, err := router.FindRoute(request)
	if err != nil {
		t.Errorf("%s: not described: %v", name, err)
		return
	}
	seen[fmt.Sprintf("%s %s %d", route.Method, route.Path, answer.StatusCode)] = true
	err = openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: request, Route: route, PathParams: parameters},
		Status:                 answer.StatusCode, Header: answer.Header, Body: io.NopCloser(strings.NewReader(body)),
		Options: &openapi3filter.Options{IncludeResponseStatus: true},
	})
	if err != nil && !strings.Contains(err.Error(), "unsupported content type") {
		t.Errorf("%s: not as it is described: %v\n%s", name, err, body)
	}
}

package faultproxy_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"

	"smew/bucket/faultproxy"
)

const content = "0123456789abcdef"

// Each fault is to the client what it is named for.
func TestEveryKind(t *testing.T) {
	t.Parallel()
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		w.Header().Set("Content-Length", "16")
		io.WriteString(w, content)
	}))
	defer server.Close()
	p, err := faultproxy.Start(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	for _, c := range []struct {
		fault  faultproxy.Fault
		asked  int
		status int // 0: no answer
		body   string
		err    error // of the request or the body
	}{
		{faultproxy.Fault{}, 1, 200, content, nil},
		{faultproxy.Fault{Delay: time.Millisecond}, 1, 200, content, nil},
		{faultproxy.Fault{Kind: faultproxy.Refuse}, 0, 0, "", syscall.ECONNRESET},
		{faultproxy.Fault{Kind: faultproxy.Answer, Status: 503, Code: "SlowDown"}, 0, 503, "SlowDown", nil},
		{faultproxy.Fault{Kind: faultproxy.Lose}, 1, 0, "", syscall.ECONNRESET},
		{faultproxy.Fault{Kind: faultproxy.Reset, After: 10}, 1, 200, "", syscall.ECONNRESET}, // it may overtake the bytes
		{faultproxy.Fault{Kind: faultproxy.Cut, After: 10}, 1, 200, content[:10], io.ErrUnexpectedEOF},
		{faultproxy.Fault{Kind: faultproxy.Stall, After: 10}, 1, 200, content[:10], context.DeadlineExceeded},
		{faultproxy.Fault{Kind: faultproxy.Short, After: 10}, 1, 200, content[:10], nil},
		{faultproxy.Fault{Kind: faultproxy.Flip, After: 1}, 1, 200, "00" + content[2:], nil},
		{faultproxy.Fault{Kind: faultproxy.Cut, After: 99}, 1, 200, content, nil},
	} {
		p.Use(faultproxy.Burst(0, 1, c.fault))
		asked = 0
		status, body, err := get(t, p.URL, c.fault.Kind == faultproxy.Stall)
		if asked != c.asked || status != c.status || !strings.Contains(body, c.body) || !errors.Is(err, c.err) {
			t.Errorf("%+v: asked %d times, status %d, %q, %v", c.fault, asked, status, body, err)
		}
		if p.Done()[c.fault.Kind] != 1 {
			t.Errorf("%+v: %v", c.fault, p.Done())
		}
	}
}

func get(t *testing.T, url string, hurry bool) (status int, body string, err error) {
	t.Helper()
	ctx := t.Context()
	if hurry {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, 200*time.Millisecond)
		defer cancel()
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader("")) // not repeated by the client
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer answer.Body.Close()
	data, err := io.ReadAll(answer.Body)
	return answer.StatusCode, string(data), err
}

func TestPlans(t *testing.T) {
	fault := faultproxy.Fault{Kind: faultproxy.Cut}
	follow := func(plan faultproxy.Plan, paths ...string) (done string) {
		for n, path := range paths {
			f := plan(n, httptest.NewRequest(http.MethodGet, path, nil))
			done += map[faultproxy.Kind]string{faultproxy.Pass: ".", faultproxy.Cut: "x"}[f.Kind]
		}
		return done
	}
	paths := []string{"/b/1.avro", "/b/1.avro", "/b/2.json", "/b?list", "/b/3.avro"}
	for _, c := range []struct {
		name string
		plan faultproxy.Plan
		want string
	}{
		{"always", faultproxy.Always(fault, nil), "xxxxx"},
		{"objects", faultproxy.Always(fault, faultproxy.Objects(".avro")), "xx..x"},
		{"burst", faultproxy.Burst(1, 2, fault), ".xx.."},
		{"first", faultproxy.First(fault, nil), "x.xxx"},
		{"first of some", faultproxy.First(fault, faultproxy.Objects("")), "x.x.x"},
		{"never at random", faultproxy.Random(1, 0, fault), "....."},
		{"always at random", faultproxy.Random(1, 1, fault), "xxxxx"},
	} {
		if got := follow(c.plan, paths...); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

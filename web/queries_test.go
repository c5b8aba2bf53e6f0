package web

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// send makes a request whose answer is of no matter.
func send(r *http.Request) {
	if answer, err := http.DefaultClient.Do(r); err == nil {
		answer.Body.Close()
	}
}

// A query has its time, ends with its request, and waits for its turn; how it ended is counted.
func TestQueries(t *testing.T) {
	begun, ended := make(chan bool, 8), make(chan error, 8)
	f := &fake{state: shop(), query: func(ctx context.Context) error {
		begun <- true
		<-ctx.Done()
		ended <- ctx.Err()
		return ctx.Err()
	}}
	server := serve(t, f, func(o *Options) { o.QueryTime, o.Parallel = time.Minute, 1 })
	ctx, cancel := context.WithCancel(context.Background())
	r, _ := http.NewRequestWithContext(ctx, "POST", server.URL+"/api/v1/feeds/shop/query", strings.NewReader(`{"sql": "x"}`))
	r.Header.Set("Content-Type", "application/json")
	go send(r)
	<-begun
	short, stop := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer stop()
	second := r.Clone(short)
	second.Body = io.NopCloser(strings.NewReader(`{"sql": "x"}`))
	send(second)
	if len(begun) != 0 {
		t.Error("two queries run at once, where one may")
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the query ended with %v", err)
	}
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		_, body := call(t, server, "GET", "/metrics", "")
		if regexp.MustCompile(`smew_queries_total{outcome="cancelled"} [1-9]`).MatchString(body) {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("it is not counted: %s", regexp.MustCompile("smew_quer.*total.*").FindAllString(body, -1))
		}
	}
}

// A query that waited for its turn has as much time as another; one that never gets its turn is told so, and counted.
func TestTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{state: shop(), query: func(ctx context.Context) error {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(20 * time.Second):
				return nil
			}
		}}
		handler, err := New(Options{Feeds: []Feed{f.feed("shop")}, QueryTime: 30 * time.Second, Parallel: 1})
		if err != nil {
			t.Fatal(err)
		}
		answers := make(chan int, 3)
		for range 3 { // the last one's turn would come after 40 seconds
			go func() {
				r := httptest.NewRequest("POST", "/api/v1/feeds/shop/query", strings.NewReader(`{"sql": "x"}`))
				r.Header.Set("Content-Type", "application/json")
				w := httptest.NewRecorder()
				handler.ServeHTTP(w, r)
				answers <- w.Code
			}()
		}
		time.Sleep(time.Minute)
		got := []int{<-answers, <-answers, <-answers}
		if want := []int{200, 503, 200}; !slices.Equal(got, want) {
			t.Errorf("answers %v, want %v", got, want)
		}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
		if !strings.Contains(w.Body.String(), `smew_queries_total{outcome="busy"} 1`) {
			t.Error("the one without a turn is not counted")
		}
	})
}

// A file that breaks off breaks the connection: nobody takes it for the whole.
func TestExportBreaksOff(t *testing.T) {
	f := &fake{state: shop(), export: func(w io.Writer, _ string) error {
		w.Write([]byte("n\n1\n"))
		return errors.New("no room")
	}}
	server := serve(t, f, nil)
	r, _ := http.NewRequest("POST", server.URL+"/api/v1/feeds/shop/export", strings.NewReader(`{"sql": "x", "format": "csv"}`))
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	if err == nil {
		_, err = io.ReadAll(answer.Body)
		answer.Body.Close()
	}
	if err == nil {
		t.Error("the file looks whole")
	}
}

// A client that takes nothing does not keep the database, and one that takes its time does not lose its file.
func TestExportStalls(t *testing.T) {
	ended := make(chan error, 1)
	f := &fake{state: shop(), export: func(w io.Writer, _ string) (err error) {
		chunk := make([]byte, 1<<20)
		for i := 0; i < 100 && err == nil; i++ { // more than any buffer between takes
			_, err = w.Write(chunk)
		}
		ended <- err
		return err
	}}
	server := serve(t, f, func(o *Options) { o.Stall = 100 * time.Millisecond })
	r, _ := http.NewRequest("POST", server.URL+"/api/v1/feeds/shop/export", strings.NewReader(`{"sql": "x", "format": "csv"}`))
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	select {
	case err := <-ended:
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("it ended with %v", err)
		}
	case <-time.After(time.Minute):
		t.Fatal("it waits for its client")
	}
	if _, err := io.ReadAll(answer.Body); err == nil {
		t.Error("the file looks whole")
	}
	f.export = func(w io.Writer, _ string) error {
		for range 3 {
			time.Sleep(110 * time.Millisecond) // between chunks the query has its time
			if _, err := io.WriteString(w, "n\n"); err != nil {
				return err
			}
		}
		return nil
	}
	for range 2 { // the connection is as good as before
		if answer, body := call(t, server, "POST", "/api/v1/feeds/shop/export", `{"sql": "x", "format": "csv"}`); answer.StatusCode != 200 || body != "n\nn\nn\n" {
			t.Errorf("%d %q", answer.StatusCode, body)
		}
		time.Sleep(110 * time.Millisecond)
	}
}

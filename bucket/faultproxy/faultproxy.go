// Package faultproxy stands between a client and an S3 server, both of them real, and does to their
// connections what networks, overloaded servers and bad middlemen do. It is for tests.
package faultproxy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync"
	"time"
)

// Kind is what becomes of a request.
type Kind string

const (
	Pass   Kind = ""       // the server answers it
	Refuse Kind = "refuse" // the connection is reset; the server is not asked
	Answer Kind = "answer" // Status and Code are answered; the server is not asked
	Lose   Kind = "lose"   // the server does it, and the connection is reset before its answer
	Reset  Kind = "reset"  // the answer's body breaks off, the connection being reset
	Cut    Kind = "cut"    // the answer's body breaks off, the connection being closed
	Stall  Kind = "stall"  // of the answer's body nothing more comes, until the client gives up
	Short  Kind = "short"  // the answer's body ends early and says that this is all
	Flip   Kind = "flip"   // a bit of the answer's body is turned
)

// Fault is what is done to one request. The zero value does nothing.
type Fault struct {
	Kind   Kind
	Delay  time.Duration // before anything else
	After  int64         // bytes of the answer's body before it happens; a shorter body comes whole
	Status int           // of Answer: 500, 503
	Code   string        // of Answer, S3's name for it: "SlowDown"
}

// Plan decides what is done to the n-th request, from 0. It is asked of one request at a time.
type Plan func(n int, r *http.Request) Fault

// Proxy is a proxy that runs. It speaks HTTP at URL.
type Proxy struct {
	URL string

	server  http.Server
	forward httputil.ReverseProxy
	closed  chan struct{}

	mu       sync.Mutex
	plan     Plan
	requests int
	done     map[Kind]int
}

// Start runs a proxy before the server at target, an URL, that does no harm until Use says so.
func Start(target string) (*Proxy, error) {
	to, err := url.Parse(target)
	if err != nil {
		return nil, fmt.Errorf("start fault proxy: %w", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("start fault proxy: %w", err)
	}
	p := &Proxy{URL: "http://" + listener.Addr().String(), closed: make(chan struct{}), done: map[Kind]int{}}
	quiet := log.New(io.Discard, "", 0)
	p.forward = httputil.ReverseProxy{
		FlushInterval: -1, // what comes before a fault comes through
		ErrorLog:      quiet,
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(to)
			r.Out.Host = r.In.Host // it is signed
		},
		ModifyResponse: p.spoil,
		ErrorHandler:   func(_ http.ResponseWriter, r *http.Request, _ error) { reset(r.Context()) },
	}
	p.server = http.Server{
		Handler: http.HandlerFunc(p.serve), ErrorLog: quiet,
		ConnContext: func(ctx context.Context, c net.Conn) context.Context { return context.WithValue(ctx, connKey{}, c) },
	}
	go p.server.Serve(listener)
	return p, nil
}

// Close ends the proxy and all connections through it.
func (p *Proxy) Close() error {
	close(p.closed)
	return p.server.Close()
}

// Use has requests treated by a plan from now on, counting from 0; nil does no harm.
func (p *Proxy) Use(plan Plan) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.plan, p.requests, p.done = plan, 0, map[Kind]int{}
}

// Done counts, by kind, what was done to requests since Use.
func (p *Proxy) Done() map[Kind]int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return maps.Clone(p.done)
}

func (p *Proxy) decide(r *http.Request) Fault {
	p.mu.Lock()
	defer p.mu.Unlock()
	var f Fault
	if p.plan != nil {
		f = p.plan(p.requests, r)
	}
	p.requests++
	p.done[f.Kind]++
	return f
}

type (
	connKey  struct{}
	faultKey struct{}
)

func (p *Proxy) serve(w http.ResponseWriter, r *http.Request) {
	f := p.decide(r)
	if f.Delay > 0 {
		p.wait(r.Context(), time.After(f.Delay))
	}
	switch f.Kind {
	case Refuse:
		reset(r.Context())
	case Answer:
		io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(f.Status)
		fmt.Fprintf(w, "<Error><Code>%s</Code><Message>told to</Message><RequestId>1</RequestId></Error>", f.Code)
		return
	}
	p.forward.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), faultKey{}, f)))
}

// wait waits until until, the client's going or the proxy's end.
func (p *Proxy) wait(ctx context.Context, until <-chan time.Time) {
	select {
	case <-until:
	case <-ctx.Done():
	case <-p.closed:
	}
}

// reset ends the request and its connection by a reset.
func reset(ctx context.Context) {
	if c, ok := ctx.Value(connKey{}).(*net.TCPConn); ok {
		c.SetLinger(0)
	}
	panic(http.ErrAbortHandler)
}

// spoil gives an answer the body that the fault makes of it.
func (p *Proxy) spoil(answer *http.Response) error {
	ctx := answer.Request.Context()
	f, _ := ctx.Value(faultKey{}).(Fault)
	switch f.Kind {
	case Pass:
		return nil
	case Lose:
		answer.Body.Close()
		reset(ctx)
	case Short:
		if answer.ContentLength > f.After {
			answer.ContentLength = f.After
			answer.Header.Set("Content-Length", fmt.Sprint(f.After))
		}
	}
	answer.Body = &body{ReadCloser: answer.Body, p: p, ctx: ctx, fault: f, left: f.After}
	return nil
}

// body is the body of an answer with a fault in it.
type body struct {
	io.ReadCloser
	p     *Proxy
	ctx   context.Context
	fault Fault
	left  int64 // bytes before the fault
}

var errCut = errors.New("cut on purpose")

func (b *body) Read(data []byte) (int, error) {
	if b.left > 0 {
		n, err := b.ReadCloser.Read(data[:min(int64(len(data)), b.left)])
		b.left -= int64(n)
		return n, err
	}
	switch b.fault.Kind {
	case Reset:
		reset(b.ctx)
	case Short:
		return 0, io.EOF
	case Stall:
		b.p.wait(b.ctx, nil)
	case Flip:
		b.left = 1 << 62
		n, err := b.ReadCloser.Read(data[:1])
		data[0] ^= 1
		return n, err
	}
	return 0, errCut
}

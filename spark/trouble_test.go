package spark_test

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"smew/sample"
	"smew/spark"
)

// mortal is a session of a loader that can die: nothing it asks for is done any more.
type mortal struct {
	spark.Session
	dead bool
}

var errDead = errors.New("the loader is dead")

func (m *mortal) Exec(ctx context.Context, sql string) error {
	if m.dead {
		return errDead
	}
	return m.Session.Exec(ctx, sql)
}

func (m *mortal) Rows(ctx context.Context, sql string) ([][]any, error) {
	if m.dead {
		return nil, errDead
	}
	return m.Session.Rows(ctx, sql)
}

func (m *mortal) Avro(ctx context.Context, view string, files []string) error {
	if m.dead {
		return errDead
	}
	return m.Session.Avro(ctx, view, files)
}

// deaths have one loader after the other die, each before a step of another kind.
type deaths struct {
	t       *testing.T
	session spark.Session
	drivers *server  // whose driver is killed, rather than the loader; nil: it is not
	kinds   []string // of steps: two each day, or all if SMEW_TEST_STEPS says so
	died    []string
}

func newDeaths(t *testing.T, s spark.Session, kinds ...string) *deaths {
	t.Helper()
	d := &deaths{t: t, session: s}
	for _, i := range sample.Draw(t, 2, len(kinds)) {
		d.kinds = append(d.kinds, kinds[i])
	}
	return d
}

// next is the session of the next loader, and its spark.Options.Before. The commit before which it dies is of its own work, not the one that
// fences off a dead one.
func (d *deaths) next() (spark.Session, func(step string) error) {
	m, worked, lost := &mortal{Session: d.session}, false, false
	return m, func(step string) error {
		kind, _, _ := strings.Cut(step, " ")
		switch {
		case m.dead:
			return errDead
		case lost: // the loader lives on, and would give the lock back
			return nil
		case kind == "commit" && !worked, !slices.Contains(d.kinds, kind), slices.Contains(d.died, kind):
			worked = worked || !slices.Contains([]string{"begin", "lock", "commit", "recover"}, kind)
			return nil
		}
		d.died = append(d.died, kind)
		if d.drivers != nil {
			lost = true
			return errors.Join(d.drivers.cluster.KillConnect(), d.drivers.cluster.StartConnect())
		}
		m.dead = true
		return errDead
	}
}

// last is before which kind of step the last one died.
func (d *deaths) last() string { return d.died[len(d.died)-1] }

func (d *deaths) done() {
	d.t.Helper()
	if len(d.died) != len(d.kinds) {
		d.t.Errorf("they were to die before %q, and died before %q", d.kinds, d.died)
	}
}

// trouble is what happens to a load on purpose, between its steps.
type trouble struct {
	t        *testing.T
	server   *server
	open     func() spark.Session
	rng      *rand.Rand // draws before which steps the loader dies; nil: it does not
	executor bool       // one is to be killed with -9 before a table is written
	driver   string     // … and the driver before such a step, which then comes again; "": it is not
	deaths   int
	loader   *mortal
}

// begin gives the loader a new life.
func (h *trouble) begin() *mortal {
	if h.loader == nil || h.loader.dead {
		h.loader = &mortal{Session: h.open()}
	}
	return h.loader
}

// before is spark.Options.Before.
func (h *trouble) before(step string) error {
	kind, _, _ := strings.Cut(step, " ")
	switch cluster := h.server.cluster; {
	case h.loader.dead:
		return errDead
	case cluster != nil && h.driver == kind:
		h.driver = ""
		if err := errors.Join(cluster.KillConnect(), cluster.StartConnect()); err != nil {
			h.t.Error(err)
		}
	case cluster != nil && kind == "write" && h.executor:
		h.executor = false
		if err := cluster.KillExecutor(); err != nil {
			h.t.Error(err)
		}
	case h.rng != nil && h.rng.IntN(60) == 0:
		h.loader.dead = true
		return errDead
	}
	return nil
}

// again says whether a load has to be done again for what happened to it.
func (h *trouble) again(err error) bool {
	if h.rng == nil || !errors.Is(err, errDead) && !lost(err) {
		return false
	}
	h.loader.dead = true
	h.deaths++
	return true
}

// cutter passes connections on to a server, and cuts all of them every so often.
type cutter struct {
	listener net.Listener
	target   string
	mutex    sync.Mutex
	open     map[net.Conn]bool
	cuts     atomic.Int64
}

// cut returns the remote of a server as one reaches it over a bad network.
func cut(t *testing.T, remote string, every time.Duration) (*cutter, string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cutter{listener: listener, target: strings.TrimPrefix(remote, "sc://"), open: map[net.Conn]bool{}}
	t.Cleanup(func() { listener.Close() })
	go c.accept()
	ticker := time.NewTicker(every)
	t.Cleanup(ticker.Stop)
	go func() {
		for {
			select {
			case <-ticker.C:
				c.cut()
			case <-t.Context().Done():
				return
			}
		}
	}()
	return c, "sc://" + listener.Addr().String()
}

func (c *cutter) accept() {
	for {
		from, err := c.listener.Accept()
		if err != nil {
			return
		}
		to, err := net.Dial("tcp", c.target)
		if err != nil {
			from.Close()
			continue
		}
		c.mutex.Lock()
		c.open[from], c.open[to] = true, true
		c.mutex.Unlock()
		go c.pass(from, to)
		go c.pass(to, from)
	}
}

func (c *cutter) pass(from, to net.Conn) {
	_, _ = io.Copy(to, from)
	c.mutex.Lock()
	defer c.mutex.Unlock()
	for _, end := range []net.Conn{from, to} {
		end.Close()
		delete(c.open, end)
	}
}

func (c *cutter) cut() {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	for end := range c.open {
		_ = end.(*net.TCPConn).SetLinger(0) // a reset, not an end
		end.Close()
		c.cuts.Add(1)
	}
}

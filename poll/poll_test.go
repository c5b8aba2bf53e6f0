package poll_test

import (
	stdcmp "cmp"
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"smew/poll"
)

// made is a poller that a mistake in the options fails.
func made(t *testing.T, o poll.Options) *poll.Poller {
	t.Helper()
	p, err := poll.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// visit is one look: when it was, and whether what failed was to be tried.
type visit struct {
	Minute time.Duration
	Again  bool
}

// step is what a look comes to; due is in minutes from the beginning.
type step struct {
	loaded, failed int
	err            error
	due            time.Duration
}

// follow polls until the script of looks is over and returns the looks.
func follow(t *testing.T, o poll.Options, script []step) (visits []visit) {
	t.Helper()
	ctx, cancel := context.WithCancelCause(t.Context())
	over := errors.New("over")
	began := time.Now()
	o.Load = func(_ context.Context, again bool) (poll.Look, error) {
		s := script[len(visits)]
		visits = append(visits, visit{time.Since(began) / time.Minute, again})
		if len(visits) == len(script) {
			cancel(over)
		}
		look := poll.Look{Loaded: s.loaded, Failed: s.failed}
		if s.due != 0 {
			look.Due = began.Add(s.due * time.Minute)
		}
		return look, s.err
	}
	if err := made(t, o).Run(ctx); !errors.Is(err, over) {
		t.Errorf("Run returned %v, want the cause of the end", err)
	}
	return visits
}

func TestSchedule(t *testing.T) {
	fine, broken, some, offline := step{}, step{failed: 1}, step{loaded: 1, failed: 1}, step{err: errors.New("offline")}
	due := func(at time.Duration) step { return step{due: at} }
	half := func() float64 { return 0.5 }
	for _, test := range []struct {
		name   string
		o      poll.Options
		script []step
		at     []time.Duration // in minutes
		again  string          // a letter a look: y where what failed is tried
	}{
		{"evenly", poll.Options{}, []step{fine, fine, fine}, []time.Duration{0, 16, 32}, "yyy"},
		{"errors back off and end", poll.Options{}, []step{offline, offline, fine, fine}, []time.Duration{0, 2, 6, 22}, "yyyy"},
		{"errors are bounded", poll.Options{MaxPause: 5 * time.Minute, Every: 3 * time.Minute}, []step{offline, offline, offline, offline, fine}, []time.Duration{0, 2, 6, 11, 16}, "yyyyy"},
		{"the bound is never below the interval", poll.Options{MaxPause: time.Second}, []step{offline, offline, offline, offline, offline, offline}, []time.Duration{0, 2, 6, 14, 30, 46}, "yyyyyy"},
		{"failing dumps are tried with a back-off", poll.Options{Every: 3 * time.Minute}, []step{broken, broken, broken, broken, fine}, []time.Duration{0, 2, 5, 6, 9}, "yynyn"},
		{"a mended dump ends that", poll.Options{}, []step{broken, broken, some, broken, fine, broken}, []time.Duration{0, 2, 6, 8, 12, 28}, "yyyyyy"},
		{"until the next dump is due", poll.Options{}, []step{due(10), due(20), due(50), due(50)}, []time.Duration{0, 10, 20, 36}, "yyyy"},
		{"the floor", poll.Options{Floor: 3 * time.Minute}, []step{due(1), due(1)}, []time.Duration{0, 3}, "yy"},
		{"a late dump is looked for less and less", poll.Options{}, []step{due(8), due(8), due(8), due(8), due(8), due(8), due(8)}, []time.Duration{0, 8, 9, 10, 12, 16, 24}, "yyyyyyy"},
		{"jitter", poll.Options{Jitter: 0.5, Random: half}, []step{fine, fine}, []time.Duration{0, 20}, "yy"},
		{"random back-off", poll.Options{Random: half, Floor: 2 * time.Minute}, []step{offline, offline, offline}, []time.Duration{0, 3, 8}, "yyy"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				if test.o.Every == 0 {
					test.o.Every = 16 * time.Minute
				}
				if test.o.Floor == 0 {
					test.o.Floor = time.Minute
				}
				if test.o.MaxPause == 0 {
					test.o.MaxPause = time.Hour
				}
				var want []visit
				for i, at := range test.at {
					want = append(want, visit{at, test.again[i] == 'y'})
				}
				if diff := cmp.Diff(want, follow(t, test.o, test.script)); diff != "" {
					t.Errorf("looks (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// TestManyFailures holds that a pause does not overflow however long a feed is out of reach.
func TestManyFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var script []step
		for range 200 {
			script = append(script, step{err: errors.New("offline")})
		}
		at := follow(t, poll.Options{Every: time.Minute}, script)
		if got := at[199].Minute - at[198].Minute; got != 15 {
			t.Errorf("the last pause was %d minutes, want 15", got)
		}
	})
}

// TestWake looks at once when told so, in a pause, in a back-off and right after a look.
func TestWake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var visits []visit
		began := time.Now()
		p := made(t, poll.Options{Every: time.Hour, Floor: time.Hour, Load: func(_ context.Context, again bool) (poll.Look, error) {
			visits = append(visits, visit{time.Since(began) / time.Minute, again})
			time.Sleep(2 * time.Minute)
			return poll.Look{Failed: 1}, nil
		}})
		go p.Run(ctx)
		for range 3 {
			time.Sleep(11 * time.Minute)
			p.Wake()
		}
		time.Sleep(time.Minute) // it looks: two more calls are one more look
		p.Wake()
		p.Wake()
		time.Sleep(20 * time.Minute)
		synctest.Wait()
		want := []visit{{0, true}, {11, true}, {22, true}, {33, true}, {35, true}}
		if diff := cmp.Diff(want, visits); diff != "" {
			t.Errorf("looks (-want +got):\n%s", diff)
		}
	})
}

// TestPublish makes a copy when a look found it stale, not more often than it may, and tries again
// what failed; none of that moves the looks.
func TestPublish(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		began := time.Now()
		at := func() int { return int(time.Since(began) / time.Minute) }
		stale := map[int]bool{0: true, 10: true, 20: true, 50: true} // the minutes of looks that load something
		var looks, copies []int
		isStale := false
		p := made(t, poll.Options{
			Every: 10 * time.Minute, Floor: time.Minute, PublishEvery: 25 * time.Minute,
			Load: func(context.Context, bool) (poll.Look, error) {
				looks = append(looks, at())
				isStale = isStale || stale[at()]
				return poll.Look{Stale: isStale}, nil
			},
			Publish: func(context.Context) error {
				copies = append(copies, at())
				if at() == 50 {
					return errors.New("no room")
				}
				isStale = false
				return nil
			},
		})
		go p.Run(ctx)
		time.Sleep(51 * time.Minute)
		if s := p.State(); s.PublishErr == nil || s.PublishFail != 1 || !s.NextPublish.Equal(began.Add(52*time.Minute)) {
			t.Errorf("after a copy that failed: %+v", s)
		}
		time.Sleep(34 * time.Minute)
		synctest.Wait()
		if diff := cmp.Diff([]int{0, 25, 50, 52}, copies); diff != "" {
			t.Errorf("copies (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]int{0, 10, 20, 30, 40, 50, 60, 70, 80}, looks); diff != "" {
			t.Errorf("looks (-want +got):\n%s", diff)
		}
		if s := p.State(); s.PublishErr != nil || !s.NextPublish.IsZero() || !s.PublishedAt.Equal(began.Add(52*time.Minute)) {
			t.Errorf("at last: %+v", s)
		}
	})
}

// TestWakePublishes tries a copy that failed again when woken, and leaves one alone that waits for its time.
func TestWakePublishes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		began := time.Now()
		var copies []int
		p := made(t, poll.Options{
			Every: time.Hour, Floor: 30 * time.Minute, PublishEvery: 40 * time.Minute,
			Load: func(context.Context, bool) (poll.Look, error) { return poll.Look{Stale: true}, nil },
			Publish: func(context.Context) error {
				copies = append(copies, int(time.Since(began)/time.Minute))
				if len(copies) < 3 {
					return errors.New("no room")
				}
				return nil
			},
		})
		go p.Run(ctx)
		for _, at := range []time.Duration{3, 6, 9} { // the third time there is a copy that is young
			time.Sleep(at*time.Minute - time.Since(began))
			p.Wake()
			synctest.Wait()
			if s := p.State(); at == 3 && !s.PublishSince.Equal(began) {
				t.Errorf("it fails since %v", s.PublishSince)
			}
		}
		time.Sleep(40 * time.Minute)
		synctest.Wait()
		if diff := cmp.Diff([]int{0, 3, 6, 46}, copies); diff != "" {
			t.Errorf("copies (-want +got):\n%s", diff)
		}
		if s := p.State(); s.PublishFail != 0 || !s.PublishSince.IsZero() {
			t.Errorf("at last: %+v", s)
		}
	})
}

// TestState tells what a watcher needs to know, while it looks and between.
func TestState(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		offline := errors.New("offline")
		var told []poll.State
		p := made(t, poll.Options{
			Every: time.Hour, Floor: 10 * time.Minute, Changed: func(s poll.State) { told = append(told, s) },
			Load: func(context.Context, bool) (poll.Look, error) {
				time.Sleep(2 * time.Minute)
				return poll.Look{}, offline
			},
		})
		if p.State() != (poll.State{}) {
			t.Errorf("before it runs: %+v", p.State())
		}
		began := time.Now()
		go p.Run(ctx)
		time.Sleep(time.Minute)
		if s := p.State(); !s.Looking || !s.LookedAt.Equal(began) || !s.Since.Equal(began) || s.Looks != 0 {
			t.Errorf("during the first look: %+v", s)
		}
		time.Sleep(26 * time.Minute) // looks: 0 to 2, 22 to 24
		synctest.Wait()
		s := p.State()
		if s.Looking || s.Looks != 2 || s.Errors != 2 || s.Err != offline || !s.ErrSince.Equal(began.Add(2*time.Minute)) || !s.NextLook.Equal(began.Add(64*time.Minute)) {
			t.Errorf("after the second look: %+v", s)
		}
		if len(told) != 2 || told[1] != s {
			t.Errorf("a watcher was told %+v", told)
		}
		if s.Overdue(began.Add(60*time.Minute)) != 0 || s.Overdue(began.Add(66*time.Minute)) != 2*time.Minute {
			t.Error("Overdue is wrong")
		}
		s.Looking = true
		if s.Overdue(began.Add(66*time.Minute)) != 0 {
			t.Error("a look under way is overdue")
		}
	})
}

// TestStop ends the polling in a pause, and in the middle of a look.
func TestStop(t *testing.T) {
	stop := errors.New("stop")
	t.Run("pause", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(t.Context())
			count := 0
			o := poll.Options{Every: time.Hour, Load: func(context.Context, bool) (poll.Look, error) { count++; return poll.Look{}, nil }}
			time.AfterFunc(90*time.Minute, func() { cancel(stop) })
			began := time.Now()
			if err := made(t, o).Run(ctx); !errors.Is(err, stop) || count != 2 || time.Since(began) != 90*time.Minute {
				t.Errorf("Run returned %v after %d looks and %v, want %v after 2 looks, at once", err, count, time.Since(began), stop)
			}
		})
	})
	t.Run("look", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(t.Context())
			o := poll.Options{
				Every:   time.Hour,
				Load:    func(ctx context.Context, _ bool) (poll.Look, error) { <-ctx.Done(); return poll.Look{}, ctx.Err() },
				Changed: func(poll.State) { t.Error("a look that was given up was told of") },
			}
			time.AfterFunc(time.Minute, func() { cancel(stop) })
			p := made(t, o)
			if err := p.Run(ctx); !errors.Is(err, stop) || p.State().Looks != 0 || p.State().Looking {
				t.Errorf("Run returned %v, want %v; the state is %+v", err, stop, p.State())
			}
		})
	})
}

// TestOnce looks once, publishes where that is due, and tells of either's failure.
func TestOnce(t *testing.T) {
	offline, full := errors.New("offline"), errors.New("no room")
	for _, test := range []struct {
		name          string
		stale         bool
		load, publish error
		published     int
	}{
		{"nothing new", false, nil, nil, 0},
		{"new", true, nil, nil, 1},
		{"offline", true, offline, nil, 0},
		{"no room", true, nil, full, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			looks, published := 0, 0
			p := made(t, poll.Options{
				Every: time.Hour,
				Load: func(_ context.Context, again bool) (poll.Look, error) {
					looks++
					if !again {
						t.Error("what failed was not tried")
					}
					return poll.Look{Loaded: 3, Stale: test.stale}, test.load
				},
				Publish: func(context.Context) error { published++; return test.publish },
			})
			look, err := p.Once(t.Context())
			if want := stdcmp.Or(test.load, test.publish); !errors.Is(err, want) || looks != 1 || published != test.published {
				t.Errorf("%d looks, %d publications, %v, want %v", looks, published, err, want)
			}
			if test.load == nil && look.Loaded != 3 {
				t.Errorf("the look is %+v", look)
			}
		})
	}
}

func TestNoPause(t *testing.T) {
	if _, err := poll.New(poll.Options{}); err == nil {
		t.Error("a pause of 0 was taken")
	}
}

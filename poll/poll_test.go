package poll_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"smew/poll"
)

// follow polls until the script of looks is over and returns when each look happened.
func follow(t *testing.T, o poll.Options, script []func() (poll.Look, error)) (at []time.Duration) {
	t.Helper()
	ctx, cancel := context.WithCancelCause(t.Context())
	over := errors.New("over")
	began := time.Now()
	o.Load = func(context.Context) (poll.Look, error) {
		at = append(at, time.Since(began))
		if len(at) == len(script) {
			cancel(over)
		}
		return script[len(at)-1]()
	}
	if err := poll.Run(ctx, o); !errors.Is(err, over) {
		t.Errorf("Run returned %v, want the cause of the end", err)
	}
	return at
}

func looks(l poll.Look, err error) func() (poll.Look, error) {
	return func() (poll.Look, error) { return l, err }
}

func TestPauses(t *testing.T) {
	fine, broken, offline := looks(poll.Look{}, nil), looks(poll.Look{Failed: 1}, nil), looks(poll.Look{}, errors.New("offline"))
	some := looks(poll.Look{Loaded: 1, Failed: 1}, nil)
	for _, test := range []struct {
		name   string
		o      poll.Options
		script []func() (poll.Look, error)
		pauses []time.Duration // in minutes
	}{
		{"evenly", poll.Options{}, []func() (poll.Look, error){fine, fine, fine}, []time.Duration{1, 1}},
		{"errors back off and end", poll.Options{}, []func() (poll.Look, error){offline, offline, fine, fine}, []time.Duration{2, 4, 1}},
		{"failing dumps back off", poll.Options{}, []func() (poll.Look, error){broken, broken, some, broken, fine}, []time.Duration{2, 4, 1, 2}},
		{"bounded", poll.Options{MaxPause: 5 * time.Minute}, []func() (poll.Look, error){offline, offline, offline, offline, fine}, []time.Duration{2, 4, 5, 5}},
		{"never below the interval", poll.Options{MaxPause: time.Second}, []func() (poll.Look, error){offline, offline, fine}, []time.Duration{1, 1}},
		{"jitter", poll.Options{Jitter: 2, Random: func() float64 { return 0.5 }}, []func() (poll.Look, error){fine, offline, fine}, []time.Duration{2, 4}},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				test.o.Every = time.Minute
				at := follow(t, test.o, test.script)
				var pauses []time.Duration
				for i := 1; i < len(at); i++ {
					pauses = append(pauses, (at[i]-at[i-1])/time.Minute)
				}
				if diff := cmp.Diff(test.pauses, pauses); diff != "" {
					t.Errorf("pauses between looks (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// TestManyFailures holds that a pause does not overflow however long a feed is out of reach.
func TestManyFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var script []func() (poll.Look, error)
		for range 200 {
			script = append(script, looks(poll.Look{}, errors.New("offline")))
		}
		at := follow(t, poll.Options{Every: time.Minute}, script)
		if got := at[199] - at[198]; got != 15*time.Minute {
			t.Errorf("the last pause was %v, want 15 minutes", got)
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
			o := poll.Options{Every: time.Hour, Load: func(context.Context) (poll.Look, error) { count++; return poll.Look{}, nil }}
			time.AfterFunc(90*time.Minute, func() { cancel(stop) })
			began := time.Now()
			if err := poll.Run(ctx, o); !errors.Is(err, stop) || count != 2 || time.Since(began) != 90*time.Minute {
				t.Errorf("Run returned %v after %d looks and %v, want %v after 2 looks, at once", err, count, time.Since(began), stop)
			}
		})
	})
	t.Run("look", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(t.Context())
			o := poll.Options{
				Every:  time.Hour,
				Load:   func(ctx context.Context) (poll.Look, error) { <-ctx.Done(); return poll.Look{}, ctx.Err() },
				Looked: func(poll.Look, error, time.Duration) { t.Error("a look that was given up was told of") },
			}
			time.AfterFunc(time.Minute, func() { cancel(stop) })
			if err := poll.Run(ctx, o); !errors.Is(err, stop) {
				t.Errorf("Run returned %v, want %v", err, stop)
			}
		})
	})
}

func TestNoPause(t *testing.T) {
	load := func(context.Context) (poll.Look, error) { t.Error("it looked"); return poll.Look{}, nil }
	if err := poll.Run(t.Context(), poll.Options{Load: load}); err == nil {
		t.Error("a pause of 0 was taken")
	}
}

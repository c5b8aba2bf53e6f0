package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"

	"smew/loader"
)

// mostOverdue is how long a look may be overdue before the process counts as hung.
const mostOverdue = time.Minute

// supervised tells systemd, where that has started the process and wants to know, that it is ready, how it
// stands, that it is alive, and that it stops.
func (all followers) supervised(ctx context.Context) error {
	if wanted, err := daemon.SdNotify(false, daemon.SdNotifyReady); err != nil || !wanted {
		return nil // nobody listens, and following goes on
	}
	defer func() { _, _ = daemon.SdNotify(false, daemon.SdNotifyStopping) }()
	pause := 10 * time.Second
	watchdog, err := daemon.SdWatchdogEnabled(false)
	if err != nil {
		return fmt.Errorf("read the watchdog's interval: %w", err)
	}
	if watchdog > 0 {
		pause = min(pause, watchdog/3)
	}
	ticker := time.NewTicker(pause)
	defer ticker.Stop()
	for {
		state := "STATUS=" + all.line()
		if watchdog > 0 && all.alive(time.Now()) {
			state += "\n" + daemon.SdNotifyWatchdog
		}
		_, _ = daemon.SdNotify(false, state) // a message that is lost is followed by another
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// alive says that no poller has let its next look wait. One that waits for the database or the bucket is alive.
func (all followers) alive(now time.Time) bool {
	for _, w := range all {
		if w.poller.State().Overdue(now) > mostOverdue {
			return false
		}
	}
	return true
}

// line tells in a line how all stand.
func (all followers) line() string {
	parts := make([]string, len(all))
	for i, w := range all {
		parts[i] = strings.TrimPrefix(w.name+": ", ": ") + w.known().line()
	}
	return strings.Join(parts, "; ")
}

func (k known) line() string {
	s := k.State
	switch {
	case k.Waiting != nil:
		return "waiting for the database: " + k.Waiting.locked.Error()
	case k.Running.Kind == loader.Loading || k.Running.Kind == loader.Reading:
		return fmt.Sprintf("loading dump %d", k.Running.Dump)
	case s.Looking:
		return "looking"
	case s.Err != nil:
		return "not reached, next try " + instant(s.NextLook)
	case s.Last.Failed > 0:
		return fmt.Sprintf("%s not loaded, next look %s", count(s.Last.Failed, "manifest"), instant(s.NextLook))
	}
	line := "next look " + instant(s.NextLook)
	if k.Ledger != nil {
		line = count(k.Ledger.status.Dumps, "dump") + " loaded, " + line
	}
	return line
}

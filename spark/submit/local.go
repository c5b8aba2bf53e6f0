package submit

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// Local is a job that a program on this machine hands in and waits for, spark-submit or what does as it does.
type Local struct {
	Command []string // the program and its options; the file and its arguments follow
	Env     []string // nil: this process's

	cmd   *exec.Cmd
	said  tail
	ended chan struct{}
	err   error
}

// EndedError says that a job ended before it was told to.
type EndedError struct {
	Job  string
	How  string // "exit status 1", or a state and why
	Said string // the end of what its driver wrote, if it could be had
}

func (e *EndedError) Error() string {
	if e.Said == "" {
		return fmt.Sprintf("Spark's driver ended (%s): %s", e.Job, e.How)
	}
	return fmt.Sprintf("Spark's driver ended (%s): %s; it said: %s", e.Job, e.How, e.Said)
}

// Start runs the program.
func (l *Local) Start(ctx context.Context, file string, args ...string) error {
	if len(l.Command) == 0 {
		return errors.New("no program is named")
	}
	l.cmd = exec.Command(l.Command[0], append(append(l.Command[1:len(l.Command):len(l.Command)], file), args...)...)
	l.cmd.Env, l.cmd.Stdout, l.cmd.Stderr = l.Env, &l.said, &l.said
	apart(l.cmd)
	if err := l.cmd.Start(); err != nil {
		return err
	}
	l.ended = make(chan struct{})
	go func() {
		l.err = l.cmd.Wait()
		close(l.ended)
	}()
	return nil
}

// Ended returns nil while the program runs.
func (l *Local) Ended(context.Context) error {
	select {
	case <-l.ended:
		how := "exit status 0"
		if l.err != nil {
			how = l.err.Error()
		}
		return &EndedError{l.cmd.Path, how, l.said.String()}
	default:
		return nil
	}
}

// Stop asks the program and all it started to end, and kills them after ten seconds.
func (l *Local) Stop(ctx context.Context) error {
	end(l.cmd, false)
	select {
	case <-l.ended:
	case <-time.After(10 * time.Second):
		end(l.cmd, true)
		<-l.ended
	}
	return nil
}

// tail keeps the last lines that are written to it.
type tail struct {
	mu   sync.Mutex
	data []byte
}

const tailBytes = 4 << 10

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.data = append(t.data, p...)
	if n := len(t.data) - tailBytes; n > 0 {
		t.data = append(t.data[:0], t.data[n:]...)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(string(t.data))
}

package sparktest

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// group is a process group. It is killed by its leader, a shell that waits for the end of a pipe: so also executors,
// which the workers start, end with this process, however it ends.
type group struct {
	dir    string
	leader *exec.Cmd
	pipe   io.Closer
}

func newGroup(dir string) (*group, error) {
	cmd := exec.Command("sh", "-c", "trap '' HUP INT TERM; read _; kill -9 0")
	join(cmd, 0)
	pipe, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return &group{dir: dir, leader: cmd, pipe: pipe}, nil
}

func (g *group) stop() {
	g.pipe.Close()
	_ = g.leader.Wait() // says that it was killed
}

// process of a group, with what it says in a file.
type process struct {
	name  string
	group *group
	cmd   *exec.Cmd
	ended chan struct{}
}

func (g *group) start(name string, env []string, path string, args ...string) (*process, error) {
	log, err := os.Create(filepath.Join(g.dir, name+".log"))
	if err != nil {
		return nil, err
	}
	defer log.Close()
	p := &process{name: name, group: g, cmd: exec.Command(path, args...), ended: make(chan struct{})}
	p.cmd.Env, p.cmd.Stdout, p.cmd.Stderr = env, log, log
	join(p.cmd, g.leader.Process.Pid)
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start Spark's %s: %w", name, err)
	}
	go func() {
		_ = p.cmd.Wait()
		close(p.ended)
	}()
	return p, nil
}

// await returns the first match in what the process says.
func (p *process) await(what *regexp.Regexp) (string, error) {
	late := time.After(patience)
	for {
		said, err := os.ReadFile(filepath.Join(p.group.dir, p.name+".log"))
		if err != nil {
			return "", err
		}
		if found := what.Find(said); found != nil {
			return string(found), nil
		}
		select {
		case <-p.ended:
			return "", fmt.Errorf("start Spark's %s: it ended\n%s", p.name, p.group.tail(p.name))
		case <-late:
			return "", fmt.Errorf("start Spark's %s: it is not ready after %s\n%s", p.name, patience, p.group.tail(p.name))
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	<-p.ended
}

// killOne kills a process of the group whose command has the word, if there is one.
func (g *group) killOne(word string) (bool, error) {
	list, err := exec.Command("ps", "-A", "-o", "pid=,pgid=,args=").Output()
	if err != nil {
		return false, fmt.Errorf("list processes: %w", err)
	}
	for line := range strings.Lines(string(list)) {
		fields := strings.Fields(line)
		if len(fields) < 3 || fields[1] != strconv.Itoa(g.leader.Process.Pid) || !strings.Contains(line, word) {
			continue
		}
		pid, err := strconv.Atoi(fields[0])
		if err != nil {
			return false, err
		}
		return true, kill(pid)
	}
	return false, nil
}

// tail returns the last lines that a process said.
func (g *group) tail(name string) string {
	said, err := os.ReadFile(filepath.Join(g.dir, name+".log"))
	if err != nil {
		return err.Error()
	}
	if len(said) > 4000 {
		said = said[len(said)-4000:]
	}
	return string(bytes.TrimSpace(said))
}

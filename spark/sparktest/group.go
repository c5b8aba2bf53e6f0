package sparktest

import (
	"bytes"
	"errors"
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
	id     int
	leader *exec.Cmd // nil: another process's
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
	return &group{dir: dir, id: cmd.Process.Pid, leader: cmd, pipe: pipe}, nil
}

func (g *group) stop() {
	if g.leader == nil {
		return
	}
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
	join(p.cmd, g.id)
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

// members are the living processes of the group whose command has the word.
func (g *group) members(word string) (ids []int, err error) {
	list, err := exec.Command("ps", "-A", "-o", "pid=,pgid=,stat=,args=").Output()
	if err != nil {
		return nil, fmt.Errorf("list processes: %w", err)
	}
	for line := range strings.Lines(string(list)) {
		fields := strings.Fields(line)
		if len(fields) < 4 || fields[1] != strconv.Itoa(g.id) || fields[2][0] == 'Z' || !strings.Contains(line, word) {
			continue
		}
		id, err := strconv.Atoi(fields[0])
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// kill kills the processes whose command has the word, and returns how many there were once they are gone, with what they had open.
func (g *group) kill(word string) (int, error) {
	ids, err := g.members(word)
	for _, id := range ids {
		if failed := kill(id); failed != nil && !errors.Is(failed, os.ErrProcessDone) {
			return 0, failed
		}
	}
	for _, id := range ids {
		for !gone(id) {
			time.Sleep(10 * time.Millisecond)
		}
	}
	return len(ids), err
}

// gone says that a process has ended, and all its threads.
func gone(id int) bool {
	said, _ := exec.Command("ps", "-o", "stat=", "-p", strconv.Itoa(id)).Output() // fails where there is none
	stat := strings.TrimSpace(string(said))
	return stat == "" || stat[0] == 'Z' && !strings.Contains(stat, "l")
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

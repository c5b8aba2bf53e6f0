package sparktest

import (
	"bufio"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A test that is killed leaves nothing behind, also not what its processes started.
func TestKilled(t *testing.T) {
	if os.Getenv("SMEW_TEST_GROUP") != "" {
		g, err := newGroup(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		p, err := g.start("sleepers", os.Environ(), "sh", "-c", "sleep 300 & sleep 300; echo")
		if err != nil {
			t.Fatal(err)
		}
		os.Stdout.WriteString("group " + strconv.Itoa(g.leader.Process.Pid) + "\n")
		<-p.ended
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run", "^TestKilled$", "-test.timeout", "1m")
	cmd.Env = append(os.Environ(), "SMEW_TEST_GROUP=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	id, err := strconv.Atoi(strings.TrimSpace(strings.TrimPrefix(line, "group ")))
	if err != nil {
		t.Fatal(err)
	}
	await(t, id, 4) // the leader, a shell and two sleepers
	cmd.Process.Signal(syscall.SIGKILL)
	cmd.Wait()
	await(t, id, 0)
}

// await waits until a group has n living processes.
func await(t *testing.T, group, n int) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		living := members(t, group)
		if living == n {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("the group has %d processes, want %d", living, n)
		}
	}
}

func members(t *testing.T, group int) int {
	t.Helper()
	list, err := exec.Command("ps", "-A", "-o", "pgid=,stat=").Output()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(list)) {
		fields := strings.Fields(line)
		if len(fields) == 2 && fields[0] == strconv.Itoa(group) && fields[1][0] != 'Z' {
			n++
		}
	}
	return n
}

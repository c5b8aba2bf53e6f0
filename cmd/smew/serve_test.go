package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"smew/duck"
	"smew/web"
)

// get reads an address of a page.
func get(t *testing.T, url string) (int, string) {
	t.Helper()
	answer, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

func askConsole(t *testing.T, url, sql string) (int, string) {
	t.Helper()
	body, _ := json.Marshal(map[string]string{"sql": sql})
	answer, err := http.Post(url+"api/v1/feeds/shop/query", "application/json", strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

// smallShop is a directory with a database of so many dumps.
func smallShop(t *testing.T, dumps int) string {
	t.Helper()
	dir := t.TempDir()
	moreDumps(t, dir, dumps)
	return dir
}

func moreDumps(t *testing.T, dir string, dumps int) {
	t.Helper()
	smewIn(t, dir, exitDone, "produce", "feed", "--dumps", fmt.Sprint(dumps), "--users", "20", "--events", "50", "--quiet")
	smewIn(t, dir, exitDone, "load", "feed", "--db", "shop.duckdb", "--quiet", "--no-wait")
}

// While a process has the database, the page shows what was there and says who; loads are not kept out by the page.
func TestServeWhileLoading(t *testing.T) {
	t.Parallel()
	dir := smallShop(t, 1)
	url := serveIn(t, dir, "--db", "shop.duckdb")
	state := func() (s web.State) {
		code, body := get(t, url+"api/v1/feeds/shop")
		if err := json.Unmarshal([]byte(body), &s); code != 200 || err != nil {
			t.Fatalf("%d %v %s", code, err, body)
		}
		return s
	}
	if s := state(); s.Dumps != 1 || s.Busy != "" || len(s.History) != 1 || s.History[0].Rows == 0 || s.Health.Reasons[0].Code != "late" {
		t.Fatalf("%+v", s)
	}
	moreDumps(t, dir, 1) // with --no-wait: the page has to have let go
	kept := start(t, "keep", filepath.Join(dir, "shop.duckdb"))
	waitFor(t, func() bool { _, err := os.Stat(filepath.Join(dir, "shop.duckdb.kept")); return err == nil })
	who := fmt.Sprintf("Process %d is loading", kept.Process.Pid)
	if s := state(); s.Dumps != 1 || !strings.HasPrefix(s.Busy, who) {
		t.Errorf("%d dumps, busy %q, want 1 and %q", s.Dumps, s.Busy, who)
	}
	if code, body := askConsole(t, url, "SELECT 1"); code != 503 || !strings.Contains(body, who) {
		t.Errorf("a query gives %d %s", code, body)
	}
	if _, body := get(t, url+"feeds/shop"); !strings.Contains(body, who) || !strings.Contains(body, "What you see is as it was before") {
		t.Error("the page does not tell")
	}
	kept.Process.Signal(os.Interrupt)
	kept.Wait()
	waitFor(t, func() bool { s := state(); return s.Dumps == 2 && s.Busy == "" })
}

// A query that is running when the page is told to end keeps it only for a moment.
func TestServeEnds(t *testing.T) {
	t.Parallel()
	dir := smallShop(t, 1)
	cmd, url := serving(t, dir, "--db", "shop.duckdb", "--query-time", "1h")
	done := make(chan bool)
	go func() {
		answer, err := http.Post(url+"api/v1/feeds/shop/query", "application/json", strings.NewReader(`{"sql": "SELECT sum(a.range * b.range) FROM range(100000000) AS a, range(1000000) AS b"}`))
		if err == nil {
			answer.Body.Close()
		}
		close(done)
	}()
	for range 3 { // it runs by then, or is refused: either way the page ends
		get(t, url+"healthz")
		time.Sleep(20 * time.Millisecond)
	}
	cmd.Process.Signal(syscall.SIGTERM)
	if err := cmd.Wait(); err != nil {
		t.Errorf("it ends with %v\n%s", err, cmd.Stderr)
	}
	<-done
}

// Readers of one process share one opening, so that the last one's leaving gives the file free and no other's does.
func TestSharedReaders(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dir := smallShop(t, 1)
	path := filepath.Join(dir, "shop.duckdb")
	s := &shared{path: path}
	one, two := hold(t, s), hold(t, s)
	two.leave()
	if code := loadNow(t, dir); code != exitLocked { // one still reads
		t.Errorf("exit code %d while somebody reads", code)
	}
	one.leave()
	if code := loadNow(t, dir); code != exitDone {
		t.Errorf("exit code %d when nobody reads", code)
	}

	// A file that takes the place is what those who come then read; who was there keeps the old one.
	old := hold(t, s)
	before := old.dumps()
	copied := filepath.Join(dir, "copy.duckdb")
	smewIn(t, dir, exitDone, "produce", "feed", "--dumps", "2", "--users", "20", "--events", "50", "--quiet")
	smewIn(t, dir, exitDone, "load", "feed", "--db", "copy.duckdb", "--quiet")
	if err := os.Rename(copied, path); err != nil {
		t.Fatal(err)
	}
	late := hold(t, s) // does not wait
	if n := late.dumps(); n != before {
		t.Errorf("%d dumps, while the old file is read that has %d", n, before)
	}
	patient := make(chan int)
	go func() {
		var n int
		err := s.view(ctx, time.Minute, func(tx *duck.Tx, _ string) error {
			_, err := tx.Row(ctx, "SELECT count(*) FROM smew.dumps", nil, &n)
			return err
		})
		if err != nil {
			t.Error(err)
		}
		patient <- n
	}()
	old.leave()
	late.leave()
	if n := <-patient; n != before+2 {
		t.Errorf("%d dumps in the new file, want %d", n, before+2)
	}

	s.gate = &sync.Mutex{}
	s.gate.Lock()
	var busy *web.BusyError
	if err := s.view(ctx, 0, func(*duck.Tx, string) error { return nil }); !errors.As(err, &busy) {
		t.Errorf("while this process writes: %v", err)
	}
	s.gate.Unlock()
	if err := s.view(ctx, 0, func(*duck.Tx, string) error { return nil }); err != nil {
		t.Error(err)
	}
	if !s.gate.TryLock() {
		t.Error("a reader who has left keeps this process from writing")
	}
}

// holder is a reader that stays until it is told to leave.
type holder struct {
	ask   chan chan int
	leave func()
}

func (h *holder) dumps() int {
	answer := make(chan int)
	h.ask <- answer
	return <-answer
}

func hold(t *testing.T, s *shared) *holder {
	t.Helper()
	h := &holder{ask: make(chan chan int)}
	ended, there := make(chan error, 1), make(chan bool)
	go func() {
		ended <- s.view(context.Background(), 0, func(tx *duck.Tx, _ string) error {
			close(there)
			for answer := range h.ask {
				n := -1
				if _, err := tx.Row(context.Background(), "SELECT count(*) FROM smew.dumps", nil, &n); err != nil {
					t.Error(err)
				}
				answer <- n
			}
			return nil
		})
	}()
	h.leave = func() {
		t.Helper()
		close(h.ask)
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
	select {
	case <-there:
	case err := <-ended:
		t.Fatal(err)
	}
	return h
}

// loadNow is the exit code of a load that does not wait.
func loadNow(t *testing.T, dir string) int {
	t.Helper()
	cmd := start(t, "smew", "load", filepath.Join(dir, "feed"), "--db", filepath.Join(dir, "shop.duckdb"), "--no-wait", "--quiet")
	cmd.Wait()
	return cmd.ProcessState.ExitCode()
}

// Readers of a file that is replaced again and again (a published copy) never fail, and each sees one state in whole.
func TestReplacedUnderReaders(t *testing.T) {
	t.Parallel()
	dir := smallShop(t, 2)
	states := [][]byte{}
	for range 2 {
		data, err := os.ReadFile(filepath.Join(dir, "shop.duckdb"))
		if err != nil {
			t.Fatal(err)
		}
		states = append(states, data)
		moreDumps(t, dir, 1)
	}
	path := filepath.Join(dir, "published.duckdb")
	publish := func(i int) {
		err := os.WriteFile(path+".new", states[i%2], 0o600)
		if err = errors.Join(err, os.Rename(path+".new", path)); err != nil {
			t.Error(err)
		}
	}
	publish(0)
	feed := &served{name: "shop", file: &shared{path: path}}
	stop := make(chan bool)
	var readers sync.WaitGroup
	var seen sync.Map // state → true
	for range 4 {
		readers.Go(func() {
			for {
				result, err := feed.query(context.Background(), "SELECT (SELECT count(*) FROM smew.dumps) || ' ' || (SELECT count(DISTINCT smew_dump_id) FROM delivered.pageviews)", 10)
				if err != nil {
					t.Error(err)
					return
				}
				seen.Store(*result.Rows[0][0], true)
				if s, err := feed.state(context.Background()); err != nil || s.Dumps < 2 || s.Busy != "" {
					t.Errorf("state %+v, %v", s, err)
					return
				}
				select {
				case <-stop:
					return
				default:
				}
			}
		})
	}
	has := func(state string) bool { _, ok := seen.Load(state); return ok }
	for i := 1; i <= 20 || i < 2000 && !(has("2 2") && has("3 3")); i++ {
		publish(i)
		time.Sleep(30 * time.Millisecond) // nothing hangs on it: the readers get some time with each
	}
	close(stop)
	readers.Wait()
	seen.Range(func(state, _ any) bool {
		if state != "2 2" && state != "3 3" {
			t.Errorf("seen was %v", state)
		}
		return true
	})
	if !has("2 2") || !has("3 3") {
		t.Error("the readers never saw the file that took the place")
	}
}

// Each query that the console offers runs, and says something of a feed that has failures.
func TestReadyQueries(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	smewIn(t, dir, exitDone, "produce", "feed", "--dumps", "3", "--users", "40", "--events", "100", "--fault", "truncated-part", "--quiet")
	smewIn(t, dir, exitIncomplete, "load", "feed", "--db", "shop.duckdb", "--quiet")
	feed := &served{file: &shared{path: filepath.Join(dir, "shop.duckdb")}}
	for _, q := range readyQueries() {
		result, err := feed.query(context.Background(), q.SQL, 1000)
		if err != nil || len(result.Rows) == 0 {
			t.Errorf("%s: %d rows, %v", q.Name, len(result.Rows), err)
		}
		if !strings.HasSuffix(q.About, ".") || strings.HasPrefix(q.SQL, "--") {
			t.Errorf("%s is told as %q", q.Name, q.About)
		}
	}
}

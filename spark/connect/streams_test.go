package connect

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "smew/spark/connect/sparkpb"
	"smew/spark/driver"
	"smew/spark/sparktest"
)

// network is a client whose connections fail.
type network struct {
	pb.SparkConnectServiceClient
	reattached atomic.Int64
	cut        int // streams break before their n-th response, if not 0
	lost       int // so many statements are lost on their way
	unheard    int // so many arrive and their streams break at once
	unanswered int // so many questions that are no statements get no answer
}

var unreachable = status.Error(codes.Unavailable, "connection reset")

func (n *network) ExecutePlan(ctx context.Context, r *pb.ExecutePlanRequest, o ...grpc.CallOption) (grpc.ServerStreamingClient[pb.ExecutePlanResponse], error) {
	if n.lost > 0 {
		n.lost--
		return nil, unreachable
	}
	s, err := n.SparkConnectServiceClient.ExecutePlan(ctx, r, o...)
	if err == nil && n.unheard > 0 {
		n.unheard--
		s.Recv()
		return nil, unreachable
	}
	return &stream{s, n.cut}, err
}

func (n *network) ReattachExecute(ctx context.Context, r *pb.ReattachExecuteRequest, o ...grpc.CallOption) (grpc.ServerStreamingClient[pb.ExecutePlanResponse], error) {
	n.reattached.Add(1)
	s, err := n.SparkConnectServiceClient.ReattachExecute(ctx, r, o...)
	return &stream{s, n.cut}, err
}

func (n *network) AnalyzePlan(ctx context.Context, r *pb.AnalyzePlanRequest, o ...grpc.CallOption) (*pb.AnalyzePlanResponse, error) {
	if n.unanswered > 0 {
		n.unanswered--
		return nil, unreachable
	}
	return n.SparkConnectServiceClient.AnalyzePlan(ctx, r, o...)
}

type stream struct {
	grpc.ServerStreamingClient[pb.ExecutePlanResponse]
	left int
}

func (s *stream) Recv() (*pb.ExecutePlanResponse, error) {
	r, err := s.ServerStreamingClient.Recv()
	if s.left--; s.left == 0 && err != io.EOF {
		return nil, unreachable
	}
	return r, err
}

// through has a session's requests go over a network for one test.
func through(t *testing.T, s *Session, n *network) *network {
	inner := s.client
	n.SparkConnectServiceClient, s.client = inner, n
	t.Cleanup(func() { s.client = inner })
	return n
}

// runs waits until the server has cut a stream: the statement has run for a second.
func (n *network) runs() {
	for n.reattached.Load() == 0 {
		time.Sleep(10 * time.Millisecond)
	}
}

// slow is a query of rows numbered from 0, each of which takes its time.
func slow(rows int, each time.Duration) string {
	return fmt.Sprintf(`SELECT id, coalesce(java_method('java.lang.Thread', 'sleep', %dL), '') FROM range(0, %d, 1, %d)`, each.Milliseconds(), rows, rows)
}

func cut(t *testing.T, s *Session) {
	t.Run("by the server", func(t *testing.T) {
		n := through(t, s, &network{})
		got := rows(t, s, slow(4, time.Second))
		if len(got) != 4 || got[3][0] != int64(3) {
			t.Errorf("the rows are %v", got)
		}
		if n.reattached.Load() == 0 {
			t.Error("no stream was cut")
		}
	})
	t.Run("at every response", func(t *testing.T) {
		n := through(t, s, &network{cut: 2})
		got := rows(t, s, `SELECT id FROM range(0, 200000, 1, 6) ORDER BY id`)
		for i, row := range got {
			if row[0] != int64(i) {
				t.Fatalf("row %d has id %v", i, row[0])
			}
		}
		if len(got) != 200000 || n.reattached.Load() < 5 {
			t.Errorf("%d rows came in %d streams", len(got), n.reattached.Load()+1)
		}
	})
	t.Run("before and after arriving", func(t *testing.T) {
		n := through(t, s, &network{})
		for _, sql := range []string{
			`CREATE OR REPLACE TABLE heap.main.once (id BIGINT) USING iceberg`,
			`INSERT INTO heap.main.once VALUES (1)`,
		} {
			n.lost, n.unheard = 2, 1
			if err := s.Exec(t.Context(), sql); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff([][]any{{int64(1)}}, rows(t, s, `SELECT count(*) FROM heap.main.once`)); diff != "" {
			t.Errorf("rows of a statement that was sent thrice: -want +got\n%s", diff)
		}
	})
	t.Run("beside statements", func(t *testing.T) { // a load need not begin anew where a question can be asked again
		n := through(t, s, &network{unanswered: 2})
		if err := s.Avro(t.Context(), "asked", []string{write(t, filepath.Join(t.TempDir(), "a.avro"), 0, 1)}); err != nil || n.unanswered != 0 {
			t.Errorf("%d questions were not asked; %v", n.unanswered, err)
		}
	})
}

func cancelled(t *testing.T, s *Session) {
	ctx, cancel := context.WithCancelCause(t.Context())
	enough := errors.New("enough")
	n := through(t, s, &network{})
	go func() {
		n.runs()
		cancel(enough)
	}()
	_, err := s.Rows(ctx, "-- wait for long.\n"+slow(2, 5*time.Minute))
	if !errors.Is(err, enough) || !strings.HasPrefix(err.Error(), "wait for long: ") {
		t.Errorf("it ended with %v", err)
	}
	// If it still ran, both executors would be busy for minutes.
	soon, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	if _, err := s.Rows(soon, `SELECT count(*) FROM range(0, 10, 1, 2)`); err != nil {
		t.Errorf("after it: %v", err)
	}
}

// A statement goes on when an executor dies in the middle of it.
func executorKilled(t *testing.T, c *sparktest.Cluster, s *Session) {
	killed := make(chan error, 1)
	n := through(t, s, &network{})
	go func() {
		n.runs()
		killed <- c.KillExecutor()
	}()
	got := rows(t, s, slow(8, time.Second))
	if err := <-killed; err != nil {
		t.Fatal(err)
	}
	if len(got) != 8 {
		t.Errorf("%d rows came, want 8", len(got))
	}
}

func restarted(t *testing.T, c *sparktest.Cluster, s *Session) {
	for _, sql := range []string{
		`CREATE OR REPLACE TEMPORARY VIEW mine AS SELECT 1 AS one`,
		`CREATE OR REPLACE TABLE heap.main.kept USING iceberg AS SELECT 1 AS one`,
	} {
		if err := s.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	n := through(t, s, &network{})
	ended := make(chan error, 1)
	go func() {
		ended <- s.Exec(context.Background(), "-- wait.\nCREATE TABLE heap.main.slow USING iceberg AS "+slow(2, time.Minute))
	}()
	n.runs()
	if err := c.KillConnect(); err != nil {
		t.Fatal(err)
	}
	_, err := Open(t.Context(), c.Remote, Options{})
	if hint := hint(err); !strings.Contains(hint, "no Connect server listens at "+strings.TrimPrefix(c.Remote, "sc://")) {
		t.Errorf("without a server: %v, hint %q", err, hint)
	}
	if err := c.StartConnect(); err != nil {
		t.Fatal(err)
	}
	lost := map[string]error{"the statement that ran": <-ended, "the next": s.Exec(t.Context(), `SELECT one FROM mine`)}
	for name, err := range lost {
		var said *driver.Error
		if !errors.As(err, &said) || !strings.HasPrefix(said.Class, "INVALID_HANDLE.SESSION_") || !strings.Contains(hint(err), "started again") {
			t.Errorf("%s: %v, hint %q", name, err, hint(err))
		}
	}
	again := open(t, c)
	if diff := cmp.Diff([][]any{{int64(1)}}, rows(t, again, `SELECT count(*) FROM heap.main.kept`)); diff != "" {
		t.Errorf("in a new session: -want +got\n%s", diff)
	}
}

func hint(err error) string {
	var said interface{ Hint() string }
	if errors.As(err, &said) {
		return said.Hint()
	}
	return ""
}

// scripted is a server that answers in turn: with a stream that says that the statement is done, or with an error.
type scripted struct {
	pb.SparkConnectServiceClient
	answers []error // of each request for a stream; nil: done
	asked   []string
}

func (n *scripted) next(kind, id string) (grpc.ServerStreamingClient[pb.ExecutePlanResponse], error) {
	n.asked = append(n.asked, kind+" "+id)
	err := n.answers[0]
	n.answers = n.answers[1:]
	return &done{}, err
}

func (n *scripted) ExecutePlan(_ context.Context, r *pb.ExecutePlanRequest, _ ...grpc.CallOption) (grpc.ServerStreamingClient[pb.ExecutePlanResponse], error) {
	return n.next("execute", r.GetOperationId())
}

func (n *scripted) ReattachExecute(_ context.Context, r *pb.ReattachExecuteRequest, _ ...grpc.CallOption) (grpc.ServerStreamingClient[pb.ExecutePlanResponse], error) {
	return n.next("reattach", r.GetOperationId())
}

func (n *scripted) ReleaseExecute(context.Context, *pb.ReleaseExecuteRequest, ...grpc.CallOption) (*pb.ReleaseExecuteResponse, error) {
	return nil, nil
}

type done struct {
	grpc.ServerStreamingClient[pb.ExecutePlanResponse]
	said bool
}

func (d *done) Recv() (*pb.ExecutePlanResponse, error) {
	if d.said {
		return nil, io.EOF
	}
	d.said = true
	return &pb.ExecutePlanResponse{ResponseId: "1", ResponseType: &pb.ExecutePlanResponse_ResultComplete_{ResultComplete: &pb.ExecutePlanResponse_ResultComplete{}}}, nil
}

// A connection may be cut while the server is about to begin: what it says then decides whether the statement is sent again, as which one.
func TestCutBeforeItBegan(t *testing.T) {
	said := func(code codes.Code, message, class string) error {
		st, err := status.New(code, message).WithDetails(&errdetails.ErrorInfo{Metadata: map[string]string{"errorClass": class}})
		if err != nil {
			t.Fatal(err)
		}
		return st.Err()
	}
	absent := said(codes.Internal, "no such operation", "INVALID_HANDLE.OPERATION_NOT_FOUND")
	there := said(codes.Internal, "there is one", "INVALID_HANDLE.OPERATION_ALREADY_EXISTS")
	orphaned := said(codes.Internal, "Operation was orphaned because of an internal error.", "")
	for name, c := range map[string]struct {
		answers []error
		want    string // which requests, of which statement
	}{
		"never came":      {[]error{unreachable, absent, nil}, "execute a, reattach a, execute a"},
		"came late":       {[]error{unreachable, absent, there, nil}, "execute a, reattach a, execute a, reattach a"},
		"is not to begin": {[]error{unreachable, orphaned, nil}, "execute a, reattach a, execute b"},
		"began":           {[]error{unreachable, nil}, "execute a, reattach a"},
	} {
		n := &scripted{answers: c.answers}
		s := &Session{client: n, patience: time.Minute}
		if err := s.Exec(t.Context(), "SELECT 1"); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		ids := map[string]string{}
		for i, asked := range n.asked {
			kind, id, _ := strings.Cut(asked, " ")
			if ids[id] == "" {
				ids[id] = string(rune('a' + len(ids)))
			}
			n.asked[i] = kind + " " + ids[id]
		}
		if got := strings.Join(n.asked, ", "); got != c.want {
			t.Errorf("%s: asked %s, want %s", name, got, c.want)
		}
	}
}

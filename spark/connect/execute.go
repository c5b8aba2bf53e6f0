package connect

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/google/uuid"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "smew/spark/connect/sparkpb"
)

// errCut says that a stream ended and its statement did not: servers end each stream after some minutes.
var errCut = errors.New("the stream ended before the statement")

// execution is one statement's run, which outlives the streams that tell of it.
type execution struct {
	*Session
	id   string // the operation's
	plan *pb.Plan
	sent bool   // the server may know of it
	last string // the last response that was taken: a new stream goes on behind it
	each func(*pb.ExecutePlanResponse) error
}

// consumed is an error of what takes the responses.
type consumed struct{ error }

// execute runs a plan and gives each response to a function, once and in order, however often the stream is cut. When ctx
// ends the statement is interrupted. A statement is never begun twice.
func (s *Session) execute(ctx context.Context, plan *pb.Plan, each func(*pb.ExecutePlanResponse) error) error {
	x := &execution{Session: s, id: uuid.NewString(), plan: plan, each: each}
	pause := pauses()
	contact := time.Now()
	for {
		begun, last := time.Now(), x.last
		err := x.stream(ctx)
		if ctx.Err() != nil && err != nil {
			x.interrupt(ctx)
			return context.Cause(ctx)
		}
		var own consumed
		switch {
		case err == nil:
			x.release(ctx)
			return nil
		case errors.As(err, &own):
			x.release(ctx)
			return own.error
		case !errors.Is(err, errCut) && !passing(err):
			err = s.fault(ctx, err)
			x.release(ctx)
			return err
		case x.last != last, errors.Is(err, errCut) && time.Since(begun) > time.Second:
			contact = time.Now()
			pause.Reset()
			continue
		case time.Since(contact) > s.patience:
			return fmt.Errorf("out of reach for %s: %w", s.patience, s.fault(ctx, err))
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause.NextBackOff()):
		}
	}
}

// stream takes responses until the statement is done or the stream ends.
func (x *execution) stream(ctx context.Context) error {
	ctx, cancel := context.WithCancel(x.outgoing(ctx))
	defer cancel()
	var responses interface {
		Recv() (*pb.ExecutePlanResponse, error)
	}
	var err error
	if !x.sent {
		x.sent = true
		responses, err = x.client.ExecutePlan(ctx, &pb.ExecutePlanRequest{SessionId: x.Session.id, UserContext: x.user(), ClientType: &x.agent,
			ClientObservedServerSideSessionId: x.observed(), OperationId: &x.id, Plan: x.plan,
			RequestOptions: []*pb.ExecutePlanRequest_RequestOption{{RequestOption: &pb.ExecutePlanRequest_RequestOption_ReattachOptions{
				ReattachOptions: &pb.ReattachOptions{Reattachable: true}}}}})
	} else {
		r := &pb.ReattachExecuteRequest{SessionId: x.Session.id, UserContext: x.user(), ClientType: &x.agent,
			ClientObservedServerSideSessionId: x.observed(), OperationId: x.id}
		if x.last != "" {
			r.LastResponseId = &x.last
		}
		responses, err = x.client.ReattachExecute(ctx, r)
	}
	done := false
	for err == nil {
		var r *pb.ExecutePlanResponse
		if r, err = responses.Recv(); err != nil {
			break
		}
		x.last = r.ResponseId
		done = done || r.GetResultComplete() != nil
		if err := x.each(r); err != nil {
			return consumed{err}
		}
	}
	switch {
	case done: // read to its end: the server is done with the stream before it is told to forget the statement
		return nil
	case errors.Is(err, io.EOF):
		return errCut
	case x.last != "":
		return err
	case reason(err) == "INVALID_HANDLE.OPERATION_NOT_FOUND":
		x.sent = false // it never came there; one that ran and was forgotten is OPERATION_ABANDONED
		return errCut
	case reason(err) == "INVALID_HANDLE.OPERATION_ALREADY_EXISTS": // it came there after all
		return errCut
	case strings.Contains(status.Convert(err).Message(), "Operation was orphaned"):
		// The stream was cut before the statement began. By asking for it we had it removed: it never will, and its id is used up.
		x.sent, x.id = false, uuid.NewString()
		return errCut
	}
	return err
}

// interrupt stops the statement, although ctx is done.
func (x *execution) interrupt(ctx context.Context) {
	after, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	_, _ = x.client.Interrupt(x.outgoing(after), &pb.InterruptRequest{SessionId: x.Session.id, UserContext: x.user(), ClientType: &x.agent,
		InterruptType: pb.InterruptRequest_INTERRUPT_TYPE_OPERATION_ID, Interrupt: &pb.InterruptRequest_OperationId{OperationId: x.id}})
	x.release(ctx)
}

// release has the server forget the statement and its rows. If it does not hear of it, it does so some minutes later.
func (x *execution) release(ctx context.Context) {
	after, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	_, _ = x.client.ReleaseExecute(x.outgoing(after), &pb.ReleaseExecuteRequest{SessionId: x.Session.id, UserContext: x.user(), ClientType: &x.agent,
		OperationId: x.id, Release: &pb.ReleaseExecuteRequest_ReleaseAll_{ReleaseAll: &pb.ReleaseExecuteRequest_ReleaseAll{}}})
}

func pauses() *backoff.ExponentialBackOff {
	pause := backoff.NewExponentialBackOff()
	pause.InitialInterval, pause.MaxInterval = 50*time.Millisecond, 5*time.Second
	return pause
}

// again asks until there is an answer, as long as the connection is what fails: the question must be one that may be asked twice.
func again[T any](ctx context.Context, ask func() (T, error), limit backoff.RetryOption) (T, error) {
	return backoff.Retry(ctx, func() (T, error) {
		answer, err := ask()
		if err != nil && !passing(err) {
			err = backoff.Permanent(err)
		}
		return answer, err
	}, backoff.WithBackOff(pauses()), limit)
}

// passing says whether the same request may go through later.
func passing(err error) bool {
	switch status.Code(err) {
	case codes.Unavailable:
		return true
	case codes.Internal: // the server gave the stream to someone else: to us, over a connection that was lost
		return reason(err) == "INVALID_CURSOR.DISCONNECTED"
	}
	return false
}

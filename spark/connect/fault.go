package connect

import (
	"context"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "smew/spark/connect/sparkpb"
	"smew/spark/driver"
)

// ServerError says that a server cannot be reached, or does not let us in.
type ServerError struct {
	Host    string // "host:port"
	code    codes.Code
	message string
}

func (e *ServerError) Error() string { return e.message }

// Hint says what to do about it.
func (e *ServerError) Hint() string {
	has := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(e.message, w) {
				return true
			}
		}
		return false
	}
	switch {
	case e.code == codes.Unavailable && has("connection refused"):
		return "no Connect server listens at " + e.Host + ": start one with Spark's start-connect-server.sh, or look at host and port"
	case e.code == codes.Unavailable && has("no such host", "name resolver error", "produced zero addresses"):
		return "the host in the server's address is not known here"
	case e.code == codes.Unavailable && has("tls: ", "x509: ", "authentication handshake failed", "server preface"):
		return "the server and use_ssl in its address must agree, and its certificate must be trusted here"
	case e.code == codes.Unauthenticated, e.code == codes.PermissionDenied:
		return "the token in the server's address is missing, wrong or no longer valid"
	}
	return ""
}

// reason returns the class of the error that a status carries, or "".
func reason(err error) string {
	if info := information(err); info != nil {
		return info.Metadata["errorClass"]
	}
	return ""
}

func information(err error) *errdetails.ErrorInfo {
	for _, d := range status.Convert(err).Details() {
		if info, ok := d.(*errdetails.ErrorInfo); ok {
			return info
		}
	}
	return nil
}

// fault turns an error of a request into a *driver.Error or a *ServerError.
func (s *Session) fault(ctx context.Context, err error) error {
	st, ok := status.FromError(err)
	if err == nil || !ok {
		return err
	}
	info := information(err)
	if info == nil {
		if cause := context.Cause(ctx); cause != nil && (st.Code() == codes.Canceled || st.Code() == codes.DeadlineExceeded) {
			return cause
		}
		return &ServerError{s.address.Host, st.Code(), st.Message()}
	}
	chain := []driver.Cause{{Class: info.Metadata["errorClass"], State: info.Metadata["sqlState"], Message: st.Message()}}
	if id := info.Metadata["errorId"]; id != "" {
		if whole := s.causes(ctx, id); whole != nil {
			whole[0].Class, whole[0].State = chain[0].Class, chain[0].State
			chain = whole
		}
	}
	return driver.NewError(chain)
}

// causes asks for the whole error: a status carries a shortened message. Where that fails, there are none.
func (s *Session) causes(ctx context.Context, id string) (chain []driver.Cause) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	details, err := s.client.FetchErrorDetails(s.outgoing(ctx), &pb.FetchErrorDetailsRequest{SessionId: s.id, UserContext: s.user(), ErrorId: id, ClientType: &s.agent})
	if err != nil {
		return nil
	}
	for next := details.RootErrorIdx; next != nil && int(*next) < len(details.Errors) && len(chain) < len(details.Errors); {
		e := details.Errors[*next]
		kind := ""
		if len(e.ErrorTypeHierarchy) > 0 {
			kind = e.ErrorTypeHierarchy[0]
		}
		chain = append(chain, driver.Cause{Class: e.SparkThrowable.GetErrorClass(), State: e.SparkThrowable.GetSqlState(), Kind: kind, Message: e.Message})
		next = e.CauseIdx
	}
	return chain
}

package connect

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "smew/spark/connect/sparkpb"
)

// Error is what Spark says of a statement.
type Error struct {
	Class   string // Spark's name of the error, such as "TABLE_OR_VIEW_NOT_FOUND"; "" where it has none
	State   string // SQLSTATE
	Message string // without the stack
	host    string
	code    codes.Code
}

func (e *Error) Error() string {
	if e.Class == "" || strings.HasPrefix(e.Message, "["+e.Class) {
		return e.Message
	}
	return fmt.Sprintf("[%s] %s", e.Class, e.Message)
}

// Hint says what to do about common faults.
func (e *Error) Hint() string {
	has := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(e.Class, w) || strings.Contains(e.Message, w) {
				return true
			}
		}
		return false
	}
	switch {
	case has("INVALID_HANDLE.SESSION_"):
		return "the Connect server was started again, or the session was closed or idle for too long: run the command again, it goes on where it stopped"
	case e.code == codes.Unavailable && has("connection refused"):
		return "no Connect server listens at " + e.host + ": start one with Spark's start-connect-server.sh, or look at host and port"
	case e.code == codes.Unavailable && has("tls: ", "x509: ", "authentication handshake failed"):
		return "the server and use_ssl in its address must agree, and its certificate must be trusted here"
	case e.code == codes.Unauthenticated, e.code == codes.PermissionDenied:
		return "the token in the server's address is missing, wrong or no longer valid"
	case has("REQUIRES_SINGLE_PART_NAMESPACE", "CATALOG_NOT_FOUND"):
		return "the catalog is not configured on the server: it needs spark.sql.catalog.NAME and its settings (docs/spark.md)"
	case has("Cannot find catalog plugin class", "org.apache.iceberg"):
		return "the server needs the jar of Iceberg's Spark runtime (docs/spark.md)"
	case has("DATA_SOURCE_NOT_FOUND", "Failed to find data source: avro"):
		return "the server needs the package spark-avro (docs/spark.md)"
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

// fault turns an error of a request into an *Error. What a status carries is shortened, so the server is asked for the whole.
func (s *Session) fault(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	st, ok := status.FromError(err)
	if !ok {
		return err
	}
	e := &Error{Message: clean(st.Message()), host: s.address.Host, code: st.Code()}
	info := information(err)
	if info == nil {
		if e.code == codes.Canceled || e.code == codes.DeadlineExceeded {
			if cause := context.Cause(ctx); cause != nil {
				return cause
			}
		}
		return e
	}
	e.Class, e.State = info.Metadata["errorClass"], info.Metadata["sqlState"]
	id := info.Metadata["errorId"]
	if id == "" {
		return e
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	details, err := s.client.FetchErrorDetails(s.outgoing(ctx), &pb.FetchErrorDetailsRequest{SessionId: s.id, UserContext: s.user(), ErrorId: id, ClientType: &s.agent})
	if err == nil {
		e.take(details)
	}
	return e
}

// take fills in a chain of causes: the first one's message, the last one's where the first does not hold it, and the first
// class there is.
func (e *Error) take(details *pb.FetchErrorDetailsResponse) {
	var chain []*pb.FetchErrorDetailsResponse_Error
	for next := details.RootErrorIdx; next != nil && int(*next) < len(details.Errors) && len(chain) < len(details.Errors); {
		cause := details.Errors[*next]
		if e.Class == "" {
			e.Class, e.State = cause.GetSparkThrowable().GetErrorClass(), cause.GetSparkThrowable().GetSqlState()
		}
		chain, next = append(chain, cause), cause.CauseIdx
	}
	if len(chain) == 0 {
		return
	}
	e.Message = clean(chain[0].Message)
	last := chain[len(chain)-1]
	if why := clean(last.Message); !strings.Contains(e.Message, why) {
		kind := ""
		if len(last.ErrorTypeHierarchy) > 0 {
			kind = last.ErrorTypeHierarchy[0]
		}
		e.Message += ": " + kind[strings.LastIndex(kind, ".")+1:] + ": " + why
	}
}

var (
	stack = regexp.MustCompile(`(?m)^(\s+at .*|\s*\.\.\. \d+ more|Driver stacktrace:.*)$\n?`)
	tree  = regexp.MustCompile(`(?s)(SQLSTATE: \w{5}(; line \d+ pos \d+)?);?\n.*`)
)

// clean takes the stack, the tree of a statement and line ends out of a message.
func clean(message string) string {
	message = stack.ReplaceAllString(message, "")
	if !strings.Contains(message, "Caused by:") {
		message = tree.ReplaceAllString(message, "$1")
	}
	return strings.Join(strings.Fields(message), " ")
}

// Package connect speaks Spark Connect: statements are sent to a Spark cluster, and their rows come back in Arrow's format.
package connect

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/google/uuid"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/metadata"

	pb "smew/spark/connect/sparkpb"
	"smew/spark/driver"
)

// Options of a session. The zero value is right.
type Options struct {
	RootCAs  *x509.CertPool // whose certificates are trusted; nil: the system's
	Patience time.Duration  // how long a server may be out of reach while it runs a statement; 0: 2 minutes
	Client   string         // what the server is told of us; "": "smew"
}

// Session is a session on a Connect server. It runs one statement at a time; what it makes, such as temporary views, lasts
// until Close, or until the server ends, which the next statement then says. It implements spark.Session.
type Session struct {
	Version string // of the server's Spark

	conn      *grpc.ClientConn
	client    pb.SparkConnectServiceClient
	address   Address
	id        string
	server    string // the server's name for the session: another server does not know it
	agent     string
	patience  time.Duration
	keptAlive context.CancelFunc
}

// idle is how often a session is used at least, as a server forgets one after an hour without.
const idle = 5 * time.Minute

// largest answer that is taken: a server cuts results at 4 MB, but a row may be larger.
const largest = 1 << 30

// Open begins a session on the server that a remote (ParseAddress) names. It does not wait for a server to come up.
func Open(ctx context.Context, remote string, o Options) (*Session, error) {
	address, err := ParseAddress(remote)
	if err != nil {
		return nil, err
	}
	s := &Session{address: address, id: address.Session, agent: o.Client, patience: o.Patience, keptAlive: func() {}}
	if s.id == "" {
		s.id = uuid.NewString()
	}
	if s.agent == "" {
		s.agent = "smew"
	}
	if s.patience == 0 {
		s.patience = 2 * time.Minute
	}
	security := insecure.NewCredentials()
	if address.TLS {
		security = credentials.NewTLS(&tls.Config{RootCAs: o.RootCAs, MinVersion: tls.VersionTLS12})
	}
	s.conn, err = grpc.NewClient("dns:///"+address.Host, grpc.WithTransportCredentials(security), grpc.WithUserAgent(s.agent),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(largest)),
		// A server cuts who pings more often than every five minutes.
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 6 * time.Minute, Timeout: time.Minute}))
	if err != nil {
		return nil, fmt.Errorf("open a session with Spark at %s: %w", address.Host, err)
	}
	s.client = pb.NewSparkConnectServiceClient(s.conn)
	if _, err := again(ctx, func() (bool, error) { return true, s.begin(ctx) }, backoff.WithMaxTries(3)); err != nil {
		err = s.fault(ctx, err)
		s.conn.Close()
		return nil, fmt.Errorf("open a session with Spark at %s: %w", address.Host, err)
	}
	s.keepAlive(idle)
	return s, nil
}

func (s *Session) begin(ctx context.Context) error {
	answer, err := s.analyze(ctx, &pb.AnalyzePlanRequest{Analyze: &pb.AnalyzePlanRequest_SparkVersion_{SparkVersion: &pb.AnalyzePlanRequest_SparkVersion{}}})
	if err != nil {
		return err
	}
	s.Version, s.server = answer.GetSparkVersion().GetVersion(), answer.ServerSideSessionId
	set := &pb.ConfigRequest_Set{}
	for key, value := range driver.Settings() {
		set.Pairs = append(set.Pairs, &pb.KeyValue{Key: key, Value: &value})
	}
	_, err = s.client.Config(s.outgoing(ctx), &pb.ConfigRequest{SessionId: s.id, UserContext: s.user(), ClientType: &s.agent,
		Operation: &pb.ConfigRequest_Operation{OpType: &pb.ConfigRequest_Operation_Set{Set: set}}})
	return err
}

// keepAlive uses the session every now and then until Close.
func (s *Session) keepAlive(every time.Duration) {
	s.keptAlive = driver.KeepAlive(every, func(ctx context.Context) {
		_, _ = s.analyze(ctx, &pb.AnalyzePlanRequest{Analyze: &pb.AnalyzePlanRequest_SparkVersion_{SparkVersion: &pb.AnalyzePlanRequest_SparkVersion{}}})
	})
}

// Exec runs a statement to its end. Its errors begin with the statement's first comment.
func (s *Session) Exec(ctx context.Context, sql string) error {
	return driver.Named(sql, s.execute(ctx, statement(sql), func(*pb.ExecutePlanResponse) error { return nil }))
}

// Rows returns what a statement gives; a value is nil, bool, int64, float64, string (also of a DECIMAL), []byte or time.Time
// (UTC). Values of other kinds are an error. All rows are held in memory.
func (s *Session) Rows(ctx context.Context, sql string) ([][]any, error) {
	// A statement that is no query is run by this, and what it gave is a relation too.
	var result *pb.Relation
	err := s.execute(ctx, statement(sql), func(r *pb.ExecutePlanResponse) error {
		if found := r.GetSqlCommandResult(); found != nil {
			result = found.Relation
		}
		return nil
	})
	if err != nil {
		return nil, driver.Named(sql, err)
	}
	if result == nil {
		return nil, nil
	}
	var rows [][]any
	err = s.execute(ctx, &pb.Plan{OpType: &pb.Plan_Root{Root: result}}, func(r *pb.ExecutePlanResponse) error {
		batch := r.GetArrowBatch()
		if batch == nil {
			return nil
		}
		if batch.StartOffset != nil && *batch.StartOffset != int64(len(rows)) {
			return fmt.Errorf("row %d follows row %d", *batch.StartOffset, len(rows))
		}
		rows, err = appendRows(rows, batch.Data)
		return err
	})
	return rows, driver.Named(sql, err)
}

// Close ends the session; what it made that is temporary is gone.
func (s *Session) Close() error {
	s.keptAlive()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	// A server that is gone has forgotten the session, too.
	_, _ = s.client.ReleaseSession(s.outgoing(ctx), &pb.ReleaseSessionRequest{SessionId: s.id, UserContext: s.user(), ClientType: &s.agent})
	return s.conn.Close()
}

func (s *Session) analyze(ctx context.Context, r *pb.AnalyzePlanRequest) (*pb.AnalyzePlanResponse, error) {
	r.SessionId, r.UserContext, r.ClientType, r.ClientObservedServerSideSessionId = s.id, s.user(), &s.agent, s.observed()
	return s.client.AnalyzePlan(s.outgoing(ctx), r)
}

func (s *Session) user() *pb.UserContext { return &pb.UserContext{UserId: s.address.User} }

// observed is what lets another server than the one the session began on refuse a request.
func (s *Session) observed() *string {
	if s.server == "" {
		return nil
	}
	return &s.server
}

func (s *Session) outgoing(ctx context.Context) context.Context {
	return metadata.NewOutgoingContext(ctx, metadata.New(s.address.Headers))
}

func statement(sql string) *pb.Plan {
	return &pb.Plan{OpType: &pb.Plan_Command{Command: &pb.Command{CommandType: &pb.Command_SqlCommand{SqlCommand: &pb.SqlCommand{
		Input: &pb.Relation{RelType: &pb.Relation_Sql{Sql: &pb.SQL{Query: sql}}}}}}}}
}

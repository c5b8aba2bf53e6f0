package connect

import (
	"context"
	"crypto/x509"
	"net"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	pb "smew/spark/connect/sparkpb"
)

// guarded answers who shows its token.
type guarded struct {
	pb.UnimplementedSparkConnectServiceServer
	token string
	asked atomic.Int64
}

func (g *guarded) AnalyzePlan(ctx context.Context, r *pb.AnalyzePlanRequest) (*pb.AnalyzePlanResponse, error) {
	g.asked.Add(1)
	m, _ := metadata.FromIncomingContext(ctx)
	if got := strings.Join(m["authorization"], " "); got != "Bearer "+g.token {
		return nil, status.Errorf(codes.Unauthenticated, "no such token")
	}
	return &pb.AnalyzePlanResponse{SessionId: r.SessionId, Result: &pb.AnalyzePlanResponse_SparkVersion_{SparkVersion: &pb.AnalyzePlanResponse_SparkVersion{Version: "4.1.1"}}}, nil
}

func (g *guarded) Config(ctx context.Context, r *pb.ConfigRequest) (*pb.ConfigResponse, error) {
	return &pb.ConfigResponse{}, nil
}

// guard starts a server over TLS and returns its address and whom to trust.
func guard(t *testing.T, token string) (*guarded, string, *x509.CertPool) {
	t.Helper()
	keys := httptest.NewTLSServer(nil) // for its certificate
	t.Cleanup(keys.Close)
	trusted := x509.NewCertPool()
	trusted.AddCert(keys.Certificate())
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	g := &guarded{token: token}
	server := grpc.NewServer(grpc.Creds(credentials.NewTLS(keys.TLS)))
	pb.RegisterSparkConnectServiceServer(server, g)
	go server.Serve(l)
	t.Cleanup(server.Stop)
	return g, l.Addr().String(), trusted
}

func TestToken(t *testing.T) {
	_, host, trusted := guard(t, "s3cret")
	s, err := Open(t.Context(), "sc://"+host+"/;token=s3cret", Options{RootCAs: trusted})
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	for remote, c := range map[string]struct {
		trusted *x509.CertPool
		hint    string
	}{
		"sc://" + host + "/;token=wrong":  {trusted, "missing, wrong or no longer valid"},
		"sc://" + host + "/;use_ssl=true": {trusted, "missing, wrong or no longer valid"},
		"sc://" + host + "/;token=s3cret": {nil, "its certificate must be trusted"},
	} {
		_, err := Open(t.Context(), remote, Options{RootCAs: c.trusted})
		if err == nil || !strings.Contains(hint(err), c.hint) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v, hint %q", remote, err, hint(err))
		}
	}
}

func TestKeptAlive(t *testing.T) {
	g, host, trusted := guard(t, "s3cret")
	s, err := Open(t.Context(), "sc://"+host+"/;token=s3cret", Options{RootCAs: trusted})
	if err != nil {
		t.Fatal(err)
	}
	s.keptAlive()
	s.keepAlive(time.Millisecond)
	begun := g.asked.Load()
	for g.asked.Load() < begun+3 {
		time.Sleep(time.Millisecond)
	}
	s.Close()
}

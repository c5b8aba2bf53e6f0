package connect

import (
	"fmt"
	"maps"
	"net"
	"net/url"
	"slices"
	"strings"
)

// Address says where a Connect server is and who asks, as read from a remote of the form
// "sc://host:port/;use_ssl=true;token=…;user_id=…".
type Address struct {
	Host    string // "host:port"
	TLS     bool
	User    string
	Session string            // id of the session, a UUID; empty: a new one
	Headers map[string]string // sent with each request, secrets among them: only over TLS
}

const defaultPort = "15002"

// ParseAddress reads a remote as Spark's own clients write it. A token means TLS, and is refused where TLS is turned off, as
// is every parameter that Spark does not know, which goes along as a header.
func ParseAddress(remote string) (Address, error) {
	fail := func(format string, args ...any) (Address, error) {
		return Address{}, fmt.Errorf("read Spark's address: "+format, args...) // without the remote: it may hold a token
	}
	rest, ok := strings.CutPrefix(remote, "sc://")
	if !ok {
		return fail("it does not begin with sc://")
	}
	host, parameters, _ := strings.Cut(rest, "/")
	a := Address{Host: host, User: "smew", Headers: map[string]string{}}
	if strings.ContainsAny(host, ";=@ ") || strings.Trim(host, ":") == "" {
		return fail("it needs the form sc://host:port/;key=value")
	}
	if _, _, err := net.SplitHostPort(host); err != nil {
		a.Host = net.JoinHostPort(strings.Trim(host, "[]"), defaultPort)
	}
	plain := false
	for pair := range strings.SplitSeq(parameters, ";") {
		if pair == "" {
			continue
		}
		key, value, ok := strings.Cut(pair, "=")
		value, err := url.PathUnescape(value)
		if !ok || err != nil || key == "" {
			return fail("its parameter %q has not the form key=value", key)
		}
		switch key {
		case "use_ssl":
			if value != "true" && value != "false" {
				return fail("use_ssl is true or false, not %q", value)
			}
			a.TLS, plain = value == "true", value == "false"
		case "token":
			a.Headers["authorization"] = "Bearer " + value
		case "user_id":
			a.User = value
		case "session_id":
			a.Session = value
		case "user_agent", "grpc_max_message_size": // our own are as good
		default:
			a.Headers[strings.ToLower(key)] = value
		}
	}
	if _, ok := a.Headers["authorization"]; ok && !plain {
		a.TLS = true
	}
	if len(a.Headers) > 0 && !a.TLS {
		return fail("%s may be secret and goes over TLS only: leave out use_ssl=false, or say use_ssl=true", strings.Join(slices.Sorted(maps.Keys(a.Headers)), ", "))
	}
	return a, nil
}

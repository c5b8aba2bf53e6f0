package connect

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseAddress(t *testing.T) {
	none := map[string]string{}
	for remote, want := range map[string]Address{
		"sc://spark":                             {Host: "spark:15002", User: "smew", Headers: none},
		"sc://spark:7/":                          {Host: "spark:7", User: "smew", Headers: none},
		"sc://[::1]:7":                           {Host: "[::1]:7", User: "smew", Headers: none},
		"sc://spark/;use_ssl=true;user_id=a%3Bb": {Host: "spark:15002", TLS: true, User: "a;b", Headers: none},
		"sc://spark:443/;token=se=cret":          {Host: "spark:443", TLS: true, User: "smew", Headers: map[string]string{"authorization": "Bearer se=cret"}},
		"sc://spark/;use_ssl=true;X-Auth=p":      {Host: "spark:15002", TLS: true, User: "smew", Headers: map[string]string{"x-auth": "p"}},
		"sc://spark/;session_id=0b8f6ed5-6dcc-4ed6-a3c5-6a1f7d1cb5d5": {Host: "spark:15002", User: "smew", Session: "0b8f6ed5-6dcc-4ed6-a3c5-6a1f7d1cb5d5", Headers: none},
	} {
		got, err := ParseAddress(remote)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: %v, -want +got\n%s", remote, err, diff)
		}
	}
	for remote, says := range map[string]string{
		"":                                       "does not begin with sc://",
		"http://spark":                           "does not begin with sc://",
		"sc://":                                  "needs the form",
		"sc://spark;token=s3cret":                "needs the form",
		"sc://spark/;use_ssl":                    `"use_ssl" has not the form`,
		"sc://spark/;use_ssl=yes":                "true or false",
		"sc://spark/;use_ssl=false;token=s3cret": "authorization may be secret",
		"sc://spark/;token=s3cret;use_ssl=false": "authorization may be secret",
		"sc://spark/;x-auth=s3cret":              "x-auth may be secret",
	} {
		_, err := ParseAddress(remote)
		if err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v", remote, err)
		}
	}
}

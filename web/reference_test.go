package web

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
)

var update = flag.Bool("update", false, "write docs/reference/metrics.md anew")

const metricsPage = "../docs/reference/metrics.md"

// TestReferenceMetrics holds docs/reference/metrics.md against the metrics that there are.
func TestReferenceMetrics(t *testing.T) {
	s := &server{}
	m := newMetrics(s)
	var b strings.Builder
	b.WriteString("# Metrics\n\n<!-- Generated from the code: go test ./web -run TestReferenceMetrics -update -->\n\n" +
		"What `/metrics` gives to Prometheus. [grafana.json](../grafana.json) is a dashboard of them; those of the Go runtime and of the process come on top.\n" +
		"A value that is not known is left out.\n\n| metric | labels | |\n|---|---|---|\n")
	described := regexp.MustCompile(`fqName: "([^"]+)", help: "([^"]+)", .*variableLabels: \{([^}]*)\}`)
	count := 0
	for _, c := range []prometheus.Collector{feedCollector{s}, m.queries, m.seconds} {
		all := make(chan *prometheus.Desc, 200)
		c.Describe(all)
		close(all)
		for d := range all {
			parts := described.FindStringSubmatch(d.String())
			if parts == nil {
				t.Fatalf("%s", d)
			}
			count++
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", parts[1], strings.ReplaceAll(parts[3], ",", ", "), parts[2])
		}
	}
	if count < 30 {
		t.Errorf("there are only %d metrics", count)
	}
	if *update {
		if err := os.WriteFile(metricsPage, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	was, err := os.ReadFile(metricsPage)
	if err != nil {
		t.Fatal(err)
	}
	if string(was) != b.String() {
		t.Errorf("%s is not what the code says (-update writes it anew):\n%s", metricsPage, &b)
	}
}

package doctor

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// What is said of clusters: those that cannot be reached or are made otherwise, and what a load left.
func TestJudgeCluster(t *testing.T) {
	said := errors.New("said by the cluster")
	cluster := func(change func(*Cluster)) *Cluster {
		c := &Cluster{At: "sc://spark:15002", Spark: "4.1.1", Iceberg: "Apache Iceberg 1.11.0 (commit abc)", Catalog: "heap", Extended: true,
			Databases: []ClusterDatabase{{Name: "heap.meta", There: true}}, Part: "s3a://feed/part", Loaded: "3 dumps"}
		change(c)
		return c
	}
	for _, test := range []struct {
		name   string
		change func(*Cluster)
		check  string
		result Result
		found  string
	}{
		{"all well", func(*Cluster) {}, "cluster", OK, "sc://spark:15002 answers"},
		{"no session", func(c *Cluster) { c.Err = said }, "cluster", Wrong, "said by"},
		{"Spark as tested", func(*Cluster) {}, "spark", OK, "4.1.1"},
		{"an older Spark", func(c *Cluster) { c.Spark = "3.5.6" }, "spark", Wrong, "3.5.6"},
		{"another Spark", func(c *Cluster) { c.Spark = "4.10.0" }, "spark", Warning, "made for 4.1"},
		{"Iceberg as tested", func(*Cluster) {}, "iceberg", OK, "1.11.0"},
		{"another Iceberg", func(c *Cluster) { c.Iceberg = "Apache Iceberg 1.1.0" }, "iceberg", Warning, "1.1.0"},
		{"no Iceberg", func(c *Cluster) { c.NoIceberg = said }, "iceberg", Wrong, "said by"},
		{"no extensions", func(c *Cluster) { c.Extended = false }, "extensions", Wrong, "none of Iceberg's"},
		{"a cache", func(c *Cluster) { c.Cached = true }, "catalog cache", Warning, "spark.sql.catalog.heap.cache-enabled"},
		{"writable", func(*Cluster) {}, "database heap.meta", OK, "can be made"},
		{"not writable", func(c *Cluster) { c.Databases[0].Err = said }, "database heap.meta", Wrong, "said by"},
		{"a new catalog", func(c *Cluster) { c.Databases[0].There = false }, "database heap.meta", OK, "the first load makes it"},
		{"parts are read", func(*Cluster) {}, "parts from the cluster", OK, "s3a://feed/part was read"},
		{"parts are not read", func(c *Cluster) { c.PartErr = said }, "parts from the cluster", Wrong, "said by"},
		{"odd parts", func(c *Cluster) { c.Odd = true }, "parts from the cluster", OK, "needs --scratch"},
		{"no parts", func(c *Cluster) { c.Part = "" }, "parts from the cluster", Skipped, "no part"},
		{"free", func(*Cluster) {}, "lock", OK, "nobody"},
		{"locked", func(c *Cluster) { c.LockedBy, c.LockedUntil = "smew, process 7", time.Unix(0, 0).UTC() }, "lock", Warning, "process 7 has it until 1970-01-01 00:00 UTC"},
		{"a loader died", func(c *Cluster) { c.Unfinished = true }, "lock", Warning, "did not come to a good end"},
		{"nothing loaded", func(c *Cluster) { c.Loaded = "" }, "head", OK, "nothing is loaded yet"},
		{"loaded", func(*Cluster) {}, "head", OK, "3 dumps"},
		{"another feed's", func(c *Cluster) { c.HeadErr = said }, "head", Wrong, "said by"},
		{"half published", func(c *Cluster) { c.Astray = []string{"main.users"} }, "head", Warning, "3 dumps; other than it says show main.users"},
	} {
		t.Run(test.name, func(t *testing.T) {
			told := false
			for _, k := range Judge(Facts{Cluster: cluster(test.change)}) {
				if (k.Result == Wrong || k.Result == Warning) && k.Advice == "" {
					t.Errorf("nobody says what to do: %+v", k)
				}
				if k.Name != test.check {
					continue
				}
				if told = true; k.Result != test.result || !strings.Contains(k.Found, test.found) {
					t.Errorf("%+v, want %s: %s", k, test.result, test.found)
				}
			}
			if !told {
				t.Errorf("nothing is said of %s", test.check)
			}
		})
	}
	if got := Judge(Facts{Cluster: &Cluster{Err: said}}); len(got) != 2 {
		t.Errorf("of what nobody answered: %+v", got)
	}
}

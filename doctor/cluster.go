package doctor

import (
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// Cluster is a Spark cluster to load into.
type Cluster struct {
	At string // how it is reached
	// Err is why there is no session with it; nothing else was looked at then.
	Err       error
	Spark     string // its version
	Iceberg   string // what Iceberg calls itself
	NoIceberg error  // why the catalog does not answer as one of Iceberg's; the rest was not looked at then
	Catalog   string
	Extended  bool // Spark has Iceberg's extensions
	Cached    bool // a session may not see what others commit
	// Databases are those of the catalog that a load uses.
	Databases []ClusterDatabase
	// Part is a part of the feed as the cluster names it; "": there is none to try. PartErr is why the cluster cannot read it; Odd says that it
	// could, and that the part is to be written anew for it.
	Part    string
	PartErr error
	Odd     bool
	// LockedBy has the lock until then; "": nobody. Unfinished says that the last loader did not come to a good end.
	LockedBy    string
	LockedUntil time.Time
	Unfinished  bool
	// HeadErr is why what is loaded cannot be read, or is another feed's. Loaded is what there is, "" before anything is, and Astray are tables
	// that show something else.
	HeadErr error
	Loaded  string
	Astray  []string
}

// ClusterDatabase is a database of a catalog.
type ClusterDatabase struct {
	Name  string
	There bool
	Err   error // why no table can be made there
}

// What smew is made for, and tested with.
const sparkVersion, icebergVersion = "4.1", "1.11"

func (c *Cluster) judge() []Check {
	if c.Err != nil {
		return []Check{failed("cluster", c.Err, "See docs/spark-clusters.md for how a cluster is reached.")}
	}
	all := []Check{{Name: "cluster", Result: OK, Found: c.At + " answers"}, c.spark(), c.iceberg()}
	if c.NoIceberg != nil {
		return all
	}
	all = append(all, c.extensions(), c.cache())
	for _, d := range c.Databases {
		all = append(all, d.judge())
	}
	return append(all, c.part(), c.lock(), c.head())
}

// plainVersion is the number in what a program says of itself.
var plainVersion = regexp.MustCompile(`\d+\.\d+`)

func (c *Cluster) spark() Check {
	k := Check{Name: "spark", Result: OK, Found: c.Spark}
	if v := plainVersion.FindString(c.Spark); v != sparkVersion {
		k.Result, k.Found = Warning, c.Spark+"; smew is made for "+sparkVersion
		k.Advice = "It may work. Hold the tables against the feed after the first load: smew spark verify."
		if major, err := strconv.ParseFloat(v, 64); err == nil && major < 4 {
			k.Result, k.Advice = Wrong, "Take a cluster with Spark "+sparkVersion+": older ones lack statements that a load is made of."
		}
	}
	return k
}

func (c *Cluster) iceberg() Check {
	if c.NoIceberg != nil {
		return failed("iceberg", c.NoIceberg, "The catalog "+c.Catalog+" must be one of Iceberg's. docs/spark.md lists the settings and packages.")
	}
	k := Check{Name: "iceberg", Result: OK, Found: c.Iceberg + ", catalog " + c.Catalog}
	if v := plainVersion.FindString(c.Iceberg); v != icebergVersion {
		k.Result, k.Advice = Warning, "smew is made for Iceberg "+icebergVersion+". Hold the tables against the feed after the first load: smew spark verify."
	}
	return k
}

func (c *Cluster) extensions() Check {
	if c.Extended {
		return Check{Name: "extensions", Result: OK, Found: "Iceberg's are there"}
	}
	return Check{Name: "extensions", Result: Wrong, Found: "spark.sql.extensions has none of Iceberg's",
		Advice: "Start the cluster's driver with spark.sql.extensions=org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions: tags and branches need it."}
}

func (c *Cluster) cache() Check {
	if !c.Cached {
		return Check{Name: "catalog cache", Result: OK, Found: "off"}
	}
	setting := "spark.sql.catalog." + c.Catalog + ".cache-enabled"
	return Check{Name: "catalog cache", Result: Warning, Found: setting + " is not false",
		Advice: "Set it to false where the cluster's driver is started: a session may not see what another one has committed."}
}

func (d ClusterDatabase) judge() Check {
	k := Check{Name: "database " + d.Name, Result: OK, Found: "a table can be made there"}
	switch {
	case d.Err != nil:
		return failed(k.Name, d.Err, "Let the cluster make, change and drop tables there, and write below the catalog's warehouse (docs/spark-clusters.md has AWS's policies).")
	case !d.There:
		k.Found = "is not there yet: the first load makes it"
	}
	return k
}

func (c *Cluster) part() Check {
	k := Check{Name: "parts from the cluster", Result: OK, Found: c.Part + " was read"}
	switch {
	case c.Part == "":
		k.Result, k.Found = Skipped, "no part to try it on"
	case c.PartErr != nil:
		return failed(k.Name, c.PartErr, "The cluster reads the feed by itself: let its driver and executors read the bucket, or share the folder; --scheme says by which file system.")
	case c.Odd:
		k.Found = c.Part + " was reached; Spark does not take such parts as they are, so a load needs --scratch"
	}
	return k
}

func (c *Cluster) lock() Check {
	k := Check{Name: "lock", Result: OK, Found: "nobody has it"}
	switch {
	case c.LockedBy != "":
		k.Result, k.Found = Warning, fmt.Sprintf("%s has it until %s", c.LockedBy, c.LockedUntil.Format("2006-01-02 15:04 UTC"))
		k.Advice = "One loader works at a time. If that one is gone, --take-lock takes it at once."
	case c.Unfinished:
		k.Result, k.Found = Warning, "nobody has it, and the last loader did not come to a good end"
		k.Advice = "Load again: what it left is put right first. Readers of the tags see none of it."
	}
	return k
}

func (c *Cluster) head() Check {
	k := Check{Name: "head", Result: OK, Found: c.Loaded}
	switch {
	case c.HeadErr != nil:
		return failed(k.Name, c.HeadErr, "Nothing can be loaded there while this is so: choose another --catalog or --prefix.")
	case c.Loaded == "":
		k.Found = "nothing is loaded yet"
	case len(c.Astray) > 0:
		k.Result = Warning
		k.Found += "; other than it says show " + some(c.Astray)
		k.Advice = "A load that is at work may be publishing, and the next one puts right what one left that was killed. If it stays so, look with smew spark verify."
	}
	return k
}

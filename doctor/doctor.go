// Package doctor judges, purely, whether a feed can be loaded (or written) from where smew runs: it is given
// what was found out about S3, the feed, the database or the cluster, and the disks, and says of each what is wrong and what
// to do. Nothing is asked or opened here.
package doctor

import (
	"fmt"
	"strings"
	"time"

	"smew/bucket"
	"smew/iam"
)

// Result is how a check came out.
type Result string

const (
	// OK: as it should be.
	OK Result = "ok"
	// Warning: it works, but somebody should know.
	Warning Result = "warning"
	// Wrong: it will not work.
	Wrong Result = "wrong"
	// Skipped: it could not be looked at, since something before it is wrong or there is nothing to look at.
	Skipped Result = "skipped"
)

// Check is one thing that was looked at.
type Check struct {
	Name   string `json:"check"`
	Result Result `json:"result"`
	Found  string `json:"found"`
	// Advice says what to do; "" where nothing is to be done.
	Advice string `json:"advice,omitempty"`
}

// Facts are what was found out. What is nil was not looked at.
type Facts struct {
	Role     iam.Role
	Place    iam.Place // Bucket is "" for a directory
	Dir      string
	OpenErr  error // why nothing could be asked at all
	Probe    *bucket.Probe
	Actions  []Action
	Layout   *Layout
	Database *Database
	Cluster  *Cluster
	Disks    []Disk
	// Encryption of an object of the feed, as S3 calls it; "" where it does not say.
	Encryption *string
}

// Action is one that the role needs, and what came of trying it.
type Action struct {
	Name string // "s3:GetObject"; "read" or "write" in a directory
	On   string // what it was tried on; "": it was not tried
	Err  error
}

// hinted are errors that carry advice.
type hinted interface{ Hint() string }

// Judge makes checks of facts, in the order in which they build on each other.
func Judge(f Facts) []Check {
	var all []Check
	switch {
	case f.OpenErr != nil:
		all = append(all, failed("feed", f.OpenErr, "see smew doctor --help for how feeds are named and reached"))
	case f.Probe != nil:
		all = append(all, judgeProbe(f)...)
	default:
		all = append(all, Check{Name: "directory", Result: OK, Found: f.Dir})
	}
	for _, a := range f.Actions {
		all = append(all, judgeAction(f, a))
	}
	if f.Encryption != nil {
		all = append(all, judgeEncryption(f.Place.Bucket, *f.Encryption))
	}
	if f.Layout != nil {
		all = append(all, f.Layout.judge()...)
	}
	if f.Database != nil {
		all = append(all, f.Database.judge()...)
	}
	if f.Cluster != nil {
		all = append(all, f.Cluster.judge()...)
	}
	for _, d := range f.Disks {
		all = append(all, d.judge())
	}
	return all
}

// failed is a check that went wrong by an error, whose own advice goes first.
func failed(name string, err error, otherwise string) Check {
	c := Check{Name: name, Result: Wrong, Found: err.Error(), Advice: adviceOf(err)}
	if c.Advice == "" {
		c.Advice = otherwise
	}
	return c
}

// adviceOf is the advice of an error, or of the first below it that has any.
func adviceOf(err error) string {
	if h, ok := err.(hinted); ok && h.Hint() != "" {
		return h.Hint()
	}
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		if inner := e.Unwrap(); inner != nil {
			return adviceOf(inner)
		}
	case interface{ Unwrap() []error }:
		for _, inner := range e.Unwrap() {
			if advice := adviceOf(inner); advice != "" {
				return advice
			}
		}
	}
	return ""
}

// vendorsPrefix begins the names of buckets that Data Connect delivers into.
const vendorsPrefix = "csq-rs3-"

// judgeEncryption: Data Connect writes into buckets with SSE-S3 only.
func judgeEncryption(name, found string) Check {
	c := Check{Name: "encryption", Result: OK}
	switch {
	case found == "":
		c.Found = "the server does not say"
	case found == "AES256":
		c.Found = "by S3's own keys (SSE-S3)"
	default:
		c.Result, c.Found = Warning, "by a key of your own ("+found+")"
		c.Advice = "A copy of a feed may be. Data Connect delivers into no such bucket: there, set the default encryption to SSE-S3."
		if strings.HasPrefix(name, vendorsPrefix) {
			c.Result = Wrong
			c.Advice = "Data Connect does not deliver into it: set the bucket's default encryption to SSE-S3."
		}
	}
	return c
}

// Disk is a folder that smew writes into.
type Disk struct {
	Name string // what it is for
	Dir  string
	Err  error // why nothing can be written there
	Free int64 // bytes; -1: not known
	Need int64 // bytes that it may take; 0: nobody knows
}

// leastFree is what any load may take.
const leastFree = 1 << 30

func (d Disk) judge() Check {
	c := Check{Name: "disk for " + d.Name, Result: OK}
	if d.Err != nil {
		return failed(c.Name, d.Err, "Make the folder, let this user write into it, or choose another.")
	}
	c.Found = d.Dir + ": writable"
	if d.Free < 0 {
		return c
	}
	c.Found += ", " + gigabytes(d.Free) + " free"
	if need := max(d.Need, leastFree); d.Free < need {
		c.Result = Warning
		c.Found += ", " + gigabytes(need) + " may be needed"
		c.Advice = "Make room, or choose a folder on another disk. A disk that runs full ends a load, and damages nothing."
	}
	return c
}

func gigabytes(n int64) string { return fmt.Sprintf("%.1f GB", float64(n)/1e9) }

// Database is the file to load into.
type Database struct {
	Path  string
	There bool
	// Locked tells who has it open; nil: nobody.
	Locked error
	// Err is why it cannot be used: it is no database, another feed's, or of another version. Older says that
	// the next load mends that.
	Err   error
	Older bool
	// Holds is what a sound one holds: "3 dumps".
	Holds string
}

func (d *Database) judge() []Check {
	version, lock := Check{Name: "database", Result: OK}, Check{Name: "lock", Result: OK, Found: "nobody else has the database open"}
	switch {
	case d.Locked != nil:
		version.Result, version.Found = Skipped, "not looked at while it is locked"
		lock = failed("lock", d.Locked, "")
		lock.Result = Warning
	case d.Err != nil && d.Older:
		version = failed("database", d.Err, "")
		version.Result = Warning
	case d.Err != nil:
		version = failed("database", d.Err, "Choose another file with --db.")
	case !d.There:
		version.Found = d.Path + " is not there yet: the first load makes it"
	default:
		version.Found = d.Path + ": " + d.Holds
	}
	return []Check{version, lock}
}

// skew is by how much a clock that was read at local is ahead of the server's.
func skew(server, local time.Time) time.Duration {
	d := local.Sub(server)
	if d.Abs() < 2*time.Second { // the answer took its time, and names no fractions
		return 0
	}
	return d.Round(time.Second)
}

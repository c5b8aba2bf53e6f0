package loader_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"smew/bucket"
	"smew/bucket/buckettest"
	"smew/sample"
)

// childTrouble makes the process of childEnv load the five dumps and get into trouble: "kill 7" kills it at
// the 7th operation on bucket or database, "limit 1000" and "tmpfs 1000" let it have so many bytes.
const childTrouble = "SMEW_TEST_TROUBLE"

// trouble is what such a process tells of itself, if it comes to that.
type trouble struct {
	Operations int64
	Error      string
	Hints      []string
	Unsettled  bool // the error ended no run: a dump was at fault
}

func troubled(dir, db, how string) {
	kind, text, _ := strings.Cut(how, " ")
	n, err := strconv.ParseInt(text, 10, 64)
	var b bucket.Bucket
	if err == nil {
		b, err = bucket.OpenDir(dir)
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	var told trouble
	switch kind {
	case "kill":
		told = killedAt(b, db, n)
	case "limit":
		told = limited(b, db, n)
	case "tmpfs":
		told = onSmallDisk(b, db, n)
	default:
		told.Error = "unknown trouble " + kind
	}
	said, err := json.Marshal(told)
	if err != nil {
		panic(err)
	}
	fmt.Println(string(said))
	os.Exit(0)
}

// killedAt loads in two visits and kills the process before its n-th operation, from 0.
func killedAt(b bucket.Bucket, db string, n int64) (told trouble) {
	var done atomic.Int64
	step := func() {
		if done.Add(1)-1 != n {
			return
		}
		self, err := os.FindProcess(os.Getpid())
		if err == nil {
			err = self.Kill()
		}
		fmt.Println(err)
		select {}
	}
	faulty := buckettest.NewFaulty(b, func(buckettest.Operation) buckettest.Fault { step(); return buckettest.None })
	if err := visits(faulty, db, clock(), func(string) error { step(); return nil }); err != nil {
		told.Error = err.Error()
	}
	told.Operations = done.Load()
	return told
}

// inTrouble runs a troubled process to its end. killed says that it told nothing.
func inTrouble(t *testing.T, feed, db, how string) (told trouble, killed bool) {
	t.Helper()
	temp := t.TempDir()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+db, childFeed+"="+feed, childTrouble+"="+how, "TMPDIR="+temp)
	cmd.Stderr = os.Stderr
	if strings.HasPrefix(how, "tmpfs ") {
		apart(cmd)
	}
	out, err := cmd.Output()
	var exit *exec.ExitError
	switch {
	case err == nil:
		if err := json.Unmarshal(out, &told); err != nil {
			t.Fatalf("%s: it said %q: %v", how, out, err)
		}
	case errors.As(err, &exit) && exit.ExitCode() == -1 && len(out) == 0:
		killed = true
	default:
		t.Fatalf("%s: %v, %s", how, err, out)
	}
	err = filepath.WalkDir(temp, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			t.Errorf("%s left %s", how, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return told, killed
}

func fiveInDir(t *testing.T) (dir string, u *undisturbed) {
	t.Helper()
	dir = t.TempDir()
	b, err := bucket.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	writeFive(t, b)
	return dir, newUndisturbed(t, b)
}

// TestKilledAtEveryStep kills a loading process before each of its operations in turn, with a signal that
// cannot be caught, until one comes through.
func TestKilledAtEveryStep(t *testing.T) {
	t.Parallel()
	dir, u := fiveInDir(t)
	untouched, _ := inTrouble(t, dir, filepath.Join(t.TempDir(), "x.duckdb"), "kill -1")
	if untouched.Error != "" || untouched.Operations < 500 {
		t.Fatalf("%+v", untouched)
	}
	all := int(untouched.Operations)
	var kills, between atomic.Int64
	// Goroutines do not always do the same, so the last steps are not quite sure to be there.
	each(t, append(sample.Places(t, 3, all), all+1000), func(t *testing.T, n int) {
		db := filepath.Join(t.TempDir(), "x.duckdb")
		what := fmt.Sprintf("kill %d", n)
		told, killed := inTrouble(t, dir, db, what)
		switch {
		case killed:
			kills.Add(1)
		case told.Error != "":
			t.Fatalf("%s: %s", what, told.Error)
		case n < all-20:
			t.Errorf("%s of %d came through", what, all)
		}
		if loaded := wholeDumps(t, db); loaded > 0 && loaded < 5 {
			between.Add(1)
		}
		u.afterwards(t, what, db, clock(), errors.New("killed"))
		if n > all && killed {
			t.Errorf("%s killed a process of %d steps", what, all)
		}
	})
	t.Logf("%d operations; %d kills, %d of them with some of the dumps in", all, kills.Load(), between.Load())
}

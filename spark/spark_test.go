package spark_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"smew/bucket/s3test"
	"smew/loader/oracle"
	"smew/sample"
	"smew/spark"
	"smew/spark/connect"
	"smew/spark/sparktest"
)

// server is the Connect server of the tests.
type server struct {
	remote   string
	cluster  *sparktest.Cluster // nil: somebody else's
	s3       *s3test.Server     // that the feed may lie on; nil: none
	settings map[string]string  // of a session that reaches it
}

// newServer starts a cluster, or takes the server that SMEW_TEST_SPARK_REMOTE names, whose catalog heap it empties.
func newServer(t *testing.T) *server {
	t.Helper()
	if remote := os.Getenv("SMEW_TEST_SPARK_REMOTE"); remote != "" {
		return &server{remote: remote}
	}
	s3, settings := sparktest.StartS3(t)
	c := sparktest.Start(t)
	return &server{c.Remote, c, s3, settings}
}

func (s *server) session(t *testing.T) spark.Session { return open(t, s.remote) }

func open(t *testing.T, remote string) spark.Session {
	t.Helper()
	session, err := connect.Open(t.Context(), remote, connect.Options{Patience: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { session.Close() })
	return session
}

// warehouse is the folder of the catalog, in whose files a text is found that is in its tables. A server that is somebody else's is set so, and
// SMEW_TEST_SPARK_WAREHOUSE names its folder.
func (s *server) warehouse(t *testing.T) string {
	t.Helper()
	if s.cluster != nil {
		return filepath.Join(s.cluster.Dir, "warehouse")
	}
	dir := os.Getenv("SMEW_TEST_SPARK_WAREHOUSE")
	if dir == "" {
		t.Skip("SMEW_TEST_SPARK_WAREHOUSE does not name the folder of the catalog")
	}
	return dir
}

// fresh is a feed that nobody has loaded.
func (s *server) fresh(t *testing.T) *both {
	t.Helper()
	b := &both{t: t, session: s.session(t), dir: t.TempDir(), db: filepath.Join(t.TempDir(), "x.duckdb"), scratch: t.TempDir()}
	if s.cluster == nil {
		drop(t, b.session)
		return b
	}
	for _, namespace := range []string{"raw", "main", "meta"} { // the catalog is a folder
		if err := os.RemoveAll(filepath.Join(s.cluster.Dir, "warehouse", namespace)); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

// harsh says that random feeds are asked for in numbers, and with all that can happen to who loads them.
func harsh() bool { return os.Getenv("SMEW_TEST_SPARK_WORLDS") != "" }

// seeds are the random feeds to load: so many of those that are tried each day, all if SMEW_TEST_STEPS says so, or as many as SMEW_TEST_SPARK_WORLDS says, from SMEW_TEST_SPARK_FIRST on.
func seeds(t *testing.T, n, of int) []int {
	t.Helper()
	if !harsh() && os.Getenv("SMEW_TEST_SPARK_FIRST") == "" {
		return sample.Draw(t, n, of)
	}
	from, to := 0, 1
	if text := os.Getenv("SMEW_TEST_SPARK_WORLDS"); text != "" {
		var err error
		if from, err = strconv.Atoi(text); err == nil {
			from, to = 0, from
		}
	}
	if at, err := strconv.Atoi(os.Getenv("SMEW_TEST_SPARK_FIRST")); err == nil {
		from, to = at, at+to
	}
	all := []int{}
	for seed := from; seed < to; seed++ {
		all = append(all, seed)
	}
	return all
}

// One cluster serves all tests here: it takes longer to start than most of them do. Every other day they are a random scenario, and on the
// days between one of the others; or all if SMEW_TEST_STEPS says so.
func TestSpark(t *testing.T) {
	s := newServer(t)
	others := []struct {
		name string
		run  func(*testing.T, *server)
	}{{"worlds", adversarial}, {"definitions", definitions}, {"erased", erased}, {"locked", locked}, {"upkeep", upkeep}, {"aside", aside}, {"killed", killed}}
	if sample.Due(t, 0, 2) {
		t.Run("scenarios", func(t *testing.T) { scenarios(t, s) })
	}
	if sample.Due(t, 1, 2) {
		for _, i := range sample.Draw(t, 1, len(others)) {
			t.Run(others[i].name, func(t *testing.T) { others[i].run(t, s) })
		}
	}
}

// adversarial loads random nasty feeds dump by dump in a shuffled order.
func adversarial(t *testing.T, s *server) {
	for _, seed := range seeds(t, 1, 1) {
		t.Run(strconv.Itoa(seed), func(t *testing.T) {
			dir := t.TempDir()
			w, err := oracle.NewWorld(uint64(seed), dir, oracle.WorldOptions{OddNames: seed%3 == 0, Dumps: 4})
			if err != nil {
				t.Fatal(err)
			}
			b := s.fresh(t)
			b.small = -1
			rng := rand.New(rand.NewPCG(uint64(seed), 7))
			order := slices.Clone(w.DumpIDs)
			rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
			for _, id := range order {
				if err := w.Stage(b.dir, id); err != nil {
					t.Fatal(err)
				}
				b.load()
				b.agree()
			}
		})
	}
}

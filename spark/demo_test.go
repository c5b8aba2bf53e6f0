package spark_test

import (
	"os"
	"testing"
)

// `make spark` has loaded the demo feed with both: their tables are equal.
func TestDemo(t *testing.T) {
	db := os.Getenv("SMEW_TEST_SPARK_DEMO")
	if db == "" {
		return // TestSpark holds feeds that ask more
	}
	s := newServer(t)
	b := &both{t: t, session: s.session(t), db: db, scratch: t.TempDir()}
	if found := b.differences(); len(found) > 0 {
		t.Errorf("Spark's tables and DuckDB's differ: %q", found)
	}
}

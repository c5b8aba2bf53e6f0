package connect

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"smew/sample"
	"smew/spark/driver"
	"smew/spark/sparktest"
)

// One cluster serves all tests here: it takes longer to start than they do. Its server ends each stream after a second. Of what happens to
// streams, one is tried every other day, or all if SMEW_TEST_STEPS says so; the days between are for drivers that are handed in.
func TestSpark(t *testing.T) {
	if !sample.Due(t, 1, 2) {
		return
	}
	server, settings := sparktest.StartS3(t)
	c := sparktest.Start(t)
	s := open(t, c)
	for key, value := range settings {
		if err := s.Exec(t.Context(), "SET "+key+" = "+value); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("values", func(t *testing.T) { kinds(t, s) })
	t.Run("statements", func(t *testing.T) { statements(t, s) })
	t.Run("large", func(t *testing.T) { large(t, s) })
	t.Run("errors", func(t *testing.T) { faults(t, s) })
	t.Run("files", func(t *testing.T) { files(t, s) })
	t.Run("S3", func(t *testing.T) { filesInS3(t, s, server) })
	t.Run("unsplit", func(t *testing.T) { unsplit(t, s) })
	troubles := []struct {
		name string
		run  func(*testing.T)
	}{
		{"cut", func(t *testing.T) { cut(t, s) }},
		{"cancelled", func(t *testing.T) { cancelled(t, s) }},
		{"executor killed", func(t *testing.T) { executorKilled(t, c, s) }},
		{"server restarted", func(t *testing.T) { restarted(t, c, s) }},
	}
	for _, i := range slices.Sorted(slices.Values(sample.Draw(t, 1, len(troubles)))) { // the session ends with its server
		t.Run(troubles[i].name, troubles[i].run)
	}
}

func open(t *testing.T, c *sparktest.Cluster) *Session {
	t.Helper()
	s, err := Open(t.Context(), c.Remote, Options{Patience: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if !strings.HasPrefix(s.Version, "4.") {
		t.Errorf("Spark's version is %q", s.Version)
	}
	return s
}

func rows(t *testing.T, s *Session, sql string) [][]any {
	t.Helper()
	got, err := s.Rows(t.Context(), sql)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func kinds(t *testing.T, s *Session) {
	at := time.Date(2026, 3, 1, 12, 30, 15, 123456000, time.UTC)
	for _, c := range []struct {
		sql  string
		want any
	}{
		{`NULL`, nil},
		{`true`, true},
		{`CAST(-7 AS TINYINT)`, int64(-7)},
		{`CAST(300 AS SMALLINT)`, int64(300)},
		{`70000`, int64(70000)},
		{`9007199254740993L`, int64(9007199254740993)},
		{`CAST(NULL AS BIGINT)`, nil},
		{`CAST(1.5 AS FLOAT)`, 1.5},
		{`CAST('-Infinity' AS DOUBLE)`, math.Inf(-1)},
		{`CAST('-12345678901234567890.1234' AS DECIMAL(38,4))`, "-12345678901234567890.1234"},
		{`'héap 😀'`, "héap 😀"},
		{`''`, ""},
		{`'${env:PATH} ${spark.app.name}'`, "${env:PATH} ${spark.app.name}"},
		{`X'00FF'`, []byte{0, 255}},
		{`DATE '1969-12-31'`, time.Date(1969, 12, 31, 0, 0, 0, 0, time.UTC)},
		{`TIMESTAMP '2026-03-01 12:30:15.123456'`, at},
		{`TIMESTAMP_NTZ '2026-03-01 12:30:15.123456'`, at},
		{`CAST('abc' AS CHAR(3))`, "abc"},
	} {
		got := rows(t, s, "SELECT "+c.sql)
		if diff := cmp.Diff([][]any{{c.want}}, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", c.sql, diff)
		}
	}
	if got := rows(t, s, `SELECT 1 WHERE false`); len(got) != 0 {
		t.Errorf("no rows came as %v", got)
	}
	if _, err := s.Rows(t.Context(), `SELECT array(1, 2) AS odd`); err == nil || !strings.Contains(err.Error(), "read column odd") {
		t.Errorf("an array gave %v", err)
	}
}

// statements that are no queries, and what Iceberg adds.
func statements(t *testing.T, s *Session) {
	for _, sql := range []string{
		`CREATE NAMESPACE IF NOT EXISTS heap.main`,
		`CREATE TABLE heap.main.t (id BIGINT, "Order" STRING) USING iceberg TBLPROPERTIES ('write.wap.enabled'='true')`,
		"-- put two rows.\nINSERT INTO heap.main.t VALUES (1, 'a'), (2, 'b')",
		`ALTER TABLE heap.main.t CREATE BRANCH dump_7`,
		`SET spark.wap.branch = dump_7`,
		`UPDATE heap.main.t SET "Order" = 'c' WHERE id = 2`,
		`RESET spark.wap.branch`,
	} {
		if err := s.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	before := rows(t, s, `SELECT id, "Order" FROM heap.main.t ORDER BY id`)
	moved := rows(t, s, `CALL heap.system.fast_forward('heap.main.t', 'main', 'dump_7')`)
	after := rows(t, s, `SELECT id, "Order" FROM heap.main.t ORDER BY id`)
	if diff := cmp.Diff([][]any{{int64(1), "a"}, {int64(2), "b"}}, before); diff != "" {
		t.Errorf("before publishing: -want +got\n%s", diff)
	}
	if len(moved) != 1 || moved[0][0] != "main" {
		t.Errorf("publishing gave %v", moved)
	}
	if diff := cmp.Diff([][]any{{int64(1), "a"}, {int64(2), "c"}}, after); diff != "" {
		t.Errorf("after publishing: -want +got\n%s", diff)
	}
	if got := rows(t, s, `DESCRIBE heap.main.t`); len(got) < 2 || got[1][0] != "Order" {
		t.Errorf("the table is %v", got)
	}
	if err := s.Exec(t.Context(), `INSERT OVERWRITE heap.main.t SELECT 1, 'c' WHERE false`); err != nil {
		t.Fatal(err)
	}
	if got := rows(t, s, `SELECT count(*) FROM heap.main.t`); got[0][0] != int64(0) {
		t.Errorf("overwritten by no rows the table has %v", got[0][0])
	}
}

// large results come in many batches, and a row may be larger than a batch.
func large(t *testing.T, s *Session) {
	got := rows(t, s, `SELECT id, repeat('x', 100) FROM range(0, 300000, 1, 4) ORDER BY id`)
	for i, row := range got {
		if row[0] != int64(i) {
			t.Fatalf("row %d has id %v", i, row[0])
		}
	}
	if len(got) != 300000 {
		t.Errorf("%d rows came, want 300000", len(got))
	}
	if got := rows(t, s, `SELECT repeat('x', 20000000)`); len(got[0][0].(string)) != 20000000 {
		t.Errorf("a long text came with %d bytes", len(got[0][0].(string)))
	}
}

func faults(t *testing.T, s *Session) {
	for _, c := range []struct{ name, sql, class, begins, says, hint string }{
		{"no table", "-- count people of 1002.\nSELECT count(*) FROM heap.main.absent", "TABLE_OR_VIEW_NOT_FOUND", "count people of 1002: [TABLE_OR_VIEW_NOT_FOUND]", "absent", ""},
		{"no column", "SELECT nothing FROM heap.main.t", "UNRESOLVED_COLUMN.WITH_SUGGESTION", "run SELECT nothing", "nothing", ""},
		{"syntax", "SELEC 1", "PARSE_SYNTAX_ERROR", "run SELEC 1: ", "SELEC", ""},
		{"in a task", "SELECT 1 / (id - id) FROM range(10)", "DIVIDE_BY_ZERO", "run SELECT", "ision by zero", ""},
		{"said by the statement", "SELECT raise_error('too late') FROM range(3)", "USER_RAISED_EXCEPTION", "run SELECT", "too late", ""},
		{"no catalog", "CREATE TABLE cellar.main.t (id BIGINT) USING iceberg", "REQUIRES_SINGLE_PART_NAMESPACE", "run CREATE", "cellar", "is not configured"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := s.Rows(t.Context(), c.sql)
			var said *driver.Error
			if !errors.As(err, &said) {
				t.Fatalf("it gave %v", err)
			}
			if said.Class != c.class || !strings.HasPrefix(err.Error(), c.begins) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("it is %s: %v", said.Class, err)
			}
			if strings.Contains(err.Error(), ".scala") || strings.Contains(err.Error(), "\n") || strings.Contains(err.Error(), "+-") {
				t.Errorf("it is long-winded: %v", err)
			}
			if !strings.Contains(said.Hint(), c.hint) || c.hint == "" && said.Hint() != "" {
				t.Errorf("its hint is %q", said.Hint())
			}
		})
	}
}

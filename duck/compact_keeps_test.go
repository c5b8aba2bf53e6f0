package duck

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Whatever people keep in the file survives, in whatever order it depends on each other.
func TestCompactKeepsEverything(t *testing.T) {
	path := tempPath(t) // the catalog is named x
	made(t, path,
		"CREATE SCHEMA smew", "CREATE SCHEMA delivered", `CREATE SCHEMA "we""ird"`,
		"CREATE MACRO smew.instant(t) AS try_cast(t AS INT) + 1",
		"CREATE MACRO overloaded(a) AS a, (a, b) AS a + b",
		"CREATE TYPE mood AS ENUM ('well', 'bad')",
		"CREATE SEQUENCE numbers START 5 INCREMENT 2",
		"CREATE TABLE smew.held_1 (a BIGINT NOT NULL, b VARCHAR DEFAULT 'x', c VARCHAR)",
		"INSERT INTO smew.held_1 SELECT i, i, NULL FROM range(1000) r(i)",
		"CREATE MACRO firsts(n) AS TABLE SELECT * FROM smew.held_1 ORDER BY a LIMIT n",
		`CREATE TABLE own (id INT PRIMARY KEY DEFAULT nextval('numbers'), m mood, g INT GENERATED ALWAYS AS (id * 2),
			l INT[], s STRUCT(a INT, b VARCHAR[]), d DECIMAL(10, 3), z TIMESTAMPTZ, CHECK (id > 0))`,
		"INSERT INTO own (m, l, s) VALUES ('well', [1, 2], {a: 1, b: ['x', NULL]}), ('bad', NULL, NULL)",
		"CREATE TABLE a_child (id INT REFERENCES own (id), PRIMARY KEY (id))", "INSERT INTO a_child VALUES (5), (7)",
		"CREATE TABLE a (id INT REFERENCES a_child (id))", "INSERT INTO a VALUES (7)", // sorted by name it would come first
		`CREATE TABLE odd ("a ""b" INT GENERATED ALWAYS AS (n + 1), n INT, g INT DEFAULT 7, xg INT GENERATED ALWAYS AS (g))`, "INSERT INTO odd VALUES (1, 2)",
		"CREATE TABLE empty (g INT GENERATED ALWAYS AS (1 + x), x INT)",
		`CREATE TABLE "we""ird"."t ""q'" ("x ""y'" INT)`, `INSERT INTO "we""ird"."t ""q'" VALUES (3)`,
		"CREATE INDEX some_c ON smew.held_1 (c)", "CREATE UNIQUE INDEX one_d ON own (d)",
		"CREATE VIEW lower AS SELECT a, smew.instant(b) AS i FROM smew.held_1 WHERE a < 3",
		"CREATE VIEW above AS SELECT * FROM lower", "CREATE VIEW delivered.z AS SELECT * FROM above JOIN firsts(2) USING (a)",
		"CREATE VIEW named AS SELECT * FROM x.main.own", // by the catalog, which is named after the file
		"CREATE TABLE gone (a INT)", "CREATE VIEW broken AS FROM gone", "DROP TABLE gone",
		"COMMENT ON TABLE own IS 'people''s'", "COMMENT ON COLUMN own.m IS 'm'", "COMMENT ON VIEW above IS 'v'", "COMMENT ON COLUMN above.i IS 'i'",
		"COMMENT ON MACRO overloaded IS 'o'", "COMMENT ON SEQUENCE numbers IS 'n'", "COMMENT ON TYPE mood IS 't'", "COMMENT ON INDEX smew.some_c IS 's'")
	defined := func() []string {
		db := opened(t, path, Options{})
		defer db.Close()
		var all []string
		err := db.View(context.Background(), func(tx *Tx) (err error) {
			all, err = definitions(context.Background(), tx, "x")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	queries := []string{"FROM smew.held_1 ORDER BY a", "FROM own ORDER BY id", "FROM a_child", "FROM a", "FROM odd", `FROM "we""ird"."t ""q'"`,
		"FROM delivered.z ORDER BY a", "FROM named ORDER BY id", "SELECT overloaded(1, 2)"}
	var want []string
	for _, q := range queries {
		want = append(want, in(t, path, q))
	}
	before := defined()
	compact(t, path)
	if after := defined(); !slices.Equal(before, after) || len(after) < 20 {
		t.Errorf("defined:\n%s\nwant:\n%s", strings.Join(after, "\n"), strings.Join(before, "\n"))
	}
	for i, q := range queries {
		if got := in(t, path, q); got != want[i] {
			t.Errorf("%s: %s, want %s", q, got, want[i])
		}
	}
	made(t, path, "INSERT INTO own (m) VALUES ('bad')", "INSERT INTO empty VALUES (1)")
	if got := in(t, path, "SELECT id, g FROM own WHERE id > 7"); got != "[[9 18]]" {
		t.Errorf("the sequence went on with %s", got)
	}
	for _, wrong := range []string{"INSERT INTO own (id) VALUES (0)", "INSERT INTO own (id) VALUES (5)", "INSERT INTO smew.held_1 (a) VALUES (NULL)", "INSERT INTO a VALUES (9)"} {
		db := opened(t, path, Options{})
		if err := db.Update(context.Background(), func(tx *Tx) error { _, err := tx.Exec(context.Background(), wrong); return err }); err == nil {
			t.Errorf("%s was done", wrong)
		}
		db.Close()
	}
}

// The new file can be read by the same DuckDBs as the old one.
func TestCompactKeepsFormat(t *testing.T) {
	for _, version := range []string{"v1.0.0", "v1.1.0", "v1.2.0", "v1.3.0", "v1.4.0", "v1.5.0"} {
		path := tempPath(t)
		made(t, "", fmt.Sprintf("ATTACH '%s' AS y (STORAGE_VERSION '%s', BLOCK_SIZE 16384)", path, version), "CREATE TABLE y.t AS SELECT 1 AS a")
		const format = "SELECT tags, block_size FROM duckdb_databases() JOIN pragma_database_size() USING (database_name) WHERE NOT internal"
		want := in(t, path, format)
		compact(t, path)
		if got := in(t, path, format); got != want || !strings.Contains(got, "16384") {
			t.Errorf("%s: %s, want %s", version, got, want)
		}
	}
}

func TestCompactKeepsLinkAndMode(t *testing.T) {
	path := tempPath(t)
	mostlyRemoved(t, path)
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "link.duckdb")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	if done := compact(t, link); done.After >= done.Before {
		t.Errorf("%+v", done)
	}
	info, err := os.Lstat(link)
	if err != nil || info.Mode().Type() != fs.ModeSymlink {
		t.Errorf("the link: %v, %v", info.Mode(), err)
	}
	if info, err := os.Lstat(path); err != nil || info.Mode() != 0o640 {
		t.Errorf("the file: %v, %v", info.Mode(), err)
	}
	alone(t, link, "link.duckdb")
	alone(t, path, "x.duckdb")
}

// The catalog is named after the file, and may be named like a schema or a catalog of DuckDB's.
func TestCompactNames(t *testing.T) {
	for _, name := range []string{"main.duckdb", "temp.duckdb", "system.duckdb", "memory", "a.b.duckdb", "with space.duckdb", "ü#&=+'\".duckdb", "x (compacted).duckdb"} {
		path := filepath.Join(t.TempDir(), name)
		made(t, path, "CREATE TABLE t AS SELECT 7 AS a", "CREATE VIEW v AS FROM t")
		if _, err := Compact(context.Background(), path, CompactOptions{}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got := in(t, path, "FROM v"); got != "[[7]]" {
			t.Errorf("%s: %s", name, got)
		}
		alone(t, path, name)
	}
}

// Rows that lie together stay together, with many threads too.
func TestCompactKeepsOrder(t *testing.T) {
	path := tempPath(t)
	made(t, path, "CREATE TABLE t AS SELECT i FROM range(2000000) r(i) ORDER BY i")
	if _, err := Compact(context.Background(), path, CompactOptions{Options: Options{Threads: 4}}); err != nil {
		t.Fatal(err)
	}
	if got := in(t, path, "SELECT count(*) FROM (SELECT i, lag(i) OVER (ORDER BY rowid) AS before FROM t) WHERE i < before"); got != "[[0]]" {
		t.Errorf("%s rows come after a greater one", got)
	}
}

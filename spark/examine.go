package spark

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"smew/sql"
)

// Examined is what was found out about a cluster, for who says whether a feed can be loaded into it.
type Examined struct {
	Spark      string      // its version
	Iceberg    string      // what Iceberg calls itself
	NoIceberg  error       // why the catalog does not answer as one of Iceberg's; the rest was not looked at then
	Extended   bool        // Spark has Iceberg's extensions
	Cached     bool        // a session may not see what others commit
	Namespaces []Namespace // the three of the place
	// Part could be read by the cluster, unless PartErr says why not. Odd says that Spark got there and does not take such a part as it is.
	Part    string
	PartErr error
	Odd     bool
	Lock    *Lock  // nil: nobody ever loaded
	State   *State // nil: nothing is loaded, or HeadErr says why it cannot be read
	HeadErr error
	Astray  []string // tables of the head that show another snapshot than it says
}

// Namespace is a database of the catalog.
type Namespace struct {
	Name  string
	There bool
	Err   error // why no table can be made there; nil as well where it is not there
}

// Lock tells who loads.
type Lock struct {
	Who        string
	Until      time.Time // by the cluster's clock
	Held       bool
	Unfinished bool // the last loader did not come to a good end
}

// Examine asks a cluster for all that a load depends on. A table is made in each namespace that is there, and dropped; nothing else is
// changed. file is a part of the feed as the cluster names it, "" for none. What is wrong is in the answer: the error is the end of ctx, or of
// the session.
func Examine(ctx context.Context, s Session, p Place, file string) (e Examined, err error) {
	rows, err := s.Rows(ctx, sql.SparkExamineVersion)
	if err != nil {
		return e, err
	}
	e.Spark, _, _ = strings.Cut(first(rows), " ")
	x := examiner{cluster{Session: s, place: p}, &e}
	if rows, e.NoIceberg = s.Rows(ctx, sql.Fill(sql.SparkExamineIceberg, sql.Names{"catalog": p.catalog()})); e.NoIceberg != nil {
		return e, ctx.Err()
	}
	e.Iceberg = first(rows)
	e.Extended = strings.Contains(x.setting(ctx, "spark.sql.extensions"), "IcebergSparkSessionExtensions")
	e.Cached = x.setting(ctx, "spark.sql.catalog."+p.catalog()+".cache-enabled") != "false"
	x.namespaces(ctx)
	if e.Part = file; file != "" {
		x.read(ctx)
	}
	x.loaded(ctx)
	return e, ctx.Err()
}

type examiner struct {
	cluster
	found *Examined
}

// first is the text of an answer, if it is one.
func first(rows [][]any) string {
	if len(rows) == 0 || len(rows[0]) == 0 {
		return ""
	}
	return text(rows[0][0])
}

// setting is what the session has it at; "": it is not set, or nobody says.
func (x *examiner) setting(ctx context.Context, key string) string {
	rows, err := x.Rows(ctx, sql.Fill(sql.SparkExamineSetting, sql.Names{"key": Quote(key)}))
	if err != nil || len(rows) != 1 || len(rows[0]) < 2 || text(rows[0][1]) == "<undefined>" {
		return ""
	}
	return text(rows[0][1])
}

// namespaces tries each that is there.
func (x *examiner) namespaces(ctx context.Context) {
	there := map[string]bool{}
	rows, err := x.Rows(ctx, sql.Fill(sql.SparkExamineNamespaces, sql.Names{"catalog": x.place.catalog()}))
	for _, row := range rows {
		there[text(row[0])] = true
	}
	for _, name := range []string{"meta", "raw", "main"} {
		n := Namespace{Name: x.place.of(name), There: there[x.place.Prefix+name], Err: err}
		if n.There {
			table := sql.Names{"table": n.Name + ".smew_doctor"}
			n.Err = cmp.Or(x.Exec(ctx, sql.Fill(sql.SparkExamineDrop, table)), x.Exec(ctx, sql.Fill(sql.SparkExamineCreate, table)),
				x.Exec(ctx, sql.Fill(sql.SparkExamineDrop, table)))
		}
		x.found.Namespaces = append(x.found.Namespaces, n)
	}
}

// busy is how long the cluster may take to run one task.
const busy = 2 * time.Minute

// read has the part read by the driver, and then by a worker.
func (x *examiner) read(ctx context.Context) {
	const view = "smew_doctor"
	ctx, cancel := context.WithTimeoutCause(ctx, busy, fmt.Errorf("the cluster read nothing in %s: it has no executor that is free, or waits for the storage", busy))
	defer cancel()
	err := x.Avro(ctx, view, []string{x.found.Part})
	if err == nil {
		_, err = x.Rows(ctx, sql.Fill(sql.SparkExamineRead, sql.Names{"view": view}))
	}
	// What Avro says of a part's schema it says after it has read it.
	x.found.Odd = err != nil && (strings.Contains(err.Error(), "SchemaParseException") || strings.Contains(err.Error(), "IncompatibleSchemaException"))
	if !x.found.Odd {
		x.found.PartErr = err
	}
}

// loaded looks at the lock, the head, and the tables that it names.
func (x *examiner) loaded(ctx context.Context) {
	if !x.found.Namespaces[0].There {
		return
	}
	tables, err := x.tables(ctx, "meta")
	if err == nil && tables["lock"] {
		x.found.Lock, err = x.locked(ctx)
	}
	if err == nil && tables["head"] {
		err = x.head(ctx)
	}
	x.found.HeadErr = err
}

func (x *examiner) locked(ctx context.Context) (*Lock, error) {
	rows, err := x.Rows(ctx, sql.Fill(sql.SparkMetaLocked, sql.Names{"lock": x.place.meta("lock")}))
	if err != nil {
		return nil, err
	}
	l := &Lock{}
	for _, row := range rows {
		until, now := number(row[2]), number(row[3])
		l.Unfinished = l.Unfinished || until != 0
		if until > now {
			l.Held, l.Who, l.Until = true, text(row[1]), time.Unix(until, 0).UTC()
		}
	}
	return l, nil
}

func (x *examiner) head(ctx context.Context) error {
	h, err := readHead(ctx, x, x.place)
	var empty *HeadError
	if errors.As(err, &empty) && empty.Reason == nothingLoaded {
		return nil
	}
	if err != nil {
		return err
	}
	x.found.State = h.state
	wrong, _, err := x.astray(ctx, h.state)
	for _, r := range wrong {
		if !slices.Contains(x.found.Astray, r.table) {
			x.found.Astray = append(x.found.Astray, r.table)
		}
	}
	return err
}

package spark

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"smew/plan"
	"smew/sql"
)

// HeadError says that the catalog's head is not what a loader left.
type HeadError struct{ Reason string }

func (e *HeadError) Error() string { return "read head: " + e.Reason }

// Hint says what the user can do about it.
func (e *HeadError) Hint() string {
	if e.Reason == nothingLoaded {
		return "`smew spark load FEED` loads a feed; --catalog and --prefix have to be those it was loaded with"
	}
	return ""
}

// LostError says that another loader committed in between. Nothing of the dump is visible, and the next run does it again.
type LostError struct{ Version int64 }

func (e *LostError) Error() string {
	return fmt.Sprintf("commit: another loader made version %d", e.Version)
}

// head is what the cluster remembers, and how often it was committed.
type head struct {
	version int64
	state   *State
}

// cluster is a session with the names of what is stored there.
type cluster struct {
	Session
	place  Place
	now    func() time.Time
	writer string             // who this is, to nobody else
	before func(string) error // each step, for tests
	lock   lock
}

func (c *cluster) run(ctx context.Context, step string, statements ...string) error {
	if err := c.before(step); err != nil {
		return fmt.Errorf("%s: %w", step, err)
	}
	for _, statement := range statements {
		if err := c.Exec(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", step, err)
		}
	}
	return nil
}

// begin readies the catalog where it is new.
func (c *cluster) begin(ctx context.Context) error {
	if err := c.run(ctx, "begin"); err != nil {
		return err
	}
	tables := map[string]string{
		"head":       sql.Fill(sql.SparkMetaCreateHead, sql.Names{"head": c.place.meta("head")}),
		"lock":       sql.Fill(sql.SparkMetaCreateLock, sql.Names{"lock": c.place.meta("lock")}),
		"quarantine": sql.Fill(sql.SparkQuarantineCreate, sql.Names{"quarantine": c.place.meta("quarantine")}),
		"identities": sql.Fill(sql.SparkIdentitiesCreate, sql.Names{"identities": c.place.identities()}),
		"walk":       sql.Fill(sql.SparkIdentitiesCreateWalk, sql.Names{"walk": c.place.meta("walk")}),
		"moved":      sql.Fill(sql.SparkIdentitiesCreateMoved, sql.Names{"moved": c.place.meta("moved")}),
	}
	there, err := c.tables(ctx, "meta") // where that fails there is no such namespace yet, or the next statement says what is wrong
	if err == nil && !slices.ContainsFunc(slices.Collect(maps.Keys(tables)), func(name string) bool { return !there[name] }) {
		return nil
	}
	var statements []string
	for _, namespace := range []string{"meta", "raw", "main"} {
		statements = append(statements, sql.Fill(sql.SparkMetaNamespace, sql.Names{"namespace": c.place.of(namespace)}))
	}
	for _, name := range slices.Sorted(maps.Keys(tables)) {
		if !there[name] {
			statements = append(statements, tables[name])
		}
	}
	return c.run(ctx, "begin", statements...)
}

// tables are the names of a namespace's tables.
func (c *cluster) tables(ctx context.Context, namespace string) (map[string]bool, error) {
	rows, err := c.Rows(ctx, sql.Fill(sql.SparkMetaTables, sql.Names{"namespace": c.place.of(namespace)}))
	if err != nil {
		return nil, err
	}
	names := map[string]bool{}
	for _, row := range rows {
		if len(row) > 1 {
			names[text(row[1])] = true
		}
	}
	return names, nil
}

// current reads the head, making it where there is none. The lock is held.
func (c *cluster) current(ctx context.Context, feed string) (head, error) {
	h, there, err := c.read(ctx)
	if err != nil || there {
		return h, err
	}
	text, err := json.Marshal(newState(feed))
	if err != nil {
		return h, fmt.Errorf("encode head: %w", err)
	}
	err = c.run(ctx, "begin head", sql.Fill(sql.SparkMetaFirstHead, sql.Names{"head": c.place.meta("head"), "state": QuoteText(string(text))}))
	if err != nil {
		return h, err
	}
	h, _, err = c.read(ctx)
	return h, err
}

func (c *cluster) read(ctx context.Context) (h head, there bool, err error) {
	rows, err := c.Rows(ctx, sql.Fill(sql.SparkMetaHead, sql.Names{"head": c.place.meta("head")}))
	if err != nil || len(rows) == 0 {
		return h, false, err
	}
	h, _, err = parseHead(rows)
	return h, true, err
}

func parseHead(rows [][]any) (h head, writer string, err error) {
	if len(rows) != 1 || len(rows[0]) != 3 {
		return h, "", &HeadError{fmt.Sprintf("it has %d rows, not one", len(rows))}
	}
	version, ok := rows[0][0].(int64)
	writer, isText := rows[0][1].(string)
	text, isState := rows[0][2].(string)
	if !ok || !isText || !isState {
		return h, "", &HeadError{"its row is not a version, a writer and a state"}
	}
	h = head{version, newState("")}
	if err := json.Unmarshal([]byte(text), h.state); err != nil {
		return h, "", &HeadError{err.Error()}
	}
	return h, writer, nil
}

// recover makes what the tables show without a tag what the head says, and removes rows of dumps that are not loaded: an attempt may
// have ended anywhere. It changes nothing that readers of the tags see.
func (c *cluster) recover(ctx context.Context, h head) error {
	queries := []string{sql.Fill(sql.SparkRawPartitions, sql.Names{"name": QuoteText("quarantine"), "raw": c.place.meta("quarantine")})}
	for name := range h.state.Published {
		queries = append(queries, ref{name, "main"}.query(c.place), ref{name, tagOf(h.version)}.query(c.place))
	}
	for name, t := range h.state.Tables {
		queries = append(queries, sql.Fill(sql.SparkRawPartitions, sql.Names{"name": QuoteText("raw " + name), "raw": c.place.raw(t)}))
	}
	slices.Sort(queries)
	rows, err := c.Rows(ctx, strings.Join(queries, "\nUNION ALL\n"))
	if err != nil {
		return fmt.Errorf("recover: %w", err)
	}
	for _, statement := range c.repairs(h, rows) {
		if err := c.run(ctx, "recover", statement); err != nil {
			return err
		}
	}
	return nil
}

// repairs are the statements that bring what recover found to what the head says. A tag of its version that it does not name is of one who
// died before the commit.
func (c *cluster) repairs(h head, found [][]any) []string {
	s := h.state
	var statements []string
	shown := map[string]string{}
	stale := map[string][]string{}
	for _, row := range found {
		name, held, snapshot := text(row[0]), text(row[1]), text(row[2])
		of, isShown := s.Published[name]
		switch {
		case isShown && held == "main":
			shown[name] = snapshot
		case isShown && held != of.Tag:
			statements = append(statements, sql.Fill(sql.SparkMaintainDropTag, sql.Names{"table": c.place.of(name), "tag": held}))
		case !isShown && !s.has(held):
			stale[name] = append(stale[name], held)
		}
	}
	for name, snapshot := range s.Published {
		if shown[name] != snapshot.ID {
			statements = append(statements, c.publish(name, snapshot.Tag))
		}
	}
	for table, dumps := range stale {
		slices.Sort(dumps)
		from := c.place.meta("quarantine")
		if t := s.Tables[strings.TrimPrefix(table, "raw ")]; table != "quarantine" {
			from = c.place.raw(t)
		}
		statements = append(statements, sql.Fill(sql.SparkRawDrop, sql.Names{"raw": from, "dumps": strings.Join(dumps, ", ")}))
	}
	slices.Sort(statements)
	return statements
}

// has says whether a dump, written as a number, is loaded.
func (s *State) has(dump string) bool {
	for id := range s.Dumps {
		if fmt.Sprint(id) == dump {
			return true
		}
	}
	return false
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

// tagOf is what the tags of a version are called.
func tagOf(version int64) string { return fmt.Sprintf("v%d", version) }

// commit makes the next head of a state whose tables were written on their branches: it tags these, sets the head if it is still
// the one that was read, and then lets the tables show what they have. Readers of the tags see the commit with the head.
func (c *cluster) commit(ctx context.Context, h head, s *State, dump int64, written []string) (head, error) {
	version := h.version + 1
	tag := tagOf(version)
	if err := c.tag(ctx, s, tag, written); err != nil {
		return h, err
	}
	text, err := json.Marshal(s)
	if err != nil {
		return h, fmt.Errorf("encode head: %w", err)
	}
	err = c.run(ctx, "commit", sql.Fill(sql.SparkMetaCommit, sql.Names{
		"head": c.place.meta("head"), "next": fmt.Sprint(version), "writer": QuoteText(c.writer), "dump": fmt.Sprint(dump),
		"at": QuoteText(c.now().UTC().Format(time.RFC3339)), "state": QuoteText(string(text)), "version": fmt.Sprint(h.version)}))
	if err != nil {
		return h, err
	}
	rows, err := c.Rows(ctx, sql.Fill(sql.SparkMetaHead, sql.Names{"head": c.place.meta("head")}))
	if err != nil {
		return h, fmt.Errorf("read the commit back: %w", err)
	}
	now, writer, err := parseHead(rows)
	if err != nil {
		return h, err
	}
	if now.version != version || writer != c.writer {
		return now, &LostError{Version: now.version}
	}
	for _, name := range written {
		if err := c.renew(ctx); err != nil { // who has the lock publishes
			return now, err
		}
		if err := c.run(ctx, "publish "+name, c.publish(name, tag)); err != nil {
			return now, err
		}
	}
	return now, nil
}

// do runs a dump's steps.
func (c *cluster) do(ctx context.Context, steps []Step) error {
	for _, s := range steps {
		if err := c.renew(ctx); err != nil {
			return err
		}
		if err := c.step(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

func (c *cluster) step(ctx context.Context, s Step) error {
	if err := c.run(ctx, s.Name); err != nil {
		return err
	}
	fail := func(err error) error { return fmt.Errorf("%s: %w", s.Name, err) }
	for _, v := range s.Views {
		if err := c.Avro(ctx, v.Name, v.Files); err != nil {
			return fail(err)
		}
	}
	if s.Add != nil {
		if err := c.add(ctx, s.Add); err != nil {
			return fail(err)
		}
	}
	for _, statement := range s.SQL {
		if err := c.Exec(ctx, statement); err != nil {
			return fail(err)
		}
	}
	if s.Loop != nil {
		if err := c.loop(ctx, s.Loop); err != nil {
			return fail(err)
		}
	}
	if s.Check != nil {
		if err := c.check(ctx, s.Check); err != nil {
			return fail(err)
		}
	}
	return nil
}

func (c *cluster) add(ctx context.Context, a *Added) error {
	for _, table := range a.Tables {
		rows, err := c.Rows(ctx, sql.Fill(sql.SparkRawColumns, sql.Names{"table": table}))
		if err != nil {
			return err
		}
		missing := slices.DeleteFunc(slices.Clone(a.Columns), func(column string) bool {
			return slices.ContainsFunc(rows, func(row []any) bool { return text(row[0]) == column })
		})
		if len(missing) == 0 {
			continue
		}
		if err := c.Exec(ctx, sql.Fill(sql.SparkRawAddColumns, sql.Names{"table": table, "columns": a.Define(missing)})); err != nil {
			return err
		}
	}
	return nil
}

// loop follows all chains at once, until nobody can walk on. Who still can after more steps than there were walkers is on a ring, or on
// the way into one.
func (c *cluster) loop(ctx context.Context, l *Loop) error {
	var walkers int64
	for steps := int64(1); ; steps *= 2 {
		moved, err := c.count(ctx, l.Query)
		if err != nil {
			return err
		}
		if steps == 1 {
			walkers = moved
		}
		if moved == 0 || steps > walkers {
			return nil
		}
		if err := c.renew(ctx); err != nil {
			return err
		}
		if err := c.Exec(ctx, l.SQL); err != nil {
			return err
		}
	}
}

func (c *cluster) count(ctx context.Context, query string) (int64, error) {
	rows, err := c.Rows(ctx, query)
	if err != nil {
		return 0, err
	}
	if len(rows) == 1 && len(rows[0]) == 1 {
		if n, ok := rows[0][0].(int64); ok {
			return n, nil
		}
	}
	return 0, fmt.Errorf("a count came back as %v", rows)
}

// check holds the rows that arrived against those that were read here (R12).
func (c *cluster) check(ctx context.Context, k *Check) error {
	rows, err := c.Rows(ctx, k.Query)
	if err != nil {
		return err
	}
	got := map[string]int64{}
	for _, row := range rows {
		got[text(row[0])], _ = row[1].(int64)
	}
	for table, want := range k.Rows {
		if got[table] != want {
			return fmt.Errorf("the parts of %s have %d rows, and %d arrived", table, want, got[table])
		}
	}
	return nil
}

// loaded is the entry of a dump that is being committed.
func (p *dumpPlan) loaded(at time.Time) {
	entry := p.state.Dumps[p.dump.ID]
	entry.LoadedAt = at.UTC()
	entry.Manifests = append(entry.Manifests, idOf(plan.Found{Key: p.dump.Key, ETag: p.dump.ETag}))
	for _, f := range p.dump.Copies {
		entry.Manifests = append(entry.Manifests, idOf(f))
	}
}

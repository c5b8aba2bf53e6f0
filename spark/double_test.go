package spark

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"smew/sql"
)

// double answers as a cluster would where only the head and the lock matter, and remembers what it was told to do.
type double struct {
	told  []string                     // statements without their comments
	head  []any                        // version, writer, state; nil: there is none
	lock  []any                        // holder, who, until, now
	bare  bool                         // nothing was ever loaded: there are no tables
	fails func(statement string) error // nil: nothing
}

const now = int64(1_000_000)

func newDouble() *double { return &double{lock: []any{"", "", int64(0), now}} }

func (d *double) Close() error                                 { return nil }
func (d *double) Avro(context.Context, string, []string) error { return nil }

// is says whether a statement was made of a template, by its comment.
func is(statement, template string) bool {
	comment, _, _ := strings.Cut(template, "\n")
	return strings.HasPrefix(statement, comment)
}

var (
	literal   = regexp.MustCompile(`'((?:[^'\\]|\\.)*)'`)
	asked     = regexp.MustCompile(`SELECT '([^']*)' AS name, name AS held.*\n?.*WHERE name = '([^']*)'`)
	committed = regexp.MustCompile(`version = (\d+), writer = .* WHERE version = (\d+)`)
)

// texts are the literals of a statement.
func texts(statement string) (all []string) {
	for _, m := range literal.FindAllStringSubmatch(statement, -1) {
		all = append(all, strings.NewReplacer(`\\`, `\`, `\'`, `'`).Replace(m[1]))
	}
	return all
}

func (d *double) Exec(_ context.Context, statement string) error {
	d.told = append(d.told, withoutComments(statement))
	if d.fails != nil {
		if err := d.fails(statement); err != nil {
			return err
		}
	}
	switch {
	case is(statement, sql.SparkMetaCreateHead):
		d.bare = false
	case is(statement, sql.SparkMetaFirstHead):
		d.head = []any{int64(0), "", texts(withoutComments(statement))[2]}
	case is(statement, sql.SparkMetaLock), is(statement, sql.SparkMetaTakeLock):
		if all := texts(withoutComments(statement)); is(statement, sql.SparkMetaTakeLock) || d.lock[2].(int64) <= now || d.lock[0] == all[0] {
			d.lock = []any{all[0], all[1], now + 3600, now}
		}
	case is(statement, sql.SparkMetaUnlock):
		d.lock[2] = int64(0)
		if strings.Contains(statement, "until = 1") {
			d.lock[2] = int64(1)
		}
	case is(statement, sql.SparkMetaCommit):
		all := texts(withoutComments(statement))
		if m := committed.FindStringSubmatch(withoutComments(statement)); m != nil && m[2] == fmt.Sprint(d.head[0]) {
			d.head = []any{d.head[0].(int64) + 1, all[0], all[len(all)-1]}
		}
	case is(statement, sql.SparkMetaNote):
		d.head[2] = texts(withoutComments(statement))[0]
	}
	return nil
}

func (d *double) Rows(_ context.Context, statement string) ([][]any, error) {
	switch {
	case d.bare && (is(statement, sql.SparkMetaHead) || is(statement, sql.SparkMetaTables)):
		return nil, errors.New("[TABLE_OR_VIEW_NOT_FOUND] there is no such table")
	case is(statement, sql.SparkMetaHead):
		if d.head == nil {
			return nil, nil
		}
		return [][]any{d.head}, nil
	case is(statement, sql.SparkMetaLocked):
		return [][]any{d.lock}, nil
	case is(statement, sql.SparkMetaTables):
		var all [][]any
		for _, name := range []string{"head", "lock", "quarantine", "identities", "walk", "moved"} {
			all = append(all, []any{"meta", name})
		}
		return all, nil
	case is(statement, sql.SparkRefsSnapshot):
		var all [][]any
		for _, m := range asked.FindAllStringSubmatch(statement, -1) {
			all = append(all, []any{m[1], m[2], "77"})
		}
		return all, nil
	}
	return nil, nil
}

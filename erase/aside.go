package erase

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"smew/duck"
	"smew/sql"
)

// whose tells which ids and names are erased people's. A name is an identity, an email or a handle.
type whose struct {
	id   func(int64) bool
	name func(string) bool
}

// aside is a row of smew.quarantine.
type aside struct {
	Dump    int64  `json:"dump_id"`
	Table   string `json:"table_name"`
	Part    int64  `json:"part"`
	Row     int64  `json:"row"`
	reason  string
	content string
}

// Columns that say whose a row is: ids in any table, names in users. Where there should be an id, of whatever, there may be a name.
var (
	idColumns   = []string{"user_id", "from_user_id", "to_user_id"}
	otherIDs    = []string{"event_id", "session_id"}
	nameColumns = []string{"identity", "email", "handle"}
)

// row says whether a row that was set aside is an erased person's. Its ids may be what is wrong with it, so they
// count also where they are only written in another way, or are a name.
func (w whose) row(table, content string) (bool, error) {
	fields := map[string]any{}
	decoder := json.NewDecoder(strings.NewReader(content))
	decoder.UseNumber()
	if err := decoder.Decode(&fields); err != nil {
		return false, fmt.Errorf("read quarantined row of %q: %w", table, err)
	}
	for _, column := range idColumns {
		if value, ok := fields[column]; ok && value != nil {
			if id, ok := idOf(fmt.Sprint(value)); ok && w.id(id) {
				return true, nil
			}
		}
	}
	names := slices.Concat(idColumns, otherIDs)
	if table == users {
		names = slices.Concat(names, nameColumns)
	}
	for _, column := range names {
		if name, ok := fields[column].(string); ok && w.name(name) {
			return true, nil
		}
	}
	return false, nil
}

var whole = regexp.MustCompile(`^\+?(-?[0-9]+)(\.0*)?$`)

// idOf is the id that a text stands for, also one that R11 does not take, such as "12.0", " 12" or "1.2e1".
func idOf(text string) (int64, bool) {
	text = strings.TrimSpace(text)
	if digits := whole.FindStringSubmatch(text); digits != nil {
		id, err := strconv.ParseInt(digits[1], 10, 64)
		return id, err == nil
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) > 1<<53 {
		return 0, false
	}
	return int64(f), true
}

// quoted is how the message of a row error quotes the value (avro.RowError); the value is cut at excerpt bytes.
var quoted = regexp.MustCompile(`"(?:[^"\\]|\\.)*" is not a whole`)

const (
	excerpt  = 64
	redacted = "(erased) is not a whole"
)

// redact takes erased people's values out of a message.
func (w whose) redact(message string) string {
	return quoted.ReplaceAllStringFunc(message, func(found string) string {
		value, err := strconv.QuotedPrefix(found)
		if err == nil {
			value, err = strconv.Unquote(value)
		}
		if err != nil {
			return found
		}
		if id, ok := idOf(value); ok && w.id(id) || w.name(value) {
			return redacted
		}
		return found
	})
}

// withExcerpt is a name, and beside it what messages quote of it where that is less.
func withExcerpt(name string) []string {
	if len(name) <= excerpt {
		return []string{name}
	}
	n := excerpt
	for n > excerpt-utf8.UTFMax && !utf8.RuneStart(name[n]) {
		n--
	}
	return []string{name, name[:n]}
}

// readNames reads what the records of erased_ids say in identity, email and handle.
func readNames(ctx context.Context, tx *duck.Tx, held []heldTable) (names map[string]bool, err error) {
	names = map[string]bool{}
	for _, h := range held {
		if h.name != users {
			continue
		}
		err := tx.Each(ctx, h.fill(sql.EraseNames), nil, func(scan func(...any) error) error {
			var name string
			err := scan(&name)
			for _, n := range withExcerpt(name) {
				names[n] = true
			}
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("read the person's names: %w", err)
		}
	}
	return names, nil
}

// quarantined finds the rows set aside that are erased people's, among those that pick wants, and puts them into the table
// erased_quarantined.
func (w whose) quarantined(ctx context.Context, tx *duck.Tx, pick func(aside) bool) (n int64, err error) {
	found := []aside{}
	err = tx.Each(ctx, sql.EraseQuarantined, nil, func(scan func(...any) error) error {
		var a aside
		if err := scan(&a.Dump, &a.Table, &a.Part, &a.Row, &a.reason, &a.content); err != nil || !pick(a) {
			return err
		}
		theirs, err := w.row(a.Table, a.content)
		if theirs {
			found = append(found, a)
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("look through quarantine: %w", err)
	}
	places, err := json.Marshal(found)
	if err != nil {
		return 0, fmt.Errorf("encode places in quarantine: %w", err)
	}
	return int64(len(found)), exec(ctx, tx, "mark rows in quarantine", sql.EraseBeginQuarantined, string(places))
}

// silence takes erased people's values out of the messages that are stored, and says whether there were any.
func (w whose) silence(ctx context.Context, tx *duck.Tx) (changed bool, err error) {
	without := map[string]string{}
	err = tx.Each(ctx, sql.EraseMessages, nil, func(scan func(...any) error) error {
		var message string
		if err := scan(&message); err != nil {
			return err
		}
		if after := w.redact(message); after != message {
			without[message] = after
		}
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("read messages: %w", err)
	}
	for before, after := range without {
		for _, statement := range []string{sql.EraseRedactAttempts, sql.EraseRedactReasons} {
			if err := exec(ctx, tx, "take values out of a message", statement, before, after); err != nil {
				return false, err
			}
		}
	}
	return len(without) > 0, nil
}

package answer_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"smew/answer"
	"smew/loader/oracle"
)

// delivery is a table of a dump. Each part is text: a line of fields, then a line per row, values
// parted by |, - for NULL, ” for the empty text. "BROKEN" is a broken part.
type delivery struct {
	table   string
	full    bool
	columns string // listed in the manifest, parted by |; "=" for those of the first part
	parts   []string
}

func inc(table, columns string, parts ...string) delivery {
	return delivery{table, false, columns, parts}
}

func full(table, columns string, parts ...string) delivery {
	return delivery{table, true, columns, parts}
}

type handFeed struct {
	t   *testing.T
	key *answer.Key
}

func newHandFeed(t *testing.T) handFeed { return handFeed{t, &answer.Key{Feed: "by hand"}} }

func (f handFeed) dump(id int64, deliveries ...delivery) handFeed {
	f.key.Add(handDump(f.t, id, deliveries...))
	return f
}

func handDump(t *testing.T, id int64, deliveries ...delivery) answer.Dump {
	t.Helper()
	d := answer.Dump{ID: id}
	for _, made := range deliveries {
		table := answer.Table{Name: made.table, Full: made.full, Columns: strings.Split(made.columns, "|")}
		switch made.columns {
		case "":
			table.Columns = nil
		case "=":
			header, _, _ := strings.Cut(made.parts[0], "\n")
			table.Columns = strings.Split(header, "|")
		}
		for _, text := range made.parts {
			table.Parts = append(table.Parts, handPart(t, made.table, text))
		}
		d.Tables = append(d.Tables, table)
	}
	return d
}

// handRows are the rows of a part.
type handRows [][]any

func (r handRows) Len() int                  { return len(r) }
func (r handRows) Value(row, column int) any { return r[row][column] }

func handPart(t *testing.T, table, text string) answer.Part {
	t.Helper()
	if text == "BROKEN" {
		return answer.Part{Broken: true}
	}
	lines := strings.Split(text, "\n")
	part := answer.Part{Columns: strings.Split(lines[0], "|")}
	var rows handRows
	for _, line := range lines[1:] {
		var row []any
		for i, v := range strings.Split(line, "|") {
			row = append(row, handValue(t, table, part.Columns[i], v))
		}
		rows = append(rows, row)
	}
	part.Rows = rows
	return part
}

func handValue(t *testing.T, table, column, v string) any {
	t.Helper()
	ids := []string{"user_id", "event_id", "session_id"}
	if table == "user_migrations" {
		ids = append(ids, "from_user_id", "to_user_id")
	}
	switch {
	case v == "-":
		return nil
	case !slices.Contains(ids, column):
		return strings.Trim(v, "'")
	}
	id, err := strconv.ParseInt(v, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// handTable reads an expected table: a line of columns, then rows; whole
// numbers are ids, - is NULL, all else text, in ” if it would be one of these.
func handTable(text string) *oracle.Table {
	lines := strings.Split(text, "\n")
	table := &oracle.Table{Columns: strings.Split(lines[0], "|")}
	for _, line := range lines[1:] {
		var r []any
		for v := range strings.SplitSeq(line, "|") {
			if n, err := strconv.ParseInt(v, 10, 64); err == nil {
				r = append(r, n)
			} else if v == "-" {
				r = append(r, nil)
			} else {
				r = append(r, strings.Trim(v, "'"))
			}
		}
		table.Rows = append(table.Rows, r)
	}
	return table
}

func rowsOf(s *answer.Shown) *oracle.Table {
	if s == nil {
		return nil
	}
	table := &oracle.Table{Columns: s.Columns}
	for row := range s.Rows() {
		table.Rows = append(table.Rows, slices.Clone(row))
	}
	return table
}

// check holds the named tables of the feed against what is expected of them;
// "" stands for a table that must not exist.
func (f handFeed) check(arrived func(int64) bool, want map[string]string) {
	f.t.Helper()
	got, err := f.key.Tables(arrived)
	if err != nil {
		f.t.Fatal(err)
	}
	for name, text := range want {
		var table *oracle.Table
		if text != "" {
			table = handTable(text)
		}
		for range 2 { // rows can be asked for again
			if err := oracle.Compare(table, rowsOf(got[name])); err != nil {
				f.t.Errorf("table %q: %v", name, err)
			}
		}
	}
}

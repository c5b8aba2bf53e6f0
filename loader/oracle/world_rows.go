package oracle

import (
	"slices"
	"strconv"
	"time"

	"smew/answer"
)

var (
	textPool = []string{"", "a", "b", "B", "ä", "é", "a ", "NULL", "a text longer than twelve bytes", "another one, also longer",
		`it's "quoted" \ and`, "line\nbreak", "😀", "1", "true"}
	namePool    = []string{"", "a@example.com", "A@example.com", "é@example.com", "z@example.com", "z", "zz"}
	timeColumns = []string{"time", "Time", "joindate", "last_modified", "Last_Modified"}
	// Times that are none, stand at a border, or differ below a microsecond.
	borderTimes = []string{"Invalid date", "", "null", "0", "-1", "-0", "00000000001767225600", "99999999999", "100000000000",
		"99999999999999", "100000000000000", "99999999999999999", "100000000000000000", "-99999999999", "-100000000000",
		"9223372036854775807", "-9223372036854775808", "99999999999999999999999", "2026-02-29", "2024-02-29", "2026-13-01",
		"2026-01-01 24:00:00", "2026-01-01 23:59:60", "0000-01-01 00:00:00", "0001-01-01", "9999-12-31 23:59:59.999999",
		"2026-01-01 00:00:00.1234567", "2026-01-01 00:00:00.1234564", "2026-01-01 00:00:00.123456", "2026-01-01 00:00:00.5",
		" 2026-01-01", "2026-01-01 ", "2026-01-01\n", "1767225600\n", " 1767225600", "+1767225600", "1.7672256e9", "1767225600.0",
		"2026-01-01T10", "2026-01-01T10:00", "2026-01-01 10:00Z", "2026-1-1", "20260101", "2026-01-01T00:00:00.Z", "1767225600000-"}
	// Instants that the written times share; midnights have a short form.
	sharedTimes = []time.Time{
		time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 1, 1, 12, 30, 15, 0, time.UTC),
		time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), time.Date(2025, 12, 31, 23, 59, 59, 0, time.UTC),
		time.Date(1969, 12, 31, 0, 0, 0, 0, time.UTC),
	}
	zones = []struct {
		suffix string
		east   time.Duration
	}{
		{"", 0}, {"Z", 0}, {" UTC", 0}, {"UTC", 0}, {" Z", 0}, {"+00", 0}, {"-00:00", 0}, {"+05:30", 330 * time.Minute},
		{" +0530", 330 * time.Minute}, {"-08", -8 * time.Hour}, {" -0800", -8 * time.Hour}, {"+14:00", 14 * time.Hour},
	}
)

// fields chooses how a part writes its columns.
func (g *generator) fields(t *worldTable, columns []string) []field {
	idsAsText := g.chance(6)
	if t.name == "user_migrations" {
		idsAsText = g.chance(40)
	}
	var fields []field
	for _, c := range columns {
		f := field{name: c, typ: "string"}
		switch {
		case answer.IsID(t.name, c) && !idsAsText:
			f.typ = "long"
		case c == "amount" && g.chance(50):
			f.typ = "double"
		case c == "flag" && g.chance(50), c == "Plan" && g.chance(5):
			f.typ = "boolean"
		case c == "n" && g.chance(50):
			f.typ = "int"
		case c == "count" && g.chance(50), slices.Contains(timeColumns, c) && g.chance(10):
			f.typ = "long"
		}
		switch n := g.rng.IntN(10); {
		case n == 0:
			f.schema = f.typ
		case n == 1:
			f.schema = []string{f.typ, "null"}
		default:
			f.schema = []string{"null", f.typ}
		}
		fields = append(fields, f)
	}
	return fields
}

// rows makes up the rows of a part, some of them twice.
func (g *generator) rows(t *worldTable, fields []field) [][]any {
	var rows [][]any
	if t.name == "user_migrations" {
		rows = g.migrationRows(t, fields)
	} else {
		for range 1 + g.rng.IntN(8) {
			r := make([]any, len(fields))
			for i, f := range fields {
				r[i] = g.cell(t, f)
			}
			rows = append(rows, r)
		}
	}
	if g.chance(20) && len(rows) > 0 {
		rows = append(rows, pick(g, rows))
	}
	return rows
}

// cell makes a value up; fields without null get one always.
func (g *generator) cell(t *worldTable, f field) any {
	_, nullable := f.schema.([]string)
	share := 12
	if slices.Contains(t.keys, f.name) {
		share = 5
	}
	if nullable && g.chance(share) {
		return nil
	}
	if answer.IsID(t.name, f.name) {
		return idAs(f.typ, g.id(f.name))
	}
	switch f.typ {
	case "double":
		return pick(g, []float64{0, -0.5, 0.1, 100000, 1e21, 1.5e-9, 1.0 / 3})
	case "boolean":
		return g.chance(50)
	case "int":
		return int32(pick(g, []int64{0, 1, -7, 1<<31 - 1}))
	case "long":
		t := pick(g, sharedTimes)
		return pick(g, []int64{0, 1, -7, 1<<63 - 1, t.Unix(), t.UnixMilli(), t.UnixMicro()})
	}
	if slices.Contains(timeColumns, f.name) {
		return g.timeText()
	}
	switch f.name {
	case "identity", "handle", "email":
		return pick(g, namePool)
	}
	return pick(g, textPool)
}

func (g *generator) id(column string) int64 {
	switch column {
	case "event_id":
		return 1 + g.rng.Int64N(4)
	case "session_id":
		return 100 + g.rng.Int64N(3)
	}
	return pick(g, g.users)
}

func idAs(typ string, id int64) any {
	if typ == "string" {
		return strconv.FormatInt(id, 10)
	}
	return id
}

// timeText writes one of a few instants in one of many ways, or no instant.
func (g *generator) timeText() string {
	if g.chance(25) {
		return pick(g, borderTimes)
	}
	t := pick(g, sharedTimes[:2])
	if g.chance(40) {
		t = pick(g, sharedTimes)
	}
	zone := pick(g, zones)
	local := t.Add(zone.east)
	switch g.rng.IntN(8) {
	case 0:
		return strconv.FormatInt(t.Unix(), 10)
	case 1:
		return strconv.FormatInt(t.UnixMilli(), 10)
	case 2:
		return strconv.FormatInt(t.UnixMicro(), 10)
	case 3:
		if t.Truncate(24 * time.Hour).Equal(t) {
			return t.Format("2006-01-02")
		}
		return t.Format("2006-01-02 15:04:05.000")
	case 4:
		return local.Format("2006-01-02T15:04:05") + zone.suffix
	case 5:
		return local.Format("2006-01-02 15:04:05.000000") + zone.suffix
	case 6:
		return local.Format("2006-01-02 15:04:05.0") + zone.suffix
	}
	return t.Format("2006-01-02 15:04:05")
}

// migrate lets mappings appear, move, vanish, chain up and close to rings.
func (g *generator) migrate() {
	user := func() any { return pick(g, g.users) }
	for range 1 + g.rng.IntN(3) {
		switch g.rng.IntN(8) {
		case 0, 1:
			g.merges = append(g.merges, [2]any{user(), user()})
		case 2: // to a user who may never be delivered
			g.merges = append(g.merges, [2]any{user(), int64(99)})
		case 3:
			if len(g.merges) > 0 {
				g.merges[g.rng.IntN(len(g.merges))][1] = user()
			}
		case 4:
			if i := len(g.merges); i > 0 {
				i = g.rng.IntN(i)
				g.merges = slices.Delete(g.merges, i, i+1)
			}
		case 5, 6: // a chain, or a ring with or without what leads into it
			path := g.rng.Perm(len(g.users))[:2+g.rng.IntN(4)]
			for i := range path[1:] {
				g.merges = append(g.merges, [2]any{g.users[path[i]], g.users[path[i+1]]})
			}
			if g.chance(60) {
				g.merges = append(g.merges, [2]any{g.users[path[len(path)-1]], g.users[path[g.rng.IntN(len(path)-1)]]})
			}
		case 7:
			u := user()
			g.merges = append(g.merges, pick(g, [][2]any{{u, u}, {u, nil}, {nil, u}, {nil, nil}}))
		}
	}
	if len(g.merges) > 14 {
		g.merges = g.merges[len(g.merges)-6:]
	}
}

// migrationRows spreads the mappings over the parts of a dump: each part has
// most of them, in an order of its own, some with a second opinion.
func (g *generator) migrationRows(t *worldTable, fields []field) [][]any {
	var rows [][]any
	for _, m := range g.merges {
		if g.chance(25) {
			continue
		}
		rows = append(rows, g.migrationRow(t, fields, m))
		if g.chance(10) {
			rows = append(rows, g.migrationRow(t, fields, [2]any{m[0], pick(g, g.users)}))
		}
	}
	g.rng.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	return rows
}

func (g *generator) migrationRow(t *worldTable, fields []field, m [2]any) []any {
	r := make([]any, len(fields))
	for i, f := range fields {
		side := slices.Index([]string{"from_user_id", "to_user_id"}, f.name)
		if side < 0 {
			r[i] = g.cell(t, f)
			continue
		}
		if id, ok := m[side].(int64); ok {
			r[i] = idAs(f.typ, id)
		} else if _, nullable := f.schema.([]string); !nullable {
			r[i] = idAs(f.typ, pick(g, g.users))
		}
	}
	return r
}

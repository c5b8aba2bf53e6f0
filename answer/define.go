package answer

import (
	"slices"
	"strconv"

	"smew/define"
	"smew/feed"
)

// inForce are the definitions of the highest dump that counts whose file can be understood; nil: none (R14).
func inForce(counted []Dump) *define.Definitions {
	for _, d := range slices.Backward(counted) {
		if d.Definitions == nil {
			continue
		}
		if defs, err := define.Parse(d.Definitions); err == nil {
			return defs
		}
	}
	return nil
}

// feed is the kind as package feed calls it.
func (k kind) feed() feed.Kind {
	switch k {
	case kindUsers:
		return feed.Users
	case kindSessions:
		return feed.Sessions
	case kindMigrations:
		return feed.UserMigrations
	case kindEvent:
		return feed.Events
	}
	return feed.Keyless
}

// define is a row with what is defined on it.
func (t *liveTable) define(row []any, defined []*define.Property) []any {
	if len(defined) == 0 {
		return row
	}
	texts := make(map[string]*string, len(t.columns))
	for i, name := range t.columns {
		switch v := row[i].(type) {
		case string:
			texts[name] = &v
		case int64:
			text := strconv.FormatInt(v, 10)
			texts[name] = &text
		default:
			texts[name] = nil
		}
	}
	values := define.Eval(defined, texts)
	out := slices.Grow(slices.Clone(row), len(defined))
	for _, p := range defined {
		if v := values[p.Name]; v != nil {
			out = append(out, *v)
		} else {
			out = append(out, nil)
		}
	}
	return out
}

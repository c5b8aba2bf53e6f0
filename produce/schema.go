package produce

import "smew/avro"

// tableNumber is the place of a table in the feed's manifests.
type tableNumber int

const (
	users tableNumber = iota
	sessions
	pageviews
	viewed
	cart
	checkout
	orders
	metadata
	migrations
	tables
)

func (n tableNumber) String() string {
	return [tables]string{"users", "sessions", "pageviews", "product_viewed", "cart_updated", "checkout_started",
		"order_completed", "_event_metadata", "user_migrations"}[n]
}

// tableNamed finds a table by its name.
func tableNamed(name string) (tableNumber, bool) {
	for n := range tables {
		if n.String() == name {
			return n, true
		}
	}
	return 0, false
}

// column is one column of a table whose rows are kept as R. Texts are made of a
// row only when it is written: a row is much smaller than what is delivered of it.
type column[R any] struct {
	name string
	id   func(*R) int64          // nil in a column of text
	text func(*R) (string, bool) // false is NULL
}

func id[R any](name string, of func(*R) int64) column[R] { return column[R]{name: name, id: of} }

// text is a column that delivers "" as NULL.
func text[R any](name string, of func(*R) string) column[R] {
	return column[R]{name: name, text: func(r *R) (string, bool) { s := of(r); return s, s != "" }}
}

// value is what the column holds in a row, see [answer.Rows].
func (c *column[R]) value(r *R) any {
	if c.id != nil {
		return c.id(r)
	}
	if text, ok := c.text(r); ok {
		return text
	}
	return nil
}

// fields describes the columns to the writer of a part.
func fields[R any](columns []column[R]) []avro.Column {
	out := make([]avro.Column, len(columns))
	for i, c := range columns {
		out[i] = avro.Column{Name: c.name, Kind: avro.Text}
		if c.id != nil {
			out[i].Kind = avro.Long
		}
	}
	return out
}

func names[R any](columns []column[R]) []string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = c.name
	}
	return out
}

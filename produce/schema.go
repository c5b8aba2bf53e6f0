package produce

import (
	"slices"
	"strconv"

	"smew/avro"
)

// tableNumber is the place of a table in the feed's manifests.
type tableNumber int

const (
	users tableNumber = iota
	sessions
	pageviews
	viewed
	orders
	migrations
	tables
)

func (n tableNumber) String() string {
	return [tables]string{"users", "sessions", "pageviews", "product_viewed", "order_completed", "user_migrations"}[n]
}

// column is one column of a table whose rows are kept as R. Texts are made of a
// row only when it is written: a row is much smaller than what is delivered of it.
type column[R any] struct {
	name string
	id   func(*R) int64          // nil in a column of text
	text func(*R) (string, bool) // false is NULL
	has  func(day int) bool      // on which days, from 1, it is there; nil: on all
}

func id[R any](name string, of func(*R) int64) column[R] { return column[R]{name: name, id: of} }

// text is a column that delivers "" as NULL.
func text[R any](name string, of func(*R) string) column[R] {
	return column[R]{name: name, text: func(r *R) (string, bool) { s := of(r); return s, s != "" }}
}

// on makes a column one that some dumps lack.
func (c column[R]) on(has func(day int) bool) column[R] {
	c.has = has
	return c
}

func (c column[R]) isThere(day int) bool { return c.has == nil || c.has(day) }

// live returns the columns that are there on a day.
func live[R any](columns []column[R], day int) []column[R] {
	return slices.DeleteFunc(slices.Clone(columns), func(c column[R]) bool { return !c.isThere(day) })
}

// changes counts the columns that came or went since the day before.
func changes[R any](columns []column[R], day int) int {
	n := 0
	for _, c := range columns {
		if day > 1 && c.isThere(day) != c.isThere(day-1) {
			n++
		}
	}
	return n
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

var userColumns = []column[record]{
	id("user_id", func(r *record) int64 { return r.user.id }),
	ofPerson("identity", func(p *person) string { return p.identity }),
	ofPerson("handle", (*person).handle),
	ofPerson("email", func(p *person) string { return p.email }),
	text("joindate", func(r *record) string { return epoch(r.user.joined, r.joinedBadly) }),
	text("last_modified", func(r *record) string { return epoch(r.user.modified, r.modifiedBadly) }),
	ofPerson("name", func(p *person) string { return p.name }),
	ofPerson("plan", func(p *person) string { return p.plan }),
	ofPerson("newsletter", func(p *person) string { return p.newsletter }).on(func(day int) bool { return day%4 != 3 }),
	ofPerson("loyalty_tier", func(p *person) string { return p.tier }).on(func(day int) bool { return day >= 2 }),
}

// ofPerson is a column that is NULL for the anonymous.
func ofPerson(name string, of func(*person) string) column[record] {
	return text(name, func(r *record) string {
		if r.user.person == nil {
			return ""
		}
		return of(r.user.person)
	})
}

// epoch is a users' date: milliseconds since 1970, or what cannot be read.
func epoch(at instant, badly bool) string {
	if badly {
		return "Invalid date"
	}
	return strconv.FormatInt(int64(at), 10)
}

var mappingColumns = []column[mapping]{
	id("from_user_id", func(m *mapping) int64 { return m.from.id }),
	id("to_user_id", func(m *mapping) int64 { return m.to.id }),
	text("time", func(m *mapping) string { return m.at.String() }),
}

var (
	eventID     = id("event_id", func(e *event) int64 { return e.id })
	userID      = id("user_id", func(e *event) int64 { return e.user })
	sessionID   = id("session_id", func(e *event) int64 { return e.visit.session })
	sessionTime = text("session_time", func(e *event) string { return e.visit.start.String() })
	eventTime   = text("time", func(e *event) string { return e.at.String() })

	visitColumns = []column[event]{
		text("library", func(e *event) string { return e.visit.model.library }),
		text("platform", func(e *event) string { return e.visit.model.platform }),
		text("device_type", func(e *event) string { return e.visit.model.deviceType }),
		text("country", func(e *event) string { return e.visit.person.place.country }),
		text("region", func(e *event) string { return e.visit.person.place.region }),
		text("city", func(e *event) string { return e.visit.person.place.city }),
		text("ip", func(e *event) string { return e.visit.person.ip }),
		text("referrer", func(e *event) string { return e.visit.from.referrer }),
		text("landing_page", func(e *event) string { return e.visit.landing.url }),
		text("landing_page_query", func(e *event) string { return e.visit.from.query }),
		// Delivered as an empty text, which is not NULL.
		{name: "landing_page_hash", text: func(*event) (string, bool) { return "", true }},
		text("browser", func(e *event) string { return e.visit.model.browser }),
		text("search_keyword", func(e *event) string { return e.visit.from.keyword }),
		text("utm_source", func(e *event) string { return e.visit.from.utmSource }),
		text("utm_campaign", func(e *event) string { return e.visit.from.utmCampaign }),
		text("utm_medium", func(e *event) string { return e.visit.from.utmMedium }),
		text("utm_term", func(e *event) string { return e.visit.from.utmTerm }),
		text("utm_content", func(e *event) string { return e.visit.from.utmContent }),
		text("device", func(e *event) string { return e.visit.model.device }),
		text("carrier", func(e *event) string { return e.visit.model.carrier }),
		text("app_name", func(e *event) string { return e.visit.model.appName }),
		text("app_version", func(e *event) string { return e.visit.model.appVersion }),
	}

	sessionColumns = slices.Concat([]column[event]{eventID, userID, sessionID, eventTime}, visitColumns)

	pageColumns = slices.Concat([]column[event]{eventID, userID, sessionID, sessionTime, eventTime}, visitColumns, []column[event]{
		{name: "domain", text: func(e *event) (string, bool) { return domain, e.visit.model.isWeb() }},
		text("query", func(*event) string { return "" }),
		text("path", func(e *event) string { return e.page.path }),
		{name: "hash", text: func(e *event) (string, bool) { return "", e.visit.model.isWeb() }},
		text("title", func(e *event) string { return e.page.title }),
		text("heap_previous_page", func(e *event) string {
			if e.previous == nil {
				return ""
			}
			return e.previous.title
		}),
	})

	viewedColumns = slices.Concat(pageColumns, []column[event]{
		text("type", func(*event) string { return "view" }),
		text("href", func(*event) string { return "" }),
		text("target_text", func(e *event) string { return e.page.product.name }),
		text("product_id", func(e *event) string { return e.page.product.id }),
		text("product_name", func(e *event) string { return e.page.product.name }),
		text("category", func(e *event) string { return e.page.product.category }),
		text("price", func(e *event) string { return money(e.page.product.cents) }),
	})

	orderColumns = slices.Concat(pageColumns, []column[event]{
		text("type", func(*event) string { return "submit" }),
		text("href", func(*event) string { return checkoutPage.url }),
		text("target_text", func(*event) string { return "Buy now" }),
		text("order_id", func(e *event) string { return e.order.id }),
		text("amount", func(e *event) string { return money(e.order.cents()) }),
		text("currency", func(*event) string { return "EUR" }),
		text("items", func(e *event) string { return e.order.list() }),
		text("coupon", func(e *event) string { return e.order.coupon }).on(func(day int) bool { return day >= 3 }),
	})
)

// isResync reports whether the orders are delivered in full on a day: someone
// changed what counts as an order.
func isResync(day int) bool { return day%8 == 4 }

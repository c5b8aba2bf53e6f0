package produce

import (
	"slices"
	"strconv"
	"time"
)

// schema is the columns of all tables, as a scenario has them written.
type schema struct {
	users    []column[record]
	events   [tables][]column[event] // of sessions and the tables of events
	metadata []column[description]
	mappings []column[mapping]
}

func newSchema(times Times) *schema {
	at := newClock(times.Events, "text")
	s := &schema{users: userColumns(newClock(times.Users, "ms")), mappings: mappingColumns(at), metadata: metadataColumns(at)}
	head, page := eventColumns(at)
	s.events[sessions] = slices.Concat(head[:3], head[4:], visitColumns)
	s.events[pageviews] = slices.Concat(head, visitColumns, page)
	of := func(own ...[]column[event]) []column[event] {
		return slices.Concat(append([][]column[event]{s.events[pageviews]}, own...)...)
	}
	s.events[viewed] = of(acted(action{kind: "view", text: productName, view: "ProductCell", target: "product"}), []column[event]{
		text("product_id", func(e *event) string { return e.page.product.id }),
		text("product_name", productName),
		text("category", func(e *event) string { return e.page.product.category }),
		text("price", func(e *event) string { return money(e.page.product.cents) }),
	})
	s.events[cart] = of(acted(action{kind: "click", text: says("Add to cart"), view: "UIButton", target: "add_to_cart"}), []column[event]{
		text("product_id", func(e *event) string { return e.basket.last().id }),
		text("quantity", func(e *event) string { return strconv.Itoa(len(e.basket.items)) }),
		text("cart_total", func(e *event) string { return money(e.basket.cents()) }),
	})
	s.events[checkout] = of(acted(action{kind: "click", text: says("Checkout"), href: checkoutPage.url, view: "UIButton", target: "checkout"}), []column[event]{
		text("cart_total", func(e *event) string { return money(e.basket.cents()) }),
		text("items", func(e *event) string { return e.basket.list() }),
	})
	s.events[orders] = of(acted(action{kind: "submit", text: says("Buy now"), href: checkoutPage.url, view: "UIButton", target: "buy"}), []column[event]{
		text("order_id", func(e *event) string { return e.basket.order }),
		text("amount", func(e *event) string { return money(e.basket.cents()) }),
		text("currency", says("EUR")),
		text("items", func(e *event) string { return e.basket.list() }),
		text("coupon", func(e *event) string { return e.basket.coupon }),
	})
	return s
}

// names returns the names of a table's columns.
func (s *schema) names(n tableNumber) []string {
	switch n {
	case users:
		return names(s.users)
	case metadata:
		return names(s.metadata)
	case migrations:
		return names(s.mappings)
	}
	return names(s.events[n])
}

func userColumns(at clock) []column[record] {
	return []column[record]{
		id("user_id", func(r *record) int64 { return r.user.id }),
		ofMember("identity", func(p *profile) string { return p.identity }),
		ofMember("handle", (*profile).handle),
		ofMember("email", func(p *profile) string { return p.email }),
		text("joindate", func(r *record) string { return at.date(r.user.joined, r.user.id, r.joinedBadly) }),
		text("last_modified", func(r *record) string { return at.date(r.modified, r.user.id>>2, r.modifiedBadly) }),
		ofMember("name", func(p *profile) string { return p.name }),
		ofMember("plan", func(p *profile) string { return p.plan }),
		ofMember("newsletter", func(p *profile) string { return p.newsletter }),
		ofMember("loyalty_tier", func(p *profile) string { return p.tier }),
		ofMember("last_order_id", func(p *profile) string { return p.lastOrder }),
		ofMember("order_count", func(p *profile) string { return strconv.Itoa(p.orders) }),
	}
}

// ofMember is a column that is NULL for the anonymous.
func ofMember(name string, of func(*profile) string) column[record] {
	return text(name, func(r *record) string {
		if r.profile == nil {
			return ""
		}
		return of(r.profile)
	})
}

func mappingColumns(at clock) []column[mapping] {
	return []column[mapping]{
		id("from_user_id", func(m *mapping) int64 { return m.from.id }),
		id("to_user_id", func(m *mapping) int64 { return m.to.id }),
		text("time", func(m *mapping) string { return at.text(m.at, m.from.id) }),
	}
}

func metadataColumns(at clock) []column[description] {
	return []column[description]{
		text("event_table_name", func(d *description) string { return d.table.String() }),
		text("event_name", func(d *description) string { return d.name }),
		text("event_count", func(d *description) string { return strconv.Itoa(d.rows) }),
		text("synced_at", func(d *description) string { return at.text(d.at, int64(d.table)) }),
	}
}

// eventColumns are those that every event begins with, and those of the page it happened on.
func eventColumns(at clock) (head, page []column[event]) {
	head = []column[event]{
		id("event_id", func(e *event) int64 { return e.id }),
		id("user_id", func(e *event) int64 { return e.user }),
		id("session_id", func(e *event) int64 { return e.visit.session }),
		text("session_time", func(e *event) string { return at.text(e.visit.start, e.visit.session) }),
		text("time", func(e *event) string { return at.text(e.at, e.id) }),
	}
	page = []column[event]{
		{name: "domain", text: func(e *event) (string, bool) { return domain, e.visit.model.isWeb() }},
		text("query", func(e *event) string { return e.page.query }),
		text("path", func(e *event) string { return e.page.path }),
		{name: "hash", text: func(e *event) (string, bool) { return "", e.visit.model.isWeb() }},
		text("title", func(e *event) string { return e.page.title }),
		text("heap_previous_page", func(e *event) string {
			if e.previous == nil {
				return ""
			}
			return e.previous.title
		}),
		inApp("view_controller", func(e *event) string { return e.page.controller }),
		inApp("screen_a11y_id", func(e *event) string { return e.page.controller }),
		inApp("screen_a11y_label", func(e *event) string { return e.page.title }),
	}
	return head, page
}

var visitColumns = []column[event]{
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

// action is what somebody does to something on the page.
type action struct {
	kind, href, view, target string
	text                     func(*event) string
}

// acted are the columns of events that are captured from what is clicked or tapped.
func acted(a action) []column[event] {
	return []column[event]{
		text("type", says(a.kind)),
		text("href", says(a.href)),
		text("target_text", a.text),
		inApp("action_method", says(a.target+"Tapped")),
		inApp("target_view_class", says(a.view)),
		inApp("target_view_name", says(a.target)),
		inApp("target_a11y_id", says(a.target)),
		inApp("target_a11y_label", a.text),
	}
}

func says(s string) func(*event) string { return func(*event) string { return s } }

func productName(e *event) string { return e.page.product.name }

// inApp is a column that is NULL on the web.
func inApp(name string, of func(*event) string) column[event] {
	return column[event]{name: name, text: func(e *event) (string, bool) {
		if e.visit.model.isWeb() {
			return "", false
		}
		s := of(e)
		return s, s != ""
	}}
}

// clock writes times in one way, or each in one of several.
type clock []func(instant) string

func newClock(name, otherwise string) clock {
	if name == "" {
		name = otherwise
	}
	ways := map[string]func(instant) string{
		"text": instant.String,
		"ms":   func(i instant) string { return strconv.FormatInt(int64(i), 10) },
		"us":   func(i instant) string { return strconv.FormatInt(int64(i)*1000, 10) },
	}
	if name == "mixed" {
		return clock{ways["text"], ways["ms"], ways["us"]}
	}
	return clock{ways[name]}
}

// text writes a time; which way is up to the id of what it belongs to.
func (c clock) text(at instant, id int64) string { return c[id%int64(len(c))](at) }

// date is a users' date, or what cannot be read.
func (c clock) date(at instant, id int64, badly bool) string {
	if badly {
		return "Invalid date"
	}
	return c.text(at, id)
}

// instant is a time in milliseconds since 1970.
type instant int64

func (i instant) String() string {
	return time.UnixMilli(int64(i)).UTC().Format("2006-01-02 15:04:05.000")
}

func length(d time.Duration) instant { return instant(d.Milliseconds()) }

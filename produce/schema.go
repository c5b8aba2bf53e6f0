package produce

import "slices"

// row is one row by column: ids are int64, all else text; what is missing is
// NULL.
type row map[string]any

func (r row) with(column string, value any) row {
	c := make(row, len(r))
	for k, v := range r {
		c[k] = v
	}
	c[column] = value
	return c
}

// The tables of the feed, in the order of its manifests.
const (
	tableUsers      = "users"
	tableSessions   = "sessions"
	tablePageviews  = "pageviews"
	tableViewed     = "product_viewed"
	tableOrders     = "order_completed"
	tableMigrations = "user_migrations"
)

var tables = []string{tableUsers, tableSessions, tablePageviews, tableViewed, tableOrders, tableMigrations}

// seasonal is a column that some dumps lack; has is given the day, from 1.
type seasonal struct {
	table, column string
	has           func(day int) bool
}

var seasonals = []seasonal{
	{tableUsers, "loyalty_tier", func(day int) bool { return day >= 2 }},
	{tableUsers, "newsletter", func(day int) bool { return day%4 != 3 }},
	{tableOrders, "coupon", func(day int) bool { return day >= 3 }},
}

var (
	visitColumns = []string{"library", "platform", "device_type", "country", "region", "city", "ip",
		"referrer", "landing_page", "landing_page_query", "landing_page_hash", "browser", "search_keyword",
		"utm_source", "utm_campaign", "utm_medium", "utm_term", "utm_content",
		"device", "carrier", "app_name", "app_version"}
	pageColumns = slices.Concat([]string{"event_id", "user_id", "session_id", "session_time", "time"}, visitColumns,
		[]string{"domain", "query", "path", "hash", "title", "heap_previous_page"})
	eventColumns = slices.Concat(pageColumns, []string{"type", "href", "target_text"})

	columns = map[string][]string{
		tableUsers:      {"user_id", "identity", "handle", "email", "joindate", "last_modified", "name", "plan", "newsletter", "loyalty_tier"},
		tableSessions:   slices.Concat([]string{"event_id", "user_id", "session_id", "time"}, visitColumns),
		tablePageviews:  pageColumns,
		tableViewed:     slices.Concat(eventColumns, []string{"product_id", "product_name", "category", "price"}),
		tableOrders:     slices.Concat(eventColumns, []string{"order_id", "amount", "currency", "items", "coupon"}),
		tableMigrations: {"from_user_id", "to_user_id", "time"},
	}
)

// columnsOf returns the columns that a table has on a day.
func columnsOf(table string, day int) []string {
	return slices.DeleteFunc(slices.Clone(columns[table]), func(column string) bool {
		return slices.ContainsFunc(seasonals, func(s seasonal) bool {
			return s.table == table && s.column == column && !s.has(day)
		})
	})
}

// columnChanges counts the columns that came or went since the day before.
func columnChanges(day int) int {
	n := 0
	for _, s := range seasonals {
		if day > 1 && s.has(day) != s.has(day-1) {
			n++
		}
	}
	return n
}

// isResync reports whether the orders are delivered in full on a day: someone
// changed what counts as an order.
func isResync(day int) bool { return day%8 == 4 }

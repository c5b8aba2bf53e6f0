package produce

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// eventsPerVisit is what a visit comes to on average, sessions included.
const eventsPerVisit = 8

// instant is the text of a time in sessions and events.
const instant = "2006-01-02 15:04:05.000"

// visit is one session of one person on one device.
type visit struct {
	world    *world
	person   *person
	device   *device
	start    time.Time
	now      time.Time
	session  int64
	user     int64
	common   row // the columns that all rows of the visit share
	previous page
	sent     []delivery
	late     int // day of delivery, 0 for today
}

// visit lets someone come by at the given time, look around, perhaps sign in
// and perhaps buy.
func (w *world) visit(at time.Time) {
	v := w.newVisit(at)
	landing := v.land()
	v.view(landing)
	var bought []product
	for range 1 + w.rng.IntN(3) {
		p := pick(w, products)
		v.view(categoryPage(p.category))
		v.view(productPage(p))
		v.event(tableViewed, row{"type": "view", "target_text": p.name, "product_id": p.id,
			"product_name": p.name, "category": p.category, "price": money(p.cents)})
		if w.chance(0.25) {
			bought = append(bought, p)
		}
	}
	if v.person.signsIn && !v.device.signedIn && w.chance(0.5) {
		v.view(loginPage)
		v.signIn()
	}
	if len(bought) > 0 {
		v.buy(bought)
	}
	w.change(v.person, v.now)
}

func (w *world) newVisit(at time.Time) *visit {
	// Few come often, many seldom.
	r := w.rng.Float64()
	p := w.people[int(r*r*float64(len(w.people)))]
	d := w.deviceOf(p, at)
	v := &visit{world: w, person: p, device: d, start: at, now: at, session: w.newID(), user: d.anonymous}
	if d.signedIn {
		v.user = p.member
	}
	if w.chance(0.03) {
		v.late = w.today + 1 + w.rng.IntN(3)
	}
	return v
}

// deviceOf returns one of a person's devices, sometimes a new one.
func (w *world) deviceOf(p *person, at time.Time) *device {
	if n := len(p.devices); n == 0 || n < 4 && w.chance(0.1) {
		p.devices = append(p.devices, &device{model: pick(w, deviceModels), anonymous: w.newUser(nil, at)})
		return p.devices[n]
	}
	return pick(w, p.devices)
}

// land opens the session and returns the page it begins on.
func (v *visit) land() page {
	w := v.world
	from, m := pick(w, sources), v.device.model
	landing := homePage
	if w.chance(0.4) {
		landing = productPage(pick(w, products))
	}
	v.common = row{
		"platform": m.platform, "library": m.library, "device_type": m.deviceType, "landing_page": "https://" + domain + landing.path,
		"country": v.person.place.country, "region": v.person.place.region, "city": v.person.place.city, "ip": v.person.ip,
		"landing_page_hash": "", // delivered as an empty text, which is not NULL
	}
	for column, text := range map[string]string{
		"browser": m.browser, "device": m.device, "carrier": m.carrier, "app_name": m.appName, "app_version": m.appVersion,
		"referrer": from.referrer, "search_keyword": from.keyword, "utm_source": from.utmSource, "utm_medium": from.utmMedium,
		"utm_campaign": from.utmCampaign, "utm_term": from.utmTerm, "utm_content": from.utmContent,
	} {
		if text != "" {
			v.common[column] = text
		}
	}
	if from.utmSource != "" {
		v.common["landing_page_query"] = "?utm_source=" + from.utmSource + "&utm_medium=" + from.utmMedium
	}
	v.send(tableSessions, row{})
	return landing
}

// view shows a page.
func (v *visit) view(p page) {
	v.now = v.now.Add(time.Duration(1+v.world.rng.IntN(40_000)) * time.Millisecond)
	v.onPage(tablePageviews, p, row{})
	v.previous = p
}

// event is something that happens on the page in view.
func (v *visit) event(table string, r row) {
	v.now = v.now.Add(time.Duration(1+v.world.rng.IntN(2_000)) * time.Millisecond)
	v.onPage(table, v.previous, r)
}

func (v *visit) onPage(table string, p page, r row) {
	r["session_time"] = v.start.Format(instant)
	r["path"], r["title"] = p.path, p.title
	if v.device.model.library == "web" {
		r["domain"], r["hash"] = domain, ""
	}
	if v.previous.path != "" {
		r["heap_previous_page"] = v.previous.title
	}
	v.send(table, r)
}

func (v *visit) send(table string, r row) {
	for column, value := range v.common {
		r[column] = value
	}
	r["event_id"], r["user_id"], r["session_id"] = v.world.newID(), v.user, v.session
	r["time"] = v.now.Format(instant)
	d := delivery{table: table, row: r}
	if v.late > 0 {
		d.why = late
		v.world.postpone(v.late, d)
	} else {
		v.world.deliver(d)
	}
	v.sent = append(v.sent, d)
}

// signIn identifies the visitor. Some of what was sent under the anonymous id
// comes again tomorrow, under the member's: the same event under two ids.
func (v *visit) signIn() {
	w := v.world
	w.signIn(v.person, v.device, v.now)
	for _, d := range v.sent {
		if w.chance(0.3) {
			w.postpone(w.today+1, delivery{d.table, d.row.with("user_id", v.person.member), secondID})
		}
	}
	v.user = v.person.member
}

func (v *visit) buy(bought []product) {
	total, items := 0, []string{}
	for _, p := range bought {
		total += p.cents
		items = append(items, strconv.Quote(p.id))
	}
	v.view(cartPage)
	v.view(checkoutPage)
	r := row{"type": "submit", "target_text": "Buy now", "href": "https://" + domain + checkoutPage.path,
		"order_id": fmt.Sprintf("O-%06d", v.world.rng.IntN(1_000_000)), "amount": money(total), "currency": "EUR",
		"items": "[" + strings.Join(items, ",") + "]"}
	if v.world.chance(0.3) {
		r["coupon"] = pick(v.world, coupons)
	}
	v.event(tableOrders, r)
	v.view(thanksPage)
}

// change alters what the shop knows of a member now and then.
func (w *world) change(p *person, at time.Time) {
	if p.member == 0 || !w.chance(0.08) {
		return
	}
	switch w.rng.IntN(4) {
	case 0:
		p.plan = pick(w, plans)
	case 1:
		p.email = "new." + p.email
	case 2:
		p.tier = pick(w, tiers)
	case 3:
		p.newsletter = strconv.FormatBool(p.newsletter == "false")
	}
	w.touch(p.member, at)
}

func money(cents int) string { return fmt.Sprintf("%d.%02d", cents/100, cents%100) }

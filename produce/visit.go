package produce

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// eventsPerVisit is what a visit comes to on average, sessions included.
const eventsPerVisit = 10

// mostPerVisit is a little more than a visit's rows in each table are on average.
var mostPerVisit = [tables]float64{sessions: 1.2, pageviews: 8, viewed: 2.5, orders: 0.5}

// instant is a time in milliseconds since 1970.
type instant int64

func (i instant) String() string {
	return time.UnixMilli(int64(i)).UTC().Format("2006-01-02 15:04:05.000")
}

// visit is one session of one person on one device: what its rows share.
type visit struct {
	session int64
	start   instant
	person  *person
	model   *deviceModel
	from    *source
	landing *page
}

// event is a row of sessions or of an event's table. There are millions of them
// in memory, so they point to what they do not have alone.
type event struct {
	id, user int64
	at       instant
	visit    *visit
	page     *page // in view; nil in sessions
	previous *page // nil on the first
	order    *order
}

type order struct {
	id     string
	items  []*product
	coupon string
}

func (o *order) cents() int {
	total := 0
	for _, p := range o.items {
		total += p.cents
	}
	return total
}

func (o *order) list() string {
	var items []string
	for _, p := range o.items {
		items = append(items, strconv.Quote(p.id))
	}
	return "[" + strings.Join(items, ",") + "]"
}

func money(cents int) string { return fmt.Sprintf("%d.%02d", cents/100, cents%100) }

// visitor is somebody who is in the shop.
type visitor struct {
	*visit
	world    *world
	device   *device
	now      instant
	user     int64
	previous *page
	sent     []delivery
	late     int // day of delivery, 0 for today
}

// visit lets someone come by at the given time, look around, perhaps sign in
// and perhaps buy.
func (w *world) visit(at instant) {
	v := w.newVisitor(at)
	v.send(sessions, event{})
	v.view(v.landing)
	var bought []*product
	for range 1 + w.rng.IntN(3) {
		p := pick(w, products)
		v.view(p.listing)
		v.view(p.page)
		v.event(viewed, nil)
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

func (w *world) newVisitor(at instant) *visitor {
	p := w.someone()
	d := w.deviceOf(p, at)
	v := &visitor{world: w, device: d, now: at, user: d.anonymous.id,
		visit: &visit{session: w.newID(), start: at, person: p, model: d.model, from: pick(w, sources), landing: homePage}}
	if d.signedIn {
		v.user = p.id().id
	}
	if w.chance(0.4) {
		v.landing = pick(w, products).page
	}
	if w.chance(0.03) && !w.isHistory(at) {
		v.late = w.today + 1 + w.rng.IntN(3)
	}
	return v
}

// deviceOf returns one of a person's devices, sometimes a new one.
func (w *world) deviceOf(p *person, at instant) *device {
	if n := len(p.devices); n == 0 || n < 4 && w.chance(0.1) {
		p.devices = append(p.devices, &device{model: pick(w, deviceModels), anonymous: w.newUser(nil, at)})
		return p.devices[n]
	}
	return pick(w, p.devices)
}

// view shows a page.
func (v *visitor) view(p *page) {
	v.now += instant(1 + v.world.rng.IntN(40_000))
	v.send(pageviews, event{page: p, previous: v.previous})
	v.previous = p
}

// event is something that happens on the page in view.
func (v *visitor) event(table tableNumber, o *order) {
	v.now += instant(1 + v.world.rng.IntN(2_000))
	v.send(table, event{page: v.previous, previous: v.previous, order: o})
}

func (v *visitor) send(table tableNumber, e event) {
	e.id, e.user, e.at, e.visit = v.world.newID(), v.user, v.now, v.visit
	d := delivery{table: table, event: e}
	if v.late > 0 {
		d.why = late
		v.world.postpone(v.late, d)
	} else {
		v.world.deliver(d)
	}
	v.sent = append(v.sent, d)
}

// signIn identifies the visitor. Some of what was sent under the anonymous id
// comes again tomorrow, or long has, under the member's: the same event under two
// ids.
func (v *visitor) signIn() {
	w := v.world
	w.signIn(v.person, v.device, v.now)
	v.user = v.person.id().id
	for _, d := range v.sent {
		if !w.chance(0.3) {
			continue
		}
		d.event.user, d.why = v.user, secondID
		if w.isHistory(v.start) {
			w.deliver(d)
		} else {
			w.postpone(w.today+1, d)
		}
	}
}

func (v *visitor) buy(bought []*product) {
	v.view(cartPage)
	v.view(checkoutPage)
	o := &order{id: fmt.Sprintf("O-%06d", v.world.rng.IntN(1_000_000)), items: bought}
	if v.world.chance(0.3) {
		o.coupon = pick(v.world, coupons)
	}
	v.event(orders, o)
	v.view(thanksPage)
}

// change alters what the shop knows of a member now and then.
func (w *world) change(p *person, at instant) {
	if p.member == nil || !w.chance(0.08) {
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
	w.touch(p.id(), at)
}

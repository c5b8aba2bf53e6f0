package produce

import (
	"fmt"
	"strconv"
	"strings"
)

// eventsPerVisit is what a visit comes to on average, sessions included.
const eventsPerVisit = 11

// mostPerVisit is a little more than a visit's rows in each table are on average.
var mostPerVisit = [tables]float64{sessions: 1.2, pageviews: 8, viewed: 2.5, cart: 0.7, checkout: 0.6, orders: 0.5}

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
	basket   *basket
}

// basket is what lies in a cart; it is a new one with every change.
type basket struct {
	items         []*product
	order, coupon string // once it is bought
}

func (b *basket) last() *product { return b.items[len(b.items)-1] }

func (b *basket) cents() int {
	total := 0
	for _, p := range b.items {
		total += p.cents
	}
	return total
}

func (b *basket) list() string {
	var items []string
	for _, p := range b.items {
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
	if w.chance(0.2) {
		v.view(otherPages[w.skew.pages.Uint64()])
	}
	var items []*product
	for range 1 + w.rng.IntN(3) {
		p := products[w.skew.products.Uint64()]
		v.view(p.listing)
		v.view(p.page)
		v.label(viewed, nil)
		if w.chance(0.25) {
			items = append(items, p)
			v.event(cart, &basket{items: items})
		}
	}
	// Whom a wrong identity swallowed is not asked again.
	if v.person.signsIn && !v.device.signedIn && v.device.anonymous.leads == nil && w.chance(0.5) {
		v.view(loginPage)
		v.signIn()
	}
	if len(items) > 0 {
		v.buy(items)
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
		v.landing = products[w.skew.products.Uint64()].page
	}
	if w.chance(w.scenario.LateEvents) && !w.isHistory(at) {
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
func (v *visitor) event(table tableNumber, b *basket) {
	v.now += instant(1 + v.world.rng.IntN(2_000))
	v.send(table, event{page: v.previous, previous: v.previous, basket: b})
}

// label is an event that is read off a pageview. Now and then it is that pageview, so that
// two definitions match one raw event.
func (v *visitor) label(table tableNumber, b *basket) {
	if !v.world.chance(v.world.scenario.SharedEvents) {
		v.event(table, b)
		return
	}
	v.world.dump.planted.SharedEvents++
	seen := v.sent[len(v.sent)-1].event
	seen.basket = b
	v.send(table, seen)
}

func (v *visitor) send(table tableNumber, e event) {
	e.user, e.at, e.visit = v.user, v.now, v.visit
	if e.id == 0 {
		e.id = v.world.newID()
	}
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
		if !w.chance(w.scenario.SecondIDs) {
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

func (v *visitor) buy(items []*product) {
	v.view(cartPage)
	if v.world.chance(0.1) {
		return
	}
	v.view(checkoutPage)
	v.label(checkout, &basket{items: items})
	if v.world.chance(0.1) {
		return
	}
	b := &basket{items: items, order: fmt.Sprintf("O-%06d", v.world.rng.IntN(1_000_000))}
	if v.world.chance(0.3) {
		b.coupon = pick(v.world, coupons)
	}
	v.event(orders, b)
	v.view(thanksPage)
	v.world.edit(v.person, v.now, func(p *profile) { p.orders, p.lastOrder = p.orders+1, b.order })
}

// change alters what the shop knows of a member now and then.
func (w *world) change(p *person, at instant) {
	if p.member == nil || !w.chance(0.08) {
		return
	}
	what := w.rng.IntN(4)
	plan, tier := pick(w, plans), pick(w, tiers)
	w.edit(p, at, func(p *profile) {
		switch what {
		case 0:
			p.plan = plan
		case 1:
			p.email = "new." + p.email
		case 2:
			p.tier = tier
		case 3:
			p.newsletter = strconv.FormatBool(p.newsletter == "false")
		}
	})
}

// edit changes the profile of a member; rows that were delivered keep the former one.
func (w *world) edit(p *person, at instant, change func(*profile)) {
	if p.member == nil {
		return
	}
	next := *p.profile
	change(&next)
	p.profile = &next
	w.touch(p.id(), at)
}

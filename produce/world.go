package produce

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"
)

// world is the shop and its customers after some days.
type world struct {
	options Options
	rng     *rand.Rand // of the day
	today   int        // the last day simulated, from 1; 0 before the first
	ids     map[int64]bool

	people []*person
	users  map[int64]*user // every user_id there ever was
	order  []int64         // its keys, as they came

	mappings []mapping // user_migrations, as they came

	waiting     map[int][]delivery // by day
	orders      []row              // what a full resync of the orders delivers: each row once
	ordersValid int                // order_completed rows of former dumps, since the last full resync
	dump        *dump              // of today
}

// person is one customer, of whom the shop may know nothing.
type person struct {
	name, email, plan, newsletter, tier string
	identity                            string // what the shop identifies them by
	signsIn                             bool   // some never do
	member                              int64  // identified user_id, 0 until they sign in
	place                               place
	ip                                  string
	devices                             []*device
}

// device is one browser or phone, known by its anonymous id until its owner
// signs in on it.
type device struct {
	model     deviceModel
	anonymous int64
	signedIn  bool
}

// user is one record of the users table. What it holds is read from the person
// when it is delivered.
type user struct {
	id               int64
	person           *person // nil if anonymous
	joined, modified time.Time
	delivered        bool
	changed          bool // since it was delivered, or never delivered
}

type mapping struct {
	from, to int64
	at       time.Time
	day      int // when it last changed
}

func newWorld(o Options) *world {
	w := &world{
		options: o,
		rng:     rand.New(rand.NewPCG(o.Seed, 0)),
		ids:     map[int64]bool{},
		users:   map[int64]*user{},
		waiting: map[int][]delivery{},
	}
	for i := range o.Users {
		w.people = append(w.people, w.newPerson(i))
	}
	return w
}

func (w *world) newPerson(i int) *person {
	first, last := pick(w, firstNames), pick(w, lastNames)
	email := fmt.Sprintf("%s.%s%d@example.com", strings.ToLower(first), strings.ToLower(strings.ReplaceAll(last, "'", "")), i)
	return &person{
		name:       first + " " + last,
		email:      email,
		identity:   email,
		plan:       plans[0],
		newsletter: strconv.FormatBool(w.chance(0.4)),
		tier:       tiers[0],
		signsIn:    i%4 != 3,
		place:      pick(w, places),
		ip:         fmt.Sprintf("203.0.113.%d", w.rng.IntN(255)),
	}
}

// day lets one day pass and returns its dump.
func (w *world) day() *dump {
	id := w.nextDump()
	w.today++
	w.dump = newDump(id, w.today, w.dayStart().AddDate(0, 0, 1))
	w.rng = rand.New(rand.NewPCG(w.options.Seed, uint64(w.today)))

	starts := make([]time.Duration, max(1, w.options.Events/eventsPerVisit))
	for i := range starts {
		starts[i] = time.Duration(w.rng.Int64N(int64(23*time.Hour/time.Millisecond))) * time.Millisecond
	}
	slices.Sort(starts)
	for _, start := range starts {
		w.visit(w.dayStart().Add(start))
	}
	evening := w.dayStart().Add(23*time.Hour + 30*time.Minute)
	w.mergeIdentities(evening)
	w.correctMappings(evening)
	w.deliverWaiting()
	w.resyncOrders()
	w.deliverUsers()
	w.deliverMigrations()
	w.dump.planted.ColumnsComeAndGo = columnChanges(w.today)
	w.cutParts()
	w.countOrders()
	return w.dump
}

func (w *world) nextDump() int64 { return w.options.FirstDump + int64(w.today) }

func (w *world) dayStart() time.Time { return w.options.Start.AddDate(0, 0, w.today-1) }

// newID returns an id of 53 bits, as the vendor's are, that is not in use.
func (w *world) newID() int64 {
	for {
		id := w.rng.Int64N(1<<53-1) + 1
		if !w.ids[id] {
			w.ids[id] = true
			return id
		}
	}
}

func (w *world) chance(p float64) bool { return w.rng.Float64() < p }

func pick[T any](w *world, of []T) T { return of[w.rng.IntN(len(of))] }

// newUser adds a record of the users table; p is nil for an anonymous one.
func (w *world) newUser(p *person, at time.Time) int64 {
	u := &user{id: w.newID(), person: p, joined: at, modified: at, changed: true}
	w.users[u.id] = u
	w.order = append(w.order, u.id)
	return u.id
}

// touch notes that what is known of a user has changed.
func (w *world) touch(id int64, at time.Time) {
	u := w.users[id]
	u.modified, u.changed = at, true
}

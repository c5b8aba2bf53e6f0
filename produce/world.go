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
	options  Options
	scenario *Scenario
	schema   *schema
	rng      *rand.Rand   // of the day
	skew     skew         // of the day
	today    int          // the last day simulated, from 1; 0 before the first
	ids      uint64       // the last number that newID scrambled
	dumpID   int64        // of the dump that comes next
	on       [tables]bool // which tables are in the day's dump

	people  []*person // nil before their first visit
	users   int       // how many user_ids there ever were
	members []*user   // those of identified people, without the ones merged into another
	changed []*user   // since they were delivered, or never delivered

	mappings []mapping       // user_migrations, as they came
	shared   map[int][]*user // whom a wrong identity lets go, by day

	waiting map[int][]delivery // by day
	kept    kept
	valid   [tables]int // rows of former dumps, since the table's last full resync
	dump    *dump       // of today
}

// skew draws what few have a large share of.
type skew struct{ people, products, pages *rand.Zipf }

// person is one customer, of whom the shop may know nothing.
type person struct {
	profile *profile // never changed, only replaced: rows point to it
	signsIn bool     // some never do
	member  *user    // whom they signed in as first; nil until they do
	place   *place
	ip      string
	devices []*device
}

// profile is what the shop knows of a member.
type profile struct {
	name, email, plan, newsletter, tier string
	identity                            string // what the shop identifies them by
	orders                              int
	lastOrder                           string
}

func (p *profile) handle() string {
	handle, _, _ := strings.Cut(p.identity, "@")
	return handle
}

// device is one browser or phone, known by its anonymous id until its owner
// signs in on it.
type device struct {
	model     *deviceModel
	anonymous *user
	signedIn  bool
}

// user is whom a user_id stands for.
type user struct {
	id               int64
	person           *person // nil if anonymous
	leads            *user   // whom it is mapped to, nil for nobody
	joined, modified instant
	delivered        bool
	changed          bool // since it was delivered, or never delivered
}

func newWorld(o Options) *world {
	w := &world{
		options:  o,
		scenario: o.Scenario,
		schema:   newSchema(o.Scenario.Times),
		ids:      rand.New(rand.NewPCG(o.Seed, 0)).Uint64N(1 << (idBits - 1)),
		dumpID:   o.FirstDump,
		people:   make([]*person, o.Users),
		waiting:  map[int][]delivery{},
		shared:   map[int][]*user{},
	}
	for n := range tables {
		w.kept.is[n] = o.Scenario.fullAfter(n.String(), 0)
	}
	return w
}

// someone returns who comes by: few come often, many seldom.
func (w *world) someone() *person {
	i := int(w.skew.people.Uint64())
	if w.people[i] == nil {
		w.people[i] = w.newPerson(i)
	}
	return w.people[i]
}

func (w *world) newPerson(i int) *person {
	first, last := pick(w, firstNames), pick(w, lastNames)
	email := fmt.Sprintf("%s.%s%d@example.com", strings.ToLower(first), strings.ToLower(strings.ReplaceAll(last, "'", "")), i)
	return &person{
		profile: &profile{
			name:       first + " " + last,
			email:      email,
			identity:   email,
			plan:       plans[0],
			newsletter: strconv.FormatBool(w.chance(0.4)),
			tier:       tiers[0],
		},
		signsIn: i%10 != 9,
		place:   pick(w, places),
		ip:      fmt.Sprintf("203.0.113.%d", w.rng.IntN(255)),
	}
}

// newDay begins a day and its dump.
func (w *world) newDay() {
	w.today++
	for _, j := range w.scenario.Jumps {
		if j.Day == w.today {
			w.dumpID = max(w.dumpID, j.To)
		}
	}
	for n := range tables {
		w.on[n] = w.scenario.tableOn(n.String(), w.today)
	}
	w.rng = rand.New(rand.NewPCG(w.options.Seed, uint64(w.today)))
	zipf := func(n int) *rand.Zipf { return rand.NewZipf(w.rng, 1.2, 1+float64(n)/20, uint64(n-1)) }
	w.skew = skew{people: zipf(len(w.people)), products: zipf(len(products)), pages: zipf(len(otherPages))}
	w.dump = &dump{day: w.today, synced: w.options.Start.AddDate(0, 0, w.today)}
}

// day lets one day pass and returns its dumps: the daily one comes last.
func (w *world) day() []*dump {
	w.newDay()
	before := w.kept.mark()
	starts := w.starts()
	for table, n := range mostPerVisit { // growing them would take twice the memory
		w.dump.events[table] = make([]event, 0, int(n*float64(len(starts))))
	}
	for _, start := range starts {
		w.visit(start)
	}
	evening := w.dayStart() + length(23*time.Hour+30*time.Minute)
	w.mergeIdentities(evening)
	w.correctMappings(evening)
	w.shareIdentity(evening)
	w.deliverWaiting()
	w.describeEvents(evening)
	return append(w.initialSyncs(before), w.daily())
}

// starts returns when the visits of today's dump began. The first dump of a site
// that was there before has those of the months before, too.
func (w *world) starts() []instant {
	n, before := max(1, w.options.Events/eventsPerVisit), 0
	if h := w.options.History; w.today == 1 && h > 0 {
		n = min(n, max(1, h/eventsPerVisit))
		before = h/eventsPerVisit - n
	}
	starts := make([]instant, 0, n+max(0, before))
	for range n {
		starts = append(starts, w.dayStart()+instant(w.rng.Int64N(int64(length(23*time.Hour)))))
	}
	for range before {
		starts = append(starts, w.dayStart()-1-instant(w.rng.Int64N(int64(length(historyDays*24*time.Hour)))))
	}
	slices.Sort(starts)
	return starts
}

// historyDays is how far back the first dump reaches if it has a history.
const historyDays = 90

// isHistory reports whether something happened before the feed began. Nothing
// of that time is still on its way.
func (w *world) isHistory(at instant) bool { return w.today == 1 && at < w.dayStart() }

func (w *world) dayStart() instant {
	return instant(w.options.Start.AddDate(0, 0, w.today-1).UnixMilli())
}

// idBits is the size of an id, as the vendor's are.
const idBits = 53

// newID returns an id that was not there before.
func (w *world) newID() int64 {
	w.ids++
	return int64(scramble(w.ids))
}

// scramble makes a number of 53 bits look random. Every step can be undone, so
// it never makes one of two, nor 0 of any other.
func scramble(x uint64) uint64 {
	const mask = 1<<idBits - 1
	for range 2 {
		x ^= x >> 27
		x = x * 0x9e3779b97f4a7c15 & mask
	}
	return x ^ x>>27
}

func (w *world) chance(p float64) bool { return w.rng.Float64() < p }

func pick[T any](w *world, of []T) T { return of[w.rng.IntN(len(of))] }

// draw takes one out, and leaves the others in another order.
func draw[T any](w *world, of *[]T) T {
	i, last := w.rng.IntN(len(*of)), len(*of)-1
	one := (*of)[i]
	(*of)[i] = (*of)[last]
	*of = (*of)[:last]
	return one
}

// newUser adds a record of the users table; p is nil for an anonymous one.
func (w *world) newUser(p *person, at instant) *user {
	u := &user{id: w.newID(), person: p, joined: at}
	w.users++
	if w.kept.is[users] {
		w.kept.users = append(w.kept.users, u)
	}
	w.touch(u, at)
	return u
}

// touch notes that what is known of a user has changed.
func (w *world) touch(u *user, at instant) {
	if !u.changed {
		w.changed = append(w.changed, u)
	}
	u.modified, u.changed = at, true
}

package alert

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Options are what a Notifier needs.
type Options struct {
	Config Config // validated
	Store  Store
	Now    func() time.Time // nil: time.Now
	Client *http.Client     // nil: one that gives up after ten seconds and follows no redirects
	Roots  *x509.CertPool   // of mail servers; nil: the system's
}

// Notifier judges facts round by round and tells what changed.
type Notifier struct {
	config Config
	store  Store
	now    func() time.Time
	wire   wire

	round  sync.Mutex // one round at a time
	state  State
	loaded bool
	saved  []byte // the state as it was saved last
}

// New makes a Notifier. A Config with problems is refused.
func New(o Options) (*Notifier, error) {
	if problems := o.Config.Validate(); len(problems) > 0 {
		return nil, fmt.Errorf("configure alerts: %s", problems[0])
	}
	n := &Notifier{config: o.Config, store: o.Store, now: o.Now}
	if n.now == nil {
		n.now = time.Now
	}
	n.wire = wire{client: o.Client, first: firstPause, most: allTries, now: n.now, roots: o.Roots}
	if n.wire.client == nil {
		n.wire.client = newClient()
	}
	return n, nil
}

// Round is what a round did.
type Round struct {
	Messages []Message // that changes of state made
	Sent     int       // deliveries
	Waiting  int       // deliveries that are tried again
}

// Round judges the facts and sends what is to be told, and what could not be sent before. What changed is
// saved before anything is sent, and each delivery after it was taken: so a crash loses no message, and
// has at most one for each target sent twice. Where the state cannot be loaded or saved, it is kept in memory
// and sending goes on: a full disk is to be told of. Errors do not end the round; they are returned together.
func (n *Notifier) Round(ctx context.Context, facts Facts) (Round, error) {
	n.round.Lock()
	defer n.round.Unlock()
	var problems []error
	if !n.loaded {
		var err error
		n.state, err = n.store.Load()
		n.loaded, problems = true, append(problems, err)
	}
	after, messages := Judge(n.config, facts, n.state)
	after.Outbox = n.config.post(after.Outbox, messages)
	n.state = after
	problems = append(problems, n.save())
	sent, err := n.sendAll(ctx)
	return Round{Messages: messages, Sent: sent, Waiting: len(n.state.Outbox)}, errors.Join(append(problems, err)...)
}

// save keeps the state, if it is not what was saved last: most rounds change nothing.
func (n *Notifier) save() error {
	text, err := json.Marshal(n.state)
	if err != nil {
		return fmt.Errorf("encode alerts: %w", err)
	}
	if bytes.Equal(text, n.saved) {
		return nil
	}
	err = n.store.Save(n.state)
	if err == nil {
		n.saved = text
	}
	return err
}

// post puts messages into the outbox of everyone who is to get them, and takes out those whose channel is gone.
func (c Config) post(outbox []Delivery, messages []Message) []Delivery {
	var all []Delivery
	for _, d := range outbox {
		if ch := c.channel(d.Target.Channel); ch != nil && slices.Contains(ch.targets(), d.Target.To) {
			all = append(all, d)
		}
	}
	for _, m := range messages {
		for _, ch := range c.Channels {
			if !c.wants(ch, m) {
				continue
			}
			for _, to := range ch.targets() {
				all = append(all, Delivery{Target{ch.Name, to}, m})
			}
		}
	}
	return all
}

func (c Config) channel(name string) *Channel {
	for i := range c.Channels {
		if c.Channels[i].Name == name {
			return &c.Channels[i]
		}
	}
	return nil
}

func (c Config) wants(ch Channel, m Message) bool {
	return !ch.Severity.over(m.Severity) && c.routes(ch, m.Alert) && (len(ch.Feeds) == 0 || slices.Contains(ch.Feeds, m.Feed))
}

func (c Config) routes(ch Channel, k Kind) bool {
	to := c.Rule(k).To
	return len(to) == 0 || slices.Contains(to, ch.Name)
}

// Reaches tells whether a channel is ever told of an alert.
func (c Config) Reaches(ch Channel, k Kind) bool {
	rule := c.Rule(k)
	worst := rule.Severity
	if worst == Off {
		return false
	}
	if rule.Escalate.Span > 0 {
		worst = Critical
	}
	return c.routes(ch, k) && !ch.Severity.over(worst)
}

// sending is one emptying of the outbox, in several goroutines.
type sending struct {
	*Notifier
	lock     sync.Mutex // of what follows, and of the state
	sent     int
	problems []error
}

// sendAll empties the outbox, all targets at a time and each target's messages in order.
func (n *Notifier) sendAll(ctx context.Context) (sent int, err error) {
	waiting := map[Target][]Message{}
	for _, d := range n.state.Outbox {
		if !n.now().Before(n.state.Pauses[d.Target].Until) {
			waiting[d.Target] = append(waiting[d.Target], d.Message)
		}
	}
	s := &sending{Notifier: n}
	var group sync.WaitGroup
	for target, messages := range waiting {
		ch := *n.config.channel(target.Channel)
		if ch.gathers() {
			messages = gather(messages, n.config.most(), n.now())
		}
		group.Go(func() { s.sendTo(ctx, ch, target, messages) })
	}
	group.Wait()
	return s.sent, errors.Join(s.problems...)
}

// sendTo sends messages to a target until it cannot be reached. A message that is refused while
// later ones are taken is given up: it would be refused for ever.
func (s *sending) sendTo(ctx context.Context, ch Channel, target Target, messages []Message) {
	var refused []Message
	for _, m := range messages {
		err := s.wire.send(ctx, ch, target.To, m)
		if err != nil && ctx.Err() != nil {
			return // which says nothing of the target
		}
		var failed *sendError
		final := errors.As(err, &failed) && failed.final
		if err == nil {
			s.taken(target, append(refused, m))
			refused = nil
		} else {
			s.failed(target, err)
			refused = append(refused, m)
		}
		if err != nil && !final {
			return
		}
	}
}

func (s *sending) taken(target Target, messages []Message) {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.sent++
	s.forget(target, messages)
	s.pause(target, nil)
	s.problems = append(s.problems, s.save())
}

func (s *sending) failed(target Target, err error) {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.pause(target, err)
	s.problems = append(s.problems, fmt.Errorf("tell %s: %w", target, err), s.save())
}

// forget takes messages to a target, and the parts of summaries, out of the outbox.
func (n *Notifier) forget(target Target, messages []Message) {
	ids := map[string]bool{}
	for _, m := range messages {
		ids[m.ID] = true
		for _, part := range m.Parts {
			ids[part.ID] = true
		}
	}
	n.state.Outbox = slices.DeleteFunc(slices.Clone(n.state.Outbox), func(d Delivery) bool {
		return d.Target == target && ids[d.Message.ID]
	})
}

// A target that cannot be reached is left alone for a minute, then two, four …
const leastPause, maxPause = time.Minute, time.Hour

// pause leaves a target alone after an error, or ends that.
func (n *Notifier) pause(target Target, err error) {
	pauses := maps.Clone(n.state.Pauses)
	if pauses == nil {
		pauses = map[Target]Pause{}
	}
	n.state.Pauses = pauses
	if err == nil {
		delete(pauses, target)
		return
	}
	p := pauses[target]
	if !n.now().Before(p.Until) { // else it counts once a round
		p.Tries++
	}
	pause := leastPause << min(p.Tries-1, 10)
	var failed *sendError
	if errors.As(err, &failed) {
		pause = max(pause, failed.after)
	}
	p.Until = n.now().Add(min(pause, maxPause)).UTC()
	pauses[target] = p
}

// Test sends a test message to everyone whom a channel tells. Nothing is remembered of it.
func (n *Notifier) Test(ctx context.Context, channel string) error {
	ch := n.config.channel(channel)
	if ch == nil {
		return fmt.Errorf("there is no channel %q", channel)
	}
	now := n.now().UTC()
	m := Message{
		ID: identify("test", channel, now.String()), At: now, State: Test, Severity: Warning, Link: n.config.Link,
		Title: "a test message of smew", Details: []string{"Alerts reach channel " + clean(channel) + "."},
	}
	var problems []error
	for _, to := range ch.targets() {
		if err := n.wire.send(ctx, *ch, to, m); err != nil {
			problems = append(problems, fmt.Errorf("tell %s: %w", Target{channel, to}, err))
		}
	}
	return errors.Join(problems...)
}

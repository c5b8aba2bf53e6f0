package alert

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Judge holds facts against what was told before, and says what is to be told now: at most one message
// for each feed and kind of alert. What is not known at present is left as it was. The
// outbox of the state is not touched; before is not changed.
func Judge(c Config, facts Facts, before State) (State, []Message) {
	after := before
	after.Feeds = maps.Clone(before.Feeds)
	if after.Feeds == nil {
		after.Feeds = map[string]FeedState{}
	}
	var messages []Message
	for _, f := range facts.Feeds {
		state, told := judgeFeed(c, f, before.Feeds[f.Name], facts.Now.UTC())
		after.Feeds[f.Name] = state
		messages = append(messages, told...)
	}
	return after, messages
}

func judgeFeed(c Config, f Feed, before FeedState, now time.Time) (FeedState, []Message) {
	after := before
	after.Alerts = map[Kind]Alert{}
	if f.Ledger != nil {
		after.Expected = expect(before.Expected, *f.Ledger, now)
		after.Arrivals = arrive(before.Arrivals, f.Ledger.Dumps)
		after.Known = true
	}
	found := conditions(c, f, after.Expected, after.Arrivals.Fresh, now)
	var messages []Message
	for _, kind := range Kinds() {
		rule := c.Rule(kind)
		list, known := found[kind]
		alert, was := before.Alerts[kind]
		switch {
		case rule.Severity == Off:
			continue // and forgotten
		case !known:
			if was {
				after.Alerts[kind] = alert
			}
			continue
		}
		// What happened before the first judgement is no news.
		change := follow(rule, alert, list, now, before.Known)
		if m, ok := change.message(c, f.Name, kind, now); ok {
			messages = append(messages, m)
			change.after.Told = now
		}
		if len(change.after.Items) > 0 {
			after.Alerts[kind] = change.after
		}
	}
	return after, messages
}

// change is what became of an alert in a round.
type change struct {
	before, after Alert
	fresh         []Item // began to be told, or got worse
	still         []Item // were told before
	over          []Item // were told and are gone
	notices       []Item
}

// follow carries an alert on: an item is told once it has lasted as long as the rule wants, and
// again when it becomes critical.
func follow(r Rule, before Alert, list []condition, now time.Time, news bool) change {
	c := change{before: before, after: Alert{Items: map[string]Item{}, Severity: before.Severity, Told: before.Told}}
	for _, cond := range list {
		item, was := before.Items[cond.subject]
		if !was {
			item = Item{Since: begin(cond.since, now), Notice: cond.notice}
		}
		item.Title, item.Detail = clean(cond.title), clean(cond.detail)
		level := r.level(item, now)
		switch {
		case cond.notice && !was && news:
			c.notices = append(c.notices, item)
		case cond.notice:
		case level.over(item.Severity):
			item.Severity = level
			c.fresh = append(c.fresh, item)
		case item.Severity != "":
			c.still = append(c.still, item)
		}
		if cond.notice {
			item.Severity = r.Severity
		} else if item.Severity.over(c.after.Severity) {
			c.after.Severity = item.Severity
		}
		c.after.Items[cond.subject] = item
	}
	for _, subject := range slices.Sorted(maps.Keys(before.Items)) {
		item := before.Items[subject]
		if _, there := c.after.Items[subject]; !there && !item.Notice && item.Severity != "" {
			c.over = append(c.over, item)
		}
	}
	if len(c.fresh)+len(c.still) == 0 {
		c.after.Severity = ""
	}
	return c
}

// begin is when a condition began; a clock that is ahead of ours does not put it into the future.
func begin(since, now time.Time) time.Time {
	if since.IsZero() || since.After(now) {
		return now
	}
	return since.UTC()
}

// level is how much an item matters by now.
func (r Rule) level(i Item, now time.Time) Severity {
	lasted := now.Sub(i.Since)
	switch {
	case lasted < r.After.Span:
		return ""
	case r.Escalate.Span > 0 && lasted >= r.Escalate.Span:
		return Critical
	}
	return r.Severity
}

// message tells a change, if there is something to tell.
func (c change) message(conf Config, feed string, kind Kind, now time.Time) (Message, bool) {
	m := Message{At: now, Feed: feed, Alert: kind, Severity: c.after.Severity, Advice: words[kind].advice, Link: conf.Link}
	m.ID = identify(feed, string(kind), now.String())
	told := append(slices.Clone(c.fresh), c.still...)
	switch {
	case len(c.notices) > 0:
		m.State, m.Severity, m.Title = Notice, conf.Rule(kind).Severity, headline(kind, c.notices)
		m.Details = details(c.notices, now)
	case len(c.fresh) > 0:
		m.State, m.Title, m.Details = Firing, headline(kind, told), details(c.fresh, now)
		if n := len(c.still); n > 0 {
			m.Details = append(m.Details, fmt.Sprintf("and %d told before", n))
		}
	case len(c.over) > 0 && len(c.still) > 0:
		m.State, m.Title = Firing, fmt.Sprintf("%d of %d are over: %s", len(c.over), len(c.over)+len(c.still), headline(kind, append(told, c.over...)))
	case len(c.over) > 0:
		m.State, m.Title, m.Severity, m.Advice = Recovered, words[kind].recovered, c.before.Severity, ""
		if len(c.after.Items) > 0 { // something that has not lasted long enough to be told
			m.Title = "over: " + headline(kind, c.over)
		}
	case len(c.still) > 0 && conf.Remind.Span > 0 && now.Sub(c.before.Told) >= conf.Remind.Span:
		m.State, m.Title, m.Details = Reminder, "still: "+headline(kind, c.still), details(c.still, now)
	default:
		return Message{}, false
	}
	m.Details = append(m.Details, overs(c.over, now)...)
	return m, true
}

// identify makes the id of a message: the same for the same message.
func identify(of ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(of, "\x00")))
	return "smew-" + hex.EncodeToString(sum[:12])
}

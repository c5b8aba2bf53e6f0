// Package alert decides what of a feed's state somebody has to be told, and tells it: to Slack,
// PagerDuty, by e-mail, by SMS and by webhook. [Judge] is pure and makes messages of facts;
// [Notifier] keeps the state between rounds and sends.
package alert

import "time"

// Kind is what an alert is about. There is at most one alert of a kind for a feed; it gathers
// all dumps, tables or exports that are in that state.
type Kind string

// The alerts. docs/alerts.md has a section on each.
const (
	DumpFailed      Kind = "dump-failed"
	FeedLate        Kind = "feed-late"
	ReportFailed    Kind = "report-failed"
	RowsQuarantined Kind = "rows-quarantined"
	DefinitionsBad  Kind = "definitions-not-understood"
	SchemaChanged   Kind = "schema-changed"
	RowsDropped     Kind = "rows-dropped"
	ExportFailed    Kind = "export-failed"
	ExportLate      Kind = "export-late"
	ExportSlow      Kind = "export-slow"
	ExportRejected  Kind = "export-rejected"
	ExportRows      Kind = "export-rows"
	FeedUnreachable Kind = "feed-unreachable"
	PublishFailed   Kind = "publish-failed"
)

// Kinds are all alerts, in the order in which they are shown and told.
func Kinds() []Kind {
	return []Kind{FeedUnreachable, FeedLate, ReportFailed, DumpFailed, RowsQuarantined, RowsDropped, SchemaChanged, DefinitionsBad, PublishFailed,
		ExportFailed, ExportLate, ExportSlow, ExportRejected, ExportRows}
}

// Severity is how much an alert matters.
type Severity string

// Severities, from the least.
const (
	Off      Severity = "off" // of a rule: the alert is not wanted
	Warning  Severity = "warning"
	Critical Severity = "critical"
)

// over tells whether s matters more than other; the empty one matters least.
func (s Severity) over(other Severity) bool { return s.rank() > other.rank() }

func (s Severity) rank() int {
	switch s {
	case Warning:
		return 1
	case Critical:
		return 2
	}
	return 0
}

// What a message says of its alert.
const (
	Firing    = "firing"    // something is wrong, newly so or worse than before
	Recovered = "recovered" // nothing of the alert is left
	Notice    = "notice"    // something happened; there is nothing to recover from
	Reminder  = "reminder"  // it is still wrong
	Summary   = "summary"   // too many messages at once: Parts has them
	Test      = "test"      // nothing is wrong
)

// Message is what is told once. Its JSON is what a webhook gets. Times are UTC.
type Message struct {
	ID       string    `json:"id"` // of this message; the same when it is sent again
	At       time.Time `json:"at"`
	Feed     string    `json:"feed,omitempty"`
	Alert    Kind      `json:"alert,omitempty"`
	State    string    `json:"state"`
	Severity Severity  `json:"severity"`
	Title    string    `json:"title"`             // one line
	Details  []string  `json:"details,omitempty"` // lines of their own
	Advice   string    `json:"advice,omitempty"`
	Link     string    `json:"link,omitempty"`  // the page, if there is one
	Parts    []Message `json:"parts,omitempty"` // of a summary
}

// key is the same for all messages of one alert of one feed. Notices have one each: nothing
// would ever end them.
func (m Message) key() string {
	switch m.State {
	case Notice, Summary, Test:
		return m.ID
	}
	return m.Feed + "/" + string(m.Alert)
}

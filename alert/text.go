package alert

import (
	"fmt"
	"strings"
	"time"
	"unicode"
)

// words are what is said of a kind of alert.
var words = map[Kind]struct{ many, recovered, advice string }{
	FeedUnreachable: {"%d feeds cannot be looked at", "the feed can be looked at again", "Look at credentials, network and who has the database open."},
	FeedLate:        {"%d signs that the feed is late", "the feed is on time again", "Look at the vendor's status, and whether the bucket can still be written."},
	ReportFailed:    {"%d syncs failed", "the last sync is not reported as failed any more", "The vendor tries again by itself; if that goes on, ask the vendor's support."},
	DumpFailed:      {"%d dumps could not be loaded", "no dump fails any more", "The other dumps are loaded. docs/repair.md says what can be done."},
	RowsQuarantined: {"rows of %d tables were set aside", "no rows are set aside any more", "smew.quarantine has the rows; when the part is mended, smew load --reload reads it again."},
	RowsDropped:     {"far fewer rows of %d tables than before", "as many rows as usual again", "Look whether tracking changed, or a table was switched off."},
	SchemaChanged:   {"%d tables changed", "the tables are as before", "Queries that name a column that is gone see NULL in new rows."},
	DefinitionsBad:  {"%d property definitions are not understood", "the property definitions are understood again", "Those that were understood last stay in force."},
	PublishFailed:   {"%d copies could not be published", "the copy is published again", "Readers see the state of the last copy. Look at the room and the permissions of its folder."},
	ExportFailed:    {"%d exports failed", "no export fails any more", "Its reason is above: a query that fails is the model's, the rest the destination's, its permissions or its room."},
	ExportLate:      {"%d exports are late", "no export is late any more", "Look whether the feed is loaded, and at smew export log."},
	ExportSlow:      {"%d exports take long", "no export takes long any more", "Look at the model's query and the way to the destination."},
	ExportRejected:  {"%d exports leave out many rows", "no export leaves out many rows any more", "Look for keys that are NULL or there twice in the model."},
	ExportRows:      {"%d exports have far fewer or more rows than before", "the exports have about as many rows as before", "Look at the model and the tables that it reads."},
}

// headline is the title of one item, or says how many there are.
func headline(k Kind, items []Item) string {
	if len(items) == 1 {
		return items[0].Title
	}
	return fmt.Sprintf(words[k].many, len(items))
}

// Longer lists and lines are cut: nobody reads them on a telephone, and services refuse them.
const mostDetails, longestLine = 10, 600

// details are lines about what is so.
func details(items []Item, now time.Time) []string {
	return lines(items, func(i Item) string { return i.Detail + lasted(i, now) })
}

// overs are lines about what is over.
func overs(items []Item, now time.Time) []string {
	return lines(items, func(i Item) string { return "over: " + i.Title + lasted(i, now) })
}

func lines(items []Item, write func(Item) string) (all []string) {
	for i, item := range items {
		if i == mostDetails {
			return append(all, fmt.Sprintf("and %d more", len(items)-i))
		}
		all = append(all, write(item))
	}
	return all
}

func lasted(i Item, now time.Time) string {
	if d := now.Sub(i.Since); d >= time.Minute {
		return " (for " + span(d) + ")"
	}
	return ""
}

// span writes how long something lasted in its largest units.
func span(d time.Duration) string {
	switch {
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
	}
	return fmt.Sprintf("%d days", int(d.Hours())/24)
}

// clean makes one line of a text, without what acts on a terminal or turns text round.
func clean(text string) string {
	text = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.In(r, unicode.Bidi_Control), r == unicode.ReplacementChar:
			return '?'
		}
		return r
	}, text)), " ")
	return cut(text, longestLine)
}

// cut shortens a text to so many characters.
func cut(text string, most int) string {
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most-1]) + "…"
}

// Subject is a message in one line: [CRITICAL] shop: dump 856 could not be loaded.
func (m Message) Subject() string {
	label := strings.ToUpper(string(m.Severity))
	switch m.State {
	case Recovered:
		label = "RECOVERED"
	case Test:
		label = "TEST"
	case Summary:
		if m.Severity == "" {
			label = "RECOVERED"
		}
	}
	if m.Feed == "" {
		return fmt.Sprintf("[%s] %s", label, m.Title)
	}
	return fmt.Sprintf("[%s] %s: %s", label, clean(m.Feed), m.Title)
}

// Body is the rest of a message, as text.
func (m Message) Body() string {
	var b strings.Builder
	for _, line := range m.Details {
		fmt.Fprintf(&b, "- %s\n", line)
	}
	if b.Len() > 0 && m.Advice+m.Link != "" {
		b.WriteByte('\n')
	}
	for _, line := range []string{m.Advice, m.Link} {
		if line != "" {
			b.WriteString(line + "\n")
		}
	}
	return b.String()
}

// gather makes one summary of more than so many messages. Its severity is that of the worst that is
// not over, "" if all are.
func gather(messages []Message, most int, now time.Time) []Message {
	if len(messages) <= most {
		return messages
	}
	s := Message{At: now.UTC(), State: Summary, Link: messages[0].Link, Parts: messages}
	of := []string{"summary"}
	recovered := 0
	for _, m := range messages {
		of = append(of, m.ID)
		if m.Severity.over(s.Severity) && m.State != Recovered {
			s.Severity = m.Severity
		}
		if m.State == Recovered {
			recovered++
		}
		if len(s.Details) < 4*mostDetails {
			s.Details = append(s.Details, m.Subject())
		}
	}
	s.ID = identify(of...)
	if n := len(messages) - len(s.Details); n > 0 {
		s.Details = append(s.Details, fmt.Sprintf("and %d more", n))
	}
	s.Title = fmt.Sprintf("%d alerts at once, %d of them over", len(messages), recovered)
	return []Message{s}
}
